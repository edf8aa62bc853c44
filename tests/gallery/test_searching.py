"""A person is found though the name is spelt wrong, by those alone who may see them."""

import logging
import uuid
from collections.abc import Callable

import pytest
import sqlalchemy as sa
import time_machine

from config import Settings
from disc.access.actor import Actor
from disc.core import clock
from disc.core.audit import AuditEvent, AuditSeen
from disc.core.database import db
from disc.core.transaction import writing
from disc.gallery import care, erasing, finding, merging, ports, service
from disc.gallery.listeners import forget_names
from disc.gallery.models import Subject
from disc.gallery.queries import get_gallery, get_subject
from disc.gallery.service import Correction
from tests.browsers import Browser
from tests.story import in_gallery
from tests.world import Place, World

NAME, NICKNAME = "Siobhán O'Harborne", "Lantern Jack"


def known(
    place: Place, name: str = NAME, *aliases: str, seed: int = 1, who: str = "member"
) -> uuid.UUID:
    """Put somebody with a name into the gallery."""
    subject_id, _ = in_gallery(place, seed=seed, who=who)
    manager = place.actor("administrator")
    with writing():
        gallery = service.add_gallery(manager, f"Banned {seed}", "", 6)
        subject = get_subject(manager, subject_id)
        service.name_subject(manager, subject, name, [gallery.id])
        service.correct_subject(manager, subject, Correction(name=name, aliases=aliases))
    return subject_id


def reference(subject_id: uuid.UUID) -> str:
    db.session.rollback()
    return db.session.get_one(Subject, subject_id).reference


def search(browser: Browser, typed: str, where: str = "/gallery") -> str:
    """Search as a page does, follow where it leads, and return what is shown."""
    browser.get(where)
    answer = browser.post(f"{where}/search", {"words": typed})
    assert typed not in answer.headers.get("Location", "")
    return browser.get(answer.headers["Location"]).text if answer.location else answer.text


@pytest.mark.parametrize(
    "typed",
    [
        "siobhan oharborne",
        "Siobhan O\u2019Harborne",
        "SIOBHAN",
        "harborne siobhan",
        "oharbrone",
        "oharborn",
        "oharbourne siobahn",
        "Sioban",
        "ohar",
        "lantern",
        "Lantren Jack",
        "jac lantern",
    ],
)
def test_a_name_or_nickname_is_found_however_it_is_spelt(world: World, typed: str) -> None:
    known(world.here, NAME, NICKNAME)
    assert NAME.replace("'", "&#39;") in search(world.browser("member"), typed)


@pytest.mark.parametrize(
    ("called", "typed"),
    [("Filip Katerson", "philip"), ("Stephen Quay", "steven"), ("Jon Smyth", "john smith")],
)
def test_a_name_is_found_by_its_sound(world: World, called: str, typed: str) -> None:
    known(world.here, called)
    assert called in search(world.browser("member"), typed)


def test_who_fits_best_is_shown_first_and_who_does_not_fit_not_at_all(world: World) -> None:
    known(world.here, "Martin Oakwick", seed=1)
    known(world.here, "Marten Oakwick", seed=2)
    known(world.here, "Robin Pebble", seed=3)
    page = search(world.browser("member"), "Marten Oakwick")
    assert 0 < page.index("Marten Oakwick") < page.index("Martin Oakwick")
    assert "Robin Pebble" not in page


def test_nobody_found_is_said_and_what_was_typed_stays(world: World) -> None:
    known(world.here)
    member = world.browser("member")
    page = search(member, "Zebulon Quixote")
    assert "No one found." in page
    assert 'value="Zebulon Quixote"' in page
    assert member.post("/gallery/search", {"words": " "}).status_code == 422
    assert member.post("/gallery/search", {"words": "x" * 101}).status_code == 422


def test_only_who_may_find_a_car_is_told_to_type_one(world: World) -> None:
    words = "number or a car."
    assert words not in world.browser("member").get("/gallery").text
    manager = world.browser("administrator")
    assert all(words in manager.get(page).text for page in ("/gallery", "/people"))


@pytest.mark.parametrize("write", [str, str.lower, lambda said: f" {said.replace('-', ' ')} "])
def test_a_reference_leads_straight_to_the_person(
    world: World, write: Callable[[str], str]
) -> None:
    subject_id, _ = in_gallery(world.here)
    member = world.browser("member")
    member.get("/gallery")
    answer = member.post("/gallery/search", {"words": write(reference(subject_id))})
    assert (answer.status_code, answer.location) == (303, f"/gallery/{subject_id}")


def test_members_find_only_whom_they_may_see(world: World) -> None:
    subject_id = known(world.here)
    theirs = known(world.there)
    number, shown = reference(subject_id), "oharborne"
    assert str(subject_id) in search(world.browser("member"), shown)
    for who, place in (("far_member", world.here), ("member", world.there)):
        for typed in (shown, number):
            assert str(subject_id) not in search(world.browser(who, place), typed)
    assert str(theirs) not in search(world.browser("administrator"), shown, "/people")
    assert world.browser("member").post("/people/search", {"words": shown}).status_code == 404


def test_who_is_hidden_or_in_no_gallery_is_found_by_managers_alone(world: World) -> None:
    manager = world.here.actor("administrator")
    hidden, shelved = known(world.here, seed=1), known(world.here, NAME, seed=2)
    with writing():
        service.hide_subject(manager, get_subject(manager, hidden), hidden=True)
        for entry in db.session.scalars(
            sa.select(service.GalleryEntry).where(service.GalleryEntry.subject_id == shelved)
        ).all():
            gallery = get_gallery(manager, entry.gallery_id)
            service.take_from_gallery(manager, get_subject(manager, shelved), gallery)
    assert "No one found." in search(world.browser("member"), "oharborne")
    page = search(world.browser("administrator"), "oharborne", "/people")
    assert str(hidden) in page
    assert str(shelved) in page


def test_a_link_to_what_was_found_shows_nobody_who_was_hidden_since(world: World) -> None:
    subject_id, manager = known(world.here), world.here.actor("administrator")
    member = world.browser("member")
    member.get("/gallery")
    link = member.post("/gallery/search", {"words": "oharborne"}).location
    assert str(subject_id) in member.get(link).text
    with writing():
        service.hide_subject(manager, get_subject(manager, subject_id), hidden=True)
    assert str(subject_id) not in member.get(link).text


def test_a_link_to_what_was_found_is_one_sign_ins_and_ends(world: World) -> None:
    known(world.here)
    member, other = world.browser("member"), world.browser("second_member")
    member.get("/gallery")
    link = member.post("/gallery/search", {"words": "oharborne"}).location
    assert other.get(link).status_code == 404
    later = clock.now().timestamp() + finding.KEPT_SECONDS + 5
    with time_machine.travel(later, tick=False):
        answer = member.get(link)
    assert (answer.status_code, answer.location) == (302, "/gallery")


def test_an_erased_or_renamed_person_leaves_the_memory_of_the_server(
    world: World, settings: Settings
) -> None:
    subject_id = known(world.here, NAME, NICKNAME)
    manager, scheme_id = world.here.actor("administrator"), world.here.scheme_id
    assert finding.candidates(scheme_id, "oharborne") == [subject_id]
    with writing():
        subject = get_subject(manager, subject_id)
        service.correct_subject(manager, subject, Correction(name="Robin Pebble"))
    assert finding.candidates(scheme_id, "oharborne") == []
    assert finding.candidates(scheme_id, "pebble") == [subject_id]
    with writing():
        erasing.erase_subject(get_subject(manager, subject_id))
    names = finding._live()[scheme_id].names
    if settings.redis_url:  # nobody follows the bus here
        forget_names({"subject_id": str(subject_id)})
    assert len(names) == 0  # the news of it was enough: nobody has searched since
    assert not any(names._words)
    assert finding.candidates(scheme_id, "pebble") == []


def test_another_process_learns_of_each_change_from_the_database(world: World) -> None:
    subject_id, scheme_id = known(world.here), world.here.scheme_id
    elsewhere = finding.LiveNames(scheme_id)
    elsewhere.refresh()
    assert elsewhere.names.search("oharborne") == [subject_id]
    manager = world.here.actor("administrator")
    with writing():
        service.correct_subject(
            manager, get_subject(manager, subject_id), Correction(name="Robin Pebble")
        )
    elsewhere.refresh()
    assert elsewhere.names.search("pebble") == [subject_id]
    with writing():
        erasing.erase_subject(get_subject(manager, subject_id))
    elsewhere.refresh()
    assert len(elsewhere.names) == 0


def test_a_joined_record_leads_to_the_one_that_is_kept(world: World) -> None:
    kept, absorbed = known(world.here, "Robin Pebble", seed=1), known(world.here, NAME, seed=2)
    manager = world.here.actor("administrator")
    with writing():
        merging.merge(manager, absorbed, kept)
    for typed in ("oharborne", reference(absorbed)):
        page = search(world.browser("member"), typed)
        assert "Robin Pebble" in page
    with writing():
        service.hide_subject(manager, get_subject(manager, absorbed), hidden=True)
    assert "No one found." in search(world.browser("member"), "oharborne")


def test_a_vehicle_leads_to_whom_a_higher_feature_names(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject_id, _ = in_gallery(world.here)
    far, _ = in_gallery(world.here, seed=2, who="far_member")

    def finder(_actor: Actor, typed: str) -> set[uuid.UUID]:
        return {subject_id, far} if typed == "AB12 CDE" else set()

    monkeypatch.setattr(ports, "_vehicle_finders", [finder])
    page = search(world.browser("member"), "AB12 CDE")
    assert str(subject_id) in page
    assert str(far) not in page


def test_the_audit_says_who_searched_and_whom_they_found_but_not_the_words(
    world: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = logging.getLogger("disc")
    monkeypatch.setattr(log, "propagate", True)
    caplog.set_level(logging.INFO, logger="disc")
    first, second = known(world.here, seed=1), known(world.here, seed=2)
    member = world.browser("member")
    search(member, "oharborne")
    search(member, "Zebulon Quixote")
    db.session.rollback()
    rows = db.session.scalars(
        sa.select(AuditEvent)
        .where(AuditEvent.act == "gallery searched")
        .order_by(AuditEvent.position)
    ).all()
    assert [row.actor_id for row in rows] == [world.here.actor("member").id] * 2
    seen = sa.select(AuditSeen.target_id).where(AuditSeen.position == rows[0].position)
    assert set(db.session.scalars(seen)) == {first, second}
    assert rows[1].target_id is None
    told = "\n".join(f"{one.getMessage()} {one.__dict__.get('fields')}" for one in caplog.records)
    everything = [
        told,
        *(f"{row.detail} {row.target}" for row in db.session.scalars(sa.select(AuditEvent))),
    ]
    assert "/gallery/search" in told
    for words in ("oharborne", "Zebulon"):
        assert not any(words.lower() in said.lower() for said in everything)


def test_who_was_stopped_finds_nobody(world: World) -> None:
    from disc.members.models import Member

    known(world.here)
    member = world.browser("member")
    member.get("/gallery")
    with writing() as session:
        session.get_one(Member, world.here.actor("member").id).viewing_stopped_at = clock.now()
    assert member.post("/gallery/search", {"words": "oharborne"}).status_code == 429


def test_no_more_than_a_page_of_people_is_shown(world: World) -> None:
    manager = world.here.actor("administrator")
    for seed in range(finding.MOST_SHOWN + 2):
        in_gallery(world.here, seed=seed)
    with writing():
        for subject in db.session.scalars(sa.select(Subject)).all():
            service.correct_subject(manager, subject, Correction(aliases=("Quayside Sam",)))
    page = search(world.browser("member"), "quayside")
    assert page.count('class="face"') == finding.MOST_SHOWN


def test_who_may_be_seen_is_found_behind_many_who_may_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "LOOKED_UP_FIRST", 1)
    monkeypatch.setattr(finding, "LOOKED_UP", 2)
    seen = known(world.here, seed=1)
    for seed in range(2, 6):
        known(world.here, seed=seed, who="far_member")  # newer, so looked up before
    found = search(world.browser("member"), NAME)
    assert reference(seen) in found
    assert found.count('class="face"') == 1


def test_a_joined_record_that_few_may_see_leads_no_member_to_the_other(world: World) -> None:
    kept, other = known(world.here, "Robin Doe", seed=1), known(world.here, seed=2)
    manager, board = world.here.actor("administrator"), world.here.actor("board")
    with writing():
        merging.merge(manager, other, kept)
    assert reference(kept) in search(world.browser("member"), NAME)
    with writing():
        care.take_care(manager, get_subject(manager, other), under_18=False, vulnerable=True)
        care.agree_publication(board, other, agreed=True, restricted=True)
    assert reference(kept) not in search(world.browser("member"), NAME)


def test_the_page_of_who_was_found_says_why_its_box_is_empty(world: World) -> None:
    subject_id, _ = in_gallery(world.here)
    with writing():
        manager = world.here.actor("administrator")
        shown = service.add_gallery(manager, "Banned", "", 6)
        service.name_subject(manager, get_subject(manager, subject_id), "Robin Doe", [shown.id])
    for who, page in (("administrator", "/people"), ("member", "/gallery")):
        browser = world.browser(who)
        assert "Search again" not in browser.get(page).text
        found = browser.get(browser.post(f"{page}/search", {"words": "robin"}).location).text
        for words in ("1 person may be meant", "Search again", "We did not keep what you typed."):
            assert words in found, page
        nobody = browser.post(f"{page}/search", {"words": "xyzzy"}).text
        assert "Search again" not in nobody
