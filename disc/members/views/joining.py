"""Pages by which people come in: a link of their own, or the QR code of their premises."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from disc.core.database import db
from disc.core.transaction import writing
from disc.core.web import limiter, public
from disc.members import joining, passwords, service, signin
from disc.members.errors import DeadInvitation, WeakPassword
from disc.members.forms import JoinAtForm, JoinForm
from disc.members.joining import Newcomer
from disc.members.models import MemberState, Proof, Scheme
from disc.members.queries import find_invitation, find_join_code, get_scheme
from disc.members.views.blueprint import bp


@bp.route("/join/<token>", methods=["GET", "POST"])
@public
@limiter.limit("60/minute", methods=["GET", "HEAD"])
@limiter.limit("20/minute;100/hour", methods=["POST"])
def join(token: str) -> ResponseReturnValue:
    """Let an invited person choose a password; sign them in, or tell them to wait."""
    found = find_invitation(service.digest(token))
    if found is None:
        raise DeadInvitation
    member, form, problem = found[1], JoinForm(), None
    scheme = member.scheme.name
    about = passwords.own_words(member.name, member.email, scheme)
    if form.validate_on_submit():
        try:
            return _join(token, scheme, _hash(form.password.data, about))
        except WeakPassword as weak:
            problem = weak.sentence
    status = 422 if form.is_submitted() else 200
    page = render_template("members/join.html", form=form, scheme=scheme, problem=problem)
    return page, status


def _join(token: str, scheme: str, hashed: str) -> ResponseReturnValue:
    with writing():
        member = joining.accept(token, hashed)
        member_id, waits = member.id, member.state is MemberState.WAITING
    if waits:
        return _waiting_page(scheme, by_board=True)
    signin.start_session(member_id, Proof.INVITATION)
    return redirect(url_for("members.security"), 303)


@bp.route("/join/at/<token>", methods=["GET", "POST"])
@public
@limiter.limit("60/minute", methods=["GET", "HEAD"])
@limiter.limit("20/minute;100/hour", methods=["POST"])
def join_at(token: str) -> ResponseReturnValue:
    """Let somebody come in by the QR code of premises, or tell them to wait."""
    code = find_join_code(service.digest(token))
    if code is None:
        raise DeadInvitation
    scheme, form, problem = get_scheme(code.scheme_id), JoinAtForm(), None
    shown = {
        "scheme": scheme.name,
        "place": code.premises.name,
        "waits": joining.waits(code, scheme),
    }
    if form.validate_on_submit():
        try:
            return _join_at(token, form, scheme)
        except WeakPassword as weak:
            problem = weak.sentence
    status = 422 if form.is_submitted() else 200
    page = render_template("members/join_code.html", form=form, problem=problem, **shown)
    return page, status


def _join_at(token: str, form: JoinAtForm, scheme: Scheme) -> ResponseReturnValue:
    name, email, scheme_name = form.name.data, form.email.data, scheme.name
    hashed = _hash(form.password.data, passwords.own_words(name, email, scheme_name))
    with writing():
        newcomer = Newcomer(name=name, email=email, password_hash=hashed)
        member = joining.join_at(token, newcomer)
        member_id = member.id if member else None
    if member_id is None:
        return _waiting_page(scheme_name, by_board=False)
    signin.start_session(member_id, Proof.INVITATION)
    return redirect(url_for("desk.home"), 303)


def _waiting_page(scheme: str, *, by_board: bool) -> str:
    return render_template("members/join_waiting.html", scheme=scheme, by_board=by_board)


def _hash(password: str, about: list[str]) -> str:
    db.session.rollback()  # hashing yields; no transaction may stay open over it
    return passwords.hash_password(password, about)
