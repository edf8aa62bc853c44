"""The audit on a screen: found by person, by record, by kind and by day, fifty rows a page."""

import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from disc.access.acts import WORDS, ActKind, kind_of
from disc.core import audit, auditing, clock
from disc.core.audit import AuditEvent, Entry
from disc.core.auditing import Search
from disc.core.database import db
from disc.core.transaction import writing
from disc.gallery.models import Subject
from tests.story import in_gallery, reported
from tests.world import World


def journal(world: World, *acts: str, who: str = "member") -> None:
    actor = world.here.actor(who)
    audit.journal(*(audit.by(actor, act) for act in acts))


def test_the_dpo_reads_who_did_what_by_name_and_device(world: World) -> None:
    in_gallery(world.here)
    world.browser("member").get("/gallery")
    page = world.browser("dpo").get("/audit").text
    assert f"Pat Member {world.here.number}" in page
    assert "Saw pictures" in page
    assert "Signed in" in page


FARTHEST = ("9999-12-31", "0001-01-01", "9999999-01-01", "x")


@pytest.mark.parametrize(
    "part",
    [*(f"{name}={day}" for name in ("since", "until") for day in FARTHEST), f"before={'9' * 5000}"],
)
def test_an_address_that_no_form_of_ours_made_is_refused(world: World, part: str) -> None:
    assert world.browser("dpo").get(f"/audit?{part}").status_code == 404


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_that_no_audit_holds_is_refused_on_the_form(world: World, day: str) -> None:
    dpo = world.browser("dpo")
    for path, typed in (
        ("/audit", {"since": day, "until": day}),
        ("/audit/export", {"since": day, "until": day, "reason": "review"}),
        ("/audit/viewer", {"code": "7K2M4X", "day": day, "reason": "leak"}),
    ):
        dpo.get(path)
        answer = dpo.post(path, typed)
        assert answer.status_code == 422, path
        assert "Choose a day of these years." in answer.text, path


@pytest.mark.parametrize("who", ["member", "board", "sub_administrator", "spoc", "investigator"])
def test_nobody_else_finds_the_page(world: World, who: str) -> None:
    assert world.browser(who).get("/audit").status_code == 404


def test_a_search_by_person_shows_that_person_alone(world: World) -> None:
    journal(world, "record read", who="member")
    journal(world, "report read", who="board")
    dpo = world.browser("dpo")
    dpo.get("/audit")
    sent = dpo.post("/audit", {"person": str(world.here.actor("board").id)})
    assert sent.status_code == 303
    page = dpo.get(sent.headers["Location"]).text
    assert WORDS["report read"] in page
    assert WORDS["record read"] not in page


def test_a_reference_is_typed_and_its_id_alone_is_in_the_address(world: World) -> None:
    subject_id, _ = in_gallery(world.here)
    world.browser("member").get(f"/gallery/{subject_id}")
    reference = db.session.get_one(Subject, subject_id).reference
    db.session.rollback()
    dpo = world.browser("dpo")
    dpo.get("/audit")
    sent = dpo.post("/audit", {"reference": f" {reference.lower()} "})
    assert reference not in sent.headers["Location"]
    page = dpo.get(sent.headers["Location"]).text
    assert WORDS["subject seen"] in page
    assert "Saw pictures" in page
    assert "Signed in" not in page.partition("<tbody>")[2]


def test_a_reference_of_another_scheme_or_of_none_is_not_found(world: World) -> None:
    subject_id, _ = in_gallery(world.there)
    theirs = db.session.get_one(Subject, subject_id).reference
    db.session.rollback()
    dpo = world.browser("dpo")
    dpo.get("/audit")
    for typed in (theirs, "P-NOBODY"):
        answer = dpo.post("/audit", {"reference": typed})
        assert answer.status_code == 422
        assert "No record has that number" in answer.text


def test_each_kind_of_act_is_found_by_itself(world: World) -> None:
    acts = ("record read", "notice served", "refused", "audit exported", "signed in")
    journal(world, *acts)
    dpo = world.browser("dpo")
    for act in acts:
        rows = dpo.get(f"/audit?kind={kind_of(act)}".replace(" ", "+")).text.partition("<tbody>")[2]
        assert WORDS[act] in rows
        for other in acts:
            if kind_of(other) is not kind_of(act):
                assert WORDS[other] not in rows, (act, other)


def test_days_are_those_of_the_united_kingdom_and_the_last_is_included(world: World) -> None:
    summer = clock.now().replace(month=6, day=10, hour=22, minute=50)
    day = f"{summer.year}-06-11"
    dpo = world.here.actor("dpo")
    for number, hours in enumerate((0, 1, 24, 25)):
        with time_machine.travel(summer + timedelta(hours=hours), tick=False):
            audit.journal(audit.by(dpo, f"act {number}"))
    page = world.browser("dpo").get(f"/audit?since={day}&until={day}").text
    assert [f"Act {number}" in page for number in range(4)] == [False, True, True, False]


def test_pages_go_on_from_a_position_and_miss_nothing(world: World) -> None:
    with writing():
        audit.record(
            *(audit.by(world.here.actor("board"), f"act {number:03}") for number in range(120))
        )
    dpo, board = world.browser("dpo"), world.here.actor("board").id
    found: list[str] = []
    page = dpo.get(f"/audit?person={board}").text
    for _ in range(3):
        found += [act for act in (f"Act {number:03}" for number in range(120)) if act in page]
        if "Show older" not in page:
            break
        path = page.partition("before=")[2].partition('"')[0].replace("&amp;", "&")
        page = dpo.get(f"/audit?before={path}").text
    assert sorted(found) == [f"Act {number:03}" for number in range(120)]


def test_reading_the_audit_is_written_down_with_what_was_looked_for(world: World) -> None:
    board = world.here.actor("board").id
    world.browser("dpo").get(f"/audit?person={board}&kind=seen")
    read = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.act == "audit read")).one()
    assert read.actor_id == world.here.actor("dpo").id
    assert (read.target, read.target_id) == ("member", board)
    assert "kind seen" in read.detail


@pytest.mark.parametrize(
    "query", ["person=x", "about=x", "kind=x", "since=x", "until=2026-13-01", "before=-1"]
)
def test_an_address_that_no_form_made_is_missing(world: World, query: str) -> None:
    assert world.browser("dpo").get(f"/audit?{query}").status_code == 404


def test_another_schemes_people_are_missing(world: World) -> None:
    theirs = world.there.actor("board").id
    assert world.browser("dpo").get(f"/audit?person={theirs}").status_code == 404


def test_a_name_that_is_gone_is_somebody_who_has_left(world: World) -> None:
    audit.journal(Entry(act="act", scheme_id=world.here.scheme_id, actor_id=uuid.uuid4()))
    assert "Someone who has left" in world.browser("dpo").get("/audit").text


def test_what_the_pages_of_the_scheme_write_down_has_plain_words(world: World) -> None:
    subject_id, _ = in_gallery(world.here)
    reported(world.here)
    manager = world.browser("administrator")
    for path in ("/desk", "/people", f"/people/{subject_id}", "/desk/members", "/audit"):
        manager.get(path)
    acts = set(auditing.acts_in(world.here.scheme_id))
    assert acts
    assert acts <= set(WORDS)


def test_every_way_finds_what_a_plain_reading_finds(world: World) -> None:
    """However a search is narrowed, it equals a filter over the whole chain."""
    subject_id, _ = in_gallery(world.here)
    in_gallery(world.here, seed=2)
    for who in ("member", "second_member"):
        browser = world.browser(who)
        browser.get("/gallery")
        browser.get(f"/gallery/{subject_id}")
    scheme_id, person = world.here.scheme_id, world.here.actor("member").id
    every = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.scheme_id == scheme_id)).all()
    shown = auditing.seen_in(every)
    seen = frozenset(a for a in auditing.acts_in(scheme_id) if kind_of(a) is ActKind.SEEN)
    stills = frozenset(shown[next(iter(shown))][:1])
    for actor_id in (None, person):
        for target_ids in (None, stills, stills | {subject_id}):
            for acts in (None, seen):
                found = auditing.find_events(
                    Search(
                        scheme_id=scheme_id, actor_id=actor_id, target_ids=target_ids, acts=acts
                    ),
                    limit=500,
                )
                expected = [
                    event.position
                    for event in every
                    if (actor_id is None or event.actor_id == actor_id)
                    and (acts is None or event.act in acts)
                    and (
                        target_ids is None
                        or {event.target_id, *shown.get(event.position, [])} & target_ids
                    )
                ]
                assert [one.position for one in found] == sorted(expected, reverse=True)
                assert expected
