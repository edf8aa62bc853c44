"""An Administrator sets a scheme up: Areas, premises, people; and shuts out who left."""

import re

from tests.browsers import Browser
from tests.world import World

NEW_PASSWORD = "copper kettle beside nine gulls"


def invite(manager: Browser, world: World, **more: object) -> object:
    manager.get("/desk/members")
    return manager.post(
        "/desk/members/people",
        {
            "name": "Invented Newcomer",
            "email": "new@example.org",
            "role": "member",
            "areas": [str(world.here.area_id)],
            "premises": [str(world.here.premises_id)],
            **more,
        },
    )


def test_an_invited_person_joins_by_a_link_that_works_once(world: World, browser: Browser) -> None:
    page = invite(world.browser("administrator"), world).text
    link = re.search(r"/join/[\w-]+", page)
    assert link
    assert "Join Harbour Watch" in browser.get(link[0]).text
    weak = browser.post(link[0], {"password": "quaysidequayside", "again": "quaysidequayside"})
    assert weak.status_code == 422
    assert "easy to guess" in weak.text
    sent = {"password": NEW_PASSWORD, "again": NEW_PASSWORD}
    assert browser.post(link[0], sent).headers["Location"] == "/me/security"
    assert "Invented Newcomer" in browser.get("/me").text
    assert Browser(browser.app).get(link[0]).status_code == 404


def test_a_bad_invitation_keeps_what_was_typed(world: World) -> None:
    manager = world.browser("administrator")
    page = invite(manager, world, email="not an address", premises=[])
    assert page.status_code == 422
    assert "Invented Newcomer" in page.text
    assert "This is no e-mail address." in page.text
    assert "Choose where this person works." in page.text


def test_nobody_is_invited_twice_or_into_another_schemes_places(world: World) -> None:
    manager = world.browser("administrator")
    taken = invite(manager, world, email=world.there.emails["member"])
    assert taken.status_code == 422
    assert "already has an account" in taken.text
    elsewhere = invite(manager, world, areas=[str(world.there.area_id)])
    assert elsewhere.status_code == 422


def test_who_left_is_signed_out_everywhere_at_once(world: World) -> None:
    member, manager = world.browser("member"), world.browser("administrator")
    manager.get("/desk/members")
    left = f"/desk/members/people/{world.here.actor('member').id}/left"
    assert manager.post(left).status_code == 303
    assert member.get("/me").status_code == 302
    again = Browser(member.app)
    from tests.world import PASSWORD

    assert again.sign_in(world.here.emails["member"], PASSWORD).status_code == 401


def test_an_administrator_cannot_shut_themselves_out(world: World) -> None:
    manager = world.browser("administrator")
    manager.get("/desk/members")
    own = world.here.actor("administrator").id
    assert manager.post(f"/desk/members/people/{own}/left").status_code == 409


def test_areas_and_premises_are_added_with_their_authority(world: World) -> None:
    manager = world.browser("administrator")
    manager.get("/desk/members")
    assert manager.post("/desk/members/areas", {"name": "North Side"}).status_code == 303
    assert manager.post("/desk/members/areas", {"name": "North Side"}).status_code == 422
    sent = {
        "name": "Invented Bakery",
        "area_id": str(world.here.area_id),
        "authority_by": "The owner",
        "authority_on": "2026-02-03",
    }
    assert manager.post("/desk/members/premises", sent).status_code == 303
    assert "North Side" in manager.get("/desk/members/areas").text
    page = manager.get("/desk/members/premises").text
    assert "The owner allowed pictures to be shared on 3 February 2026" in page
    late = manager.post("/desk/members/premises", {**sent, "authority_on": "2099-01-01"})
    assert late.status_code == 422


def test_an_invitation_dies_when_its_person_leaves(world: World, browser: Browser) -> None:
    from disc.core.database import db
    from disc.members.models import Member, MemberState

    manager = world.browser("administrator")
    link = re.search(r"/join/[\w-]+", invite(manager, world).text)
    assert link
    db.session.rollback()
    waiting = db.session.query(Member).filter_by(state=MemberState.INVITED).one().id
    assert manager.post(f"/desk/members/people/{waiting}/left").status_code == 303
    assert browser.get(link[0]).status_code == 404
    assert "Invitation ready" in invite(manager, world).text


def test_who_added_what_is_written_down(world: World) -> None:
    from sqlalchemy import select

    from disc.core.audit import AuditEvent
    from disc.core.database import db

    manager = world.browser("administrator")
    invite(manager, world)
    manager.post("/desk/members/areas", {"name": "North Side"})
    place = {"name": "Invented Bakery", "area_id": str(world.here.area_id)}
    manager.post("/desk/members/premises", place)
    added = {"name": "Watched", "expiry_months": "3", "sorted_by": "newest", "seen_by": "everybody"}
    assert manager.post("/desk/galleries", added).status_code == 303
    db.session.rollback()
    acts = select(AuditEvent.act).where(AuditEvent.actor_id == world.here.actor("administrator").id)
    done = set(db.session.scalars(acts))
    assert done >= {"member invited", "area added", "premises added", "gallery added"}
