"""No test leaves anything to the next, though all of them share one world and its ids.

Each time the world is found as it was made, and then all of it is spoilt for the next.
"""

from types import SimpleNamespace
from typing import Any

import pytest
import redis
import sqlalchemy as sa
from flask import current_app

from config import Settings
from disc.core.blobs import blobs
from disc.core.database import Base, db, new_id
from disc.core.keys import keyring
from disc.core.live import live
from disc.core.migrate import engine_of_owner
from disc.core.transaction import writing
from disc.gallery import finding
from disc.matching.shelves import shelf_of
from disc.members.models import Member, Scheme
from disc.members.watching import look
from tests.emptying import Kept
from tests.story import in_gallery
from tests.world import World


@pytest.mark.parametrize("time", ["first", "second", "third"])
def test_a_world_that_was_spoilt_is_whole_for_the_next_test(
    kept_world: Kept, world: World, settings: Settings, time: str
) -> None:
    assert world == kept_world.world
    assert _rows() == {
        table.name: sorted(repr(tuple(row.values())) for row in rows)
        for table, rows in kept_world.rows
    }
    assert _remembered() == {}
    assert _looks(world, settings) == 0
    _remember(world)
    assert set(_remembered()) == {"keys", "names", "shelves", "sockets", "files"}
    assert _looks(world, settings) == 1
    _spoil(world)


def test_a_test_without_the_world_begins_with_nothing(app: object) -> None:
    assert _rows() == {}
    assert _remembered() == {}


def _rows() -> dict[str, list[str]]:
    """Read every row of every table, by the owner's account."""
    db.session.rollback()
    with engine_of_owner() as owner, owner.connect() as connection:
        read = {
            table.name: sorted(repr(tuple(row)) for row in connection.execute(table.select()))
            for table in Base.metadata.sorted_tables
        }
    return {name: rows for name, rows in read.items() if rows}


def _remembered() -> dict[str, Any]:
    """Return what this process keeps by ids, by what keeps it; nothing that is empty."""
    found: dict[str, Any] = {
        "keys": keyring()._schemes,
        "names": current_app.extensions.get("names"),
        "shelves": current_app.extensions.get("shelves"),
        "sockets": live().listeners,
        "files": list(blobs().names()),
    }
    return {what: kept for what, kept in found.items() if kept}


def _looks(world: World, settings: Settings) -> int:
    """Count the people of the world of whom it is known which pictures they opened."""
    people = [*world.here.actors.values(), *world.there.actors.values()]
    if settings.redis_url:
        with redis.Redis.from_url(settings.redis_url) as cache:
            return sum(cache.exists(f"disc:looks:{one.id}") for one in people)
    opened = current_app.extensions["looks"]._opened
    return sum(one.id in opened for one in people)


def _remember(world: World) -> None:
    """Let everything that keeps something by the world's ids do so."""
    _subject_id, still_id = in_gallery(world.here)
    finding.candidates(world.here.scheme_id, "Lantern")
    with shelf_of(world.here.scheme_id):
        look(world.here.actor("member"), str(still_id))
    live().add("a socket", SimpleNamespace(scheme_id=world.here.scheme_id, session_id=new_id()))


def _spoil(world: World) -> None:
    """Change rows of the world, take some away, and confuse what a test was given."""
    with writing() as session:
        session.execute(sa.update(Scheme).values(name="Spoilt", is_demo=False))
        session.get_one(Member, world.there.actors["member"].id).email = "spoilt@example.org"
        world.here.actor("group_manager")
    db.session.rollback()
    with engine_of_owner() as owner, owner.begin() as connection:
        connection.execute(sa.delete(Base.metadata.tables["invitation"]))
    world.there.emails.clear()
    world.there.actors.pop("board")
