"""Sockets on a running server: who gets in, what they hear, and what one may cost."""

import http.client
import struct
import time
from collections import defaultdict
from contextlib import ExitStack

import pytest

from disc.core.handshake import LARGEST_FRAME
from tests.alerts.wire import (
    HOST,
    PATIENCE,
    SOCKET,
    Ear,
    Person,
    Server,
    handshake,
    pour,
    resident_megabytes,
)

GONE = 20.0
"""Seconds for the sockets of a sign-in that ended: news closes them long before the sweep would."""
QUIET = 0.6
"""Seconds after which what has not come will not come, once others have it."""


def test_a_stranger_is_refused_at_the_handshake(server: Server) -> None:
    assert handshake(server.port) == 401
    assert handshake(server.port, Cookie="session=nonsense") == 401


def test_polling_is_refused(server: Server) -> None:
    member = server.person("member")
    polling = SOCKET.replace("websocket", "polling")
    assert member.handshake(polling) == 400
    assert member.ask("GET", polling)[0] == 400
    assert member.ask("POST", polling, "40")[0] == 400


def test_another_sites_page_is_refused(server: Server) -> None:
    member = server.person("member")
    assert member.handshake(Origin="https://evil.example") == 400
    assert member.handshake(Origin=f"http://{HOST}:{server.port}") == 101


def test_no_compression_is_agreed_to(server: Server) -> None:
    asked = {"Sec_WebSocket_Extensions": "permessage-deflate; client_max_window_bits"}
    assert server.person("member").handshake(**asked) == 101


def test_every_worker_sends_what_any_worker_was_told(server: Server) -> None:
    sender, reader = server.person("member"), server.person("second_member")
    with ExitStack() as stack:
        ears = _in_every_worker(server, reader, stack)
        connection = http.client.HTTPConnection(HOST, server.port, timeout=PATIENCE)
        stack.callback(connection.close)
        alert_id = sender.raise_alert(connection)
        for ear in ears:
            event, news = ear.hear(PATIENCE)
            assert (event, news["id"]) == ("alert", alert_id)
            assert set(news) == {"id", "raised_at"}
        assert sender.post(f"/alerts/{alert_id}/cancel")[0] == 303
        for ear in ears:
            assert ear.hear(PATIENCE) == ("alert_closed", {"id": alert_id})


def test_another_area_and_another_scheme_hear_nothing(server: Server) -> None:
    with ExitStack() as stack:
        near = stack.enter_context(Ear(server.person("second_member"), _never()))
        others = [
            stack.enter_context(Ear(person, _never()))
            for person in (server.person("far_member"), server.person("member", "there"))
        ]
        alert_id = server.person("member").raise_alert()
        assert near.hear(PATIENCE)[1]["id"] == alert_id
        server.person("second_member").post(f"/alerts/{alert_id}/here")
        assert near.hear(PATIENCE) == ("alert_changed", {"id": alert_id})
        server.person("member").post(f"/alerts/{alert_id}/cancel")
        assert near.hear(PATIENCE) == ("alert_closed", {"id": alert_id})
        for other in others:
            assert other.hear(QUIET) == ("silence", None)


def test_who_was_away_gets_what_they_missed_and_others_do_not(server: Server) -> None:
    sender, reader = server.person("member"), server.person("second_member")
    missed = [sender.raise_alert(), sender.raise_alert()]
    with Ear(reader) as back:
        heard = [back.hear(PATIENCE)[1] for _ in missed]
        assert [news["id"] for news in heard] == missed
    with Ear(reader, heard[-1]["raised_at"]) as again:
        # Two minutes are sent twice: the page shows the same alert once.
        assert [again.hear(PATIENCE)[1]["id"] for _ in missed] == missed
    with Ear(reader, _never()) as up_to_date, Ear(server.person("far_member")) as far:
        assert up_to_date.hear(QUIET) == ("silence", None)
        assert far.hear(QUIET) == ("silence", None)
    for alert_id in missed:
        sender.post(f"/alerts/{alert_id}/cancel")


def test_signing_out_closes_ones_sockets_in_every_worker_and_no_others(server: Server) -> None:
    leaver = Person(server, server.world.here.emails["board"])
    stays = server.person("second_member")
    with ExitStack() as stack:
        ears = _in_every_worker(server, leaver, stack)
        other = stack.enter_context(Ear(stays, _never()))
        before = leaver.cookie
        assert leaver.post("/sign-out")[0] == 302
        for ear in ears:
            assert ear.hear(GONE) == ("signed_out", {})
        _all_closed(ears)
        assert other.hear(QUIET) == ("silence", None)
    assert handshake(server.port, Cookie=before) == 401


def test_a_manager_who_suspends_somebody_closes_their_sockets_in_every_worker(
    server: Server,
) -> None:
    shut_out = Person(server, server.world.here.emails["spoc"])
    manager = server.person("administrator")
    suspended = f"/desk/members/people/{server.world.here.actors['spoc'].id}/suspended"
    with ExitStack() as stack:
        ears = _in_every_worker(server, shut_out, stack)
        assert manager.post(suspended, why="being checked")[0] == 303
        _all_closed(ears)
    assert handshake(server.port, Cookie=shut_out.cookie) == 401


@pytest.mark.parametrize(
    ("frame", "again"),
    [
        pytest.param(b"\x81\xff" + struct.pack(">Q", 1 << 28) + bytes(4), False, id="one frame"),
        pytest.param(b"\x01\xfe\x10\x00" + bytes(4) + b"A" * 4096, True, id="many parts"),
    ],
)
def test_a_frame_too_large_ends_that_socket_and_gathers_nothing(
    server: Server, frame: bytes, *, again: bool
) -> None:
    member = server.person("member")
    with Ear(member, _never()) as other:
        before = {pid: resident_megabytes(pid) for pid in server.workers}
        assert pour(server, member.cookie, 64 << 20, frame, again=again) < 16 << 20
        after = {pid: resident_megabytes(pid) for pid in server.workers}
        assert max(after[pid] - before[pid] for pid in before) < 8
        assert other.hear(QUIET) == ("silence", None)


def test_the_largest_message_allowed_is_taken(server: Server) -> None:
    with Ear(server.person("member"), _never()) as ear:
        ear.ws.send("42" + '["x","' + "A" * (LARGEST_FRAME - 10) + '"]')
        assert ear.hear(QUIET) == ("silence", None)
        ear.ws.send("42" + '["x","' + "A" * LARGEST_FRAME + '"]')
        assert ear.hear(PATIENCE) == ("closed", None)


def _all_closed(ears: list[Ear]) -> None:
    """Hear the end of each socket in time; news of new rights may end it before its last word."""
    until = time.monotonic() + GONE
    for ear in ears:
        while (heard := ear.hear(until - time.monotonic())) == ("signed_out", {}):
            continue
        assert heard == ("closed", None)


def _in_every_worker(server: Server, person: Person, stack: ExitStack) -> list[Ear]:
    """Open sockets until each worker holds one."""
    held: dict[int, list[Ear]] = defaultdict(list)
    until = time.monotonic() + PATIENCE
    while set(held) != set(server.workers):
        assert time.monotonic() < until, "one worker takes every connection"
        ear = Ear(person, _never())
        if ear.worker in held:
            ear.__exit__()  # a sign-in has but so many sockets in one worker
            continue
        held[ear.worker].append(stack.enter_context(ear))
    return [ear for ears in held.values() for ear in ears]


def _never() -> str:
    """Return a moment after which there is nothing to replay."""
    return "2999-01-01T00:00:00+00:00"
