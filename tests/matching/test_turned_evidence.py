"""Evidence read the other way round still lays one picture on the other."""

from dataclasses import replace

import pytest

from disc.matching.likeness.evidence import Box
from disc.matching.likeness.evidence import Finding as Seen
from disc.matching.models import Finding
from disc.matching.rules import turned
from tests.likenesses import likeness

TILTED = (0.8, 0.1, 0.05, -0.1, 0.9, 0.1, 0.05, 0.02, 1.0)


def test_turned_twice_it_is_what_it_was() -> None:
    told = replace(likeness(), homography=TILTED, changed=())
    assert turned(turned(told)).homography == pytest.approx(TILTED)
    assert turned(told).homography != pytest.approx(TILTED)
    assert replace(turned(told), homography=TILTED) == told


def test_a_mirrored_picture_stays_mirrored() -> None:
    flipped = (-1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
    told = replace(likeness(), homography=flipped, mirrored=True, changed=(Box(0, 0, 0.25, 1),))
    back = turned(told)
    assert back.mirrored
    assert back.homography == pytest.approx(flipped)
    assert back.changed == (Box(0.75, 0, 1, 1),)


def test_a_place_outside_the_other_picture_is_left_out() -> None:
    told = replace(likeness(), changed=(Box(0.6, 0.1, 0.9, 0.2), Box(0.4, 0.1, 0.9, 0.2)))
    (box,) = turned(told).changed
    assert (box.left, box.right) == pytest.approx((0.8, 1.0))


def test_every_finding_of_a_comparison_has_a_word_in_the_tables() -> None:
    assert {one.value for one in Seen} | {Finding.SAME_FILE} == {one.value for one in Finding}
