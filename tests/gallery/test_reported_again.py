"""Somebody who is reported again is kept longer as the scheme says, and never past a ban."""

from datetime import date, timedelta

import pytest

from disc.core import clock
from disc.core.database import db
from disc.core.transaction import writing
from disc.exclusions.rules import KEPT_MONTHS, LONGEST_MONTHS
from disc.gallery import service
from disc.gallery.models import GalleryEntry, Subject
from disc.gallery.queries import get_subject
from disc.gallery.rules import LONGEST_BAN, Clocks, Months, at_least, clocks, later
from disc.members.models import Reoffending, Scheme
from tests.dataprotection.days import at, beginning, get, months, named, person
from tests.world import World

SHOWN_TWO_MORE = months(4)
"""In the second month, by a policy of two months more."""


def policy(world: World, which: Reoffending, least: int = 2, **settings: int) -> None:
    with writing():
        scheme = db.session.get_one(Scheme, world.here.scheme_id)
        scheme.reoffending, scheme.reoffending_months = which, least
        for name, value in settings.items():
            setattr(scheme, name, value)


def again(world: World, subject_id: object) -> tuple[date, date]:
    manager = world.here.actor("administrator")
    with writing():
        service.reported_again(manager, get_subject(manager, subject_id))
    found = get(Subject, subject_id)
    return found.hide_on, found.erase_on


@pytest.mark.parametrize(
    ("which", "hidden", "erased"),
    [
        (Reoffending.RESTART, months(5), months(8)),
        (Reoffending.AT_LEAST, SHOWN_TWO_MORE, months(7)),
        (Reoffending.NEVER, months(3), months(6)),
    ],
)
def test_the_days_follow_the_policy(
    world: World, which: Reoffending, hidden: date, erased: date
) -> None:
    policy(world, which)
    with beginning():
        subject = person(world.here)
    with at(months(2)):
        assert again(world, subject) == (hidden, erased)
        assert get(Subject, subject).last_reported_at.date() == months(2)


@pytest.mark.parametrize("which", Reoffending)
def test_days_never_come_nearer(world: World, which: Reoffending) -> None:
    policy(world, which, least=1)
    with beginning():
        subject = person(world.here)
        with writing():
            row = db.session.get_one(Subject, subject)
            row.hide_on, row.erase_on = months(40), months(60)
    with at(months(1)):
        assert again(world, subject) == (months(40), months(60))


def test_days_never_go_past_the_longest_ban(world: World) -> None:
    policy(world, Reoffending.RESTART, known_hide_months=60, known_erase_months=84)
    with beginning():
        subject = named(world.here)
        with writing():
            row = db.session.get_one(Subject, subject)
            row.hide_on, row.erase_on = months(12), months(24)
    with at(months(2)):
        assert again(world, subject) == (months(2 + 36), months(2 + 48))


def test_the_longest_ban_is_that_of_the_notices() -> None:
    assert Months(LONGEST_MONTHS, LONGEST_MONTHS + KEPT_MONTHS) == LONGEST_BAN


def test_somebody_who_needs_care_gets_half_of_it() -> None:
    today = date(2026, 1, 10)
    months_ = at_least(Months(6, 10), 4)
    assert months_ == Months(4, 8)
    wanted = clocks(today, months_, careful=True)
    assert later(Clocks(today, today), wanted, today) == Clocks(
        date(2026, 3, 10), date(2026, 5, 10)
    )


def test_at_least_is_never_more_than_a_new_record_would_get() -> None:
    assert at_least(Months(3, 6), 12) == Months(3, 6)


@pytest.mark.parametrize(
    ("which", "leaves"),
    [(Reoffending.RESTART, 11), (Reoffending.AT_LEAST, 7), (Reoffending.NEVER, 6)],
)
def test_the_place_in_a_gallery_lasts_with_the_days(
    world: World, which: Reoffending, leaves: int
) -> None:
    policy(world, which)
    with beginning():
        subject = named(world.here, expiry_months=6)
    with at(months(5)):
        again(world, subject)
        entry = db.session.query(GalleryEntry).one()
        assert entry.expires_on == months(leaves)


def test_a_place_in_a_gallery_that_ended_does_not_come_back(world: World) -> None:
    with beginning():
        subject = named(world.here, expiry_months=1)
    with at(months(1) + timedelta(days=1)):
        again(world, subject)
        assert db.session.query(GalleryEntry).one().expires_on == months(1)
        assert get(Subject, subject).hide_on > clock.add_months(clock.today(), 11)
