"""A worker's shelf follows what other workers make, and what is erased."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import update

from disc.core import clock
from disc.core.database import db
from disc.core.transaction import writing
from disc.matching import comparing, shelves
from disc.matching.listeners import forget
from disc.matching.models import Fingerprint
from disc.matching.shelves import LiveShelf, shelf_of
from disc.stills.events import StillErased
from disc.stills.models import Still
from disc.stills.service import erase_still
from tests.likenesses import taken_in
from tests.pictures import picture
from tests.world import Place, World


def known(place: Place, seed: int) -> uuid.UUID:
    """Take a still in and keep its fingerprint, as another worker does."""
    still_id = taken_in(place, data=picture(seed, (320, 240)))
    looked = comparing.look(picture(seed, (320, 240)))
    assert looked is not None
    assert comparing.keep(place.scheme_id, still_id, looked[1], anew=False)
    return still_id


def test_a_shelf_takes_up_what_others_made_and_drops_what_was_erased(world: World) -> None:
    first = known(world.here, 1)
    live = LiveShelf(world.here.scheme_id)
    live.refresh()
    assert first in live.shelf
    second = known(world.here, 2)
    elsewhere = known(world.there, 2)
    live.refresh()
    assert second in live.shelf
    assert elsewhere not in live.shelf
    with writing():
        erase_still(db.session.get_one(Still, first))
    live.refresh()
    assert first not in live.shelf
    assert len(live.shelf) == 1


def test_a_row_stamped_before_its_commit_by_a_slow_clock_is_not_missed(world: World) -> None:
    live = LiveShelf(world.here.scheme_id)
    live.refresh()
    still_id = known(world.here, 1)
    with writing():
        late = clock.now() - timedelta(seconds=60)
        db.session.execute(update(Fingerprint).values(made_at=late))
    live.refresh()
    assert still_id in live.shelf


def test_a_sketch_is_opened_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    known(world.here, 1)
    opened, sketches = [], shelves._sketches

    def noting(ids: list[uuid.UUID]) -> object:
        opened.append(ids)
        return sketches(ids)

    monkeypatch.setattr(shelves, "_sketches", noting)
    live = LiveShelf(world.here.scheme_id)
    for _ in range(3):
        live.refresh()
    assert len(opened) == 1


def test_a_sketch_of_another_version_stays_off_the_shelf(world: World) -> None:
    known(world.here, 1)
    with writing():
        db.session.execute(update(Fingerprint).values(version=0))
    live = LiveShelf(world.here.scheme_id)
    live.refresh()
    assert len(live.shelf) == 0


def test_an_erased_still_leaves_the_hearing_workers_memory_at_once(world: World) -> None:
    still_id = known(world.here, 1)
    with shelf_of(world.here.scheme_id) as shelf:
        assert still_id in shelf
    with writing():
        erase_still(db.session.get_one(Still, still_id))
    forget(StillErased(still_id=still_id, scheme_id=world.here.scheme_id))
    assert still_id not in shelf


def test_a_search_holds_no_reading_open(world: World) -> None:
    known(world.here, 1)
    with shelf_of(world.here.scheme_id):
        assert not db.session().in_transaction()
