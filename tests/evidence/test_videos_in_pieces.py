"""A video comes in pieces, goes on where it stopped, and is read by those who may."""

import hashlib
import uuid

import pytest
from flask import Flask
from sqlalchemy import select

from disc.core.blobs import blobs
from disc.core.database import db
from disc.core.jobs import drain
from disc.evidence.models import Video, VideoPiece
from tests.browsers import Browser
from tests.evidence.sending import KILOBYTE, Phone, mp4, small_pieces
from tests.incidents.test_reporting import fields, send
from tests.police.sharing import report, shared
from tests.world import World


@pytest.fixture(autouse=True)
def _small(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    small_pieces(app, monkeypatch)


def reported_with(member: Browser, world: World, phone: Phone) -> str:
    """Send the report of the page on which a video was chosen; return its id."""
    answer = send(member, fields(world, submission_id=phone.submission_id))
    drain()
    where: str = answer.headers["Location"]
    return where.rsplit("/", 1)[1].partition("?")[0]


def test_a_manager_takes_out_the_very_bytes_that_a_member_sent(world: World) -> None:
    member, data = world.browser("member"), mp4(10 * KILOBYTE + 17)
    phone = Phone(member, data).all()
    reported_with(member, world, phone)
    answer = world.browser("administrator").get(f"{phone.path}/file")
    assert answer.status_code == 200
    assert answer.data == data
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="video-')
    assert answer.headers["Content-Type"] == "application/octet-stream"


def test_a_video_cut_at_499_of_500_goes_on_and_is_read_by_nobody_before(world: World) -> None:
    member, data = world.browser("member"), mp4(500 * KILOBYTE)
    phone = Phone(member, data)
    phone.begin()
    phone.send(last=499)
    reported_with(member, world, phone)
    manager = world.browser("administrator")
    assert manager.get(f"{phone.path}/file").status_code == 404
    assert phone.finish().status_code == 409
    again = Phone(world.browser("member"), data, submission_id=phone.submission_id)
    again.begin()
    assert again.state["id"] == phone.state["id"]
    assert again.state["next"] == 499
    again.send(first=499)
    assert again.finish().status_code == 200
    assert manager.get(f"{phone.path}/file").data == data


def test_a_piece_out_of_turn_is_answered_with_the_one_that_is_wanted(world: World) -> None:
    phone = Phone(world.browser("member"), mp4(5 * KILOBYTE))
    phone.begin()
    phone.send(last=2)
    answer = phone.put(4)
    assert answer.status_code == 409
    assert (answer.json["code"], answer.json["next"]) == ("wrong-piece", 2)
    assert answer.json["received"] == 2 * KILOBYTE
    assert phone.put(5).status_code == 409


def test_a_piece_that_comes_twice_is_kept_once(world: World) -> None:
    phone = Phone(world.browser("member"), mp4(3 * KILOBYTE))
    phone.begin()
    phone.send(last=2)
    assert phone.put(1).json["next"] == 2
    assert len(list(db.session.scalars(select(VideoPiece)))) == 2
    assert len(list(blobs().names())) == 2


def test_half_a_piece_changes_nothing(world: World) -> None:
    phone = Phone(world.browser("member"), mp4(3 * KILOBYTE))
    phone.begin()
    for body in (phone.part(0)[:500], phone.part(0) + b"x", b""):
        answer = phone.put(0, body)
        assert answer.status_code == 400
    assert phone.browser.get(phone.path).json["next"] == 0
    assert list(blobs().names()) == []


def test_two_tabs_that_send_the_same_video_make_one(world: World) -> None:
    data = mp4(6 * KILOBYTE)
    one = Phone(world.browser("member"), data)
    other = Phone(world.browser("member"), data, submission_id=one.submission_id)
    one.begin()
    other.begin()
    for number in range(6):
        assert (one if number % 2 else other).put(number).status_code == 200
        assert (other if number % 2 else one).put(number).status_code == 200
    assert one.finish().status_code == other.finish().status_code == 200
    assert one.state["id"] == other.state["id"]
    assert len(list(db.session.scalars(select(Video)))) == 1


def test_two_reports_with_the_same_video_have_one_each(world: World) -> None:
    member, data = world.browser("member"), mp4(2 * KILOBYTE)
    first, second = Phone(member, data).all(), Phone(member, data).all()
    assert first.state["id"] != second.state["id"]


def test_a_whole_video_is_not_taken_from_the_page_that_sent_it(world: World) -> None:
    member, data = world.browser("member"), mp4(2 * KILOBYTE)
    first = Phone(member, data).all()
    second = Phone(member, data)
    second.begin(goes_on=True)
    assert second.state["id"] != first.state["id"]
    assert reported_with(member, world, first)
    db.session.rollback()
    video = db.session.get_one(Video, uuid.UUID(first.state["id"]))
    assert str(video.submission_id) == first.submission_id
    assert video.incident_id is not None


def test_an_upload_of_the_same_page_goes_before_a_newer_one(world: World) -> None:
    member, data = world.browser("member"), mp4(3 * KILOBYTE)
    mine, newer = Phone(member, data), Phone(member, data)
    mine.begin()
    newer.begin()
    again = Phone(member, data, submission_id=mine.submission_id)
    again.begin(goes_on=True)
    assert again.state["id"] == mine.state["id"]


def test_a_report_of_somebody_who_needs_help_takes_no_video(world: World) -> None:
    member = world.browser("member")
    phone = Phone(member, mp4(3 * KILOBYTE)).all()
    member.get("/report/welfare")
    asked = {"kind": "ask-for-angela", "welfare_now": "with-us"}
    sent = fields(world, submission_id=phone.submission_id, **asked)
    assert member.post("/report/welfare", sent).status_code == 303
    drain()
    db.session.rollback()
    assert db.session.get_one(Video, uuid.UUID(phone.state["id"])).incident_id is None
    other = Phone(member, mp4(2 * KILOBYTE), submission_id=phone.submission_id)
    answer = other.begin()
    assert answer.status_code == 422
    assert answer.json["code"] == "no-video-of-welfare"
    assert len(db.session.scalars(select(Video)).all()) == 1


def test_nobody_else_adds_to_an_upload_or_reads_of_it(world: World) -> None:
    phone = Phone(world.browser("member"), mp4(3 * KILOBYTE))
    phone.begin()
    for who, place in (
        ("second_member", world.here),
        ("administrator", world.here),
        ("member", world.there),
    ):
        other = Phone(world.browser(who, place), phone.data)
        other.state = phone.state
        assert other.put(0).status_code == 404
        assert other.browser.get(phone.path).status_code == 404
        for act in ("finish", "give-up", "use"):
            assert other.browser.post(f"{phone.path}/{act}").status_code == 404
    assert phone.browser.get(phone.path).json["next"] == 0


def test_the_police_take_out_a_video_once_the_report_is_theirs(world: World) -> None:
    incident_id = report(world.here)
    member, data = world.browser("member"), mp4(3 * KILOBYTE)
    phone = Phone(member, data, incident_id=str(incident_id)).all()
    spoc = world.browser("spoc")
    assert spoc.get(f"{phone.path}/file").status_code == 404
    assert world.browser("administrator").get(f"{phone.path}/file").data == data
    assert world.browser("board").get(f"{phone.path}/file").status_code == 404
    assert world.browser("administrator", world.there).get(f"{phone.path}/file").status_code == 404


def test_a_video_that_comes_after_the_report_was_shared_is_the_polices_too(world: World) -> None:
    incident_id, _ = shared(world.here)
    drain()
    data = mp4(3 * KILOBYTE)
    phone = Phone(world.browser("member"), data, incident_id=str(incident_id)).all()
    assert world.browser("spoc").get(f"{phone.path}/file").data == data


def test_parts_are_taken_out_by_their_range(world: World) -> None:
    incident_id = report(world.here)
    data = mp4(5 * KILOBYTE)
    phone = Phone(world.browser("member"), data, incident_id=str(incident_id)).all()
    manager = world.browser("administrator")
    for asked, start, end in (
        ("bytes=0-0", 0, 1),
        ("bytes=1000-3000", 1000, 3001),
        ("bytes=4096-", 4096, 5120),
        ("bytes=-10", 5110, 5120),
    ):
        answer = manager.get(f"{phone.path}/file", headers={"Range": asked})
        assert answer.status_code == 206, asked
        assert answer.data == data[start:end]
        assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/5120"
    past = manager.get(f"{phone.path}/file", headers={"Range": "bytes=6000-"})
    assert past.status_code == 416
    for nonsense in ("bytes=5-2", "lines=1-2", "bytes=0-1,3-4", "bytes=-"):
        answer = manager.get(f"{phone.path}/file", headers={"Range": nonsense})
        assert answer.status_code == 200, nonsense


def test_what_belongs_to_a_report_is_not_removed_by_its_sender(world: World) -> None:
    incident_id = report(world.here)
    member, data = world.browser("member"), mp4(2 * KILOBYTE)
    phone = Phone(member, data, incident_id=str(incident_id)).all()
    assert member.post(f"{phone.path}/give-up").status_code == 409
    assert world.browser("administrator").get(f"{phone.path}/file").data == data


def test_a_file_that_goes_on_from_another_page_keeps_what_is_here(world: World) -> None:
    member, data = world.browser("member"), mp4(6 * KILOBYTE)
    before = Phone(member, data)
    before.begin()
    before.send(last=3)
    reloaded = Phone(member, data)
    assert reloaded.begin(goes_on=True).json["next"] == 3
    reloaded.send(first=3)
    reloaded.finish()
    incident_id = reported_with(member, world, reloaded)
    video = db.session.get(Video, uuid.UUID(before.state["id"]))
    assert str(video.incident_id) == incident_id


def test_a_video_that_was_sent_before_the_page_was_loaded_again_can_be_used(world: World) -> None:
    member = world.browser("member")
    phone = Phone(member, mp4(2 * KILOBYTE)).all()
    [found] = member.get("/evidence/uploads").json["uploads"]
    assert (found["id"], found["has_report"]) == (phone.state["id"], False)
    fresh = Phone(member, b"")
    member.post_json(f"{phone.path}/use", {"submission_id": fresh.submission_id})
    incident_id = reported_with(member, world, fresh)
    [joined] = member.get(f"/evidence/uploads?incident={incident_id}").json["uploads"]
    assert joined["id"] == phone.state["id"]
    assert member.get("/evidence/uploads").json["uploads"] == []


def test_the_digest_is_of_the_whole_file(world: World) -> None:
    phone = Phone(world.browser("member"), mp4(9 * KILOBYTE + 1)).all()
    video = db.session.get(Video, uuid.UUID(phone.state["id"]))
    assert video.sha256 == hashlib.sha256(phone.data).hexdigest()
    assert video.captured.startswith("2024-05-31")
