"""Very many rows in a scheme: its first Subjects once more, and once more, under other numbers.

What is sealed in a copy opens for nobody, since it belongs to another row. Nobody reads it here: it
is there to be passed by.
"""

import uuid

from sqlalchemy import text

from disc.core.database import Base, db
from disc.core.transaction import writing

FIRST = """
    SELECT subject.id, subject.data_key_id AS key_id, still.id AS still_id,
        still.data_key_id AS still_key_id, row_number() OVER (ORDER BY subject.id) AS place
    FROM subject
    JOIN subject_still ON subject_still.subject_id = subject.id
    JOIN still ON still.id = subject_still.still_id
    WHERE subject.scheme_id = :scheme AND subject.reference LIKE 'Q-%'
    ORDER BY subject.id LIMIT :count
"""
STEPS = (
    ("data_key", "data_key.id = first.key_id"),
    ("data_key", "data_key.id = first.still_key_id"),
    ("subject", "subject.id = first.id"),
    ("subject_area", "subject_area.subject_id = first.id"),
    ("still", "still.id = first.still_id"),
    ("subject_still", "subject_still.subject_id = first.id"),
    ("subject_token", "subject_token.subject_id = first.id"),
)
"""In which order tables are copied, and how their rows hang on the first Subjects."""
RENAMED = {
    "data_key": {"id"},
    "subject": {"id", "data_key_id"},
    "subject_area": {"subject_id"},
    "still": {"id", "data_key_id"},
    "subject_still": {"subject_id", "still_id"},
    "subject_token": {"subject_id"},
}
"""Columns whose number is another one in a copy: its last eight digits say which copy it is."""
NUMBER = {
    "sqlite": "substr({0}, 1, 24) || printf('%08x', :copy)",
    "postgresql": "(substr(replace({0}::text, '-', ''), 1, 24)"
    " || lpad(to_hex(CAST(:copy AS int)), 8, '0'))::uuid",
}
REFERENCE = {
    "sqlite": "'C-' || printf('%x', first.place + :copy * 100000)",
    "postgresql": "'C-' || to_hex(first.place + CAST(:copy AS int) * 100000)",
}


def copy_first(scheme_id: uuid.UUID, made: int, wanted: int) -> None:
    """Copy a scheme's Subjects, of which so many were made, until there are as many as wanted."""
    scheme = scheme_id.hex if db.engine.dialect.name == "sqlite" else scheme_id
    for number in range(1, -(-wanted // made)):
        count = min(made, wanted - number * made)
        with writing() as session:
            for table, hangs_on in STEPS:
                session.connection().execute(
                    text(_statement(table, hangs_on)),
                    {"scheme": scheme, "copy": number, "count": count},
                )


def _statement(table: str, hangs_on: str) -> str:
    columns = Base.metadata.tables[table].columns.keys()
    values = ", ".join(_value(table, column) for column in columns)
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) "  # noqa: S608 - names of our own
        f"SELECT {values} FROM {table} JOIN ({FIRST}) AS first ON {hangs_on}"
    )


def _value(table: str, column: str) -> str:
    kind = db.engine.dialect.name
    if column == "reference":
        return REFERENCE[kind]
    if column in RENAMED[table]:
        return NUMBER[kind].format(f"{table}.{column}")
    return f"{table}.{column}"
