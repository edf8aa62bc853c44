"""From the Board's decision to the end of a notice, on the pages of those who act."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from disc.access.actor import Role
from disc.core import clock, jobs
from disc.core.audit import AuditEvent, AuditSeen
from disc.core.database import db
from disc.core.keys import DataKey
from disc.core.transaction import writing
from disc.exclusions import queries, service
from disc.exclusions.models import ExclusionNotice, NoticeEvidence, NoticePremises, NoticeState
from disc.gallery.erasing import erase_subject
from disc.gallery.models import Subject
from disc.gallery.queries import get_subject
from disc.gallery.service import add_gallery, name_subject
from tests.exclusions.cases import (
    approved,
    fields,
    make_case,
    propose_page,
    proposed,
    send,
    served,
    serving,
    stored,
)
from tests.world import World

YES = {"outcome": "approve", "decision": "It is fair and it is short."}
NO = {"outcome": "refuse", "decision": "One report is not enough."}


@pytest.fixture
def case(world: World):
    return make_case(world.here)


def page_of(notice_id: uuid.UUID) -> str:
    return f"/notices/{notice_id}"


def post(world: World, who: str, notice_id: uuid.UUID, act: str, sent=None):
    browser = world.browser(who)
    browser.get(page_of(notice_id))
    return browser.post(f"{page_of(notice_id)}/{act}", sent)


def test_whoever_lifts_a_ban_is_told_where_the_person_is_still_shown(world: World, case):
    manager, board = world.browser("administrator"), world.browser("board")
    with writing():
        admin = world.here.actor("administrator")
        shown = add_gallery(admin, "Banned", "", 12)
        name_subject(admin, get_subject(admin, case.subject_id), "Robin Doe", [shown.id])
    address = send(manager, case).headers["Location"]
    assert board.post(f"{address}/decide", YES).status_code == 303
    assert manager.post(f"{address}/serve", serving()).status_code == 303
    assert manager.post(f"{address}/lift").status_code == 303
    assert "This person is still shown in: Banned." in manager.get(address).text


def test_the_whole_way_from_proposal_to_ban(world: World, case):
    manager, board = world.browser("administrator"), world.browser("board")
    address = send(manager, case).headers["Location"]
    page = board.get(address)
    assert "They said: you will not stop me." in page.text
    assert "Send my decision" in page.text
    assert board.post(f"{address}/decide", YES).status_code == 303
    assert "To be served" in manager.get(address).text
    assert manager.post(f"{address}/serve", serving()).status_code == 303
    page = manager.get(address)
    for words in ("In force", "Given to the person", "by Guard Example", "Members see the ban"):
        assert words in page.text
    assert manager.post(f"{address}/lift").status_code == 303
    page = manager.get(address)
    assert "Lifted" in page.text
    assert "Lift this notice" not in page.text
    notice_id = uuid.UUID(address.rsplit("/", 1)[-1])
    db.session.rollback()
    acts = set(
        db.session.scalars(sa.select(AuditEvent.act).where(AuditEvent.target_id == notice_id))
    )
    assert acts == {
        "notice proposed", "notice approved", "notice served", "notice lifted", "notice seen"
    }  # fmt: skip


def test_the_board_refuses_with_reasons(world: World, case):
    notice_id = proposed(case)
    assert post(world, "board", notice_id, "decide", NO).status_code == 303
    notice = stored(notice_id)
    assert notice.state is NoticeState.REFUSED
    assert notice.decision == "One report is not enough."
    page = world.browser("administrator").get(page_of(notice_id))
    assert "One report is not enough." in page.text
    assert "Record that the person got it" not in page.text


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"outcome": "approve"}, "Type why you decide so."),
        ({"decision": "Kept words."}, "Choose if you approve or refuse this notice."),
    ],
)
def test_a_decision_without_choice_or_reasons_is_refused(world: World, case, sent, sentence):
    notice_id = proposed(case)
    answer = post(world, "board", notice_id, "decide", sent)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert sent.get("decision", "") in answer.text
    assert stored(notice_id).state is NoticeState.PROPOSED


def test_the_manager_has_no_decision_to_make(world: World, case):
    notice_id = proposed(case)
    assert "Send my decision" not in world.browser("administrator").get(page_of(notice_id)).text
    assert post(world, "administrator", notice_id, "decide", YES).status_code == 404
    assert stored(notice_id).state is NoticeState.PROPOSED


def test_whoever_proposed_it_cannot_decide_even_on_the_board(world: World, case):
    notice_id = proposed(case)
    with writing():
        notice = db.session.get_one(ExclusionNotice, notice_id)
        notice.proposed_by_id = world.here.actor("board").id
    board = world.browser("board")
    page = board.get(page_of(notice_id))
    assert "Send my decision" not in page.text
    assert "It must be another person" in page.text
    assert board.post(f"{page_of(notice_id)}/decide", YES).status_code == 404
    assert queries.awaiting_board(world.here.actor("board")) == []


def test_a_second_board_member_is_told_that_it_is_decided(world: World, case):
    notice_id = proposed(case)
    late = world.browser("board")
    late.get(page_of(notice_id))
    assert post(world, "board", notice_id, "decide", YES).status_code == 303
    answer = late.post(f"{page_of(notice_id)}/decide", NO)
    assert answer.status_code == 409
    assert "Somebody has already dealt with this notice." in answer.text
    assert stored(notice_id).state is NoticeState.APPROVED


def test_a_double_click_decides_once(world: World, case):
    notice_id = proposed(case)
    board = world.browser("board")
    board.get(page_of(notice_id))
    first = board.post(f"{page_of(notice_id)}/decide", YES)
    assert first.status_code == board.post(f"{page_of(notice_id)}/decide", YES).status_code == 303
    events = sa.select(sa.func.count()).select_from(AuditEvent)
    db.session.rollback()
    assert db.session.scalar(events.where(AuditEvent.act == "notice approved")) == 1


def test_a_second_manager_cannot_serve_it_again(world: World, case):
    notice_id = approved(case)
    late = world.browser("administrator")
    late.get(page_of(notice_id))
    assert post(world, "administrator", notice_id, "serve", serving()).status_code == 303
    answer = late.post(f"{page_of(notice_id)}/serve", serving(how="post"))
    assert answer.status_code == 409
    assert "Somebody has already dealt with this notice." in answer.text
    assert stored(notice_id).served_how == "in person"


def test_a_double_click_serves_once(world: World, case):
    notice_id = approved(case)
    manager, sent = world.browser("administrator"), serving()
    manager.get(page_of(notice_id))
    first = manager.post(f"{page_of(notice_id)}/serve", sent)
    assert first.status_code == manager.post(f"{page_of(notice_id)}/serve", sent).status_code == 303
    assert stored(notice_id).served_by == "Guard Example"


def test_a_notice_is_not_served_before_the_board_decides(world: World, case):
    notice_id = proposed(case)
    assert post(world, "administrator", notice_id, "serve", serving()).status_code == 409
    assert post(world, "administrator", notice_id, "lift").status_code == 409
    assert stored(notice_id).state is NoticeState.PROPOSED


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"served_at": "2020-01-01T10:00"}, "The time is before the Board decided."),
        ({"served_at": "2999-01-01T10:00"}, "The time is in the future."),
        ({"served_at": ""}, "Type the date and the time."),
        ({"served_by": ""}, "Type the name of who gave or sent it."),
        ({"how": ""}, "Choose how the person got the notice."),
        ({"how": "by pigeon"}, "Not a valid choice"),
    ],
)
def test_a_record_of_serving_that_cannot_be_is_refused(world: World, case, changes, sentence):
    notice_id = approved(case)
    answer = post(world, "administrator", notice_id, "serve", serving(**changes))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert changes.get("served_at", "") in answer.text
    assert stored(notice_id).state is NoticeState.APPROVED


def test_the_name_of_who_served_it_is_sealed(case):
    notice = stored(served(case))
    assert notice.served_by == "Guard Example"
    assert notice.served_by_sealed
    assert b"Guard" not in notice.served_by_sealed


def test_the_time_of_serving_is_typed_in_local_time(world: World, case):
    with time_machine.travel(datetime(2026, 7, 1, 9, 0, tzinfo=UTC), tick=False):
        summer = make_case(world.here)
        notice_id = approved(summer)
    with time_machine.travel(datetime(2026, 7, 1, 9, 20, tzinfo=UTC), tick=False):
        sent = serving(served_at="2026-07-01T10:05")
        assert post(world, "administrator", notice_id, "serve", sent).status_code == 303
    assert stored(notice_id).served_at == datetime(2026, 7, 1, 9, 5, tzinfo=UTC)


def test_a_notice_whose_last_day_is_over_can_only_be_refused(world: World, case):
    notice_id = proposed(case)
    with time_machine.travel(stored(notice_id).ends_on + timedelta(days=1)):
        answer = post(world, "board", notice_id, "decide", YES)
        assert answer.status_code == 422
        assert "You can only refuse it." in answer.text
        assert post(world, "board", notice_id, "decide", NO).status_code == 303


def test_a_served_notice_ends_by_itself(world: World, case):
    notice_id = served(case)
    with time_machine.travel(stored(notice_id).ends_on + timedelta(days=1, hours=2)):
        manager = world.browser("administrator")
        page = manager.get(page_of(notice_id))
        assert "Ended" in page.text
        assert "Lift this notice" not in page.text
        assert manager.post(f"{page_of(notice_id)}/lift").status_code == 409


# --- Who sees nothing


@pytest.mark.parametrize("who", ["member", "second_member", "far_member", "spoc"])
def test_members_and_police_find_nothing_here(world: World, case, who):
    notice_id = served(case)
    browser = world.browser(who)
    for path in (propose_page(case), page_of(notice_id), f"{page_of(notice_id)}/document.pdf"):
        assert browser.get(path).status_code == 404
    for act, sent in (("decide", YES), ("serve", serving()), ("lift", {})):
        assert browser.post(f"{page_of(notice_id)}/{act}", sent).status_code == 404
    assert browser.post(propose_page(case), fields(case)).status_code == 404
    assert stored(notice_id).state is NoticeState.SERVED


@pytest.mark.parametrize("who", ["administrator", "board"])
def test_another_scheme_finds_nothing_here(world: World, case, who):
    notice_id, waiting = served(case), proposed(make_case(world.here))
    browser = world.browser(who, world.there)
    for path in (propose_page(case), page_of(notice_id), f"{page_of(notice_id)}/document.pdf"):
        assert browser.get(path).status_code == 404
    assert browser.post(f"{page_of(waiting)}/decide", YES).status_code == 404
    assert browser.post(f"{page_of(notice_id)}/lift").status_code == 404
    actor = world.there.actor(who)
    assert queries.awaiting_board(actor) == queries.to_serve(actor) == []
    assert [queries.on_shelf(actor, shelf).rows for shelf in queries.Shelf] == [[], [], []]
    assert queries.notices_of(actor, case.subject_id) == []


def test_the_board_does_not_propose_serve_or_lift(world: World, case):
    notice_id = approved(case)
    board = world.browser("board")
    assert board.get(propose_page(case)).status_code == 404
    assert board.post(f"{page_of(notice_id)}/serve", serving()).status_code == 404
    assert board.post(f"{page_of(notice_id)}/lift").status_code == 404
    assert "Record that the person got it" not in board.get(page_of(notice_id)).text


# --- What the database itself refuses


def change(notice_id: uuid.UUID, **values) -> None:
    with writing():
        where = ExclusionNotice.id == notice_id
        db.session.execute(sa.update(ExclusionNotice).where(where).values(**values))


def test_the_database_refuses_a_decision_by_the_police(world: World, case):
    notice_id = proposed(case)
    with pytest.raises(sa.exc.IntegrityError, match="board_decides"):
        change(
            notice_id,
            state=NoticeState.APPROVED,
            decided_by_id=world.here.actor("spoc").id,
            decided_by_role=Role.SPOC,
            decided_at=clock.now(),
        )


def test_the_database_refuses_a_proposal_by_the_police(world: World, case):
    with pytest.raises(sa.exc.IntegrityError, match="proposed_by_the_scheme"):
        change(proposed(case), proposed_by_role=Role.SPOC)


def test_the_database_refuses_a_decision_by_whoever_proposed_it(world: World, case):
    notice_id = proposed(case)
    with pytest.raises(sa.exc.IntegrityError, match="two_people"):
        change(
            notice_id,
            state=NoticeState.APPROVED,
            decided_by_id=world.here.actor("administrator").id,
            decided_by_role=Role.BOARD,
            decided_at=clock.now(),
        )


@pytest.mark.parametrize("state", ["approved", "refused", "served", "lifted"])
def test_the_database_refuses_a_state_that_nobody_decided(world: World, case, state):
    with pytest.raises(sa.exc.IntegrityError):
        change(proposed(case), state=NoticeState(state))


def test_the_database_refuses_served_without_how_and_when(world: World, case):
    with pytest.raises(sa.exc.IntegrityError, match="served_is_recorded"):
        change(approved(case), state=NoticeState.SERVED)


def test_the_database_refuses_a_notice_without_an_end(world: World, case):
    notice = stored(proposed(case))
    with pytest.raises(sa.exc.IntegrityError, match="has_an_end"):
        change(notice.id, ends_on=notice.starts_on)


def test_the_service_refuses_police_whatever_the_page_allowed(world: World, case):
    notice_id = proposed(case)
    with pytest.raises(sa.exc.IntegrityError), writing():
        service.decide(world.here.actor("spoc"), notice_id, approved=True, reasons="No.")
    assert stored(notice_id).state is NoticeState.PROPOSED


# --- Lists, erasure


def test_each_list_holds_the_notices_that_wait_there(world: World, case):
    waiting = proposed(make_case(world.here))
    to_serve = approved(make_case(world.here))
    active = served(case)
    board, manager = world.here.actor("board"), world.here.actor("administrator")
    assert [one.id for one in queries.awaiting_board(board)] == [waiting]
    assert [one.id for one in queries.to_serve(manager)] == [to_serve]
    shelves = [[one.id for one in queries.on_shelf(manager, each).rows] for each in queries.Shelf]
    assert shelves == [[active], [waiting, to_serve], []]


def test_an_erased_notice_leaves_nothing_behind(case):
    notice_id = served(case)
    key_id = stored(notice_id).data_key_id
    with writing():
        service.erase_notice(db.session.get_one(ExclusionNotice, notice_id))
    for table in (ExclusionNotice, NoticeEvidence, NoticePremises):
        assert db.session.query(table).count() == 0
    assert db.session.get(DataKey, key_id) is None


def test_the_notices_of_an_erased_person_are_erased(case):
    served(case)
    other = proposed(make_case(case.place))
    with writing():
        erase_subject(db.session.get_one(Subject, case.subject_id))
    jobs.drain()
    db.session.rollback()
    assert [one.id for one in db.session.query(ExclusionNotice)] == [other]


def test_a_served_notice_keeps_the_persons_record_as_long_as_itself(case):
    notice = stored(served(case, months=12))
    person = db.session.get_one(Subject, case.subject_id)
    assert person.erase_on == notice.erase_on
    assert person.hide_on > notice.ends_on


def test_managers_and_the_board_see_which_bans_hold_wait_and_are_over(world: World, case):
    active, waiting = served(case), proposed(make_case(world.here))
    lifted = served(make_case(world.here))
    post(world, "administrator", lifted, "lift")
    found = {"in-force": active, "waiting": waiting, "over": lifted}
    for who in ("administrator", "board"):
        browser = world.browser(who)
        for show, notice_id in found.items():
            page = browser.get(f"/notices?show={show}").text
            assert [one for one in found.values() if page_of(one) in page] == [notice_id], show
        assert browser.get("/notices?show=nothing").text.count(page_of(active)) == 1
    for who in ("member", "spoc", "dpo"):
        assert world.browser(who).get("/notices").status_code == 404


def test_a_list_says_which_bans_end_soon(world: World, case):
    notice_id, manager = served(case), world.browser("administrator")
    today = clock.today()
    change(notice_id, starts_on=today - timedelta(days=100))
    for left, words in (
        (15, None),
        (14, "Ends in 14 days"),
        (1, "Ends in 1 day<"),
        (0, "Ends today"),
    ):
        change(notice_id, ends_on=today + timedelta(days=left))
        page = manager.get("/notices").text
        assert (words in page) if words else ("Ends in" not in page), left
        assert "In force" in page


def test_a_list_of_notices_is_written_down_with_each_of_them(world: World, case):
    shown = {served(case), served(make_case(world.here))}
    proposed(make_case(world.here))
    world.browser("administrator").get("/notices")
    db.session.rollback()
    event = db.session.scalars(
        sa.select(AuditEvent).where(AuditEvent.act == "notices listed")
    ).one()
    seen = sa.select(AuditSeen.target_id).where(
        AuditSeen.scheme_id == event.scheme_id, AuditSeen.position == event.position
    )
    assert set(db.session.scalars(seen)) == shown


def test_a_notice_goes_from_every_list_with_its_persons_record(world: World, case):
    notice_ids = [served(case), proposed(make_case(world.here)), approved(make_case(world.here))]
    manager = world.here.actor("administrator")

    def listed() -> set[uuid.UUID]:
        shelves = [queries.on_shelf(manager, shelf).rows for shelf in queries.Shelf]
        waiting = queries.awaiting_board(world.here.actor("board")), queries.to_serve(manager)
        return {one.id for rows in [*shelves, *waiting] for one in rows}

    assert listed() == set(notice_ids)
    about = [stored(one).subject_id for one in notice_ids]
    with writing():
        for one in about:
            db.session.get_one(Subject, one).hide_on = clock.today()
            db.session.get_one(Subject, one).erase_on = clock.today()
    assert listed() == set()


def test_each_notice_is_on_one_shelf_whatever_its_days(world: World, case):
    manager, today = world.here.actor("administrator"), clock.today()
    made = {served(case), approved(make_case(world.here)), proposed(make_case(world.here))}
    refused, lifted = proposed(make_case(world.here)), served(make_case(world.here))
    post(world, "board", refused, "decide", NO)
    post(world, "administrator", lifted, "lift")
    made |= {refused, lifted}
    for starts, ends in ((-9, -1), (-9, 0), (0, 9), (1, 9)):
        for one in made:
            change(one, starts_on=today - timedelta(days=100))
            change(one, ends_on=today + timedelta(days=ends))
            change(one, starts_on=today + timedelta(days=starts))
        db.session.rollback()
        shelves = {each: queries.on_shelf(manager, each).rows for each in queries.Shelf}
        assert sorted(one.id for rows in shelves.values() for one in rows) == sorted(made)
        in_force = {one.standing.value for one in shelves[queries.Shelf.IN_FORCE]}
        assert in_force <= {"in force"}
        waiting = {one.standing.value for one in shelves[queries.Shelf.WAITING]}
        assert waiting <= {"awaits board", "to serve", "served"}
        over = {one.standing.value for one in shelves[queries.Shelf.OVER]}
        assert over <= {"refused", "lifted", "ended"}


def test_what_was_over_last_is_first_whatever_its_last_day_was(world: World, case):
    manager, today = world.here.actor("administrator"), clock.today()
    ended, refused, lifted = (
        served(case),
        proposed(make_case(world.here)),
        served(make_case(world.here)),
    )
    post(world, "board", refused, "decide", NO)
    post(world, "administrator", lifted, "lift")
    change(ended, starts_on=today - timedelta(days=90))
    change(ended, ends_on=today - timedelta(days=3))
    change(refused, decided_at=clock.now() - timedelta(days=9))
    rows = queries.on_shelf(manager, queries.Shelf.OVER).rows
    assert [one.id for one in rows] == [lifted, ended, refused]


def test_a_notice_past_its_day_is_on_no_list_before_the_sweep(world: World, case):
    notice_id = served(case)
    change(notice_id, starts_on=clock.today() - timedelta(days=400))
    change(notice_id, ends_on=clock.today() - timedelta(days=300))
    manager = world.browser("administrator")
    assert page_of(notice_id) in manager.get("/notices?show=over").text
    change(notice_id, erase_on=clock.today())
    assert page_of(notice_id) not in manager.get("/notices?show=over").text
