"""The drawn pictures of the demo scheme."""

import hashlib
import io

import numpy as np
import pytest
from PIL import Image

from disc.demo.disguises import Disguise, disguise
from disc.demo.figures import COLOURS, look_of
from disc.demo.scenes import CAMERAS, as_jpeg, describe, draw_still

MOMENT = 1_790_000_000
SMALL = (640, 360)


def figure_box(picture):
    return tuple(int(word) for word in picture.info["comment"].split()[1:])


def colours_of_the_figure(picture, camera):
    """Return the pixels where the figure is, compared with the same camera's other moments."""
    others = [
        draw_still(camera, MOMENT + 5000 * step, 900 + step, size=SMALL) for step in (1, 2, 3)
    ]
    empty = np.median([np.asarray(other, dtype=np.int16) for other in others], axis=0)
    left, top, right, bottom = figure_box(picture)
    seen = np.asarray(picture, dtype=np.int16)[top:bottom, left:right]
    moved = np.abs(seen - empty[top:bottom, left:right]).sum(axis=2) > 60
    return seen[moved]


@pytest.mark.parametrize("camera", list(CAMERAS))
def test_the_same_camera_moment_and_seed_give_the_same_bytes(camera):
    first = as_jpeg(draw_still(camera, MOMENT, 7, size=SMALL))
    assert first == as_jpeg(draw_still(camera, MOMENT, 7, size=SMALL))


@pytest.mark.parametrize("camera", list(CAMERAS))
def test_two_moments_differ_and_an_empty_strip_of_the_scene_keeps_its_levels(camera):
    first = np.asarray(draw_still(camera, MOMENT, 7, size=SMALL), dtype=np.int16)
    second = np.asarray(draw_still(camera, MOMENT + 1, 7, size=SMALL), dtype=np.int16)
    assert not np.array_equal(first, second)
    strip = np.s_[SMALL[1] // 4 : SMALL[1] // 2, :40]
    assert np.abs(first[strip] - second[strip]).mean() < 16
    assert abs(first[strip].mean() - second[strip].mean()) < 0.6


def test_every_camera_shows_its_own_scene():
    pictures = {
        hashlib.sha256(draw_still(camera, MOMENT, 7, size=SMALL).tobytes()).digest()
        for camera in CAMERAS
    }
    assert len(pictures) == 6


def test_a_figure_in_red_is_seen_in_red_on_two_cameras():
    seed = next(
        seed
        for seed in range(500)
        if look_of(seed).top.colour == COLOURS["red"] and look_of(seed).top.pattern == "plain"
    )
    assert any(phrase.startswith("red ") for phrase in describe(seed).clothing)
    for camera in ("aisle", "high-street"):
        pixels = colours_of_the_figure(draw_still(camera, MOMENT, seed, size=SMALL), camera)
        red = (pixels[:, 0] > pixels[:, 1] + 35) & (pixels[:, 0] > pixels[:, 2] + 35)
        assert red.mean() > 0.12


def test_a_description_says_what_is_worn_and_no_more():
    for seed in range(200):
        words = describe(seed)
        assert words.sex_presented in {"man", "woman"}
        assert words.build in {"slim", "medium", "heavy"}
        assert words.height.startswith("about ")
        assert len(words.clothing) >= 3
        assert (look_of(seed).bag is None) == (words.bag == "no bag")
    assert describe(3) == describe(3)


def test_a_figure_stays_inside_the_picture_and_is_large_enough_to_see():
    for camera in CAMERAS:
        for step in range(4):
            left, top, right, bottom = figure_box(
                draw_still(camera, MOMENT + 60 * step, step, size=SMALL)
            )
            assert 0 <= left < right <= SMALL[0]
            assert bottom - top > 60


def test_a_jpeg_with_exif_has_a_position_and_one_without_has_none():
    still = draw_still("till", MOMENT, 7, size=SMALL)
    with Image.open(io.BytesIO(as_jpeg(still, exif=True))) as marked:
        assert marked.getexif().get_ifd(34853)[1] == "N"
        assert marked.getexif().get_ifd(34665)[36867] == "2026:11:02 14:05:09"
    with Image.open(io.BytesIO(as_jpeg(still))) as plain:
        assert not plain.getexif()


@pytest.mark.parametrize("kind", list(Disguise))
def test_a_disguise_is_a_picture_without_metadata_and_the_same_each_time(kind):
    still = as_jpeg(draw_still("doorway", MOMENT, 7), exif=True)
    edited = disguise(still, kind, 5)
    assert edited != still
    assert edited == disguise(still, kind, 5)
    with Image.open(io.BytesIO(edited)) as picture:
        picture.load()
        assert picture.mode == "RGB"
        assert not picture.getexif()
        assert "comment" not in picture.info


def test_a_ring_is_red_and_goes_round_the_figure():
    still = draw_still("corridor", MOMENT, 7)
    with Image.open(io.BytesIO(disguise(as_jpeg(still), Disguise.RING, 5))) as picture:
        levels = np.asarray(picture, dtype=np.int16)
    red = (levels[..., 0] > 170) & (levels[..., 1] < 80) & (levels[..., 2] < 80)
    rows, columns = np.nonzero(red)
    left, top, right, bottom = figure_box(still)
    assert columns.min() < left < right < columns.max()
    assert rows.min() < bottom
    assert rows.max() > top


def test_an_unknown_camera_is_a_key_error():
    with pytest.raises(KeyError):
        draw_still("roof", MOMENT, 7)
