"""The index finds what a plain loop over all codes finds, whatever came and went before."""

from collections.abc import Iterator
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from disc.matching.likeness import index
from disc.matching.likeness.index import BYTES, CodeIndex, KindIndex

Held = dict[int, list[bytes]]
Step = tuple[int, list[bytes]]
"""A key and its new codes; no codes at all is a removal."""

SEEDS = [bytes(BYTES), bytes([255]) * BYTES, bytes(range(BYTES)), bytes([0b10010110]) * BYTES]


@pytest.fixture(autouse=True, params=["faiss", "numpy alone"])
def small_blocks(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[None]:
    """Let few codes fill several blocks, and few distances be worked out at once.

    With and without faiss, for which not every machine has a wheel.
    """
    with monkeypatch.context() as patched:
        if request.param == "numpy alone":
            patched.setattr(index, "faiss", None)
        patched.setattr(index, "SMALLEST", 3)
        patched.setattr(index, "LARGEST", 5)
        patched.setattr(index, "AT_ONCE", 8)
        yield


@st.composite
def code(draw: st.DrawFn) -> bytes:
    """Return any code, or one near a few that are often drawn, so that distances are small."""
    if draw(st.booleans()):
        return draw(st.binary(min_size=BYTES, max_size=BYTES))
    bits = int.from_bytes(draw(st.sampled_from(SEEDS)))
    for place in draw(st.lists(st.integers(0, 255), max_size=6)):
        bits ^= 1 << place
    return bits.to_bytes(BYTES)


codes = st.lists(code(), min_size=1, max_size=4)
steps = st.lists(st.tuples(st.integers(-3, 12), st.one_of(codes, st.just([]))), max_size=30)
limits = st.integers(0, 256)


def rows(of: list[bytes]) -> np.ndarray:
    return np.frombuffer(b"".join(of), np.uint8).reshape(-1, BYTES)


def apart(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


def plainly(held: Held, queries: list[bytes], bits: int) -> dict[int, int]:
    """Look at every code of every key."""
    least = {
        key: min(apart(one, query) for one in its for query in queries) for key, its in held.items()
    }
    return {key: distance for key, distance in least.items() if distance <= bits}


def after(done: list[Step]) -> tuple[CodeIndex, Held]:
    kept, held = CodeIndex(), {}
    for key, its in done:
        if its:
            kept.add(key, rows(its))
            held[key] = its
        else:
            kept.remove(key)
            held.pop(key, None)
    return kept, held


@given(steps, codes, limits)
def test_it_finds_what_a_plain_loop_finds(
    done: list[Step], queries: list[bytes], bits: int
) -> None:
    kept, held = after(done)
    assert kept.within(rows(queries), bits) == plainly(held, queries, bits)
    assert len(kept) == sum(len(set(its)) for its in held.values())


@given(st.dictionaries(st.integers(0, 30), codes, max_size=12), st.randoms(), codes, limits)
def test_the_order_of_arrival_changes_nothing(
    held: Held, dice: Random, queries: list[bytes], bits: int
) -> None:
    shuffled = list(held.items())
    dice.shuffle(shuffled)
    asked = rows(queries)
    in_order, otherwise = after(list(held.items()))[0], after(shuffled)[0]
    assert in_order.within(asked, bits) == otherwise.within(asked, bits)
    assert in_order.nbytes == otherwise.nbytes


@given(steps, codes)
def test_an_erased_key_is_never_found_and_its_codes_are_overwritten(
    done: list[Step], erased: list[bytes]
) -> None:
    kept, _ = after(done)
    kept.add(7, rows(erased))
    others = {bytes(its) for _, codes_of in done for its in codes_of}
    kept.remove(7)
    assert 7 not in kept.within(rows(erased), 256)
    memory = b"".join(block.codes.tobytes() for block in kept._blocks)
    lying = {memory[start : start + BYTES] for start in range(0, len(memory), BYTES)}
    assert not lying & (set(erased) - others - {bytes(BYTES)})


@given(steps)
def test_no_place_is_used_that_is_not_counted(done: list[Step]) -> None:
    kept, held = after(done)
    for key in list(held):
        kept.remove(key)
    assert (len(kept), kept.nbytes) == (0, 0)
    assert kept.within(rows([bytes(BYTES)]), 256) == {}


def test_memory_is_at_most_twice_the_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "SMALLEST", 1024)
    monkeypatch.setattr(index, "LARGEST", 65536)
    kept, dice = CodeIndex(), np.random.default_rng(1)
    for key in range(10_000):
        kept.add(key, dice.integers(0, 256, (1, BYTES), dtype=np.uint8))
    assert kept.nbytes <= 2 * 10_000 * BYTES


def test_nothing_asked_finds_nothing() -> None:
    kept, _ = after([(1, [bytes(BYTES)])])
    assert kept.within(np.zeros((0, BYTES), np.uint8), 256) == {}


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((2, BYTES - 1), np.uint8),
        np.zeros((2, BYTES + 1), np.uint8),
        np.zeros(BYTES, np.uint8),
        np.zeros((2, BYTES), np.int64),
    ],
)
def test_what_is_no_code_is_refused(wrong: np.ndarray) -> None:
    kept, _ = after([(1, [bytes(BYTES)])])
    with pytest.raises(ValueError, match="32 bytes"):
        kept.add(2, wrong)
    with pytest.raises(ValueError, match="32 bytes"):
        kept.within(wrong, 10)
    assert len(kept) == 1


def test_codes_that_lie_scattered_in_memory_are_read_rightly() -> None:
    dice = np.random.default_rng(2)
    wide = dice.integers(0, 256, (8, 2 * BYTES), dtype=np.uint8)
    scattered = wide[::2, BYTES:]
    kept = CodeIndex()
    kept.add(1, scattered)
    assert kept.within(scattered[2:3], 0) == {1: 0}
    assert kept.within(np.asfortranarray(scattered)[3:], 0) == {1: 0}


def test_codes_are_asked_only_of_their_own_kind() -> None:
    kept = KindIndex(2)
    kept.add(1, [rows(SEEDS[:1]), rows(SEEDS[1:2])])
    kept.add(2, [rows(SEEDS[2:3]), rows(SEEDS[:1])])
    assert kept.within([rows(SEEDS[:1]), rows(SEEDS[1:2])], 3) == {1: 0}
    nothing = np.zeros((0, BYTES), np.uint8)
    assert kept.within([nothing, rows([bytes(BYTES - 1) + b"\x07"])], 3) == {2: 3}
    assert kept.within([nothing, rows([bytes(BYTES - 1) + b"\x07"])], 2) == {}


def test_the_nearest_of_all_kinds_counts() -> None:
    kept = KindIndex(2)
    kept.add(1, [rows(SEEDS[:1]), rows(SEEDS[1:2])])
    near, nearer = bytes(BYTES - 1) + b"\x07", bytes([255]) * (BYTES - 1) + b"\xfe"
    assert kept.within([rows([near]), rows([nearer])], 85) == {1: 1}


def test_a_removed_key_is_gone_from_all_kinds() -> None:
    kept = KindIndex(2)
    kept.add(1, [rows(SEEDS[:2]), rows(SEEDS[1:2])])
    kept.add(2, [rows(SEEDS[:1]), rows(SEEDS[2:3])])
    assert len(kept) == 5
    kept.remove(1)
    assert len(kept) == 2
    assert kept.within([rows(SEEDS[:2]), rows(SEEDS[1:2])], 0) == {2: 0}
