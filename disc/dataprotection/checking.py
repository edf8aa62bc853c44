"""The daily check that nobody changed the audit, and the alarm where somebody did."""

import uuid
from datetime import datetime

from sqlalchemy import select

from disc.access.actor import Role
from disc.core import auditing, clock, mail
from disc.core.audit import INSTALLATION, AuditCheck
from disc.core.auditing import Piece
from disc.core.database import db, new_id
from disc.core.outbox import publish
from disc.core.transaction import writing
from disc.dataprotection.events import CheckBegun
from disc.members.models import Member, MemberState, Scheme

ALARM = "alarm"
TOLD = (Role.ADMINISTRATOR, Role.DPO)
"""Who hears an alarm."""
BROKEN = (
    "The audit was changed",
    (
        "The daily check found that the list of who saw what was changed or cut. "
        "Sign in and choose Audit. Then ask who runs the computer. Change nothing before that."
    ),
)
STOPPED = (
    "We stopped somebody's pictures",
    (
        "Somebody opened pictures faster than a person can look. They see no pictures now. "
        "Sign in, choose Audit, then People who were stopped."
    ),
)


def begin_daily_checks() -> None:
    """Begin the day's check of each chain that was not checked today."""
    chains = [INSTALLATION, *db.session.scalars(select(Scheme.id))]
    ids = {chain: uuid.uuid5(chain, clock.today().isoformat()) for chain in chains}
    done = set(db.session.scalars(select(AuditCheck.id).where(AuditCheck.id.in_(ids.values()))))
    with writing():
        for chain, check_id in ids.items():
            if check_id not in done:
                begin_check(chain, check_id)


def begin_check(scheme_id: uuid.UUID, check_id: uuid.UUID | None = None) -> None:
    """Let the worker check a chain, inside the transaction of whoever asks for it."""
    _publish(check_id or new_id(), scheme_id, auditing.begin(scheme_id), 0)


def check_next(begun: CheckBegun) -> None:
    """Check one piece of a chain; after the last one write down what was found."""
    if db.session.get(AuditCheck, begun.check_id) is not None:
        return
    before = Piece(position=int(begun.position), link=bytes.fromhex(begun.link))
    piece = auditing.check_piece(begun.scheme_id, before)
    broken = int(begun.broken) + len(piece.broken)
    with writing():
        if piece.is_last:
            _finish(begun, piece, broken)
        else:
            _publish(begun.check_id, begun.scheme_id, piece, broken)


def last_check(scheme_id: uuid.UUID) -> AuditCheck | None:
    """Return the last check of a chain."""
    found = select(AuditCheck).where(AuditCheck.scheme_id == scheme_id)
    return db.session.scalar(found.order_by(AuditCheck.at.desc()).limit(1))


def tell_of_stopped(scheme_id: uuid.UUID, member_id: uuid.UUID) -> None:
    """Tell those who watch over the scheme that somebody's pictures were stopped, once."""
    with writing():
        member = db.session.get_one(Member, member_id)
        stopped = member.viewing_stopped_at
        if stopped is not None and not _told_since(stopped, scheme_id, member_id):
            _tell(scheme_id, *STOPPED, caused_by_id=member_id)


def _publish(check_id: uuid.UUID, scheme_id: uuid.UUID, piece: Piece, broken: int) -> None:
    publish(
        CheckBegun(
            check_id=check_id,
            scheme_id=scheme_id,
            position=str(piece.position),
            link=piece.link.hex(),
            broken=str(broken),
        )
    )


def _finish(begun: CheckBegun, piece: Piece, broken: int) -> None:
    earlier = last_check(begun.scheme_id)
    broken += _was_cut(earlier)
    if broken and not _alarmed_today(begun.scheme_id):
        for scheme_id in _schemes_of(begun.scheme_id):
            _tell(scheme_id, *BROKEN)
    db.session.add(
        AuditCheck(
            id=begun.check_id,
            scheme_id=begun.scheme_id,
            links=piece.position,
            broken=broken,
            head=piece.link,
        )
    )


def _was_cut(earlier: AuditCheck | None) -> bool:
    """Say whether the last link that an earlier check saw is gone: the rest would still hold."""
    if earlier is None or earlier.links == 0:
        return False
    return auditing.link_at(earlier.scheme_id, earlier.links) != earlier.head


def _alarmed_today(chain: uuid.UUID) -> bool:
    found = select(AuditCheck.at).where(AuditCheck.scheme_id == chain, AuditCheck.broken > 0)
    last = db.session.scalar(found.order_by(AuditCheck.at.desc()).limit(1))
    return last is not None and last.astimezone(clock.UK).date() == clock.today()


def _schemes_of(chain: uuid.UUID) -> list[uuid.UUID]:
    """Return whose business a chain is: that of the installation, everybody's."""
    return [chain] if chain != INSTALLATION else list(db.session.scalars(select(Scheme.id)))


def _told_since(moment: datetime, scheme_id: uuid.UUID, member_id: uuid.UUID) -> bool:
    told = select(mail.Message.id).where(
        mail.Message.scheme_id == scheme_id,
        mail.Message.kind == ALARM,
        mail.Message.caused_by_id == member_id,
        mail.Message.made_at >= moment,
    )
    return db.session.scalar(told.limit(1)) is not None


def _tell(
    scheme_id: uuid.UUID, subject: str, body: str, *, caused_by_id: uuid.UUID | None = None
) -> None:
    watching = select(Member).where(
        Member.scheme_id == scheme_id,
        Member.role.in_(TOLD),
        Member.state == MemberState.ACTIVE,
        Member.id != (caused_by_id or INSTALLATION),
    )
    for member in db.session.scalars(watching).all():
        mail.write(
            scheme_id, member.id, ALARM, member.email, subject, body, caused_by_id=caused_by_id
        )
