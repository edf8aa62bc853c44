"""A leaked picture: brought by the DPO, looked at by the worker, and whose mark it carries.

A member is named only where chance explains it less than once in 100,000 searches, and only if
the audit says that they were shown that very picture. A copy on paper is named likewise, if the
register says that the picture is on it.
"""

import json
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import current_app
from sqlalchemy import select

from config import Settings
from disc.access.actor import TITLES, Actor
from disc.core import audit, auditing, clock
from disc.core.auditing import Looker, Search
from disc.core.database import db, new_id
from disc.core.errors import Missing
from disc.core.offload import offload
from disc.core.outbox import publish
from disc.core.pictures import Limits, render_view, take_in
from disc.core.transaction import writing
from disc.core.vault import open_stream, seal_stream
from disc.dataprotection import tracing
from disc.dataprotection.events import LeakBrought
from disc.dataprotection.models import LeakSearch, LeakState
from disc.dataprotection.rules import HowSure, how_sure
from disc.gallery.models import SubjectStill
from disc.gallery.queries import one_person
from disc.matching.leaking import Carried, Read, read_marks
from disc.members.models import Member
from disc.members.queries import member_names
from disc.printing.queries import codes_on_paper, find_copy, is_copy, what_is_on
from disc.printing.rules import number_of

SHOWN = frozenset({"picture shown"})
"""The act that is written down before anybody gets a picture."""
WAITS_DAYS, KEPT_DAYS = 1, 30
"""How long a picture waits for a worker at most, and how long what was found is kept."""
MOST_NAMED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A member whose mark a picture carries: how sure that is, and when they were shown it."""

    member_id: uuid.UUID
    name: str
    role: str
    premises: str
    sure: HowSure
    record: str
    times: int
    first: datetime | None
    last: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCopy:
    """A copy on paper whose mark a picture carries, and who had it printed for whom."""

    number: str
    what: str
    asked_by: str
    asked_at: datetime
    for_whom: str
    destroyed_on: date | None
    sure: HowSure
    record: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search found: of how many stored pictures it may be a copy, and who is named.

    ``viewers`` counts the members to whom one of them was shown.
    """

    stills: int
    viewers: int
    named: list[Named]
    copies: list[NamedCopy]


def clean(data: bytes) -> bytes:
    """Return an untrusted picture as a small clean JPEG. Raises the refusals of ``take_in``."""
    settings: Settings = current_app.extensions["settings"]
    limits = Limits(max_bytes=settings.picture_megabytes * 1024 * 1024)
    offload(take_in, data, limits)
    return offload(render_view, data)


def bring(actor: Actor, picture: bytes, why: str, subject_id: uuid.UUID | None) -> LeakSearch:
    """Keep a cleaned picture sealed until the worker has looked at it."""
    search = LeakSearch(
        id=new_id(),
        scheme_id=actor.scheme_id,
        asked_by_id=actor.id,
        subject_id=subject_id,
        erase_on=clock.today() + timedelta(days=WAITS_DAYS),
    )
    db.session.add(search)
    search.picture_sealed = seal_stream(search.ensure_key(), picture, _context(search))
    db.session.flush()
    publish(LeakBrought(search_id=search.id))
    audit.record(audit.by(actor, "leaked picture brought", "leak search", search.id, why))
    return search


def look(search_id: uuid.UUID) -> None:
    """Read the marks of a picture that waits, then erase it; a second time does nothing."""
    search = db.session.get(LeakSearch, search_id)
    if search is None or search.picture_sealed is None:
        return
    scheme_id, picture = search.scheme_id, _open(search)
    given = _pictures_of(search.subject_id)
    db.session.rollback()
    read = read_marks(scheme_id, picture, lambda still_id: _codes(scheme_id, still_id), given)
    with writing():
        held = db.session.get(LeakSearch, search_id, with_for_update={"of": LeakSearch})
        if held is not None and held.state is LeakState.LOOKING:
            _keep(held, read)


def get_search(actor: Actor, search_id: uuid.UUID) -> LeakSearch:
    """Return one of the scheme's searches. Raises Missing."""
    search = db.session.get(LeakSearch, search_id)
    if search is None or search.scheme_id != actor.scheme_id:
        raise Missing
    return search


def found_of(actor: Actor, search: LeakSearch) -> Found:
    """Return what a search found, with names as they are today."""
    told = json.loads(search.found)
    return Found(
        stills=told["stills"],
        viewers=told["viewers"],
        named=[_named(actor, one) for one in told["named"] if "member_id" in one],
        copies=[
            copy
            for one in told["named"]
            if "copy_id" in one and (copy := _named_copy(actor, one)) is not None
        ],
    )


def _keep(search: LeakSearch, read: Read) -> None:
    """Keep who is named, and erase the picture, in one step."""
    named = [one for one in read.marks[:MOST_NAMED] if how_sure(one.score, read.tried)]
    search.found = json.dumps(
        {
            "stills": len(read.stills),
            "viewers": sum(not is_copy(one.holder_id) for one in read.marks),
            "named": [_packed(one, read.tried) for one in named],
        }
    )
    search.state, search.picture_sealed = LeakState.DONE, None
    search.erase_on = clock.today() + timedelta(days=KEPT_DAYS)
    audit.record(*(_told(search, one) for one in named))


def _packed(one: Carried, tried: int) -> dict[str, str]:
    told = {"still_id": str(one.still_id), "score": str(one.score)}
    holder = "copy_id" if is_copy(one.holder_id) else "member_id"
    return told | {holder: str(one.holder_id), "sure": str(how_sure(one.score, tried))}


def _told(search: LeakSearch, one: Carried) -> audit.Entry:
    copy = is_copy(one.holder_id)
    return audit.Entry(
        act="copy named by a mark" if copy else "viewer named by a mark",
        scheme_id=search.scheme_id,
        actor_id=search.asked_by_id,
        target="print copy" if copy else "member",
        target_id=one.holder_id,
        detail=f"score {one.score:.1f}",
    )


def _named(actor: Actor, told: dict[str, str]) -> Named:
    member_id, still_id = uuid.UUID(told["member_id"]), uuid.UUID(told["still_id"])
    member = db.session.get_one(Member, member_id)
    seen = {one.actor_id: one for one in _lookers(actor.scheme_id, still_id)}.get(member_id)
    return Named(
        member_id=member_id,
        name=member.name or tracing.LEFT,
        role=TITLES[member.role],
        premises=", ".join(place.name for place in member.premises) or "None",
        sure=HowSure(told["sure"]),
        record=tracing.reference_of(actor, still_id),
        times=seen.times if seen else 0,
        first=seen.first if seen else None,
        last=seen.last if seen else None,
    )


def _named_copy(actor: Actor, told: dict[str, str]) -> NamedCopy | None:
    """Return what the register says of a copy, or None where it has forgotten it."""
    told_of = find_copy(actor.scheme_id, uuid.UUID(told["copy_id"]))
    if told_of is None:
        return None
    copy, printout = told_of
    by = printout.asked_by_id
    return NamedCopy(
        number=number_of(printout.reference, copy.number, len(printout.copies)),
        what=what_is_on(actor, [printout])[printout.id],
        asked_by=member_names(actor, [by]).get(by, tracing.LEFT),
        asked_at=printout.asked_at,
        for_whom=printout.for_whom,
        destroyed_on=copy.destroyed_on,
        sure=HowSure(told["sure"]),
        record=tracing.reference_of(actor, uuid.UUID(told["still_id"])),
    )


def _lookers(scheme_id: uuid.UUID, still_id: uuid.UUID) -> list[Looker]:
    wanted = frozenset({still_id})
    return auditing.lookers(Search(scheme_id=scheme_id, target_ids=wanted, acts=SHOWN))


def _codes(scheme_id: uuid.UUID, still_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """Return to whom a still was shown, and on which copies it is, with their codes."""
    ids = [one.actor_id for one in _lookers(scheme_id, still_id) if one.actor_id]
    own = (Member.id.in_(ids), Member.scheme_id == scheme_id)
    rows = db.session.execute(select(Member.id, Member.viewer_code).where(*own))
    return {row[0]: row[1] for row in rows} | codes_on_paper(scheme_id, still_id)


def _pictures_of(subject_id: uuid.UUID | None) -> list[uuid.UUID]:
    """Return the pictures of a person, newest first."""
    if subject_id is None:
        return []
    held = select(SubjectStill.still_id).where(
        SubjectStill.subject_id.in_(one_person([subject_id]))
    )
    return list(db.session.scalars(held.order_by(SubjectStill.still_id.desc())))


def _open(search: LeakSearch) -> bytes:
    return open_stream(search.open_key(), search.picture_sealed or b"", _context(search))


def _context(search: LeakSearch) -> str:
    return search.context("picture_sealed")
