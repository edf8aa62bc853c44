"""The two clocks: what is hidden and what is erased on its day, and the proof that it was."""

import time
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError

from disc.alerts.service import forget_old_alerts
from disc.core import audit, clock
from disc.core.database import db, forget_deleted
from disc.core.logs import log_fault
from disc.core.transaction import writing
from disc.dataprotection.clocks import CLOCKS, NOT_ERASED, Clock, Row, scheme_of
from disc.dataprotection.proofs import ByScheme, hidden_by_scheme, leave_proofs
from disc.evidence.custody import forget_old as forget_old_custody
from disc.intelligence.service import keep_within_records
from disc.members.service import (
    forget_old_pushes,
    forget_old_sign_ins,
    forget_who_left,
    forget_who_waits,
)

BATCH = 50
"""Records a transaction: a writer waits for a batch, never for the whole sweep."""
TRIES, WAIT_SECONDS = 10, 0.1
"""How often, and how far apart, the log is asked to empty while somebody still reads from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one sweep did. ``overdue`` counts records that are still there past their day."""

    gallery_entries: int = 0
    answers: int = 0
    joinings: int = 0
    links_ended: int = 0
    links: int = 0
    vehicles: int = 0
    notices: int = 0
    shared_reports: int = 0
    public_requests: int = 0
    leak_searches: int = 0
    prints: int = 0
    import_files: int = 0
    import_lines: int = 0
    saved_reports: int = 0
    people: int = 0
    reports: int = 0
    videos: int = 0
    pictures: int = 0
    messages: int = 0
    members: int = 0
    sign_ins: int = 0
    phones: int = 0
    alerts: int = 0
    custody: int = 0
    links_shortened: int = 0
    audit_rows: int = 0
    overdue: int = 0
    log_emptied: bool = True

    def __str__(self) -> str:
        """Return the counts that are not nought, in plain words."""
        counts = {field.name: getattr(self, field.name) for field in fields(self)}
        emptied = counts.pop("log_emptied")
        told = [f"{name.replace('_', ' ')} {count}" for name, count in counts.items() if count]
        return ", ".join(told + ([] if emptied else ["log not emptied"]))


def run_clocks() -> Result:
    """Hide and erase what is past its day; a second run, or one after a crash, does the rest.

    Each batch is a transaction that also holds the audit rows of what it erased, so that
    neither is there without the other.
    """
    today = clock.today()
    by_scheme: ByScheme = Counter()
    hidden = hidden_by_scheme(today)
    for one in CLOCKS:
        by_scheme.update(_run(one, today))
    done = _in_all(by_scheme)
    with writing():
        done["links_shortened"] = keep_within_records()
        done["members"] = forget_who_left() + forget_who_waits()
        done["phones"] = forget_old_pushes()
        done["sign_ins"] = forget_old_sign_ins()
        done["alerts"] = forget_old_alerts()
        done["custody"] = forget_old_custody()
    done["audit_rows"] = _blank_audit(today)
    overdue = _overdue(today)
    result = Result(**done, overdue=overdue.total(), log_emptied=_empty_log())
    with writing():
        for scheme_id, name in [key for key in by_scheme if key[1] in NOT_ERASED]:
            hidden[scheme_id, NOT_ERASED[name]] = by_scheme.pop((scheme_id, name))
        leave_proofs(hidden, by_scheme, overdue)
        if str(result):
            audit.record(audit.Entry(act="clocks ran", detail=str(result)))
    return result


def _in_all(by_scheme: ByScheme) -> Counter[str]:
    done: Counter[str] = Counter()
    for (_, name), count in by_scheme.items():
        done[name] += count
    return done


def _blank_audit(today: date) -> int:
    blanked = 0
    while True:
        with writing():
            some = audit.erase_old(today)
        if not some:
            return blanked
        blanked += some


def _run(one: Clock, today: date) -> ByScheme:
    ids = list(db.session.scalars(select(one.key).where(one.due(today)).order_by(one.key)))
    db.session.rollback()
    done: ByScheme = Counter()
    for start in range(0, len(ids), BATCH):
        done.update(_batch(one, ids[start : start + BATCH], today))
    return done


def _batch(one: Clock, ids: Sequence[uuid.UUID], today: date) -> ByScheme:
    """Erase some records together; one that cannot be erased does not keep the others."""
    try:
        with writing():
            return _erase(one, ids, today)
    except (OperationalError, InterfaceError):
        raise  # the database is gone: the next sweep goes on from here
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one row, the rest must go
        if len(ids) == 1:
            log_fault(error)
            return Counter()
    middle = len(ids) // 2
    return _batch(one, ids[:middle], today) + _batch(one, ids[middle:], today)


def _erase(one: Clock, ids: Sequence[uuid.UUID], today: date) -> ByScheme:
    """Erase those that are still due: their day may have been put off since they were listed."""
    found = select(one.table).where(one.key.in_(ids), one.due(today))
    rows: Sequence[Row] = db.session.scalars(
        found.with_for_update(of=one.table, skip_locked=True)
    ).all()
    done: ByScheme = Counter()
    for row in rows:
        scheme_id = scheme_of(row)
        done[scheme_id, "pictures"] += one.erase(row) or 0
        done[scheme_id, one.name] += 1
    db.session.flush()
    _prove(one.name, done)
    return done


def _prove(name: str, done: ByScheme) -> None:
    audit.record(
        *(
            audit.Entry(
                act="past their day",
                scheme_id=scheme_id,
                detail=f"{name.replace('_', ' ')} {count}",
            )
            for (scheme_id, what), count in done.items()
            if what == name
        )
    )


def _overdue(today: date) -> Counter[uuid.UUID]:
    """Count by scheme what is still there past its day: nought, or a person must look."""
    left: Counter[uuid.UUID] = Counter()
    for one in CLOCKS:
        left.update(
            scheme_of(row) for row in db.session.scalars(select(one.table).where(one.due(today)))
        )
    return left


def _empty_log() -> bool:
    """Empty the database's log, in which an erased key could still be read, and say if it is."""
    db.session.rollback()  # our own reading would keep the log from being emptied
    for _ in range(TRIES):
        if forget_deleted(db.engine):
            return True
        time.sleep(WAIT_SECONDS)
    return False
