"""The tables as migrations make them: what the code expects, and data that survives the way."""

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask_migrate import downgrade

from config import Settings
from disc.app import create_app
from disc.core.database import Base, db, new_id
from disc.core.migrate import (
    FOLDER,
    at_head,
    connection_for_migrations,
    current_version,
    engine_of_owner,
    upgrade,
)
from disc.core.rows import every_scheme
from tests.databases import database_beside

FIRST_VERSION = "0001"


@pytest.fixture
def empty(tmp_path: Path, settings: Settings) -> Iterator[Flask]:
    """An application on a database without tables."""
    with database_beside(settings, "migrate") as addresses:
        app = create_app(Settings(instance=tmp_path, testing=True, **addresses))
        with app.app_context(), every_scheme():
            yield app
            db.session.remove()
            db.engine.dispose()


def _versions() -> list[str]:
    """Oldest first."""
    script = ScriptDirectory(str(FOLDER))
    return [revision.revision for revision in reversed(list(script.walk_revisions()))]


def _tables() -> set[str]:
    return set(sa.inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_there_is_one_line_of_versions_from_the_first() -> None:
    script = ScriptDirectory(str(FOLDER))
    assert script.get_bases() == [FIRST_VERSION]
    assert len(script.get_heads()) == 1


def test_the_tables_are_what_the_code_expects(empty: Flask) -> None:
    assert current_version(db.engine) is None
    assert not at_head(db.engine)
    upgrade()
    assert at_head(db.engine)
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_every_check_of_the_models_is_in_the_database(empty: Flask) -> None:
    """Alembic's comparison does not see checks, and SQLite's table copies can drop them."""
    upgrade()
    inspector = sa.inspect(db.engine)
    for table in Base.metadata.sorted_tables:
        declared = {
            str(check.name) for check in table.constraints if isinstance(check, sa.CheckConstraint)
        }
        found = {str(check["name"]) for check in inspector.get_check_constraints(table.name)}
        assert declared <= found, table.name


def test_up_and_down_and_up_again_leaves_nothing_behind(empty: Flask) -> None:
    upgrade()
    made = _tables()
    assert made == set(Base.metadata.tables)
    for version in [*reversed(_versions()[:-1]), "base"]:
        downgrade(directory=str(FOLDER), revision=version)
    assert _tables() == set()
    upgrade()
    assert _tables() == made


def _fill(tables: dict[str, sa.Table]) -> dict[str, int]:
    """Put one row into every table of the first version, by its columns alone."""
    ids = {name: new_id() for name in tables}
    with engine_of_owner() as owner, owner.connect() as connection:
        deferred = connection.dialect.name == "sqlite"
        if deferred:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        for name in _in_order(tables):
            connection.execute(tables[name].insert(), _row(tables[name], ids))
        connection.commit()
    return _counts(tables)


def _in_order(tables: dict[str, sa.Table]) -> list[str]:
    metadata = next(iter(tables.values())).metadata
    return [table.name for table in metadata.sorted_tables if table.name in tables]


def _row(table: sa.Table, ids: dict[str, uuid.UUID]) -> dict[str, object]:
    row: dict[str, object] = {}
    for column in table.columns:
        keys = list(column.foreign_keys)
        if column.nullable and not keys:
            continue
        if keys:
            target = keys[0].column.table.name
            if target == table.name or (column.nullable and target != "data_key"):
                continue
            row[column.name] = _id(column, ids[target])
        elif column.primary_key and column.name == "id" and table.name != "canary":
            row[column.name] = _id(column, ids[table.name])
        else:
            row[column.name] = LIKELY.get(f"{table.name}.{column.name}", _likely(column))
    return row


def _id(column: sa.Column[object], value: uuid.UUID) -> object:
    """SQLite keeps an id as its digits, and says no more of the column than that."""
    return value if isinstance(column.type, sa.Uuid) else value.hex


LIKELY: dict[str, object] = {
    "scheme.id_sought_hide_months": 1,
    "member.role": "member",
    "member.state": "active",
    "exclusion_notice.state": "approved",
    "possible_duplicate.verdict": "open",
    "incident.state": "submitted",
    "exclusion_notice.proposed_by_role": "administrator",
    "subject.state": "published",
    "canary.id": 1,
    "still.edit_version": 0,
    "still.shown_as": "",
    "push_message.path": "/me",
}


def _likely(column: sa.Column[object]) -> object:
    later = column.name in ("closes_at", "effective_at", "ends_on", "expires_at")
    if column.name.endswith("_id") and not isinstance(column.type, sa.LargeBinary | sa.BLOB):
        return _id(column, new_id())
    plain: dict[type, object] = {
        sa.DateTime: datetime(2026, 5, 4, tzinfo=UTC) + timedelta(days=later),
        sa.Date: date(2026, 5, 4) + timedelta(days=later),
        sa.Boolean: False,
        sa.Integer: 1,
        sa.Float: 1.0,
        sa.LargeBinary: b"sealed",
        sa.JSON: {},
    }
    found = [value for kind, value in plain.items() if isinstance(column.type, kind)]
    return found[0] if found else "x"


def _counts(tables: dict[str, sa.Table]) -> dict[str, int]:
    with engine_of_owner() as owner, owner.connect() as connection:
        return {
            name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for name, table in tables.items()
        }


SELF_MADE = {
    "association",
    "custody_entry",
    "exclusion_notice",
    "possible_duplicate",
    "notice_premises",
    "notice_evidence",
}
"""Two rows that a law keeps apart (two people, two stills): these tables stay empty here."""


def _with_rows() -> dict[str, sa.Table]:
    reflected = sa.MetaData()
    reflected.reflect(db.engine)
    return {
        name: table
        for name, table in reflected.tables.items()
        if name != "alembic_version" and name not in SELF_MADE
    }


def test_every_version_keeps_the_rows_of_the_one_before(empty: Flask) -> None:
    versions = _versions()
    upgrade(versions[0])
    first = _with_rows()
    filled = _fill(first)
    assert set(filled.values()) == {1}
    for version in versions[1:]:
        upgrade(version)
        still = set(_tables())
        assert _counts({name: table for name, table in first.items() if name in still}) == {
            name: count for name, count in filled.items() if name in still
        }, version
    upgrade()
    for version in reversed(versions[:-1]):
        downgrade(directory=str(FOLDER), revision=version)
    assert _counts(first) == filled


def _pairs() -> list[tuple[object, ...]]:
    """Every pair as the version of now keeps it, but for its ids."""
    reflected = sa.MetaData()
    reflected.reflect(db.engine, only=["possible_duplicate"])
    table = reflected.tables["possible_duplicate"]
    what = table.c.finding if "finding" in table.c else table.c.band
    with engine_of_owner() as owner, owner.connect() as connection:
        rows = connection.execute(sa.select(what, table.c.distance, table.c.verdict))
        return sorted(tuple(row) for row in rows)


def _add_pairs(*some: dict[str, object]) -> None:
    """Add pairs by columns alone; each is of two stills of its own."""
    reflected = sa.MetaData()
    reflected.reflect(db.engine)
    still, pair = (reflected.tables[name] for name in ("still", "possible_duplicate"))
    with engine_of_owner() as owner, owner.connect() as connection:
        known = dict(connection.execute(sa.select(still)).mappings().first() or {})
        for values in some:
            two = [_id(still.c.id, new_id()) for _ in range(2)]
            for key in two:
                connection.execute(still.insert(), {**known, "id": key, "data_key_id": None})
            row = {
                "id": _id(pair.c.id, new_id()),
                "scheme_id": known["scheme_id"],
                "earlier_id": two[0],
                "later_id": two[1],
                "found_at": datetime(2026, 5, 4, tzinfo=UTC),
                "verdict": "open",
                **values,
            }
            connection.execute(pair.insert(), row)
        connection.commit()


def test_pairs_of_before_become_findings_and_go_back_to_bands(empty: Flask) -> None:
    upgrade("0003")
    _fill(_with_rows())
    old = [("alike", 60), ("close", 12), ("same file", 0)]
    _add_pairs(*({"band": band, "distance": bits} for band, bits in old))
    upgrade()
    assert _pairs() == [
        ("probably same", 12, "open"),
        ("same camera", 60, "open"),
        ("same file", 0, "open"),
    ]
    judged = {"verdict": "same camera", "decided_by_id": _somebody()}
    _add_pairs(
        {"finding": "same still", "distance": None, "evidence": b"sealed", **judged},
        {"finding": "same moment", "distance": 3, "evidence": b"sealed"},
    )
    downgrade(directory=str(FOLDER), revision="0003")
    assert _pairs() == [
        ("alike", 60, "open"),
        ("close", 3, "open"),
        ("close", 12, "open"),
        ("close", 256, "different"),
        ("same file", 0, "open"),
    ]


def test_fingerprints_of_before_wait_to_be_made_again(empty: Flask) -> None:
    upgrade("0003")
    _fill(_with_rows())
    upgrade()
    found = sa.select(sa.column("version"), sa.column("again")).select_from(sa.table("fingerprint"))
    with engine_of_owner() as owner, owner.connect() as connection:
        assert [tuple(row) for row in connection.execute(found)] == [(0, False)]


def test_the_keys_of_cameras_and_phones_go_with_their_tables(empty: Flask) -> None:
    upgrade()
    _fill(tables := _with_rows())
    reflected = tables["data_key"]
    with engine_of_owner() as owner, owner.connect() as connection:
        held = dict(connection.execute(sa.select(reflected)).mappings().one())
        for name in ("camera", "push_phone"):
            own = _id(reflected.c.id, new_id())
            connection.execute(reflected.insert(), {**held, "id": own})
            connection.execute(tables[name].update().values(data_key_id=own))
        connection.commit()
    downgrade(directory=str(FOLDER), revision="0003")
    with engine_of_owner() as owner, owner.connect() as connection:
        assert connection.scalars(sa.select(reflected.c.id)).all() == [held["id"]]


def test_edited_and_withdrawn_pictures_go_back_without_being_shown(empty: Flask) -> None:
    upgrade("0004")
    _fill(_with_rows())
    upgrade()
    still = _still()
    with engine_of_owner() as owner, owner.connect() as connection:
        row = connection.execute(sa.select(still)).mappings().one()
        assert (row["edit_version"], row["shown_as"], row["withdrawn_at"]) == (0, "", None)
        connection.execute(
            still.update().values(
                source="public",
                edit_version=2,
                shown_as="0" * 32,
                steps_sealed=b"sealed",
                edited_by_id=_somebody(),
                edited_at=datetime(2026, 5, 4, tzinfo=UTC),
                hidden_at=datetime(2026, 5, 5, tzinfo=UTC),
                withdrawn_at=datetime(2026, 5, 5, tzinfo=UTC),
                withdrawn_by_id=_somebody(),
            )
        )
        connection.commit()
    downgrade(directory=str(FOLDER), revision="0004")
    with engine_of_owner() as owner, owner.connect() as connection:
        row = connection.execute(sa.select(_still())).mappings().one()
    assert row["source"] == "member"
    assert row["hidden_at"] is not None
    assert "steps_sealed" not in row


def _still() -> sa.Table:
    reflected = sa.MetaData()
    reflected.reflect(db.engine, only=["still"])
    return reflected.tables["still"]


def _somebody() -> object:
    reflected = sa.MetaData()
    reflected.reflect(db.engine, only=["member"])
    with engine_of_owner() as owner, owner.connect() as connection:
        return connection.scalar(sa.select(reflected.tables["member"].c.id))


def test_copying_a_table_does_not_take_the_rows_that_point_at_it(empty: Flask) -> None:
    """SQLite changes a column by copying the table; dropping the old one must not cascade."""
    if db.engine.dialect.name != "sqlite":
        return
    upgrade()
    filled = _fill(tables := _with_rows())
    from alembic.operations import Operations

    migrate = current_app.extensions["migrate"].migrate
    with connection_for_migrations(db.engine) as connection:
        context = MigrationContext.configure(connection, opts=dict(migrate.alembic_ctx_kwargs))
        with Operations(context).batch_alter_table("still", recreate="always") as batch:
            batch.add_column(sa.Column("extra", sa.String(5)))
        connection.commit()
    assert _counts(tables) == filled
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
