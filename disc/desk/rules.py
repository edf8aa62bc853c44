"""What the computer found about two pictures, in words for a manager; and when it can be shown."""

from disc.matching.likeness.evidence import Likeness

SAME_FILE = "same file"
FINDINGS = {
    SAME_FILE: "Same file",
    "same still": "Same picture",
    "probably same": "Probably the same picture, changed",
    "same moment": "Same moment",
    "same camera": "Same camera, other moment",
}
"""What a chip says, by the finding."""
MEANINGS = {
    SAME_FILE: "Both files hold the same picture.",
    "same still": "The computer thinks that this is the same picture.",
    "probably same": "The computer thinks that somebody changed the picture and sent it again.",
    "same moment": "The computer thinks that one camera took both at almost the same time.",
    "same camera": "The computer thinks that one camera took both, at different times.",
}
SENT_BEFORE = {
    SAME_FILE: "This file was sent before",
    "same still": "This picture was sent before",
    "probably same": "This picture was sent before, then changed",
    "same moment": "One camera took these at almost the same time",
    "same camera": "One camera took these at different times",
}
"""How a list names a pair."""
HISTORY = {
    "subject added": "Added",
    "subject named": "Named",
    "record corrected": "Put right",
    "care needed": "Marked as in need of care",
    "publication agreed": "The Board agreed to show the person",
    "publication refused": "The Board refused to show the person",
    "gallery entry set": "Put in the gallery {other}",
    "gallery entry removed": "Taken out of the gallery {other}",
    "clock restarted": "Reported again: its days begin anew",
    "subject hidden": "Hidden",
    "subject shown again": "Shown again",
    "subjects merged": "Joined with {other}",
    "subjects unmerged": "Taken apart from {other}",
    "record split": "A part of it became the record {other}",
    "made by a split": "Made of a part of {other}",
}
"""What a record's own history tells, by the act of the audit. Who only looked is not in it."""
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
CORNERS = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
AS_IT_IS = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
LEAST_AREA = 0.01
"""Share of the later picture that the earlier one covers at least, or nothing could be seen."""
MOST_AREA = 400.0
"""How much larger than the later picture the earlier one is at most: one twentieth of each side."""


def evidence_in_words(likeness: Likeness) -> str:
    """Say in short sentences what a comparison rests on."""
    points = "1 point agrees." if likeness.inliers == 1 else f"{likeness.inliers} points agree."
    found = [points, f"They overlap by {round(100 * likeness.overlap)} %."]
    if likeness.mirrored:
        found.append("One of them is mirrored.")
    places = len(likeness.changed)
    words = NUMBERS[places] if places < len(NUMBERS) else str(places)
    differ = "place differs" if places < 2 else "places differ"  # noqa: PLR2004 - more than one
    found.append(f"{words.capitalize()} {differ}.")
    return " ".join(found)


def alignment(finding: str, likeness: Likeness | None) -> tuple[float, ...] | None:
    """Return the nine numbers by which the earlier picture is laid over the later one.

    None where that would show nothing: a corner at or beyond the horizon, or a picture laid far
    too small or too large. The same file lies on itself.
    """
    if finding == SAME_FILE:
        return AS_IT_IS
    if likeness is None or len(likeness.homography) != 9:  # noqa: PLR2004 - three rows of three
        return None
    corners = [_laid(likeness.homography, *corner) for corner in CORNERS]
    if any(depth <= 0 for _, _, depth in corners):
        return None
    area = _area([(x / depth, y / depth) for x, y, depth in corners])
    return likeness.homography if LEAST_AREA <= area <= MOST_AREA else None


def _laid(plane: tuple[float, ...], x: float, y: float) -> tuple[float, float, float]:
    """Return where a point comes to lie, before its depth is divided out; the depth is last.

    The middle's depth counts as one, so that a plane of either sign means the same.
    """
    middle = plane[6] / 2 + plane[7] / 2 + plane[8]
    if middle == 0:
        return 0.0, 0.0, 0.0
    across, down, depth = (
        (plane[row] * x + plane[row + 1] * y + plane[row + 2]) / middle for row in (0, 3, 6)
    )
    return across, down, depth


def _area(corners: list[tuple[float, float]]) -> float:
    """Return the area that four corners enclose, whichever way round they go."""
    follow = zip(corners, [*corners[1:], corners[0]], strict=True)
    return abs(sum(one[0] * two[1] - two[0] * one[1] for one, two in follow)) / 2
