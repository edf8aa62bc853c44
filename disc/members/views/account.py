"""Pages to sign in, sign out, join, and see one's own account."""

from urllib.parse import urlsplit

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address

from disc.access.guard import find_actor, get_actor, requires
from disc.access.permissions import Permission
from disc.core.transaction import writing
from disc.core.typed import carried
from disc.core.web import limiter, public
from disc.members import service, signin
from disc.members.errors import DeadInvitation, WeakPassword, WrongSignIn
from disc.members.forms import JoinForm, SignInForm
from disc.members.queries import areas_of, find_invitation, premises_of
from disc.members.rules import normal_email
from disc.members.views.blueprint import bp


def _account() -> str:
    """Name the account of a try to sign in, for its own limit; the digest, never the address."""
    return service.digest(normal_email(SignInForm().email.data or "")).hex()


def _account_from_here() -> str:
    """Name the account and where the try comes from: a stranger elsewhere locks nobody out."""
    return f"{_account()} {get_remote_address()}"


@bp.route("/sign-in", methods=["GET", "POST"])
@public
@limiter.limit("30/minute;200/hour", key_func=get_remote_address, methods=["POST"])
@limiter.limit("8/minute;40/hour", key_func=_account_from_here, methods=["POST"])
@limiter.limit("300/hour", key_func=_account, methods=["POST"])
def sign_in() -> ResponseReturnValue:
    """Show the form, or sign in and go on to where the person was going."""
    form = SignInForm()
    if not form.validate_on_submit():
        if find_actor() is not None:
            return redirect(url_for("desk.home"))
        status = 422 if form.is_submitted() else 200
        return _sign_in_page(form, None), status
    try:
        signin.sign_in(form.email.data, form.password.data)
    except WrongSignIn as wrong:
        return _sign_in_page(form, wrong.sentence), wrong.status
    if typed := carried():
        path = _own_page(form.next.data)
        return render_template("members/send_typed.html", path=path, typed=typed)
    return redirect(_own_page(form.next.data))


def _sign_in_page(form: SignInForm, problem: str | None) -> str:
    return render_template("members/sign_in.html", form=form, problem=problem, typed=carried())


@bp.post("/sign-out")
@requires(Permission.USE_OWN_ACCOUNT)
def sign_out() -> ResponseReturnValue:
    """End this sign-in and clear what the browser kept."""
    signin.sign_out(get_actor())
    response = redirect(url_for("members.sign_in"))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@bp.route("/join/<token>", methods=["GET", "POST"])
@public
@limiter.limit("20/minute")
def join(token: str) -> ResponseReturnValue:
    """Let an invited person choose a password, and sign them in."""
    invitation = find_invitation(service.digest(token))
    if invitation is None:
        raise DeadInvitation
    scheme_name, form, problem = invitation[1].scheme.name, JoinForm(), None
    if form.validate_on_submit():
        try:
            hashed = _hash(form.password.data)
            with writing():
                member = service.accept_invitation(token, hashed)
            signin.start_session(member.id)
            return redirect(url_for("desk.home"))
        except WeakPassword as weak:
            problem = weak.sentence
    status = 422 if form.is_submitted() else 200
    page = render_template("members/join.html", form=form, scheme=scheme_name, problem=problem)
    return page, status


@bp.get("/me")
@requires(Permission.USE_OWN_ACCOUNT)
def me() -> ResponseReturnValue:
    """Show one's own account."""
    actor = get_actor()
    return render_template("members/me.html", areas=areas_of(actor), places=premises_of(actor))


def _hash(password: str) -> str:
    from disc.core.database import db

    db.session.rollback()  # hashing yields; no transaction may stay open over it
    return signin.hash_password(password)


def _own_page(address: str | None) -> str:
    """Return an address on this site only: a link in an e-mail must not lead elsewhere."""
    parts = urlsplit(address or "")
    own = parts.path.startswith("/") and not parts.path.startswith("//")
    if parts.scheme or parts.netloc or not own or "\\" in parts.path:
        return url_for("desk.home")
    return parts.path + (f"?{parts.query}" if parts.query else "")
