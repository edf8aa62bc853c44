"""The page on which people show once more that it is them."""

from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue

from disc.access.actor import Actor
from disc.access.guard import ProveFirst, get_actor, require_fresh, requires
from disc.access.permissions import Permission
from disc.core.database import db
from disc.core.errors import DiscError
from disc.core.transaction import writes
from disc.core.typed import carried
from disc.core.web import limiter
from disc.members import proving
from disc.members.errors import NotOnTablet, WrongProof
from disc.members.forms.proving import ProveForm
from disc.members.models import Member
from disc.members.proving import Typed
from disc.members.queries import factors_of
from disc.members.views import throttle
from disc.members.views.blueprint import bp
from disc.members.views.entering import read_answer
from disc.members.views.going_on import go_on, own_page, told


@bp.route("/prove", methods=["GET", "POST"])
@requires(Permission.USE_OWN_ACCOUNT)
@limiter.limit("8/minute;40/hour", key_func=throttle.person, methods=["POST"])
def prove() -> ResponseReturnValue:
    """Ask for a fresh proof, and go on with what asked for it; nothing is typed twice."""
    actor, form = get_actor(), ProveForm()
    if form.is_submitted() and _is_fresh(actor):
        return go_on(form.next.data)
    if "password" not in request.form:
        return _page(actor, ProveForm(formdata=None), address=form.next.data)
    if not form.validate():
        return _page(actor, form), 422
    try:
        typed = Typed(form.otp.data or "", form.recovery_code.data or "")
        proving.prove_by_password(actor, form.password.data, typed)
    except (WrongProof, NotOnTablet) as wrong:
        return _page(actor, form, wrong), wrong.status
    return go_on(form.next.data)


@bp.post("/prove/passkey/options")
@requires(Permission.USE_OWN_ACCOUNT)
@limiter.limit("30/minute", key_func=throttle.person)
@writes
def prove_options() -> ResponseReturnValue:
    """Begin a proof by passkey."""
    return jsonify(proving.options_to_prove(get_actor()))


@bp.post("/prove/passkey")
@requires(Permission.USE_OWN_ACCOUNT)
@limiter.limit("30/minute", key_func=throttle.person)
def prove_passkey() -> ResponseReturnValue:
    """Take a proof by passkey."""
    sent = told()
    proving.prove_by_passkey(get_actor(), read_answer(sent))
    return jsonify(to=own_page(str(sent.get("next") or "")))


def _is_fresh(actor: Actor) -> bool:
    try:
        require_fresh(actor)
    except ProveFirst:
        return False
    return True


def _page(
    actor: Actor, form: ProveForm, wrong: DiscError | None = None, *, address: str | None = None
) -> str:
    return render_template(
        "members/prove.html",
        form=form,
        problem=wrong.sentence if wrong else None,
        factors=factors_of(db.session.get_one(Member, actor.id)),
        on_tablet=actor.tablet_id is not None,
        typed=carried(),
        address=address or form.next.data or request.args.get("next", ""),
        named=proving.page_with_name(),
    )
