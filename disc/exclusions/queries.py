"""Reads of notices, scoped to the scheme; what members are shown is the served ones alone."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select
from sqlalchemy.orm import aliased

from disc.access.actor import Actor
from disc.access.permissions import Permission
from disc.access.policy import may_ever
from disc.core import clock, paging
from disc.core.database import db
from disc.core.errors import Missing
from disc.exclusions.models import ExclusionNotice, NoticeEvidence, NoticePremises, NoticeState
from disc.exclusions.rules import Standing, first_day_after, standing
from disc.gallery.models import Subject, SubjectState
from disc.gallery.queries import counts_for, counts_for_any, get_subject, one_person
from disc.incidents.models import STANDS, Incident
from disc.incidents.queries import reports_about
from disc.members.models import Premises

OPEN = (NoticeState.PROPOSED, NoticeState.APPROVED)
"""States in which a notice still waits for somebody."""
SOON = 14
"""Days before the end of a ban from which on a list says so: time to propose another."""
MOST_QUEUED = 200
"""Notices that one queue lists; the others come when these are dealt with."""


class Shelf(StrEnum):
    """Which of the scheme's notices a list holds; each notice is on one of them."""

    IN_FORCE = "in-force"
    WAITING = "waiting"
    OVER = "over"


_Child = aliased(Subject)
# Made once: an alias made for each page cost a tenth of a page of the gallery.


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A notice as a row of a list, with what it is today."""

    id: uuid.UUID
    reference: str
    subject_id: uuid.UUID
    person: str
    under_18: bool
    standing: Standing
    starts_on: date
    ends_on: date
    proposed_at: datetime

    @property
    def ends_in(self) -> int | None:
        """In how many days a ban's last day comes, where that is soon."""
        days = (self.ends_on - clock.today()).days
        return days if self.standing is Standing.IN_FORCE and days <= SOON else None


@dataclass(frozen=True, slots=True)
class Ban:
    """The last day of a ban from any premises of the scheme, and from the reader's own if any."""

    last: date
    here: date | None

    def __or__(self, other: "Ban") -> "Ban":
        """Join the bans of two records of one person: the later days count."""
        days = [day for day in (self.here, other.here) if day]
        return Ban(max(self.last, other.last), max(days, default=None))


def get_notice(actor: Actor, notice_id: uuid.UUID) -> ExclusionNotice:
    """Return a notice of the scheme. Raises Missing."""
    notice = find_notice(actor, notice_id)
    if notice is None:
        raise Missing
    return notice


def find_notice(actor: Actor, notice_id: uuid.UUID) -> ExclusionNotice | None:
    """Return a notice of the scheme, or None."""
    return db.session.scalar(_of_scheme(actor).where(ExclusionNotice.id == notice_id))


def find_by_number(actor: Actor, typed: str) -> ExclusionNotice | None:
    """Return the scheme's notice with a reference, however it was typed."""
    found = _of_scheme(actor).where(ExclusionNotice.reference == typed.strip().upper())
    return db.session.scalar(found)


def get_person(actor: Actor, subject_id: uuid.UUID) -> Subject:
    """Return whom a notice is about: the record that a merged one was merged into.

    Raises Missing for a Subject of another scheme or one that was erased.
    """
    subject = get_subject(actor, subject_id)
    if subject.merged_into_id is not None:
        subject = get_subject(actor, subject.merged_into_id)
    if subject.state is SubjectState.ERASED:
        raise Missing
    return subject


def called(subject: Subject) -> str:
    """Return what a person is called on a page or a paper."""
    return subject.name or f"Name not known, reference {subject.reference}"


def notices_of(actor: Actor, subject_id: uuid.UUID) -> list[Listed]:
    """List the notices about a Subject and the records merged into it, newest first."""
    about = _of_scheme(actor).where(ExclusionNotice.subject_id.in_(one_person([subject_id])))
    return _listed(about.order_by(ExclusionNotice.proposed_at.desc()))


def find_waiting(actor: Actor, subject_id: uuid.UUID) -> ExclusionNotice | None:
    """Return a notice about a person that was not decided or not served yet, and has not ended."""
    return db.session.scalar(
        _of_scheme(actor)
        .where(
            ExclusionNotice.subject_id.in_(one_person([subject_id])),
            ExclusionNotice.state.in_(OPEN),
            ExclusionNotice.ends_on >= clock.today(),
        )
        .limit(1)
    )


def standing_notice(subject_id: uuid.UUID) -> str | None:
    """Return the number of a notice about a person that holds, or may hold yet; whoever asks."""
    found = select(ExclusionNotice.reference).where(
        ExclusionNotice.subject_id.in_(one_person([subject_id])),
        ExclusionNotice.state.in_((*OPEN, NoticeState.SERVED)),
        ExclusionNotice.ends_on >= clock.today(),
    )
    return db.session.scalar(found.order_by(ExclusionNotice.ends_on.desc()).limit(1))


def days_needed(subject_id: uuid.UUID) -> list[tuple[date, date]]:
    """Return until when served notices need a person's record: to show it, and to hold it."""
    found = select(ExclusionNotice).where(
        ExclusionNotice.subject_id.in_(one_person([subject_id])),
        ExclusionNotice.state == NoticeState.SERVED,
        ExclusionNotice.erase_on > clock.today(),
    )
    return [(first_day_after(one.ends_on), one.erase_on) for one in db.session.scalars(found)]


def awaiting_board(actor: Actor) -> list[Listed]:
    """List the notices that somebody else proposed and the Board must decide, oldest first."""
    waiting = _of_scheme(actor).where(
        ExclusionNotice.state == NoticeState.PROPOSED, ExclusionNotice.proposed_by_id != actor.id
    )
    return _listed(waiting.order_by(ExclusionNotice.proposed_at))


def to_serve(actor: Actor) -> list[Listed]:
    """List the approved notices that nobody has given to the person yet, oldest first."""
    waiting = _of_scheme(actor).where(
        ExclusionNotice.state == NoticeState.APPROVED, ExclusionNotice.ends_on >= clock.today()
    )
    return _listed(waiting.order_by(ExclusionNotice.decided_at))


def on_shelf(actor: Actor, shelf: Shelf, number: int = 1) -> paging.Page[Listed]:
    """List a page of notices: what ends first, what waits longest, or what ended last at the top.

    What waits is not decided, not given to the person, or served and still to begin.
    """
    found = _of_scheme(actor).where(
        ExclusionNotice.erase_on > clock.today(), _shelf() == shelf.value
    )
    order = {
        Shelf.IN_FORCE: ExclusionNotice.ends_on,
        Shelf.WAITING: ExclusionNotice.proposed_at,
        Shelf.OVER: _over_since().desc(),
    }[shelf]
    ordered = found.order_by(order, ExclusionNotice.id)
    return paging.cut(_rows(paging.window(ordered, number)), number)


def _shelf() -> ColumnElement[str]:
    """Return the shelf of a notice. A proposal waits for the Board even after its last day."""
    state, today = ExclusionNotice.state, clock.today()
    return case(
        (state == NoticeState.PROPOSED, Shelf.WAITING.value),
        (state.not_in((NoticeState.APPROVED, NoticeState.SERVED)), Shelf.OVER.value),
        (ExclusionNotice.ends_on < today, Shelf.OVER.value),
        (state == NoticeState.APPROVED, Shelf.WAITING.value),
        (ExclusionNotice.starts_on > today, Shelf.WAITING.value),
        else_=Shelf.IN_FORCE.value,
    )


def _over_since() -> ColumnElement[date]:
    """Return the day on which a notice that is over came to its end."""
    return case(
        (ExclusionNotice.state == NoticeState.LIFTED, func.date(ExclusionNotice.lifted_at)),
        (ExclusionNotice.state == NoticeState.REFUSED, func.date(ExclusionNotice.decided_at)),
        else_=ExclusionNotice.ends_on,
    )


def bans_today(actor: Actor, subject_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Ban]:
    """Return until when some Subjects are banned, for those banned today.

    Only a served notice counts, and only one about premises of the actor's scheme. A merged
    record's notice counts for the one it was merged into.
    """
    asked = set(subject_ids)
    if not asked:
        return {}
    found = (
        _in_force(actor)
        .join(Subject, Subject.id == ExclusionNotice.subject_id)
        .where(counts_for_any(asked), _about(Premises.scheme_id == actor.scheme_id))
        .with_only_columns(
            Subject.id,
            Subject.merged_into_id,
            func.max(ExclusionNotice.ends_on),
            func.max(case((_about(_is_own(actor)), ExclusionNotice.ends_on))),
        )
        .group_by(Subject.id, Subject.merged_into_id)
    )
    bans: dict[uuid.UUID, Ban] = {}
    for record_id, merged_into_id, last, here in db.session.execute(found):
        owner = counts_for(asked, record_id, merged_into_id)
        bans[owner] = bans.get(owner, Ban(last, here)) | Ban(last, here)
    return bans


def _about(where: ColumnElement[bool]) -> ColumnElement[bool]:
    """Select the notices about such premises."""
    return exists().where(
        NoticePremises.notice_id == ExclusionNotice.id,
        NoticePremises.premises_id == Premises.id,
        where,
    )


def _is_own(actor: Actor) -> ColumnElement[bool]:
    """Select the premises of the scheme where the actor works."""
    return (Premises.scheme_id == actor.scheme_id) & Premises.id.in_(actor.premises_ids)


def evidence_for(actor: Actor, subject_id: uuid.UUID) -> list[Incident]:
    """List the reports about a person on which a notice may rest, newest first."""
    return [
        report
        for report in reports_about(one_person([subject_id]))
        if report.scheme_id == actor.scheme_id
        and report.state in STANDS
        and report.erased_at is None
    ]


def evidence_of(notice_id: uuid.UUID) -> list[Incident]:
    """Return the reports on which a notice rests, oldest first, erased ones too."""
    found = (
        select(Incident)
        .join(NoticeEvidence, NoticeEvidence.incident_id == Incident.id)
        .where(NoticeEvidence.notice_id == notice_id)
        .order_by(Incident.occurred_at)
    )
    return list(db.session.scalars(found))


def excluding_premises(actor: Actor) -> list[Premises]:
    """List the scheme's premises whose owner lets the scheme exclude people, by name."""
    found = select(Premises).where(
        Premises.scheme_id == actor.scheme_id, Premises.excludes_since <= clock.today()
    )
    return list(db.session.scalars(found.order_by(Premises.name)))


def premises_of(notice_id: uuid.UUID) -> list[Premises]:
    """Return the premises that a notice covers, by name."""
    found = (
        select(Premises)
        .join(NoticePremises, NoticePremises.premises_id == Premises.id)
        .where(NoticePremises.notice_id == notice_id)
        .order_by(Premises.name)
    )
    return list(db.session.scalars(found))


def every_notice_of(subject_id: uuid.UUID) -> list[ExclusionNotice]:
    """Return the notices of one record, for its erasure."""
    found = select(ExclusionNotice).where(ExclusionNotice.subject_id == subject_id)
    return list(db.session.scalars(found))


def _of_scheme(actor: Actor) -> Select[ExclusionNotice]:
    """Select the scheme's notices; one about a child under 10 is Administrators' alone."""
    found = select(ExclusionNotice).where(ExclusionNotice.scheme_id == actor.scheme_id)
    if may_ever(actor, Permission.SEE_UNDER_10):
        return found
    of_child = exists().where(_Child.id == ExclusionNotice.subject_id, _Child.under_10.is_(True))
    return found.where(~of_child)


def _in_force(actor: Actor) -> Select[ExclusionNotice]:
    today = clock.today()
    return _of_scheme(actor).where(
        ExclusionNotice.state == NoticeState.SERVED,
        ExclusionNotice.starts_on <= today,
        ExclusionNotice.ends_on >= today,
    )


def _listed(found: Select[ExclusionNotice]) -> list[Listed]:
    return _rows(found.limit(MOST_QUEUED))


def _rows(found: Select[ExclusionNotice]) -> list[Listed]:
    """Return notices as rows; one about a person whose record's day has come is gone with it."""
    today = clock.today()
    about = Subject.id == ExclusionNotice.subject_id
    held = and_(Subject.erase_on > today, Subject.state != SubjectState.ERASED)
    rows = found.join(Subject, about & held).add_columns(Subject)
    return [
        Listed(
            id=notice.id,
            reference=notice.reference,
            subject_id=notice.subject_id,
            person=called(subject),
            under_18=subject.under_18,
            standing=standing(notice.state, notice.starts_on, notice.ends_on, today),
            starts_on=notice.starts_on,
            ends_on=notice.ends_on,
            proposed_at=notice.proposed_at,
        )
        for notice, subject in db.session.execute(rows)
    ]
