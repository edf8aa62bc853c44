"""The same picture sent again is suggested to the manager, and nothing is merged by it."""

import pytest
from flask import current_app
from sqlalchemy import select

from disc.core.blobs import blobs
from disc.core.database import db
from disc.core.errors import Missing
from disc.core.jobs import drain
from disc.core.transaction import writing
from disc.desk.queries import not_approved_before
from disc.incidents import service as incidents
from disc.incidents.queries import stills_of
from disc.matching.comparing import look
from disc.matching.models import Camera, Finding, Fingerprint
from disc.stills.models import Still
from disc.stills.service import FEATURES, blob_name, erase_still, hide_still
from disc.stills.viewing import picture_url
from tests.desk.deciding import take_effect
from tests.likenesses import again, flat, pairs
from tests.pictures import picture
from tests.story import in_gallery, reported
from tests.world import World

SAME_OR_PROBABLY = {Finding.SAME_STILL, Finding.PROBABLY}


def findings() -> list[Finding]:
    return [pair.finding for pair in pairs().values()]


def test_the_manager_is_shown_a_picture_sent_twice_by_two_shops(world: World) -> None:
    reported(world.here, pictures=(picture(5),))
    second = reported(world.here, "far_member", pictures=(again(picture(5)),))
    drain()
    assert set(findings()) <= SAME_OR_PROBABLY
    (pair,) = pairs().values()
    manager = world.browser("administrator")
    assert f"/desk/duplicates/{pair.id}" in manager.get("/desk").text
    assert f"/desk/duplicates/{pair.id}" in manager.get(f"/desk/reports/{second}").text
    assert db.session.scalars(select(Camera)).all() == []


def test_two_pictures_of_one_report_are_no_news_to_anybody(world: World) -> None:
    reported(world.here, pictures=(picture(5), again(picture(5))))
    drain()
    assert findings() == []
    reported(world.here, "far_member", pictures=(again(picture(5), 60),))
    drain()
    assert len(findings()) == 2


def test_other_scenes_are_nothing_to_each_other(world: World) -> None:
    for seed in (5, 6, 7):
        reported(world.here, pictures=(picture(seed),))
    drain()
    assert findings() == []


def test_the_same_file_is_known_as_the_same_file(world: World) -> None:
    reported(world.here, pictures=(picture(5),))
    reported(world.here, "far_member", pictures=(picture(5),))
    drain()
    (pair,) = pairs().values()
    assert (pair.finding, pair.distance, pair.evidence) == (Finding.SAME_FILE, 0, None)


def test_a_flat_picture_gets_no_fingerprint_and_is_known_by_its_bytes(world: World) -> None:
    reported(world.here, pictures=(flat(),))
    reported(world.here, "far_member", pictures=(flat(),))
    drain()
    assert look(flat()) is None
    assert findings() == [Finding.SAME_FILE]
    assert list(db.session.scalars(select(Fingerprint))) == []


def test_other_schemes_pictures_do_not_exist(world: World) -> None:
    reported(world.here, pictures=(picture(5),))
    reported(world.there, pictures=(picture(5),))
    reported(world.there, pictures=(again(picture(5)),))
    drain()
    assert {pair.scheme_id for pair in pairs().values()} == {world.there.scheme_id}


def test_a_judged_pair_is_not_asked_again_and_a_second_judge_is_told(world: World) -> None:
    reported(world.here, pictures=(picture(5),))
    reported(world.here, "far_member", pictures=(picture(5),))
    drain()
    (pair,) = pairs().values()
    manager = world.browser("administrator")
    address = f"/desk/duplicates/{pair.id}"
    manager.get(address)
    assert manager.post(f"{address}/judge", {"verdict": "different"}).status_code == 303
    assert manager.post(f"{address}/judge", {"verdict": "same"}).status_code == 409
    take_effect()
    assert address not in manager.get("/desk").text
    assert manager.post(f"{address}/judge", {"verdict": "same"}).status_code == 409
    assert world.browser("administrator", world.there).get(address).status_code == 404


def test_an_erased_still_leaves_neither_fingerprint_nor_features_nor_pair(world: World) -> None:
    _, still = in_gallery(world.here, seed=5)
    reported(world.here, "far_member", pictures=(again(picture(5)),))
    drain()
    name = blob_name(world.here.scheme_id, still, FEATURES)
    assert pairs()
    assert blobs().exists(name)
    with writing():
        erase_still(db.session.get_one(Still, still))
    drain()
    assert pairs() == {}
    assert db.session.get(Fingerprint, still) is None
    assert not blobs().exists(name)
    reported(world.here, pictures=(again(picture(5), 60),))
    drain()
    assert [still in pair for pair in pairs()] == [False]


def test_fingerprints_and_features_are_sealed_at_rest(world: World) -> None:
    _, still = in_gallery(world.here, seed=5)
    drain()
    stored = db.session.get_one(Fingerprint, still).sketch
    features = blobs().get(blob_name(world.here.scheme_id, still, FEATURES))
    looked = look(picture(5))
    assert looked is not None
    _, made = looked
    for plain in (made.sketch.packed(), made.features.packed()):
        for start in range(0, len(plain) - 32, 32):
            assert plain[start : start + 32] not in stored
    assert features
    assert made.features.packed()[:64] not in features


def test_features_are_served_to_nobody(world: World) -> None:
    _, still = in_gallery(world.here, seed=5)
    drain()
    browser = world.browser("member")
    browser.get("/gallery")
    asked = [{"still": str(still), "rendition": name} for name in ("view", "features", "original")]
    answer = browser.post_json("/img/mint", {"pictures": asked})
    assert list((answer.json or {})["urls"]) == [f"{still}:view"]
    with pytest.raises(Missing), current_app.test_request_context():
        picture_url(still, FEATURES)


def test_a_rejected_reports_picture_is_recognised_when_it_is_sent_again(world: World) -> None:
    manager = world.here.actor("administrator")
    first = reported(world.here, pictures=(picture(5),))
    drain()
    with writing():
        incidents.reject(manager, first, "The picture does not show enough.")
    second = reported(world.here, "far_member", pictures=(again(picture(5)),))
    drain()
    (told,) = not_approved_before(set(stills_of([second])[second]))
    assert (told.incident_id, told.reason) == (first, "The picture does not show enough.")
    assert told.decided_at is not None
    assert not_approved_before(set(stills_of([first])[first])) == []


def test_a_still_that_was_hidden_is_compared_when_it_is_shown_again(world: World) -> None:
    manager = world.here.actor("administrator")
    _, still = in_gallery(world.here, seed=5)
    with writing():
        hide_still(manager, db.session.get_one(Still, still), hidden=True)
    reported(world.here, "far_member", pictures=(again(picture(5)),))
    drain()
    assert findings() == []
    with writing():
        hide_still(manager, db.session.get_one(Still, still), hidden=False)
    drain()
    assert [still in pair for pair in pairs()] == [True]
