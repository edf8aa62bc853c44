"""Filters of the gallery: what somebody looks like, where they were seen, and at which time.

What a record says is sealed. So that the database can filter, it also holds a keyed digest of
each word of the list that fits: the words are few and known, but without the scheme's key nobody
can tell which digest is which. They are erased with the record.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, or_, select

from disc.access.actor import Actor
from disc.core import clock
from disc.core.database import db
from disc.core.errors import Missing
from disc.core.keys import keyring
from disc.core.vault import token
from disc.gallery.looks import LEGENDS, VOCABULARY
from disc.gallery.models import Subject, SubjectArea, SubjectState, SubjectStill, SubjectToken
from disc.gallery.rules import NEAR_KM, PARTS_OF_DAY, distance_km, part_of_day
from disc.members.models import Premises
from disc.members.queries import get_premises, scheme_premises
from disc.stills.models import Still
from disc.stills.queries import shown_now

TIME = "time"
WORDS: dict[str, tuple[str, ...]] = VOCABULARY | {TIME: PARTS_OF_DAY}
"""The words that may be filtered by, by kind; an address holds no others."""
TITLES = LEGENDS | {TIME: "Time of day"}
TOKEN_BYTES = 16
BATCH = 200
"""Records marked anew in one transaction."""
Place = tuple[float, float]
"""Latitude and longitude, in degrees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a reader filters by: one word of some kinds, an Area, premises to be near to."""

    words: dict[str, str] = field(default_factory=dict)
    area_id: uuid.UUID | None = None
    near_id: uuid.UUID | None = None

    def __bool__(self) -> bool:
        """Say whether anything is filtered."""
        return bool(self.words or self.area_id or self.near_id)


def mark(subject: Subject) -> None:
    """Keep the digests of what a record says, and no others; ages grow, so they are made anew."""
    looks = subject.looks
    key = keyring().scheme_key(subject.scheme_id)
    said = {
        _token(key, kind, word)
        for kind, words in VOCABULARY.items()
        for word in words
        if word in _of_kind(getattr(looks, kind))
    }
    every = {_token(key, kind, word) for kind, words in VOCABULARY.items() for word in words}
    own = SubjectToken.subject_id == subject.id
    db.session.execute(delete(SubjectToken).where(own, SubjectToken.token.in_(every - said)))
    _add(subject.id, subject.scheme_id, said)
    subject.marked_on = clock.today()
    db.session.flush()


def note_time(scheme_id: uuid.UUID, subject_id: uuid.UUID, at: datetime) -> None:
    """Keep the part of the day in which somebody was reported."""
    key = keyring().scheme_key(scheme_id)
    _add(subject_id, scheme_id, {_token(key, TIME, part_of_day(at.astimezone(clock.UK).hour))})


def note_times_anew(subject: Subject, moments: Iterable[datetime]) -> None:
    """Keep the parts of the day of these moments, and of no others that were noted before."""
    key = keyring().scheme_key(subject.scheme_id)
    every = {_token(key, TIME, part) for part in PARTS_OF_DAY}
    own = SubjectToken.subject_id == subject.id
    db.session.execute(delete(SubjectToken).where(own, SubjectToken.token.in_(every)))
    for moment in moments:
        note_time(subject.scheme_id, subject.id, moment)


def mark_some_due() -> int:
    """Mark some records whose digests are missing, or may have grown old; return how many."""
    aged = Subject.born_sealed.is_not(None) & (Subject.marked_on < clock.today())
    due = select(Subject).where(
        Subject.state != SubjectState.ERASED, or_(Subject.marked_on.is_(None), aged)
    )
    found = db.session.scalars(due.limit(BATCH)).all()
    for subject in found:
        mark(subject)
    return len(found)


def conditions(actor: Actor, wanted: Wanted) -> list[ColumnElement[bool]]:
    """Return what must be true of a Subject. Raises Missing for a place that is not the actor's."""
    key = keyring().scheme_key(actor.scheme_id)
    found: list[ColumnElement[bool]] = [
        exists().where(
            SubjectToken.subject_id == Subject.id,
            SubjectToken.token == _token(key, kind, word),
        )
        for kind, word in wanted.words.items()
    ]
    if wanted.area_id is not None:
        if wanted.area_id not in actor.area_ids:
            raise Missing
        shown = SubjectArea.area_id == wanted.area_id
        found.append(exists().where(SubjectArea.subject_id == Subject.id, shown))
    if wanted.near_id is not None:
        found.append(_near(actor, wanted.near_id))
    return found


def nearest_premises(actor: Actor, place: Place) -> Premises | None:
    """Return the premises of the actor's Areas that are nearest to a place, if they are near."""
    known = [(distance_km(place, at), one) for one, at in _placed(actor)]
    away, found = min(known, key=lambda each: each[0], default=(NEAR_KM + 1, None))
    return found if away <= NEAR_KM else None


def _near(actor: Actor, premises_id: uuid.UUID) -> ColumnElement[bool]:
    """Select those of whom premises near some others have a picture."""
    here = get_premises(actor, premises_id)
    if here.area_id not in actor.area_ids or here.latitude is None or here.longitude is None:
        raise Missing
    place = here.latitude, here.longitude
    close = [one.id for one, at in _placed(actor) if distance_km(place, at) <= NEAR_KM]
    return exists().where(
        SubjectStill.subject_id == Subject.id,
        Still.id == SubjectStill.still_id,
        Still.premises_id.in_(close),
        shown_now(),
    )


def _placed(actor: Actor) -> list[tuple[Premises, Place]]:
    return [
        (one, (one.latitude, one.longitude))
        for one in scheme_premises(actor)
        if one.area_id in actor.area_ids and one.latitude is not None and one.longitude is not None
    ]


def _of_kind(said: str | tuple[str, ...]) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else said


def _add(subject_id: uuid.UUID, scheme_id: uuid.UUID, tokens: set[bytes]) -> None:
    own = select(SubjectToken.token).where(SubjectToken.subject_id == subject_id)
    db.session.add_all(
        SubjectToken(subject_id=subject_id, scheme_id=scheme_id, token=each)
        for each in tokens - set(db.session.scalars(own))
    )
    db.session.flush()


def _token(key: bytes, kind: str, word: str) -> bytes:
    return token(key, f"looks {kind}", word)[:TOKEN_BYTES]
