"""From a picture to the stills that it may be: candidates, alignment, comparison, verdict."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import numpy as np

from disc.matching.likeness.alignment import Alignment, Matrix, align
from disc.matching.likeness.evidence import Finding, Likeness
from disc.matching.likeness.fingerprint import Features, Fingerprint
from disc.matching.likeness.moment import is_same_moment
from disc.matching.likeness.overlay import lay_over
from disc.matching.likeness.patches import Patches, describe
from disc.matching.likeness.pictures import Picture
from disc.matching.likeness.scene import order_by_likeness
from disc.matching.likeness.shelf import Candidate, Shelf
from disc.matching.likeness.verdict import Weights, judge

MOST_LISTED, MOST_COMPARED = 10, 6
"""Stills on the shortlist of one picture, and those of them whose pixels are compared."""
ENOUGH = 2
FEWEST_OF_CAMERA = 10
LEAST_AGREEMENT = 0.25
"""Points, and half the parts' correlation, below which two pictures are not of one camera: of 643
unrelated pairs one aligned, with 8 points and 0.17; of stills of one camera 1 in 200 is below."""
MOST_IN_SCENE = 400
"""Stills of one camera that are put in order for one picture: 60 KB each are read."""


class Store(Protocol):
    """Who keeps the stills; each answer is None where the still is gone meanwhile."""

    def features(self, still_id: UUID) -> Features | None:
        """Return a still's features."""

    def picture(self, still_id: UUID) -> Picture | None:
        """Return a still's pixels."""

    def scene_of(self, still_id: UUID) -> AbstractSet[UUID]:
        """Return the stills of the same camera, this one included."""


@dataclass(frozen=True, slots=True, eq=False)
class Aligned:
    """A stored still and how the picture lies on it."""

    still_id: UUID
    features: Features
    alignment: Alignment
    distance: int | None


def find(
    picture: Picture,
    query: Fingerprint,
    shelf: Shelf,
    store: Store,
    *,
    leave_out: AbstractSet[UUID] = frozenset(),
) -> list[tuple[UUID, Likeness]]:
    """Return the stills that a picture may be, likeliest first, with the evidence of each."""
    chosen = shortlist(picture, query, shelf, store, leave_out=leave_out)
    return compare_all(picture, chosen, store)


def compare_all(
    picture: Picture, chosen: list[Aligned], store: Store, weights: Weights | None = None
) -> list[tuple[UUID, Likeness]]:
    """Compare a picture with the stills of a shortlist; return those it is like, likeliest first.

    It stops after six, or when after the same still two came that are another.
    """
    found: list[tuple[UUID, Likeness]] = []
    others_since = 0
    for one in chosen[:MOST_COMPARED]:
        earlier = store.picture(one.still_id)
        likeness = None
        if earlier is not None:
            likeness = compare(earlier, picture, one.alignment, one.distance, weights)
        if likeness is not None:
            found.append((one.still_id, likeness))
        is_same = likeness is not None and likeness.finding is Finding.SAME_STILL
        others_since = 0 if is_same else others_since + 1
        if others_since == ENOUGH and any(e.finding is Finding.SAME_STILL for _, e in found):
            break
    return sorted(found, key=lambda each: _likeliest_first(each[1]))


def _likeliest_first(likeness: Likeness) -> tuple[bool, float]:
    """Sort by score, but leave the same stills in the order in which they were compared.

    Of several moments at which nothing moved each has a score near 1; ``scene`` looks closer.
    """
    is_same = likeness.finding is Finding.SAME_STILL
    return not is_same, 0.0 if is_same else -likeness.score


def shortlist(
    picture: Picture,
    query: Fingerprint,
    shelf: Shelf,
    store: Store,
    *,
    leave_out: AbstractSet[UUID] = frozenset(),
) -> list[Aligned]:
    """Return the stills worth comparing pixel by pixel, at most ten, likeliest first."""
    candidates = [c for c in shelf.candidates(picture, query) if c.still_id not in leave_out]
    aligned = _align_all(query, candidates, store)
    if not aligned:
        return []
    best = max(aligned, key=lambda each: each.alignment.inliers)
    known = {each.still_id: each for each in aligned}
    distances = {each.still_id: each.distance for each in candidates}
    chosen: dict[UUID, Aligned] = {}
    for still_id, features in _scene(picture, best, known, store, leave_out):
        one = known.get(still_id)
        if one is None:
            one = _align(query, still_id, features, distances.get(still_id))
        if one is None and features.size == best.features.size:
            one = Aligned(still_id, features, best.alignment, distances.get(still_id))
        if one is not None:
            chosen[still_id] = one
        if len(chosen) == MOST_LISTED:
            break
    return list(chosen.values())


def _align_all(query: Fingerprint, candidates: list[Candidate], store: Store) -> list[Aligned]:
    aligned = []
    for candidate in candidates:
        features = store.features(candidate.still_id)
        if features is not None:
            one = _align(query, candidate.still_id, features, candidate.distance)
            if one is not None:
                aligned.append(one)
    return aligned


def _align(
    query: Fingerprint, still_id: UUID, features: Features, distance: int | None
) -> Aligned | None:
    mine = query.features
    found = align(mine.points, mine.size, features.points, features.size)
    return None if found is None else Aligned(still_id, features, found, distance)


def _scene(
    picture: Picture,
    best: Aligned,
    known: dict[UUID, Aligned],
    store: Store,
    leave_out: AbstractSet[UUID],
) -> list[tuple[UUID, Features]]:
    """Return what aligned and the other stills of its camera, likeliest first."""
    members = {still_id: each.features for still_id, each in known.items()}
    others = sorted(store.scene_of(best.still_id) - leave_out - known.keys(), reverse=True)
    for still_id in others[:MOST_IN_SCENE]:
        features = store.features(still_id)
        if features is not None:
            members[still_id] = features
    ids = list(members)
    ordered = order_by_likeness(
        picture, best.alignment, best.features, [members[each] for each in ids]
    )
    return [(ids[n], members[ids[n]]) for n in ordered]


def compare(
    earlier: Picture,
    later: Picture,
    alignment: Alignment,
    distance: int | None,
    weights: Weights | None = None,
) -> Likeness | None:
    """Compare two aligned pictures by their pixels; None where they share too little."""
    overlay = lay_over(earlier, later, alignment)
    if overlay is None:
        return None
    patches = describe(overlay)
    verdict = judge(patches, alignment.inliers, overlay.overlap, weights)
    if verdict.finding is Finding.SAME_CAMERA and _is_chance(patches, alignment):
        return None
    finding = verdict.finding
    if finding is Finding.SAME_CAMERA and is_same_moment(overlay, verdict.changed):
        finding = Finding.SAME_MOMENT
    return Likeness(
        finding=finding,
        score=verdict.score,
        distance=distance,
        inliers=alignment.inliers,
        overlap=overlay.overlap,
        homography=_in_shares(overlay.matrix, earlier, later),
        mirrored=alignment.mirrored,
        changed=verdict.boxes(overlay, later),
    )


def _is_chance(patches: Patches, alignment: Alignment) -> bool:
    """Say whether points agreed by chance: few did, or the parts do not agree with them."""
    return alignment.inliers < FEWEST_OF_CAMERA or patches.agreement < LEAST_AGREEMENT


def _in_shares(matrix: Matrix, earlier: Picture, later: Picture) -> tuple[float, ...]:
    """Return the way from the earlier picture to the later one, in shares of width and height."""
    one = np.diag([earlier.width, earlier.height, 1.0])
    other = np.diag([1 / later.width, 1 / later.height, 1.0])
    way = other @ np.linalg.inv(matrix) @ one
    return tuple(float(n) for n in (way / way[2, 2]).ravel())
