"""The second lock: with the first broken, the database itself shows no other scheme's row.

On PostgreSQL alone; the run itself uses an account that the lock holds.
"""

import contextlib
import contextvars
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import ProgrammingError

from config import Settings
from disc.access import guard
from disc.core import audit, clock
from disc.core.audit import AuditEvent
from disc.core.database import Base, db, new_id, write_mode
from disc.core.jobs import drain
from disc.core.locks import OPEN, POLICY, NoLock, lock_rows, locked, unlocked
from disc.core.migrate import engine_of_owner
from disc.core.preparing import NotReady, check_ready, is_prepared, prepare
from disc.core.rows import NOBODY, every_scheme, one_scheme, only, rows_now
from disc.gallery import leafing, views
from disc.gallery.models import Subject, SubjectState
from tests.browsers import Browser
from tests.story import in_gallery
from tests.whole_app.everything import everything
from tests.world import Place, World

NO_CHANGE = {"audit_event", "audit_check"}
"""Tables of which the application's account may neither change nor delete a row."""
Row = dict[str, Any]


def _locked() -> list[str]:
    """Name the tables that have a lock, once the application has loaded all of them."""
    return [table.name for table in Base.metadata.sorted_tables if OPEN not in table.info]


def _refused(why: str, *, unless: bool) -> contextlib.AbstractContextManager[object]:
    return contextlib.nullcontext() if unless else pytest.raises(NotReady, match=why)


@pytest.fixture(autouse=True)
def _held(app: Flask, settings: Settings) -> None:
    if settings.database_owner_url is None:
        pytest.skip("This account of PostgreSQL may not make another (CREATEROLE).")


@pytest.fixture
def full(world: World) -> World:
    """Two schemes with a row in every table."""
    for place in (world.here, world.there):
        everything(place)
        _fill_the_rest(place)
    drain()
    db.session.rollback()
    return world


def _fill_the_rest(place: Place) -> None:
    """Put a row into each table that the product has put none into yet, by its columns alone."""
    db.session.rollback()
    with engine_of_owner() as owner, owner.begin() as connection:
        for table in locked(Base.metadata):
            of_place = _rows(connection)
            if not _of(place.scheme_id, table, of_place):
                connection.execute(table.insert(), _likely_row(table, place.scheme_id, of_place))


def _rows(connection: sa.Connection) -> dict[str, list[Row]]:
    return {
        table.name: [dict(row) for row in connection.execute(sa.select(table)).mappings()]
        for table in locked(Base.metadata)
    }


def _of(scheme_id: uuid.UUID, table: sa.Table, rows: dict[str, list[Row]]) -> list[Row]:
    return [row for row in rows[table.name] if scheme_id in _schemes(table, row, rows)]


def _schemes(table: sa.Table, row: Row, rows: dict[str, list[Row]]) -> set[uuid.UUID]:
    """Say whose a row is by all that it points at; worked out without the database."""
    if table.name == "scheme":
        return {row["id"]}
    if "scheme_id" in row:
        return {row["scheme_id"]}
    found: set[uuid.UUID] = set()
    for column in table.columns:
        for key in column.foreign_keys:
            parent = key.column.table
            for one in rows[parent.name]:
                if row[column.name] is not None and one[key.column.name] == row[column.name]:
                    found |= _schemes(parent, one, rows)
    return found


def _likely_row(table: sa.Table, scheme_id: uuid.UUID, rows: dict[str, list[Row]]) -> Row:
    made: Row = {}
    for column in table.columns:
        keys = [key for key in column.foreign_keys if key.column.table is not table]
        if column.name == "scheme_id":
            made[column.name] = scheme_id
        elif keys and (not column.nullable or column.name == "member_id"):
            parent = keys[0].column.table
            made[column.name] = _of(scheme_id, parent, rows)[0][keys[0].column.name]
        elif not column.nullable:
            made[column.name] = _likely(column)
    return made


def _likely(column: sa.Column[Any]) -> object:
    if isinstance(column.type, sa.Enum) and column.type.enum_class is not None:
        return next(iter(column.type.enum_class))
    plain: list[tuple[type, object]] = [
        (sa.Uuid, new_id()),
        (sa.LargeBinary, new_id().bytes),
        (sa.Boolean, False),
        (sa.Integer, 1),
        (sa.Date, clock.today()),
        (sa.JSON, {}),
        (sa.String, new_id().hex[-10:]),
    ]
    found = [value for kind, value in plain if isinstance(column.type, kind)]
    return found[0] if found else clock.now()


def _keys(table: sa.Table, rows: list[Row]) -> set[tuple[object, ...]]:
    return {tuple(row[column.name] for column in table.primary_key) for row in rows}


def _everything_there_is() -> dict[str, list[Row]]:
    with every_scheme(), engine_of_owner() as owner, owner.connect() as connection:
        return _rows(connection)


@pytest.fixture
def plain() -> Iterator[sa.Connection]:
    """A connection of the application's account, on which nothing is kept."""
    with write_mode(), db.engine.connect() as connection:
        yield connection
        connection.rollback()


def test_a_query_without_its_scheme_finds_the_rows_of_here_alone(
    full: World, plain: sa.Connection
) -> None:
    all_rows = _everything_there_is()
    for name in _locked():
        table, here, there = Base.metadata.tables[name], full.here.scheme_id, full.there.scheme_id
        mine, others = (_keys(table, _of(whose, table, all_rows)) for whose in (here, there))
        assert mine, name
        assert others, name
        for scheme_id, wanted in ((here, mine), (there, others)):
            with one_scheme(scheme_id):
                seen = [dict(row) for row in plain.execute(sa.select(table)).mappings()]
            assert _keys(table, seen) == wanted, name
        with only(NOBODY):
            assert plain.execute(sa.select(table)).all() == [], name


def test_a_row_hangs_on_rows_of_one_scheme(full: World) -> None:
    all_rows = _everything_there_is()
    for name in _locked():
        for row in all_rows[name]:
            assert len(_schemes(Base.metadata.tables[name], row, all_rows)) == 1, name


def test_a_row_of_there_is_not_written_from_here(full: World, plain: sa.Connection) -> None:
    all_rows = _everything_there_is()
    for name in _locked():
        table = Base.metadata.tables[name]
        row = _of(full.there.scheme_id, table, all_rows)[0]
        for rows in (NOBODY, str(full.here.scheme_id)):
            with only(rows), pytest.raises(ProgrammingError, match=f'policy for table "{name}"'):
                plain.execute(table.insert(), row)
            plain.rollback()


def test_a_change_without_its_scheme_touches_nothing_of_there(
    full: World, plain: sa.Connection
) -> None:
    all_rows = _everything_there_is()
    for name in _locked():
        table = Base.metadata.tables[name]
        mine = _of(full.here.scheme_id, table, all_rows)
        column = table.c.erased if name == "audit_event" else next(iter(table.primary_key))
        with one_scheme(full.here.scheme_id):
            change = sa.update(table).values({column: column})
            if name in ("audit_check", "audit_seen", "custody_entry"):
                with pytest.raises(ProgrammingError, match="permission denied"):
                    plain.execute(change)
                plain.rollback()
                continue
            assert plain.execute(change).rowcount == len(mine), name
        with only(NOBODY):
            assert plain.execute(change).rowcount == 0, name


def test_deleting_everything_leaves_all_of_there(full: World, plain: sa.Connection) -> None:
    before = _everything_there_is()
    for table in reversed(locked(Base.metadata)):
        if table.name in NO_CHANGE:
            continue
        with one_scheme(full.here.scheme_id):
            deleted = plain.execute(sa.delete(table)).rowcount
        assert deleted > 0, table.name
        with one_scheme(full.there.scheme_id):
            left = [dict(row) for row in plain.execute(sa.select(table)).mappings()]
        assert _keys(table, left) == _keys(table, _of(full.there.scheme_id, table, before)), (
            table.name
        )


def test_a_row_of_here_may_not_hang_on_one_of_there(full: World, plain: sa.Connection) -> None:
    """A reference is checked past the policies, so that the lock has to ask by itself."""
    tables = Base.metadata.tables
    rows = _everything_there_is()
    mine = _of(full.here.scheme_id, tables["alert"], rows)[0]
    area = _of(full.there.scheme_id, tables["area"], rows)[0]["id"]
    member = _of(full.here.scheme_id, tables["member"], rows)[0]["id"]
    strange = mine | {"id": new_id(), "submission_id": new_id(), "area_id": area}
    for table, row in (
        (tables["alert"], strange),
        (tables["member_area"], {"member_id": member, "area_id": area}),
    ):
        with (
            one_scheme(full.here.scheme_id),
            pytest.raises(ProgrammingError, match="row-level security"),
        ):
            plain.execute(table.insert(), row)
        plain.rollback()


def test_what_the_transaction_was_told_follows_each_change_of_mind(
    world: World, plain: sa.Connection
) -> None:
    """In one transaction, and through a savepoint that is undone."""
    from disc.members.models import Scheme

    def seen() -> int:
        return len(plain.execute(sa.select(Scheme.id)).all())

    counts = []
    for rows in (NOBODY, str(world.here.scheme_id), "*", NOBODY):
        with only(rows):
            counts.append(seen())
    assert counts == [0, 1, 2, 0]
    with one_scheme(world.here.scheme_id):
        savepoint = plain.begin_nested()
        with every_scheme():
            assert seen() == 2
            savepoint.rollback()
            assert seen() == 2
        assert seen() == 1


def _look_without_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    """Break the first lock: the gallery's query asks for everybody, and the table is not asked."""
    monkeypatch.setattr(
        leafing,
        "visible",
        lambda _actor: sa.select(Subject).where(Subject.state == SubjectState.PUBLISHED),
    )
    monkeypatch.setattr(views, "authorise", lambda *_asked: None)


def test_with_the_first_lock_broken_the_other_schemes_person_is_not_there(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, _ = in_gallery(world.here, seed=1)
    theirs, _ = in_gallery(world.there, seed=2)
    member = world.browser("member")
    _look_without_scheme(monkeypatch)
    page = member.get("/gallery").text
    assert str(mine) in page
    assert str(theirs) not in page
    assert member.get(f"/gallery/{mine}").status_code == 200
    assert member.get(f"/gallery/{theirs}").status_code == 404
    # Without the second lock the person would be shown: it is this one that holds.
    monkeypatch.setattr(guard, "enter_scheme", lambda _id: guard.enter_every_scheme())
    assert str(theirs) in member.get("/gallery").text
    assert member.get(f"/gallery/{theirs}").status_code == 200


def test_nothing_is_left_for_whoever_comes_next_on_the_same_greenlet(
    world: World, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_gallery(world.here)
    member, stranger = world.browser("member"), Browser(app)

    def count(filename: str) -> str:
        found = db.session.scalar(sa.select(sa.func.count()).select_from(Subject))
        told = db.session.scalar(sa.select(sa.func.current_setting("disc.scheme", sa.true())))
        return f"{found} {told or 'nobody'}"

    monkeypatch.setitem(app.view_functions, "static", count)

    def one_after_the_other() -> tuple[int, str, str]:
        seen = member.client.get("/gallery").status_code
        left = rows_now()
        return seen, left, stranger.client.get("/static/anything").text

    assert contextvars.Context().run(one_after_the_other) == (200, NOBODY, "0 nobody")


def test_a_job_sees_what_its_publisher_saw(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import dataclass

    from disc.core import outbox
    from disc.core.transaction import writing

    @dataclass(frozen=True, slots=True, kw_only=True)
    class BellRang(outbox.Event):
        """Something that nobody else hears."""

    heard: list[str] = []
    monkeypatch.setattr(outbox, "_listeners", dict(outbox._listeners))
    outbox.hears(BellRang)(lambda _rang: heard.append(rows_now()))
    for rows in (str(world.here.scheme_id), "*"):
        with only(rows), writing():
            outbox.publish(BellRang())
        with only(NOBODY):
            drain()
    assert heard == [str(world.here.scheme_id), "*"]


def test_the_audit_is_only_ever_added_to(world: World, plain: sa.Connection) -> None:
    audit.journal(audit.Entry(act="seen", scheme_id=world.here.scheme_id))
    table = AuditEvent.__table__
    assert plain.execute(sa.update(table).values(detail="", erased=True)).rowcount > 0
    plain.rollback()
    for forbidden in (
        sa.delete(table),
        sa.update(table).values(act="another"),
        sa.update(table).values(link=b"x"),
        sa.text("TRUNCATE audit_event"),
    ):
        with pytest.raises(ProgrammingError, match="permission denied"):
            plain.execute(forbidden)
        plain.rollback()


def test_every_table_is_locked_or_says_why_not(plain: sa.Connection) -> None:
    stand_open = {table.name for table in Base.metadata.sorted_tables if OPEN in table.info}
    assert stand_open == {"canary", "outbox"}
    assert unlocked(plain, Base.metadata) == []
    found = plain.execute(
        sa.text(
            "SELECT tablename, policyname, permissive, roles, cmd, qual, with_check "
            "FROM pg_policies"
        )
    ).all()
    assert sorted(row.tablename for row in found) == sorted(_locked())
    for row in found:
        assert (row.policyname, row.permissive, row.cmd) == (POLICY, "PERMISSIVE", "ALL")
        assert row.roles in ("{public}", ["public"])
        assert "disc.scheme" in row.qual
        assert "disc.scheme" in row.with_check
    assert not plain.scalar(sa.text("SELECT count(*) FROM pg_sequences"))


def test_a_new_table_that_hangs_on_nothing_is_noticed() -> None:
    metadata = sa.MetaData()
    sa.Table("loose", metadata, sa.Column("id", sa.Uuid, primary_key=True))
    with engine_of_owner() as owner, owner.connect() as connection, pytest.raises(NoLock):
        lock_rows(connection, metadata)


@pytest.mark.parametrize(
    "damage",
    [
        f"DROP POLICY {POLICY} ON subject",
        "CREATE POLICY wider ON subject USING (true)",
        "ALTER TABLE subject NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE subject DISABLE ROW LEVEL SECURITY",
    ],
)
def test_a_lock_that_was_taken_off_is_noticed_and_laid_again(damage: str) -> None:
    with engine_of_owner() as owner, owner.connect() as connection:
        connection.exec_driver_sql(damage)
        assert [table.name for table in unlocked(connection, Base.metadata)] == ["subject"]
        lock_rows(connection, Base.metadata)
        left = [table.name for table in unlocked(connection, Base.metadata)]
        assert left == (["subject"] if "wider" in damage else [])
        connection.rollback()


def test_nothing_is_served_while_a_lock_is_off(world: World) -> None:
    check_ready()
    with engine_of_owner() as owner:
        with owner.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE subject NO FORCE ROW LEVEL SECURITY")
        try:
            with pytest.raises(NotReady, match="not locked"):
                check_ready()
            assert not is_prepared()
        finally:
            prepare()
    check_ready()


def test_an_account_above_the_lock_is_refused_unless_it_was_asked_for(
    world: World, settings: Settings
) -> None:
    from disc.app import create_app

    alone = replace(settings, database_url=settings.database_owner_url, database_owner_url=None)
    for chosen in (alone, replace(alone, allow_owner=True)):
        with create_app(chosen).app_context():
            for start in (check_ready, prepare):
                with _refused("above the lock", unless=chosen.allow_owner):
                    start()
            db.session.remove()
            db.engine.dispose()
