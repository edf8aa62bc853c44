"""People, reports and notices for tests of exclusions; nobody in them is real."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from disc.core import clock
from disc.core.database import db
from disc.core.transaction import writing
from disc.exclusions import service
from disc.exclusions.models import ExclusionNotice, ServedHow
from disc.gallery.service import NewSubject, add_subject
from disc.incidents.kinds import IncidentKind
from disc.incidents.service import NewReport, accept, report_incident
from disc.members.queries import get_premises
from tests.browsers import Browser
from tests.world import Place

REASONS = "You took goods on three days.\nStaff asked you to stop."
WORDS = "They said: you will not stop me."


@dataclass(frozen=True)
class Case:
    """A person with one accepted report, by ids."""

    place: Place
    subject_id: uuid.UUID
    incident_id: uuid.UUID


def make_case(place: Place, **about: Any) -> Case:
    manager = place.actor("administrator")
    with writing():
        subject_id = add_subject(
            manager,
            NewSubject(
                area_ids=frozenset({place.area_id}), still_ids=(), description=("tall",), **about
            ),
        ).id
    return Case(place, subject_id, add_report(place, subject_id))


def add_report(place: Place, subject_id: uuid.UUID | None, *, accepted: bool = True) -> uuid.UUID:
    with writing():
        sent = NewReport(
            submission_id=uuid.uuid4(),
            kind=IncidentKind.SHOP_THEFT,
            occurred_at=clock.now() - timedelta(hours=2),
            words=WORDS,
        )
        member = place.actor("member")
        report = report_incident(member, get_premises(member, place.premises_id), sent, [])
        if accepted:
            accept(place.actor("administrator"), report.id, subject_id)
        return report.id


def proposal(case: Case, **changes: Any) -> service.Proposal:
    chosen = {
        "id": uuid.uuid4(),
        "evidence": frozenset({case.incident_id}),
        "premises": frozenset({case.place.premises_id}),
        "starts_on": clock.today(),
        "months": 3,
        "reasons": REASONS,
    }
    return service.Proposal(**chosen | changes)


def proposed(case: Case, **changes: Any) -> uuid.UUID:
    with writing():
        actor = case.place.actor("administrator")
        return service.propose(actor, case.subject_id, proposal(case, **changes)).id


def approved(case: Case, **changes: Any) -> uuid.UUID:
    notice_id = proposed(case, **changes)
    with writing():
        service.decide(case.place.actor("board"), notice_id, approved=True, reasons="It is fair.")
    return notice_id


def served(case: Case, **changes: Any) -> uuid.UUID:
    notice_id = approved(case, **changes)
    with writing():
        given = service.Serving(how=ServedHow.IN_PERSON, at=clock.now(), by="Guard Example")
        service.serve(case.place.actor("administrator"), notice_id, given)
    return notice_id


def fields(case: Case, **changes: Any) -> dict[str, Any]:
    return {
        "notice_id": str(uuid.uuid4()),
        "evidence": [str(case.incident_id)],
        "premises": [str(case.place.premises_id)],
        "months": "3",
        "starts_on": str(clock.today()),
        "reasons": REASONS,
        **changes,
    }


def serving(**changes: Any) -> dict[str, Any]:
    local = clock.now().astimezone(clock.UK)
    return {
        "how": "in person",
        "served_at": f"{local:%Y-%m-%dT%H:%M}",
        "served_by": "Guard Example",
        **changes,
    }


def propose_page(case: Case) -> str:
    return f"/people/{case.subject_id}/notices/new"


def send(browser: Browser, case: Case, **changes: Any) -> TestResponse:
    browser.get(propose_page(case))
    return browser.post(propose_page(case), fields(case, **changes))


def stored(notice_id: uuid.UUID) -> ExclusionNotice:
    db.session.rollback()
    return db.session.get_one(ExclusionNotice, notice_id)


def notices() -> list[ExclusionNotice]:
    db.session.rollback()
    return list(db.session.scalars(select(ExclusionNotice)))
