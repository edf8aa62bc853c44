"""A report goes to the police, and their answer comes back to the reporter."""

import html
import re
import uuid

import pytest
from sqlalchemy import select

from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.transaction import writing
from disc.incidents.models import Incident, IncidentState, IncidentStep
from disc.incidents.service import erase_incident
from disc.police.models import Escalation, Outcome
from disc.police.queries import find_escalation, inbox
from tests.browsers import Browser
from tests.police.sharing import REASON, accepted, report, shared
from tests.world import World


def share(browser: Browser, incident_id: uuid.UUID, reason: str = REASON) -> object:
    browser.get("/me")
    return browser.post(f"/desk/reports/{incident_id}/escalate", {"reason": reason})


def answer(browser: Browser, escalation_id: uuid.UUID, **sent: str) -> object:
    page = browser.get(f"/police/{escalation_id}")
    found = re.search(r'name="version" value="([^"]*)"', page.text)
    version = html.unescape(found.group(1)) if found else ""
    told = {"version": version, "crime_number": "47/12345/26", "outcome": "charged", **sent}
    return browser.post(f"/police/{escalation_id}/outcome", told)


def acts(target_id: uuid.UUID) -> list[str]:
    db.session.rollback()
    found = select(AuditEvent.act).where(AuditEvent.target_id == target_id)
    return list(db.session.scalars(found.order_by(AuditEvent.position)))


def steps(incident_id: uuid.UUID) -> list[IncidentState]:
    db.session.rollback()
    found = select(IncidentStep.state).where(IncidentStep.incident_id == incident_id)
    return list(db.session.scalars(found.order_by(IncidentStep.at, IncidentStep.id)))


def test_a_report_goes_to_the_police_and_the_answer_reaches_its_reporter(world: World) -> None:
    incident_id = accepted(world.here, violence=True)
    sent = share(world.browser("administrator"), incident_id)
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/desk/reports/{incident_id}")
    escalation_id = find_escalation(incident_id).id
    spoc = world.browser("spoc")
    assert f"/police/{escalation_id}" in spoc.get("/police").text

    assert answer(spoc, escalation_id).status_code == 303

    assert steps(incident_id)[-2:] == [IncidentState.ESCALATED, IncidentState.OUTCOME]
    page = world.browser("member").get(f"/my-reports/{incident_id}").text
    assert "Shared with police" in page
    assert "The police charged a person. A court will decide." in page
    assert "47/12345/26" in page
    assert acts(escalation_id) == [
        "report shared with police",
        "shared report seen",
        "police outcome recorded",
    ]


def test_the_spoc_reads_everything_that_the_manager_shared(world: World) -> None:
    _, escalation_id = shared(world.here, violence=True, weapon=True, pictures=2)
    page = world.browser("spoc").get(f"/police/{escalation_id}")
    for words in (
        REASON,
        "The reporter can see that it was shared",
        "Ask police to attend",
        "Weapon",
        "Corner Foods, Quayside",
        "Pat Member",
        "Two joints of meat",
        "£42.50",
        "Tall, red top",
        "He said: I will be back.",
    ):
        assert words in page.text
    assert page.text.count('class="still"') == 2


def test_the_pictures_of_a_shared_report_open_for_the_spoc(world: World) -> None:
    incident_id = accepted(world.here, pictures=1)
    spoc, administrator = world.browser("spoc"), world.browser("administrator")
    share(administrator, incident_id)
    page = spoc.get(f"/police/{find_escalation(incident_id).id}").text
    link = re.search(r'src="(/img/[^"]+)"', page)
    assert link
    assert spoc.get(link.group(1)).mimetype == "image/jpeg"
    assert world.browser("far_member").get(link.group(1)).status_code == 404


def test_hostile_words_are_shown_as_words(world: World) -> None:
    incident_id = accepted(world.here)
    hostile = "<script>alert(1)</script>{{ 7 * 7 }}"
    share(world.browser("administrator"), incident_id, hostile)
    page = world.browser("spoc").get(f"/police/{find_escalation(incident_id).id}").text
    assert html.escape(hostile) in page
    assert "<script>alert" not in page
    assert "&lt;b&gt;bus&lt;/b&gt;" in page


def test_the_spoc_sees_no_control_over_exclusions_or_pictures(world: World) -> None:
    _, escalation_id = shared(world.here)
    page = world.browser("spoc").get(f"/police/{escalation_id}").text.lower()
    assert "notice" not in page
    assert "ban" not in re.sub(r"urban|banner", "", re.sub(r"<[^>]+>", " ", page)).split()
    assert set(re.findall(r'action="([^"]+)"', page)) == {f"/police/{escalation_id}/outcome"}


def test_home_leads_the_spoc_first_to_what_waits_for_an_answer_in_their_areas(
    world: World,
) -> None:
    spoc = world.browser("spoc")
    assert "No report waits for your answer" in spoc.get("/").text
    _, first = shared(world.here)
    shared(world.here, seed=5)
    shared(world.here, premises_id=world.here.other_premises_id, who="far_member")
    shared(world.there)
    home = spoc.get("/").text
    assert "2 reports wait for your answer" in home
    assert re.findall(r'class="action[^"]*" href="([^"]+)"', home)[0] == "/police"
    assert answer(spoc, first).status_code == 303
    assert "1 report waits for your answer" in spoc.get("/").text
    assert "for your answer" not in world.browser("member").get("/").text


def test_a_report_is_shared_once_and_a_second_try_says_so(world: World) -> None:
    incident_id = accepted(world.here)
    administrator = world.browser("administrator")
    assert share(administrator, incident_id).status_code == 303
    again = share(administrator, incident_id)
    assert again.status_code == 409
    assert "already shared with the police" in again.text
    assert steps(incident_id).count(IncidentState.ESCALATED) == 1


def test_a_report_that_was_not_accepted_is_not_shared(world: World) -> None:
    incident_id = report(world.here)
    refused = share(world.browser("administrator"), incident_id)
    assert refused.status_code == 409
    assert "Accept this report first" in refused.text
    assert find_escalation(incident_id) is None


@pytest.mark.parametrize("reason", ["", "   \n ", "x" * 1001])
def test_sharing_needs_a_reason_and_keeps_what_was_typed(world: World, reason: str) -> None:
    incident_id = accepted(world.here)
    refused = share(world.browser("administrator"), incident_id, reason)
    assert refused.status_code == 422
    assert reason.strip() in refused.text
    assert find_escalation(incident_id) is None


@pytest.mark.parametrize("who", ["member", "board", "spoc"])
def test_nobody_but_the_administrator_shares_a_report(world: World, who: str) -> None:
    incident_id = accepted(world.here)
    assert share(world.browser(who), incident_id).status_code == 404
    assert find_escalation(incident_id) is None


def test_a_manager_of_another_scheme_cannot_share_the_report(world: World) -> None:
    incident_id = accepted(world.here)
    stranger = world.browser("administrator", world.there)
    assert share(stranger, incident_id).status_code == 404
    assert find_escalation(incident_id) is None


@pytest.mark.parametrize("who", ["member", "second_member", "far_member", "board"])
def test_shared_reports_are_for_the_police_and_the_manager(world: World, who: str) -> None:
    _, escalation_id = shared(world.here)
    browser = world.browser(who)
    for address in ("/police", f"/police/{escalation_id}"):
        assert browser.get(address).status_code == 404
    assert answer(browser, escalation_id).status_code == 404


def test_the_manager_reads_what_was_shared_but_gives_no_police_answer(world: World) -> None:
    _, escalation_id = shared(world.here)
    browser = world.browser("administrator")
    page = browser.get(f"/police/{escalation_id}")
    assert page.status_code == 200
    assert "<form" not in page.text.split("<main")[1].split("</main>")[0]
    assert answer(browser, escalation_id).status_code == 404


def test_the_spoc_of_another_area_gets_nothing(world: World) -> None:
    place = world.here
    incident_id, escalation_id = shared(
        place, who="far_member", premises_id=place.other_premises_id, pictures=1
    )
    spoc = world.browser("spoc")
    assert str(escalation_id) not in spoc.get("/police").text
    assert spoc.get(f"/police/{escalation_id}").status_code == 404
    assert answer(spoc, escalation_id).status_code == 404
    db.session.rollback()
    assert db.session.get(Incident, incident_id).state is IncidentState.ESCALATED
    refused = select(AuditEvent.detail).where(
        AuditEvent.act == "refused", AuditEvent.target_id == escalation_id
    )
    assert set(db.session.scalars(refused)) == {"see escalated", "record outcome"}


def test_the_spoc_of_another_scheme_gets_nothing(world: World) -> None:
    _, escalation_id = shared(world.here)
    spoc = world.browser("spoc", world.there)
    assert str(escalation_id) not in spoc.get("/police").text
    assert spoc.get(f"/police/{escalation_id}").status_code == 404
    assert answer(spoc, escalation_id).status_code == 404


def test_nobody_signed_out_reads_a_shared_report(world: World, browser: Browser) -> None:
    _, escalation_id = shared(world.here)
    for address in ("/police", f"/police/{escalation_id}"):
        assert browser.get(address).status_code == 302


def test_a_wrong_crime_number_is_refused_and_kept_on_the_page(world: World) -> None:
    incident_id, escalation_id = shared(world.here)
    refused = answer(world.browser("spoc"), escalation_id, crime_number="no. 12!")
    assert refused.status_code == 422
    assert 'value="no. 12!"' in refused.text
    db.session.rollback()
    assert db.session.get(Incident, incident_id).state is IncidentState.ESCALATED


def test_an_outcome_must_be_one_of_those_offered(world: World) -> None:
    _, escalation_id = shared(world.here)
    spoc = world.browser("spoc")
    assert answer(spoc, escalation_id, outcome="banned").status_code == 422
    assert answer(spoc, escalation_id, outcome="").status_code == 422


def test_the_same_answer_sent_twice_is_one_step_for_the_reporter(world: World) -> None:
    incident_id, escalation_id = shared(world.here)
    spoc = world.browser("spoc")
    spoc.get(f"/police/{escalation_id}")
    told = {"version": "", "crime_number": "CAD-1234", "outcome": "charged"}
    for _ in range(2):
        assert spoc.post(f"/police/{escalation_id}/outcome", told).status_code == 303
    assert steps(incident_id).count(IncidentState.OUTCOME) == 1


def test_an_answer_given_on_an_old_page_does_not_undo_a_newer_one(world: World) -> None:
    _, escalation_id = shared(world.here)
    first, second = world.browser("spoc"), world.browser("spoc")
    second.get(f"/police/{escalation_id}")
    assert answer(first, escalation_id).status_code == 303
    late = {"version": "", "crime_number": "", "outcome": "no-further-action"}
    assert second.post(f"/police/{escalation_id}/outcome", late).status_code == 409
    db.session.rollback()
    assert db.session.get(Escalation, escalation_id).outcome is Outcome.CHARGED


def test_an_answer_may_change_later(world: World) -> None:
    incident_id, escalation_id = shared(world.here)
    spoc = world.browser("spoc")
    assert answer(spoc, escalation_id, outcome="investigating").status_code == 303
    assert answer(spoc, escalation_id, outcome="caution").status_code == 303
    assert "a caution" in world.browser("member").get(f"/my-reports/{incident_id}").text


def test_what_needs_police_on_the_spot_comes_first_and_answered_reports_last(world: World) -> None:
    _, answered = shared(world.here, violence=True)
    _, urgent = shared(world.here, injured=True)
    _, newest = shared(world.here)
    answer(world.browser("spoc"), answered)
    db.session.rollback()
    order = [one.escalation.id for one in inbox(world.here.actor("spoc")).rows]
    assert order == [urgent, newest, answered]


def test_an_erased_report_is_gone_from_the_police_too(world: World) -> None:
    incident_id, escalation_id = shared(world.here)
    with writing():
        erase_incident(db.session.get(Incident, incident_id))
    spoc = world.browser("spoc")
    assert str(escalation_id) not in spoc.get("/police").text
    assert spoc.get(f"/police/{escalation_id}").status_code == 404


def test_the_reason_and_the_crime_number_are_sealed_at_rest(world: World) -> None:
    _, escalation_id = shared(world.here)
    answer(world.browser("spoc"), escalation_id)
    db.session.rollback()
    row = db.session.get(Escalation, escalation_id)
    assert REASON.encode() not in row.reason_sealed
    assert b"47/12345/26" not in row.crime_number_sealed
    assert row.reason == REASON
