"""How long a lookup among many stored codes takes: ``python -m benchmarks.lookup --json FILE``."""

import argparse
import functools
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, TypeVar

import faiss
import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import Figures, machine, percentile
from benchmarks.processes import Failed, resident_megabytes
from disc.matching.likeness.index import BYTES, KindIndex
from disc.matching.likeness.shelf import NEAR_CODE

Codes = NDArray[np.uint8]
Result = TypeVar("Result")

LONGEST = 300
"""Seconds after which a run gives up."""
ABOUT = f"""Look codes of 256 bits up among 10,000, 100,000 and 1,000,000 stills, in one thread:
one code ("ms"), and all that an upload asks ("upload_ms"), each kind of its own kind, beside one
read of the same bytes, faiss's own flat index and numpy. Takes about 40 seconds on two cores and
600 MB of memory, and ends itself after {LONGEST}. The codes are random; each answer is checked
against faiss's."""
CODES = 3
"""Of a still, at most: the whole picture, the same without its border, and one of another kind."""
STORED, ASKED = (2, 1), (16, 2)
"""Codes of each kind, of a still and of an upload: two in eight orientations each, and one as it is
and mirrored."""
LOOKUPS, UPLOADS = 200, 100
"""How often each is timed."""
BESIDE = 10
"""One in so many is timed beside its counterparts as well."""
EDITED = 40
"""Bits by which every other code asked differs from a stored one; the rest is like none."""
COLUMN = 16384
"""Codes that numpy works on at a time: their words stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Kind:
    """The codes of one kind, so many of each still: as they are and in faiss's index."""

    codes: Codes
    each: int
    flat: faiss.IndexBinaryFlat


@dataclass(frozen=True, slots=True)
class Case:
    """One size: the same codes in our index, and by kind."""

    ours: KindIndex
    kinds: list[Kind]
    stills: int
    dice: np.random.Generator


def main(arguments: list[str] | None = None) -> int:
    """Run once, print what was found, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lookup", description=ABOUT)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to FILE")
    parser.add_argument(
        "--stills", type=_numbers, default="10000,100000,1000000", help="how many, by commas"
    )
    parser.add_argument("--codes", type=int, default=CODES, help="of each still (default: 3)")
    chosen = parser.parse_args(arguments)
    signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(LONGEST)
    faiss.omp_set_num_threads(1)
    try:
        figures = [measure(stills, chosen.codes) for stills in chosen.stills]
    except Failed as failed:
        sys.exit(str(failed))
    finally:
        signal.alarm(0)
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures, indent=2))
    return 0


def measure(stills: int, each: int) -> Figures:
    """Return the figures of one size, with so many codes of each still."""
    dice = np.random.default_rng(stills)
    stored = [min(each, STORED[0]), max(0, each - STORED[0])]
    kinds = [_codes(dice, stills * count) for count in stored]
    before, ours = resident_megabytes(os.getpid()), KindIndex(len(kinds))
    adding = list[float]()
    _timed(adding, functools.partial(_fill, ours, kinds, stills))
    grown = round(resident_megabytes(os.getpid()) - before, 1)
    case = Case(ours, [_kind(*one) for one in zip(kinds, stored, strict=True)], stills, dice)
    return {
        "stills": stills,
        "codes": len(ours),
        **_one_code(case),
        **_upload(case),
        "add_us": round(adding[0] / stills * 1_000_000, 1),
        "remove_ms": _removed(case),
        "bytes": ours.nbytes,
        "raw_bytes": sum(codes.nbytes for codes in kinds),
        "grown_mb": grown,
        "machine": machine(),
    }


def _codes(dice: np.random.Generator, count: int) -> Codes:
    return dice.integers(0, 256, (count, BYTES), dtype=np.uint8)


def _kind(codes: Codes, each: int) -> Kind:
    flat = faiss.IndexBinaryFlat(BYTES * 8)
    flat.add(codes)
    return Kind(codes, each, flat)


def _fill(ours: KindIndex, kinds: list[Codes], stills: int) -> None:
    """Add the codes still by still, as they come while the product runs."""
    counts = [len(codes) // stills for codes in kinds]
    for key in range(stills):
        ours.add(
            key,
            [codes[key * n : (key + 1) * n] for codes, n in zip(kinds, counts, strict=True)],
        )


def _one_code(case: Case) -> Figures:
    """Time one code; by turns with it one read of the bytes, so that a busy moment meets both."""
    words, read = case.kinds[0].codes.view(np.uint64), list[float]()
    figures = _lookups(case, (1, 0), LOOKUPS, functools.partial(_timed, read, words.max))
    return {**figures, "scan_ms": _ms(min(read)), "scan_p50_ms": _ms(percentile(read, 0.5))}


def _upload(case: Case) -> Figures:
    """Time all codes of an upload at once."""
    figures = _lookups(case, ASKED, UPLOADS, lambda: None)
    return {f"upload_{name}": figure for name, figure in figures.items()}


def _lookups(
    case: Case, asked: tuple[int, int], times: int, beside: Callable[[], object]
) -> Figures:
    """Time lookups of so many codes at once, and some of them by faiss and numpy as well."""
    timed, theirs, plain = list[float](), list[float](), list[float]()
    columns = [np.ascontiguousarray(kind.codes.view(np.uint64).T) for kind in case.kinds]
    for number in range(times):
        codes = _asked(case, asked)
        near = _timed(timed, functools.partial(case.ours.within, codes, NEAR_CODE))
        beside()
        if number % BESIDE == 0:
            _check(near, _timed(theirs, functools.partial(_by_faiss, case.kinds, codes)))
            _timed(plain, functools.partial(_by_numpy, columns, codes))
    return {
        "ms": _ms(percentile(timed, 0.5)),
        "p99_ms": _ms(percentile(timed, 0.99)),
        "best_ms": _ms(min(timed)),
        "faiss_ms": _ms(percentile(theirs, 0.5)),
        "faiss_best_ms": _ms(min(theirs)),
        "numpy_ms": _ms(percentile(plain, 0.5)),
        "numpy_best_ms": _ms(min(plain)),
    }


def _asked(case: Case, counts: tuple[int, int]) -> list[Codes]:
    """Return codes to ask for; every other time one is a stored code with some bits changed."""
    asked = [_codes(case.dice, count) for count in counts]
    if case.dice.integers(2):
        stored = case.kinds[0].codes
        bits = np.unpackbits(stored[case.dice.integers(len(stored))])
        bits[case.dice.choice(BYTES * 8, EDITED, replace=False)] ^= 1
        asked[0][0] = np.packbits(bits)
    return asked


def _by_faiss(kinds: list[Kind], asked: list[Codes]) -> dict[int, int]:
    """Look codes up as faiss's own index does, kind by kind."""
    near: dict[int, int] = {}
    for kind, codes in zip(kinds, asked, strict=True):
        _, distances, places = kind.flat.range_search(codes, NEAR_CODE + 1)
        for place, distance in zip(places.tolist(), distances.tolist(), strict=True):
            key = place // kind.each
            near[key] = min(int(distance), near.get(key, BYTES * 8))
    return near


def _check(near: dict[int, int], theirs: dict[int, int]) -> None:
    """Compare an answer with faiss's. Raises Failed."""
    if near != theirs:
        raise Failed("the index and faiss do not find the same")


def _by_numpy(kinds: list[NDArray[np.uint64]], asked: list[Codes]) -> int:
    """Look codes up as numpy does it best: word by word, in blocks; return how many are near."""
    return sum(
        _near_in(columns[:, start : start + COLUMN], codes.view(np.uint64))
        for columns, codes in zip(kinds, asked, strict=True)
        for start in range(0, columns.shape[1], COLUMN)
    )


def _near_in(block: NDArray[np.uint64], asked: NDArray[np.uint64]) -> int:
    near, room = 0, np.empty(block.shape[1], np.uint64)
    for code in asked:
        least = np.bitwise_count(np.bitwise_xor(block[0], code[0], out=room)).astype(np.uint16)
        for number in (1, 2, 3):
            least += np.bitwise_count(np.bitwise_xor(block[number], code[number], out=room))
        near += int(np.count_nonzero(least <= NEAR_CODE))
    return near


def _removed(case: Case) -> float:
    """Remove a still from the middle, and return the milliseconds it took."""
    before, timed = len(case.ours), list[float]()
    _timed(timed, functools.partial(case.ours.remove, case.stills // 2))
    if len(case.ours) != before - sum(kind.each for kind in case.kinds):
        raise Failed("what was removed is still there")
    return _ms(timed[0])


def _timed(samples: list[float], run: Callable[[], Result]) -> Result:
    """Run something, and add the seconds it took to the samples."""
    begun = time.perf_counter()
    result = run()
    samples.append(time.perf_counter() - begun)
    return result


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 3)


def _numbers(text: str) -> list[int]:
    return [int(each) for each in text.split(",")]


def _give_up(_number: int, _frame: object) -> NoReturn:
    raise Failed(f"it took longer than {LONGEST} seconds")


if __name__ == "__main__":
    raise SystemExit(main())
