"""Who is in the gallery, for whom, and until when."""

import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.exc import IntegrityError

from disc.core.database import db
from disc.core.transaction import writing
from disc.gallery import service
from disc.gallery.models import Subject, SubjectKind
from disc.gallery.queries import get_subject
from tests.story import in_gallery
from tests.world import World


def sees(world: World, who: str, reference: str, place: object = None) -> bool:
    return reference in world.browser(who, place).get("/gallery").text


def reference(subject_id: object) -> str:
    db.session.rollback()
    return db.session.get_one(Subject, subject_id).reference


def test_an_approved_unknown_person_is_seen_in_their_area_only(world: World) -> None:
    number = reference(in_gallery(world.here)[0])
    assert sees(world, "member", number)
    assert sees(world, "administrator", number)
    assert not sees(world, "far_member", number)
    assert not sees(world, "member", number, world.there)


def test_police_see_the_gallery_only_where_the_scheme_allows_it(world: World) -> None:
    from disc.members.models import Scheme

    number = reference(in_gallery(world.here)[0])
    assert world.browser("spoc").get("/gallery").status_code == 404
    with writing():
        db.session.get_one(Scheme, world.here.scheme_id).police_may_see_gallery = True
    assert sees(world, "spoc", number)


def test_a_known_subject_is_seen_only_while_in_a_gallery(world: World) -> None:
    subject_id, _ = in_gallery(world.here)
    manager = world.here.actor("administrator")
    with writing():
        banned = service.add_gallery(manager, "Banned", "", 6)
        service.name_subject(
            manager, get_subject(manager, subject_id), "Invented Name", [banned.id]
        )
        gallery_id = banned.id
    assert "Invented Name" in world.browser("member").get("/gallery").text
    with writing():
        service.take_from_gallery(
            manager, get_subject(manager, subject_id), service.get_gallery(manager, gallery_id)
        )
    assert "Invented Name" not in world.browser("member").get("/gallery").text
    assert world.browser("member").get(f"/gallery/{subject_id}").status_code == 404


def test_the_day_of_hiding_hides_in_every_view(world: World) -> None:
    subject_id, _ = in_gallery(world.here)
    number = reference(subject_id)
    hide_on = db.session.get_one(Subject, subject_id).hide_on
    almost = datetime(hide_on.year, hide_on.month, hide_on.day, tzinfo=UTC)
    with time_machine.travel(almost.replace(hour=0), tick=False) as clockwork:
        clockwork.shift(-7200)
        assert sees(world, "member", number)
    with time_machine.travel(almost.replace(hour=1), tick=False):
        assert not sees(world, "member", number)
        assert world.browser("member").get(f"/gallery/{subject_id}").status_code == 404


def test_somebody_under_18_is_not_shown_before_the_board_agrees(world: World) -> None:
    subject_id, _ = in_gallery(world.here, under_18=True)
    number = reference(subject_id)
    assert not sees(world, "member", number)
    board = world.browser("board")
    assert number in board.get("/board").text
    assert board.post(f"/board/people/{subject_id}", {"decision": "agree"}).status_code == 303
    assert sees(world, "member", number)
    assert board.post(f"/board/people/{subject_id}", {"decision": "refuse"}).status_code == 409


def test_the_database_itself_refuses_to_show_a_child_without_the_board(world: World) -> None:
    subject_id, _ = in_gallery(world.here, under_18=True)
    with pytest.raises(IntegrityError), writing() as session:
        session.execute(
            sa.update(Subject).where(Subject.id == subject_id).values(state="published")
        )


def test_hide_now_hides_at_once_and_can_be_undone(world: World) -> None:
    subject_id, _ = in_gallery(world.here)
    number = reference(subject_id)
    manager = world.browser("administrator")
    manager.get(f"/people/{subject_id}")
    manager.post(f"/people/{subject_id}/hidden", {"hidden": "yes"})
    assert not sees(world, "member", number)
    manager.post(f"/people/{subject_id}/hidden", {"hidden": "no"})
    assert sees(world, "member", number)


def test_i_know_this_person_reaches_the_manager_alone(world: World) -> None:
    subject_id, _ = in_gallery(world.here)
    member = world.browser("second_member")
    member.get(f"/gallery/{subject_id}/know")
    told = {"sureness": "sure", "answer": "Invented Answer", "how": "School"}
    assert member.post(f"/gallery/{subject_id}/know", told).status_code == 303
    assert "Invented Answer" in world.browser("administrator").get("/desk/answers").text
    for who in ("member", "second_member", "board"):
        browser = world.browser(who)
        assert "Invented Answer" not in browser.get(f"/gallery/{subject_id}").text
        assert browser.get("/desk/answers").status_code == 404


def test_an_answer_without_a_name_keeps_what_was_typed(world: World) -> None:
    subject_id, _ = in_gallery(world.here)
    member = world.browser("member")
    member.get(f"/gallery/{subject_id}/know")
    page = member.post(
        f"/gallery/{subject_id}/know", {"sureness": "sure", "how": "From the market"}
    )
    assert page.status_code == 422
    assert "From the market" in page.text


def test_a_merged_record_shows_under_the_kept_one_and_comes_apart_again(world: World) -> None:
    kept, first_still = in_gallery(world.here, seed=1)
    absorbed, second_still = in_gallery(world.here, seed=2, who="far_member")
    numbers = reference(kept), reference(absorbed)
    manager = world.browser("administrator")
    manager.get("/people")
    found = manager.post(f"/people/{absorbed}/merge", {"into": numbers[0].lower()})
    assert found.headers["Location"] == f"/people/{absorbed}/join?other={kept}"
    seen = re.search(r'name="seen" value="(\w+)"', manager.get(found.headers["Location"]).text)[1]
    said = {"other": str(kept), "keep": "second", "seen": seen}
    assert manager.post(f"/people/{absorbed}/join", said).status_code == 303
    page = world.browser("member").get(f"/gallery/{kept}").text
    assert str(first_still) in page
    assert str(second_still) in page
    assert sees(world, "far_member", numbers[0])
    assert not sees(world, "far_member", numbers[1])
    assert manager.post(f"/people/{absorbed}/unmerge").status_code == 303
    assert str(second_still) not in world.browser("member").get(f"/gallery/{kept}").text
    assert not sees(world, "far_member", numbers[0])
    assert sees(world, "far_member", numbers[1])


def test_a_record_cannot_be_joined_to_itself_or_another_schemes(world: World) -> None:
    mine, _ = in_gallery(world.here)
    theirs, _ = in_gallery(world.there)
    manager = world.browser("administrator")
    manager.get("/people")
    for into in (reference(mine), reference(theirs)):
        answer = manager.post(f"/people/{mine}/merge", {"into": into})
        assert answer.headers["Location"] == f"/people/{mine}"
    said = {"keep": "second", "seen": ""}
    assert manager.post(f"/people/{mine}/join", {"other": str(mine), **said}).status_code == 409
    assert manager.post(f"/people/{mine}/join", {"other": str(theirs), **said}).status_code == 404
    assert manager.get(f"/people/{mine}/join?other={theirs}").status_code == 404
    assert db.session.get_one(Subject, mine).merged_into_id is None
    assert db.session.get_one(Subject, mine).kind is SubjectKind.ID_SOUGHT
    assert manager.get(f"/people/{theirs}").status_code == 404


def test_a_long_gallery_is_leafed_through_without_gaps_or_repeats(world: World) -> None:
    wanted = {reference(in_gallery(world.here, seed=seed)[0]) for seed in range(30)}
    member, path, seen = world.browser("member"), "/gallery", []
    while path:
        page = member.get(path).text
        seen += re.findall(r"(?<=[>(\s])P-[A-Z0-9]{6}\b", page)
        more = re.search(r'href="(/gallery\?after=[^"]+)"', page)
        path = more[1].replace("&amp;", "&") if more else ""
    assert len(seen) == len(wanted)
    assert set(seen) == wanted
