"""The tiles of the gallery: the first ones at once, the others as they are needed."""

import base64
import re

from disc.core.database import db
from disc.core.transaction import writing
from disc.stills.models import Still
from disc.stills.queries import hints
from disc.stills.service import erase_still
from tests.story import in_gallery
from tests.world import World


def test_eight_pictures_load_at_once_and_the_others_wait(world: World) -> None:
    for seed in range(10):
        in_gallery(world.here, seed=seed)
    page = world.browser("member").get("/gallery").text
    images = re.findall(r'<img class="still"[^>]*>', page)
    assert len(images) == 10
    assert ['loading="lazy"' in one for one in images] == [False] * 8 + [True] * 2
    assert all('width="240" height="240"' in one for one in images)


def test_a_picture_has_a_hint_of_its_shades_that_is_sealed_and_goes_with_it(world: World) -> None:
    subject_id, still_id = in_gallery(world.here)
    page = world.browser("member").get("/gallery").text
    found = re.findall(r'data-hint="([^"]+)"', page)
    assert len(found) == 1
    assert 5 < len(base64.b64decode(found[0])) <= 25
    assert f'id="p-{subject_id}"' in page
    db.session.rollback()
    still = db.session.get_one(Still, still_id)
    assert still.hint == found[0]
    assert found[0].encode() not in (still.hint_sealed or b"")
    with writing():
        erase_still(db.session.get_one(Still, still_id))
    assert hints([still_id]) == {}


def test_a_picture_of_before_has_none_and_is_shown_all_the_same(world: World) -> None:
    _, still_id = in_gallery(world.here)
    with writing():
        db.session.get_one(Still, still_id).hint = ""
    page = world.browser("member").get("/gallery").text
    assert "data-hint" not in page
    assert f'data-still="{still_id}"' in page
