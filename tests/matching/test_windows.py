"""Means around the middles of parts are those that a box filter finds there."""

import numpy as np
import pytest

from disc.matching.likeness.overlay import box
from disc.matching.likeness.windows import PARTS, means

SIZES = (9, 17, 33)


@pytest.mark.parametrize("shape", [(48, 49), (50, 53), (216, 384), (51, 48)])
def test_means_are_those_of_a_box_filter(shape: tuple[int, int]) -> None:
    values = np.random.default_rng(1).normal(120, 60, shape).astype(np.float32)
    for window, found in zip(SIZES, means(values * values, *SIZES), strict=True):
        expected = box(values * values, window)[PARTS]
        assert found.shape == expected.shape
        np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_flags_are_counted_as_fractions() -> None:
    flags = np.random.default_rng(2).random((60, 72)) < 0.3
    (found,) = means(flags.view(np.uint8), 17)
    np.testing.assert_allclose(found, box(flags.astype(np.float32), 17)[PARTS], atol=1e-6)
