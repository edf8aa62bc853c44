"""Children and vulnerable people: the Board says how few see them; under 10, nobody does."""

import uuid

import pytest

from disc.core import clock
from disc.core.database import db, new_id
from disc.core.transaction import writing
from disc.exclusions.service import Proposal, propose
from disc.gallery import care, service
from disc.gallery.errors import KeepTheOther, NotInThisGallery
from disc.gallery.galleries import Terms, change_gallery
from disc.gallery.merging import merge
from disc.gallery.models import Audience, GalleryEntry, Subject, SubjectState
from disc.gallery.queries import get_gallery, get_subject
from disc.incidents.models import Incident
from disc.incidents.queries import reports_about
from tests.desk.deciding import take_effect
from tests.story import in_gallery, reported
from tests.world import World

FEW = ("administrator", "sub_administrator", "board", "group_manager")


def record(subject_id: uuid.UUID) -> Subject:
    db.session.rollback()
    return db.session.get_one(Subject, subject_id)


def galleries(world: World) -> tuple[uuid.UUID, uuid.UUID]:
    """Return an open and a restricted gallery."""
    manager = world.here.actor("administrator")
    with writing():
        made = [service.add_gallery(manager, name, "", 6) for name in ("Banned", "Young people")]
        terms = Terms(
            name="Young people", description="", expiry_months=6, seen_by=Audience.RESTRICTED
        )
        change_gallery(manager, made[1], terms)
        return made[0].id, made[1].id


def put(world: World, subject_id: uuid.UUID, gallery_id: uuid.UUID) -> None:
    manager = world.here.actor("administrator")
    with writing():
        gallery = get_gallery(manager, gallery_id)
        service.put_in_gallery(manager, get_subject(manager, subject_id), gallery)


def correct(world: World, subject_id: uuid.UUID, **said: str) -> str:
    manager = world.browser("administrator")
    manager.get(f"/people/{subject_id}/correct")
    answer = manager.post(f"/people/{subject_id}/correct", said)
    assert answer.status_code == 303
    return manager.get(answer.headers["Location"]).text


def test_the_board_keeps_somebody_to_few(world: World) -> None:
    open_one, restricted = galleries(world)
    subject, still = in_gallery(world.here, under_18=True)
    put(world, subject, open_one)
    board = world.browser("board")
    board.get("/board")
    assert board.post(f"/board/people/{subject}", {"decision": "restrict"}).status_code == 303
    assert db.session.query(GalleryEntry).all() == []
    asked = {"pictures": [{"still": str(still), "rendition": "thumb"}]}
    for who in FEW:
        browser = world.browser(who)
        assert browser.get(f"/gallery/{subject}").status_code == 200, who
        assert len(browser.post_json("/img/mint", asked).json["urls"]) == 1, who
    for who in ("second_member", "author", "investigator"):
        browser = world.browser(who)
        assert browser.get(f"/gallery/{subject}").status_code == 404, who
        assert browser.post_json("/img/mint", asked).json["urls"] == {}, who
    put(world, subject, restricted)
    with pytest.raises(NotInThisGallery):
        put(world, subject, open_one)
    page = world.browser("administrator").get(f"/people/{subject}").text
    assert "Show in Banned" not in page
    assert "Take out of Young people" in page
    assert "Shown to few" in page


def test_the_help_that_somebody_needs_is_read_by_those_who_see_them(world: World) -> None:
    subject, _ = in_gallery(world.here)
    correct(world, subject, vulnerable="y", welfare="Offer a chair and water.")
    board = world.browser("board")
    assert "Offer a chair and water." in board.get("/board").text
    board.post(f"/board/people/{subject}", {"decision": "restrict"})
    assert "Offer a chair" in world.browser("group_manager").get(f"/gallery/{subject}").text
    assert world.browser("member").get(f"/gallery/{subject}").status_code == 404


def test_somebody_shown_to_few_is_named_in_a_restricted_gallery_only(world: World) -> None:
    open_one, restricted = galleries(world)
    subject, _ = in_gallery(world.here, under_18=True)
    with writing():
        board = world.here.actor("board")
        care.agree_publication(board, subject, agreed=True, restricted=True)
    manager = world.browser("administrator")
    manager.get(f"/people/{subject}")
    said = {"name": "Robin Doe", "galleries": [str(open_one)]}
    assert manager.post(f"/people/{subject}/name", said).status_code == 422
    said["galleries"] = [str(restricted)]
    assert manager.post(f"/people/{subject}/name", said).status_code == 303
    assert "Robin Doe" in world.browser("group_manager").get("/gallery").text
    assert "Robin Doe" not in world.browser("member").get("/gallery").text


def test_opening_a_restricted_gallery_shows_nobody_whom_few_may_see(world: World) -> None:
    _, restricted = galleries(world)
    subject, _ = in_gallery(world.here, under_18=True)
    manager = world.here.actor("administrator")
    with writing():
        board = world.here.actor("board")
        care.agree_publication(board, subject, agreed=True, restricted=True)
        service.name_subject(manager, get_subject(manager, subject), "Robin Doe", [restricted])
        terms = Terms(name="Everybody now", description="", expiry_months=6)
        change_gallery(manager, get_gallery(manager, restricted), terms)
    assert "Robin Doe" not in world.browser("member").get(f"/gallery?gallery={restricted}").text


def test_joining_does_not_show_to_many_whom_few_may_see(world: World) -> None:
    few, _ = in_gallery(world.here, seed=1, under_18=True)
    many, _ = in_gallery(world.here, seed=2, under_18=True)
    manager, board = world.here.actor("administrator"), world.here.actor("board")
    with writing():
        care.agree_publication(board, few, agreed=True, restricted=True)
        care.agree_publication(board, many, agreed=True)
    with pytest.raises(KeepTheOther), writing():
        merge(manager, few, many)


def test_a_child_under_10_is_there_for_administrators_alone(world: World) -> None:
    open_one, restricted = galleries(world)
    subject, still = in_gallery(world.here)
    put(world, subject, restricted)
    number = record(subject).reference
    page = correct(world, subject, age_band="aged under 10", caption="Invented Child")
    assert "This child is under 10, and is in no gallery." in page
    found = record(subject)
    assert (found.under_10, found.under_18, found.state) == (True, True, SubjectState.WITHDRAWN)
    assert db.session.query(GalleryEntry).all() == []
    for gallery in (open_one, restricted):
        with pytest.raises(NotInThisGallery):
            put(world, subject, gallery)
    asked = {"pictures": [{"still": str(still), "rendition": "thumb"}]}
    for who in ("sub_administrator", "board", "group_manager", "second_member"):
        browser = world.browser(who)
        for path in (f"/gallery/{subject}", f"/people/{subject}", f"/people/{subject}/correct"):
            assert browser.get(path).status_code == 404, (who, path)
        assert browser.post_json("/img/mint", asked).json["urls"] == {}, who
    assert number not in world.browser("sub_administrator").get("/people").text
    assert number not in world.browser("board").get("/board").text
    administrator = world.browser("administrator")
    assert number in administrator.get("/people").text
    assert len(administrator.post_json("/img/mint", asked).json["urls"]) == 1


def test_a_report_about_a_child_under_10_shows_nobody(world: World) -> None:
    incident_id = reported(world.here)
    with writing():
        db.session.get_one(Incident, incident_id).description = ("aged under 10", "coat", "jeans")
    deputy = world.browser("sub_administrator")
    deputy.get(f"/desk/reports/{incident_id}")
    said = {"about": "new", "under_18": "yes", "vulnerable": "no"}
    answer = deputy.post(f"/desk/reports/{incident_id}/approve", said)
    assert answer.status_code == 303
    assert "only Administrators see the record" in deputy.get(answer.headers["Location"]).text
    take_effect()
    found = db.session.query(Subject).one()
    assert (found.under_10, found.state) == (True, SubjectState.WITHDRAWN)


def test_who_is_found_to_be_older_goes_to_the_board(world: World) -> None:
    subject, _ = in_gallery(world.here)
    correct(world, subject, age_band="aged under 10")
    correct(world, subject, age_band="aged 10 to 17")
    found = record(subject)
    assert (found.under_10, found.state) == (False, SubjectState.AWAITING_BOARD)
    assert world.browser("member").get(f"/gallery/{subject}").status_code == 404


def test_a_sub_administrator_who_finds_a_child_under_10_is_led_away(world: World) -> None:
    subject, _ = in_gallery(world.here)
    deputy = world.browser("sub_administrator")
    deputy.get(f"/people/{subject}/correct")
    answer = deputy.post(f"/people/{subject}/correct", {"age_band": "aged under 10"})
    assert answer.headers["Location"] == "/people"
    assert "only Administrators" in deputy.get("/people").text


def test_nothing_leads_others_to_a_child_under_10(world: World) -> None:
    kept, _ = in_gallery(world.here, seed=1)
    child, still = in_gallery(world.here, seed=2)
    manager = world.here.actor("administrator")
    with writing():
        evidence = frozenset(one.id for one in reports_about([child]))
        proposal = Proposal(
            id=new_id(),
            evidence=evidence,
            premises=frozenset({world.here.premises_id}),
            starts_on=clock.today(),
            months=3,
            reasons="Seen twice",
        )
        propose(manager, child, proposal)
        merge(manager, child, kept)
    number = record(child).reference
    assert number in world.browser("sub_administrator").get(f"/people/{kept}").text
    correct(world, child, age_band="aged under 10")
    deputy, board = world.browser("sub_administrator"), world.browser("board")
    assert number not in deputy.get(f"/people/{kept}").text
    assert deputy.get(f"/desk/stills/{still}").status_code == 404
    for browser in (deputy, board):
        assert browser.get(f"/notices/{proposal.id}").status_code == 404
    assert str(proposal.id) not in board.get("/board").text
    administrator = world.browser("administrator")
    for path in (f"/desk/stills/{still}", f"/notices/{proposal.id}"):
        assert administrator.get(path).status_code == 200
    assert number in administrator.get(f"/people/{kept}").text
