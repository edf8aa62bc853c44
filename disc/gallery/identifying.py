"""What members say they know of a person ("I know this person"), and what became of it."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Select, func, select

from disc.access.actor import Actor
from disc.access.permissions import Permission
from disc.access.policy import permits
from disc.core import clock
from disc.core.database import db, new_id
from disc.core.errors import Stale
from disc.core.outbox import publish
from disc.gallery import finding
from disc.gallery.errors import NeedsName
from disc.gallery.events import AnswersChanged
from disc.gallery.leafing import published, visible
from disc.gallery.models import AnswerOutcome, Identification, Subject, SubjectKind, Sureness
from disc.gallery.names import alike
from disc.gallery.queries import (
    everybody,
    from_police,
    get_subject,
    held_for,
    in_order,
    lends_now,
)
from disc.gallery.rules import Said, combine, spelling, version_of
from disc.gallery.service import note
from disc.gallery.settling import DECIDED_BEFORE, close, is_open

MOST_LOOKED_AT, MOST_SUGGESTED = 50, 3
"""Known people compared with a name, and shown beside it."""
Answers = tuple[Identification, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """Answers that give one name, and the Known Subjects who are called like it."""

    name: str
    answers: Answers
    known: tuple[Subject, ...] = ()

    @property
    def source_id(self) -> uuid.UUID:
        """The answer that spells the name so."""
        return next(one.id for one in self.answers if one.answer == self.name)

    @property
    def people(self) -> int:
        """How many members said it."""
        return len({one.by_id for one in self.answers})

    @property
    def waits(self) -> bool:
        """Whether the manager has not decided on one of them."""
        return any(one.outcome is None for one in self.answers)

    @property
    def version(self) -> str:
        """What tells that one of them was decided or changed since a page showed them."""
        return manager_version(self.answers)

    @property
    def undecided_version(self) -> str:
        """The same of those on which the manager has not decided."""
        return manager_version(one for one in self.answers if one.outcome is None)


@dataclass(frozen=True, slots=True)
class Card:
    """All open answers about a person, by name, the likeliest first."""

    subject: Subject
    names: tuple[Named, ...]

    @property
    def answers(self) -> Answers:
        """All of them."""
        return tuple(one for named in self.names for one in named.answers)

    @property
    def waits(self) -> bool:
        """Whether the manager has not decided on one of them."""
        return any(one.waits for one in self.names)

    @property
    def version(self) -> str:
        """What tells that one of them was decided or changed since a page showed them."""
        return manager_version(self.answers)

    @property
    def undecided_version(self) -> str:
        """The same of those on which the manager has not decided."""
        return manager_version(one for one in self.answers if one.outcome is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of a member's own answer.

    ``subject_id`` and ``name`` are there while the member may see the person and the name.
    """

    reference: str
    outcome: AnswerOutcome | None
    at: datetime
    handled_at: datetime | None
    subject_id: uuid.UUID | None
    name: str


def identify(
    actor: Actor,
    subject: Subject,
    answer: str,
    how: str,
    sureness: Sureness,
    *,
    for_police: bool = False,
) -> Identification:
    """Tell the manager who a Subject is; a second answer replaces the member's open one.

    ``for_police`` says that the member was told that the police see it; they do only where a
    picture of the person came from them.
    """
    db.session.refresh(subject, with_for_update={"of": Subject})  # two taps, or a decision now
    found = db.session.scalar(
        select(Identification).where(
            Identification.subject_id == subject.id, Identification.by_id == actor.id, is_open()
        )
    )
    told = found or Identification(
        id=new_id(),
        scheme_id=actor.scheme_id,
        subject_id=subject.id,
        by_id=actor.id,
        erase_on=subject.erase_on,
    )
    told.answer, told.how, told.sureness, told.at = answer, how, sureness, clock.now()
    told.outcome = told.handled_at = told.police_note = told.police_noted_at = None
    told.for_police = for_police and subject.id in from_police([subject.id])
    db.session.add(told)
    db.session.flush()
    note("subject identified", actor, subject.id)
    publish(AnswersChanged(scheme_id=actor.scheme_id, subject_id=subject.id))
    return told


def decide(
    actor: Actor,
    subject_id: uuid.UUID,
    answer_ids: Iterable[uuid.UUID],
    outcome: AnswerOutcome,
    *,
    seen: str,
) -> None:
    """Decide on some of the open answers about a person, once. Raises as ``hold_answers``."""
    close(actor, hold_answers(actor, subject_id, answer_ids, outcome, seen=seen), outcome)


def hold_answers(
    actor: Actor,
    subject_id: uuid.UUID,
    answer_ids: Iterable[uuid.UUID],
    outcome: AnswerOutcome,
    *,
    seen: str,
) -> Sequence[Identification]:
    """Return some of the open answers about a person, so that nobody else decides on them.

    ``seen`` is their version as the manager read them. Raises Missing; NeedsName where a name is
    used that the person was not given; Stale where one of them was decided or changed since.
    """
    subject = get_subject(actor, subject_id)
    db.session.refresh(subject, with_for_update={"of": Subject})
    if outcome is AnswerOutcome.USED and subject.kind is not SubjectKind.KNOWN:
        raise NeedsName
    wanted = set(answer_ids)
    found = _answers(
        actor, held_for(actor), is_open(), _person() == subject.id, Identification.id.in_(wanted)
    )
    answers = db.session.scalars(found.execution_options(populate_existing=True)).all()
    if not answers or len(answers) != len(wanted) or manager_version(answers) != seen:
        raise Stale(DECIDED_BEFORE)
    return answers


def cards(actor: Actor) -> list[Card]:
    """Put all open answers together by person: those that wait first, each the longest first.

    It yields, as a search does, so it may not be called inside a write transaction.
    """
    people, wanted = everybody(actor), (held_for(actor), is_open())
    likeliest = {
        one.name for found in by_person(actor, people, *wanted).values() for one in named(found)
    }
    like = {name: _candidates(actor, name) for name in sorted(likeliest)}
    made = [  # read anew: a search ends the reading before it
        Card(subject, tuple(_with_known(actor, subject, one, like) for one in named(found)))
        for subject, found in by_person(actor, people, *wanted).items()
    ]
    return sorted(made, key=lambda card: (not card.waits, min(one.at for one in card.answers)))


def by_person(
    actor: Actor, people: Select[Subject], *wanted: ColumnElement[bool]
) -> dict[Subject, list[Identification]]:
    """Return answers about some people; those about a joined record count for the kept one.

    ``wanted`` may also say of which records, beside the people, answers count.
    """
    told: dict[uuid.UUID, list[Identification]] = {}
    for answer, person in db.session.execute(_answers(actor, *wanted)):
        told.setdefault(person, []).append(answer)
    found = people.where(Subject.id.in_(told))
    return {subject: told[subject.id] for subject in db.session.scalars(found)}


def named(answers: Sequence[Identification]) -> list[Named]:
    """Put answers about one person together by the name that they give, the likeliest first."""
    rows = {one.id: one for one in answers}
    said = [
        Said(id=one.id, by_id=one.by_id, name=one.answer, sureness=one.sureness, at=one.at)
        for one in answers
    ]
    return [Named(spelling(group), tuple(rows[one.id] for one in group)) for group in combine(said)]


def manager_version(answers: Iterable[Identification]) -> str:
    """Return what tells that some answers were decided or changed since a page showed them."""
    return version((one, one.handled_at) for one in answers)


def version(answers: Iterable[tuple[Identification, datetime | None]]) -> str:
    """Return what tells that some answers were changed or dealt with since a page showed them.

    With each answer comes when the reader's kind dealt with it: manager or police.
    """
    said = sorted((str(one.id), _moment(one.at), _moment(done)) for one, done in answers)
    return version_of({"answers": said})


def count_waiting(actor: Actor) -> int:
    """Count the people about whom answers wait for the manager."""
    wanted = _answers(actor, held_for(actor), is_open(), Identification.outcome.is_(None))
    ids = set(db.session.scalars(wanted.with_only_columns(_person())))
    people = everybody(actor).where(Subject.id.in_(ids)).with_only_columns(Subject.id)
    return len(db.session.scalars(people).all())


def find_open(actor: Actor, subject: Subject, answer_id: uuid.UUID | None) -> Identification | None:
    """Return an open answer about a person, to take the name from; None once it is decided."""
    wanted = (held_for(actor), is_open(), _person() == subject.id, Identification.id == answer_id)
    row = db.session.execute(_answers(actor, *wanted)).first()
    return row[0] if row else None


def own_answers(actor: Actor) -> list[Result]:
    """List what became of the actor's own answers, newest first.

    About a record that is not there for them any more there is nothing; nor about any for the
    police, where the scheme does not show them the gallery any more.
    """
    if not permits(actor, Permission.SEE_GALLERY, actor):
        return []
    own = _answers(
        actor,
        Identification.by_id == actor.id,
        Identification.erase_on > clock.today(),
        *lends_now(),
    )
    rows = db.session.execute(own.add_columns(Subject.reference)).all()
    ids = {row[1] for row in rows}
    people = published(actor).where(Subject.id.in_(ids)).with_only_columns(Subject.id)
    there = set(db.session.scalars(people))
    seen = {one.id: one for one in db.session.scalars(visible(actor).where(Subject.id.in_(ids)))}
    return [
        Result(
            reference=reference,
            outcome=told.outcome,
            at=told.at,
            handled_at=told.handled_at,
            subject_id=person if person in seen else None,
            name=seen[person].name if person in seen else "",
        )
        for told, person, reference in reversed(rows)
        if person in there
    ]


def _answers(actor: Actor, *wanted: ColumnElement[bool]) -> Select[Identification, uuid.UUID]:
    """Select the scheme's answers with the person whom each is about now, the oldest first."""
    found = select(Identification, _person()).select_from(Identification)
    about = found.join(Subject, Subject.id == Identification.subject_id)
    ours = about.where(Identification.scheme_id == actor.scheme_id, *wanted)
    return ours.order_by(Identification.at, Identification.id)


def _person() -> ColumnElement[uuid.UUID]:
    return func.coalesce(Subject.merged_into_id, Subject.id)


def _candidates(actor: Actor, name: str) -> list[uuid.UUID]:
    return finding.candidates(actor.scheme_id, name)[:MOST_LOOKED_AT]


def _with_known(
    actor: Actor, subject: Subject, one: Named, like: Mapping[str, list[uuid.UUID]]
) -> Named:
    """Add the Known Subjects who are called alike, as far as they are there for the manager."""
    known = [
        other
        for other in in_order(everybody(actor), like.get(one.name, []))
        if other.kind is SubjectKind.KNOWN
        and other.id != subject.id
        and any(alike(one.name, name) for name in (other.name, *other.aliases))
    ]
    return replace(one, known=tuple(known[:MOST_SUGGESTED]))


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat() if at else ""
