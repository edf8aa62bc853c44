"""People, vehicles and links for tests of intelligence; nobody in them is real."""

import uuid
from typing import Any

from disc.core.database import db
from disc.core.transaction import writing
from disc.gallery.models import Gallery, Subject
from disc.gallery.queries import get_subject
from disc.gallery.service import NewSubject, add_gallery, add_subject, name_subject
from disc.intelligence import service
from disc.intelligence.models import Association, Vehicle
from disc.intelligence.rules import Assessment, AssociationKind, Grading, Handling, Source
from tests.world import Place

EVIDENCE = "Both left by the side door with one bag."
SOUND = Grading(Source.UNTESTED, Assessment.DIRECTLY, Handling.PERMITTED)
TOGETHER = AssociationKind.SEEN_TOGETHER


def person(place: Place, name: str = "", *, far: bool = False, **more: Any) -> uuid.UUID:
    """Show somebody; with a name in a gallery of their own, which every Area leafs through."""
    manager = place.actor("administrator")
    area_id = place.other_area_id if far else place.area_id
    with writing():
        subject = add_subject(
            manager,
            NewSubject(area_ids=frozenset({area_id}), still_ids=(), description=("tall",), **more),
        )
        if name:
            shown = db.session.query(Gallery).filter_by(scheme_id=place.scheme_id).first()
            shown = shown or add_gallery(manager, "Banned", "", 12)
            name_subject(manager, subject, name, [shown.id])
        return subject.id


def vehicle(place: Place, mark: str = "AB12 CDE", **more: Any) -> uuid.UUID:
    with writing():
        made, _ = service.add_vehicle(
            place.actor("administrator"), service.NewVehicle(mark=mark, **more)
        )
        return made.id


def new(kind: AssociationKind = TOGETHER, grading: Grading = SOUND, **more: Any) -> service.NewLink:
    return service.NewLink(**{"kind": kind, "evidence": EVIDENCE, "grading": grading, **more})


def linked(
    place: Place, one: uuid.UUID, other: uuid.UUID, who: str = "administrator", **more: Any
) -> uuid.UUID:
    with writing():
        return service.add_person_link(place.actor(who), one, other, new(**more)).id


def driven(place: Place, subject_id: uuid.UUID, vehicle_id: uuid.UUID, **more: Any) -> uuid.UUID:
    wanted = {"kind": AssociationKind.USES_VEHICLE, **more}
    with writing():
        manager = place.actor("administrator")
        return service.add_vehicle_link(manager, subject_id, vehicle_id, new(**wanted)).id


def confirmed(place: Place, link_id: uuid.UUID) -> uuid.UUID:
    with writing():
        service.confirm(place.actor("sub_administrator"), link_id)
    return link_id


def together(place: Place, one: uuid.UUID, other: uuid.UUID, **more: Any) -> uuid.UUID:
    return confirmed(place, linked(place, one, other, **more))


def link(link_id: uuid.UUID) -> Association | None:
    db.session.rollback()
    return db.session.get(Association, link_id)


def car(vehicle_id: uuid.UUID) -> Vehicle | None:
    db.session.rollback()
    return db.session.get(Vehicle, vehicle_id)


def subject(subject_id: uuid.UUID) -> Subject:
    db.session.rollback()
    return db.session.get_one(Subject, subject_id)


def reference(place: Place, subject_id: uuid.UUID) -> str:
    db.session.rollback()
    return get_subject(place.actor("administrator"), subject_id).reference


def fields(other: str, **changes: Any) -> dict[str, Any]:
    return {
        "other": other,
        "kind": "seen together",
        "evidence": EVIDENCE,
        "source": "2",
        "assessment": "A",
        "handling": "P",
        "conditions": "",
        "months": "12",
        **changes,
    }
