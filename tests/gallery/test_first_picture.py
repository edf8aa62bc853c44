"""Which picture of a person stands first: the one that a manager chose, while it may be seen."""

import re
import uuid

from sqlalchemy import select

from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.transaction import writing
from disc.desk.splitting import Part, split
from disc.gallery.erasing import erase_subject
from disc.gallery.merging import merge, unmerge
from disc.gallery.models import Subject, SubjectStill
from disc.gallery.queries import get_subject, stills_of
from disc.stills.models import Still
from disc.stills.service import erase_still, hide_still
from tests.story import in_gallery
from tests.world import World


def two_pictures(world: World) -> tuple[uuid.UUID, uuid.UUID, uuid.UUID]:
    """Return a person of two pictures, the older of them, and the newer."""
    subject_id, older = in_gallery(world.here, seed=1)
    other, newer = in_gallery(world.here, seed=2)
    with writing() as session:
        session.get_one(SubjectStill, (other, newer)).subject_id = subject_id
    return subject_id, older, newer


def choose(
    world: World, subject_id: uuid.UUID, still_id: object, who: str = "administrator"
) -> int:
    browser = world.browser(who)
    browser.get("/me")
    said = {"picture": str(still_id)} if still_id else {}
    return browser.post(f"/people/{subject_id}/first", said).status_code


def first_of(subject_id: uuid.UUID) -> uuid.UUID:
    db.session.rollback()
    return stills_of([subject_id])[subject_id][0]


def test_the_chosen_picture_stands_on_the_tile_and_the_newest_if_none_is(world: World) -> None:
    subject_id, older, newer = two_pictures(world)
    assert first_of(subject_id) == newer
    page = world.browser("administrator").get(f"/people/{subject_id}").text
    assert f'name="picture" value="{older}"' in page
    assert f'name="picture" value="{newer}"' not in page
    assert choose(world, subject_id, older) == 303
    tile = re.search(r'data-still="([^"]+)"', world.browser("member").get("/gallery").text)
    assert tile
    assert tile[1] == str(older)
    assert (
        "Show the newest picture first"
        in world.browser("administrator").get(f"/people/{subject_id}").text
    )
    assert choose(world, subject_id, None) == 303
    assert first_of(subject_id) == newer
    told = select(AuditEvent.act).where(AuditEvent.act == "first picture chosen")
    assert len(db.session.scalars(told).all()) == 2


def test_one_that_may_not_be_seen_any_more_gives_way_at_once(world: World) -> None:
    subject_id, older, newer = two_pictures(world)
    manager = world.here.actor("administrator")
    assert choose(world, subject_id, older) == 303
    for hidden, first in ((True, newer), (False, older)):
        with writing():
            hide_still(manager, db.session.get_one(Still, older), hidden=hidden)
        assert first_of(subject_id) == first
    with writing():
        erase_still(db.session.get_one(Still, older))
    assert first_of(subject_id) == newer


def test_a_picture_of_somebody_else_or_a_hidden_one_is_not_chosen(world: World) -> None:
    subject_id, older, newer = two_pictures(world)
    _, stranger = in_gallery(world.here, seed=3)
    _, theirs = in_gallery(world.there, seed=4)
    with writing():
        hide_still(world.here.actor("administrator"), db.session.get_one(Still, older), hidden=True)
    for wrong in (stranger, theirs, older, "nothing"):
        assert choose(world, subject_id, wrong) == 404
    assert choose(world, subject_id, newer, who="member") == 404
    assert first_of(subject_id) == newer


def test_a_lent_picture_leads_until_the_records_part(world: World) -> None:
    kept, own = in_gallery(world.here, seed=1)
    joined, lent = in_gallery(world.here, seed=2)
    other, _ = in_gallery(world.here, seed=3)
    manager = world.here.actor("administrator")
    with writing():
        merge(manager, joined, kept)
        merge(manager, other, kept)
    assert choose(world, kept, lent) == 303
    assert first_of(kept) == lent
    with writing():
        unmerge(manager, other)
    assert first_of(kept) == lent
    with writing():
        unmerge(manager, joined)
    assert (first_of(kept), first_of(joined)) == (own, lent)
    with writing():
        merge(manager, other, kept)
        merge(manager, joined, kept)
    assert db.session.get_one(Subject, kept).lead_still_id is None


def test_it_is_forgotten_with_a_split_and_with_the_record(world: World) -> None:
    subject_id, older, newer = two_pictures(world)
    manager = world.here.actor("administrator")
    assert choose(world, subject_id, older) == 303
    part = Part(
        still_ids=frozenset({older}), incident_ids=frozenset(), under_18=False, vulnerable=False
    )
    with writing():
        split(manager, subject_id, part)
    assert db.session.get_one(Subject, subject_id).lead_still_id is None
    db.session.rollback()
    assert choose(world, subject_id, newer) == 303
    with writing():
        erase_subject(get_subject(manager, subject_id))
    assert db.session.get_one(Subject, subject_id).lead_still_id is None
