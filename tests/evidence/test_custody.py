"""Who had an original is written down from its first byte, and no line can be changed unseen."""

import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from disc.core import clock
from disc.core.database import db
from disc.core.jobs import drain
from disc.core.migrate import engine_of_owner
from disc.core.transaction import writing
from disc.dataprotection.erasing import erase_person_now
from disc.dataprotection.retention import run_clocks
from disc.evidence import custody
from disc.evidence.models import CustodyEntry, Video
from disc.evidence.queries import pictures_of
from disc.gallery.models import Subject
from disc.incidents.models import Incident
from disc.incidents.queries import report_of_still
from disc.stills.models import Still
from disc.stills.ports import Handled
from tests.evidence.sending import KILOBYTE, Phone, mp4, small_pieces
from tests.incidents.test_reporting import fields, photo, send
from tests.police.sharing import report, shared
from tests.story import in_gallery
from tests.world import World


@pytest.fixture(autouse=True)
def _small(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    small_pieces(app, monkeypatch)


def acts(original: Still | Video) -> list[Handled]:
    return [line.act for line in custody.read(original).lines]


def still_of(incident_id: uuid.UUID) -> Still:
    db.session.rollback()
    return pictures_of(incident_id)[0]


def video_of(phone: Phone) -> Video:
    db.session.rollback()
    return db.session.get_one(Video, uuid.UUID(phone.state["id"]))


def tamper(statement: str) -> None:
    db.session.rollback()
    with engine_of_owner() as owner, owner.begin() as connection:
        connection.exec_driver_sql(statement)
    db.session.rollback()


def test_a_photo_is_written_down_from_its_first_byte(world: World) -> None:
    member = world.browser("member")
    sent = fields(world, pictures=[photo(1)], device_time="2026-02-03T10:00:00+01:00")
    where = send(member, sent).headers["Location"]
    still = still_of(uuid.UUID(where.rsplit("/", 1)[1].partition("?")[0]))
    chain = custody.read(still)
    assert [line.act for line in chain.lines] == [
        Handled.BEGUN,
        Handled.RECEIVED,
        Handled.SEALED,
        Handled.RENDITION,
    ]
    received = chain.lines[1]
    assert received.said["sha256"] == still.sha256
    assert received.said["device"] == "2026-02-03T09:00:00+00:00"
    assert received.by_id == world.here.actor("member").id
    assert chain.lines[0].at <= received.at
    assert chain.broken_at is None


def test_a_video_is_written_down_with_its_break(world: World) -> None:
    incident_id = report(world.here)
    phone = Phone(world.browser("member"), mp4(4 * KILOBYTE), incident_id=str(incident_id))
    phone.begin()
    phone.send(last=2)
    with writing():
        video_of(phone).touched_at = clock.now() - timedelta(hours=1)
    phone.send(first=2)
    phone.finish()
    chain = custody.read(video_of(phone))
    assert [line.act for line in chain.lines] == [
        Handled.BEGUN,
        Handled.RESUMED,
        Handled.RECEIVED,
        Handled.SEALED,
    ]
    assert chain.lines[1].size == 2 * KILOBYTE
    assert chain.lines[2].said["captured"].startswith("2024-05-31")
    assert chain.broken_at is None


def test_what_the_device_says_is_no_more_than_said(world: World) -> None:
    member = world.browser("member")
    told = {"upload_id": str(uuid.uuid4()), "submission_id": str(uuid.uuid4()), "size": 5}
    for header, kept in (
        ("2026-02-03T10:00:00Z", "2026-02-03T10:00:00+00:00"),
        ("2026-02-03T10:00:00", ""),
        ("<script>alert(1)</script>", ""),
        ("9999-12-31T23:59:59-23:59", ""),
    ):
        told["upload_id"] = str(uuid.uuid4())
        made = member.post_json("/evidence/videos", told, **{"X-Device-Time": header}).json
        db.session.rollback()
        video = db.session.get_one(Video, uuid.UUID(made["id"]))
        assert video.device_time == kept
        member.post(f"/evidence/videos/{made['id']}/give-up")


def test_taking_out_and_sharing_are_written_down_once(world: World) -> None:
    incident_id, _ = shared(world.here, pictures=1)
    drain()
    phone = Phone(world.browser("member"), mp4(2 * KILOBYTE), incident_id=str(incident_id)).all()
    spoc = world.browser("spoc")
    for part in ("bytes=0-9", "bytes=10-19"):
        spoc.get(f"{phone.path}/file", headers={"Range": part})
    spoc.client.head(f"{phone.path}/file")
    assert acts(video_of(phone))[-2:] == [Handled.SHARED, Handled.TAKEN_OUT]
    assert acts(still_of(incident_id))[-1] is Handled.SHARED
    last = custody.read(video_of(phone)).lines[-1]
    assert last.by_id == world.here.actor("spoc").id


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE custody_entry SET at = '2026-01-05 10:00:00' WHERE position = 2",
        "UPDATE custody_entry SET act = 'copied' WHERE position = 2",
        "UPDATE custody_entry SET by_id = NULL WHERE position = 2",
        "UPDATE custody_entry SET size = 1 WHERE position = 2",
        "UPDATE custody_entry SET said_sealed = NULL WHERE position = 2",
        "DELETE FROM custody_entry WHERE position = 2",
        "DELETE FROM custody_entry WHERE position = 4",
    ],
)
def test_a_line_that_was_changed_or_taken_away_shows(world: World, change: str) -> None:
    incident_id = report(world.here, pictures=1)
    assert custody.read(still_of(incident_id)).broken_at is None
    tamper(change)
    found = custody.read(still_of(incident_id))
    assert found.broken_at == (4 if "position = 4" in change else 2)
    page = world.browser("administrator").get(f"/evidence/reports/{incident_id}")
    assert "Changed since, from line" in page.text


def test_the_manager_reads_it_and_so_do_the_police_once_they_have_the_report(
    world: World,
) -> None:
    incident_id = report(world.here, pictures=1)
    page = world.browser("administrator").get(f"/evidence/reports/{incident_id}")
    assert page.status_code == 200
    for words in ("First byte came", "All of it came", "Sealed", "No line was changed"):
        assert words in page.text
    assert still_of(incident_id).sha256 in page.text
    for who, status in (("spoc", 404), ("member", 404), ("board", 404), ("dpo", 404)):
        assert world.browser(who).get(f"/evidence/reports/{incident_id}").status_code == status
    theirs, _ = shared(world.here, pictures=1, seed=5)
    drain()
    page = world.browser("spoc").get(f"/evidence/reports/{theirs}")
    assert "Shared with the police" in page.text


def test_the_list_is_taken_out_as_a_file(world: World) -> None:
    incident_id = report(world.here, pictures=1)
    phone = Phone(world.browser("member"), mp4(2 * KILOBYTE), incident_id=str(incident_id)).all()
    answer = world.browser("administrator").get(f"/evidence/reports/{incident_id}/custody.json")
    picture, video = answer.json["originals"]
    assert picture["kind"] == "picture"
    assert [line["act"] for line in video["custody"]] == ["begun", "received", "sealed"]
    assert video["unchanged"]
    assert video["custody"][1]["said_by_the_device"]["name"] == phone.name
    assert video["custody"][1]["sha256"] == video_of(phone).sha256


def test_who_printed_or_edited_a_picture_is_in_its_list(world: World) -> None:
    incident_id = report(world.here, pictures=1)
    still_id = still_of(incident_id).id
    db.session.rollback()
    from disc.core.pictures.steps import unpack
    from disc.stills.editing import save_edit

    save_edit(world.here.actor("administrator"), still_id, unpack(""), 0)
    last = custody.read(still_of(incident_id)).lines[-1]
    assert (last.act, last.by_id) == (Handled.RENDITION, world.here.actor("administrator").id)


def test_erased_with_its_report_the_chain_holds_and_says_nothing_personal(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident_id = report(world.here, pictures=1)
    phone = Phone(world.browser("member"), mp4(2 * KILOBYTE), incident_id=str(incident_id)).all()
    with writing():
        db.session.get_one(Incident, incident_id).erase_on = clock.today()
    run_clocks()
    for original in (still_of(incident_id), video_of(phone)):
        chain = custody.read(original)
        assert chain.lines[-1].act is Handled.ERASED
        assert chain.broken_at is None
        assert all(line.said == {} for line in chain.lines)


def test_a_person_erased_on_request_takes_the_videos_of_their_reports(world: World) -> None:
    subject_id, still_id = in_gallery(world.here)
    incident_id = report_of_still(still_id).id
    db.session.rollback()
    phone = Phone(world.browser("member"), mp4(2 * KILOBYTE), incident_id=str(incident_id)).all()
    db.session.rollback()
    manager = world.here.actor("administrator")
    with writing():
        erase_person_now(manager, db.session.get_one(Subject, subject_id))
    last = custody.read(video_of(phone)).lines[-1]
    assert (last.act, last.by_id) == (Handled.ERASED, manager.id)


def test_it_is_forgotten_two_years_after_the_original_was_erased(world: World) -> None:
    incident_id = report(world.here, pictures=1)
    with writing():
        db.session.get_one(Incident, incident_id).erase_on = clock.today()
    run_clocks()
    run_clocks()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(CustodyEntry)) == 5
    db.session.rollback()
    with writing():
        still_of(incident_id).erased_at = clock.now() - timedelta(days=2 * 366 + 30)
    run_clocks()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(CustodyEntry)) == 0
