"""Seen, and they are here."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from disc.alerts.models import Acknowledgement, Answer
from disc.core import clock
from disc.core.database import db
from tests.alerts.steps import acts, raise_in
from tests.browsers import Browser
from tests.world import World


@pytest.fixture
def alert_id(world: World) -> uuid.UUID:
    return raise_in(world.browser("member"), world.here)


def said(alert_id: uuid.UUID) -> list[Answer]:
    db.session.rollback()
    rows = select(Acknowledgement.answer).where(Acknowledgement.alert_id == alert_id)
    return list(db.session.scalars(rows))


def by_script(browser: Browser, path: str) -> tuple[int, str]:
    browser.get("/me")
    answer = browser.post(path, headers={"HX-Request": "true"})
    return answer.status_code, answer.text


def test_who_sent_an_alert_sees_how_far_it_came(world: World, alert_id: uuid.UUID) -> None:
    reader = world.browser("second_member")
    assert reader.post(f"/alerts/{alert_id}/seen").status_code == 303
    world.browser("far_member")
    page = world.browser("member").get(f"/alerts/{alert_id}")
    # The other member, the SPOC, the Administrator and the Board are the four others here.
    assert "1 of 4 members are signed in, 1 said that they saw this" in page.text
    assert "are signed in" not in reader.get(f"/alerts/{alert_id}").text


def test_they_are_here_names_the_shop_to_everybody(world: World, alert_id: uuid.UUID) -> None:
    world.browser("second_member").post(f"/alerts/{alert_id}/here")
    for who in ("member", "spoc", "board"):
        card = world.browser(who).get(f"/alerts/{alert_id}/card").text
        assert "<strong>They are here:</strong> Corner Foods" in card


def test_the_later_answer_counts_and_the_same_one_again_is_nothing_new(
    world: World, alert_id: uuid.UUID
) -> None:
    browser = world.browser("second_member")
    for answer in ("seen", "here", "here"):
        browser.post(f"/alerts/{alert_id}/{answer}")
    assert said(alert_id) == [Answer.HERE]
    assert acts(alert_id) == ["alert raised", "alert answered", "alert answered"]


def test_a_page_with_scripts_gets_the_card_alone(world: World, alert_id: uuid.UUID) -> None:
    status, card = by_script(world.browser("second_member"), f"/alerts/{alert_id}/seen")
    assert status == 200
    assert card.lstrip().startswith("<article")
    assert "You said: Seen" in card
    assert "autofocus" in card
    assert f'action="/alerts/{alert_id}/seen"' not in card
    assert f'action="/alerts/{alert_id}/here"' in card


def test_who_raised_it_is_not_asked(world: World, alert_id: uuid.UUID) -> None:
    assert "/seen" not in world.browser("member").get(f"/alerts/{alert_id}/card").text


def test_another_area_and_another_scheme_find_nothing(world: World, alert_id: uuid.UUID) -> None:
    for browser in (world.browser("far_member"), world.browser("member", world.there)):
        for path in ("", "/card"):
            assert browser.get(f"/alerts/{alert_id}{path}").status_code == 404
        for answer in ("seen", "here", "cancel"):
            assert browser.post(f"/alerts/{alert_id}/{answer}").status_code == 404
        assert browser.get("/alerts/live").json == {"alerts": [], "closed": []}
    assert said(alert_id) == []


def test_an_alert_that_is_over_takes_no_answer(world: World, alert_id: uuid.UUID) -> None:
    with time_machine.travel(clock.now() + timedelta(minutes=61)):
        browser = world.browser("second_member")
        answer = browser.post(f"/alerts/{alert_id}/here")
        assert answer.status_code == 409
        assert "This alert is over." in answer.text
        status, card = by_script(browser, f"/alerts/{alert_id}/here")
    assert status == 200
    assert "alert-card--closed" in card
    assert said(alert_id) == []


def test_nobody_answers_without_the_pages_token(world: World, alert_id: uuid.UUID) -> None:
    browser = world.browser("second_member")
    assert browser.post(f"/alerts/{alert_id}/seen", {"csrf_token": ""}).status_code == 400
    assert said(alert_id) == []


def test_home_shows_what_is_open_with_its_buttons(world: World, alert_id: uuid.UUID) -> None:
    home = world.browser("second_member").get("/").text
    assert f'id="alert-{alert_id}"' in home
    assert f'action="/alerts/{alert_id}/here"' in home
    assert f'id="alert-{alert_id}"' not in world.browser("far_member").get("/").text
