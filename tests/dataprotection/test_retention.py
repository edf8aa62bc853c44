"""On its day a record is hidden, then erased, and nothing of it is left."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from sqlalchemy import func, select

from config import Settings
from disc.core import audit, clock
from disc.core.audit import AuditEvent
from disc.core.blobs import blobs
from disc.core.database import Base, db
from disc.core.jobs import drain
from disc.core.keys import DataKey
from disc.core.transaction import writing
from disc.core.vault import DoesNotOpen
from disc.dataprotection import retention
from disc.dataprotection.models import PublicRequest
from disc.dataprotection.retention import Result, run_clocks
from disc.gallery import service as gallery
from disc.gallery.models import (
    GalleryEntry,
    Identification,
    Subject,
    SubjectState,
    SubjectStill,
    Sureness,
)
from disc.gallery.queries import gallery_page, get_subject
from disc.incidents import service as incidents
from disc.incidents.models import Incident
from disc.incidents.queries import stills_of
from disc.members.models import Scheme
from disc.police.models import Escalation
from disc.stills.models import Still
from disc.stills.service import ORIGINAL, RENDITIONS, blob_name, open_rendition
from tests.dataprotection.asking import stored
from tests.police.sharing import REASON, WORDS, accepted, report, shared
from tests.world import Place, World

STARTED = datetime(2026, 1, 10, 12, tzinfo=UTC)


@contextmanager
def at(day: date, hour: int = 12) -> Iterator[None]:
    """Let it be a day, in the United Kingdom."""
    moment = datetime.combine(day, time(hour), clock.UK)
    with time_machine.travel(moment, tick=False):
        db.session.rollback()
        yield
        db.session.rollback()


@contextmanager
def beginning() -> Iterator[None]:
    with at(STARTED.date()):
        yield


def months(count: int) -> date:
    return clock.add_months(STARTED.date(), count)


def person(place: Place, still_ids: list[uuid.UUID] | None = None, **more: object) -> uuid.UUID:
    """Show an unknown person and return their id."""
    new = gallery.NewSubject(
        area_ids=frozenset({place.area_id}),
        still_ids=tuple(still_ids or ()),
        description=("tall", "red top"),
        caption="Took meat.",
        **more,
    )
    with writing():
        return gallery.add_subject(place.actor("administrator"), new).id


def named(place: Place, expiry_months: int = 6) -> uuid.UUID:
    """Show a Known person in a gallery and return their id."""
    subject_id, manager = person(place), place.actor("administrator")
    with writing():
        shown = gallery.add_gallery(manager, "Banned", "", expiry_months)
        subject = get_subject(manager, subject_id)
        gallery.name_subject(manager, subject, "Robin Doe", [shown.id])
    return subject_id


def pictures_of(incident_id: uuid.UUID) -> list[uuid.UUID]:
    return stills_of([incident_id])[incident_id]


def count(table: type[Base]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def get(table: type[Base], row_id: uuid.UUID) -> object:
    db.session.rollback()
    return db.session.get(table, row_id)


def seen(place: Place) -> list[uuid.UUID]:
    db.session.rollback()
    return [subject.id for subject in gallery_page(place.actor("member"))]


def test_nothing_happens_before_its_day(world: World) -> None:
    with beginning():
        incident_id = report(world.here, pictures=1)
        person(world.here, pictures_of(incident_id))
        assert run_clocks() == Result()


def test_a_gallery_entry_hides_a_known_person_on_its_day(world: World) -> None:
    with beginning():
        subject_id = named(world.here, expiry_months=3)
    with at(months(3) - timedelta(days=1), 23):
        assert run_clocks() == Result()
        assert seen(world.here) == [subject_id]
    with at(months(3), 0):
        assert seen(world.here) == []
        assert run_clocks().gallery_entries == 1
    assert count(GalleryEntry) == 0
    assert get(Subject, subject_id).name == "Robin Doe"


def test_an_unknown_person_is_hidden_then_erased_each_on_its_day(world: World) -> None:
    with beginning():
        subject_id = person(world.here)
    with at(months(3) - timedelta(days=1), 23):
        assert seen(world.here) == [subject_id]
    with at(months(3), 0):
        assert seen(world.here) == []
        assert run_clocks().people == 0
    with at(months(6) - timedelta(days=1), 23):
        assert run_clocks().people == 0
    with at(months(6), 0):
        assert run_clocks().people == 1
    row = get(Subject, subject_id)
    assert row.state is SubjectState.ERASED
    assert row.data_key_id is None
    assert (row.caption, row.description) == ("", ())
    assert row.caption_sealed is None


def test_somebody_under_18_is_erased_in_half_the_time(world: World) -> None:
    with beginning():
        person(world.here, under_18=True)
    with at(months(3)):
        assert run_clocks().people == 1


def test_a_report_is_erased_with_its_pictures_and_its_share(world: World) -> None:
    with beginning():
        incident_id, escalation_id = shared(world.here, pictures=2)
        stills = pictures_of(incident_id)
        keys = count(DataKey)
    with at(months(24) - timedelta(days=1), 23):
        assert run_clocks() == Result()
    with at(months(24), 0):
        done = run_clocks()
    assert (done.reports, done.pictures, done.shared_reports, done.overdue) == (1, 2, 1, 0)
    assert get(Escalation, escalation_id) is None
    row = get(Incident, incident_id)
    assert (row.words, row.goods, row.description, row.erased_at is None) == ("", "", (), False)
    assert all(get(Still, still_id).erased_at for still_id in stills)
    assert count(DataKey) == keys - 4


def test_after_erasure_no_sealed_file_opens_and_every_file_is_deleted(world: World) -> None:
    with beginning():
        incident_id = report(world.here, pictures=1)
        [still_id] = pictures_of(incident_id)
        drain()
        names = [
            blob_name(world.here.scheme_id, still_id, rendition)
            for rendition in (ORIGINAL, *RENDITIONS)
        ]
        assert all(blobs().exists(name) for name in names)
    with at(months(24)):
        run_clocks()
        assert all(blobs().exists(name) for name in names)  # the key first, then the files
        for rendition in (ORIGINAL, *RENDITIONS):
            with pytest.raises(DoesNotOpen):
                open_rendition(get(Still, still_id), rendition)
        drain()
    assert not any(blobs().exists(name) for name in names)


def test_the_database_file_holds_nothing_of_what_was_erased(
    world: World, settings: Settings, app: Flask
) -> None:
    if settings.database_url:
        pytest.skip("SQLite's own file")
    with beginning():
        incident_id, escalation_id = shared(world.here, pictures=1)
        [still_id] = pictures_of(incident_id)
        subject_id = person(world.here, [still_id])
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
        there = _files(settings)
        assert all(secret in there for secret in gone.values())
    with at(months(24)):
        assert run_clocks().log_emptied
    left = _files(settings)
    assert [name for name, secret in gone.items() if secret in left] == []


def _files(settings: Settings) -> bytes:
    db.session.rollback()
    names = ("disc.db", "disc.db-wal")
    paths = [Path(settings.instance) / name for name in names]
    return b"".join(path.read_bytes() for path in paths if path.exists())


def test_a_picture_of_an_erased_report_lives_on_with_a_living_person(world: World) -> None:
    with beginning():
        incident_id = report(world.here, pictures=2)
        kept, lone = pictures_of(incident_id)
        subject_id = person(world.here, [kept])
        with writing():
            db.session.get(Subject, subject_id).erase_on = months(30)
            db.session.get(Still, kept).erase_on = months(28)
            db.session.get(Still, lone).erase_on = months(28)
    with at(months(24)):
        done = run_clocks()
    assert (done.reports, done.pictures, done.people) == (1, 1, 0)
    assert get(Still, kept).erased_at is None
    assert get(Still, lone).erased_at is not None
    with at(months(28)):
        assert run_clocks().pictures == 1
    assert get(Still, kept).erased_at is not None
    assert get(Subject, subject_id).state is SubjectState.PUBLISHED


def test_a_picture_of_an_erased_person_lives_on_with_a_living_report(world: World) -> None:
    with beginning():
        incident_id = report(world.here, pictures=1)
        [still_id] = pictures_of(incident_id)
        person(world.here, [still_id])
    with at(months(6)):
        done = run_clocks()
    assert (done.people, done.pictures) == (1, 0)
    assert get(Still, still_id).erased_at is None
    assert count(SubjectStill) == 0


def test_a_picture_goes_with_the_last_record_that_shows_it(world: World) -> None:
    with beginning():
        incident_id = report(world.here, pictures=1)
        [still_id] = pictures_of(incident_id)
        subject_id = person(world.here, [still_id])
        with writing():
            db.session.get(Incident, incident_id).erase_on = months(2)
            db.session.get(Still, still_id).erase_on = months(60)
    with at(months(2)):
        assert (run_clocks().pictures, get(Still, still_id).erased_at) == (0, None)
    with at(months(6)):
        assert (run_clocks().pictures, run_clocks()) == (1, Result())
    assert get(Subject, subject_id).state is SubjectState.ERASED
    assert get(Still, still_id).erased_at is not None


def test_answers_and_requests_are_erased_on_their_day(world: World) -> None:
    with beginning():
        subject_id = person(world.here)
        with writing():
            subject = db.session.get(Subject, subject_id)
            actor = world.here.actor("member")
            gallery.identify(actor, subject, "Robin Doe", "From school", Sureness.SURE)
            subject.erase_on = months(12)
        stored(world.here)
    with at(months(6)):
        assert run_clocks().answers == 1
    assert count(Identification) == 0
    assert count(PublicRequest) == 1
    with at(months(25)):
        assert run_clocks().public_requests == 1
    assert count(PublicRequest) == 0


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
        assert all(audit.broken_links(scheme_id) == [] for scheme_id in audit.chains())


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
            patch.setattr(retention, "erase_incident", crash)
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
            patch.setattr(retention, "erase_incident", refuse)
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
            gallery.reported_again(db.session.get(Subject, subject_id))
        assert retention._batch(people, [subject_id], clock.today()) == {}
    assert get(Subject, subject_id).state is SubjectState.PUBLISHED


def test_a_reader_who_keeps_the_log_busy_is_told_in_the_result(
    world: World, settings: Settings, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    if settings.database_url:
        pytest.skip("SQLite's own log")
    monkeypatch.setattr(retention, "WAIT_SECONDS", 0.001)
    with db.engine.connect() as reader:
        reader.execute(sa.text("SELECT count(*) FROM scheme"))
        with writing():
            db.session.get(Scheme, world.here.scheme_id).contact = "changed"
        assert str(run_clocks()) == "log not emptied"
    assert run_clocks().log_emptied


def test_a_refused_report_is_erased_like_any_other(world: World) -> None:
    with beginning():
        incident_id = report(world.here)
        with writing():
            manager = world.here.actor("administrator")
            incidents.reject(manager, incident_id, "Nothing can be seen.")
        accepted(world.here)
    with at(months(24)):
        assert run_clocks().reports == 2
    assert get(Incident, incident_id).reason == ""
