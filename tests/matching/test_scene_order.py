"""Which of many moments of one camera a copy shows, on drawn stills: it sways, little moves."""

import io
from functools import cache

import cv2
import numpy as np
from PIL import Image

from disc.matching.likeness.alignment import Alignment, Size
from disc.matching.likeness.fingerprint import SCENE_SIDE, Features
from disc.matching.likeness.pictures import Picture, Pixels, fit, from_pixels
from disc.matching.likeness.points import Points
from disc.matching.likeness.scene import order_by_likeness
from tests.shops import SIZE, shop

MOMENTS = 40
SWAY = 3.0
NO_POINTS = Points(np.zeros((0, 2), np.float32), np.zeros((0, 128), np.uint8))


@cache
def moments() -> list[Pixels]:
    """Draw a shop at many moments: somebody far off, the grain of a camera that sways."""
    empty = np.asarray(shop(2))[:, :, ::-1].astype(np.float32)
    drawn = []
    for number in range(MOMENTS):
        rng = np.random.default_rng(number)
        seen = empty.copy()
        left, top = int(rng.integers(40, SIZE[0] - 60)), int(rng.integers(40, SIZE[1] - 70))
        seen[top : top + 13, left : left + 12] = 60
        seen[top + 13 : top + 26, left : left + 12] = 170
        way = np.array([[1, 0, rng.uniform(-SWAY, SWAY)], [0, 1, rng.uniform(-SWAY, SWAY)]])
        seen = cv2.warpAffine(seen, way, SIZE, borderMode=cv2.BORDER_REPLICATE)
        seen += rng.normal(0, 3, seen.shape)
        drawn.append(np.clip(seen, 0, 255).astype(np.uint8))
    return drawn


def kept(pixels: Pixels) -> Features:
    picture = from_pixels(pixels)
    size = Size(picture.width, picture.height)
    return Features(NO_POINTS, size, fit(picture.grey, SCENE_SIDE))


def copy(pixels: Pixels, *, share: float = 1.0, quality: int = 50, lighter: float = 0) -> Picture:
    image = Image.fromarray(np.clip(pixels[:, :, ::-1] + lighter, 0, 255).astype(np.uint8))
    out = io.BytesIO()
    image.resize((round(image.width * share), round(image.height * share))).save(
        out, "JPEG", quality=quality
    )
    return from_pixels(np.asarray(Image.open(out))[:, :, ::-1].copy())


def way(picture: Picture, left: float = 0, top: float = 0, wide: float = SIZE[0]) -> Alignment:
    """Lay a copy where it was cut, as if the camera had not swayed: off by up to six pixels."""
    by = wide / picture.width
    return Alignment(np.array([[by, 0, left], [0, by, top], [0, 0, 1.0]]), 50, mirrored=False)


def test_the_moment_of_a_copy_comes_first_though_the_camera_sways() -> None:
    members = [kept(each) for each in moments()]
    places = []
    for asked in range(0, MOMENTS, 4):
        sent = copy(moments()[asked], share=0.6, lighter=25)
        places.append(order_by_likeness(sent, way(sent), members[0], members).index(asked))
    assert places.count(0) >= len(places) - 1, places
    assert max(places) < 3, places


def test_what_lies_beyond_the_edge_of_a_crop_says_nothing() -> None:
    """A copy of the middle is put in order alike, whatever lies beyond the middle."""
    members = [kept(each) for each in moments()]
    edged = []
    for number, each in enumerate(moments()):
        other = np.full_like(each, number * 6)
        other[68:252, 108:372] = each[68:252, 108:372]
        edged.append(kept(other))
    sent = copy(moments()[9][80:240, 120:360])
    lies = way(sent, 120, 80, 240)
    ordered = order_by_likeness(sent, lies, members[0], members)
    assert ordered == order_by_likeness(sent, lies, edged[0], edged)


def test_words_over_a_copy_do_not_decide() -> None:
    members = [kept(each) for each in moments()]
    pixels = moments()[7].copy()
    cv2.putText(pixels, "KNOWN THIEF", (40, 200), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (0, 0, 255), 3)
    sent = copy(pixels)
    assert order_by_likeness(sent, way(sent), members[0], members)[0] == 7


def test_stills_in_another_frame_come_last_and_two_are_enough() -> None:
    first, second = (kept(each) for each in moments()[:2])
    cut = kept(moments()[2][:200])
    sent = copy(moments()[1])
    assert order_by_likeness(sent, way(sent), first, [first, cut, second]) == [2, 0, 1]
    away = Alignment(np.array([[1, 0, 9000], [0, 1, 0], [0, 0, 1.0]]), 50, mirrored=False)
    assert order_by_likeness(sent, away, first, [first, cut, second]) == [0, 1, 2]
