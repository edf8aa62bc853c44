"""Delivery of the outbox: jobs by Huey in the worker, live news in each server process."""

import time
import uuid
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from flask import Flask, current_app
from huey import Huey, RedisHuey, SqliteHuey, crontab
from huey.serializer import SignedSerializer
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from config import Settings
from disc.core import outbox
from disc.core.database import db, forget_deleted
from disc.core.logs import log_fault, note
from disc.core.outbox import Lane
from disc.core.rows import every_scheme, only
from disc.core.transaction import apart

LIVE_SWEEP_SECONDS = 2.0
FORGET_TRIES = 100

_hourly: list[Callable[[], None]] = []


def every_hour(work: Callable[[], None]) -> Callable[[], None]:
    """Let a function run in the worker once an hour, over every scheme; it must be idempotent."""
    for_all = every_scheme()(work)
    _hourly.append(for_all)
    return for_all


def install_jobs(app: Flask, settings: Settings) -> None:
    """Connect the outbox's two lanes to what delivers them."""
    queue = make_queue(settings, app.extensions["keyring"].source.derive("jobs"))
    task = _declare(app, queue)
    app.extensions["huey"] = queue
    app.extensions["outbox"] = {
        Lane.JOB: partial(_enqueue, task),
        Lane.LIVE: lambda row_id: _deliver_soon(app, row_id),
    }


def make_queue(settings: Settings, secret: bytes) -> Huey:
    """Return the queue of the profile: Redis when scaled, a file beside the database when not.

    What is queued is pickled, and unpickling runs code: so each message is signed, and one that
    somebody else put there is thrown away unread.
    """
    signed = SignedSerializer(secret=secret.hex(), salt="jobs")
    if settings.redis_url:
        return RedisHuey("disc", url=settings.redis_url, serializer=signed)
    settings.instance.mkdir(parents=True, exist_ok=True)
    file = str(settings.instance / "jobs.db")
    return SqliteHuey("disc", filename=file, fsync=False, serializer=signed)


def _declare(app: Flask, queue: Huey) -> Any:
    @queue.task()  # type: ignore[untyped-decorator] # Huey ships no types
    def deliver_row(row_id: str) -> None:
        with app.app_context():
            deliver(uuid.UUID(row_id))

    @queue.periodic_task(crontab(minute="*"))  # type: ignore[untyped-decorator] # as above
    def sweep() -> None:
        with app.app_context():
            sweep_jobs()

    @queue.periodic_task(crontab(minute="7"))  # type: ignore[untyped-decorator] # as above
    def on_the_hour() -> None:
        with app.app_context():
            run_hourly()

    return deliver_row


def _enqueue(task: Any, row_id: uuid.UUID, at: datetime | None = None) -> None:
    """Hand a row to the worker, now or for a moment to come: it looks each second whose it is."""
    if at is None:
        task(str(row_id))
    else:
        task.schedule(args=(str(row_id),), eta=at)


def deliver(row_id: uuid.UUID) -> bool:
    """Let the listener of one outbox row hear it; remove the row when that went well."""
    with apart() as session:
        claimed = outbox.claim(session, row_id)
    if claimed is None:
        return False
    listener, happened, rows = claimed
    try:
        with only(rows):
            listener.hear(happened)
    except Exception as error:  # noqa: BLE001 - one bad row must not stop the rest
        db.session.rollback()  # nothing that it left half done may reach the next row
        note("undelivered", listener=listener.name, row=str(row_id))
        log_fault(error)
        return False
    with apart() as session:
        session.execute(delete(outbox.Outbox).where(outbox.Outbox.id == row_id))
    return True


def sweep_jobs() -> None:
    """Deliver job rows that a crash or a failure left behind."""
    for row_id in _overdue(Lane.JOB):
        deliver(row_id)


def _overdue(lane: Lane) -> list[uuid.UUID]:
    """Read on a connection of its own, without taking the turn of those who write."""
    with Session(db.engine) as session:
        return outbox.overdue(session, lane)


def run_hourly() -> None:
    """Run what must happen whether or not anybody asks: hiding, erasing, cleaning."""
    for work in _hourly:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - one failing sweep must not stop the others
            db.session.rollback()
            log_fault(error)
    for _ in range(FORGET_TRIES):
        if forget_deleted(db.engine):
            return
        time.sleep(0.05)


def _leave_to_server(_row_id: uuid.UUID) -> None:
    """Without a bus the server alone reaches open pages: its sweep takes the row up in seconds."""


def _deliver_soon(app: Flask, row_id: uuid.UUID) -> None:
    def run() -> None:
        with app.app_context():
            deliver(row_id)

    if app.testing:
        run()
    else:
        app.extensions["socketio"].start_background_task(run)


def sweep_live_forever(app: Flask) -> None:
    """Deliver live rows that another process committed but did not live to send."""
    while True:
        time.sleep(LIVE_SWEEP_SECONDS)
        with app.app_context():
            try:
                for row_id in _overdue(Lane.LIVE):
                    deliver(row_id)
            except Exception as error:  # noqa: BLE001 - the sweep must outlive a lost database
                log_fault(error)


def run_worker(app: Flask) -> None:
    """Run the job worker until it is told to stop."""
    if app.extensions["settings"].redis_url is None:
        app.extensions["outbox"][Lane.LIVE] = _leave_to_server
    with app.app_context():
        sweep_jobs()
        run_hourly()
    queue: Any = app.extensions["huey"]
    consumer = queue.create_consumer(
        workers=1,
        periodic=True,
        initial_delay=0.02,
        max_delay=0.2,
        graceful_signal="TERM",  # what systemd and our own server send
    )
    consumer.run()


def drain() -> None:
    """Deliver every waiting job row now (tests, where no worker runs)."""
    while rows := _waiting():
        delivered = [deliver(row_id) for row_id in rows]
        if not any(delivered):
            return


def _waiting() -> list[uuid.UUID]:
    waiting = select(outbox.Outbox.id).where(outbox.Outbox.lane == Lane.JOB)
    with Session(db.engine) as session:
        return list(session.scalars(waiting.order_by(outbox.Outbox.id)))


def queue_for(app: Flask | None = None) -> Huey:
    """Return the application's queue."""
    return (app or current_app).extensions["huey"]
