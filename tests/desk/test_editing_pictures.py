"""A manager blurs, cuts and turns a picture without JavaScript, step by step, then saves."""

import html
import io
import re
import uuid

import pytest
from PIL import Image

from disc.core.database import db
from disc.core.jobs import drain
from disc.core.pictures.steps import Blur, Crop, Turn
from disc.core.transaction import writing
from disc.desk.rules import alignment, boxes_on
from disc.matching.likeness.evidence import Box
from disc.matching.models import Finding, Fingerprint, GroupedStill, PossibleDuplicate, Verdict
from disc.matching.rebuilding import rebuild
from disc.matching.service import judge
from disc.stills.editing import save_edit
from disc.stills.models import Still
from disc.stills.service import hide_still
from tests.browsers import Browser
from tests.desk.pairing import CUT, SIZE, cut_picture, evidence, sent_twice, whole_picture
from tests.story import in_gallery
from tests.world import World

BOX = {"left": "10", "top": "20", "right": "40", "bottom": "60"}


@pytest.fixture
def still_id(world: World) -> uuid.UUID:
    return in_gallery(world.here)[1]


def path(still_id: uuid.UUID) -> str:
    return f"/desk/stills/{still_id}/edit"


def kept(page: str) -> dict[str, str]:
    """Return what the page's hidden fields carry on to the next press."""
    found = re.findall(r'name="(steps|version)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def press(browser: Browser, still_id: uuid.UUID, page: str, button: str, **typed: str) -> str:
    answer = browser.post(path(still_id), {**kept(page), **typed, "do": button})
    assert answer.status_code == 200, answer.text
    return answer.text


def steps_of(still_id: uuid.UUID) -> str:
    db.session.rollback()
    return db.session.get_one(Still, still_id).steps


def test_steps_are_seen_by_the_manager_alone_until_they_are_saved(
    world: World, still_id: uuid.UUID
) -> None:
    manager = world.browser("administrator")
    page = manager.get(path(still_id)).text
    assert "Everybody sees the picture like this." in page
    page = press(manager, still_id, page, "blur", **BOX)
    page = press(manager, still_id, page, "right")
    assert "Nobody else sees this yet." in page
    assert re.findall(r"<li>(Blurred a box|Turned to the right)</li>", page) == [
        "Blurred a box",
        "Turned to the right",
    ]
    assert steps_of(still_id) == ""
    link = re.search(r'src="(/img/[^"]+)" data-still', page)
    assert link
    shown = manager.get(link[1])
    assert Image.open(io.BytesIO(shown.data)).size == (480, 640)
    assert shown.headers["Cache-Control"] == "no-store, private"
    saved = manager.post(path(still_id), {**kept(page), "do": "save"})
    assert (saved.status_code, saved.headers["Location"]) == (303, path(still_id))
    assert steps_of(still_id) == '[["blur",0.1,0.2,0.4,0.6],["turn",1]]'
    assert "Everybody sees the picture like this." in manager.get(path(still_id)).text


def test_a_preview_opens_for_whoever_moderates_and_for_no_other_sign_in(
    world: World, still_id: uuid.UUID
) -> None:
    page = world.browser("administrator").get(path(still_id)).text
    link = re.search(r'src="(/img/[^"]+)" data-still', page)
    assert link
    for who in ("administrator", "member", "board"):
        assert world.browser(who).get(link[1]).status_code == 404


def test_undo_takes_back_the_last_step_or_all(world: World, still_id: uuid.UUID) -> None:
    manager = world.browser("administrator")
    page = press(manager, still_id, manager.get(path(still_id)).text, "blur", **BOX)
    page = press(manager, still_id, page, "crop", **BOX)
    assert kept(press(manager, still_id, page, "undo"))["steps"] == '[["blur",0.1,0.2,0.4,0.6]]'
    assert kept(press(manager, still_id, page, "clear"))["steps"] == ""


def test_light_is_set_by_two_numbers(world: World, still_id: uuid.UUID) -> None:
    manager = world.browser("administrator")
    page = manager.get(path(still_id)).text
    page = press(manager, still_id, page, "levels", brightness="30", contrast="-10")
    assert kept(page)["steps"] == '[["levels",30,-10]]'
    assert re.search(r'name="brightness" value="30"', page)


@pytest.mark.parametrize(
    ("button", "typed", "sentence"),
    [
        ("blur", {}, "Draw a box on the picture"),
        ("blur", BOX | {"left": "50"}, "Draw a box on the picture"),
        ("crop", BOX | {"bottom": "101"}, "Draw a box on the picture"),
        ("crop", BOX | {"right": "15"}, "That part is too small."),
        ("blur", BOX | {"top": "nan"}, "Draw a box on the picture"),
        ("levels", {"brightness": "much"}, "Type a whole number"),
        ("levels", {"contrast": "101"}, "Type a whole number"),
    ],
)
def test_what_cannot_be_done_is_said_and_what_was_typed_stays(
    world: World, still_id: uuid.UUID, button: str, typed: dict[str, str], sentence: str
) -> None:
    manager = world.browser("administrator")
    page = manager.get(path(still_id)).text
    answer = manager.post(path(still_id), {**kept(page), **typed, "do": button})
    assert answer.status_code == 422
    assert sentence in answer.text
    for name, value in typed.items():
        assert f'name="{name}" value="{value}"' in answer.text


def test_a_page_that_was_made_up_is_missing(world: World, still_id: uuid.UUID) -> None:
    manager = world.browser("administrator")
    version = kept(manager.get(path(still_id)).text)["version"]
    for made_up in (
        {"steps": "nonsense", "version": version, "do": "save"},
        {"steps": "", "version": "x", "do": "save"},
        {"steps": "", "version": version, "do": "explode"},
    ):
        assert manager.post(path(still_id), made_up).status_code == 404


def test_the_second_of_two_managers_is_told(world: World, still_id: uuid.UUID) -> None:
    first, second = world.browser("administrator"), world.browser("sub_administrator")
    pages = [browser.get(path(still_id)).text for browser in (first, second)]
    page = press(first, still_id, pages[0], "blur", **BOX)
    assert first.post(path(still_id), {**kept(page), "do": "save"}).status_code == 303
    page = press(second, still_id, pages[1], "left")
    answer = second.post(path(still_id), {**kept(page), "do": "save"})
    assert answer.status_code == 409
    assert "Somebody else changed this picture" in answer.text
    assert "blur" in steps_of(still_id)


def test_a_hidden_picture_cannot_be_opened_here(world: World, still_id: uuid.UUID) -> None:
    with writing():
        hide_still(
            world.here.actor("administrator"), db.session.get_one(Still, still_id), hidden=True
        )
    assert world.browser("administrator").get(path(still_id)).status_code == 404


# --- What matching knows of it


def a_pair(world: World) -> PossibleDuplicate:
    pair_id = sent_twice(world.here, whole_picture(), cut_picture(), Finding.PROBABLY, evidence())
    return db.session.get_one(PossibleDuplicate, pair_id)


def sealed_features_of(still_id: uuid.UUID) -> bytes:
    from disc.stills.service import FEATURES, open_rendition

    return open_rendition(db.session.get_one(Still, still_id), FEATURES)


def test_an_edit_changes_neither_fingerprints_nor_groups_and_all_can_be_made_again(
    world: World,
) -> None:
    manager, pair = world.here.actor("administrator"), a_pair(world)
    drain()
    with writing():
        judge(manager, pair.id, Verdict.SAME)
    stills = (pair.earlier_id, pair.later_id)
    before = [sealed_features_of(one) for one in stills]
    for one in stills:
        save_edit(manager, one, (Blur(0.1, 0.1, 0.9, 0.9), Turn(1), Crop(0, 0, 0.5, 0.5)), 0)
    drain()
    progress = list(rebuild(world.here.scheme_id))[-1]
    assert (progress.of, progress.unread) == (2, 0)
    assert [sealed_features_of(one) for one in stills] == before
    assert db.session.query(Fingerprint).count() == 2
    assert {row.still_id for row in db.session.query(GroupedStill)} == set(stills)


def test_a_picture_that_comes_again_is_found_though_the_first_was_blurred(world: World) -> None:
    from tests.likenesses import pairs, taken_in

    first = taken_in(world.here, data=whole_picture())
    drain()
    save_edit(world.here.actor("administrator"), first, (Blur(0, 0, 1, 1),), 0)
    drain()
    second = taken_in(world.here, data=cut_picture())
    drain()
    assert set(pairs()) == {(first, second)}


def test_the_page_of_a_pair_lays_the_pictures_as_they_are_shown(world: World) -> None:
    manager, pair = world.browser("administrator"), a_pair(world)
    save_edit(world.here.actor("administrator"), pair.later_id, (Turn(1),), 0)
    page = manager.get(f"/desk/duplicates/{pair.id}").text
    assert 'data-width="525" data-height="800"' in page
    assert 'viewBox="0 0 525 800"' in page


def test_edits_of_both_sides_are_followed_by_the_alignment() -> None:
    """Cut to the same part by hand, the earlier picture lies on the later one as it is."""
    left, top, right, bottom = CUT
    cut = Crop(left / SIZE[0], top / SIZE[1], right / SIZE[0], bottom / SIZE[1])
    plane = alignment(Finding.PROBABLY, evidence(), (cut,))
    assert plane == pytest.approx((1, 0, 0, 0, 1, 0, 0, 0, 1))
    both = alignment(Finding.PROBABLY, evidence(), (cut, Turn(1)), (Turn(1),))
    assert both == pytest.approx((1, 0, 0, 0, 1, 0, 0, 0, 1))


def test_boxes_move_with_the_picture_and_go_with_what_is_cut_away() -> None:
    box = Box(0.2, 0.3, 0.4, 0.6)
    turned = boxes_on([box], (Turn(1),))[0]
    assert (turned.left, turned.top, turned.right, turned.bottom) == pytest.approx(
        (0.4, 0.2, 0.7, 0.4)
    )
    half = boxes_on([box], (Crop(0.3, 0, 1, 1),))[0]
    assert (half.left, half.right) == pytest.approx((0, 1 / 7))
    assert boxes_on([box], (Crop(0.5, 0, 1, 1),)) == []
    assert boxes_on([box], ()) == [box]
