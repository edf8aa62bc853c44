"""An open page asks which of its pictures are out of date; nothing is shown or written by it."""

import re
import uuid
from datetime import timedelta

import time_machine
from sqlalchemy import func, select

from disc.core import clock
from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.outbox import Outbox
from disc.core.pictures.steps import Turn
from disc.core.transaction import writing
from disc.gallery.merging import merge, unmerge
from disc.gallery.queries import get_subject
from disc.gallery.service import hide_subject, name_subject
from disc.stills.editing import save_edit
from disc.stills.models import Still
from disc.stills.service import hide_still
from tests.browsers import Browser
from tests.story import in_gallery
from tests.world import World

LINK = re.compile(r'src="(/img/[^"]+)"')


def opened(browser: Browser, subject_id: uuid.UUID) -> list[str]:
    return LINK.findall(browser.get(f"/gallery/{subject_id}").text)


def checked(browser: Browser, links: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = browser.post_json("/img/check", {"links": links}).json
    return found


def events() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(AuditEvent)) or 0


def test_what_is_as_it_was_is_not_named_and_the_question_is_not_written_down(world: World) -> None:
    subject_id, _ = in_gallery(world.here)
    member = world.browser("member")
    links = opened(member, subject_id)
    before = events()
    assert checked(member, links) == {"gone": [], "changed": []}
    assert events() == before


def test_what_was_hidden_edited_or_taken_from_the_reader_is_named(world: World) -> None:
    manager = world.here.actor("administrator")
    pages = [in_gallery(world.here, seed=seed) for seed in (1, 2, 3, 4)]
    member = world.browser("second_member")
    links = [link for subject_id, _ in pages for link in opened(member, subject_id)]
    with writing():
        hide_still(manager, db.session.get_one(Still, pages[0][1]), hidden=True)
        hide_subject(manager, get_subject(manager, pages[1][0]), hidden=True)
    save_edit(manager, pages[2][1], (Turn(1),), 0)
    found = checked(member, links)
    assert set(found["gone"]) == {str(pages[0][1]), str(pages[1][1])}
    assert found["changed"] == [str(pages[2][1])]


def test_a_newer_link_to_a_picture_does_not_hide_that_an_older_one_shows_it_unedited(
    world: World,
) -> None:
    subject_id, still_id = in_gallery(world.here)
    member = world.browser("second_member")
    older = opened(member, subject_id)
    save_edit(world.here.actor("administrator"), still_id, (Turn(1),), 0)
    with time_machine.travel(clock.now() + timedelta(seconds=20)):
        newer = opened(member, subject_id)
        assert checked(member, newer)["changed"] == []
        assert checked(member, [*older, *newer])["changed"] == [str(still_id)]


def test_named_joined_or_taken_apart_open_pages_ask_again(world: World) -> None:
    manager = world.here.actor("administrator")
    (one, its_picture), (other, others_picture) = (in_gallery(world.here, seed=n) for n in (1, 2))
    both = {str(its_picture), str(others_picture)}
    steps = (
        (
            lambda: name_subject(manager, get_subject(manager, one), "Robin Doe", []),
            both - {str(others_picture)},
        ),
        (lambda: merge(manager, other, one), both),
        (lambda: unmerge(manager, other), both),
    )
    for step, pictures in steps:
        with writing() as session:
            session.query(Outbox).delete()
            step()
            session.flush()
            assert told("tell_changed") == pictures


def test_links_of_somebody_else_tell_nothing(world: World) -> None:
    subject_id, still_id = in_gallery(world.here)
    links = opened(world.browser("member"), subject_id)
    with writing():
        hide_still(
            world.here.actor("administrator"), db.session.get_one(Still, still_id), hidden=True
        )
    for who, place in (("second_member", world.here), ("member", world.there)):
        assert checked(world.browser(who, place), [*links, "x", "/img/a.b.c"]) == {
            "gone": [],
            "changed": [],
        }


def test_a_question_without_links_is_missing(world: World) -> None:
    for body in ({}, [], {"links": 3}, "x"):
        assert world.browser("member").post_json("/img/check", body).status_code == 404


def told(kind: str) -> set[str]:
    rows = db.session.scalars(select(Outbox).where(Outbox.listener == f"stills.listeners.{kind}"))
    return {row.payload["still_id"] for row in rows}


def test_each_way_out_of_view_tells_open_pages(world: World) -> None:
    """The rows are read inside the transaction that publishes them, before they are delivered."""
    from disc.gallery import care, erasing
    from disc.stills.service import erase_still

    manager = world.here.actor("administrator")
    board = world.here.actor("board")
    pages = [in_gallery(world.here, seed=seed) for seed in (1, 2, 3, 4)]
    waiting, its_picture = in_gallery(world.here, seed=5, under_18=True)
    with writing() as session:
        hide_still(manager, db.session.get_one(Still, pages[0][1]), hidden=True)
        erase_still(db.session.get_one(Still, pages[1][1]))
        session.flush()
        assert told("tell_gone") == {str(pages[0][1]), str(pages[1][1])}
        assert told("tell_changed") == set()
        care.take_care(manager, get_subject(manager, pages[2][0]), under_18=True, vulnerable=False)
        erasing.erase_subject(get_subject(manager, pages[3][0]))
        care.agree_publication(board, waiting, agreed=False)
        session.flush()
        assert told("tell_changed") == {str(pages[2][1]), str(pages[3][1]), str(its_picture)}


def test_taken_out_of_a_gallery_open_pages_ask_again(world: World) -> None:
    from disc.gallery import service

    manager = world.here.actor("administrator")
    subject_id, still_id = in_gallery(world.here)
    with writing() as session:
        gallery = service.add_gallery(manager, "Banned", "", 6)
        subject = get_subject(manager, subject_id)
        service.name_subject(manager, subject, "Invented Surname", [gallery.id])
        service.take_from_gallery(manager, subject, gallery)
        session.flush()
        assert told("tell_changed") == {str(still_id)}
