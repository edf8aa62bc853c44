"""What members read of links: with whom a person is often seen, and nothing else."""

import uuid
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa

from disc.access.actor import Role
from disc.core import clock
from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.transaction import writing
from disc.gallery import merging
from disc.gallery.care import agree_publication, take_care
from disc.gallery.models import Subject, SubjectState
from disc.gallery.queries import get_subject
from disc.gallery.service import hide_subject
from disc.intelligence import service
from disc.intelligence.queries import companions_of
from disc.intelligence.rules import (
    Assessment,
    AssociationKind,
    Grading,
    Handling,
    Source,
    is_told_to_members,
)
from disc.members.models import Scheme
from tests.dataprotection.days import at, beginning, months
from tests.intelligence.cases import SOUND, confirmed, linked, new, person, together
from tests.world import World

CALLED = "Ash Roe"


@pytest.fixture
def two(world: World) -> tuple[uuid.UUID, uuid.UUID]:
    return person(world.here, "Robin Doe"), person(world.here, CALLED)


def reads(world: World, subject_id: uuid.UUID, who: str = "member") -> bool:
    page = world.browser(who).get(f"/gallery/{subject_id}").text
    assert ("Often with" in page) == (CALLED in page)
    return CALLED in page


def changed(subject_id: uuid.UUID, **values: Any) -> None:
    with writing():
        row = db.session.get_one(Subject, subject_id)
        for name, value in values.items():
            setattr(row, name, value)


@pytest.mark.parametrize("who", ["member", "author", "group_manager", "administrator"])
def test_who_sees_both_people_reads_with_whom_somebody_is_often_seen(
    world: World, two, who: str
) -> None:
    together(world.here, *two)
    page = world.browser(who).get(f"/gallery/{two[0]}").text
    assert f'Often with</dt><dd><a href="/gallery/{two[1]}">{CALLED}</a>' in page
    assert "Robin Doe" in world.browser(who).get(f"/gallery/{two[1]}").text


@pytest.mark.parametrize("who", ["board", "spoc"])
def test_neither_the_board_nor_the_police_read_it(world: World, two, who: str) -> None:
    together(world.here, *two)
    with writing():
        db.session.get_one(Scheme, world.here.scheme_id).police_may_see_gallery = True
    assert not reads(world, two[0], who)


def test_an_unconfirmed_or_ended_link_is_not_told(world: World, two) -> None:
    link_id = linked(world.here, *two)
    assert not reads(world, two[0])
    confirmed(world.here, link_id)
    assert reads(world, two[0])
    with writing():
        service.end(world.here.actor("administrator"), link_id)
    assert not reads(world, two[0])


def test_a_link_past_its_last_day_is_not_told_even_before_the_sweep(world: World) -> None:
    with beginning():
        one, other = person(world.here, "Robin Doe"), person(world.here, CALLED)
        together(world.here, one, other, months=3)
        assert reads(world, one)
    with at(months(3)):
        assert not reads(world, one)


@pytest.mark.parametrize(
    ("kind", "grade"),
    [
        (kind, grade)
        for kind in (AssociationKind.SEEN_TOGETHER, AssociationKind.FAMILY)
        for grade in product(Source, Assessment, Handling)
        if kind is AssociationKind.SEEN_TOGETHER or grade == ("1", "A", "P")
    ],
)
def test_the_database_tells_members_what_the_rule_lets_them_read(
    world: World, two, kind: AssociationKind, grade: tuple[Source, Assessment, Handling]
) -> None:
    grading = Grading(*grade, "For managers.")
    together(world.here, *two, kind=kind, grading=grading)
    found = companions_of(world.here.actor("member"), two[0])
    assert bool(found) == is_told_to_members(kind, grading)


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize(
    "values",
    [
        {"vulnerable": True, "agreed": True},
        {"under_18": True, "agreed": True},
        {"hidden_at": "now"},
        {"state": SubjectState.WITHDRAWN},
        {"hide_on": "today"},
    ],
)
def test_who_may_not_be_seen_or_needs_care_is_nobodys_company(
    world: World, two, which: int, values: dict[str, Any]
) -> None:
    together(world.here, *two)
    real = {"now": clock.now(), "today": clock.today()}
    plain = {
        name: real.get(value, value) if isinstance(value, str) else value
        for name, value in values.items()
        if name != "agreed"
    }
    if "agreed" in values:
        plain |= {"agreed_by_id": world.here.actor("board").id, "agreed_at": clock.now()}
    changed(two[which], **plain)
    assert companions_of(world.here.actor("member"), two[0]) == []


def test_somebody_shown_in_another_area_alone_is_not_named(world: World) -> None:
    one, far = person(world.here, "Robin Doe"), person(world.here, CALLED, far=True)
    together(world.here, one, far)
    assert not reads(world, one)
    assert reads(world, one, "administrator")


def test_somebody_without_a_name_is_not_named_but_reads_of_others(world: World) -> None:
    unknown, known = person(world.here), person(world.here, CALLED)
    together(world.here, unknown, known)
    assert reads(world, unknown)
    assert "Often with" not in world.browser("member").get(f"/gallery/{known}").text


def test_a_joined_records_company_is_the_kept_ones_while_it_may_be_shown(world: World, two) -> None:
    kept, manager = person(world.here, "Kit Poe"), world.here.actor("administrator")
    together(world.here, *two)
    with writing():
        merging.merge(manager, two[0], kept)
    assert reads(world, kept)
    assert "Kit Poe" in world.browser("member").get(f"/gallery/{two[1]}").text
    with writing():
        hide_subject(manager, get_subject(manager, two[0]), hidden=True)
    assert not reads(world, kept)


def test_a_pin_on_a_tablet_reads_it_too_and_another_scheme_does_not(world: World, two) -> None:
    from disc.intelligence.listeners import often_with

    together(world.here, *two)
    member = replace(world.here.actor("member"), tablet_id=uuid.uuid4())
    assert [one.name for one in often_with(member, two[0])] == [CALLED]
    assert often_with(replace(member, role=Role.DPO), two[0]) == []
    assert often_with(world.there.actor("member"), two[0]) == []


def test_that_a_name_was_shown_as_company_is_written_down(world: World, two) -> None:
    together(world.here, *two)
    world.browser("member").get(f"/gallery/{two[0]}")
    db.session.rollback()
    wanted = sa.select(AuditEvent.target_id).where(AuditEvent.act == "company seen")
    assert list(db.session.scalars(wanted)) == [two[1]]


def test_what_a_member_is_shown_says_neither_kind_nor_grade_nor_evidence(world: World, two) -> None:
    together(world.here, *two)
    page = world.browser("member").get(f"/gallery/{two[0]}").text
    for word in ("seen together", SOUND.code, new().evidence, "/links"):
        assert word not in page


def test_a_joined_record_that_needs_care_is_nobodys_company(world: World, two) -> None:
    third = person(world.here, "Sam Poe")
    together(world.here, third, two[1])
    kept = person(world.here, "Kim Voe")
    manager, board = world.here.actor("administrator"), world.here.actor("board")
    with writing():
        merging.merge(manager, third, kept)
    assert reads(world, kept)
    with writing():
        take_care(manager, get_subject(manager, third), under_18=False, vulnerable=True)
        agree_publication(board, third, agreed=True)
    assert not reads(world, kept)
