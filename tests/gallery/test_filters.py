"""The gallery is filtered by words of a list, in the database, over sealed records."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from disc.core import clock
from disc.core.database import db
from disc.core.transaction import writing
from disc.gallery import erasing, filtering, service
from disc.gallery.filtering import WORDS, Wanted, conditions
from disc.gallery.leafing import gallery_page
from disc.gallery.looks import VOCABULARY, Looks
from disc.gallery.merging import Shows, merge, unmerge
from disc.gallery.models import Subject, SubjectToken
from disc.gallery.queries import get_subject
from disc.gallery.rules import NEAR_KM, distance_km, part_of_day
from disc.gallery.service import Correction
from disc.members.models import Area, Premises
from tests.story import in_gallery
from tests.world import Place, World

TALL = Looks(
    sex="looks like a woman",
    age_band="aged 25 to 39",
    build="slim build",
    height="tall",
    hair=("long hair", "hat or hood"),
    clothing=("red top", "coat", "striped scarf"),
)
OTHERS = {
    "sex": "looks like a man",
    "age_band": "aged 60 or over",
    "build": "heavy build",
    "height": "short",
    "hair": "bald",
    "clothing": "jeans",
}


def looking(place: Place, looks: Looks, *, seed: int = 1, born: date | None = None) -> uuid.UUID:
    subject_id, _ = in_gallery(place, seed=seed)
    manager = place.actor("administrator")
    with writing():
        said = Correction(looks=looks, born=born)
        service.correct_subject(manager, get_subject(manager, subject_id), said)
    return subject_id


def seen(place: Place, who: str = "member", **words: str) -> set[uuid.UUID]:
    actor = place.actor(who)
    only = conditions(actor, Wanted(words=words))
    found = {one.id for one in gallery_page(actor, only=only)}
    db.session.rollback()
    return found


def tokens(subject_id: uuid.UUID) -> set[bytes]:
    db.session.rollback()
    own = SubjectToken.subject_id == subject_id
    return set(db.session.scalars(sa.select(SubjectToken.token).where(own)))


def test_each_kind_of_word_finds_who_is_so_and_nobody_else(world: World) -> None:
    tall = looking(world.here, TALL, seed=1)
    other = looking(world.here, Looks(), seed=2)
    for kind in VOCABULARY:
        said = getattr(TALL, kind)
        for word in [said] if isinstance(said, str) else said[:2]:
            assert seen(world.here, **{kind: word}) == {tall}, word
        assert seen(world.here, **{kind: OTHERS[kind]}) == set()
    assert seen(world.here, height="tall", clothing="coat") == {tall}
    assert seen(world.here, height="tall", clothing="jeans") == set()
    assert seen(world.here) == {tall, other}


def test_a_filter_stands_in_the_address_as_plain_words_and_no_others_are_taken(
    world: World,
) -> None:
    tall, other = looking(world.here, TALL, seed=1), looking(world.here, Looks(), seed=2)
    member = world.browser("member")
    page = member.get("/gallery?height=tall&hair=long+hair").text
    assert str(tall) in page
    assert str(other) not in page
    assert "Filter: tall, long hair." in page
    assert '<option selected value="tall">Tall</option>' in page
    for bad in ("height=enormous", "height=Robin", "area=x", f"area={uuid.uuid4()}", "near=1"):
        assert member.get(f"/gallery?{bad}").status_code == 404
    assert "No one here looks like that." in member.get("/gallery?hair=bald").text


def test_a_page_of_a_filter_leads_to_the_next_with_the_filter(world: World) -> None:
    for seed in range(26):
        looking(world.here, TALL, seed=seed)
    page = world.browser("member").get("/gallery?height=tall").text
    assert page.count('class="face"') == 24
    assert 'href="/gallery?height=tall&amp;after=' in page


def test_a_corrected_record_is_found_by_what_it_says_now(world: World) -> None:
    subject_id = looking(world.here, TALL)
    manager = world.here.actor("administrator")
    with writing():
        short = Correction(looks=Looks(height="short"))
        service.correct_subject(manager, get_subject(manager, subject_id), short)
    assert seen(world.here, height="short") == {subject_id}
    assert seen(world.here, height="tall") == set()
    assert seen(world.here, clothing="coat") == set()


def test_an_age_is_of_today_where_the_birth_is_known(world: World) -> None:
    birthday = clock.today() + timedelta(days=3)
    born = date(birthday.year - 25, birthday.month, min(birthday.day, 28))
    subject_id = looking(world.here, Looks(), born=born)
    assert seen(world.here, age_band="aged 18 to 24") == {subject_id}
    with time_machine.travel(datetime.now(UTC) + timedelta(days=5), tick=False):
        with writing():
            assert filtering.mark_some_due() == 1
        assert seen(world.here, age_band="aged 25 to 39") == {subject_id}
        assert seen(world.here, age_band="aged 18 to 24") == set()
        with writing():
            assert filtering.mark_some_due() == 0


def test_a_record_of_before_is_marked_by_the_worker(world: World) -> None:
    subject_id = looking(world.here, TALL)
    with writing() as session:
        session.execute(sa.delete(SubjectToken))
        session.get_one(Subject, subject_id).marked_on = None
    assert seen(world.here, height="tall") == set()
    with writing():
        assert filtering.mark_some_due() == 1
    assert seen(world.here, height="tall") == {subject_id}


def test_the_time_of_day_is_that_of_the_report(world: World) -> None:
    subject_id, _ = in_gallery(world.here)
    at = datetime(2026, 7, 1, 20, 30, tzinfo=UTC)  # half past nine in London
    with writing():
        filtering.note_time(world.here.scheme_id, subject_id, at)
    assert subject_id in seen(world.here, time="evening")
    reported = [word for word in WORDS["time"] if subject_id in seen(world.here, time=word)]
    assert 1 <= len(reported) <= 2  # the report itself was at some time of day too


@pytest.mark.parametrize(
    ("hour", "part"),
    [(0, "night"), (4, "night"), (5, "morning"), (12, "afternoon"), (17, "evening"), (22, "night")],
)
def test_each_hour_has_its_part_of_the_day(hour: int, part: str) -> None:
    assert part_of_day(hour) == part


def test_digests_tell_nobody_the_word_and_are_erased_with_the_record(world: World) -> None:
    here, there = looking(world.here, TALL, seed=1), looking(world.there, TALL, seed=1)
    times = {t for word in WORDS["time"] for t in (filtering._token(b"", "time", word),)}
    mine, theirs = tokens(here), tokens(there)
    assert len(mine) >= 8  # each word but the one that is in no list
    assert not mine & theirs
    assert not mine & times
    manager = world.here.actor("administrator")
    with writing():
        erasing.erase_subject(get_subject(manager, here))
    assert tokens(here) == set()
    assert tokens(there) == theirs


def placed(world: World, where: tuple[float, float], far: tuple[float, float]) -> None:
    with writing() as session:
        for premises_id, (latitude, longitude) in (
            (world.here.premises_id, where),
            (world.here.other_premises_id, far),
        ):
            place = session.get_one(Premises, premises_id)
            place.latitude, place.longitude = latitude, longitude


def test_near_is_two_kilometres_round_the_premises_that_sent_a_picture(world: World) -> None:
    placed(world, (50.37, -4.14), (50.47, -4.14))
    close, _ = in_gallery(world.here, seed=1)
    away, _ = in_gallery(world.here, seed=2, who="far_member")
    manager = world.browser("administrator")
    page = manager.get(f"/gallery?near={world.here.premises_id}").text
    assert str(close) in page
    assert str(away) not in page
    page = manager.get(f"/gallery?near={world.here.other_premises_id}").text
    assert str(away) in page
    assert str(close) not in page
    member = world.browser("member")
    assert member.get(f"/gallery?near={world.here.other_premises_id}").status_code == 404
    assert member.get(f"/gallery?near={world.there.premises_id}").status_code == 404


def test_where_a_phone_is_leads_to_the_nearest_premises_and_is_not_in_the_address(
    world: World,
) -> None:
    placed(world, (50.37, -4.14), (50.47, -4.14))
    member = world.browser("member")
    member.get("/gallery")
    here = {"latitude": "50.368123", "longitude": "-4.143456", "height": "tall"}
    answer = member.post("/gallery/near", here)
    assert answer.status_code == 303
    assert f"near={world.here.premises_id}" in answer.location
    assert "height=tall" in answer.location
    assert "50.3" not in answer.location
    nowhere = member.post("/gallery/near", {"latitude": "51.5", "longitude": "0"})
    assert nowhere.location == "/gallery"
    assert "No shop of your Areas is near." in member.get("/gallery").text
    for bad in ({}, {"latitude": "x", "longitude": "1"}, {"latitude": "91", "longitude": "1"}):
        assert member.post("/gallery/near", bad).status_code == 404


def test_distances_are_on_the_globe() -> None:
    assert distance_km((50.0, -4.0), (50.0, -4.0)) == 0
    assert distance_km((51.5074, -0.1278), (55.9533, -3.1883)) == pytest.approx(534, abs=2)
    assert distance_km((50.37, -4.14), (50.37 + NEAR_KM / 111.2, -4.14)) == pytest.approx(
        NEAR_KM, abs=0.01
    )


def test_an_area_is_one_of_the_readers_own(world: World) -> None:
    near, _ = in_gallery(world.here, seed=1)
    far, _ = in_gallery(world.here, seed=2, who="far_member")
    manager = world.browser("administrator")
    page = manager.get(f"/gallery?area={world.here.area_id}").text
    assert str(near) in page
    assert str(far) not in page
    assert (
        world.browser("member").get(f"/gallery?area={world.here.other_area_id}").status_code == 404
    )
    name = db.session.get_one(Area, world.here.other_area_id).name
    db.session.rollback()
    assert name in manager.get("/gallery").text


def test_a_joined_record_is_found_by_what_it_says_and_so_after_undoing(world: World) -> None:
    kept, other = looking(world.here, TALL, seed=1), looking(world.here, Looks(), seed=2)
    manager = world.here.actor("administrator")
    with writing():
        said = Correction(looks=Looks(height="short"))
        service.correct_subject(manager, get_subject(manager, other), said)
    with writing():
        merge(manager, other, kept, shows={"height": Shows.ABSORBED})
    assert (seen(world.here, height="short"), seen(world.here, height="tall")) == ({kept}, set())
    with writing():
        unmerge(manager, other)
    assert (seen(world.here, height="short"), seen(world.here, height="tall")) == ({other}, {kept})
