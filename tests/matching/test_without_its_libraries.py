"""A worker whose libraries do not load compares nothing, does all else, and loses nothing."""

import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from disc.core import clock
from disc.core.database import db
from disc.core.jobs import drain
from disc.core.outbox import Outbox
from disc.core.transaction import writing
from disc.matching.models import Finding, Fingerprint
from disc.stills.models import Still
from disc.stills.service import erase_still
from tests.likenesses import again, pairs, taken_in
from tests.pictures import picture
from tests.world import World


@pytest.fixture
def nothing_loads(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Refuse what looks at pixels, as Python does where OpenCV is missing."""
    with monkeypatch.context() as patched:
        for name in ("fingerprint", "pictures", "search", "shelf"):
            patched.setitem(sys.modules, f"disc.matching.likeness.{name}", None)
        yield


@pytest.mark.usefixtures("nothing_loads")
def test_the_same_file_is_still_found_and_an_erased_one_forgotten(world: World) -> None:
    data = picture(5)
    first, second = (taken_in(world.here, data=data) for _ in range(2))
    drain()
    assert {key: pair.finding for key, pair in pairs().items()} == {
        (first, second): Finding.SAME_FILE
    }
    with writing():
        erase_still(db.session.get_one(Still, first))
    drain()
    assert pairs() == {}


def test_what_waited_is_compared_once_they_load(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = taken_in(world.here, data=picture(5))
    second = taken_in(world.here, data=again(picture(5)))
    with monkeypatch.context() as patched:
        patched.setitem(sys.modules, "disc.matching.likeness.fingerprint", None)
        drain()
    assert pairs() == {}
    db.session.rollback()
    assert [row.tries for row in db.session.scalars(select(Outbox))] == [1, 1]
    with time_machine.travel(clock.now() + timedelta(minutes=2), tick=True):
        drain()
    assert list(pairs()) == [(first, second)]
    db.session.rollback()
    assert len(db.session.scalars(select(Fingerprint)).all()) == 2
