"""A crash between any two steps loses nothing and leaves nothing behind."""

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from benchmarks.browser import Browser as Wire
from disc.core import clock
from disc.core.blobs import blobs
from disc.core.database import db
from disc.core.jobs import drain
from disc.core.transaction import writing
from disc.dataprotection.retention import run_clocks
from disc.evidence import custody, listeners, sending, service
from disc.evidence.models import Video, VideoPiece
from disc.incidents.models import Incident
from disc.stills.listeners import sweep_orphans
from tests.browser.test_comparing import inside
from tests.evidence.sending import KILOBYTE, Phone, mp4, small_pieces
from tests.incidents.test_reporting import count
from tests.police.sharing import report
from tests.serving import Site
from tests.whole_app.servers import flask, running
from tests.world import PASSWORD, World, make_place

STEPS = [
    (service, "join"),
    (sending, "keep"),
    (sending, "_add_piece"),
    (sending, "_finish"),
    (custody, "append"),
]
PIECES = "application/octet-stream"


@pytest.fixture(autouse=True)
def _small(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    small_pieces(app, monkeypatch)


class Crashed(Exception):
    """The process ended here."""


def crashing(work: Callable[..., Any], *, after: bool) -> Callable[..., Any]:
    left = [1]

    def crash(*args: Any, **kwargs: Any) -> Any:
        done = work(*args, **kwargs) if after or not left[0] else None
        if left[0]:
            left[0] -= 1
            raise Crashed
        return done

    return crash


def swept(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the files that are left once those that no row names are old."""
    monkeypatch.setattr(listeners, "ORPHAN_AFTER", timedelta(0))
    listeners.sweep_pieces()
    return list(blobs().names())


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("module", "step"), STEPS, ids=[step for _, step in STEPS])
def test_a_crash_at_a_step_loses_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, module: Any, step: str, *, after: bool
) -> None:
    incident_id = report(world.here)
    data = mp4(4 * KILOBYTE)
    phone = Phone(world.browser("member"), data, incident_id=str(incident_id))
    monkeypatch.setattr(module, step, crashing(getattr(module, step), after=after))
    crashes = 0
    for act in (phone.begin, *(lambda n=n: phone.put(n) for n in range(4)), phone.finish):
        answer = act()
        if answer.status_code == 500:
            crashes += 1
            answer = act()
        assert answer.status_code == 200
    assert crashes == 1
    assert world.browser("administrator").get(f"{phone.path}/file").data == data
    assert len(swept(monkeypatch)) == 4
    db.session.rollback()
    assert custody.read(db.session.get_one(Video, uuid.UUID(phone.state["id"]))).broken_at is None
    assert count(Video) == 1


def test_the_sweeps_leave_what_a_row_names(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = Phone(world.browser("member"), mp4(4 * KILOBYTE))
    phone.begin()
    phone.send(last=2)
    monkeypatch.setattr("disc.stills.listeners.ORPHAN_AFTER", timedelta(0))
    sweep_orphans()
    assert len(swept(monkeypatch)) == 2
    phone.send(first=2)
    assert phone.finish().status_code == 200


def test_an_upload_that_nobody_finished_is_erased_after_its_days(world: World) -> None:
    phone = Phone(world.browser("member"), mp4(4 * KILOBYTE))
    phone.begin()
    phone.send(last=2)
    run_clocks()
    assert phone.browser.get(phone.path).status_code == 200
    db.session.rollback()
    with writing():
        video = db.session.get_one(Video, uuid.UUID(phone.state["id"]))
        assert video.erase_on == clock.today() + timedelta(days=7)
        video.erase_on = clock.today()
    assert phone.browser.get(phone.path).status_code == 404
    run_clocks()
    drain()
    assert list(blobs().names()) == []
    assert count(VideoPiece) == 0
    db.session.rollback()
    gone = db.session.get_one(Video, uuid.UUID(phone.state["id"]))
    assert (gone.name, gone.data_key_id, gone.is_erased) == ("", None, True)


def test_a_video_lives_as_long_as_its_report_and_goes_with_it(world: World) -> None:
    incident_id = report(world.here)
    phone = Phone(world.browser("member"), mp4(2 * KILOBYTE), incident_id=str(incident_id)).all()
    db.session.rollback()
    with writing():
        incident = db.session.get_one(Incident, incident_id)
        video = db.session.get_one(Video, uuid.UUID(phone.state["id"]))
        assert video.erase_on == incident.erase_on
        incident.erase_on = clock.today()
    result = run_clocks()
    drain()
    assert result.overdue == 0
    assert world.browser("administrator").get(f"{phone.path}/file").status_code == 404
    assert list(blobs().names()) == []


def test_a_server_that_is_killed_in_the_middle_goes_on(tmp_path: Path) -> None:
    instance, data = tmp_path / "instance", mp4(20 * 64 * KILOBYTE)
    small = {"DISC_VIDEO_PIECE_KILOBYTES": "64"}
    assert flask(instance, "prepare").returncode == 0
    with running(instance, **small) as server:
        server.wait_for(200)
        site = Site(server, instance)
        with inside(site):
            place = make_place("Harbour Watch", live=True)
            told = {"upload_id": str(uuid.uuid4()), "incident_id": str(report(place))}
        member = Wire(site.port)
        member.sign_in(place.emails["member"], PASSWORD)
        state = _begin(member, told, data)
        for number in range(5):
            state = _put(member, state, number, data)
        _put_half(member, f"/evidence/videos/{state['id']}/pieces/5", _part(state, 5, data))
        server.end(9)
        member.close()
    with running(instance, **small) as server:
        server.wait_for(200)
        port = Site(server, instance).port
        again = Wire(port)
        again.sign_in(place.emails["member"], PASSWORD)
        state = _begin(again, told, data)
        assert state["next"] == 5
        for number in range(5, state["pieces"]):
            state = _put(again, state, number, data)
        again.ask("POST", f"/evidence/videos/{state['id']}/finish")
        manager = Wire(port)
        manager.sign_in(place.emails["administrator"], PASSWORD)
        assert manager.get(f"/evidence/videos/{state['id']}/file").body == data
        again.close()
        manager.close()


def _put_half(member: Wire, path: str, body: bytes) -> None:
    """Begin to send a piece, and leave it at half."""
    headers = {"Cookie": member.cookie, "X-CSRFToken": member.token, "Content-Type": PIECES}
    member._connection.putrequest("PUT", path)
    for name, value in (headers | {"Content-Length": str(len(body))}).items():
        member._connection.putheader(name, value)
    member._connection.endheaders(body[: len(body) // 2])


def _begin(member: Wire, told: dict[str, str], data: bytes) -> dict[str, Any]:
    body = json.dumps({**told, "size": len(data), "name": "till.mp4"}).encode()
    state: dict[str, Any] = json.loads(
        member.ask("POST", "/evidence/videos", body, "application/json").body
    )
    return state


def _part(state: dict[str, Any], number: int, data: bytes) -> bytes:
    piece = state["piece_bytes"]
    return data[number * piece : (number + 1) * piece]


def _put(member: Wire, state: dict[str, Any], number: int, data: bytes) -> dict[str, Any]:
    path = f"/evidence/videos/{state['id']}/pieces/{number}"
    answer = member.ask("PUT", path, _part(state, number, data), PIECES)
    told: dict[str, Any] = json.loads(answer.body)
    return told
