"""Votes find the stills that hold nearly the same points, whatever came and went before."""

import numpy as np
import pytest

from disc.matching.likeness import signatures
from disc.matching.likeness.signatures import NEAR_BITS, Signatures, Votes

SURE = 7
"""Bits in which two may differ and are compared for certain."""


@pytest.fixture(params=["in buckets", "not in buckets yet"])
def votes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Votes:
    monkeypatch.setattr(signatures, "_UNSORTED", 20 if request.param == "in buckets" else 100_000)
    return Votes()


def drawn(seed: int, count: int) -> Signatures:
    return np.random.default_rng(seed).integers(0, 2**64, count, dtype=np.uint64)


def changed(of: Signatures, bits: int) -> Signatures:
    """Return signatures that differ in so many bits, each in others."""
    dice, found = np.random.default_rng(3), of.copy()
    for place in range(len(found)):
        for bit in dice.choice(64, bits, replace=False):
            found[place] ^= np.uint64(1 << int(bit))
    return found


@pytest.mark.parametrize("bits", [0, 1, SURE])
def test_every_point_that_is_nearly_the_same_votes(votes: Votes, bits: int) -> None:
    for number in range(30):
        votes.add(number, drawn(number, 40))
    counted = votes.count(changed(drawn(12, 40), bits))
    assert counted[12] == 40
    assert counted.sum() == 40


def test_points_far_apart_do_not_vote(votes: Votes) -> None:
    for number in range(30):
        votes.add(number, drawn(number, 40))
    assert not votes.count(changed(drawn(12, 40), NEAR_BITS + 1)).any()


def test_a_point_that_many_hold_is_shared_among_them(votes: Votes) -> None:
    for number in range(8):
        votes.add(number, np.concatenate([drawn(100, 1), drawn(number, 10)]))
    counted = votes.count(np.concatenate([drawn(100, 1), drawn(5, 2)]))
    assert counted == pytest.approx([1 / 8] * 5 + [2 + 1 / 8] + [1 / 8] * 2)


def test_who_was_removed_has_no_votes_and_nothing_of_it_is_left(votes: Votes) -> None:
    for number in range(30):
        votes.add(number, drawn(number, 40))
    votes.count(drawn(1, 1))
    votes.remove(12)
    assert not votes.count(drawn(12, 40)).any()
    assert not np.isin(votes._signatures, drawn(12, 40)).any()


def test_nothing_asked_and_nobody_held(votes: Votes) -> None:
    assert not votes.count(drawn(1, 3)).any()
    votes.add(4, drawn(4, 0))
    assert votes.count(drawn(1, 0)).tolist() == [0] * 5
