"""A record is put right or erased when a person asks and the scheme agrees; settings; appeals."""

from disc.core.database import db
from disc.core.transaction import writing
from disc.gallery.models import Subject, SubjectState
from disc.incidents.models import Incident
from disc.members.models import Reoffending, Scheme
from disc.police.service import escalate
from disc.stills.models import Still
from tests.dataprotection.asking import stored
from tests.story import in_gallery
from tests.world import World


def test_a_record_is_put_right(world: World) -> None:
    subject, _ = in_gallery(world.here)
    manager = world.browser("administrator")
    manager.get(f"/people/{subject}")
    said = {
        "aliases": "Invented Nickname, Other",
        "height": "tall",
        "other_clothing": "green coat",
        "caption": "Left",
    }
    assert manager.post(f"/people/{subject}/correct", said).status_code == 303
    page = world.browser("member").get(f"/gallery/{subject}").text
    assert "Invented Nickname, Other" in page
    assert "Tall" in page
    assert "Green coat" in page


def test_erase_now_needs_the_number_and_takes_the_pictures(world: World) -> None:
    subject, still = in_gallery(world.here)
    manager = world.browser("administrator")
    manager.get(f"/people/{subject}")
    number = db.session.get_one(Subject, subject).reference
    manager.post(f"/people/{subject}/erase", {"number": "P-WRONG1"})
    db.session.rollback()
    assert db.session.get_one(Subject, subject).state is SubjectState.PUBLISHED
    manager.post(f"/people/{subject}/erase", {"number": number})
    db.session.rollback()
    assert db.session.get_one(Subject, subject).state is SubjectState.ERASED
    assert db.session.get_one(Still, still).erased_at is not None
    assert world.browser("member").get(f"/gallery/{subject}").status_code == 404


def test_evidence_that_the_police_have_stays_with_its_report(world: World) -> None:
    subject, still = in_gallery(world.here)
    incident = db.session.query(Incident).one().id
    with writing():
        escalate(world.here.actor("administrator"), incident, "Evidence")
    manager = world.browser("administrator")
    manager.get(f"/people/{subject}")
    number = db.session.get_one(Subject, subject).reference
    manager.post(f"/people/{subject}/erase", {"number": number})
    db.session.rollback()
    assert db.session.get_one(Still, still).erased_at is None


def test_settings_are_changed_and_shown_to_the_public(world: World) -> None:
    manager = world.browser("administrator")
    manager.get("/desk/settings")
    wanted = {
        "contact": "9 Invented Lane",
        "police_may_see_gallery": "y",
        "id_sought_hide_months": "2",
        "id_sought_erase_months": "4",
        "known_hide_months": "6",
        "known_erase_months": "12",
        "report_erase_months": "18",
        "reoffending": "at least",
        "reoffending_months": "2",
        "pictures_slow": "500",
        "pictures_stop": "900",
    }
    assert manager.post("/desk/settings", wanted).status_code == 303
    db.session.rollback()
    scheme = db.session.get_one(Scheme, world.here.scheme_id)
    assert (scheme.police_may_see_gallery, scheme.known_erase_months) == (True, 12)
    assert (scheme.reoffending, scheme.reoffending_months) == (Reoffending.AT_LEAST, 2)
    for who in ("administrator", "dpo"):
        assert "at least" in world.browser(who).get("/desk/settings").text
    assert "9 Invented Lane" in manager.get(f"/privacy/{scheme.slug}").text
    wrong = manager.post("/desk/settings", {**wanted, "known_hide_months": "13"})
    assert wrong.status_code == 422
    assert "cannot be erased before it is hidden" in wrong.text
    assert "9 Invented Lane" in wrong.text
    wrong = manager.post("/desk/settings", {**wanted, "pictures_slow": "901"})
    assert wrong.status_code == 422
    assert "waits before they are stopped" in wrong.text


def test_the_board_answers_appeals_and_the_manager_does_not(world: World) -> None:
    appeal = stored(world.here, asked="appeal")
    objection = stored(world.here, asked="object")
    manager, board = world.browser("administrator"), world.browser("board")
    assert f"/desk/requests/{appeal}" in board.get("/board").text
    assert board.get(f"/desk/requests/{objection}").status_code == 404
    assert "A Board member answers it." in manager.get(f"/desk/requests/{appeal}").text
    said = {"decision": "The ban is lifted. We told them.", "notice": "none"}
    assert manager.post(f"/desk/requests/{appeal}/decide", said).status_code == 404
    board.get(f"/desk/requests/{appeal}")
    assert board.post(f"/desk/requests/{appeal}/decide", said).status_code == 303
    assert "The ban is lifted." in manager.get(f"/desk/requests/{appeal}").text


def test_a_row_out_of_reach_is_written_down(world: World) -> None:
    from sqlalchemy import select

    from disc.core.audit import AuditEvent

    subject, _ = in_gallery(world.there)
    assert world.browser("member").get(f"/gallery/{subject}").status_code == 404
    tried = select(AuditEvent.actor_id).where(
        AuditEvent.act == "refused", AuditEvent.target_id == subject
    )
    assert db.session.scalars(tried).all() == [world.here.actor("member").id]


def test_somebody_found_to_be_under_18_goes_back_to_the_board(world: World) -> None:
    subject, _ = in_gallery(world.here)
    manager = world.browser("administrator")
    manager.get(f"/people/{subject}")
    said = {"height": "tall", "under_18": "y"}
    assert manager.post(f"/people/{subject}/correct", said).status_code == 303
    assert world.browser("member").get(f"/gallery/{subject}").status_code == 404
    board = world.browser("board")
    board.get("/board")
    assert board.post(f"/board/people/{subject}", {"decision": "agree"}).status_code == 303
    assert world.browser("member").get(f"/gallery/{subject}").status_code == 200
    assert manager.post(f"/people/{subject}/correct", said).status_code == 303
    assert world.browser("member").get(f"/gallery/{subject}").status_code == 200


def test_what_the_board_hid_the_manager_cannot_show(world: World) -> None:
    subject, _ = in_gallery(world.here)
    board, manager = world.browser("board"), world.browser("administrator")
    board.get(f"/gallery/{subject}")
    assert board.post(f"/gallery/{subject}/hide").status_code == 303
    manager.get("/people")
    assert manager.post(f"/people/{subject}/hidden", {"hidden": "no"}).status_code == 409
    assert world.browser("member").get(f"/gallery/{subject}").status_code == 404
    page = board.get("/board").text
    assert "Hidden by the Board" in page
    answer = board.post(f"/people/{subject}/hidden", {"hidden": "no"})
    assert answer.headers["Location"] == "/board"
    assert world.browser("member").get(f"/gallery/{subject}").status_code == 200


def test_a_hidden_joined_record_shows_nothing_of_itself(world: World) -> None:
    from disc.gallery.merging import merge
    from disc.gallery.queries import get_subject
    from disc.gallery.service import hide_subject

    kept, first = in_gallery(world.here, seed=1)
    absorbed, second = in_gallery(world.here, seed=2)
    manager = world.here.actor("administrator")
    with writing():
        merge(manager, absorbed, kept)
        hide_subject(manager, get_subject(manager, absorbed), hidden=True)
    page = world.browser("member").get(f"/gallery/{kept}").text
    assert str(first) in page
    assert str(second) not in page


def test_care_for_a_joined_record_hides_its_pictures(world: World) -> None:
    from disc.gallery.care import take_care
    from disc.gallery.merging import merge
    from disc.gallery.queries import get_subject

    kept, first = in_gallery(world.here, seed=1)
    absorbed, second = in_gallery(world.here, seed=2)
    manager, member = world.here.actor("administrator"), world.browser("member")
    with writing():
        merge(manager, absorbed, kept)
    assert str(second) in member.get(f"/gallery/{kept}").text
    asked = {"pictures": [{"still": str(one), "rendition": "thumb"} for one in (first, second)]}
    assert len(member.post_json("/img/mint", asked).json["urls"]) == 2
    with writing():
        take_care(manager, get_subject(manager, absorbed), under_18=True, vulnerable=False)
    assert str(second) not in member.get(f"/gallery/{kept}").text
    # The member sent this report, so its picture stays open to them; a colleague's it is not.
    assert len(world.browser("second_member").post_json("/img/mint", asked).json["urls"]) == 1


def test_pictures_are_not_shared_without_the_owners_authority(world: World) -> None:
    from tests.pictures import picture
    from tests.story import reported

    incident = reported(world.here, pictures=(picture(1),))
    manager = world.browser("administrator")
    manager.get("/desk/members")
    place = f"/desk/members/premises/{world.here.premises_id}/authority"
    assert manager.post(place, {"authority_by": ""}).status_code == 303
    told = {"about": "new", "under_18": "no", "vulnerable": "no"}
    refused = manager.post(f"/desk/reports/{incident}/approve", told)
    assert refused.status_code == 409
    assert "has allowed pictures to be shared" in refused.text
    manager.post(place, {"authority_by": "The owner", "may_exclude": "y"})
    assert manager.post(f"/desk/reports/{incident}/approve", told).status_code == 303
