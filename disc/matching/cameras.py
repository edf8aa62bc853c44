"""Which pictures are of one camera: as the machine puts them, and as a person corrects it.

The callers take the scheme's turn first: ``service`` and ``asking_again``.
"""

import uuid
from collections.abc import Iterable

from sqlalchemy import func, select, update

from disc.access.actor import Actor
from disc.core import audit, clock
from disc.core.database import db, new_id
from disc.core.errors import Missing
from disc.core.keys import erase_key
from disc.matching.models import Camera, CameraStill, Finding, PossibleDuplicate
from disc.matching.queries import (
    cameras_of_stills,
    get_camera,
    kin_of,
    placed_by_answer,
    placed_since,
    places_of_stills,
    same_files,
)
from disc.matching.rules import COPIES, OTHER_MOMENTS
from disc.stills.models import Still

BOTH = " / "
"""Stands between the names of two cameras that are one now."""


def put_by_itself(still: Still, found: list[tuple[uuid.UUID, Finding]]) -> None:
    """Put a still under the camera of its likeliest match from the same premises.

    Pictures travel between shops, so a match from elsewhere says nothing about whose camera it
    was. Copies of one picture make no camera: that takes another moment, or a person. A still
    that has a camera keeps it, one that a person took out of a camera stays out with its copies,
    and two cameras are joined by a person alone.
    """
    same = [(one, Finding.SAME_FILE) for one in sorted(same_files(still))]
    near = _of_same_premises(still, same + found)
    copies = {one for one, finding in near if finding in COPIES}
    places = places_of_stills({still.id, *(one for one, _ in near)})
    if still.id in places or _taken_out({still.id, *copies}):
        return
    cameras = cameras_of_stills([one for one, _ in near])
    of_here = [
        camera
        for one, _ in near
        if (camera := cameras.get(one)) is not None and camera.premises_id == still.premises_id
    ]
    moments = [one for one, finding in near if finding in OTHER_MOMENTS and one not in places]
    free = sorted(copies - set(places))
    if of_here:
        put_under(of_here[0], [still.id, *free])
    elif moments:
        put_under(_new_camera(still.scheme_id, still.premises_id), [still.id, moments[0], *free])


def put_under_one_camera(actor: Actor, pair: PossibleDuplicate) -> None:
    """Put a pair under one camera: one that is known, or a new one of the earlier's premises."""
    both = [pair.earlier_id, pair.later_id]
    cameras = cameras_of_stills(both)
    kept = cameras.get(pair.earlier_id) or cameras.get(pair.later_id)
    if kept is None:
        earlier = db.session.get_one(Still, pair.earlier_id)
        kept = _new_camera(pair.scheme_id, earlier.premises_id)
    for camera in cameras.values():
        if camera.id != kept.id:
            _join(actor, kept, camera)
    put_under(kept, [one for one in both if one not in cameras], answer_id=pair.id)


def put_under(
    camera: Camera, still_ids: Iterable[uuid.UUID], *, answer_id: uuid.UUID | None = None
) -> None:
    """Put stills under a camera, by the answer to a pair or by the machine."""
    for still_id in still_ids:
        row = db.session.get(CameraStill, still_id) or CameraStill(
            still_id=still_id, scheme_id=camera.scheme_id
        )
        row.camera_id, row.answer_id, row.put_at = camera.id, answer_id, clock.now()
        db.session.add(row)
    db.session.flush()


def take_out(actor: Actor, camera_id: uuid.UUID, still_id: uuid.UUID) -> None:
    """Take a still out of its camera for good: a person alone may put it back. Raises Missing."""
    camera = get_camera(actor, camera_id)
    row = db.session.get(CameraStill, still_id, populate_existing=True)
    if row is None or row.camera_id != camera.id:
        raise Missing
    row.camera_id = row.answer_id = None
    audit.record(
        audit.by(actor, "picture taken out of camera", "camera", camera.id, f"picture {still_id}")
    )
    db.session.flush()


def take_back(pair: PossibleDuplicate) -> bool:
    """Undo what the answer to a pair did to cameras; say whether both are under one even so.

    That is where the machine put them there too, or where it cannot be told: what came under the
    camera since may rest on the answer, and two cameras that it made one are not known any more.
    """
    placed = placed_by_answer(pair.id)
    if placed and not placed_since(placed[0].camera_id, max(row.put_at for row in placed)):
        for row in placed:
            db.session.delete(row)
        db.session.flush()
    cameras = cameras_of_stills([pair.earlier_id, pair.later_id])
    return len(cameras) == 2 and len(set(cameras.values())) == 1  # noqa: PLR2004 - a pair


def remove_empty(scheme_id: uuid.UUID) -> None:
    """Remove cameras that have neither a name nor a still."""
    seen = select(CameraStill.camera_id).where(
        CameraStill.scheme_id == scheme_id, CameraStill.camera_id.is_not(None)
    )
    empty = (
        Camera.scheme_id == scheme_id,
        Camera.name_sealed.is_(None),
        Camera.id.not_in(seen),
    )
    for camera in db.session.scalars(select(Camera).where(*empty)):
        _remove(camera)
    db.session.flush()


def _of_same_premises(
    still: Still, found: list[tuple[uuid.UUID, Finding]]
) -> list[tuple[uuid.UUID, Finding]]:
    asked = select(Still.id).where(
        Still.id.in_({one for one, _ in found}), Still.premises_id == still.premises_id
    )
    near = set(db.session.scalars(asked))
    return [(one, finding) for one, finding in found if one in near]


def _taken_out(still_ids: set[uuid.UUID]) -> bool:
    """Say whether a person took one of some stills, or one that is the same, out of a camera."""
    return None in places_of_stills(kin_of(still_ids)).values()


def _join(actor: Actor, kept: Camera, other: Camera) -> None:
    """Make one camera of two; where both have a name it has both, until a person chooses."""
    kept.name = BOTH.join(dict.fromkeys(filter(None, (kept.name, other.name))))
    moved = update(CameraStill).where(CameraStill.camera_id == other.id)
    db.session.execute(moved.values(camera_id=kept.id))
    audit.record(audit.by(actor, "cameras joined", "camera", kept.id, f"with {other.id}"))
    _remove(other)
    db.session.flush()


def _remove(camera: Camera) -> None:
    """Delete a camera with the key that its name is sealed under."""
    erase_key(camera)
    db.session.delete(camera)


def _new_camera(scheme_id: uuid.UUID, premises_id: uuid.UUID) -> Camera:
    """Add a camera with the next number of its premises."""
    last = select(func.max(Camera.number)).where(Camera.premises_id == premises_id)
    camera = Camera(
        id=new_id(),
        scheme_id=scheme_id,
        premises_id=premises_id,
        number=(db.session.scalar(last) or 0) + 1,
    )
    db.session.add(camera)
    db.session.flush()
    return camera
