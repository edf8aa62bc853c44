"""The same picture sent again is suggested to the manager, and nothing is merged by it."""

import io

from PIL import Image, ImageEnhance
from sqlalchemy import select

from disc.core.database import db
from disc.core.jobs import drain
from disc.core.transaction import writing
from disc.matching.fingerprint import difference, fingerprint
from disc.matching.models import Band, Fingerprint, PossibleDuplicate
from disc.stills.models import Still
from disc.stills.service import erase_still
from tests.pictures import picture
from tests.story import in_gallery, reported
from tests.world import World


def again(data: bytes, quality: int = 40, share: float = 0.6) -> bytes:
    """Return a picture as a chat program would send it on."""
    image = Image.open(io.BytesIO(data))
    image = image.resize((int(image.width * share), int(image.height * share)))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def pairs() -> list[PossibleDuplicate]:
    db.session.rollback()
    return list(db.session.scalars(select(PossibleDuplicate)))


def test_a_recompressed_copy_is_close_and_another_scene_is_not() -> None:
    first, copy, other = (fingerprint(one) for one in (picture(1), again(picture(1)), picture(2)))
    assert first
    assert copy
    assert other
    assert difference(first, copy).is_close
    assert not difference(first, other).is_alike


def test_a_flat_picture_gets_no_fingerprint() -> None:
    out = io.BytesIO()
    Image.new("RGB", (320, 240), (90, 90, 92)).save(out, "JPEG")
    assert fingerprint(out.getvalue()) is None


def test_the_manager_is_shown_a_picture_sent_twice_by_two_shops(world: World) -> None:
    reported(world.here, pictures=(picture(5),))
    second = reported(world.here, "far_member", pictures=(again(picture(5)),))
    drain()
    assert [pair.band for pair in pairs()] == [Band.CLOSE]
    pair = pairs()[0]
    manager = world.browser("administrator")
    assert f"/desk/duplicates/{pair.id}" in manager.get("/desk").text
    assert "Looks like earlier pictures" in manager.get(f"/desk/reports/{second}").text
    page = manager.get(f"/desk/duplicates/{pair.id}").text
    assert f"{pair.distance} of 256 points differ" in page
    assert page.count('class="still"') == 2


def test_the_same_file_is_known_as_the_same_file(world: World) -> None:
    reported(world.here, pictures=(picture(5),))
    reported(world.here, "far_member", pictures=(picture(5),))
    drain()
    assert [(pair.band, pair.distance) for pair in pairs()] == [(Band.SAME_FILE, 0)]


def test_other_schemes_pictures_do_not_exist(world: World) -> None:
    reported(world.here, pictures=(picture(5),))
    reported(world.there, pictures=(picture(5),))
    drain()
    assert pairs() == []


def test_a_judged_pair_is_not_asked_again_and_a_second_judge_is_told(world: World) -> None:
    reported(world.here, pictures=(picture(5),))
    reported(world.here, "far_member", pictures=(picture(5),))
    drain()
    pair = pairs()[0]
    manager = world.browser("administrator")
    manager.get(f"/desk/duplicates/{pair.id}")
    assert (
        manager.post(f"/desk/duplicates/{pair.id}/judge", {"verdict": "different"}).status_code
        == 303
    )
    assert f"/desk/duplicates/{pair.id}" not in manager.get("/desk").text
    assert manager.post(f"/desk/duplicates/{pair.id}/judge", {"verdict": "same"}).status_code == 409
    assert (
        world.browser("administrator", world.there).get(f"/desk/duplicates/{pair.id}").status_code
        == 404
    )


def test_an_erased_still_leaves_no_code_and_no_pair(world: World) -> None:
    _, still = in_gallery(world.here, seed=5)
    reported(world.here, "far_member", pictures=(picture(5),))
    drain()
    assert pairs()
    with writing():
        erase_still(db.session.get_one(Still, still))
    drain()
    assert pairs() == []
    assert db.session.get(Fingerprint, still) is None


def test_fingerprints_are_sealed_at_rest(world: World) -> None:
    _, still = in_gallery(world.here, seed=5)
    drain()
    codes = fingerprint(picture(5))
    assert codes is not None
    stored = db.session.get_one(Fingerprint, still).codes
    assert codes.packed() not in stored
    assert codes.packed()[:8] not in stored


def test_a_brighter_copy_is_at_least_alike() -> None:
    out = io.BytesIO()
    ImageEnhance.Brightness(Image.open(io.BytesIO(picture(3)))).enhance(1.2).save(out, "JPEG")
    first, copy = fingerprint(picture(3)), fingerprint(out.getvalue())
    assert first
    assert copy
    assert difference(first, copy).is_alike
