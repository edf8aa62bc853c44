"""What members are shown of a notice: a badge, once it is served and while it holds."""

from datetime import datetime, time, timedelta

import pytest
import time_machine

from disc.core import clock
from disc.core.database import db
from disc.core.transaction import writing
from disc.core.web import short_day
from disc.exclusions import service
from disc.exclusions.models import NoticePremises, ServedHow
from disc.gallery.merging import merge
from disc.gallery.ports import badges
from tests.exclusions.cases import approved, make_case, proposed, served, stored
from tests.world import World


@pytest.fixture
def case(world: World):
    return make_case(world.here)


def words(world: World, subject_id, who="member", place=None):
    db.session.rollback()
    given = badges((place or world.here).actor(who), {subject_id})[subject_id]
    return [badge.words for badge in given]


def noon(on):
    return datetime.combine(on, time(12), clock.UK)


def test_a_served_notice_is_shown_as_banned_until(world: World, case):
    notice = stored(served(case))
    assert words(world, case.subject_id) == [f"Banned until {short_day(notice.ends_on)}"]
    given = badges(world.here.actor("member"), {case.subject_id})[case.subject_id][0]
    assert (given.tone, given.icon) == ("danger", "ban")


def test_members_see_the_ban_in_the_gallery(world: World, case):
    member = world.browser("member")
    notice_id = approved(case)
    for path in ("/gallery", f"/gallery/{case.subject_id}"):
        page = member.get(path)
        assert page.status_code == 200
        assert "Banned until" not in page.text
        assert stored(notice_id).reference not in page.text
    served_at = service.Serving(how=ServedHow.POST, at=clock.now(), by="Guard Example")
    with writing():
        service.serve(world.here.actor("administrator"), notice_id, served_at)
    for path in ("/gallery", f"/gallery/{case.subject_id}"):
        assert "Banned until" in member.get(path).text


@pytest.mark.parametrize("make", [proposed, approved])
def test_a_notice_that_is_not_served_is_shown_to_no_one(world: World, case, make):
    make(case)
    for who in ("member", "administrator", "board", "spoc"):
        assert words(world, case.subject_id, who) == []


def test_a_refused_notice_is_shown_to_no_one(world: World, case):
    notice_id = proposed(case)
    with writing():
        service.decide(world.here.actor("board"), notice_id, approved=False, reasons="No.")
    assert words(world, case.subject_id) == []


def test_a_lifted_notice_is_shown_no_more(world: World, case):
    notice_id = served(case)
    with writing():
        service.lift(world.here.actor("administrator"), notice_id)
    assert words(world, case.subject_id) == []


def test_the_badge_comes_on_the_first_day_and_goes_after_the_last(world: World, case):
    first = clock.today() + timedelta(days=10)
    notice = stored(served(case, starts_on=first))
    last = notice.ends_on
    shown = {
        first - timedelta(days=1): [],
        first: [f"Banned until {short_day(last)}"],
        last: [f"Banned until {short_day(last)}"],
        last + timedelta(days=1): [],
    }
    for on, expected in shown.items():
        with time_machine.travel(noon(on)):
            assert words(world, case.subject_id) == expected


def test_the_last_day_ends_at_midnight_in_the_united_kingdom(world: World):
    with time_machine.travel(datetime(2027, 5, 1, 12, tzinfo=clock.UK)):
        case = make_case(world.here)
        last = stored(served(case)).ends_on
    with time_machine.travel(datetime.combine(last, time(23, 59), clock.UK)):
        assert words(world, case.subject_id) != []
    with time_machine.travel(datetime.combine(last + timedelta(days=1), time(0, 1), clock.UK)):
        assert words(world, case.subject_id) == []


def test_of_two_notices_the_later_end_is_shown(world: World, case):
    served(case)
    longer = stored(served(case, months=12))
    assert words(world, case.subject_id) == [f"Banned until {short_day(longer.ends_on)}"]


def test_a_merged_records_ban_counts_for_the_one_that_is_kept(world: World, case):
    kept = make_case(world.here)
    served(case)
    with writing():
        merge(world.here.actor("administrator"), case.subject_id, kept.subject_id)
    assert len(words(world, kept.subject_id)) == 1


def test_another_scheme_is_shown_nothing(world: World, case):
    served(case)
    assert words(world, case.subject_id, "administrator", world.there) == []


def test_a_notice_about_another_schemes_premises_alone_is_not_shown(world: World, case):
    notice_id = served(case)
    with writing():
        row = db.session.get_one(NoticePremises, (notice_id, world.here.premises_id))
        row.premises_id = world.there.premises_id
    assert words(world, case.subject_id) == []


def test_nobody_without_a_notice_has_a_badge(world: World, case):
    assert words(world, case.subject_id) == []
    assert badges(world.here.actor("member"), set()) == {}
