"""One scheme's stills in memory: which of them may be the one that just came in."""

from dataclasses import dataclass
from uuid import UUID

import numpy as np

from disc.matching.likeness.fingerprint import KINDS, Fingerprint, Sketch, turned_codes
from disc.matching.likeness.index import KindIndex
from disc.matching.likeness.pictures import Numbers, Picture
from disc.matching.likeness.points import mirrored
from disc.matching.likeness.signatures import Votes, sign

NEAR_CODE = 85
"""Of 256 bits. One in 100,000 unrelated photos is as near (measured on 1,000 of them)."""
MOST_BY_CODE, MOST_BY_VOTES = 6, 10


@dataclass(frozen=True, slots=True)
class Candidate:
    """A still to look at: in how many of 256 bits its code differs, and what votes it has."""

    still_id: UUID
    distance: int | None
    votes: float


class Shelf:
    """The sketches of one scheme's stills. Not for several threads at once."""

    def __init__(self) -> None:
        self._codes = KindIndex(len(KINDS))
        self._votes = Votes()
        self._numbers: dict[UUID, int] = {}
        self._stills: dict[int, UUID] = {}
        self._next = 0

    def __len__(self) -> int:
        """Return how many stills stand on it."""
        return len(self._numbers)

    def __contains__(self, still_id: object) -> bool:
        """Say whether a still stands on it."""
        return still_id in self._numbers

    def add(self, still_id: UUID, sketch: Sketch) -> None:
        """Put a still on the shelf; in place of itself, if it stands there already."""
        self.remove(still_id)
        number, self._next = self._next, self._next + 1
        self._numbers[still_id], self._stills[number] = number, still_id
        self._codes.add(number, [sketch.codes[kind] for kind in KINDS])
        self._votes.add(number, sketch.signatures)

    def remove(self, still_id: UUID) -> None:
        """Take a still off the shelf and out of memory; nothing if it is not there."""
        number = self._numbers.pop(still_id, None)
        if number is not None:
            del self._stills[number]
            self._codes.remove(number)
            self._votes.remove(number)

    def candidates(self, picture: Picture, query: Fingerprint) -> list[Candidate]:
        """Return the stills to look at, likeliest first: nearest codes and most votes."""
        near = self._codes.within(turned_codes(picture), NEAR_CODE)
        votes = self._count(query)
        by_code = sorted(near, key=lambda number: (near[number], -number))[:MOST_BY_CODE]
        by_votes = _most(votes)
        chosen = dict.fromkeys([*_by_turns(by_code, by_votes)])
        return [Candidate(self._stills[n], near.get(n), float(votes[n])) for n in chosen]

    def _count(self, query: Fingerprint) -> Numbers:
        """Return the votes for each number, of the picture as it is or mirrored."""
        points = query.features.points
        turned = sign(mirrored(points, query.features.size.width))
        return np.maximum(self._votes.count(query.sketch.signatures), self._votes.count(turned))


def _most(votes: Numbers) -> list[int]:
    """Return the numbers with the most votes, most first; of equal ones the latest first."""
    numbers = np.flatnonzero(votes)
    if len(numbers) > MOST_BY_VOTES:
        least = np.partition(votes[numbers], -MOST_BY_VOTES)[-MOST_BY_VOTES]
        numbers = numbers[votes[numbers] >= least]
    ordered: list[int] = numbers[np.lexsort((-numbers, -votes[numbers]))].tolist()
    return ordered[:MOST_BY_VOTES]


def _by_turns(one: list[int], other: list[int]) -> list[int]:
    """Take from two lists by turns, so that the first of each is near the front."""
    longest = max(len(one), len(other))
    padded = [np.array(each + [-1] * (longest - len(each)), int) for each in (one, other)]
    return [int(n) for n in np.stack(padded, axis=1).ravel() if n >= 0]
