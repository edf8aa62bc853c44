"""A member reports from the shop floor."""

import io
import uuid
from datetime import timedelta

from sqlalchemy import func, select

from disc.core import clock
from disc.core.database import db
from disc.incidents.models import Incident
from disc.stills.models import Still
from tests.browsers import Browser
from tests.pictures import picture
from tests.world import World


def fields(world: World, **more: object) -> dict[str, object]:
    local = clock.now().astimezone(clock.UK) - timedelta(minutes=5)
    return {
        "submission_id": str(uuid.uuid4()),
        "kind": "shop-theft",
        "premises_id": str(world.here.premises_id),
        "occurred_at": f"{local:%Y-%m-%dT%H:%M}",
        "words": "They said: you will not stop me.",
        **more,
    }


def photo(seed: int = 1, name: str = "still.jpg") -> tuple[io.BytesIO, str]:
    return io.BytesIO(picture(seed)), name


def send(browser: Browser, sent: dict[str, object]) -> object:
    browser.get("/report")
    return browser.post("/report", sent, content_type="multipart/form-data")


def count(table: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_a_report_with_two_photos_is_stored_and_shown_to_its_reporter(world: World) -> None:
    member = world.browser("member")
    answer = send(
        member,
        fields(
            world,
            pictures=[photo(1), photo(2)],
            value="12.50",
            goods="Two joints of meat",
            description=["tall", "red top"],
        ),
    )
    assert answer.status_code == 303
    page = member.get(answer.headers["Location"])
    assert page.status_code == 200
    for words in (
        "Shop theft",
        "Your report was sent",
        "£12.50",
        "Two joints of meat",
        "Tall, red top",
        "They said: you will not stop me.",
    ):
        assert words in page.text
    assert page.text.count('class="still"') == 2


def test_sending_twice_makes_one_report(world: World) -> None:
    member = world.browser("member")
    once = fields(world, pictures=[photo(1)])
    first = send(member, once)
    once["pictures"] = [photo(1)]
    second = send(member, once)
    assert first.headers["Location"] == second.headers["Location"]
    assert count(Incident) == 1
    assert count(Still) == 1


def test_what_was_typed_is_kept_when_something_is_missing(world: World) -> None:
    member = world.browser("member")
    page = send(member, fields(world, kind="", goods="A blue bicycle"))
    assert page.status_code == 422
    assert "Choose what happened." in page.text
    assert "A blue bicycle" in page.text
    assert "They said: you will not stop me." in page.text
    assert count(Incident) == 0


def test_a_time_in_the_future_is_refused_with_a_sentence(world: World) -> None:
    ahead = clock.now().astimezone(clock.UK) + timedelta(hours=3)
    page = send(world.browser("member"), fields(world, occurred_at=f"{ahead:%Y-%m-%dT%H:%M}"))
    assert page.status_code == 422
    assert "The time is in the future." in page.text


def test_one_word_about_a_person_is_not_enough_without_a_photo(world: World) -> None:
    page = send(world.browser("member"), fields(world, description=["tall"]))
    assert page.status_code == 422
    assert "Choose at least two things about the person" in page.text


def test_an_amount_that_is_no_amount_is_refused(world: World) -> None:
    for typed in ("a lot", "NaN", "-1", "1e999999", "Infinity", "1000001"):
        page = send(world.browser("member"), fields(world, value=typed))
        assert page.status_code == 422, typed
        assert "Type the value in pounds" in page.text


def test_a_file_that_is_no_picture_is_refused_and_the_words_are_kept(world: World) -> None:
    bad = (io.BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "still.jpg")
    page = send(world.browser("member"), fields(world, pictures=[bad]))
    assert page.status_code == 422
    assert "They said: you will not stop me." in page.text
    assert count(Incident) == 0


def test_nobody_reports_from_premises_that_are_not_theirs(world: World) -> None:
    for elsewhere in (world.here.other_premises_id, world.there.premises_id):
        page = send(world.browser("member"), fields(world, premises_id=str(elsewhere)))
        assert page.status_code == 422
    assert count(Incident) == 0


def test_a_colleagues_report_does_not_exist_for_others(world: World) -> None:
    where = send(world.browser("member"), fields(world)).headers["Location"]
    for who, place in (
        ("second_member", world.here),
        ("spoc", world.here),
        ("member", world.there),
    ):
        assert world.browser(who, place).get(where).status_code == 404
