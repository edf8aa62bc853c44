"""An address that somebody typed leads to the public internet, or nowhere."""

import socket
import time
from contextlib import suppress
from threading import Thread
from typing import Any

import pytest

from disc.core.callout import BadAddress, NotCalled, is_public, look_up, post


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - an address to refuse
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ],
)
def test_no_address_of_our_own_networks_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:4700::1111", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e"]
)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "https://example.org:8443/",
        "https://user:secret@example.org/",
        "https://user@example.org/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://localhost/",
        "https://0x7f000001/",
        "https://2130706433/",
        "https://127.1/",
        "https:///path",
        "https://example.org/#part",
        "https://example.org:99999/",
        "https://[::1/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "https://example.org/\r\nHost: other",
        "https://ex\u0430mple.org/",
        "https://example.org/" + "x" * 500,
        "",
    ],
)
def test_an_address_that_is_no_plain_public_one_is_refused(url: str) -> None:
    with pytest.raises(BadAddress):
        look_up(url)


def _resolves_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def found(host: str, port: int, **_kwargs: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", found)


def test_a_name_with_one_private_address_among_public_ones_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _resolves_to(monkeypatch, "93.184.215.14", "10.0.0.7")
    with pytest.raises(BadAddress):
        look_up("https://hook.example.org/")


def test_the_connection_goes_to_the_address_that_was_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _resolves_to(monkeypatch, "93.184.215.14")
    asked: list[Any] = []

    def connect(address: tuple[str, int], _timeout: float) -> None:
        asked.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(NotCalled, match="could not be reached"):
        post("https://hook.example.org/", b"{}", {})
    assert asked == [("93.184.215.14", 443)]


def test_a_name_that_moved_into_our_network_since_is_not_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _resolves_to(monkeypatch, "93.184.215.14")
    look_up("https://hook.example.org/")
    _resolves_to(monkeypatch, "127.0.0.1")
    with pytest.raises(NotCalled, match="public internet"):
        post("https://hook.example.org/", b"{}", {})


def test_a_server_that_never_ends_its_handshake_is_cut_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from disc.core import callout

    monkeypatch.setattr(callout, "SECONDS_IN_ALL", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=_dribble, args=(server,), daemon=True).start()
        began = time.monotonic()
        with pytest.raises(NotCalled):
            post(f"https://127.0.0.1:{server.getsockname()[1]}/", b"{}", {}, loopback=True)
    assert time.monotonic() - began < 30  # it would go on for a minute


def _dribble(server: socket.socket) -> None:
    """Begin a long record of a handshake, and send a byte of it now and then."""
    taken, _ = server.accept()
    with taken, suppress(OSError):
        taken.sendall(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc")
        for _ in range(1200):
            time.sleep(0.05)
            taken.sendall(b"\x03")


def test_a_server_that_answers_too_slowly_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    from disc.core import callout

    monkeypatch.setattr(callout, "SECONDS_IN_ALL", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(NotCalled):
            post(url, b"{}", {}, loopback=True)
