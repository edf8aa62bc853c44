"""Two records of one person side by side: what the kept one says, undone within days or not."""

import re
import uuid
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from disc.core import clock
from disc.core.database import db
from disc.core.keys import DataKey
from disc.core.transaction import writing
from disc.dataprotection.retention import run_clocks
from disc.gallery import care, merging, service
from disc.gallery.erasing import erase_subject
from disc.gallery.errors import CannotMerge, KeepTheOther
from disc.gallery.looks import Looks
from disc.gallery.merging import Shows, merge, unmerge
from disc.gallery.models import GalleryEntry, Subject, SubjectMerge
from disc.gallery.queries import get_subject, stills_of
from disc.gallery.service import Correction, correct_subject
from disc.stills.models import Still
from disc.stills.queries import viewable
from tests.at_once import at_once
from tests.browsers import Browser
from tests.dataprotection.days import at, beginning, months, named, person
from tests.exclusions.cases import Case, add_report, served, stored
from tests.story import in_gallery
from tests.world import World

FIRST = Correction(
    aliases=("Red", "Jo"),
    born=date(1990, 5, 4),
    looks=Looks(sex="looks like a man", hair=("bald",), clothing=("coat", "cape")),
    modus="Comes at closing time.",
    warnings=("spits",),
    caption="First note",
    police_reference="SQ-1",
)
SECOND = Correction(
    aliases=("Jo", "Sandy"),
    looks=Looks(sex="looks like a man", age_band="aged 40 to 59", height="tall"),
    marks=("anchor",),
    warnings=("bites",),
    welfare="Offer water.",
    caption="Second note",
)


def two(world: World) -> tuple[uuid.UUID, uuid.UUID]:
    manager = world.here.actor("administrator")
    ids = []
    for seed, said in enumerate((FIRST, SECOND), 1):
        subject_id, _ = in_gallery(world.here, seed=seed)
        with writing():
            correct_subject(manager, get_subject(manager, subject_id), said)
        ids.append(subject_id)
    return ids[0], ids[1]


def says(subject_id: uuid.UUID) -> dict[str, object]:
    db.session.rollback()
    return merging.said_by(db.session.get_one(Subject, subject_id))


def all_of(subject_id: uuid.UUID) -> dict[str, object]:
    """Return every value of a record, its places in galleries too.

    When the row was written, and its digests made, is no part of what it says.
    """
    said = says(subject_id)
    row = db.session.get_one(Subject, subject_id)
    plain = {c.name: getattr(row, c.name) for c in Subject.__table__.columns}
    del plain["changed_at"], plain["marked_on"]
    found = select(GalleryEntry).where(GalleryEntry.subject_id == subject_id)
    places = {entry.gallery_id: entry.expires_on for entry in db.session.scalars(found)}
    return {k: v for k, v in plain.items() if not k.endswith("_sealed")} | said | places


def join(manager: Browser, one: uuid.UUID, other: uuid.UUID, **chosen: str) -> int:
    page = manager.get(f"/people/{one}/join?other={other}").text
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    said = {"other": str(other), "seen": seen, "keep": "first", **chosen}
    return manager.post(f"/people/{one}/join", said).status_code


def test_both_are_shown_side_by_side_with_what_differs(world: World) -> None:
    one, other = two(world)
    page = world.browser("administrator").get(f"/people/{one}/join?other={other}").text
    for words in (
        "Red, jo",
        "Jo, sandy",
        "4 May 1990",
        "Aged 40 to 59",
        "First note",
        "Second note",
        "Both say the same",
    ):
        assert words in page


def test_the_manager_chooses_field_by_field(world: World) -> None:
    one, other = two(world)
    manager = world.browser("administrator")
    chosen = {
        "aliases": "both",
        "height": "second",
        "warnings": "both",
        "caption": "second",
        "welfare": "second",
        "marks": "first",
        "hair": "second",
    }
    assert join(manager, one, other, **chosen) == 303
    said = says(one)
    assert said["aliases"] == ("Red", "Jo", "Sandy")
    assert said["warnings"] == ("spits", "bites")
    assert (said["height"], said["hair"], said["marks"]) == ("tall", (), ())
    assert (said["caption"], said["welfare"]) == ("Second note", "Offer water.")
    assert (said["born"], said["age_band"]) == (date(1990, 5, 4), "")
    assert says(other)["caption"] == "Second note"


def test_the_other_may_be_the_kept_one(world: World) -> None:
    one, other = two(world)
    assert join(world.browser("administrator"), one, other, keep="second", caption="first") == 303
    assert says(other)["caption"] == "First note"
    assert db.session.get_one(Subject, one).merged_into_id == other


@pytest.mark.parametrize("wrong", [{"caption": "both"}, {"caption": "third"}])
def test_what_was_not_offered_is_refused(world: World, wrong: dict[str, str]) -> None:
    one, other = two(world)
    assert join(world.browser("administrator"), one, other, **wrong) == 404
    assert says(one)["caption"] == "First note"


def test_undoing_restores_exactly_what_was(world: World) -> None:
    with beginning():
        kept, absorbed = named(world.here), person(world.here)
    with at(months(2)):
        manager = world.here.actor("administrator")
        with writing():
            one = get_subject(manager, kept)
            correct_subject(manager, one, Correction(name="Robin Doe", aliases=("Red",)))
            one.description = ("tall", "ring in one ear")  # a record of an earlier version
        before = all_of(kept), all_of(absorbed)
        every = dict.fromkeys(merging.said_by(one), Shows.ABSORBED)
        with writing():
            merge(manager, absorbed, kept, shows={**every, "name": Shows.KEPT}, again=True)
        assert all_of(kept) != before[0]
        assert all_of(kept)["hide_on"] == months(14)
        with at(months(2) + timedelta(days=6)):
            with writing():
                unmerge(manager, absorbed)
            assert (all_of(kept), all_of(absorbed)) == before
            assert db.session.get_one(Subject, kept).description == ("tall", "ring in one ear")


def test_what_was_changed_since_is_not_undone(world: World) -> None:
    one, other = two(world)
    manager = world.here.actor("administrator")
    with writing():
        chosen = {"caption": Shows.ABSORBED, "aliases": Shows.BOTH}
        merge(manager, other, one, shows=chosen)
        row = get_subject(manager, one)
        row.caption, row.hide_on = "Written since", row.erase_on
    with writing():
        unmerge(manager, other)
    assert says(one)["caption"] == "Written since"
    assert says(one)["aliases"] == ("Red", "Jo")
    assert db.session.get_one(Subject, one).hide_on == db.session.get_one(Subject, one).erase_on


def test_after_seven_days_records_come_apart_and_the_chosen_words_stay(world: World) -> None:
    one, other = two(world)
    browser = world.browser("administrator")
    assert join(browser, one, other, caption="second") == 303
    assert "this also brings back" in browser.get(f"/people/{one}").text
    with at(clock.today() + timedelta(days=7)):
        assert run_clocks().joinings == 1
        assert db.session.scalars(select(SubjectMerge)).all() == []
        later = world.browser("administrator")
        assert "The words that were chosen stay." in later.get(f"/people/{one}").text
        answer = later.post(f"/people/{other}/unmerge")
        assert answer.status_code == 303
        assert "The words that you chose stay." in later.get(answer.headers["Location"]).text
        assert says(one)["caption"] == "Second note"
        assert db.session.get_one(Subject, other).merged_into_id is None


def test_before_the_sweep_came_by_the_seven_days_count_all_the_same(world: World) -> None:
    one, other = two(world)
    manager = world.here.actor("administrator")
    with writing():
        merge(manager, other, one, shows={"caption": Shows.ABSORBED})
    with at(clock.today() + timedelta(days=7)):
        with writing():
            unmerge(manager, other)
        assert says(one)["caption"] == "Second note"


def test_what_was_said_before_goes_with_the_record(world: World) -> None:
    one, other = two(world)
    manager = world.here.actor("administrator")
    with writing():
        merge(manager, other, one, shows={"caption": Shows.ABSORBED})
    key = db.session.scalars(select(SubjectMerge.data_key_id)).one()
    db.session.rollback()
    with writing():
        erase_subject(get_subject(manager, one))
    assert db.session.scalars(select(SubjectMerge)).all() == []
    assert db.session.get(DataKey, key) is None


def test_a_name_or_the_need_of_care_is_never_lost_by_joining(world: World) -> None:
    manager = world.here.actor("administrator")
    unnamed, careful = in_gallery(world.here, seed=1)[0], in_gallery(world.here, seed=2)[0]
    with writing():
        banned = service.add_gallery(manager, "Banned", "", 6).id
        known = in_gallery_known(world, banned)
        care.take_care(manager, get_subject(manager, careful), under_18=False, vulnerable=True)
        care.agree_publication(world.here.actor("board"), careful, agreed=True)
    for absorbed, kept in ((known, unnamed), (careful, unnamed), (careful, known)):
        with pytest.raises(KeepTheOther), writing():
            merge(manager, absorbed, kept)
    with writing():
        merge(manager, unnamed, careful)
    assert db.session.get_one(Subject, careful).vulnerable


def in_gallery_known(world: World, gallery_id: uuid.UUID) -> uuid.UUID:
    manager = world.here.actor("administrator")
    new = service.NewSubject(
        area_ids=frozenset({world.here.area_id}), still_ids=(), description=("tall", "coat")
    )
    subject = service.add_subject(manager, new)
    service.name_subject(manager, subject, "Robin Doe", [gallery_id])
    return subject.id


def test_an_age_under_18_that_joins_in_goes_to_the_board(world: World) -> None:
    one, other = two(world)
    manager = world.here.actor("administrator")
    with writing():
        get_subject(manager, other).born = clock.today() - timedelta(days=15 * 365)
    assert join(world.browser("administrator"), one, other, born="second") == 303
    assert world.browser("member").get(f"/gallery/{one}").status_code == 404
    assert db.session.get_one(Subject, one).under_18


def test_of_two_managers_the_second_is_told(app: Flask, world: World) -> None:
    one, other = two(world)
    first, second = world.here.actor("administrator"), world.here.actor("sub_administrator")
    refused = at_once(app, lambda: merge(first, other, one), lambda: merge(second, other, one))
    assert refused == ["cannot-merge"]
    db.session.rollback()
    assert db.session.get_one(Subject, other).merged_into_id == one


def test_who_chose_from_what_was_changed_meanwhile_is_told(world: World) -> None:
    one, other = two(world)
    browser = world.browser("administrator")
    page = browser.get(f"/people/{one}/join?other={other}").text
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    manager = world.here.actor("sub_administrator")
    with writing():
        correct_subject(manager, get_subject(manager, other), Correction(caption="New"))
    said = {"other": str(other), "seen": seen, "keep": "first", "caption": "second"}
    assert browser.post(f"/people/{one}/join", said).status_code == 409
    assert says(one)["caption"] == "First note"


def test_a_chain_is_refused_still(world: World) -> None:
    one, other = two(world)
    third, _ = in_gallery(world.here, seed=3)
    manager = world.here.actor("administrator")
    with writing():
        merge(manager, other, one)
    for absorbed, kept in ((one, third), (third, other), (other, third)):
        with pytest.raises(CannotMerge), writing():
            merge(manager, absorbed, kept)


def test_an_erased_record_leaves_the_kept_one_no_area_that_it_brought(world: World) -> None:
    kept, _ = in_gallery(world.here, seed=1)
    other, _ = in_gallery(world.here, seed=2, who="far_member")
    manager = world.here.actor("administrator")
    with writing():
        merge(manager, other, kept)
    far = world.browser("far_member")
    assert far.get(f"/gallery/{kept}").status_code == 200
    with writing():
        erase_subject(get_subject(manager, other))
    assert far.get(f"/gallery/{kept}").status_code == 404
    assert world.browser("member").get(f"/gallery/{kept}").status_code == 200


def test_a_joined_record_lends_its_pictures_until_its_own_erasure_and_while_the_kept_is_shown(
    world: World,
) -> None:
    """The kept record's day of hiding counts for both: they are one person."""
    with beginning():
        kept = named(world.here, expiry_months=12)
        absorbed, lent = in_gallery(world.here)
        brief, of_brief = in_gallery(world.here, seed=2)
        manager = world.here.actor("administrator")
        with writing():
            merge(manager, absorbed, kept)
            merge(manager, brief, kept)
            withdrawn = db.session.get_one(Still, of_brief)
            withdrawn.hide_on = months(1)
    member = world.here.actor("second_member")

    def seen(day: date) -> tuple[set[uuid.UUID], set[uuid.UUID]]:
        with at(day, hour=0):
            on_page = stills_of([kept])[kept]
            return set(on_page), viewable(member, {lent, of_brief})

    assert seen(months(1) - timedelta(days=1)) == ({lent, of_brief}, {lent, of_brief})
    assert seen(months(1)) == ({lent}, {lent})
    with at(months(4)):
        assert get_subject(manager, absorbed).hide_on == months(3)
    assert seen(months(4)) == ({lent}, {lent})
    assert seen(months(6)) == (set(), set())


def test_nothing_is_lent_to_a_record_whose_own_day_came(world: World) -> None:
    with beginning():
        kept, _ = in_gallery(world.here)
        absorbed, lent = in_gallery(world.here, seed=2)
        manager = world.here.actor("administrator")
        with writing():
            merge(manager, absorbed, kept)
            get_subject(manager, absorbed).hide_on = months(5)
            get_subject(manager, kept).hide_on = months(2)
    member = world.here.actor("second_member")
    with at(months(2) - timedelta(days=1)):
        assert viewable(member, {lent}) == {lent}
    with at(months(2), hour=0):
        assert viewable(member, {lent}) == set()


def reported_again_in_a_join(world: World) -> tuple[uuid.UUID, uuid.UUID]:
    """Return a kept record whose days were put off by joining, and the one joined to it."""
    with beginning():
        kept, absorbed = named(world.here), person(world.here)
    with at(months(2)), writing():
        merge(world.here.actor("administrator"), absorbed, kept, again=True)
    return kept, absorbed


def days_of(subject_id: uuid.UUID) -> tuple[date, date]:
    db.session.rollback()
    row = db.session.get_one(Subject, subject_id)
    return row.hide_on, row.erase_on


@pytest.mark.parametrize(
    ("changed", "left"),
    [
        ({}, (12, 24)),
        ({"erase_on": 25}, (14, 25)),
        ({"hide_on": 26}, (26, 26)),
        ({"hide_on": 25, "erase_on": 27}, (25, 27)),
        ({"hide_on": 2, "erase_on": 3}, (2, 3)),
    ],
)
def test_undoing_gives_both_days_back_or_neither(
    world: World, changed: dict[str, int], left: tuple[int, int]
) -> None:
    """One alone could come to lie on the wrong side of the other, which no record may have."""
    kept, absorbed = reported_again_in_a_join(world)
    with at(months(2)):
        with writing():
            row = db.session.get_one(Subject, kept)
            row.erase_on = months(max(26, changed.get("erase_on", 26)))
            row.hide_on = months(changed.get("hide_on", 14))
            row.erase_on = months(changed.get("erase_on", 26))
        manager = world.browser("administrator")
        manager.get(f"/people/{kept}")
        assert manager.post(f"/people/{absorbed}/unmerge").status_code == 303
        assert days_of(kept) == (months(left[0]), months(left[1]))


def test_undoing_brings_no_day_before_those_of_a_ban_that_was_served_since(world: World) -> None:
    kept, absorbed = reported_again_in_a_join(world)
    with at(months(2)):
        report = add_report(world.here, kept)
        ban = served(Case(world.here, kept, report), months=12, starts_on=clock.today())
        until = stored(ban)
        needs = (until.ends_on + timedelta(days=1), until.erase_on)
        assert days_of(kept) == (months(14), months(26))
        with writing():
            unmerge(world.here.actor("administrator"), absorbed)
        assert days_of(kept) == needs
        places = select(GalleryEntry.expires_on).where(GalleryEntry.subject_id == kept)
        assert min(db.session.scalars(places)) >= needs[0]
