"""Two people who act in the same moment: one succeeds, the other is told."""

import pytest
from flask import Flask

from disc.core import clock
from disc.exclusions import service
from disc.exclusions.models import NoticeState, ServedHow
from tests.at_once import at_once
from tests.exclusions.cases import approved, make_case, notices, proposal, proposed, stored
from tests.world import World


@pytest.fixture
def case(world: World):
    return make_case(world.here)


def test_of_two_decisions_one_stands(app: Flask, world: World, case):
    notice_id, board = proposed(case), world.here.actor("board")
    refused = at_once(
        app,
        lambda: service.decide(board, notice_id, approved=True, reasons="Yes."),
        lambda: service.decide(board, notice_id, approved=False, reasons="No."),
    )
    assert refused == ["changed-notice"]
    notice = stored(notice_id)
    assert (notice.state, notice.decision) in [
        (NoticeState.APPROVED, "Yes."),
        (NoticeState.REFUSED, "No."),
    ]


def test_of_two_records_of_serving_one_stands(app: Flask, world: World, case):
    notice_id, manager = approved(case), world.here.actor("administrator")
    served = [service.Serving(how=how, at=clock.now(), by="Guard Example") for how in ServedHow]
    refused = at_once(
        app,
        lambda: service.serve(manager, notice_id, served[0]),
        lambda: service.serve(manager, notice_id, served[1]),
    )
    assert refused == ["changed-notice"]


def test_of_two_proposals_about_a_person_one_stands(app: Flask, world: World, case):
    manager, chosen = world.here.actor("administrator"), (proposal(case), proposal(case))
    refused = at_once(
        app,
        lambda: service.propose(manager, case.subject_id, chosen[0]),
        lambda: service.propose(manager, case.subject_id, chosen[1]),
    )
    assert refused == ["already-proposed"]
    assert len(notices()) == 1


def test_a_double_click_in_the_same_moment_makes_one_notice(app: Flask, world: World, case):
    manager, chosen = world.here.actor("administrator"), proposal(case)
    act = lambda: service.propose(manager, case.subject_id, chosen)  # noqa: E731 - said once
    assert at_once(app, act, act) == []
    assert len(notices()) == 1
