"""What pages say of a record's days is true today, and does not contradict itself."""

import uuid
from datetime import timedelta

import pytest

from disc.core.database import db
from disc.core.transaction import writing
from disc.gallery.models import Subject
from disc.gallery.service import hide_subject
from tests.dataprotection.days import STARTED, at, beginning, months, person
from tests.exclusions.cases import make_case, served
from tests.gallery.test_wrong_name import give_name
from tests.world import World


def pages(world: World, subject_id: uuid.UUID) -> list[str]:
    manager = world.browser("administrator")
    return [manager.get(path).text for path in (f"/people/{subject_id}", "/people")]


def test_a_record_that_is_hidden_says_since_when_and_no_day_to_come(world: World) -> None:
    with beginning():
        subject_id = person(world.here)
        for page in pages(world, subject_id):
            assert "Hidden from" in page
            assert "10 April 2026" in page
        with writing():
            manager = world.here.actor("administrator")
            hide_subject(manager, db.session.get_one(Subject, subject_id), hidden=True)
    with at(STARTED.date() + timedelta(days=5)):
        for page in pages(world, subject_id):
            assert "Hidden since" in page
            assert "10 January 2026" in page
            assert "Hidden from" not in page


def test_its_day_of_hiding_came(world: World) -> None:
    with beginning():
        subject_id = person(world.here)
    with at(months(4)):
        row = db.session.get_one(Subject, subject_id)
        assert row.hidden_since == months(3)
        assert "Hidden since" in world.browser("administrator").get("/people").text


def test_what_waits_for_the_board_is_not_shown_and_has_no_day_of_hiding(world: World) -> None:
    subject_id = person(world.here, under_18=True)
    page, listed = pages(world, subject_id)
    assert "Shown to members" in page
    assert "Not shown to members" in listed
    assert "Hidden from" not in page + listed


@pytest.mark.parametrize("page", ["/gallery", "/gallery/{}"])
def test_beside_a_ban_nobody_leaves(world: World, page: str) -> None:
    case = make_case(world.here)
    give_name(world, case.subject_id)
    path = page.format(case.subject_id)
    assert "Leaves in" in world.browser("member").get(path).text
    served(case)
    told = world.browser("member").get(path).text
    assert "Banned until" in told
    assert "Leaves in" not in told
    assert "Here for" in told
