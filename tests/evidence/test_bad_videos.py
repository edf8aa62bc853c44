"""What is no video, is too large, lies about itself, or is named to do harm."""

import hashlib
import io
import struct
import uuid
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from disc.core.blobs import blobs
from disc.core.database import db
from disc.core.jobs import drain
from disc.core.vault import DoesNotOpen
from disc.core.web import LARGEST_PIECE
from disc.evidence import sending
from disc.evidence.models import Video
from disc.evidence.rules import clean_name, container_time, kind_of
from disc.evidence.service import pieces_of
from disc.incidents.models import Incident
from tests.core.test_pictures_heif import LEVEL
from tests.evidence.sending import KILOBYTE, Phone, box, mp4, small_pieces
from tests.incidents.test_reporting import count, fields, photo, send
from tests.pictures import picture
from tests.police.sharing import report
from tests.world import World

MEGABYTE = 1024 * KILOBYTE
KINDS = {
    "mp4": mp4(200),
    "mov": mp4(200, brand=b"qt  "),
    "avi": b"RIFF\0\0\0\0AVI LIST",
    "webm": b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm",
    "mkv": b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x88matroska",
}
NO_VIDEOS = {
    "HEIC": mp4(200, brand=b"heic"),
    "AVIF": mp4(200, brand=b"avif"),
    "sound": mp4(200, brand=b"M4A "),
    "JPEG": picture(1)[:200],
    "web page": b"<html><script>alert(1)</script>",
    "program": b"MZ" + bytes(200),
    "archive": b"PK\3\4" + bytes(200),
    "wave": b"RIFF\0\0\0\0WAVEfmt ",
    "some other EBML": b"\x1a\x45\xdf\xa3" + bytes(100),
    "nearly nothing": b"\0",
}


@pytest.fixture(autouse=True)
def _small(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    small_pieces(app, monkeypatch)


class Unread(io.BytesIO):
    """A body of which nobody may read a byte."""

    def read(self, _size: int | None = -1) -> bytes:
        raise AssertionError("a body was read that nobody asked for")

    def readinto(self, _into: Any) -> int:
        return len(self.read())


@pytest.mark.parametrize("kind", KINDS)
def test_a_video_is_known_by_its_first_bytes(kind: str) -> None:
    assert kind_of(KINDS[kind]) == kind


@pytest.mark.parametrize("what", NO_VIDEOS)
def test_what_is_no_video_is_refused_and_leaves_nothing(world: World, what: str) -> None:
    phone = Phone(world.browser("member"), NO_VIDEOS[what], name="cctv.mp4")
    phone.begin()
    answer = phone.put(0)
    assert answer.status_code == 422
    assert answer.json["code"] == "not-a-video"
    assert "Use MP4, MOV, WebM, MKV or AVI." in answer.json["title"]
    assert phone.browser.get("/evidence/uploads").json["uploads"] == []
    assert list(blobs().names()) == []


@pytest.mark.parametrize(
    "told",
    [
        {"size": 0},
        {"size": -1},
        {"size": 2**64},
        {"size": "5"},
        {"size": 5.5},
        {"size": True},
        {"upload_id": "../../etc/passwd"},
        {"upload_id": None},
        {"submission_id": 7},
        {"sha256": "no digest"},
        {"sha256": 5},
        {"incident_id": "1"},
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(world: World, told: dict[str, Any]) -> None:
    answer = Phone(world.browser("member"), mp4(200)).begin(**told)
    assert answer.status_code == 422
    assert answer.json["code"] == "bad-upload"
    assert count(Video) == 0


@pytest.mark.parametrize("body", [[], "x", None, 5])
def test_json_that_is_no_object_is_refused(world: World, body: Any) -> None:
    member = world.browser("member")
    member.get("/me")
    assert member.post_json("/evidence/videos", body).status_code == 422


def test_a_video_of_more_than_its_limit_is_refused_before_a_byte(world: World) -> None:
    answer = Phone(world.browser("member"), b"x").begin(size=500 * MEGABYTE + 1)
    assert answer.status_code == 413
    assert "A video may have 500 MB." in answer.json["title"]


def test_one_member_cannot_fill_the_disk(
    world: World, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = world.browser("member")
    for seed in range(3):
        assert Phone(member, mp4(200 + seed)).begin().status_code == 200
    fourth = Phone(member, mp4(300))
    assert fourth.begin().status_code == 429
    [first, *_] = member.get("/evidence/uploads").json["uploads"]
    member.post(f"/evidence/videos/{first['id']}/give-up")
    assert fourth.begin().status_code == 200
    small_pieces(app, monkeypatch, video_megabytes_a_day=1, videos_at_once=9)
    assert Phone(member, mp4(400)).begin(size=MEGABYTE).status_code == 429
    other = Phone(world.browser("second_member"), mp4(400))
    assert other.begin(size=MEGABYTE).status_code == 200


def test_a_disk_that_is_nearly_full_takes_no_video(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "KEPT_FREE", 2**60)
    answer = Phone(world.browser("member"), mp4(200)).begin()
    assert answer.status_code == 503
    assert "We have no room" in answer.json["title"]


def test_a_body_larger_than_a_piece_is_not_read(world: World) -> None:
    phone = Phone(world.browser("member"), mp4(5 * KILOBYTE))
    phone.begin()
    for length in (KILOBYTE + 1, 5 * MEGABYTE, 500 * MEGABYTE):
        answer = phone.browser.client.put(
            f"{phone.path}/pieces/0",
            input_stream=Unread(),
            environ_overrides={"CONTENT_LENGTH": str(length)},
            content_type="application/octet-stream",
            headers={"X-CSRFToken": phone.browser.token, "Accept": "application/json"},
        )
        assert answer.status_code == (413 if length > LARGEST_PIECE else 400), length
    assert list(blobs().names()) == []


def test_a_video_is_taken_out_a_piece_at_a_time(world: World) -> None:
    incident_id = report(world.here)
    data = mp4(9 * KILOBYTE + 5)
    phone = Phone(world.browser("member"), data, incident_id=str(incident_id)).all()
    db.session.rollback()
    parts = list(
        pieces_of(db.session.get_one(Video, uuid.UUID(phone.state["id"]))).parts(0, len(data))
    )
    assert [len(part) for part in parts] == [KILOBYTE] * 9 + [5]
    answer = world.browser("administrator").get(f"{phone.path}/file", buffered=False)
    assert answer.is_streamed
    assert answer.data == data


def test_a_video_that_is_not_what_was_promised_is_given_up(world: World) -> None:
    phone = Phone(world.browser("member"), mp4(2 * KILOBYTE))
    phone.begin(sha256=hashlib.sha256(b"another").hexdigest())
    phone.send()
    answer = phone.finish()
    assert answer.status_code == 422
    assert answer.json["code"] == "damaged-video"
    drain()
    assert list(blobs().names()) == []
    assert phone.begin().json["next"] == 0


def test_a_video_whose_files_were_changed_is_given_up(world: World) -> None:
    phone = Phone(world.browser("member"), mp4(3 * KILOBYTE))
    phone.begin()
    phone.send()
    first, second, _ = sorted(blobs().names(), key=lambda name: name.rsplit("/", 1)[1])
    blobs().put(first, blobs().get(second))
    answer = phone.finish()
    assert answer.status_code == 422
    assert answer.json["code"] == "damaged-video"
    assert phone.browser.get(phone.path).status_code == 404


def test_pieces_that_changed_places_do_not_open(world: World) -> None:
    phone = Phone(world.browser("member"), mp4(3 * KILOBYTE)).all()
    db.session.rollback()
    stored = pieces_of(db.session.scalars(select(Video)).one())
    first, second, last = sorted(blobs().names(), key=lambda name: name.rsplit("/", 1)[1])
    kept = {name: blobs().get(name) for name in (first, second, last)}
    for one, other in ((first, second), (second, last)):
        blobs().put(one, kept[other])
        with pytest.raises(DoesNotOpen):
            stored.sha256()
        blobs().put(one, kept[one])
    assert stored.sha256() == hashlib.sha256(phone.data).hexdigest()


def test_a_video_that_ends_a_piece_early_does_not_open_as_whole(world: World) -> None:
    phone = Phone(world.browser("member"), mp4(3 * KILOBYTE)).all()
    db.session.rollback()
    stored = pieces_of(db.session.get_one(Video, uuid.UUID(phone.state["id"])))
    from dataclasses import replace

    with pytest.raises(DoesNotOpen):
        replace(stored, size=2 * KILOBYTE).read(1)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("../../../etc/passwd", "passwd"),
        ("C:\\Users\\Sam\\till.mp4", "till.mp4"),
        ("evil\u202e4pm.exe", "evil4pm.exe"),
        ("a\0b\r\nSet-Cookie: x.mp4", "abSet-Cookie: x.mp4"),
        ("", "video"),
        ("...", "video"),
        ("\u200b\u200b", "video"),
        ("x" * 10_000 + ".mp4", "x" * 96 + ".mp4"),
        ("." + "y" * 300, "y" * 100),
        ("<script>alert(1)</script>.mp4", "script>.mp4"),
    ],
)
def test_a_hostile_name_is_only_a_name(typed: str, kept: str) -> None:
    assert clean_name(typed) == kept


def test_a_name_with_script_is_shown_as_words_and_names_no_file(world: World) -> None:
    incident_id = report(world.here)
    name = '"><img src=x onerror=alert(1)>.mp4'
    phone = Phone(world.browser("member"), mp4(200), name=name, incident_id=str(incident_id)).all()
    manager = world.browser("administrator")
    page = manager.get(f"/evidence/reports/{incident_id}")
    assert "<img src=x" not in page.text
    assert "&lt;img src=x onerror=alert(1)&gt;.mp4" in page.text
    named = manager.get(f"{phone.path}/file").headers["Content-Disposition"]
    assert "onerror" not in named


@pytest.mark.parametrize(
    "data",
    [
        b"",
        mp4(200)[:30],
        box(b"ftyp", b"isom") + struct.pack(">I", 1) + b"moov" + struct.pack(">Q", 2**63),
        box(b"ftyp", b"isom") + struct.pack(">I", 1) + b"moov" + struct.pack(">Q", 3),
        box(b"ftyp", b"isom") + struct.pack(">I", 5) + b"moov",
        box(b"free", b"") * 5000,
        box(b"moov", box(b"mvhd", b"\1")),
        box(b"moov", box(b"mvhd", b"\1\0\0\0" + b"\xff" * 20)),
        box(b"moov", box(b"mvhd", bytes(24))),
        struct.pack(">I", 0) + b"moov" + box(b"trak", b"") * 100,
    ],
)
def test_a_container_that_lies_says_no_time_and_ends(data: bytes) -> None:
    asked: list[int] = []

    def read(start: int, length: int) -> bytes:
        asked.append(start)
        return data[start : start + length]

    assert container_time(read, len(data)) is None
    assert len(asked) <= 200


def test_a_heic_photo_is_taken_and_half_a_jpeg_is_not(world: World) -> None:
    member = world.browser("member")
    good = fields(world, pictures=[(io.BytesIO(LEVEL), "IMG_1.HEIC")])
    assert send(member, good).status_code == 303
    cut = bytearray(picture(3))
    bad = fields(world, pictures=[(io.BytesIO(bytes(cut[: len(cut) // 2])), "IMG_2.JPG")])
    page = send(member, bad)
    assert page.status_code == 422
    assert "They said: you will not stop me." in page.text
    assert count(Incident) == 1


def test_half_a_report_is_no_report(world: World) -> None:
    member = world.browser("member")
    member.get("/report")
    from werkzeug.test import encode_multipart

    from tests.browsers import _parts

    boundary, body = encode_multipart(
        _parts({"csrf_token": member.token, **fields(world, pictures=[photo(1)])})
    )
    answer = member.client.post(
        "/report",
        input_stream=io.BytesIO(body[: len(body) // 2]),
        environ_overrides={"CONTENT_LENGTH": str(len(body))},
        content_type=f"multipart/form-data; boundary={boundary}",
        headers={"X-CSRFToken": member.token},
    )
    assert answer.status_code == 400
    assert count(Incident) == 0
    assert list(blobs().names()) == []


def test_what_a_photo_says_of_itself_is_no_more_than_a_time(world: World) -> None:
    from PIL import Image

    exif = Image.Exif()
    exif[0x010E] = "<script>alert(1)</script>"
    exif[0x013B] = "Sam Pebble, 1 Secret Street"
    exif.get_ifd(0x8769)[0x9003] = "'; DROP TABLE still; --"
    out = io.BytesIO()
    Image.open(io.BytesIO(picture(4))).save(out, "JPEG", exif=exif)
    member = world.browser("member")
    where = send(member, fields(world, pictures=[(io.BytesIO(out.getvalue()), "a.jpg")]))
    incident_id = where.headers["Location"].rsplit("/", 1)[1].partition("?")[0]
    page = world.browser("administrator").get(f"/evidence/reports/{incident_id}")
    assert page.status_code == 200
    for words in ("DROP TABLE", "Secret Street", "alert(1)"):
        assert words not in page.text
