"""What the answers to pairs lead on to, once they have taken effect: cameras to name, records.

It is read from what is there. Nothing is kept for it, so that what was done, by whomever, is not
offered again.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from disc.access.actor import Actor
from disc.core import clock
from disc.desk.queries import subjects_of_stills
from disc.matching.cameras import BOTH
from disc.matching.models import Camera, PossibleDuplicate, Verdict
from disc.matching.queries import answered_since, cameras_of_stills

OFFERED_FOR = timedelta(hours=1)
"""How long whoever answered is led on from elsewhere; the page of the pair does so always."""


@dataclass(frozen=True, slots=True)
class NextStep:
    """What whoever answered may want to do now, and where."""

    words: str
    link: str
    href: str


def next_steps(actor: Actor) -> list[NextStep]:
    """List what the actor's answers of the last hour lead on to, each once."""
    found = steps_after(answered_since(actor, clock.now() - OFFERED_FOR))
    return list({step.href: step for step in reversed(found)}.values())[::-1]


def steps_after(pairs: Sequence[PossibleDuplicate]) -> list[NextStep]:
    """List what the answers to pairs lead on to, as far as anything is left to do.

    Two statements, however many pairs: a desk's open pages ask each time that something moves.
    """
    by_camera = [pair for pair in pairs if pair.verdict is Verdict.SAME_CAMERA]
    same = [pair for pair in pairs if pair.verdict is Verdict.SAME]
    cameras = cameras_of_stills(pair.later_id for pair in by_camera)
    owners = subjects_of_stills(one for pair in same for one in (pair.earlier_id, pair.later_id))
    found = {pair.id: _camera_to_name(cameras.get(pair.later_id)) for pair in by_camera}
    found |= {pair.id: _records_to_join(pair, owners) for pair in same}
    return [step for pair in pairs if (step := found.get(pair.id)) is not None]


def _camera_to_name(camera: Camera | None) -> NextStep | None:
    """A camera without a name; two that had one each are one now, with both."""
    if camera is None or (camera.name and BOTH not in camera.name):
        return None
    words = "Two cameras are one now. It has both names." if camera.name else "The same camera."
    link = "Choose its name" if camera.name else "Name the camera"
    return NextStep(words, link, f"/desk/cameras/{camera.id}")


def _records_to_join(
    pair: PossibleDuplicate, owners: Mapping[uuid.UUID, uuid.UUID]
) -> NextStep | None:
    """Two records of one picture; that both are of one person a manager says."""
    people = {owners[one] for one in (pair.earlier_id, pair.later_id) if one in owners}
    if len(people) != 2:  # noqa: PLR2004 - one picture, two records
        return None
    words = "The same picture is in two records. Join them if it is the same person."
    first, second = sorted(people, key=str)
    return NextStep(words, "See both records", f"/people/{second}/join?other={first}")
