"""A photo that shows little is taken all the same, and its sender reads what would help."""

import io

import pytest
from PIL import Image, ImageFilter

from disc.core.pictures.quality import Quality
from disc.incidents.rules import (
    DARK_PHOTO,
    SMALL_PERSON,
    SOFT_PHOTO,
    person_heights,
    quality_hints,
)
from disc.stills.models import Still
from tests.incidents.test_reporting import count, fields, send
from tests.pictures import picture
from tests.world import World


def changed(change: str) -> tuple[io.BytesIO, str]:
    drawn = Image.open(io.BytesIO(picture(3, (1280, 960)))).convert("RGB")
    if change == "dark":
        drawn = drawn.point(lambda level: level // 8)
    if change == "blurred":
        drawn = drawn.filter(ImageFilter.GaussianBlur(12))
    out = io.BytesIO()
    drawn.save(out, "JPEG")
    return io.BytesIO(out.getvalue()), f"{change}.jpg"


def sent_page(world: World, *changes: str, **more: object) -> str:
    """Send a report without scripts and return the page that thanks for it."""
    member = world.browser("member")
    sent = fields(world, pictures=[changed(one) for one in changes], **more)
    answer = send(member, sent)
    assert answer.status_code == 303  # type: ignore[attr-defined]
    assert count(Still) == len(changes)
    return member.get(answer.headers["Location"]).text  # type: ignore[attr-defined]


def test_a_good_photo_is_only_thanked_for(world: World) -> None:
    page = sent_page(world, "good")
    assert "Your report was sent." in page
    for words in (DARK_PHOTO, SOFT_PHOTO, SMALL_PERSON):
        assert words not in page


@pytest.mark.parametrize(("change", "words"), [("dark", DARK_PHOTO), ("blurred", SOFT_PHOTO)])
def test_a_poor_photo_is_taken_and_its_sender_told(world: World, change: str, words: str) -> None:
    page = sent_page(world, change)
    assert "Your report was sent." in page
    assert words in page
    assert "Photo 1:" not in page


def test_of_several_photos_the_words_say_which(world: World) -> None:
    page = sent_page(world, "good", "dark")
    assert f"Photo 2: {DARK_PHOTO}" in page
    assert "Photo 1:" not in page


def test_a_small_person_is_told_by_the_box_that_the_sender_drew(world: World) -> None:
    assert SMALL_PERSON in sent_page(world, "good", person="0 10 10 20 30")


def test_a_tall_person_is_not(world: World) -> None:
    assert SMALL_PERSON not in sent_page(world, "good", person="0 10 10 20 90")


def test_nonsense_in_place_of_a_box_changes_nothing(world: World) -> None:
    assert SMALL_PERSON not in sent_page(
        world, "good", person=["", "x", "9 0 0 1 1", "0 0 nan 1 1"]
    )


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "0",
        "0 1 2 3",
        "a b c d e",
        "1 0 0 1 1",
        "-1 0 0 1 1",
        "0 0 50 1 40",
        "0 0 0 1 101",
        "inf 0 0 1 1",
        "0 0 -1 1 5",
    ],
)
def test_a_box_that_cannot_be_is_left_out(typed: str) -> None:
    assert person_heights([typed], [1000]) == {}


def test_a_box_is_measured_in_the_pixels_of_its_own_photo() -> None:
    assert person_heights(["1 5 10 20 60", "0 5 0 20 100"], [400, 1000]) == {1: 500, 0: 400}


def test_who_sees_nothing_in_the_dark_is_told_of_that_alone() -> None:
    assert quality_hints(Quality(light=5, softness=0.9), 50) == [DARK_PHOTO, SMALL_PERSON]
    assert quality_hints(Quality(light=120, softness=0.9), 500) == [SOFT_PHOTO]
    assert quality_hints(Quality(light=120, softness=0.3)) == []
