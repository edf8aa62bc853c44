"""The sweep proves what it did, survives a crash, and leaves nothing in the database's files."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import select

from config import Settings
from disc.core import audit, auditing, clock, transaction
from disc.core.audit import AuditEvent
from disc.core.blobs import blobs
from disc.core.database import Base, db
from disc.core.jobs import drain
from disc.core.transaction import writing
from disc.dataprotection import erasing, retention
from disc.dataprotection.retention import Result, run_clocks
from disc.gallery import service as gallery
from disc.gallery.models import (
    Subject,
    SubjectState,
)
from disc.gallery.queries import get_subject
from disc.incidents import service as incidents
from disc.incidents.models import Incident
from disc.members.models import Scheme
from disc.police.models import Escalation
from disc.stills.models import Still
from tests.dataprotection.days import at, beginning, get, months, person, pictures_of
from tests.police.sharing import REASON, WORDS, report, shared
from tests.world import World


def test_the_database_file_holds_nothing_of_what_was_erased(
    world: World, settings: Settings, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As when somebody reads while the batches commit: the sweep must empty the log at its end.
    monkeypatch.setattr(transaction, "forget_deleted", lambda _engine: False)
    with beginning():
        incident_id, escalation_id = shared(world.here, pictures=1)
        [still_id] = pictures_of(incident_id)
        subject_id = person(world.here, [still_id])
        drain()  # the worker hashes the pixels
        still = get(Still, still_id)
        gone = {
            "the picture's token": still.file_token,
            "the pixels' token": still.pixel_token,
            "the picture's key": still.data_key.wrapped,
            "the report's key": get(Incident, incident_id).data_key.wrapped,
            "the report's words": get(Incident, incident_id).words_sealed,
            "the share's key": get(Escalation, escalation_id).data_key.wrapped,
            "the person's key": get(Subject, subject_id).data_key.wrapped,
        }
        with writing():
            get_subject(world.here.actor("administrator"), subject_id)
        there = _at_rest(settings)
        assert all(secret in there for secret in gone.values())
    with at(months(24)):
        assert run_clocks().log_emptied
    left = _at_rest(settings)
    assert [name for name, secret in gone.items() if secret in left] == []


def _at_rest(settings: Settings) -> bytes:
    """Return the bytes of SQLite's files, or of every row of another database."""
    db.session.rollback()
    if settings.database_url:
        rows = [db.session.execute(select(table)) for table in Base.metadata.sorted_tables]
        return b"".join(
            value for found in rows for row in found for value in row if isinstance(value, bytes)
        )
    paths = [Path(settings.instance) / name for name in ("disc.db", "disc.db-wal")]
    return b"".join(path.read_bytes() for path in paths if path.exists())


def test_only_the_scheme_whose_day_has_come_loses_its_records(world: World) -> None:
    with beginning():
        with writing():
            db.session.get(Scheme, world.there.scheme_id).report_erase_months = 36
        here, there = report(world.here), report(world.there)
    with at(months(24)):
        assert run_clocks().reports == 1
    assert get(Incident, here).erased_at is not None
    assert get(Incident, there).words == WORDS


def test_the_sweep_says_in_the_audit_what_it_did_and_the_chain_holds(world: World) -> None:
    with beginning():
        shared(world.here, pictures=1)
        report(world.here)
        report(world.there)
    with at(months(24)):
        done = run_clocks()
        rows = db.session.execute(
            select(AuditEvent.scheme_id, AuditEvent.act, AuditEvent.detail)
            .where(AuditEvent.act.in_(("past their day", "clocks ran")))
            .order_by(AuditEvent.id)
        ).all()
        assert set(rows) >= {
            (world.here.scheme_id, "past their day", "shared reports 1"),
            (world.here.scheme_id, "past their day", "reports 2"),
            (world.there.scheme_id, "past their day", "reports 1"),
            (audit.INSTALLATION, "clocks ran", str(done)),
        }
        assert str(done).startswith("shared reports 1, reports 3, pictures 1")
        assert all(auditing.broken_links(scheme_id) == [] for scheme_id in auditing.chains())


def test_nothing_personal_is_in_the_audit(world: World) -> None:
    with beginning():
        shared(world.here, pictures=1)
    with at(months(24)):
        run_clocks()
        details = " ".join(db.session.scalars(select(AuditEvent.detail)))
    for personal in (REASON, WORDS, "Pat ", "Robin"):
        assert personal not in details


def test_old_audit_rows_are_blanked_and_a_second_sweep_does_nothing(world: World) -> None:
    with beginning():
        report(world.here)
    with at(months(24)):
        first = run_clocks()
        assert first.audit_rows > 0
        assert run_clocks() == Result()


def test_a_crash_in_the_middle_leaves_whole_records_and_the_next_sweep_does_the_rest(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with beginning():
        ids = [report(world.here, pictures=1, seed=number) for number in range(4)]
    monkeypatch.setattr(retention, "BATCH", 2)
    erased = []

    def crash(row: Incident) -> None:
        if len(erased) == 3:
            raise KeyboardInterrupt  # as when the process is ended
        erased.append(row.id)
        incidents.erase_incident(row)

    with at(months(24)):
        with monkeypatch.context() as patch:
            patch.setattr(erasing, "erase_incident", crash)
            with pytest.raises(KeyboardInterrupt):
                run_clocks()
        states = [get(Incident, incident_id) for incident_id in ids]
        assert sum(row.erased_at is not None for row in states) == 2
        assert all((row.erased_at is None) == (row.words == WORDS) for row in states)
        drain()
        assert run_clocks().reports == 2
        assert run_clocks() == Result()
        drain()
    assert not [name for name in blobs().names() if str(world.here.scheme_id) in name]


def test_one_record_that_cannot_be_erased_does_not_keep_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with beginning():
        ids = [report(world.here) for _ in range(5)]

    def refuse(row: Incident) -> None:
        if row.id == ids[2]:
            raise ValueError("broken row")
        incidents.erase_incident(row)

    with at(months(24)):
        with monkeypatch.context() as patch:
            patch.setattr(erasing, "erase_incident", refuse)
            done = run_clocks()
        assert (done.reports, done.overdue) == (4, 1)
        assert "overdue 1" in str(done)
        assert run_clocks().reports == 1


def test_a_day_put_off_while_the_sweep_runs_is_respected(world: World) -> None:
    with beginning():
        subject_id = person(world.here)
    with at(months(6)):
        [people] = [one for one in retention.CLOCKS if one.name == "people"]
        with writing():
            manager = world.here.actor("administrator")
            gallery.reported_again(manager, db.session.get_one(Subject, subject_id))
        assert retention._batch(people, [subject_id], clock.today()) == {}
    assert get(Subject, subject_id).state is SubjectState.PUBLISHED


def test_a_reader_who_keeps_the_log_busy_is_told_in_the_result(
    world: World, settings: Settings, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "WAIT_SECONDS", 0.001)
    with db.engine.connect() as reader:
        reader.execute(sa.text("SELECT count(*) FROM scheme"))
        with writing():
            db.session.get(Scheme, world.here.scheme_id).contact = "changed"
        assert run_clocks().log_emptied is (settings.database_url is not None)
    assert run_clocks().log_emptied
