"""The restore drill: what was saved comes back whole, and what was erased does not."""

import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from config import Settings
from disc.app import create_app
from disc.core import auditing, clock
from disc.core.backup import BackupRefused, back_up
from disc.core.blobs import blobs
from disc.core.database import db, new_id
from disc.core.keys import DataKey, SchemeKey, check_canary, erase_key, key_file, keyring
from disc.core.migrate import at_head
from disc.core.preparing import prepare
from disc.core.restoring import Restored, restore
from disc.core.rotation import rotate
from disc.core.rows import every_scheme
from disc.core.transaction import writing
from disc.core.vault import DoesNotOpen, UnusableKey, open_stream, seal_stream
from disc.gallery.models import Subject, SubjectState
from disc.matching.models import Camera
from disc.matching.service import tidy
from disc.members.models import Member
from disc.members.proving import sign_in
from tests.databases import database_beside
from tests.world import PASSWORD, World

PHRASE = "six words that nobody would guess"
NAME = "Robin Invented-Person"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("disc.core.vault.exporting.MEMORY_KIB", 64)


@pytest.fixture
def filled(app: Flask, world: World) -> Iterator[World]:
    """The world with one Subject and one sealed file under the Subject's key."""
    for name in list(blobs().names()):
        blobs().delete(name)
    with writing() as session:
        subject = Subject(
            id=new_id(),
            scheme_id=world.here.scheme_id,
            reference="S1",
            state=SubjectState.PUBLISHED,
            made_by_id=world.here.actor("administrator").id,
            hide_on=clock.today(),
            erase_on=clock.today(),
        )
        subject.name = NAME
        session.add(subject)
        session.flush()
        blobs().put(
            "one/picture", seal_stream(subject.open_key(), b"a drawn picture", "one/picture")
        )
    yield world
    for name in list(blobs().names()):
        blobs().delete(name)


@pytest.fixture
def elsewhere(tmp_path: Path, settings: Settings) -> Iterator[Flask]:
    """Another installation, empty, on the same kind of database."""
    with database_beside(settings, "restore") as addresses:
        made = create_app(Settings(instance=tmp_path / "elsewhere", testing=True, **addresses))
        yield made
        with made.app_context():
            db.session.remove()
            db.engine.dispose()


def _restore(folder: Path, keys: Path | None = None) -> Restored:
    return restore(folder / "data.tar", keys or folder / "keys.tar", lambda: PHRASE)


def _content(file: Path) -> bytes:
    with tarfile.open(file) as archive:
        parts = [archive.extractfile(entry) for entry in archive]
        return b"".join(part.read() for part in parts if part)


def test_everything_opens_in_the_new_place(filled: World, elsewhere: Flask, tmp_path: Path) -> None:
    heads = {chain: auditing.head(chain) for chain in auditing.chains()}
    made = back_up(tmp_path / "saved", PHRASE)
    names = {row.id: row.name for row in db.session.scalars(sa.select(Member))}
    assert made.files == 1
    with elsewhere.app_context(), every_scheme():
        done = _restore(tmp_path / "saved")
        assert (done.files, done.keys, done.erased) == (1, made.keys, 0)
        assert at_head(db.engine)
        check_canary()
        assert {row.id: row.name for row in db.session.scalars(sa.select(Member))} == names
        subject = db.session.scalars(sa.select(Subject)).one()
        assert subject.name == NAME
        sealed = blobs().get("one/picture")
        assert open_stream(subject.open_key(), sealed, "one/picture") == b"a drawn picture"
        for chain in auditing.chains():
            assert auditing.broken_links(chain) == []
        for chain, (position, link) in heads.items():
            assert auditing.link_at(chain, position) == link
        assert elsewhere.extensions["settings"].instance.stat().st_mode & 0o077 == 0
    with elsewhere.test_request_context(), every_scheme():
        assert sign_in(filled.here.emails["member"], PASSWORD).id == filled.here.actor("member").id
    # A new process with what lies on the disk alone:
    again = create_app(elsewhere.extensions["settings"])
    with again.app_context(), every_scheme():
        prepare()
        assert db.session.scalars(sa.select(Subject)).one().name == NAME
        db.session.remove()
        db.engine.dispose()


COUNTED = {
    "sqlite": "SELECT stat FROM sqlite_stat1 WHERE tbl = 'member' LIMIT 1",
    "postgresql": "SELECT reltuples::int FROM pg_class WHERE relname = 'member'",
}


def test_the_database_knows_afterwards_how_much_it_holds(
    filled: World, elsewhere: Flask, tmp_path: Path
) -> None:
    people = db.session.scalar(sa.select(sa.func.count(Member.id)))
    back_up(tmp_path / "saved", PHRASE)
    with elsewhere.app_context(), every_scheme():
        _restore(tmp_path / "saved")
        with db.engine.connect() as connection:
            found = connection.scalar(sa.text(COUNTED[connection.dialect.name]))
        assert int(str(found).split(maxsplit=1)[0]) == people


def test_the_data_alone_holds_no_key_and_no_word(filled: World, tmp_path: Path) -> None:
    back_up(tmp_path / "saved", PHRASE)
    data, keys = (_content(tmp_path / "saved" / name) for name in ("data.tar", "keys.tar"))
    wrapped = [
        *db.session.scalars(sa.select(DataKey.wrapped)),
        *db.session.scalars(sa.select(SchemeKey.wrapped)),
    ]
    assert len(wrapped) > 10
    assert not any(key in data for key in wrapped)
    for secret in (NAME.encode(), keyring().source.secret()):
        assert secret not in data
        assert secret not in keys
    for name in ("data.tar", "keys.tar"):
        assert (tmp_path / "saved" / name).stat().st_mode & 0o077 == 0


def test_nothing_is_left_beside_the_backup(filled: World, app: Flask, tmp_path: Path) -> None:
    back_up(tmp_path / "saved", None)
    assert sorted(each.name for each in (tmp_path / "saved").iterdir()) == ["data.tar", "keys.tar"]
    assert not list(app.extensions["settings"].instance.glob("backup-*"))
    with pytest.raises(BackupRefused, match="already"):
        back_up(tmp_path / "saved", None)


def test_a_person_erased_since_does_not_come_back(
    filled: World, elsewhere: Flask, tmp_path: Path
) -> None:
    back_up(tmp_path / "monday", PHRASE)
    with writing() as session:
        erase_key(session.scalars(sa.select(Subject)).one())
    back_up(tmp_path / "tuesday", PHRASE)
    with elsewhere.app_context(), every_scheme():
        done = _restore(tmp_path / "monday", tmp_path / "tuesday" / "keys.tar")
        assert done.erased == 1
        subject = db.session.scalars(sa.select(Subject)).one()
        assert subject.name == ""
        assert subject.data_key_id is None
        assert subject.name_sealed is None
        with pytest.raises(DoesNotOpen):
            subject.open_key()
        members = db.session.scalars(sa.select(Member)).all()
        assert all(member.name for member in members)


def test_a_camera_that_is_gone_since_comes_back_without_its_name(
    filled: World, elsewhere: Flask, tmp_path: Path
) -> None:
    here = filled.here
    with writing() as session:
        camera = Camera(scheme_id=here.scheme_id, premises_id=here.premises_id, number=1)
        camera.name = NAME
        session.add(camera)
    back_up(tmp_path / "monday", PHRASE)
    with writing() as session:
        erase_key(camera)
        session.delete(camera)
    back_up(tmp_path / "tuesday", PHRASE)
    with elsewhere.app_context(), every_scheme():
        _restore(tmp_path / "monday", tmp_path / "tuesday" / "keys.tar")
        found = db.session.scalars(sa.select(Camera)).one()
        assert (found.title, found.name_sealed, found.data_key_id) == ("Camera 1", None, None)
        with writing():
            tidy(here.scheme_id)
        assert db.session.scalars(sa.select(Camera)).all() == []


def test_a_backup_is_not_mixed_with_what_is_there(filled: World, tmp_path: Path) -> None:
    back_up(tmp_path / "saved", PHRASE)
    with pytest.raises(BackupRefused, match="empty installation"):
        _restore(tmp_path / "saved")
    assert db.session.scalars(sa.select(Subject)).one().name == NAME


def test_a_wrong_passphrase_changes_nothing(
    filled: World, elsewhere: Flask, tmp_path: Path
) -> None:
    back_up(tmp_path / "saved", PHRASE)
    with elsewhere.app_context(), every_scheme():
        with pytest.raises(DoesNotOpen):
            restore(*(tmp_path / "saved" / n for n in ("data.tar", "keys.tar")), lambda: "wrong")
        assert _restore(tmp_path / "saved").files == 1


def test_keys_without_their_master_key_are_refused_before_anything_is_written(
    filled: World, elsewhere: Flask, tmp_path: Path
) -> None:
    back_up(tmp_path / "saved", None)
    with elsewhere.app_context(), every_scheme():
        with pytest.raises(BackupRefused, match="does not open"):
            _restore(tmp_path / "saved")
        prepare()
        assert db.session.scalars(sa.select(Subject)).all() == []


@pytest.mark.parametrize("name", ["data.tar", "keys.tar"])
def test_an_archive_that_is_not_there_is_a_sentence(
    filled: World, elsewhere: Flask, tmp_path: Path, name: str
) -> None:
    back_up(tmp_path / "saved", PHRASE)
    (tmp_path / "saved" / name).unlink()
    with elsewhere.app_context(), pytest.raises(BackupRefused, match="no archive"):
        _restore(tmp_path / "saved")


def test_a_hostile_archive_writes_nowhere_else(
    filled: World, elsewhere: Flask, tmp_path: Path
) -> None:
    import io

    from disc.core.errors import DiscError

    back_up(tmp_path / "saved", PHRASE)
    with tarfile.open(tmp_path / "saved" / "data.tar", "a") as archive:
        for name in ("tables/../../escaped", "blobs/../../escaped"):
            entry = tarfile.TarInfo(name)
            entry.size = 3
            archive.addfile(entry, io.BytesIO(b"bad"))
    with elsewhere.app_context(), pytest.raises(DiscError):
        _restore(tmp_path / "saved")
    assert not list(tmp_path.rglob("escaped"))


def test_a_rotation_wraps_keys_and_no_record(filled: World, app: Flask) -> None:
    file = key_file(app.extensions["settings"])
    old, data_keys = file.read_bytes(), db.session.scalars(sa.select(DataKey.wrapped)).all()
    sealed = db.session.scalars(sa.select(Subject.name_sealed)).all()
    ring = keyring()
    before = ring.source
    try:
        assert rotate() == file
        assert file.read_bytes() != old
        assert file.stat().st_mode & 0o777 == 0o600
        ring._schemes.clear()
        check_canary()
        assert db.session.scalars(sa.select(DataKey.wrapped)).all() == data_keys
        assert db.session.scalars(sa.select(Subject.name_sealed)).all() == sealed
        assert db.session.scalars(sa.select(Subject)).one().name == NAME
        for chain in auditing.chains():
            assert auditing.broken_links(chain) == []
        with app.test_request_context():
            assert sign_in(filled.here.emails["member"], PASSWORD)
        assert [each.name for each in file.parent.iterdir()] == ["master.key"]
    finally:
        ring.source = before
        file.write_bytes(old)


def test_a_rotation_that_is_undone_leaves_the_old_key(
    filled: World, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = key_file(app.extensions["settings"])
    old = file.read_bytes()
    monkeypatch.setattr("disc.core.rotation._rewrap", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        rotate()
    assert file.read_bytes() == old
    from disc.core.rotation import finish_rotation

    finish_rotation()
    check_canary()
    assert [each.name for each in file.parent.iterdir()] == ["master.key"]


def test_a_rotation_cut_short_after_its_commit_is_finished_at_the_next_start(
    filled: World, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    from disc.core import rotation

    settings = app.extensions["settings"]
    file, ring = key_file(settings), keyring()
    old, before = file.read_bytes(), ring.source

    def crash(*_paths: Path) -> None:
        raise SystemExit

    try:
        with monkeypatch.context() as patched, pytest.raises(SystemExit):
            patched.setattr(rotation, "_put_in_place", crash)
            rotate()
        assert file.read_bytes() == old
        ring.source = before
        ring._schemes.clear()
        rotation.finish_rotation()
        check_canary()
        assert db.session.scalars(sa.select(Subject)).one().name == NAME
        assert [each.name for each in file.parent.iterdir()] == ["master.key"]
    finally:
        ring.source = before
        file.write_bytes(old)


def test_a_key_given_from_outside_is_rotated_into_a_file_that_is_named(
    filled: World, app: Flask, tmp_path: Path
) -> None:
    from dataclasses import replace

    ring, settings = keyring(), app.extensions["settings"]
    before = ring.source
    app.extensions["settings"] = replace(settings, master_key="given")
    try:
        with pytest.raises(UnusableKey, match="Say where"):
            rotate()
        assert rotate(tmp_path / "new.key") == tmp_path / "new.key"
        with pytest.raises(UnusableKey, match="already"):
            rotate(tmp_path / "new.key")
    finally:
        app.extensions["settings"], ring.source = settings, before


def test_a_lost_key_is_put_back_from_its_sealed_copy(tmp_path: Path) -> None:
    from tests.whole_app.servers import flask

    instance, phrase = tmp_path / "instance", tmp_path / "phrase"
    phrase.write_text(PHRASE)
    assert flask(instance, "prepare").returncode == 0
    arguments = (str(tmp_path / "copy.json"), f"--passphrase-file={phrase}")
    assert flask(instance, "keys", "export", *arguments).returncode == 0
    assert (tmp_path / "copy.json").stat().st_mode & 0o077 == 0
    taken = flask(instance, "keys", "restore", *arguments)
    assert "already" in taken.stderr
    key = instance / "keys" / "master.key"
    kept = key.read_bytes()
    key.unlink()
    phrase.write_text("not the passphrase")
    wrong = flask(instance, "keys", "restore", *arguments)
    assert wrong.returncode != 0
    assert "does not open" in wrong.stderr
    assert "Traceback" not in wrong.stderr
    phrase.write_text(PHRASE)
    assert flask(instance, "keys", "restore", *arguments).returncode == 0
    assert key.read_bytes() == kept
    assert flask(instance, "prepare").returncode == 0


def test_the_drill_runs_from_the_command_line(tmp_path: Path) -> None:
    from tests.whole_app.servers import flask

    phrase, saved = tmp_path / "phrase", tmp_path / "saved"
    phrase.write_text(PHRASE)
    one, other = tmp_path / "one", tmp_path / "other"
    assert flask(one, "prepare").returncode == 0
    made = flask(
        one,
        "scheme",
        "create",
        "--name=A",
        "--slug=a",
        "--admin-name=Sam",
        "--admin-email=s@example.org",
    )
    assert made.returncode == 0
    assert flask(one, "backup", str(saved), f"--passphrase-file={phrase}").returncode == 0
    restored = flask(other, "restore", str(saved), f"--passphrase-file={phrase}")
    assert restored.returncode == 0, restored.stderr
    assert flask(other, "prepare").returncode == 0
    assert flask(other, "audit", "verify").returncode == 0
    again = flask(other, "restore", str(saved), f"--passphrase-file={phrase}")
    assert "empty installation" in again.stderr
    short = tmp_path / "short"
    short.write_text("short")
    weak = flask(one, "keys", "export", str(tmp_path / "k"), f"--passphrase-file={short}")
    assert "at least 16" in weak.stderr


def test_a_backup_reads_and_restores_an_s3_store(
    filled: World, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import boto3
    from moto import mock_aws

    from disc.core.blobs import S3Blobs

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    kept = app.extensions["blobs"]
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="sealed")
        app.extensions["blobs"] = S3Blobs("sealed", None)
        try:
            blobs().put("in/the-bucket", b"sealed")
            assert back_up(tmp_path / "saved", PHRASE).files == 1
        finally:
            app.extensions["blobs"] = kept
    with tarfile.open(tmp_path / "saved" / "data.tar") as archive:
        assert "blobs/in/the-bucket" in archive.getnames()
