"""Very many Subjects in a database within minutes: rows as the product makes them, in bulk.

Each has a key of its own, a sealed name, an Area, a still with a key of its own, and digests to be
filtered by. Only the newest few have sealed files, and were made by the product's own services.
Of the other scheme, into which nobody looks, most Subjects are copies of its first few.
"""

import random
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from benchmarks.copying import copy_first
from benchmarks.installation import application, make_installation
from disc.access.actor import Role
from disc.core import clock
from disc.core.database import Base, db, new_id
from disc.core.keys import SealedRecord, keyring
from disc.core.migrate import count_rows
from disc.core.transaction import writing
from disc.core.vault import seal, token
from disc.gallery.filtering import TOKEN_BYTES, WORDS
from disc.members import service as members
from disc.members.models import Area, Member, Premises, Scheme

PICTURED = 240
MADE_ELSEWHERE = 10_000
BATCH = 5000
SYLLABLES = [
    "har",
    "bor",
    "ne",
    "peb",
    "ble",
    "lan",
    "tern",
    "quay",
    "oak",
    "ford",
    "wick",
    "mar",
    "low",
    "ton",
    "sel",
    "vin",
    "dor",
    "ric",
    "gar",
    "eth",
]
LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"
Rows = dict[str, list[dict[str, Any]]]
TABLES = ("data_key", "subject", "subject_area", "still", "subject_still", "subject_token")


def fill(folder: Path, subjects: int, in_scheme: int, **settings: str) -> str:
    """Make an installation with so many Subjects, and so many of them in the first scheme.

    Return the password of the first scheme's member.
    """
    pictured = with_pictures(in_scheme)
    password = make_installation(folder, pictured, **settings)
    with application(folder, **settings):
        _add(_ground("harbour"), range(pictured, in_scheme))
        if subjects > in_scheme:
            _make_other_scheme()
            _fill_elsewhere(range(in_scheme, subjects))
        count_rows()
    return password


def with_pictures(in_scheme: int) -> int:
    """Return how many of a scheme's Subjects have sealed files: the newest, on the first pages."""
    return min(PICTURED, in_scheme - 4)


def names(seed: int) -> Iterator[str]:
    """Return invented names of two words without end."""
    dice = random.Random(seed)
    while True:
        yield " ".join("".join(dice.choices(SYLLABLES, k=dice.randint(2, 4))) for _ in range(2))


def name_of(number: int) -> str:
    """Return the name of a Subject by its number."""
    return next(names(number)).title()


class Ground:
    """Where Subjects are added, and the digests of the scheme's words."""

    def __init__(self, scheme: Scheme, area: Area, place: Premises, maker: Member) -> None:
        self.scheme_id, self.area_id = scheme.id, area.id
        self.premises_id, self.maker_id = place.id, maker.id
        key = keyring().scheme_key(scheme.id)
        self.tokens = [
            [token(key, f"looks {kind}", word)[:TOKEN_BYTES] for word in words]
            for kind, words in WORDS.items()
        ]


def _ground(slug: str) -> Ground:
    scheme = db.session.scalars(select(Scheme).where(Scheme.slug == slug)).one()
    found = [
        db.session.scalars(select(table).where(table.scheme_id == scheme.id).limit(1)).one()
        for table in (Area, Premises, Member)
    ]
    return Ground(scheme, *found)  # type: ignore[arg-type]


def _make_other_scheme() -> None:
    with writing() as session:
        scheme = members.create_scheme("elsewhere", "Elsewhere Watch", is_demo=True)
        area = members.add_area(scheme, "New Town")
        session.flush()
        members.add_premises(area, "Shop", authority_on=clock.today(), by="The owner")
        members.invite(
            scheme, "Kim Elsewhere", "kim@elsewhere.example", Role.ADMINISTRATOR, areas=[area]
        )


def _add(ground: Ground, numbers: range) -> None:
    for start in range(0, len(numbers), BATCH):
        rows: Rows = {name: [] for name in TABLES}
        for number in numbers[start : start + BATCH]:
            _one(ground, number, rows)
        with writing() as session:
            for name in TABLES:
                table = Base.metadata.tables[name]
                session.execute(insert(table), rows[name])


def _fill_elsewhere(numbers: range) -> None:
    ground, made = _ground("elsewhere"), min(len(numbers), MADE_ELSEWHERE)
    _add(ground, numbers[:made])
    copy_first(ground.scheme_id, made, len(numbers))


def _one(ground: Ground, number: int, rows: Rows) -> None:
    subject_id, still_id, dice = new_id(), new_id(), random.Random(number)
    own, sealed = _sealed(ground, rows, ("subject", subject_id, "name_sealed"), name_of(number))
    picture, captured = _sealed(ground, rows, ("still", still_id, "captured_sealed"), "2026")
    at = clock.now() - timedelta(hours=8) - timedelta(seconds=number * 7)
    days = {
        "hide_on": clock.add_months(clock.today(), 3),
        "erase_on": clock.add_months(clock.today(), 6),
    }
    rows["subject"].append(
        {
            "id": subject_id,
            "scheme_id": ground.scheme_id,
            "data_key_id": own,
            **days,
            "reference": _reference(number),
            "state": "published",
            "kind": "id-sought",
            "name_sealed": sealed,
            "made_by_id": ground.maker_id,
            "last_reported_at": at,
            "changed_at": at,  # what changed in the last two minutes is read anew by each search
            "marked_on": clock.today(),
        }
    )
    rows["subject_area"].append({"subject_id": subject_id, "area_id": ground.area_id})
    rows["still"].append(
        {
            "id": still_id,
            "scheme_id": ground.scheme_id,
            "data_key_id": picture,
            "premises_id": ground.premises_id,
            "captured_sealed": captured,
            "width": 640,
            "height": 480,
            "erase_on": days["erase_on"],
        }
    )
    rows["subject_still"].append({"subject_id": subject_id, "still_id": still_id})
    rows["subject_token"] += [
        {"subject_id": subject_id, "scheme_id": ground.scheme_id, "token": dice.choice(words)}
        for words in ground.tokens
    ]


def _sealed(
    ground: Ground, rows: Rows, cell: tuple[str, uuid.UUID, str], text: str
) -> tuple[uuid.UUID, bytes]:
    """Return a new key's id and the value of a table's row and column, sealed under it."""
    table, row_id, column = cell
    made, key = keyring().make_data_key(ground.scheme_id)
    rows["data_key"].append({"id": made.id, "scheme_id": ground.scheme_id, "wrapped": made.wrapped})
    record = SealedRecord(
        id=row_id,
        scheme_id=ground.scheme_id,
        table=table,
        key_id=made.id,
        wrapped=made.wrapped,
        values={},
    )
    return made.id, seal(key, text.encode(), record.context(column))


def _reference(number: int) -> str:
    letters = ""
    for _ in range(6):
        number, at = divmod(number, len(LETTERS))
        letters += LETTERS[at]
    return f"Q-{letters}"
