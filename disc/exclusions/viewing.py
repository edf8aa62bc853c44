"""How a notice is told to its readers: its steps in words, and what each reader may do with it."""

import uuid
from datetime import datetime
from typing import Any

from disc.access.actor import Actor
from disc.access.permissions import Permission
from disc.access.policy import permits
from disc.core.web import day, when
from disc.exclusions.models import ExclusionNotice, NoticeState, ServedHow
from disc.exclusions.rules import Standing
from disc.incidents.kinds import IncidentKind
from disc.members.queries import member_names

WHAT = {
    IncidentKind.SHOP_THEFT: "Shop theft",
    IncidentKind.VIOLENCE: "Violence or threat",
    IncidentKind.ABUSE: "Abuse of staff",
    IncidentKind.DAMAGE: "Damage",
    IncidentKind.FRAUD: "Fraud or fake notes",
    IncidentKind.ANTISOCIAL: "Antisocial behaviour",
    IncidentKind.OTHER: "Other behaviour",
}
HOW = {
    ServedHow.IN_PERSON: "Given to the person",
    ServedHow.REFUSED: "The person refused to take it",
    ServedHow.POST: "Sent by post",
}
PRINTED = (NoticeState.APPROVED, NoticeState.SERVED)
"""A paper says that the Board decided and that the ban holds: only these states make it true."""


def may(actor: Actor, notice: ExclusionNotice, stands: Standing) -> dict[str, bool]:
    """Say which buttons this reader may use on a notice as it stands today."""
    serves = permits(actor, Permission.SERVE_NOTICE, notice)
    decides = permits(actor, Permission.DECIDE_NOTICE, notice)
    liftable = stands in (Standing.TO_SERVE, Standing.SERVED, Standing.IN_FORCE)
    return {
        "decide": stands is Standing.AWAITS_BOARD and decides,
        "serve": stands is Standing.TO_SERVE and serves,
        "lift": liftable and serves,
        "print": notice.state in PRINTED,
    }


def steps_of(actor: Actor, notice: ExclusionNotice, stands: Standing) -> list[dict[str, Any]]:
    """Return a notice's steps for the timeline: done, now and still to come."""
    people = [one for one in (notice.proposed_by_id, notice.decided_by_id) if one]
    names = member_names(actor, people)
    proposed = _done("Proposed", notice.proposed_at, names[notice.proposed_by_id])
    steps = [proposed, _decided(notice, names)]
    if notice.state is NoticeState.REFUSED:
        return steps
    return [*steps, *_given(notice, stands), _end(notice, stands)]


def _decided(notice: ExclusionNotice, names: dict[uuid.UUID, str]) -> dict[str, Any]:
    if notice.decided_at is None or notice.decided_by_id is None:
        return {"title": "The Board decides", "state": "now"}
    outcome = "refused" if notice.state is NoticeState.REFUSED else "approved"
    title = f"The Board {outcome} it"
    return _done(title, notice.decided_at, names[notice.decided_by_id])


def _given(notice: ExclusionNotice, stands: Standing) -> list[dict[str, Any]]:
    if notice.served_at and notice.served_how:
        return [_done(HOW[notice.served_how], notice.served_at, notice.served_by)]
    if stands in (Standing.LIFTED, Standing.ENDED):
        return []
    now = "now" if stands is Standing.TO_SERVE else "next"
    return [{"title": "The person gets the notice", "state": now}]


def _end(notice: ExclusionNotice, stands: Standing) -> dict[str, Any]:
    if notice.lifted_at:
        return _done("Lifted", notice.lifted_at)
    state = {Standing.IN_FORCE: "now", Standing.ENDED: "done"}.get(stands, "next")
    title = "Members see the ban" if stands is Standing.IN_FORCE else "The notice ends"
    return {"title": title, "state": state, "at": f"Last day {day(notice.ends_on)}"}


def _done(title: str, at: datetime, by: str = "") -> dict[str, Any]:
    return {"title": title, "state": "done", "at": when(at), "note": f"by {by}" if by else None}
