"""Pages of shared tablets: the manager's list, the lock screen, the PIN pad, one's own PIN."""

import uuid
from datetime import timedelta

from flask import (
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_limiter import RequestLimit

from disc.access.actor import MANAGERS, Actor
from disc.access.guard import (
    SHARED_COOKIE,
    authorise,
    find_actor,
    freshly_proved,
    get_actor,
    requires,
)
from disc.access.permissions import Permission
from disc.core.transaction import writes
from disc.core.web import limiter, public
from disc.members import queries, signin, tablets
from disc.members.errors import WeakPin, WrongPin
from disc.members.forms.tablets import ChoosePinForm, PinForm, TabletForm
from disc.members.models import Member, Premises, Tablet
from disc.members.rules import names_for_passers_by
from disc.members.service import digest
from disc.members.views.blueprint import bp

COOKIE_DAYS = 400
"""The longest that browsers keep a cookie (RFC 6265bis, section 5.5)."""
TOO_MANY = "Too many wrong PINs. Wait 15 minutes, or use your own device."


@bp.get("/tablets")
@requires(Permission.ENROL_TABLET)
def tablets_in_use() -> ResponseReturnValue:
    """List the tablets that a manager looks after."""
    return render_template("members/tablets.html", rows=queries.tablets_of(get_actor()))


@bp.get("/tablets/new")
@requires(Permission.ENROL_TABLET)
@freshly_proved
def new_tablet() -> ResponseReturnValue:
    """Ask where this device stands."""
    return _new_page(TabletForm().offer(_places(get_actor())))


@bp.post("/tablets")
@requires(Permission.ENROL_TABLET)
@freshly_proved
@writes
def enrol_tablet() -> ResponseReturnValue:
    """Make this browser a tablet of premises, sign the manager out of it, and lock it."""
    actor = get_actor()
    form = TabletForm().offer(_places(actor))
    if not form.validate():
        return _new_page(form), 422
    place = queries.get_premises(actor, uuid.UUID(form.premises_id.data))
    authorise(actor, Permission.ENROL_TABLET, tablets.At(place.scheme_id, place.id))
    secret = tablets.enrol(actor, place, form.name.data.strip(), before=_tablet())
    signin.end_here(actor)
    return _keep(redirect(url_for("members.lock_screen"), 303), secret)


@bp.post("/tablets/<uuid:tablet_id>/end")
@requires(Permission.ENROL_TABLET)
@writes
def end_tablet(tablet_id: uuid.UUID) -> ResponseReturnValue:
    """Take a tablet out of use."""
    actor = get_actor()
    tablet = queries.get_tablet(actor, tablet_id)
    authorise(actor, Permission.ENROL_TABLET, tablet)
    tablets.end_tablet(actor, tablet)
    flash("That tablet cannot be used any more. Whoever used it is signed out.", "ok")
    return redirect(url_for("members.tablets_in_use"), 303)


@bp.get("/tablet")
@public
def lock_screen() -> ResponseReturnValue:
    """Show who may sign in on this tablet."""
    tablet = _tablet()
    if tablet is None:
        return _no_tablet()
    if find_actor() is not None:
        return redirect(url_for("desk.home"))
    return render_template("members/tablet_lock.html", tablet=tablet, people=_people(tablet))


@bp.post("/tablet/lock")
@public
def lock_tablet() -> ResponseReturnValue:
    """End the sign-in on this tablet, if it has not run out yet, and show the lock screen."""
    actor = find_actor()
    if actor is not None:
        signin.sign_out(actor)
    return redirect(url_for("members.lock_screen"), 303)


@bp.get("/tablet/touched")
@requires(Permission.USE_OWN_ACCOUNT)
def touched() -> ResponseReturnValue:
    """Hear from a tablet that somebody touches it: loading the sign-in notes that it is used."""
    return "", 204


def _this_tablet() -> str:
    """Name the tablet for its own limit; a stranger has none, and their tries come to nothing."""
    tablet = _tablet()
    return str(tablet.id) if tablet else "none"


def _person_here() -> str:
    """Name the tablet and whose PIN is tried, for their own limit."""
    return f"{_this_tablet()} {(request.view_args or {}).get('member_id')}"


def _was_wrong(response: Response) -> bool:
    return response.status_code == WrongPin.status


def _wait(_limit: RequestLimit) -> Response | None:
    """Answer a try too many with the pad itself: what is on a tablet must lead on."""
    tablet = _tablet()
    member_id = (request.view_args or {})["member_id"]
    if tablet is None or member_id not in (who := _people(tablet)):
        return None
    page = _pad(PinForm(formdata=None), member_id, who[member_id], TOO_MANY)
    return make_response(page, 429)


@bp.route("/tablet/<uuid:member_id>", methods=["GET", "POST"])
@public
@limiter.limit("30/15 minutes;200/day", key_func=_person_here, methods=["POST"], on_breach=_wait)
@limiter.limit(
    "5/15 minutes;20/day",
    key_func=_person_here,
    methods=["POST"],
    deduct_when=_was_wrong,
    on_breach=_wait,
)
@limiter.limit(
    "60/hour", key_func=_this_tablet, methods=["POST"], deduct_when=_was_wrong, on_breach=_wait
)
def pin_pad(member_id: uuid.UUID) -> ResponseReturnValue:
    """Ask for somebody's PIN, or sign them in.

    Wrong tries are few. Right ones are counted too, more generously, so that many tries at the
    same moment, none of them answered yet, are not taken.
    """
    tablet = _tablet()
    if tablet is None:
        return _no_tablet()
    people = _people(tablet)
    if member_id not in people:
        return redirect(url_for("members.lock_screen"))
    form = PinForm()
    if not form.validate_on_submit():
        return _pad(form, member_id, people[member_id], None), 422 if form.is_submitted() else 200
    try:
        tablets.sign_in_with_pin(tablet, member_id, form.pin.data.strip())
    except WrongPin as wrong:
        return _pad(form, member_id, people[member_id], wrong.sentence), wrong.status
    return redirect(url_for("desk.home"), 303)


@bp.route("/me/pin", methods=["GET", "POST"])
@requires(Permission.USE_OWN_ACCOUNT)
@freshly_proved
def pin() -> ResponseReturnValue:
    """Let a person of the shop floor choose the PIN that they use on shared tablets."""
    actor, form, problem = get_actor(), ChoosePinForm(), None
    if form.validate_on_submit():
        try:
            tablets.choose_pin(actor, form.pin.data.strip())
        except WeakPin as weak:
            problem = weak.sentence
        else:
            flash("Your PIN is ready. Use it on the tablet of your shop.", "ok")
            return redirect(url_for("members.me"), 303)
    page = render_template(
        "members/pin.html",
        form=form,
        problem=problem,
        may=tablets.may_have_pin(actor),
        has=queries.get_member(actor, actor.id).pin_hash is not None,
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/me/pin/drop")
@requires(Permission.USE_OWN_ACCOUNT)
@writes
def drop_pin() -> ResponseReturnValue:
    """Take one's own PIN away."""
    tablets.drop_pin(get_actor())
    flash("You have no PIN now. Your name is not on any tablet.", "ok")
    return redirect(url_for("members.me"), 303)


def _places(actor: Actor) -> list[Premises]:
    return (queries.scheme_premises if actor.role in MANAGERS else queries.premises_of)(actor)


def _people(tablet: Tablet) -> dict[uuid.UUID, str]:
    """Return who may sign in on a tablet, by id, with the names that passers-by may see."""
    people: list[Member] = queries.people_of_tablet(tablet)
    names = names_for_passers_by(one.name for one in people)
    return dict(zip((one.id for one in people), names, strict=True))


def _new_page(form: TabletForm) -> str:
    return render_template("members/tablet_new.html", form=form)


def _pad(form: PinForm, member_id: uuid.UUID, name: str, problem: str | None) -> str:
    return render_template(
        "members/tablet_pin.html", form=form, member_id=member_id, name=name, problem=problem
    )


def _no_tablet() -> Response:
    here = redirect(url_for("members.sign_in"))
    marked = {signin.tablet_cookie(), SHARED_COOKIE} & set(request.cookies)
    return _keep(here, None) if marked else make_response(here)


def _tablet() -> Tablet | None:
    """Return the tablet whose browser asks; only ``signin`` reads the cookie as well."""
    secret = request.cookies.get(signin.tablet_cookie())
    return queries.find_tablet(digest(secret)) if secret else None


def _keep(answer: ResponseReturnValue, secret: str | None) -> Response:
    """Let the browser keep a tablet's secret, and that it is one; or forget both."""
    response = make_response(answer)
    for name, value in ((signin.tablet_cookie(), secret or ""), (SHARED_COOKIE, "yes")):
        response.set_cookie(
            name,
            value,
            max_age=timedelta(days=COOKIE_DAYS) if secret else 0,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Strict",
        )
    return response
