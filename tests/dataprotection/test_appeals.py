"""An appeal is answered by the Board, and never by whoever decided the ban."""

import uuid

import sqlalchemy as sa

from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.transaction import writing
from disc.dataprotection.models import PublicRequest
from disc.exclusions.models import ExclusionNotice
from disc.members.models import Member
from tests.browsers import Browser
from tests.dataprotection.asking import stored
from tests.exclusions.cases import approved, make_case
from tests.world import World

DECISION = "The ban is fair. We told them why."


def banned(world: World) -> tuple[uuid.UUID, str]:
    """Let the Board ban somebody; return the notice and its number."""
    notice_id = approved(make_case(world.here))
    db.session.rollback()
    return notice_id, db.session.get_one(ExclusionNotice, notice_id).reference


def answer(board: Browser, appeal: uuid.UUID, number: str) -> tuple[int, str]:
    board.get(f"/desk/requests/{appeal}")
    sent = {"decision": DECISION, "notice": number}
    page = board.post(f"/desk/requests/{appeal}/decide", sent)
    return page.status_code, page.text


def is_open(appeal: uuid.UUID) -> bool:
    db.session.rollback()
    return db.session.get_one(PublicRequest, appeal).decided_at is None


def test_whoever_decided_the_ban_does_not_answer_and_keeps_what_they_typed(world: World) -> None:
    _, number = banned(world)
    appeal = stored(world.here, asked="appeal")
    status, page = answer(world.browser("board"), appeal, f" {number.lower()} ")
    assert status == 422
    assert "You decided this ban yourself." in page
    assert DECISION in page
    assert is_open(appeal)


def test_another_member_of_the_board_answers_and_the_audit_says_about_which_ban(
    world: World,
) -> None:
    notice_id, number = banned(world)
    with writing():
        row = db.session.get_one(ExclusionNotice, notice_id)
        other = sa.select(Member.id).where(
            Member.scheme_id == world.here.scheme_id,
            Member.id.not_in([row.proposed_by_id, world.here.actor("board").id]),
        )
        row.decided_by_id = db.session.scalars(other.limit(1)).one()
    appeal = stored(world.here, asked="appeal")
    assert answer(world.browser("board"), appeal, number)[0] == 303
    assert not is_open(appeal)
    detail = sa.select(AuditEvent.detail).where(AuditEvent.act == "public request decided")
    assert db.session.scalars(detail).all() == [f"notice {notice_id}"]


def test_an_appeal_needs_a_notice_that_is_there_or_the_word_none(world: World) -> None:
    appeal = stored(world.here, asked="appeal")
    board = world.browser("board")
    for number in ("", "N-222222"):
        status, page = answer(board, appeal, number)
        assert status == 422
        assert "There is no notice with this number." in page
    assert is_open(appeal)
    assert answer(board, appeal, "None")[0] == 303


def test_a_notice_of_another_scheme_does_not_exist(world: World) -> None:
    notice_id = approved(make_case(world.there))
    db.session.rollback()
    number = db.session.get_one(ExclusionNotice, notice_id).reference
    status, page = answer(world.browser("board"), stored(world.here, asked="appeal"), number)
    assert (status, "There is no notice with this number." in page) == (422, True)


def test_the_number_that_somebody_gave_is_filled_in(world: World) -> None:
    appeal = stored(world.here, asked="appeal", words="About N-BCDF23\n\nIt was not me.")
    assert 'value="N-BCDF23"' in world.browser("board").get(f"/desk/requests/{appeal}").text
