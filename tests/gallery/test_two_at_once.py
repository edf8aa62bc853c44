"""Two people who act on Subjects in the same moment: one succeeds, the other is told."""

import contextvars
import threading
import uuid

from flask import Flask

from disc.core import clock
from disc.core.database import db
from disc.gallery import care
from disc.gallery.merging import merge
from disc.gallery.models import Subject, SubjectState
from disc.incidents.models import Incident
from tests.at_once import at_once
from tests.browsers import Browser
from tests.story import in_gallery
from tests.world import World


def test_two_merges_against_each_other_make_no_circle(app: Flask, world: World) -> None:
    one, other = in_gallery(world.here, seed=1)[0], in_gallery(world.here, seed=2)[0]
    manager = world.here.actor("administrator")
    refused = at_once(app, lambda: merge(manager, one, other), lambda: merge(manager, other, one))
    assert refused == ["cannot-merge"]
    db.session.rollback()
    merged = [db.session.get_one(Subject, row).merged_into_id for row in (one, other)]
    assert merged.count(None) == 1


def test_of_two_answers_of_the_board_one_stands(app: Flask, world: World) -> None:
    subject, _ = in_gallery(world.here, under_18=True)
    board = world.here.actor("board")
    refused = at_once(
        app,
        lambda: care.agree_publication(board, subject, agreed=True),
        lambda: care.agree_publication(board, subject, agreed=False),
    )
    assert refused == ["stale"]
    db.session.rollback()
    assert db.session.get_one(Subject, subject).state is not SubjectState.AWAITING_BOARD


def test_three_taps_on_send_store_one_report(app: Flask, world: World) -> None:
    member = world.browser("member")
    member.get("/report")
    local = clock.now().astimezone(clock.UK)
    sent = {
        "submission_id": str(uuid.uuid4()),
        "kind": "damage",
        "premises_id": str(world.here.premises_id),
        "occurred_at": f"{local:%Y-%m-%dT%H:%M}",
    }
    answers: list[tuple[int, str]] = []
    start = threading.Barrier(3)

    def tap() -> None:
        twin = Browser(app)
        cookie = member.client.get_cookie("session")
        assert cookie is not None
        twin.client.set_cookie("session", cookie.value)
        twin.token = member.token
        start.wait()
        answer = twin.post("/report", sent, content_type="multipart/form-data")
        answers.append((answer.status_code, answer.headers.get("Location", "")))

    taps = [threading.Thread(target=contextvars.Context().run, args=(tap,)) for _ in range(3)]
    for one in taps:
        one.start()
    for one in taps:
        one.join()
    assert [status for status, _ in answers] == [303, 303, 303]
    assert len({where for _, where in answers}) == 1
    db.session.rollback()
    assert db.session.query(Incident).count() == 1
