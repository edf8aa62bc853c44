"""Decisions about reports: several at once, what their makers and reporters read, and when.

What holds for every kind is in ``test_every_kind_waits``.
"""

import uuid
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from disc.core import clock
from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.keys import DataKey
from disc.core.outbox import Outbox
from disc.core.transaction import writing
from disc.desk import deciding, listeners
from disc.desk.errors import CountFirst
from disc.desk.events import DecisionMade
from disc.desk.models import PendingDecision
from disc.desk.review import Approval
from disc.gallery.models import Subject
from disc.gallery.service import add_gallery
from disc.incidents import service as incidents
from disc.incidents.models import Incident, IncidentState
from tests.at_once import at_once, side_by_side
from tests.desk.deciding import NEW, make_due, take_effect
from tests.pictures import picture
from tests.story import reported
from tests.world import World

NOBODY = Approval(about_a_person=False)
SECRET = "The picture shows Invented Surname"


def state_of(incident_id: uuid.UUID) -> IncidentState:
    db.session.rollback()
    return db.session.get_one(Incident, incident_id).state


def decisions() -> list[PendingDecision]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(PendingDecision).order_by(PendingDecision.id)))


def rejected(world: World, incident_id: uuid.UUID, reason: str = "Not needed.") -> uuid.UUID:
    with writing():
        return deciding.reject_later(world.here.actor("administrator"), incident_id, reason)


def test_nothing_happens_before_its_time(world: World) -> None:
    incident = reported(world.here)
    rejected(world, incident)
    [row] = decisions()
    deciding.carry_out(row.id)
    assert state_of(incident) is IncidentState.SUBMITTED
    assert "Not needed." not in world.browser("member").get(f"/my-reports/{incident}").text
    make_due()
    deciding.carry_out(row.id)
    assert state_of(incident) is IncidentState.REJECTED
    assert decisions() == []


def test_it_is_carried_out_once_however_often_and_however_many_try(
    app: Flask, world: World
) -> None:
    incident = reported(world.here, pictures=(picture(1),))
    with writing():
        approval = Approval(about_a_person=True)
        deciding.approve_later(world.here.actor("administrator"), incident, approval)
    [decision] = make_due()
    side_by_side(app, *[partial(deciding.carry_out, decision)] * 4)
    assert state_of(incident) is IncidentState.ACCEPTED
    assert db.session.query(Subject).count() == 1
    counted = sa.select(sa.func.count()).where(AuditEvent.act == "report accepted")
    assert db.session.scalar(counted) == 1


def test_an_undone_decision_never_happens_and_leaves_no_words(world: World) -> None:
    incident = reported(world.here)
    batch = rejected(world, incident, SECRET)
    [row] = decisions()
    key_id = row.data_key_id
    assert row.payload.count(SECRET) == 1
    with writing():
        assert deciding.undo(world.here.actor("administrator"), batch) == 1
    assert decisions() == []
    assert db.session.get(DataKey, key_id) is None
    deciding.carry_out(row.id)
    assert state_of(incident) is IncidentState.SUBMITTED


def test_two_managers_at_once_decide_once_about_each_of_twenty(app: Flask, world: World) -> None:
    first, second = world.here.actor("administrator"), world.here.actor("sub_administrator")
    reports = [reported(world.here) for _ in range(20)]
    for incident in reports:
        refused = at_once(
            app,
            lambda incident=incident: deciding.approve_later(first, incident, NOBODY),
            lambda incident=incident: deciding.reject_later(second, incident, "No."),
        )
        assert refused == ["decided-already"]
    assert len(decisions()) == 20
    take_effect()
    assert decisions() == []
    counted = sa.select(sa.func.count()).where(
        AuditEvent.act.in_(("report accepted", "report rejected"))
    )
    assert db.session.scalar(counted) == 20
    assert all(state_of(one) is not IncidentState.SUBMITTED for one in reports)


def test_a_failed_approval_changes_nothing_and_is_told_in_the_queue(world: World) -> None:
    incident = reported(world.here, pictures=(picture(1),))
    manager = world.browser("administrator")
    manager.get(f"/desk/reports/{incident}")
    manager.post(f"/desk/reports/{incident}/approve", NEW)
    manager.post(f"/desk/members/premises/{world.here.premises_id}/authority", {"authority_by": ""})
    take_effect()
    assert state_of(incident) is IncidentState.SUBMITTED
    assert db.session.query(Subject).count() == 0
    page = manager.get("/desk/queue").text
    assert "The last decision did not take effect." in page
    assert "allowed pictures to be shared" in page
    manager.post(f"/desk/reports/{incident}/reject", {"why": "unclear"})
    assert [row.failed_at for row in decisions()] == [None]


def test_why_it_failed_is_forgotten_after_a_week(world: World) -> None:
    incident = reported(world.here)
    rejected(world, incident)
    with writing():
        incidents.accept(world.here.actor("sub_administrator"), incident, None)
    take_effect()
    with time_machine.travel(clock.now() + timedelta(days=6)):
        listeners.forget_old_decisions()
        assert len(decisions()) == 1
    with time_machine.travel(clock.now() + timedelta(days=8)):
        listeners.forget_old_decisions()
        assert decisions() == []


def test_heard_far_too_early_it_is_put_off_once_more(world: World) -> None:
    incident = reported(world.here)
    rejected(world, incident)
    [row] = decisions()
    listeners.carry_out(DecisionMade(decision_id=row.id))
    assert state_of(incident) is IncidentState.SUBMITTED
    about = sa.select(Outbox.due_at).where(Outbox.listener == "desk.listeners.carry_out")
    assert db.session.scalars(about).all() == [row.effective_at, row.effective_at]


def test_the_job_is_put_off_in_the_queue_of_the_worker(app: Flask, world: World) -> None:
    queue = app.extensions["huey"]
    queue.flush()
    rejected(world, reported(world.here))
    later = [task for task in (*queue.pending(), *queue.scheduled()) if task.eta]
    assert len(later) == 1
    queue.flush()


def test_many_are_rejected_for_one_reason_and_undone_with_one_press(world: World) -> None:
    manager = world.browser("administrator")
    reports = [reported(world.here) for _ in range(3)]
    manager.get("/desk/queue")
    asked = {"act": "reject", "why": "twice", "items": [str(one) for one in reports]}
    assert manager.post("/desk/queue/many", asked).status_code == 303
    batches = {row.batch_id for row in decisions()}
    assert (len(decisions()), len(batches)) == (3, 1)
    assert "Rejected by you: 3 reports" in manager.get("/desk/queue").text
    assert manager.post(f"/desk/queue/undo/{batches.pop()}").status_code == 303
    assert decisions() == []


def test_more_than_twenty_ask_for_their_number(world: World) -> None:
    actor = world.here.actor("administrator")
    reports = [reported(world.here) for _ in range(21)]
    for typed in ("", "20", "yes"):
        with pytest.raises(CountFirst), writing():
            deciding.reject_many(actor, reports, "No.", typed=typed)
    with writing():
        assert deciding.reject_many(actor, reports, "No.", typed=" 21 ").done == 21
    assert len(decisions()) == 21


def test_only_those_that_show_nobody_are_approved_together(world: World) -> None:
    shows, nobody = reported(world.here), reported(world.here)
    with writing():
        db.session.get_one(Incident, nobody).description = ()
    with writing():
        batch = deciding.approve_many(world.here.actor("administrator"), [shows, nobody])
    assert (batch.done, [one.item_id for one in batch.refused]) == (1, [shows])
    take_effect()
    assert state_of(shows) is IncidentState.SUBMITTED
    assert state_of(nobody) is IncidentState.ACCEPTED


def test_the_person_is_put_in_the_gallery_that_was_chosen(world: World) -> None:
    incident = reported(world.here, pictures=(picture(1),))
    with writing():
        gallery = add_gallery(world.here.actor("administrator"), "Look for", "", 3).id
    manager = world.browser("administrator")
    assert "Look for" in manager.get(f"/desk/reports/{incident}").text
    manager.post(f"/desk/reports/{incident}/approve", {**NEW, "galleries": [str(gallery)]})
    take_effect()
    subject = db.session.query(Subject).one()
    assert "Look for" in manager.get(f"/people/{subject.id}").text
    counted = sa.select(sa.func.count()).where(AuditEvent.act == "gallery entry set")
    assert db.session.scalar(counted) == 1
