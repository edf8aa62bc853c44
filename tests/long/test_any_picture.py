"""Tens of thousands of broken pictures: each is taken in clean, or refused with a sentence."""

import os
import resource
import signal
from collections.abc import Iterator
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.mangling import is_taken_in, mangled

pytestmark = pytest.mark.long

TRIES = int(os.environ.get("TRIES", "100000")) // 2
STUCK_SECONDS = 60
"""A picture that takes so long has found a way to hold the server up."""
MOST_KIB = 1_200_000
"""Forty million pixels take 280 MB twice over while they are turned; so much is never theirs."""


@pytest.fixture
def _watched() -> Iterator[None]:
    """Fail what never ends."""

    def stuck(*_args: object) -> NoReturn:
        pytest.fail(f"a picture held us up for {STUCK_SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, stuck)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("_watched")
def test_any_picture_is_taken_in_clean_or_refused() -> None:
    counted = {True: 0, False: 0}

    @settings(
        max_examples=TRIES,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(mangled())
    def each(data: bytes) -> None:
        signal.alarm(STUCK_SECONDS)
        counted[is_taken_in(data)] += 1

    each()
    print(f"\npictures: {counted[True]} taken in, {counted[False]} refused")  # noqa: T201
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < MOST_KIB
    assert counted[True] > 0
