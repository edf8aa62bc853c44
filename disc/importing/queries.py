"""Reads of imports, and of what their lines name."""

import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import select

from disc.access.actor import Actor
from disc.core.database import db
from disc.core.errors import Missing
from disc.importing.models import ImportFile, ImportLine
from disc.members.models import Member, MemberState
from disc.members.queries import email_token

NEWEST = 20
AT_ONCE = 100


def get_file(actor: Actor, file_id: uuid.UUID) -> ImportFile:
    """Return one of the scheme's imports. Raises Missing."""
    found = db.session.get(ImportFile, file_id)
    if found is None or found.scheme_id != actor.scheme_id:
        raise Missing
    return found


def hold_file(file_id: uuid.UUID) -> ImportFile | None:
    """Return an import as it is now, held until the transaction ends."""
    return db.session.get(
        ImportFile, file_id, with_for_update={"of": ImportFile}, populate_existing=True
    )


def newest_files(actor: Actor) -> Sequence[ImportFile]:
    """List the scheme's newest imports."""
    found = select(ImportFile).where(ImportFile.scheme_id == actor.scheme_id)
    return db.session.scalars(found.order_by(ImportFile.brought_at.desc()).limit(NEWEST)).all()


def marks_there(scheme_id: uuid.UUID, marks: Iterable[bytes]) -> set[bytes]:
    """Return which lines, by their marks, are reports already."""
    wanted, found = list(marks), set[bytes]()
    for start in range(0, len(wanted), AT_ONCE):
        asked = select(ImportLine.mark).where(
            ImportLine.scheme_id == scheme_id, ImportLine.mark.in_(wanted[start : start + AT_ONCE])
        )
        found.update(db.session.scalars(asked))
    return found


def members_by_address(scheme_id: uuid.UUID, addresses: Iterable[str]) -> dict[bytes, uuid.UUID]:
    """Return the scheme's people by the token of their address, but for those who left."""
    tokens, found = [email_token(one) for one in addresses], dict[bytes, uuid.UUID]()
    for start in range(0, len(tokens), AT_ONCE):
        asked = select(Member.email_token, Member.id).where(
            Member.scheme_id == scheme_id,
            Member.state != MemberState.LEFT,
            Member.email_token.in_(tokens[start : start + AT_ONCE]),
        )
        found.update({one: member_id for one, member_id in db.session.execute(asked) if one})
    return found


def lines_of(file_id: uuid.UUID, limit: int) -> list[ImportLine]:
    """List some lines that came in with a file."""
    found = select(ImportLine).where(ImportLine.file_id == file_id)
    return list(db.session.scalars(found.order_by(ImportLine.id).limit(limit)))
