"""All fingerprints made again by a command, beside the running site."""

import uuid

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, update

from disc.core.blobs import blobs
from disc.core.database import db
from disc.core.jobs import drain
from disc.core.transaction import writing
from disc.matching import comparing, rebuilding
from disc.matching.likeness.fingerprint import FINGERPRINT_VERSION
from disc.matching.models import Fingerprint
from disc.matching.rebuilding import rebuild
from disc.matching.service import store_fingerprint
from disc.stills.models import Still
from disc.stills.service import FEATURES, ORIGINAL, VIEW, blob_name, erase_still, hide_still
from tests.likenesses import again, flat, pairs, taken_in
from tests.pictures import picture
from tests.world import World

SMALL = (320, 240)


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["disc", "matching", "rebuild", *arguments])


def rows() -> dict[uuid.UUID, Fingerprint]:
    db.session.rollback()
    return {row.still_id: row for row in db.session.scalars(select(Fingerprint))}


def some(world: World, count: int = 3) -> list[uuid.UUID]:
    made = [taken_in(world.here, data=picture(seed, SMALL)) for seed in range(1, count + 1)]
    drain()
    return made


def test_it_makes_every_fingerprint_again_and_says_how_far_it_is(world: World, app: Flask) -> None:
    some(world)
    before = {one: row.made_at for one, row in rows().items()}
    told = run(app)
    assert told.exit_code == 0, told.output
    assert f"{world.here.slug}  3 of 3" in told.output
    assert f"{world.there.slug}  0 of 0" in told.output
    assert {one: row.made_at > before[one] for one, row in rows().items()} == dict.fromkeys(
        before, True
    )
    assert not any(row.again for row in rows().values())


def test_it_may_be_asked_for_one_scheme(world: World, app: Flask) -> None:
    told = run(app, "--scheme", world.there.slug)
    assert world.here.slug not in told.output
    refused = run(app, "--scheme", "no-such-scheme")
    assert refused.exit_code == 1
    assert "no such scheme" in refused.output


def test_stopped_it_goes_on_and_is_found_by_the_old_fingerprint_meanwhile(world: World) -> None:
    first, *others = some(world)
    steps = rebuild(world.here.scheme_id)
    assert [(now.done, now.of) for now in (next(steps), next(steps))] == [(0, 3), (1, 3)]
    steps.close()
    assert {one: row.again for one, row in rows().items()} == {
        first: False,
        **dict.fromkeys(others, True),
    }
    copy = taken_in(world.here, data=again(picture(2, SMALL), 60, 1.0))
    comparing.compare(copy)
    assert (others[0], copy) in pairs()
    assert [now.done for now in rebuild(world.here.scheme_id)] == [0, 1, 2]
    assert not any(row.again for row in rows().values())


def test_what_no_code_could_read_is_compared_as_if_it_came_now(world: World) -> None:
    first = taken_in(world.here, data=picture(5))
    with writing():
        store_fingerprint(db.session.get_one(Still, first), b"from long ago", 0)
    copy = taken_in(world.here, data=again(picture(5)))
    comparing.compare(copy)
    assert pairs() == {}
    list(rebuild(world.here.scheme_id))
    assert rows()[first].version == FINGERPRINT_VERSION
    assert list(pairs()) == [(first, copy)]


def test_it_drops_the_fingerprints_of_stills_that_are_gone(world: World) -> None:
    first, second, third = some(world)
    with writing():
        sketch = rows()[first].sketch
        erase_still(db.session.get_one(Still, first))
    drain()
    with writing():  # as a restored backup brings it back
        db.session.add(
            Fingerprint(still_id=first, scheme_id=world.here.scheme_id, sketch=sketch, version=1)
        )
    name = blob_name(world.here.scheme_id, first, FEATURES)
    blobs().put(name, b"sealed")
    list(rebuild(world.here.scheme_id))
    assert set(rows()) == {second, third}
    assert not blobs().exists(name)


def test_a_picture_that_cannot_be_read_is_told_and_stops_nothing(world: World, app: Flask) -> None:
    first, second, _ = some(world)
    for file in (ORIGINAL, VIEW):
        blobs().delete(blob_name(world.here.scheme_id, first, file))
    told = run(app, "--scheme", world.here.slug)
    assert "3 of 3" in told.output
    assert "1 could not be read" in told.output
    assert first not in rows()
    assert second in rows()


def test_a_fault_is_logged_and_what_was_known_stays(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_ = some(world, 2)
    before = rows()[first].sketch
    again_as_usual = rebuilding.fingerprint_again

    def faulty(still_id: uuid.UUID) -> None:
        if still_id == first:
            raise RuntimeError
        again_as_usual(still_id)

    monkeypatch.setattr(rebuilding, "fingerprint_again", faulty)
    *_, last = rebuild(world.here.scheme_id)
    assert (last.done, last.of, last.unread) == (2, 2, 1)
    assert (rows()[first].sketch, rows()[first].again) == (before, False)


def test_a_picture_that_is_too_plain_by_now_has_none_any_more(world: World) -> None:
    still_id = taken_in(world.here, data=flat())
    with writing():
        still = db.session.get_one(Still, still_id)
        store_fingerprint(still, b"made by a code that was less strict", FINGERPRINT_VERSION)
    list(rebuild(world.here.scheme_id))
    assert rows() == {}


def test_a_hidden_still_waits_until_it_is_shown_again(world: World) -> None:
    first, second = some(world, 2)
    with writing():
        manager = world.here.actor("administrator")
        hide_still(manager, db.session.get_one(Still, first), hidden=True)
        db.session.execute(update(Fingerprint).values(version=0))
    *_, last = rebuild(world.here.scheme_id)
    assert last.of == 1
    assert (rows()[first].version, rows()[second].version) == (0, FINGERPRINT_VERSION)
    with writing():
        hide_still(manager, db.session.get_one(Still, first), hidden=False)
    drain()
    assert rows()[first].version == FINGERPRINT_VERSION
