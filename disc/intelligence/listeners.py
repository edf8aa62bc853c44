"""What links learn of others, and others of links: suggestions, erasure, company."""

import uuid

from disc.access.actor import Actor
from disc.access.permissions import Permission
from disc.access.policy import may_ever
from disc.core.outbox import hears
from disc.core.transaction import writing
from disc.gallery.events import SubjectErased
from disc.gallery.ports import Companion, finds_by_vehicle, knows_companions
from disc.incidents.events import ReportAccepted
from disc.intelligence import service
from disc.intelligence.queries import companions_of, every_association_of, users_of


@hears(ReportAccepted)
def suggest_company(accepted: ReportAccepted) -> None:
    """Suggest links between the people whom one accepted report is about."""
    with writing():
        service.suggest_from_report(accepted.incident_id)


@hears(SubjectErased)
def erase_with_subject(erased: SubjectErased) -> None:
    """Erase the links of a Subject who was erased."""
    with writing():
        for link in every_association_of(erased.subject_id):
            service.erase_link(link)


@knows_companions
def often_with(actor: Actor, subject_id: uuid.UUID) -> list[Companion]:
    """Name the people with whom somebody is often seen, to those who may read of it."""
    if not may_ever(actor, Permission.SEE_COMPANY):
        return []
    return [Companion(one.id, one.name) for one in companions_of(actor, subject_id)]


@finds_by_vehicle
def drivers(actor: Actor, typed: str) -> set[uuid.UUID]:
    """Find people by a registration mark, for those who read links: a member is told of none."""
    return users_of(actor, typed) if may_ever(actor, Permission.SEE_LINKS) else set()
