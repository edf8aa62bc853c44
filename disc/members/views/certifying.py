"""Pages on which the contact of premises says who still works there."""

import uuid
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from disc.access.actor import Actor
from disc.access.guard import authorise, get_actor, note_seen, requires
from disc.access.permissions import Permission
from disc.core import audit, clock
from disc.core.transaction import writes
from disc.members import certifying, queries
from disc.members.errors import PeopleChanged
from disc.members.forms import WhoWorksHere, read_who_works_here
from disc.members.models import Premises
from disc.members.views.blueprint import bp


@bp.get("/certify")
@requires(Permission.CERTIFY_PREMISES)
def certify() -> ResponseReturnValue:
    """List the premises that the reader answers for."""
    actor = get_actor()
    return render_template(
        "members/certify.html", places=queries.premises_to_certify(actor), today=clock.today()
    )


@bp.get("/certify/<uuid:premises_id>")
@requires(Permission.CERTIFY_PREMISES)
def certify_one(premises_id: uuid.UUID) -> ResponseReturnValue:
    """Ask about each person who works at premises."""
    actor = get_actor()
    return _page(actor, _place(actor, premises_id), WhoWorksHere(set(), {}))


@bp.post("/certify/<uuid:premises_id>")
@requires(Permission.CERTIFY_PREMISES)
@writes
def certify_people(premises_id: uuid.UUID) -> ResponseReturnValue:
    """Take premises away from who left, and record that the rest still works there."""
    actor = get_actor()
    place = _place(actor, premises_id, lock=True)
    said = read_who_works_here(request.form)
    if not said.check(queries.people_there(actor, place)[0]):
        return _page(actor, place, said), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        left = certifying.certify(actor, place, said.shown, said.left)
    except PeopleChanged as changed:
        return _page(actor, place, said, changed.sentence), changed.status
    flash(_thanks(left), "ok")
    return redirect(url_for("members.certify"), 303)


def _place(actor: Actor, premises_id: uuid.UUID, *, lock: bool = False) -> Premises:
    place = queries.get_premises_to_certify(actor, premises_id, lock=lock)
    authorise(actor, Permission.CERTIFY_PREMISES, place)
    return place


def _page(actor: Actor, place: Premises, said: WhoWorksHere, problem: str | None = None) -> str:
    note_seen(audit.by(actor, "members listed", "premises", place.id))
    floor, others = queries.people_there(actor, place)
    return render_template(
        "members/certify_one.html",
        place=place,
        floor=floor,
        others=others,
        said=said,
        problem=problem,
    )


def _thanks(left: int) -> str:
    if not left:
        return "Thank you. We will ask again in a year."
    who = "One person" if left == 1 else f"{left} people"
    return f"Thank you. {who} lost access at once."
