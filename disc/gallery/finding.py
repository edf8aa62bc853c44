"""Finding a person by what was typed: a reference, a vehicle, or a name that is spelt wrong.

Names are sealed in the database and compared in this process's memory. Several processes may
serve people, and each hears only some of the news, so names ask the database what was written
since they last asked. Who they lead to is looked up in the database once more, within what the
reader may see: what is in memory is never the last word.
"""

import hashlib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from flask import current_app
from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer
from sqlalchemy import Select, select

from disc.access.actor import Actor
from disc.access.guard import note_seen
from disc.core import audit, clock
from disc.core.database import db
from disc.core.errors import Missing
from disc.core.keys import DataKey, Keyring, SealedRecord, keyring
from disc.core.offload import offload
from disc.core.vault import DoesNotOpen
from disc.gallery.models import Subject, SubjectState
from disc.gallery.names import Names
from disc.gallery.ports import users_of_vehicle
from disc.gallery.queries import find_by_reference, in_order

SEARCHES = "30/minute"
"""How often one person may search: a list of everybody is not to be had by asking for it."""
MOST_SHOWN = 24
"""People shown for one search."""
OVERLAP = timedelta(minutes=2)
"""How far back names ask again: rows are stamped before their commit, by clocks that differ."""
BATCH = 1000
"""Names read in one transaction, and opened in one piece of work."""
LOOKED_UP_FIRST, LOOKED_UP = 2 * MOST_SHOWN, 500
"""People looked up in the database at a time, until enough of them may be seen: as a rule the
first few are enough, and to look up more would take most of a search's time."""
KEPT_SECONDS = 600
"""How long the address of what was found may be gone back to."""

Scope = Callable[[Actor], Select[Subject]]
"""Selects the Subjects among whom somebody may search."""
Opened = list[tuple[uuid.UUID, list[str]]]


@dataclass(frozen=True, slots=True)
class Found:
    """Who was found; ``exact`` if what was typed is the reference of just one."""

    people: tuple[Subject, ...]
    exact: bool = False


class LiveNames:
    """One scheme's names, and until when they are known to be complete."""

    def __init__(self, scheme_id: uuid.UUID) -> None:
        self.lock = Lock()
        self.names = Names()
        self._scheme_id = scheme_id
        self._asked_at: datetime | None = None
        self._lately: dict[uuid.UUID, datetime] = {}

    def refresh(self) -> None:
        """Take up what was written since the last time, and forget who was erased."""
        now = clock.now()
        written = self._written()
        news = [one for one, at in written.items() if self._lately.get(one) != at]
        for start in range(0, len(news), BATCH):
            self._take_up(news[start : start + BATCH])
        self._asked_at = now
        self._lately = {one: at for one, at in written.items() if at >= now - OVERLAP}

    def _written(self) -> dict[uuid.UUID, datetime]:
        found = select(Subject.id, Subject.changed_at).where(Subject.scheme_id == self._scheme_id)
        if self._asked_at is None:
            found = found.where(Subject.data_key_id.is_not(None))
        else:
            found = found.where(Subject.changed_at >= self._asked_at - OVERLAP)
        return {row.id: row.changed_at for row in db.session.execute(found)}

    def _take_up(self, ids: list[uuid.UUID]) -> None:
        ring, records = keyring(), _sealed_names(ids)
        if records:
            ring.scheme_key(self._scheme_id)  # read once here: opening may not touch the database
        db.session.rollback()  # opening yields, and must hold no reading open
        opened = dict(offload(_open, ring, records))
        for one in ids:
            self.names.put(one, opened.get(one, ()))


def find(actor: Actor, typed: str, scope: Scope) -> Found:
    """Return whom somebody may mean, likeliest first, of those among whom they may search.

    It yields, so it may not be called inside a write transaction.
    """
    among = scope(actor)
    referred = find_by_reference(actor, typed)
    exact = in_order(among, [referred.id]) if referred else []
    if exact:
        return Found(tuple(exact), exact=True)
    drivers = in_order(among, sorted(users_of_vehicle(actor, typed)))
    named = _first_of(among, candidates(actor.scheme_id, typed))
    people = dict.fromkeys([*drivers, *named])
    return Found(tuple(people)[:MOST_SHOWN])


def note_found(actor: Actor, act: str, people: Sequence[Subject]) -> None:
    """Note that somebody searched and whom they were led to, never by which words."""
    for one in people:
        note_seen(audit.by(actor, act, "subject", one.id))
    if not people:
        note_seen(audit.by(actor, act, "subject"))


def candidates(scheme_id: uuid.UUID, typed: str) -> list[uuid.UUID]:
    """Return whose names are like what was typed, whoever may see them; one search at a time."""
    live = _live().get(scheme_id) or _live().setdefault(scheme_id, LiveNames(scheme_id))
    with live.lock:
        live.refresh()
        db.session.rollback()
        return live.names.search(typed, offload)


def forget(subject_id: uuid.UUID) -> None:
    """Take somebody's names out of this process's memory, if it has them."""
    for live in list(_live().values()):
        with live.lock:
            live.names.drop(subject_id)


def link_to(actor: Actor, people: Sequence[Subject]) -> str:
    """Return a word for an address that leads back to who was found: ids alone, for this reader."""
    return _signer().dumps([actor.session_id.hex, *(one.id.hex for one in people)])


def linked(actor: Actor, link: str, scope: Scope) -> list[Subject] | None:
    """Return who was found, as far as they may still be seen; None once the time is over.

    Raises Missing for a link that is not this reader's.
    """
    try:
        session, *ids = _signer().loads(link, max_age=KEPT_SECONDS)
        if session != actor.session_id.hex:
            raise Missing
        return in_order(scope(actor), [uuid.UUID(one) for one in ids])
    except SignatureExpired:
        return None
    except (BadData, ValueError, TypeError) as error:
        raise Missing from error


def _first_of(among: Select[Subject], ids: list[uuid.UUID]) -> list[Subject]:
    found: list[Subject] = []
    start, end = 0, LOOKED_UP_FIRST
    while start < len(ids) and len(found) < MOST_SHOWN:
        found += in_order(among, ids[start:end])
        start, end = end, end + LOOKED_UP
    return found


def _sealed_names(ids: list[uuid.UUID]) -> list[SealedRecord]:
    found = (
        select(
            Subject.id,
            Subject.scheme_id,
            Subject.name_sealed,
            Subject.aliases_sealed,
            DataKey.id.label("key_id"),
            DataKey.wrapped,
        )
        .join(DataKey, DataKey.id == Subject.data_key_id)
        .where(Subject.id.in_(ids), Subject.state != SubjectState.ERASED)
    )
    return [
        SealedRecord(
            id=row.id,
            scheme_id=row.scheme_id,
            table=Subject.__tablename__,
            key_id=row.key_id,
            wrapped=row.wrapped,
            values={"name_sealed": row.name_sealed, "aliases_sealed": row.aliases_sealed},
        )
        for row in db.session.execute(found)
    ]


def _open(ring: Keyring, records: list[SealedRecord]) -> Opened:
    """Open names, in another thread. One that does not open is nobody's name."""
    opened: Opened = []
    for record in records:
        try:
            opened.append((record.id, list(ring.open_record(record).values())))
        except DoesNotOpen:
            continue
    return opened


def _live() -> dict[uuid.UUID, LiveNames]:
    found: dict[uuid.UUID, LiveNames] = current_app.extensions.setdefault("names", {})
    return found


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        current_app.secret_key or b"", salt="found", signer_kwargs={"digest_method": hashlib.sha256}
    )
