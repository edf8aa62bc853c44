"""Writing: one transaction or nothing, never by accident, never in a way that freezes others."""

import os
import subprocess
import sys
import threading

import pytest
import sqlalchemy as sa
from flask import Flask, abort

from config import ROOT
from disc.core.database import db, in_write_transaction
from disc.core.errors import Missing
from disc.core.offload import offload
from disc.core.rows import every_scheme
from disc.core.transaction import apart, writes, writing
from disc.members.models import Area, Scheme
from tests.world import World


def _rename(world: World, name: str) -> None:
    db.session.get_one(Scheme, world.here.scheme_id).name = name


def _name(world: World) -> str:
    db.session.rollback()
    return db.session.get_one(Scheme, world.here.scheme_id).name


def test_a_change_outside_a_transaction_is_refused(world: World) -> None:
    _rename(world, "Stray")
    with pytest.raises(RuntimeError, match="only inside writing"):
        db.session.flush()
    assert _name(world) != "Stray"


def test_a_query_does_not_flush_a_stray_change(world: World) -> None:
    _rename(world, "Stray")
    with pytest.raises(RuntimeError, match="only inside writing"):
        db.session.scalars(sa.select(Area)).all()


def test_a_stray_statement_is_refused(world: World) -> None:
    for statement in (sa.update(Scheme).values(name="Stray"), sa.delete(Area)):
        with pytest.raises(RuntimeError, match="only inside writing"):
            db.session.execute(statement)


def test_a_row_is_held_where_it_may_be_changed_alone(world: World) -> None:
    """PostgreSQL holds none in a transaction that reads; on SQLite nothing would say so."""
    held = sa.select(Scheme).with_for_update()
    with pytest.raises(RuntimeError, match="only inside writing"):
        db.session.scalars(held)
    with pytest.raises(RuntimeError, match="only inside writing"):
        db.session.get(Scheme, world.here.scheme_id, with_for_update=True)
    with writing() as session:
        assert session.scalars(held).all()


def test_an_error_undoes_everything(world: World) -> None:
    before = _name(world)
    with pytest.raises(ZeroDivisionError), writing() as session:
        _rename(world, "Half done")
        session.flush()
        raise ZeroDivisionError
    assert _name(world) == before
    assert not in_write_transaction()


def test_a_transaction_inside_another_is_refused_before_it_undoes_that_one(world: World) -> None:
    with writing() as session:
        _rename(world, "Kept")
        session.flush()
        for inner in (writing, apart):
            with pytest.raises(RuntimeError, match="write transaction is open"), inner():
                pass
    assert _name(world) == "Kept"


def test_slow_work_inside_a_write_transaction_is_refused(world: World) -> None:
    with writing() as session:
        assert offload(sum, [1, 2]) == 3  # nothing has begun yet
        _rename(world, "Slow")
        session.flush()
        with pytest.raises(RuntimeError, match="would freeze"):
            offload(sum, [1, 2])
    assert offload(sum, [1, 2]) == 3


def test_what_another_process_committed_is_seen_inside(world: World) -> None:
    _name(world)  # begins a read
    with apart() as other:
        other.get_one(Scheme, world.here.scheme_id).name = "From elsewhere"
    with writing():
        assert db.session.get_one(Scheme, world.here.scheme_id).name == "From elsewhere"


@pytest.mark.parametrize("status", [200, 302, 399, 400, 404, 422, 500])
def test_a_view_commits_only_below_400(world: World, app: Flask, status: int) -> None:
    @writes
    def view() -> tuple[str, int]:
        _rename(world, f"At {status}")
        return "answered", status

    with app.test_request_context():
        assert view().status_code == status
    assert (_name(world) == f"At {status}") is (status < 400)


@pytest.mark.parametrize("refuse", [lambda: abort(404), lambda: (_ for _ in ()).throw(Missing)])
def test_a_view_that_raises_changes_nothing(world: World, app: Flask, refuse) -> None:
    @writes
    def view() -> str:
        _rename(world, "Never")
        db.session.flush()
        next(refuse(), None)
        return ""

    with app.test_request_context(), pytest.raises(Exception):  # noqa: B017 - of any kind
        view()
    assert _name(world) != "Never"


def test_two_writers_take_turns(world: World, app: Flask) -> None:
    def add(number: int) -> None:
        with app.app_context(), every_scheme():
            for step in range(5):
                with writing() as session:
                    count = session.scalar(sa.select(sa.func.count()).select_from(Area))
                    session.add(
                        Area(scheme_id=world.here.scheme_id, name=f"{number} {step} {count}")
                    )

    before = db.session.scalar(sa.select(sa.func.count()).select_from(Area))
    db.session.rollback()
    threads = [threading.Thread(target=add, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=90)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Area)) == before + 20


GEVENT = """
from gevent import monkey; monkey.patch_all()
import gevent, sys, pathlib
from sqlalchemy import event
from config import Settings
from disc.app import create_app
from disc.core.audit import Entry, journal
from disc.core.database import db
from disc.core.migrate import upgrade
from disc.core.transaction import writing
from disc.members import service

app = create_app(Settings(instance=pathlib.Path(sys.argv[1])))
with app.app_context():
    upgrade()

def write(number):
    with app.app_context():
        for step in range(4):
            with writing():
                service.create_scheme(f"s-{number}-{step}", "Name")
                gevent.sleep(0.01)  # what a careless change might do: the others must still run
            journal(Entry(act="seen"))

holder, begun = None, 0
def watch(connection, _cursor, statement, *_more):
    global holder, begun
    if statement == "BEGIN IMMEDIATE":  # whoever waits in it stops the holder as well
        assert holder is None, "it was asked for while another greenlet writes"
        holder, begun = connection.connection.driver_connection, begun + 1

def leave(connection):
    global holder
    if connection.connection.driver_connection is holder:
        holder = None

with app.app_context():
    event.listen(db.engine, "before_cursor_execute", watch)
    event.listen(db.engine, "commit", leave)
    event.listen(db.engine, "rollback", leave)
writers = [gevent.spawn(write, number) for number in range(8)]
gevent.joinall(writers, timeout=90, raise_error=True)
assert all(writer.successful() for writer in writers)
assert begun == 8 * 4 * 2, begun
"""


def test_greenlets_that_write_at_once_do_not_freeze_the_server(tmp_path) -> None:
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, "-c", GEVENT, str(tmp_path)],
        env=environ,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
