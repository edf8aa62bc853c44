"""The worker: its queue, its hourly work, and its end with whoever started it."""

import pickle
from collections.abc import Iterator

import pytest
from flask import Flask
from huey import RedisHuey, SqliteHuey

from config import Settings
from disc.core import jobs
from disc.core.database import db


@pytest.fixture
def hourly() -> Iterator[list[object]]:
    kept, jobs._hourly[:] = list(jobs._hourly), []
    yield jobs._hourly
    jobs._hourly[:] = kept


def test_the_queue_is_a_file_or_redis(tmp_path) -> None:
    assert isinstance(jobs.make_queue(Settings(instance=tmp_path), b"secret"), SqliteHuey)
    scaled = Settings(instance=tmp_path, redis_url="redis://127.0.0.1:1/0")
    assert isinstance(jobs.make_queue(scaled, b"secret"), RedisHuey)


def test_a_row_that_is_set_off_goes_through_the_queue(app: Flask) -> None:
    queue = app.extensions["huey"]
    queue.flush()
    from disc.core.database import new_id
    from disc.core.outbox import Lane

    app.extensions["outbox"][Lane.JOB](new_id())
    task = queue.dequeue()
    assert task.name == "deliver_row"
    queue.execute(task)  # the row is not there: nothing to do, and no failure


def test_hourly_work_goes_on_after_one_part_fails(app: Flask, hourly: list[object]) -> None:
    ran = []

    @jobs.every_hour
    def fails() -> None:
        ran.append("fails")
        db.session.execute(db.text("select nothing from nowhere"))

    @jobs.every_hour
    def works() -> None:
        ran.append("works")
        db.session.execute(db.text("select 1"))

    jobs.run_hourly()
    assert ran == ["fails", "works"]


def test_a_message_that_somebody_else_put_in_the_queue_is_not_unpickled(app: Flask) -> None:
    queue = app.extensions["huey"]
    queue.flush()
    unpickled: list[str] = []

    class Harmful:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return unpickled.append, ("run",)

    queue.storage.enqueue(pickle.dumps(Harmful()))
    with pytest.raises(ValueError, match=r"not found|mismatch"):
        queue.dequeue()
    assert unpickled == []
    queue.flush()
