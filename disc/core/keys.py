"""The key tables: one key a scheme, one a record; a record's key deleted is the record erased."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Generic, TypeVar, overload

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy import ForeignKey, event
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column, relationship

from config import Settings
from disc.core import clock
from disc.core.database import ERASED, Base, db, new_id
from disc.core.locks import OPEN
from disc.core.vault import (
    DoesNotOpen,
    KeySource,
    load_master_key,
    new_key,
    open_sealed,
    seal,
)

SCHEMA = 1
"""Version of what a sealed value's context binds; raise it when the layout changes."""
CANARY = b"the right key opens this"


class SchemeKey(Base):
    """A scheme's key, wrapped by the master key."""

    __tablename__ = "scheme_key"

    scheme_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    wrapped: Mapped[bytes]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)


class DataKey(Base):
    """One record's key, wrapped by its scheme's key."""

    __tablename__ = "data_key"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(index=True)
    wrapped: Mapped[bytes]


class Canary(Base):
    """A known sentence under the master key: the application starts only if it opens."""

    __tablename__ = "canary"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed: Mapped[bytes]

    __table_args__ = (
        sa.CheckConstraint("id = 1", name="only_one"),
        {"info": {OPEN: "one row of the installation, read before anybody is known"}},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedRecord:
    """A row's key and some of its sealed values, read by columns alone: no row object is made.

    For reading very many, and for opening them in another thread.
    """

    id: uuid.UUID
    scheme_id: uuid.UUID
    table: str
    key_id: uuid.UUID
    wrapped: bytes
    values: Mapping[str, bytes | None]

    def context(self, column: str) -> str:
        """Return what a value's seal is bound to."""
        return _context(self.scheme_id, self.table, column, self.id)


class WrongKey(Exception):
    """The master key is not the one that this database was made with."""


class Keyring:
    """Keys of schemes, unwrapped once a process: the master key is asked once a scheme."""

    def __init__(self, source: KeySource) -> None:
        self.source = source
        self._schemes: dict[uuid.UUID, bytes] = {}

    def make_scheme_key(self, scheme_id: uuid.UUID) -> None:
        """Make a new scheme's key, inside the transaction that makes the scheme."""
        wrapped = self.source.wrap(new_key(), f"scheme|{scheme_id}")
        db.session.add(SchemeKey(scheme_id=scheme_id, wrapped=wrapped))
        db.session.flush()

    def scheme_key(self, scheme_id: uuid.UUID) -> bytes:
        """Return a scheme's key."""
        key = self._schemes.get(scheme_id)
        if key is None:
            row = db.session.get_one(SchemeKey, scheme_id)
            key = self.source.unwrap(row.wrapped, f"scheme|{scheme_id}")
            self._schemes[scheme_id] = key
        return key

    def make_data_key(self, scheme_id: uuid.UUID) -> tuple[DataKey, bytes]:
        """Return a new record's key, wrapped for its table and plain for use now."""
        row, plain = DataKey(id=new_id(), scheme_id=scheme_id), new_key()
        row.wrapped = seal(self.scheme_key(scheme_id), plain, f"record|{row.id}")
        return row, plain

    def open_data_key(self, row: DataKey) -> bytes:
        """Unwrap a record's key."""
        return open_sealed(self.scheme_key(row.scheme_id), row.wrapped, f"record|{row.id}")

    def open_record(self, record: "SealedRecord") -> dict[str, str]:
        """Open values that were read by their columns, by the column. Raises DoesNotOpen."""
        wrapped = record.wrapped, f"record|{record.key_id}"
        key = open_sealed(self.scheme_key(record.scheme_id), *wrapped)
        return {
            column: open_sealed(key, sealed, record.context(column)).decode()
            for column, sealed in record.values.items()
            if sealed is not None
        }

    def rewrap_scheme(self, row: SchemeKey, source: KeySource) -> None:
        """Wrap a scheme's key under another master key; no record is touched."""
        row.wrapped = source.wrap(self.scheme_key(row.scheme_id), f"scheme|{row.scheme_id}")


def install_keys(app: Flask, settings: Settings) -> None:
    """Load the master key and give the application its keyring.

    The key file is made at first run. Where there is a database already, a new key could not
    open it, so a missing file stops the start instead (UnusableKey).
    """
    file = key_file(settings)
    given = settings.master_key or file.exists()
    # A test's database is emptied after this, so that what it still holds does not count.
    make = not given and (settings.testing or not _holds_keys(settings))
    app.extensions["keyring"] = Keyring(load_master_key(settings.master_key, file, make=make))


def key_file(settings: Settings) -> Path:
    """Return where the master key is kept unless it is given from outside."""
    return settings.instance / "keys" / "master.key"


def _holds_keys(settings: Settings) -> bool:
    """Say whether the database was made with a key already."""
    address = sa.make_url(settings.database)
    if address.get_backend_name() == "sqlite":
        return Path(address.database or "").exists()
    engine = sa.create_engine(address, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return sa.inspect(connection).has_table(Canary.__tablename__) and bool(
            connection.scalar(sa.select(Canary.id))
        )


def keyring() -> Keyring:
    """Return the application's keyring."""
    ring: Keyring = current_app.extensions["keyring"]
    return ring


def place_canary() -> None:
    """Seal the canary under the master key, once a database."""
    if db.session.get(Canary, 1) is None:
        db.session.add(Canary(id=1, sealed=keyring().source.wrap(CANARY, "canary")))


def check_canary() -> None:
    """Raise WrongKey unless this database was made with this master key."""
    row = db.session.get(Canary, 1)
    if row is None:
        return
    try:
        keyring().source.unwrap(row.sealed, "canary")
    except DoesNotOpen as error:
        raise WrongKey(
            "The master key does not open this database. Put back the key it was made with."
        ) from error


def _context(scheme_id: uuid.UUID, table: str, column: str, row_id: uuid.UUID) -> str:
    return f"{scheme_id}|{table}|{column}|{row_id}|{SCHEMA}"


T = TypeVar("T")


class Sealed(Generic[T]):
    """A personal value of a row: written plain, flushed sealed, opened when it is read.

    The column is the attribute's name with ``_sealed``. The seal binds scheme, table, column,
    row and schema version, so that a value copied to another row does not open.
    """

    def __init__(self, encode: Callable[[T], str], decode: Callable[[str], T], empty: T) -> None:
        self._encode, self._decode, self._empty = encode, decode, empty

    def __set_name__(self, owner: type, name: str) -> None:
        self._name, self._column = name, f"{name}_sealed"

    @overload
    def __get__(self, row: None, owner: type) -> "Sealed[T]": ...
    @overload
    def __get__(self, row: "SealedRow", owner: type) -> T: ...
    def __get__(self, row: "SealedRow | None", owner: type) -> "Sealed[T] | T":
        if row is None:
            return self
        if self._name in row.unsealed:
            return self._decode(row.unsealed[self._name])
        sealed = getattr(row, self._column)
        if sealed is None or row.data_key is None:
            return self._empty  # never filled, or erased with its key
        plain = open_sealed(row.open_key(), sealed, row.context(self._column))
        return self._decode(plain.decode())

    def __set__(self, row: "SealedRow", value: T) -> None:
        if value == self._empty:
            row.unsealed.pop(self._name, None)
            setattr(row, self._column, None)
            return
        row.unsealed[self._name] = self._encode(value)
        setattr(row, self._column, b"")  # marks the row as changed; sealed before the flush


def sealed_text() -> Sealed[str]:
    """Declare a sealed text; the empty string means none."""
    return Sealed(str, str, "")


def sealed_words() -> Sealed[tuple[str, ...]]:
    """Declare a sealed list of short phrases."""
    return Sealed("\n".join, lambda text: tuple(text.split("\n")), ())


def sealed_day() -> Sealed[date | None]:
    """Declare a sealed day; None means that it is not known."""
    return Sealed(lambda day: day.isoformat() if day else "", date.fromisoformat, None)


class SealedRow:
    """A row with sealed values and a key of its own."""

    id: Mapped[uuid.UUID]
    scheme_id: Mapped[uuid.UUID]
    __tablename__: Any

    @declared_attr
    def data_key_id(cls) -> Mapped[uuid.UUID | None]:  # noqa: N805 - a class-level declaration
        """The row's key; none once the row is erased."""
        return mapped_column(ForeignKey(DataKey.id, ondelete="SET NULL"))

    @declared_attr
    def data_key(cls) -> Mapped[DataKey | None]:  # noqa: N805 - a class-level declaration
        """The row's wrapped key."""
        return relationship(DataKey, lazy="joined")

    @property
    def is_erased(self) -> bool:
        """Say whether the row is what is left of an erased record; it then has no key."""
        return False

    @property
    def unsealed(self) -> dict[str, str]:
        """Values that were set and not yet flushed."""
        pending: dict[str, str] = self.__dict__.setdefault("_unsealed", {})
        return pending

    def context(self, column: str) -> str:
        """Return what a value's seal is bound to."""
        return _context(self.scheme_id, self.__tablename__, column, self.id)

    def open_key(self) -> bytes:
        """Return the row's key, unwrapped at most once a row object."""
        key: bytes | None = self.__dict__.get("_key")
        if key is None:
            if self.data_key is None:
                raise DoesNotOpen
            key = keyring().open_data_key(self.data_key)
            self.__dict__["_key"] = key
        return key

    def ensure_key(self) -> bytes:
        """Return the row's key, made now if it has none."""
        if self.data_key is None:
            self.data_key, self.__dict__["_key"] = keyring().make_data_key(self.scheme_id)
            self.data_key_id = self.data_key.id
        return self.open_key()


@event.listens_for(Session, "before_flush", insert=True)
def _seal_pending(session: Session, _context: object, _instances: object) -> None:
    for row in session.new:
        if isinstance(row, SealedRow):
            _know_place(row)
            if not row.is_erased:
                row.ensure_key()  # even with nothing to seal: a row without a key counts as erased
    for row in [*session.new, *session.dirty]:
        if isinstance(row, SealedRow) and row.unsealed:
            _know_place(row)
            key = row.ensure_key()
            for name, plain in row.unsealed.items():
                column = f"{name}_sealed"
                setattr(row, column, seal(key, plain.encode(), row.context(column)))
            row.unsealed.clear()


def _know_place(row: SealedRow) -> None:
    """Make sure of what the seal will bind: it would not open if that were filled in later."""
    if getattr(row, "id", None) is None:
        row.id = new_id()
    if getattr(row, "scheme_id", None) is None:
        raise ValueError("a sealed row needs its scheme_id before it is flushed")


@event.listens_for(Session, "after_rollback")
def _forget_keys(session: Session) -> None:
    for row in session.identity_map.values():
        if isinstance(row, SealedRow):
            row.__dict__.pop("_key", None)
            row.unsealed.clear()


def erase_key(row: SealedRow) -> None:
    """Delete a row's key: everything sealed under it, here and in blobs, is gone for good."""
    if row.data_key is not None:
        db.session.info[ERASED] = True
        db.session.delete(row.data_key)
        row.data_key = None
        row.__dict__.pop("_key", None)
