"""Vehicles of the demo, and who belongs with whom; all of it is invented."""

import uuid

from sqlalchemy import select

from disc.access.actor import Actor
from disc.core.database import db
from disc.core.transaction import writing
from disc.demo.story import LINKS, VEHICLES, Linked
from disc.incidents.models import IncidentSubject
from disc.intelligence import service
from disc.intelligence.rules import Assessment, Grading, Handling, Source

TOGETHER = (5, 6)
"""Two people whom one report is about, so that the computer suggests a link."""


def link_people(actors: dict[str, Actor], subjects: list[uuid.UUID]) -> None:
    """Add vehicles and links; another manager confirms some of them."""
    manager, second = actors["administrator"], actors["sub_administrator"]
    with writing():
        vehicles = [
            service.add_vehicle(manager, service.NewVehicle(mark=mark, make=make, colour=colour))
            for mark, make, colour in VEHICLES
        ]
        ids = [vehicle.id for vehicle, _is_new in vehicles]
    for told in LINKS:
        with writing():
            link_id = _link(manager, told, subjects, ids)
        if told.confirmed:
            with writing():
                service.confirm(second, link_id)
    _let_the_computer_suggest(*(subjects[one] for one in TOGETHER))


def _link(
    manager: Actor, told: Linked, subjects: list[uuid.UUID], vehicles: list[uuid.UUID]
) -> uuid.UUID:
    grading = Grading(
        Source(told.grade[0]),
        Assessment(told.grade[1]),
        Handling(told.grade[2]),
        told.conditions,
    )
    new = service.NewLink(kind=told.kind, evidence=told.evidence, grading=grading)
    person = subjects[told.one]
    if told.vehicle is not None:
        return service.add_vehicle_link(manager, person, vehicles[told.vehicle], new).id
    assert told.other is not None  # noqa: S101 - a link has two ends
    return service.add_person_link(manager, person, subjects[told.other], new).id


def _let_the_computer_suggest(one: uuid.UUID, other: uuid.UUID) -> None:
    found = select(IncidentSubject.incident_id).where(IncidentSubject.subject_id == one)
    with writing():
        incident_id = db.session.scalars(found.limit(1)).one()
        db.session.add(IncidentSubject(incident_id=incident_id, subject_id=other))
        db.session.flush()
        service.suggest_from_report(incident_id)
