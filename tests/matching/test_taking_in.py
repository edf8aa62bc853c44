"""A still is compared once, whatever happens meanwhile: twice told, at once, crashed, erased."""

import subprocess
import sys
import uuid

import pytest
from flask import Flask, current_app
from sqlalchemy import select

from config import ROOT, Settings
from disc.core.blobs import NoSuchBlob, blobs
from disc.core.database import db
from disc.core.jobs import drain
from disc.core.rows import every_scheme
from disc.core.transaction import writing
from disc.matching import comparing
from disc.matching.likeness.evidence import Likeness
from disc.matching.models import Finding, Fingerprint
from disc.matching.ports import _partners, searches_partners
from disc.matching.queries import evidence_of, same_files
from disc.stills.models import Still
from disc.stills.service import FEATURES, blob_name, erase_still, hide_still, open_rendition
from tests.at_once import side_by_side
from tests.likenesses import again, pairs, taken_in
from tests.pictures import picture
from tests.whole_app.rows import nothing_changes
from tests.whole_app.servers import environment
from tests.world import World

STEPS = ("note_pixels", "suggest_same_files", "keep_features", "store_fingerprint", "suggest")
"""What happens to a still, in this order; a worker may be killed before or in each of them."""
KILLED_BY = 9
KILLED = f"""
import os, sys, uuid
from disc.app import create_app
from disc.core.rows import every_scheme
from disc.matching import comparing
step, still_id = sys.argv[1:]
setattr(comparing, step, lambda *_: os._exit({KILLED_BY}))
with create_app().app_context(), every_scheme():
    comparing.compare(uuid.UUID(still_id))
"""


def features_of(world: World, still_id: uuid.UUID) -> str:
    return blob_name(world.here.scheme_id, still_id, FEATURES)


def kill_in(settings: Settings, step: str, still_id: uuid.UUID) -> int:
    """Compare a still in a worker of its own that dies in one step; return how it ended."""
    told = {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
    }
    env = environment(settings.instance, **{name: url for name, url in told.items() if url})
    done = subprocess.run(
        [sys.executable, "-c", KILLED, step, str(still_id)],
        cwd=ROOT,
        env={**env, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    return done.returncode


def test_an_event_heard_twice_changes_nothing(world: World) -> None:
    first = taken_in(world.here, data=picture(5))
    second = taken_in(world.here, data=again(picture(5)))
    drain()
    assert list(pairs()) == [(first, second)]
    kept = blobs().get(features_of(world, first))
    with nothing_changes():
        comparing.compare(first)
        comparing.compare(second)
    assert blobs().get(features_of(world, first)) == kept


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_killed_in_the_middle_loses_nothing(
    world: World, settings: Settings, step: str
) -> None:
    first = taken_in(world.here, data=picture(5))
    drain()
    exact = taken_in(world.here, data=picture(5))
    copy = taken_in(world.here, data=again(picture(5)))
    assert kill_in(settings, step, copy) == KILLED_BY
    drain()
    found = pairs()
    assert found[first, exact].finding is Finding.SAME_FILE
    assert {(first, copy), (exact, copy)} <= set(found)
    assert set(db.session.scalars(select(Fingerprint.still_id))) == {first, exact, copy}
    for one in (first, exact, copy):
        assert open_rendition(db.session.get_one(Still, one), FEATURES)


def test_two_workers_at_once_make_one_pair_of_one_file(world: World, app: Flask) -> None:
    first, second = taken_in(world.here, data=picture(5)), taken_in(world.here, data=picture(5))
    side_by_side(app, lambda: comparing.compare(first), lambda: comparing.compare(second))
    assert [pair.finding for pair in pairs().values()] == [Finding.SAME_FILE]


def test_two_workers_at_once_find_an_edited_copy_of_each_other(world: World, app: Flask) -> None:
    first = taken_in(world.here, data=picture(5))
    second = taken_in(world.here, data=again(picture(5)))
    side_by_side(app, lambda: comparing.compare(second), lambda: comparing.compare(first))
    assert list(pairs()) == [(first, second)]
    assert evidence_of(pairs()[first, second]) is not None


def test_a_still_compared_after_one_that_came_later_has_evidence_in_order(world: World) -> None:
    first = taken_in(world.here, data=picture(5))
    second = taken_in(world.here, data=again(picture(5)))
    comparing.compare(second)
    comparing.compare(first)
    told = evidence_of(pairs()[first, second])
    assert told is not None
    assert told.homography == pytest.approx((1, 0, 0, 0, 1, 0, 0, 0, 1), abs=0.02)


def test_a_still_erased_while_it_is_looked_at_leaves_nothing(
    world: World, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    still_id = taken_in(world.here, data=picture(5))
    keep_features = comparing.keep_features

    def and_erase(still: Still, features: bytes) -> None:
        keep_features(still, features)
        side_by_side(app, lambda: _erase(still_id))

    monkeypatch.setattr(comparing, "keep_features", and_erase)
    comparing.compare(still_id)
    drain()
    assert list(db.session.scalars(select(Fingerprint))) == []
    assert not blobs().exists(features_of(world, still_id))
    with nothing_changes():
        comparing.compare(still_id)


def _erase(still_id: uuid.UUID) -> None:
    with writing():
        erase_still(db.session.get_one(Still, still_id))


@pytest.mark.parametrize("gone", [True, False])
def test_a_still_erased_or_hidden_while_it_was_found_is_left_out(
    world: World, monkeypatch: pytest.MonkeyPatch, *, gone: bool
) -> None:
    first = taken_in(world.here, data=picture(5))
    comparing.compare(first)
    second = taken_in(world.here, data=again(picture(5)))
    search = comparing._search

    def and_then(*asked: object) -> comparing.Matches:
        found = search(*asked)  # type: ignore[arg-type]
        assert [one for one, _ in found] == [first]
        with writing():
            still = db.session.get_one(Still, first)
            if gone:
                erase_still(still)
            else:
                hide_still(world.here.actor("administrator"), still, hidden=True)
        return found

    monkeypatch.setattr(comparing, "_search", and_then)
    comparing.compare(second)
    assert pairs() == {}


def test_a_still_whose_features_are_lost_is_not_found_and_breaks_nothing(world: World) -> None:
    first = taken_in(world.here, data=picture(5))
    comparing.compare(first)
    blobs().delete(features_of(world, first))
    comparing.compare(taken_in(world.here, data=again(picture(5))))
    assert pairs() == {}


def test_a_picture_that_cannot_be_read_is_tried_again_later(world: World) -> None:
    still_id = taken_in(world.here, data=picture(5))
    blobs().delete(blob_name(world.here.scheme_id, still_id, "original"))
    with pytest.raises(NoSuchBlob):
        comparing.compare(still_id)


def test_partners_are_told_and_without_them_no_other_scheme_is_searched(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = taken_in(world.there, data=picture(5))
    comparing.compare(theirs)
    told: list[tuple[uuid.UUID, uuid.UUID, list[tuple[uuid.UUID, Likeness]]]] = []

    class Agreed:
        def whom(self, scheme_id: uuid.UUID) -> set[uuid.UUID]:
            return {world.there.scheme_id, scheme_id}

        def found(
            self, still_id: uuid.UUID, there: uuid.UUID, matches: list[tuple[uuid.UUID, Likeness]]
        ) -> None:
            told.append((still_id, there, matches))

    comparing.compare(taken_in(world.here, data=again(picture(5), 50)))
    assert told == []
    monkeypatch.setattr("disc.matching.ports._partners", [*_partners])
    searches_partners(Agreed())
    ours = taken_in(world.here, data=again(picture(5), 60))
    comparing.compare(ours)
    ((still_id, there, matches),) = told
    assert (still_id, there) == (ours, world.there.scheme_id)
    assert [one for one, _ in matches] == [theirs]
    assert not any(theirs in pair for pair in pairs())


def test_no_reading_is_open_while_pixels_are_compared(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    comparing.compare(taken_in(world.here, data=picture(5)))
    from disc.matching.likeness import search

    compared, open_readings = search.compare, []

    def noting(*asked: object) -> Likeness | None:
        open_readings.append(db.session().in_transaction())
        return compared(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(search, "compare", noting)
    comparing.compare(taken_in(world.here, data=again(picture(5))))
    assert open_readings == [False]


def test_same_files_are_among_those_shown(world: World) -> None:
    first, second = taken_in(world.here, 5), taken_in(world.here, 5)
    assert same_files(db.session.get_one(Still, second)) == {first}
    with writing():
        hide_still(world.here.actor("administrator"), db.session.get_one(Still, first), hidden=True)
    assert same_files(db.session.get_one(Still, second)) == set()


def test_the_search_works_under_the_rows_of_one_scheme(world: World, app: Flask) -> None:
    """A job has the rows of whoever published its event, and no others."""
    from disc.core.rows import one_scheme

    with one_scheme(world.here.scheme_id):
        comparing.compare(taken_in(world.here, data=picture(5)))
        comparing.compare(taken_in(world.here, data=again(picture(5))))
    with every_scheme():
        assert len(pairs()) == 1
    assert current_app.extensions["shelves"]
