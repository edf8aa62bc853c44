"""One's own log: what a person did and saw, and what others did to their account."""

from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from disc.access.actor import Actor
from disc.access.acts import NOT_TOLD, in_words
from disc.access.guard import get_actor, requires
from disc.access.permissions import Permission
from disc.core import auditing
from disc.core.audit import AuditEvent
from disc.core.auditing import Search
from disc.core.database import db
from disc.members.models import UserSession
from disc.members.views.blueprint import bp

PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One event as the person themselves reads it."""

    at: datetime
    act: str
    by: str
    things: int
    device: str


@bp.get("/me/log")
@requires(Permission.USE_OWN_ACCOUNT)
def log() -> ResponseReturnValue:
    """Show what is written down about whoever asks."""
    actor = get_actor()
    before = auditing.position_in(request.args.get("before", ""))
    told, more = _page(actor, before)
    return render_template("members/log.html", told=told, more=more)


def _page(actor: Actor, before: int | None) -> tuple[list[Told], int | None]:
    search = Search(scheme_id=actor.scheme_id, own_of=actor.id, untold=NOT_TOLD)
    events = auditing.find_events(search, before=before, limit=PAGE + 1)
    page = events[:PAGE]
    seen = auditing.seen_in(page)
    devices = _devices(page, actor)
    told = [
        Told(
            at=event.at,
            act=in_words(event.act),
            by=_who(event, actor),
            things=len(seen.get(event.position, ())),
            device=devices.get(event.session_id, "") if event.session_id else "",
        )
        for event in page
    ]
    return told, page[-1].position if len(events) > PAGE else None


def _who(event: AuditEvent, actor: Actor) -> str:
    if event.actor_id is None:
        return "Nobody signed in"
    return "You" if event.actor_id == actor.id else "Your scheme"


def _devices(events: list[AuditEvent], actor: Actor) -> dict[object, str]:
    """Return the devices of one's own sign-ins; those of others are none of one's business."""
    ids = {event.session_id for event in events if event.session_id}
    found = select(UserSession.id, UserSession.device).where(
        UserSession.id.in_(ids), UserSession.member_id == actor.id
    )
    return {row[0]: row[1] for row in db.session.execute(found)}
