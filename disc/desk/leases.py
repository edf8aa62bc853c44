"""Who looks at what now: it warns others, and keeps them from deciding at the same time."""

import uuid

from sqlalchemy import delete, select

from disc.access.actor import Actor
from disc.core import clock
from disc.core.database import db, new_id
from disc.core.outbox import publish
from disc.desk.errors import LookedAt
from disc.desk.events import QueueChanged
from disc.desk.models import ItemKind, Lease
from disc.desk.rules import LEASE
from disc.members.queries import member_names


def take(
    actor: Actor, kind: ItemKind, item_id: uuid.UUID, page_id: uuid.UUID | None
) -> Lease | None:
    """Take or renew the lease of something, and let go of what the page held before.

    Return None where somebody else holds it.
    """
    _let_go_of_others(actor, page_id, item_id)
    lease = db.session.scalar(
        select(Lease)
        .where(Lease.kind == kind, Lease.item_id == item_id, Lease.scheme_id == actor.scheme_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if lease is not None and _is_of_another(lease, actor):
        return None
    is_news = lease is None or lease.member_id != actor.id
    if lease is None:
        lease = Lease(id=new_id(), scheme_id=actor.scheme_id, kind=kind, item_id=item_id)
    lease.member_id, lease.page_id = actor.id, page_id
    lease.expires_at = clock.now() + LEASE
    db.session.add(lease)
    db.session.flush()
    if is_news:
        _tell(lease.scheme_id, kind, item_id)
    return lease


def let_go(actor: Actor, kind: ItemKind, item_id: uuid.UUID) -> None:
    """Let go of something that the actor looked at."""
    _delete(
        Lease.scheme_id == actor.scheme_id,
        Lease.kind == kind,
        Lease.item_id == item_id,
        Lease.member_id == actor.id,
    )


def let_go_of_page(scheme_id: uuid.UUID, page_id: uuid.UUID) -> None:
    """Let go of what was looked at on a page that is no more."""
    _delete(Lease.scheme_id == scheme_id, Lease.page_id == page_id)


def end(actor: Actor, kind: ItemKind, item_id: uuid.UUID) -> None:
    """Let go of something that was decided, whoever holds it still."""
    _delete(Lease.scheme_id == actor.scheme_id, Lease.kind == kind, Lease.item_id == item_id)


def require_free(actor: Actor, kind: ItemKind, item_id: uuid.UUID) -> None:
    """Raise LookedAt where somebody else looks at something."""
    who = holders(actor).get((kind, item_id))
    if who is not None and who != actor.id:
        raise LookedAt(member_names(actor, [who])[who])


def holders(actor: Actor) -> dict[tuple[ItemKind, uuid.UUID], uuid.UUID]:
    """Return who looks at what now, by member."""
    found = select(Lease).where(Lease.scheme_id == actor.scheme_id, Lease.expires_at > clock.now())
    return {(one.kind, one.item_id): one.member_id for one in db.session.scalars(found)}


def forget_over() -> int:
    """Delete the leases of every scheme that have run out; return how many."""
    gone = delete(Lease).where(Lease.expires_at <= clock.now()).returning(Lease.id)
    return len(db.session.scalars(gone).all())


def _let_go_of_others(actor: Actor, page_id: uuid.UUID | None, item_id: uuid.UUID) -> None:
    if page_id is not None:
        _delete(
            Lease.scheme_id == actor.scheme_id,
            Lease.member_id == actor.id,
            Lease.page_id == page_id,
            Lease.item_id != item_id,
        )


def _is_of_another(lease: Lease, actor: Actor) -> bool:
    return lease.member_id != actor.id and lease.expires_at > clock.now()


def _delete(*wanted: object) -> None:
    gone = delete(Lease).where(*wanted).returning(Lease.scheme_id, Lease.kind, Lease.item_id)  # type: ignore[arg-type]
    for scheme_id, kind, item_id in db.session.execute(gone).all():
        _tell(scheme_id, kind, item_id)


def _tell(scheme_id: uuid.UUID, kind: ItemKind, item_id: uuid.UUID) -> None:
    publish(QueueChanged(scheme_id=scheme_id, kind=kind.value, item_id=item_id))
