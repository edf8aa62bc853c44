"""Nothing personal lies in plain text in the instance folder, the database or a log."""

import logging
from pathlib import Path

import pytest
import sqlalchemy as sa

from config import Settings
from disc.core.database import Base, db
from disc.core.jobs import drain
from disc.core.keys import DataKey
from tests.pictures import picture
from tests.story import reported
from tests.whole_app.everything import MARK, NAMES, WORDS, everything
from tests.world import World

JPEG = b"JFIF\x00"
"""The mark of a JPEG, long enough not to turn up in sealed bytes by chance."""
SECRETS = (*NAMES, WORDS, MARK, MARK.replace(" ", ""), "Pat Member", "@example.org", "red top")


def bytes_at_rest(settings: Settings) -> dict[str, bytes]:
    """Return every file of the instance but the keys, and on PostgreSQL every row."""
    found = {
        str(path.relative_to(settings.instance)): path.read_bytes()
        for path in Path(settings.instance).rglob("*")
        if path.is_file() and "keys" not in path.parts
    }
    if settings.database_url:
        with db.engine.connect() as connection:
            for table in Base.metadata.sorted_tables:
                rows = connection.execute(sa.select(table)).all()
                cells = [cell for row in rows for cell in row]
                found[f"table {table.name}"] = b"\n".join(
                    cell if isinstance(cell, bytes) else str(cell).encode() for cell in cells
                )
    return found


def test_names_words_addresses_and_pictures_are_sealed(world: World, settings: Settings) -> None:
    everything(world.here)
    drain()
    db.session.remove()
    kept = bytes_at_rest(settings)
    assert kept
    for name, content in kept.items():
        for secret in SECRETS:
            assert secret.encode() not in content, (name, secret)
            assert secret.lower().encode() not in content, (name, secret)
        assert JPEG not in content, name


def test_the_search_above_would_find_them(tmp_path: Path) -> None:
    (tmp_path / "leak").write_bytes(b"..." + NAMES[0].encode() + JPEG)
    kept = bytes_at_rest(Settings(instance=tmp_path, testing=True))
    assert NAMES[0].encode() in kept["leak"]


def test_no_key_lies_unwrapped_in_the_database(world: World) -> None:
    from disc.core.keys import keyring

    reported(world.here, pictures=(picture(4),))
    plain = [keyring().open_data_key(row) for row in db.session.scalars(sa.select(DataKey))]
    plain.append(keyring().scheme_key(world.here.scheme_id))
    rows = b"".join(row.wrapped for row in db.session.scalars(sa.select(DataKey)))
    assert len(plain) > 5
    assert not any(key in rows for key in plain)


def test_logs_say_what_happened_and_to_nobody(
    world: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = logging.getLogger("disc")
    monkeypatch.setattr(log, "propagate", True)
    caplog.set_level(logging.INFO, logger="disc")
    ids = everything(world.here)
    for who in ("member", "administrator", "board", "spoc"):
        browser = world.browser(who)
        for path in ("/", "/gallery", "/gallery/{subject_id}", "/people/{subject_id}", "/desk"):
            browser.get(path.format(**ids))
    told = "\n".join(
        f"{record.getMessage()} {record.__dict__.get('fields')}" for record in caplog.records
    )
    assert "/gallery/<uuid:subject_id>" in told
    for secret in (*SECRETS, *world.here.emails.values(), str(ids["subject_id"])):
        assert secret not in told


def test_a_row_says_only_its_class_and_id() -> None:
    from disc.gallery.models import Subject

    assert repr(Subject()) == "<Subject None>"
