"""Galleries: what they are for, in which order, who sees them and where, and their end."""

import re
import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from disc.core import clock
from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.jobs import drain
from disc.core.outbox import Outbox
from disc.core.transaction import writing
from disc.gallery import galleries, leafing, queries, service
from disc.gallery.galleries import Terms
from disc.gallery.models import Audience, Gallery, GalleryEntry, GalleryOrder, Subject
from disc.gallery.queries import get_subject
from disc.members.models import Scheme
from tests.story import in_gallery
from tests.world import World

TERMS = Terms(name="Shop thieves", description="People banned from shops.", expiry_months=6)


def gallery(world: World, **terms: object) -> uuid.UUID:
    manager = world.here.actor("administrator")
    said = replace(TERMS, **terms)
    with writing():
        made = service.add_gallery(manager, said.name, said.description, said.expiry_months)
        galleries.change_gallery(manager, made, said)
        return made.id


def put(world: World, subject_id: uuid.UUID, *gallery_ids: uuid.UUID, name: str = "") -> None:
    manager = world.here.actor("administrator")
    with writing():
        subject = get_subject(manager, subject_id)
        if name:
            service.name_subject(manager, subject, name, gallery_ids)
        else:
            for one in gallery_ids:
                service.put_in_gallery(manager, subject, queries.get_gallery(manager, one))


def known(world: World, name: str, *gallery_ids: uuid.UUID, seed: int = 1) -> uuid.UUID:
    subject_id, _ = in_gallery(world.here, seed=seed)
    put(world, subject_id, *gallery_ids, name=name)
    return subject_id


def form(**said: object) -> dict[str, object]:
    plain = {"name": "Market", "description": "Seen twice", "expiry_months": "4"}
    return {**plain, "sorted_by": "by name", "seen_by": "restricted", **said}


def test_a_manager_says_all_about_a_gallery(world: World) -> None:
    gallery_id = gallery(world)
    manager = world.browser("administrator")
    assert "People banned from shops." in manager.get(f"/desk/galleries/{gallery_id}").text
    said = form(areas=[str(world.here.other_area_id)])
    assert manager.post(f"/desk/galleries/{gallery_id}", said).status_code == 303
    db.session.rollback()
    found = db.session.get_one(Gallery, gallery_id)
    assert (found.name, found.expiry_months) == ("Market", 4)
    assert (found.sorted_by, found.seen_by) == (GalleryOrder.BY_NAME, Audience.RESTRICTED)
    areas = queries.areas_of_galleries([gallery_id])[gallery_id]
    assert areas == [world.here.other_area_id]
    page = manager.get("/desk/galleries").text
    for words in ("Seen twice", "From A to Z", "Market", "Not for every member"):
        assert words in page
    both = [str(world.here.area_id), str(world.here.other_area_id)]
    assert manager.post(f"/desk/galleries/{gallery_id}", form(areas=both)).status_code == 303
    db.session.rollback()
    assert queries.areas_of_galleries([gallery_id])[gallery_id] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "shop THIEVES"},
        {"expiry_months": "37"},
        {"sorted_by": "size"},
        {"seen_by": "the public"},
        {"areas": [str(uuid.uuid4())]},
        {"description": "x" * 301},
    ],
)
def test_what_makes_no_gallery_is_refused_with_what_was_typed(
    world: World, wrong: dict[str, object]
) -> None:
    gallery(world)
    other = gallery(world, name="Other")
    manager = world.browser("administrator")
    manager.get("/desk/galleries")
    for address in ("/desk/galleries", f"/desk/galleries/{other}"):
        answer = manager.post(address, form(**wrong))
        assert answer.status_code == 422
        assert "There is a problem" in answer.text
    assert db.session.scalar(select(func.count()).select_from(Gallery)) == 2


def test_a_gallery_keeps_its_own_name_when_it_is_saved_again(world: World) -> None:
    gallery_id = gallery(world)
    manager = world.browser("administrator")
    manager.get("/desk/galleries")
    said = form(name="SHOP thieves")
    assert manager.post(f"/desk/galleries/{gallery_id}", said).status_code == 303


def test_a_restricted_gallery_is_seen_by_those_who_run_the_scheme(world: World) -> None:
    gallery_id = gallery(world, seen_by=Audience.RESTRICTED)
    subject = known(world, "Invented Name", gallery_id)
    with writing():
        db.session.get_one(Scheme, world.here.scheme_id).police_may_see_gallery = True
    for who in ("administrator", "sub_administrator", "board", "group_manager"):
        browser = world.browser(who)
        assert "Invented Name" in browser.get("/gallery").text, who
        assert browser.get(f"/gallery/{subject}").status_code == 200, who
        assert browser.get(f"/gallery?gallery={gallery_id}").status_code == 200, who
    for who in ("member", "author", "investigator", "spoc"):
        browser = world.browser(who)
        page = browser.get("/gallery").text
        assert "Invented Name" not in page, who
        assert "Shop thieves" not in page, who
        assert browser.get(f"/gallery/{subject}").status_code == 404, who
        assert browser.get(f"/gallery?gallery={gallery_id}").status_code == 404, who


def test_that_somebody_is_in_a_restricted_gallery_too_is_told_to_nobody(world: World) -> None:
    hidden, plain = gallery(world, seen_by=Audience.RESTRICTED), gallery(world, name="Banned")
    subject = known(world, "Invented Name", hidden, plain)
    with writing():
        entry = db.session.get_one(GalleryEntry, (plain, subject))
        entry.expires_on = clock.add_months(clock.today(), 1)
    member = world.browser("member")
    page = member.get("/gallery").text
    assert "Invented Name" in page
    assert "Leaves in 6 months" not in page
    assert "Leaves in" in page
    assert "Leaves in 6 months" in world.browser("administrator").get("/gallery").text


def test_a_gallery_is_seen_in_its_areas(world: World) -> None:
    far = gallery(world, area_ids=frozenset({world.here.other_area_id}))
    subject = known(world, "Invented Name", far)
    assert world.browser("member").get(f"/gallery/{subject}").status_code == 404
    assert world.browser("administrator").get(f"/gallery/{subject}").status_code == 200
    manager = world.here.actor("administrator")
    with writing():
        near = replace(TERMS, area_ids=frozenset({world.here.area_id}))
        galleries.change_gallery(manager, queries.get_gallery(manager, far), near)
    assert world.browser("member").get(f"/gallery/{subject}").status_code == 200
    # The person was reported in one Area: a gallery of another does not carry them there.
    assert world.browser("far_member").get(f"/gallery/{subject}").status_code == 404


def test_a_gallery_runs_from_a_to_z_over_its_pages(world: World, monkeypatch: object) -> None:
    monkeypatch.setattr(leafing, "PAGE", 2)
    gallery_id = gallery(world, sorted_by=GalleryOrder.BY_NAME)
    for seed, name in enumerate(("petra Mallow", "Abel Mallow", "Zed Mallow", "Oona Mallow")):
        known(world, name, gallery_id, seed=seed)
    nameless, _ = in_gallery(world.here, seed=9)
    put(world, nameless, gallery_id)
    member, path, seen = world.browser("member"), f"/gallery?gallery={gallery_id}", []
    while path:
        page = member.get(path).text
        seen += re.findall(r'face__name">([^<]+)<', page)
        more = re.search(r'href="(/gallery\?[^"]*after=[^"]+)"', page)
        path = more[1].replace("&amp;", "&") if more else ""
        assert "Mallow" not in path
    assert seen == ["Abel Mallow", "Oona Mallow", "petra Mallow", "Zed Mallow", "Who is this?"]
    assert member.get(f"/gallery?gallery={gallery_id}&after=nobody").status_code == 404


def test_unknown_people_are_shown_by_themselves_only_where_the_scheme_says_so(world: World) -> None:
    subject, _ = in_gallery(world.here)
    gallery_id = gallery(world)
    member = world.browser("member")
    assert member.get(f"/gallery/{subject}").status_code == 200
    with writing():
        db.session.get_one(Scheme, world.here.scheme_id).id_sought_by_themselves = False
    assert member.get(f"/gallery/{subject}").status_code == 404
    put(world, subject, gallery_id)
    assert member.get(f"/gallery/{subject}").status_code == 200
    assert "Leaves in" in member.get(f"/gallery?gallery={gallery_id}").text


def test_removing_a_gallery_tells_first_what_it_does_and_erases_no_record(world: World) -> None:
    ending, other = gallery(world), gallery(world, name="Banned")
    alone = known(world, "Invented Name", ending, seed=1)
    both = known(world, "Another Name", ending, other, seed=2)
    unknown, _ = in_gallery(world.here, seed=3)
    put(world, unknown, ending)
    manager = world.browser("administrator")
    page = manager.get(f"/desk/galleries/{ending}").text
    assert "3 people would leave this gallery." in page
    assert "1 person with a name is in no other gallery." in page
    assert manager.post(f"/desk/galleries/{ending}/remove").status_code == 303
    db.session.rollback()
    assert db.session.get(Gallery, ending) is not None
    answer = manager.post(f"/desk/galleries/{ending}/remove", {"sure": "y"})
    assert answer.status_code == 303
    member = world.browser("member")
    answers = [member.get(f"/gallery/{one}").status_code for one in (alone, both, unknown)]
    assert answers == [404, 200, 200]
    assert manager.get(f"/people/{alone}").status_code == 200
    db.session.rollback()
    assert db.session.get(Gallery, ending) is None
    assert db.session.query(Subject).count() == 3
    told = select(func.count()).where(
        AuditEvent.act == "gallery entry removed", AuditEvent.detail == str(ending)
    )
    assert db.session.scalar(told) == 3


def test_another_schemes_gallery_is_not_there(world: World) -> None:
    gallery_id = gallery(world)
    theirs = world.browser("administrator", world.there)
    theirs.get("/desk/galleries")
    assert theirs.get(f"/desk/galleries/{gallery_id}").status_code == 404
    assert theirs.get(f"/gallery?gallery={gallery_id}").status_code == 404
    for address in (f"/desk/galleries/{gallery_id}", f"/desk/galleries/{gallery_id}/remove"):
        assert theirs.post(address, form(sure="y")).status_code == 404
    assert db.session.get(Gallery, gallery_id) is not None


def told_by(change: Callable[[], None]) -> list[str]:
    """Return which events of pictures a change publishes."""
    drain()
    with writing() as session:
        change()
        session.flush()
        listeners = session.scalars(select(Outbox.listener)).all()
        return [one for one in listeners if one.startswith("stills.")]


def test_open_pages_ask_once_when_others_see_a_gallery_however_many_are_inside(
    world: World,
) -> None:
    gallery_id = gallery(world)
    for seed in range(3):
        known(world, f"Invented Name {seed}", gallery_id, seed=seed)
    manager = world.here.actor("administrator")
    near = frozenset({world.here.area_id})
    changes = [
        (replace(TERMS, name="Renamed", sorted_by=GalleryOrder.BY_NAME), 0),
        (replace(TERMS, seen_by=Audience.RESTRICTED), 1),
        (replace(TERMS, area_ids=near), 1),
        (replace(TERMS, area_ids=near, expiry_months=3), 0),
    ]
    for terms, times in changes:
        told = told_by(
            lambda terms=terms: galleries.change_gallery(
                manager, queries.get_gallery(manager, gallery_id), terms
            )
        )
        assert told == ["stills.listeners.tell_many_changed"] * times, terms
    told = told_by(
        lambda: galleries.remove_gallery(manager, queries.get_gallery(manager, gallery_id))
    )
    assert told == ["stills.listeners.tell_many_changed"]
