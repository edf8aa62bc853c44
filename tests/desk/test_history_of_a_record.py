"""What happened to a record stays to be read on its page, and no name of anybody is kept for it."""

import re

from sqlalchemy import select

from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.transaction import writing
from disc.desk.rules import HISTORY
from disc.gallery import service
from disc.gallery.merging import merge, unmerge
from disc.gallery.queries import get_gallery, get_subject
from tests.story import in_gallery
from tests.world import World


def titles(page: str) -> list[str]:
    return re.findall(r'timeline__title">([^<]+)<', page)


def test_a_person_who_got_a_name_keeps_the_way_there(world: World) -> None:
    subject, _ = in_gallery(world.here)
    manager, deputy = world.here.actor("administrator"), world.here.actor("sub_administrator")
    with writing():
        banned = service.add_gallery(manager, "Banned", "", 6).id
        service.name_subject(deputy, get_subject(manager, subject), "Invented Name", [banned])
    with writing():
        found = get_subject(manager, subject)
        service.take_from_gallery(manager, found, get_gallery(manager, banned))
        service.correct_subject(manager, found, service.Correction(name="Invented Other"))
        service.reported_again(manager, found)
        service.hide_subject(manager, found, hidden=True)
    page = world.browser("sub_administrator").get(f"/people/{subject}").text
    assert titles(page) == [
        "Hidden",
        "Reported again: its days begin anew",
        "Put right",
        "Taken out of the gallery Banned",
        "Put in the gallery Banned",
        "Named",
        "Added",
    ]
    names = set(re.findall(r'timeline__note">([^<]+)<', page))
    assert len(names) == 2


def test_both_records_tell_that_they_were_joined_and_taken_apart(world: World) -> None:
    kept, absorbed = in_gallery(world.here, seed=1)[0], in_gallery(world.here, seed=2)[0]
    manager = world.here.actor("administrator")
    numbers = [get_subject(manager, one).reference for one in (kept, absorbed)]
    with writing():
        merge(manager, absorbed, kept)
    browser = world.browser("administrator")
    assert f"Joined with {numbers[1]}" in titles(browser.get(f"/people/{kept}").text)
    with writing():
        unmerge(manager, absorbed)
    for one, other in ((kept, numbers[1]), (absorbed, numbers[0])):
        told = titles(browser.get(f"/people/{one}").text)
        assert told[:2] == [f"Taken apart from {other}", f"Joined with {other}"]


def test_the_history_is_kept_as_ids_alone(world: World) -> None:
    subject, _ = in_gallery(world.here)
    manager = world.here.actor("administrator")
    with writing():
        banned = service.add_gallery(manager, "Banned", "", 6).id
        service.name_subject(manager, get_subject(manager, subject), "Invented Name", [banned])
    details = db.session.scalars(select(AuditEvent.detail).where(AuditEvent.act.in_(HISTORY)))
    assert set(details) <= {"published", "", str(banned)}


def test_a_gallery_that_was_removed_is_told_as_gone(world: World) -> None:
    from disc.gallery.galleries import remove_gallery

    subject, _ = in_gallery(world.here)
    manager = world.here.actor("administrator")
    with writing():
        banned = service.add_gallery(manager, "Banned", "", 6)
        service.put_in_gallery(manager, get_subject(manager, subject), banned)
        remove_gallery(manager, banned)
    told = titles(world.browser("administrator").get(f"/people/{subject}").text)
    assert told[0] == "Taken out of the gallery that is gone now"
