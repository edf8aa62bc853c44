"""The comparison of two pictures, on drawn stills: itself always, another moment never."""

import io
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageOps

from disc.matching.likeness.evidence import Finding, Likeness
from disc.matching.likeness.fingerprint import (
    Features,
    Fingerprint,
    Sketch,
    TooPlain,
    fingerprint,
)
from disc.matching.likeness.pdq import pdq
from disc.matching.likeness.pictures import NotReadable, Picture, from_pixels, read_picture
from disc.matching.likeness.points import Points
from disc.matching.likeness.search import find
from disc.matching.likeness.shelf import Shelf
from tests.shops import SIZE, place, shop

SAME = {Finding.SAME_STILL, Finding.PROBABLY}


def seen(image: Image.Image) -> Picture:
    return from_pixels(np.asarray(image.convert("RGB"))[:, :, ::-1].copy())


class Kept:
    """Stills kept in memory, each of a camera."""

    def __init__(self, images: dict[int, Image.Image], camera: set[int] | None = None) -> None:
        self.pictures = {UUID(int=n): seen(image) for n, image in images.items()}
        self.prints = {n: fingerprint(each) for n, each in self.pictures.items()}
        self.camera = {UUID(int=n) for n in camera or set()}
        self.shelf = Shelf()
        for number, each in self.prints.items():
            self.shelf.add(number, each.sketch)

    def features(self, still_id: UUID) -> Features | None:
        return self.prints[still_id].features

    def picture(self, still_id: UUID) -> Picture | None:
        return self.pictures[still_id]

    def scene_of(self, still_id: UUID) -> set[UUID]:
        return self.camera if still_id in self.camera else {still_id}

    def ask(self, image: Image.Image) -> dict[int, Likeness]:
        picture = seen(image)
        found = find(picture, fingerprint(picture), self.shelf, self)
        return {still_id.int: likeness for still_id, likeness in found}


def as_jpeg(image: Image.Image, quality: int) -> Image.Image:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return Image.open(io.BytesIO(out.getvalue()))


EDITS = {
    "poorer": lambda image: as_jpeg(image, 40),
    "smaller": lambda image: image.resize((288, 192)),
    "grey": lambda image: image.convert("L"),
    "mirrored": ImageOps.mirror,
    "on its side": lambda image: image.transpose(Image.Transpose.ROTATE_90),
    "with bars": lambda image: ImageOps.expand(image, (0, 60), (0, 0, 0)),
    "cropped": lambda image: image.crop((60, 30, 420, 280)),
    "lighter": lambda image: image.point(lambda level: min(255, level + 30)),
}


@settings(max_examples=8, deadline=None)
@given(camera=st.integers(0, 10_000), person=st.integers(0, 29))
def test_a_still_is_always_found_as_itself(camera: int, person: int) -> None:
    image = shop(camera, person)
    found = Kept({1: image}).ask(image)
    assert found[1].finding is Finding.SAME_STILL
    assert found[1].overlap > 0.99
    assert found[1].distance == 0
    assert found[1].changed == ()


@pytest.mark.parametrize("edit", EDITS)
def test_a_copy_is_found_among_others(edit: str) -> None:
    kept = Kept({n: shop(n, n) for n in range(1, 6)})
    found = kept.ask(EDITS[edit](shop(3, 3)))
    assert found[3].finding in SAME
    assert set(found) == {3}
    assert found[3].mirrored == (edit == "mirrored")


def test_the_alignment_says_where_a_part_lies() -> None:
    kept = Kept({1: shop(1, 1)})
    found = kept.ask(shop(1, 1).crop((60, 30, 420, 280)))[1]
    way = np.array(found.homography).reshape(3, 3)
    corner = way @ [60 / 480, 30 / 320, 1]
    middle = way @ [240 / 480, 155 / 320, 1]
    assert corner[:2] / corner[2] == pytest.approx([0, 0], abs=0.01)
    assert middle[:2] / middle[2] == pytest.approx([0.5, 0.5], abs=0.01)


@settings(max_examples=8, deadline=None)
@given(camera=st.integers(0, 10_000), people=st.sets(st.integers(0, 29), min_size=2, max_size=2))
def test_another_moment_is_never_the_same_whoever_came_first(camera: int, people: set[int]) -> None:
    one, other = (shop(camera, person) for person in sorted(people))
    for earlier, later in ((one, other), (other, one)):
        found = Kept({1: earlier}).ask(later)
        assert found[1].finding in {Finding.SAME_CAMERA, Finding.SAME_MOMENT}
        assert found[1].changed


@pytest.mark.parametrize("camera", [3, 5])
def test_close_views_that_share_nothing_but_a_shelf_are_not_called_the_same(camera: int) -> None:
    left, right = (0, 0, 300, 320), (180, 0, 480, 320)
    one, other = shop(camera, 1).crop(left), shop(camera, 9).crop(right)
    for earlier, later in ((one, other), (other, one)):
        found = Kept({1: earlier}).ask(later)[1]
        assert found.overlap == pytest.approx(0.4, abs=0.03)
        assert found.changed == ()
        assert found.finding is Finding.PROBABLY


def test_what_changed_is_where_somebody_came() -> None:
    found = Kept({1: shop(4)}).ask(shop(4, 4))[1]
    left, top = place(4)
    middle = ((left + 32) / SIZE[0], (top + 80) / SIZE[1])
    assert any(
        box.left <= middle[0] <= box.right and box.top <= middle[1] <= box.bottom
        for box in found.changed
    )


def test_a_burst_is_the_same_moment() -> None:
    still = shop(9)
    figure = shop(9, 9)
    left, top = place(9)
    part = figure.crop((left, top, left + 66, top + 142))
    step = still.copy()
    step.paste(part, (left + 7, top + 1))
    found = Kept({1: figure}).ask(step)[1]
    assert found.finding in {Finding.SAME_MOMENT, Finding.PROBABLY}


def test_the_exact_still_of_a_camera_with_many_is_found() -> None:
    people = range(1, 31)
    kept = Kept({n: shop(2, n) for n in people}, camera=set(people))
    for asked in (3, 17, 30):
        found = kept.ask(as_jpeg(shop(2, asked).crop((20, 10, 470, 310)), 60))
        assert asked in list(found)[:3]
        assert [n for n, each in found.items() if each.finding in SAME] == [asked]


def test_of_a_cameras_quiet_moments_the_nearest_comes_first_whatever_they_score() -> None:
    kept = Kept({n: quiet(n) for n in range(1, 21)}, camera=set(range(1, 21)))
    for asked in (4, 11, 18):
        found = kept.ask(as_jpeg(quiet(asked), 60))
        same = [n for n, each in found.items() if each.finding is Finding.SAME_STILL]
        assert len(same) > 1
        assert same[0] == asked
        assert list(found)[: len(same)] == same


def quiet(moment: int) -> Image.Image:
    """Draw an empty shop in which next to nothing differs from moment to moment."""
    image = shop(2)
    ImageDraw.Draw(image).rectangle((40 + moment * 19, 150, 45 + moment * 19, 155), (150, 150, 150))
    grain = np.random.default_rng(moment).normal(0, 3, (*image.size[::-1], 3))
    return Image.fromarray(np.clip(np.asarray(image) + grain, 0, 255).astype(np.uint8))


def test_a_still_of_the_camera_whose_own_points_do_not_fit_lies_as_its_camera_does() -> None:
    kept = Kept({n: shop(2, n) for n in range(1, 13)}, camera=set(range(1, 13)))
    whole = kept.prints[UUID(int=5)]
    points = Points(np.zeros((0, 2), np.float32), np.zeros((0, 128), np.uint8))
    bare = Features(points, whole.features.size, whole.features.scene)
    kept.prints[UUID(int=5)] = Fingerprint(whole.sketch, bare)
    assert next(iter(kept.ask(as_jpeg(shop(2, 5), 40)))) == 5


def test_the_order_of_arrival_does_not_matter() -> None:
    images = {n: shop(n, n) for n in range(1, 7)}
    asked = EDITS["cropped"](images[4])
    found = []
    for order in (range(1, 7), range(6, 0, -1)):
        answer = Kept({n: images[n] for n in order}).ask(asked)
        found.append({n: each.packed() for n, each in answer.items()})
    assert found[0] == found[1]
    assert 4 in found[0]


def test_what_was_taken_off_the_shelf_is_never_returned() -> None:
    kept = Kept({n: shop(n, n) for n in range(1, 4)})
    kept.shelf.remove(UUID(int=2))
    assert kept.ask(shop(2, 2)) == {}
    assert UUID(int=2) not in kept.shelf
    assert len(kept.shelf) == 2
    kept.shelf.add(UUID(int=2), kept.prints[UUID(int=2)].sketch)
    assert kept.ask(shop(2, 2))[2].finding is Finding.SAME_STILL


def test_fingerprint_and_evidence_come_back_as_they_were() -> None:
    made = fingerprint(seen(shop(1, 1)))
    sketch, features = Sketch.unpack(made.sketch.packed()), Features.unpack(made.features.packed())
    again = Fingerprint(sketch, features)
    assert again.sketch.packed() == made.sketch.packed()
    assert again.features.packed() == made.features.packed()
    assert len(made.sketch.packed()) < 3_000
    assert len(made.features.packed()) < 80_000
    found = Kept({1: shop(1, 1)}).ask(EDITS["mirrored"](shop(1, 1)))[1]
    assert Likeness.unpack(found.packed()) == found


def test_the_code_of_a_whole_picture_is_the_one_that_others_make() -> None:
    """The bits are those of pdqhash 0.2.8 for the same pixels."""
    y, x = np.mgrid[0:300, 0:420]
    drawn = np.stack([x * 3 % 256, y * 5 % 256, x * y // 50 % 256], axis=-1).astype(np.uint8)
    code, quality = pdq(drawn[:, :, ::-1])
    assert code.tobytes().hex() == (
        "d6b5a4a5496d924926c9cc9999996333cc7338e3e1c707863e0ee03e03fcffc0"
    )
    assert quality == 100


@pytest.mark.parametrize(
    "image",
    [
        Image.new("RGB", (1, 1)),
        Image.new("RGB", (640, 480), (90, 90, 90)),
        Image.new("RGB", (640, 8), (200, 10, 10)),
        Image.linear_gradient("L").point(lambda level: 100 + level // 20).resize((300, 300)),
    ],
)
def test_a_picture_that_resembles_every_other_gets_no_fingerprint(image: Image.Image) -> None:
    with pytest.raises(TooPlain):
        fingerprint(seen(image))


def test_bytes_that_are_no_picture_are_refused() -> None:
    for data in (b"", b"GIF89a", b"\xff\xd8\xff\xe0 and then nothing"):
        with pytest.raises(NotReadable):
            read_picture(data)
