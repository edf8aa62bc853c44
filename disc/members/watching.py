"""The limit on looking: nobody opens pictures faster than a person can look at them."""

import time
import uuid
from collections import Counter
from collections.abc import Iterable
from typing import Protocol

import redis
from flask import Flask, current_app
from sqlalchemy import select

from config import Settings
from disc.access.actor import Actor
from disc.core import audit, clock
from disc.core.database import db
from disc.core.outbox import publish
from disc.core.transaction import writing
from disc.members.errors import NotByThemselves, PicturesStopped, TooFast
from disc.members.events import ViewingStopped
from disc.members.models import Member

WINDOW_SECONDS = 600
WAIT_SECONDS = 1.0
MOST_WAITS = 4
"""Pictures of one person that wait in one process; more are refused, so that nobody fills it."""

pause = time.sleep
_waiting: Counter[uuid.UUID] = Counter()


class Looks(Protocol):
    """Counts the different pictures that each person opened in the last ten minutes."""

    def count(self, member_id: uuid.UUID, picture: str) -> int:
        """Count a picture, unless it was opened in the window before; return how many."""

    def forget(self, member_id: uuid.UUID) -> None:
        """Begin to count anew."""


class LooksInMemory:
    """The counts of the one server process of the embedded profile."""

    def __init__(self) -> None:
        self._opened: dict[uuid.UUID, dict[str, float]] = {}

    def count(self, member_id: uuid.UUID, picture: str) -> int:
        """Count a picture; a dictionary keeps the order of opening, so the oldest is first."""
        now = clock.now().timestamp()
        opened = self._opened.setdefault(member_id, {})
        while opened and opened[oldest := next(iter(opened))] <= now - WINDOW_SECONDS:
            del opened[oldest]
        opened.setdefault(picture, now)
        return len(opened)

    def forget(self, member_id: uuid.UUID) -> None:
        """Begin to count anew."""
        self._opened.pop(member_id, None)


class LooksInRedis:
    """The counts that all server processes share: a sorted set a person, by time of opening."""

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(url)

    def count(self, member_id: uuid.UUID, picture: str) -> int:
        """Count a picture, in one step and one round trip."""
        now, key = clock.now().timestamp(), self._key(member_id)
        with self._redis.pipeline() as steps:
            steps.zremrangebyscore(key, 0, now - WINDOW_SECONDS)
            steps.zadd(key, {picture: now}, nx=True)
            steps.zcard(key)
            steps.expire(key, WINDOW_SECONDS)
            return int(steps.execute()[2])

    def forget(self, member_id: uuid.UUID) -> None:
        """Begin to count anew."""
        self._redis.delete(self._key(member_id))

    @staticmethod
    def _key(member_id: uuid.UUID) -> str:
        return f"disc:looks:{member_id}"


def install_watching(app: Flask, settings: Settings) -> None:
    """Count in Redis where several processes serve pictures, and in memory where one does."""
    app.extensions["looks"] = (
        LooksInRedis(settings.redis_url) if settings.redis_url else LooksInMemory()
    )


def require_viewing(actor: Actor) -> None:
    """Raise PicturesStopped where somebody opened too many, until a second person lets them."""
    _thresholds(actor)


def look(actor: Actor, picture: str) -> None:
    """Count a picture that is about to be served: let it pass, make it wait, or stop its viewer.

    Looking again at the same picture within ten minutes counts once: to go back to a page is
    honest, and a script gains nothing by it. Raises PicturesStopped or TooFast.
    """
    look_at(actor, [picture])


def look_at(actor: Actor, pictures: Iterable[str]) -> None:
    """Count pictures that are served together, such as a sheet's; they wait together, once."""
    slow, stop = _thresholds(actor)
    opened = max((_looks().count(actor.id, one) for one in pictures), default=0)
    if opened > stop:
        _stop(actor, opened)
        raise PicturesStopped
    if opened > slow:
        _wait(actor.id)


def stopped_members(scheme_id: uuid.UUID) -> list[Member]:
    """List those whose pictures are stopped, the latest first."""
    found = select(Member).where(
        Member.scheme_id == scheme_id, Member.viewing_stopped_at.is_not(None)
    )
    return list(db.session.scalars(found.order_by(Member.viewing_stopped_at.desc())))


def restore(actor: Actor, member: Member) -> None:
    """Let somebody see pictures again, who never is the actor. Raises NotByThemselves."""
    if member.id == actor.id:
        raise NotByThemselves
    member.viewing_stopped_at = None
    audit.record(audit.by(actor, "viewing restored", "member", member.id))


def count_anew(member_id: uuid.UUID) -> None:
    """Forget what somebody opened, once they may look again; it may yield, so after the commit."""
    _looks().forget(member_id)


def _stop(actor: Actor, opened: int) -> None:
    """Stop somebody's pictures in a transaction of its own; only the first of several does it."""
    with writing() as session:
        member = session.get_one(Member, actor.id, with_for_update={"of": Member})
        if member.viewing_stopped_at is not None:
            return
        member.viewing_stopped_at = clock.now()
        told = f"{opened} pictures in ten minutes"
        audit.record(audit.by(actor, "viewing stopped", "member", actor.id, told))
        publish(ViewingStopped(member_id=actor.id, scheme_id=actor.scheme_id))


def _wait(member_id: uuid.UUID) -> None:
    """Hold one picture back for a moment, outside any transaction. Raises TooFast."""
    if _waiting[member_id] >= MOST_WAITS:
        raise TooFast
    _waiting[member_id] += 1
    try:
        db.session.rollback()  # so that no connection is held meanwhile
        pause(WAIT_SECONDS)
    finally:
        _waiting[member_id] -= 1
        if not _waiting[member_id]:
            del _waiting[member_id]


def _thresholds(actor: Actor) -> tuple[int, int]:
    """Return from how many pictures on somebody waits, and is stopped. Raises PicturesStopped.

    Whoever is signed in was read with this request, so that this needs no statement.
    """
    member = db.session.get_one(Member, actor.id)
    if member.viewing_stopped_at is not None:
        raise PicturesStopped
    return member.scheme.pictures_slow, member.scheme.pictures_stop


def _looks() -> Looks:
    looks: Looks = current_app.extensions["looks"]
    return looks
