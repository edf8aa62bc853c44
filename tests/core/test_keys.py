"""Sealed rows: bound to their place, erased with their key."""

import pytest
import sqlalchemy as sa
from flask import Flask

from disc.access.actor import Role
from disc.core.database import Base, db, new_id
from disc.core.keys import (
    Canary,
    DataKey,
    WrongKey,
    check_canary,
    erase_key,
    keyring,
    place_canary,
)
from disc.core.transaction import writing
from disc.core.vault import DoesNotOpen, MasterKey, new_key
from disc.members.models import Member
from tests.world import World


def _member(world: World, who: str = "member") -> Member:
    return db.session.get_one(Member, world.here.actor(who).id)


def test_a_sealed_value_is_read_back_and_is_not_in_its_column(world: World) -> None:
    member = _member(world)
    assert member.name.startswith("Pat Member")
    assert b"Pat" not in member.name_sealed


def test_a_value_is_readable_before_it_is_flushed(world: World) -> None:
    with writing():
        member = _member(world)
        member.name = "Sam Carter"
        assert member.name == "Sam Carter"
    assert _member(world).name == "Sam Carter"


def test_a_value_set_to_nothing_is_nothing(world: World) -> None:
    with writing():
        _member(world).name = ""
    assert _member(world).name_sealed is None
    assert _member(world).name == ""


def test_a_value_moved_to_another_row_does_not_open(world: World) -> None:
    one, other = world.here.actor("member").id, world.here.actor("second_member").id
    with writing() as session:
        table = Member.__table__
        source = session.execute(sa.select(table).where(table.c.id == one)).one()
        session.execute(
            sa.update(table)
            .where(table.c.id == other)
            .values(name_sealed=source.name_sealed, data_key_id=source.data_key_id)
        )
    with pytest.raises(DoesNotOpen):
        _ = _member(world, "second_member").name


def test_a_value_moved_to_another_column_does_not_open(world: World) -> None:
    with writing() as session:
        table = Member.__table__
        session.execute(sa.update(table).values(name_sealed=table.c.email_sealed))
    with pytest.raises(DoesNotOpen):
        _ = _member(world).name


def test_a_record_moved_to_another_scheme_does_not_open(world: World) -> None:
    with writing() as session:
        table = Member.__table__
        session.execute(
            sa.update(table)
            .where(table.c.id == world.here.actor("member").id)
            .values(scheme_id=world.there.scheme_id)
        )
    with pytest.raises(DoesNotOpen):
        _ = _member(world).name


def test_a_key_given_to_another_scheme_does_not_open(world: World) -> None:
    with writing() as session:
        key_id = _member(world).data_key_id
        session.execute(
            sa.update(DataKey).where(DataKey.id == key_id).values(scheme_id=world.there.scheme_id)
        )
    db.session.expire_all()
    with pytest.raises(DoesNotOpen):
        _ = _member(world).name


def test_each_record_has_a_key_of_its_own(world: World) -> None:
    ids = db.session.scalars(sa.select(Member.data_key_id)).all()
    assert None not in ids
    assert len(set(ids)) == len(ids)


def test_a_record_whose_key_is_deleted_is_erased(world: World) -> None:
    with writing():
        member = _member(world)
        key_id = member.data_key_id
        erase_key(member)
    member = _member(world)
    assert (member.name, member.email, member.data_key_id) == ("", "", None)
    assert db.session.get(DataKey, key_id) is None
    assert _member(world, "second_member").name


def test_the_bytes_of_a_deleted_key_leave_the_files(world: World, app: Flask) -> None:
    with writing():
        member = _member(world)
        wrapped = member.data_key.wrapped
        erase_key(member)
    file = app.extensions["settings"].instance / "disc.db"  # none where a server keeps the data
    for part in (file, file.with_name("disc.db-wal")):
        assert not part.exists() or wrapped not in part.read_bytes()
    assert wrapped not in db.session.scalars(sa.select(DataKey.wrapped)).all()


def test_a_rollback_forgets_what_was_set(world: World) -> None:
    member = _member(world)
    before = member.name
    with pytest.raises(ZeroDivisionError), writing():
        member = _member(world)
        member.name = "Never Was"
        raise ZeroDivisionError
    assert member.name == before
    with writing():
        _member(world).password_hash = "changed"
    assert _member(world).name == before


def test_a_refused_row_leaves_no_key_behind(world: World) -> None:
    with writing() as session:
        before = session.scalar(sa.select(sa.func.count()).select_from(DataKey))
    with pytest.raises(sa.exc.IntegrityError), writing() as session:
        taken = _member(world).viewer_code
        made = Member(
            id=new_id(), scheme_id=world.here.scheme_id, role=Role.MEMBER, viewer_code=taken
        )
        made.name = "Sam"
        session.add(made)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(DataKey)) == before


def test_a_sealed_row_without_its_scheme_is_refused_rather_than_sealed_shut(world: World) -> None:
    with pytest.raises(ValueError, match="scheme_id"), writing() as session:
        made = Member(id=new_id(), role=Role.MEMBER, viewer_code="X")
        made.name = "Sam"
        session.add(made)
        session.flush()


def test_the_canary_opens_with_the_right_key_only(app: Flask) -> None:
    check_canary()  # an empty database has none yet
    with writing():
        place_canary()
        place_canary()
    check_canary()
    ring = keyring()
    right, ring.source = ring.source, MasterKey(new_key())
    try:
        with pytest.raises(WrongKey, match="does not open this database"):
            check_canary()
    finally:
        ring.source = right
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Canary)) == 1


def test_every_table_of_people_declares_what_it_seals() -> None:
    """Text columns hold plain facts only: a new one must be named here, or sealed."""
    plain = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, sa.String) and not isinstance(column.type, sa.Enum)
    }
    suspicious = {"name", "alias", "born", "address", "phone", "email", "words", "description"}
    named = {each for each in plain if each.split(".")[1] in suspicious}
    assert named <= {
        "scheme.name",
        "area.name",
        "premises.name",
        "premises.address",
        "member_group.name",
        "tablet.name",
        "gallery.name",
        "gallery.description",
    }
