"""News after a commit: never lost, never before it, put off when it cannot be heard."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from disc.core import clock, jobs, outbox
from disc.core.database import db, new_id
from disc.core.outbox import Event, Lane, Outbox, hears, publish
from disc.core.transaction import writing
from tests.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class TownCrierCalled(Event):
    crier_id: uuid.UUID
    words: str


class Ear:
    """Listens in both lanes, and fails when told to."""

    def __init__(self) -> None:
        self.heard: list[TownCrierCalled] = []
        self.live: list[TownCrierCalled] = []
        self.deaf = False

    def hear(self, happened: TownCrierCalled) -> None:
        if self.deaf:
            raise ConnectionError("deaf")
        self.heard.append(happened)


@pytest.fixture
def ear(app: Flask) -> Iterator[Ear]:
    made, known = Ear(), dict(outbox._listeners)

    @hears(TownCrierCalled)
    def in_the_worker(happened: TownCrierCalled) -> None:
        made.hear(happened)

    @hears(TownCrierCalled, Lane.LIVE)
    def in_the_server(happened: TownCrierCalled) -> None:
        made.live.append(happened)

    yield made
    outbox._listeners.clear()
    outbox._listeners.update(known)


def _call() -> TownCrierCalled:
    happened = TownCrierCalled(crier_id=new_id(), words="oyez")
    with writing():
        publish(happened)
    return happened


def _rows(lane: Lane = Lane.JOB) -> list[Outbox]:
    db.session.rollback()
    found = sa.select(Outbox).where(Outbox.lane == lane).execution_options(populate_existing=True)
    return list(db.session.scalars(found))


def test_news_reaches_both_lanes_after_the_commit(ear: Ear) -> None:
    happened = _call()
    assert ear.live == [happened]
    assert ear.heard == []
    jobs.drain()
    assert ear.heard == [happened]
    assert _rows() == _rows(Lane.LIVE) == []


def test_news_of_what_was_undone_is_not_told(ear: Ear) -> None:
    with pytest.raises(ZeroDivisionError), writing():
        publish(TownCrierCalled(crier_id=new_id(), words="never"))
        raise ZeroDivisionError
    with writing():
        pass
    jobs.drain()
    assert ear.heard == ear.live == []


def test_a_crash_between_commit_and_delivery_loses_nothing(
    ear: Ear, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(_rows: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched, pytest.raises(SystemExit):
        patched.setattr(outbox, "set_off", crash)
        _call()
    assert len(_rows()) == len(_rows(Lane.LIVE)) == 1
    jobs.sweep_jobs()
    assert ear.heard == []  # too young: the delivery may be under way
    with time_machine.travel(clock.now() + timedelta(seconds=3), tick=True):
        jobs.sweep_jobs()
        for row_id in jobs._overdue(Lane.LIVE):
            jobs.deliver(row_id)
    assert len(ear.heard) == len(ear.live) == 1
    assert _rows() == _rows(Lane.LIVE) == []


def test_a_queue_that_is_away_does_not_undo_the_commit(ear: Ear, app: Flask) -> None:
    def away(_row_id: uuid.UUID) -> None:
        raise ConnectionError

    lanes = app.extensions["outbox"]
    kept, lanes[Lane.JOB] = lanes[Lane.JOB], away
    try:
        _call()
    finally:
        lanes[Lane.JOB] = kept
    assert len(_rows()) == 1


def test_a_failing_listener_is_tried_again_later_and_later(ear: Ear) -> None:
    ear.deaf = True
    _call()
    waits = []
    for _ in range(outbox.TRIES):
        jobs.drain()
        row = _rows()[0]
        waits.append((row.due_at - clock.now()).total_seconds())
        with time_machine.travel(row.due_at + timedelta(seconds=3), tick=True):
            jobs.sweep_jobs()
            row = _rows()[0]
    assert waits == sorted(waits)
    assert waits[0] > 50
    with time_machine.travel(clock.now() + timedelta(days=30), tick=True):
        ear.deaf = False
        jobs.sweep_jobs()
    assert ear.heard == []
    assert [row.tries for row in _rows()] == [outbox.TRIES]


def test_what_was_given_up_is_listed_and_can_be_tried_again(ear: Ear) -> None:
    _call()
    with writing() as session:
        session.execute(sa.update(Outbox).where(Outbox.lane == Lane.JOB).values(tries=outbox.TRIES))
    assert len(outbox.given_up(db.session())) == 1
    with writing() as session:
        assert outbox.try_again(session) == 1
    jobs.drain()
    assert len(ear.heard) == 1


def test_a_row_is_not_delivered_twice_at_once(ear: Ear) -> None:
    _call()
    row = _rows()[0]
    with writing() as session:
        assert outbox.claim(session, row.id) is not None
    assert jobs.deliver(row.id) is False
    assert ear.heard == []


def test_a_row_that_nobody_can_hear_does_not_stop_the_others(ear: Ear) -> None:
    with writing() as session:
        session.add(Outbox(listener="a.listener.of.old", lane=Lane.JOB, payload={}))
    happened = _call()
    with time_machine.travel(clock.now() + timedelta(seconds=5), tick=True):
        jobs.sweep_jobs()
    assert ear.heard == [happened]
    assert [row.tries for row in _rows()] == [1]


def test_what_a_failing_listener_left_half_done_does_not_reach_the_next(
    ear: Ear, world: World
) -> None:
    from disc.members.models import Scheme

    name = db.session.get_one(Scheme, world.here.scheme_id).name

    def half(happened: TownCrierCalled) -> None:
        db.session.get_one(Scheme, world.here.scheme_id).name = "Half done"
        raise ConnectionError

    ear.hear = half  # type: ignore[method-assign]
    _call()
    jobs.drain()
    with writing():
        pass
    db.session.rollback()
    assert db.session.get_one(Scheme, world.here.scheme_id).name == name


def test_news_carries_ids_and_words_only(ear: Ear) -> None:
    happened = _call()
    assert _rows()[0].payload == {
        "crier_id": str(happened.crier_id),
        "words": "oyez",
        "rows": "*",
    }
