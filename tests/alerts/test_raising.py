"""Raising an alert, and taking it back."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from disc.alerts import service
from disc.alerts.models import Alert, AlertTemplate
from disc.alerts.queries import open_alerts
from disc.alerts.rules import TEMPLATES
from disc.alerts.service import NewAlert
from disc.core import clock
from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.transaction import writing
from tests.alerts.steps import FIELD, acts, raise_alert, raise_in, raised_id
from tests.world import World


def count() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(Alert.id))) or 0


def test_three_taps_raise_an_alert_from_the_members_own_shop(world: World) -> None:
    browser = world.browser("member")
    form = browser.get("/alerts/new")
    assert "Violent person" in form.text
    assert "Everyone in Quayside sees it at once." in form.text
    assert "It says that it comes from Corner Foods." in form.text
    page = browser.get(raise_alert(browser, "violent-person").headers["Location"])
    assert "Your alert is sent" in page.text
    assert "Quayside, from Corner Foods" in page.text
    assert "Cancel the alert" in page.text


def test_every_alert_has_words() -> None:
    assert set(TEMPLATES) == {one.value for one in AlertTemplate}


def test_the_same_form_sent_twice_raises_one_alert(world: World) -> None:
    browser = world.browser("member")
    filled = dict(FIELD.findall(browser.get("/alerts/new").text)) | {"template": "fake-notes"}
    first, second = browser.post("/alerts", filled), browser.post("/alerts", filled)
    assert raised_id(first) == raised_id(second)
    assert count() == 1


def test_two_that_come_at_the_same_moment_raise_one_alert(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor, form_id = world.here.actor("member"), uuid.uuid4()
    new = NewAlert(
        template=AlertTemplate.FAKE_NOTES,
        area_id=world.here.area_id,
        premises_id=None,
        submission_id=form_id,
    )
    with writing():
        first = service.raise_alert(actor, new).id
    looked: list[uuid.UUID] = []
    really = service.find_submission

    def too_early(owner_id: uuid.UUID, submission_id: uuid.UUID) -> Alert | None:
        looked.append(submission_id)
        return None if len(looked) == 1 else really(owner_id, submission_id)

    monkeypatch.setattr(service, "find_submission", too_early)
    with writing():
        assert service.raise_alert(actor, new).id == first
    assert count() == 1


def test_nothing_chosen_is_refused_with_a_sentence_and_the_place_is_kept(world: World) -> None:
    answer = raise_alert(world.browser("member"), "")
    assert answer.status_code == 422
    assert "Choose what is happening." in answer.text
    assert "It says that it comes from Corner Foods." in answer.text
    assert count() == 0


@pytest.mark.parametrize("typed", ["", "not-a-key", "0"])
def test_a_spoilt_form_is_refused(world: World, typed: str) -> None:
    assert raise_alert(world.browser("member"), area_id=typed).status_code == 422
    assert raise_alert(world.browser("member"), submission_id=typed).status_code == 422


def test_words_of_ones_own_cannot_be_sent(world: World) -> None:
    answer = raise_alert(world.browser("member"), "A man called Pat is in my shop")
    assert answer.status_code == 422
    assert count() == 0


def test_another_area_or_scheme_cannot_be_warned_and_the_try_is_journaled(world: World) -> None:
    browser = world.browser("member")
    for area_id in (world.here.other_area_id, world.there.area_id):
        assert raise_alert(browser, area_id=str(area_id)).status_code == 404
    assert count() == 0
    refused = select(func.count()).where(
        AuditEvent.act == "refused", AuditEvent.detail == "raise alert"
    )
    assert db.session.scalar(refused) == 2


def test_somebody_elses_premises_cannot_be_named(world: World) -> None:
    answer = raise_alert(world.browser("member"), premises_id=str(world.here.other_premises_id))
    assert answer.status_code == 404
    assert count() == 0


def test_premises_outside_the_area_are_left_out(world: World) -> None:
    browser = world.browser("administrator")
    page = browser.get(
        raise_alert(browser, area_id=str(world.here.other_area_id)).headers["Location"]
    )
    assert "Market, <time" in page.text
    assert "Corner Foods" not in page.text


def test_the_board_may_see_but_not_raise(world: World) -> None:
    assert world.browser("board").get("/alerts/new").status_code == 404


def test_the_raiser_takes_an_alert_back(world: World) -> None:
    browser = world.browser("member")
    alert_id = raise_in(browser, world.here)
    for _ in range(2):
        assert browser.post(f"/alerts/{alert_id}/cancel").status_code == 303
    page = browser.get(f"/alerts/{alert_id}")
    assert "This alert was cancelled." in page.text
    assert "Cancel the alert" not in page.text
    assert open_alerts(world.here.actor("second_member")) == []
    assert acts(alert_id) == ["alert raised", "alert cancelled"]


def test_an_administrator_takes_any_alert_back_and_another_member_does_not(world: World) -> None:
    alert_id = raise_in(world.browser("member"), world.here)
    assert world.browser("second_member").post(f"/alerts/{alert_id}/cancel").status_code == 404
    assert acts(alert_id) == ["alert raised", "refused"]
    assert world.browser("administrator").post(f"/alerts/{alert_id}/cancel").status_code == 303


def test_an_alert_closes_by_itself_after_an_hour(world: World) -> None:
    browser = world.browser("member")
    alert_id = raise_in(browser, world.here)
    reader = world.here.actor("second_member")
    assert [card.id for card in open_alerts(reader)] == [alert_id]
    with time_machine.travel(clock.now() + timedelta(minutes=60, seconds=1)):
        assert open_alerts(reader) == []
        page = world.browser("member").get(f"/alerts/{alert_id}")
        assert "This alert is over." in page.text


def test_the_newest_alert_comes_first(world: World) -> None:
    browser = world.browser("member")
    first, second = raise_in(browser, world.here), raise_in(browser, world.here, "fake-notes")
    shown = open_alerts(world.here.actor("second_member"))
    assert [card.id for card in shown] == [second, first]
