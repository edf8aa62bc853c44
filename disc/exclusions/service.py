"""Changes to notices: proposed, decided, served, lifted, erased."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from disc.access.actor import Actor
from disc.core import audit, clock
from disc.core.database import db
from disc.core.errors import Missing
from disc.core.keys import erase_key
from disc.core.outbox import publish
from disc.exclusions import queries, rules
from disc.exclusions.errors import AlreadyProposed, ChangedNotice, Unfit
from disc.exclusions.models import (
    ExclusionNotice,
    NoticeEvidence,
    NoticePremises,
    NoticeState,
    ServedHow,
)
from disc.gallery.events import WordsTakenBack
from disc.gallery.models import Subject
from disc.gallery.queries import entries_of
from disc.gallery.service import reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a manager proposes. ``id`` comes from the page, so that a retry is not a second one."""

    id: uuid.UUID
    evidence: frozenset[uuid.UUID]
    premises: frozenset[uuid.UUID]
    starts_on: date
    months: int
    reasons: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """How, when and by whom a notice was given; ``by`` is the name of who gave it."""

    how: ServedHow
    at: datetime
    by: str


def propose(actor: Actor, subject_id: uuid.UUID, proposal: Proposal) -> ExclusionNotice:
    """Propose a notice to the Board; a retry returns the notice that was stored first.

    Raises Unfit for too little evidence, no premises or dates that will not do, AlreadyProposed
    where another notice about the person is not served yet.
    """
    person = queries.get_person(actor, subject_id)
    _take_turn(person.id)
    stored = queries.find_notice(actor, proposal.id)
    if stored is not None:
        return _same(stored, actor, person)
    if queries.find_waiting(actor, person.id) is not None:
        raise AlreadyProposed
    _check(actor, person, proposal)
    notice = _row(actor, person, proposal)
    db.session.add(notice)
    db.session.flush()
    db.session.add_all(
        NoticeEvidence(notice_id=notice.id, incident_id=one) for one in proposal.evidence
    )
    db.session.add_all(
        NoticePremises(notice_id=notice.id, premises_id=one) for one in proposal.premises
    )
    _record("notice proposed", actor, notice, str(person.id))
    return notice


def decide(actor: Actor, notice_id: uuid.UUID, *, approved: bool, reasons: str) -> ExclusionNotice:
    """Let the Board approve or refuse a proposal, with reasons.

    The same decision of the same person again changes nothing. Raises ChangedNotice where
    somebody else decided first, Unfit for the approval of a notice whose last day is over.
    """
    notice, wanted = _locked(actor, notice_id), _outcome(approved=approved)
    if (notice.state, notice.decided_by_id) == (wanted, actor.id):
        return notice
    _require_move(notice, wanted)
    if approved and rules.has_ended(notice.ends_on, clock.today()):
        raise Unfit("The last day of this notice is over. You can only refuse it.")
    notice.state, notice.decision = wanted, reasons
    notice.decided_by_id, notice.decided_by_role = actor.id, actor.role
    notice.decided_at = clock.now()
    _record(f"notice {wanted.value}", actor, notice)
    return notice


def serve(actor: Actor, notice_id: uuid.UUID, serving: Serving) -> ExclusionNotice:
    """Record that the person was given an approved notice: from now on members are shown it.

    The same record again changes nothing. Raises ChangedNotice where it was served or lifted
    otherwise, Unfit for a time in the future, before the decision or after the notice's end.
    """
    notice = _locked(actor, notice_id)
    if (notice.state, notice.served_how, notice.served_at, notice.served_by) == (
        NoticeState.SERVED,
        serving.how,
        serving.at,
        serving.by,
    ):
        return notice
    _require_move(notice, NoticeState.SERVED)
    if notice.decided_at is None:
        raise ChangedNotice
    problem = rules.serving_problem(serving.at, notice.decided_at, notice.ends_on, clock.now())
    if problem:
        raise Unfit(problem)
    notice.state = NoticeState.SERVED
    notice.served_how, notice.served_at, notice.served_by = serving.how, serving.at, serving.by
    _keep_person(notice)
    _record("notice served", actor, notice, serving.how.value)
    return notice


def lift(actor: Actor, notice_id: uuid.UUID) -> ExclusionNotice:
    """End a notice now; lifting it twice changes nothing.

    Raises ChangedNotice for one that the Board has not approved or that has ended.
    """
    notice = _locked(actor, notice_id)
    if notice.state is NoticeState.LIFTED:
        return notice
    _require_move(notice, NoticeState.LIFTED)
    if rules.has_ended(notice.ends_on, clock.today()):
        raise ChangedNotice("This notice has ended already.")
    if notice.state is NoticeState.SERVED:
        _take_words_back(notice)
    notice.state, notice.lifted_at = NoticeState.LIFTED, clock.now()
    notice.erase_on = min(notice.erase_on, rules.erasure_day(clock.today()))
    _record("notice lifted", actor, notice)
    return notice


def erase_notice(notice: ExclusionNotice) -> None:
    """Erase a notice: its key, its words, and its links to reports and places."""
    scheme_id, notice_id = notice.scheme_id, notice.id
    erase_key(notice)
    db.session.delete(notice)
    db.session.flush()
    audit.record(
        audit.Entry(act="notice erased", scheme_id=scheme_id, target="notice", target_id=notice_id)
    )


def _take_turn(subject_id: uuid.UUID) -> None:
    """Let one manager at a time propose about a person (SQLite has one writer anyway)."""
    db.session.execute(select(Subject.id).where(Subject.id == subject_id).with_for_update())


def _same(stored: ExclusionNotice, actor: Actor, person: Subject) -> ExclusionNotice:
    if (stored.subject_id, stored.proposed_by_id) != (person.id, actor.id):
        raise Missing
    return stored


def _check(actor: Actor, person: Subject, proposal: Proposal) -> None:
    """Check a proposal against what this manager may choose, not only what the page offered."""
    offered = {report.id for report in queries.evidence_for(actor, person.id)}
    places = {place.id for place in queries.excluding_premises(actor)}
    if not (proposal.evidence <= offered and proposal.premises <= places):
        raise Missing
    problem = (
        rules.evidence_problem(proposal.evidence)
        or rules.premises_problem(proposal.premises)
        or rules.months_problem(proposal.months)
        or rules.start_problem(proposal.starts_on, proposal.months, clock.today())
    )
    if problem:
        raise Unfit(problem)


def _row(actor: Actor, person: Subject, proposal: Proposal) -> ExclusionNotice:
    ends_on = rules.last_day(proposal.starts_on, proposal.months)
    notice = ExclusionNotice(
        id=proposal.id,
        scheme_id=actor.scheme_id,
        subject_id=person.id,
        reference=reference("N"),
        state=NoticeState.PROPOSED,
        starts_on=proposal.starts_on,
        ends_on=ends_on,
        proposed_by_id=actor.id,
        proposed_by_role=actor.role,
        erase_on=rules.erasure_day(ends_on),
    )
    notice.reasons = proposal.reasons
    return notice


def _locked(actor: Actor, notice_id: uuid.UUID) -> ExclusionNotice:
    notice = queries.get_notice(actor, notice_id)
    db.session.refresh(notice, with_for_update={"of": ExclusionNotice})
    return notice


def _outcome(*, approved: bool) -> NoticeState:
    return NoticeState.APPROVED if approved else NoticeState.REFUSED


def _require_move(notice: ExclusionNotice, to: NoticeState) -> None:
    if not rules.may_move(notice.state, to):
        raise ChangedNotice


def _keep_person(notice: ExclusionNotice) -> None:
    """Keep whom a served notice is about for as long as it: a ban outlives the usual clocks."""
    person = db.session.get_one(Subject, notice.subject_id)
    after = rules.first_day_after(notice.ends_on)
    person.erase_on = max(person.erase_on, notice.erase_on)
    person.hide_on = max(person.hide_on, after)
    for entry, _gallery in entries_of(person.id):
        entry.expires_on = max(entry.expires_on, after)


def _take_words_back(notice: ExclusionNotice) -> None:
    """Tell those who say elsewhere that the person is banned, also of the record they joined."""
    person = db.session.get_one(Subject, notice.subject_id)
    for one in {person.id, person.merged_into_id or person.id}:
        publish(WordsTakenBack(subject_id=one))


def _record(act: str, actor: Actor, notice: ExclusionNotice, detail: str = "") -> None:
    audit.record(
        audit.Entry(
            act=act,
            scheme_id=notice.scheme_id,
            actor_id=actor.id,
            target="notice",
            target_id=notice.id,
            detail=detail,
        )
    )
