"""Nobody decides about words that they did not read, and nothing is added to what is erased."""

import io
import uuid
from datetime import timedelta

import time_machine

from disc.core import clock
from disc.core.database import db
from disc.core.transaction import writing
from disc.dataprotection.retention import run_clocks
from disc.desk import deciding
from disc.desk.deciding import forget_old
from disc.desk.models import PendingDecision
from disc.incidents import following, queries
from disc.incidents.kinds import IncidentKind
from disc.incidents.models import Incident, IncidentState
from disc.incidents.service import NewReport, accept, report_incident
from disc.members.models import Premises
from disc.stills.models import Still
from tests.desk.deciding import take_effect
from tests.incidents.test_following_a_report import add, ask, change, state
from tests.pictures import picture
from tests.story import reported
from tests.world import World


def told(kind: IncidentKind) -> NewReport:
    return NewReport(submission_id=uuid.uuid4(), kind=kind, occurred_at=clock.now())


NEW = {"about": "new", "under_18": "no", "vulnerable": "no"}


def test_an_approval_of_an_older_page_is_refused(world: World) -> None:
    incident_id = reported(world.here, pictures=(picture(1),))
    manager = world.browser("administrator")
    manager.get(f"/desk/reports/{incident_id}")
    add(world, incident_id, words="Not the thief, a customer.")
    for act, sent in (("approve", NEW), ("reject", {"why": "unclear"})):
        answer = manager.post(f"/desk/reports/{incident_id}/{act}", {**sent, "version": "0"})
        assert answer.status_code == 409
        assert "The reporter changed this report." in answer.text
    assert queries.unread_of(incident_id)


def test_what_comes_within_the_ten_seconds_stops_the_decision(world: World) -> None:
    incident_id = reported(world.here)
    manager = world.browser("administrator")
    manager.get(f"/desk/reports/{incident_id}")
    assert (
        manager.post(f"/desk/reports/{incident_id}/reject", {"why": "unclear"}).status_code == 303
    )
    add(world, incident_id)
    take_effect()
    assert state(incident_id) is IncidentState.SUBMITTED
    assert "The reporter changed this report." in manager.get(f"/desk/reports/{incident_id}").text


def test_nobody_asks_while_a_decision_is_on_its_way(world: World) -> None:
    incident_id = reported(world.here)
    with writing():
        deciding.reject_later(world.here.actor("sub_administrator"), incident_id, "No.")
    assert ask(world, incident_id).status_code == 409
    assert state(incident_id) is IncidentState.SUBMITTED


def test_a_decision_that_cannot_be_carried_out_comes_back(world: World) -> None:
    incident_id = reported(world.here)
    with writing():
        deciding.reject_later(world.here.actor("administrator"), incident_id, "No.")
    with time_machine.travel(clock.now() + timedelta(hours=1)), writing():
        forget_old()
    assert db.session.query(PendingDecision).one().failed_at is not None


def test_an_erased_report_takes_nothing_more(world: World) -> None:
    incident_id = reported(world.here)
    with writing():
        db.session.get_one(Incident, incident_id).erase_on = clock.today()
    run_clocks()
    for answer in (add(world, incident_id), change(world, incident_id), ask(world, incident_id)):
        assert answer.status_code in (404, 409)
    page = world.browser("member").get(f"/my-reports/{incident_id}").text
    assert "Change what you sent" not in page
    assert "Add something" not in page


def test_nobody_who_needs_help_is_pictured_later_either(world: World) -> None:
    new = told(IncidentKind.UNWELL)
    with writing():
        place = db.session.get_one(Premises, world.here.premises_id)
        incident_id = report_incident(world.here.actor("member"), place, new, []).id
    photo = (io.BytesIO(picture(4)), "door.jpg")
    assert add(world, incident_id, pictures=[photo]).status_code == 422
    assert queries.stills_of([incident_id])[incident_id] == []
    assert add(world, incident_id).status_code == 303
    assert 'name="pictures"' not in world.browser("member").get(f"/my-reports/{incident_id}").text


def test_pictures_follow_the_report_to_other_premises(world: World) -> None:
    incident_id = reported(world.here, pictures=(picture(1),))
    with writing():
        other = db.session.get_one(Premises, world.here.other_premises_id)
        new = told(IncidentKind.DAMAGE)
        following.amend(world.here.actor("member"), incident_id, other, new, 0)
    still_id = queries.stills_of([incident_id])[incident_id][0]
    db.session.rollback()
    assert db.session.get_one(Still, still_id).premises_id == world.here.other_premises_id


def test_a_closed_report_can_still_go_to_the_police(world: World) -> None:
    incident_id = reported(world.here)
    actor = world.here.actor("administrator")
    with writing():
        accept(actor, incident_id, None)
        following.close(actor, incident_id, "Nothing follows.")
    manager = world.browser("administrator")
    assert "Why do you share this report?" in manager.get(f"/desk/reports/{incident_id}").text
    sent = {"reason": f"More came to light {uuid.uuid4().hex[:4]}."}
    assert manager.post(f"/desk/reports/{incident_id}/escalate", sent).status_code == 303
    assert state(incident_id) is IncidentState.ESCALATED
    db.session.rollback()
    assert db.session.get_one(Incident, incident_id).reason == ""
