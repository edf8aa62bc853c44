"""Changes to imports: brought, confirmed, called back, forgotten."""

import hmac
import uuid
from datetime import timedelta

from disc.access.actor import Actor
from disc.core import audit, clock
from disc.core.database import db, new_id
from disc.core.errors import Missing, Stale
from disc.core.keys import erase_key
from disc.core.outbox import publish
from disc.core.vault import open_stream, seal_stream
from disc.importing import rules
from disc.importing.columns import Kind
from disc.importing.errors import CannotTakeBack, FileGone
from disc.importing.events import ImportCalledBack, ImportConfirmed
from disc.importing.models import FileState, ImportFile
from disc.importing.queries import hold_file
from disc.members.service import require_live


def bring(
    actor: Actor, kind: Kind, data: bytes, digest: bytes, numbers: tuple[int, int, int]
) -> ImportFile:
    """Keep a checked file sealed; ``numbers`` are its lines, the good ones, and those there.

    Raises NotLive where the scheme may not hold reports yet.
    """
    if kind is Kind.INCIDENTS:
        require_live(actor.scheme_id)
    lines, good, there = numbers
    now = clock.now()
    row = ImportFile(
        id=new_id(),
        scheme_id=actor.scheme_id,
        kind=kind,
        brought_by_id=actor.id,
        brought_at=now,
        digest=digest,
        lines=lines,
        good=good,
        there=there,
        forget_at=now + rules.KEPT_FOR,
        erase_on=clock.add_months(clock.today(), rules.REMEMBERED_MONTHS),
    )
    db.session.add(row)
    keep(row, data)
    db.session.flush()
    audit.record(audit.by(actor, "import checked", "import", row.id, f"{kind} {lines}"))
    return row


def confirm(actor: Actor, file_id: uuid.UUID, digest: str) -> ImportFile:
    """Let the good lines of a checked file come in; a second tap changes nothing.

    ``digest`` is what the page that was read carries, in hexadecimal. Raises Missing, FileGone,
    and Stale where it is another file's.
    """
    row = _held(actor, file_id)
    if not hmac.compare_digest(row.digest.hex().encode(), digest.encode()):
        raise Stale
    if row.state is not FileState.CHECKED:
        return row
    if is_gone(row):
        raise FileGone
    row.state, row.moved_at = FileState.RUNNING, clock.now()
    row.forget_at = clock.now() + rules.RUNS_FOR
    publish(ImportConfirmed(file_id=row.id))
    audit.record(audit.by(actor, "import confirmed", "import", row.id, f"{row.kind} {row.good}"))
    return row


def call_back(actor: Actor, file_id: uuid.UUID) -> ImportFile:
    """Let what came in with a file go again. Raises Missing, and CannotTakeBack."""
    row = _held(actor, file_id)
    if row.state in (FileState.GOING_BACK, FileState.TAKEN_BACK):
        return row
    if not may_go_back(row):
        raise CannotTakeBack
    row.state, row.moved_at = FileState.GOING_BACK, clock.now()
    publish(ImportCalledBack(file_id=row.id))
    audit.record(audit.by(actor, "import called back", "import", row.id))
    return row


def may_go_back(row: ImportFile) -> bool:
    """Say whether an import can still be taken back whole: reports, for some days."""
    last = row.moved_at + timedelta(days=rules.TAKE_BACK_DAYS)
    is_done = row.state is FileState.DONE and row.made > 0
    return row.kind is Kind.INCIDENTS and is_done and clock.now() < last


def keep(row: ImportFile, data: bytes) -> None:
    """Seal what is kept of a file under its row's key."""
    row.kept_sealed = seal_stream(row.ensure_key(), data, row.context("kept_sealed"))


def kept(row: ImportFile) -> bytes:
    """Return what is kept of a file. Raises FileGone."""
    if is_gone(row):
        raise FileGone
    return open_stream(row.open_key(), row.kept_sealed or b"", row.context("kept_sealed"))


def is_gone(row: ImportFile) -> bool:
    """Say whether nothing of a file may be read any more, whether or not the sweep came by."""
    return row.data_key is None or row.kept_sealed is None or row.forget_at <= clock.now()


def forget(row: ImportFile) -> None:
    """Erase what is kept of a file; one that nobody confirmed, and an old one, goes whole."""
    erase_key(row)
    if row.state is FileState.CHECKED or row.erase_on <= clock.today():
        db.session.delete(row)
    else:
        row.kept_sealed = None
        row.state = FileState.DONE if row.state is FileState.RUNNING else row.state
    db.session.flush()


def _held(actor: Actor, file_id: uuid.UUID) -> ImportFile:
    row = hold_file(file_id)
    if row is None or row.scheme_id != actor.scheme_id:
        raise Missing
    return row
