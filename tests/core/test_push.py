"""Messages to phones: sealed for one browser, from somebody known, to known services alone."""

import base64
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec

from config import from_environment
from disc.app import create_app
from disc.core import push
from disc.core.push import (
    Address,
    BadPushContact,
    Fate,
    Notice,
    Pusher,
    Urgency,
    hand_over,
    is_push_service,
)
from disc.core.vault import MasterKey, PushKey, are_browser_keys, new_key, seal_push
from disc.core.vault.pushing import ORDER, sealed_record
from tests.phones import Phone, raw, text

# RFC 8291, section 5 and appendix A.
WORDS = b"When I grow up, I want to be a watermelon"
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
BROWSER = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SECRET, SALT = "BTBZMqHH6r4Tts7J_aSIgg", "DGv6ra1nlYgDCS1FRnbzlw"
SEALED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
    "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)
NOTICE = Notice(
    id="1",
    words="New alert",
    page="https://watch.example.org/alerts/1",
    about="/alerts/1",
    lasts=timedelta(minutes=10),
    urgency=Urgency.HIGH,
)
KNOWN = (
    "https://fcm.googleapis.com/fcm/send/abc:def",
    "https://updates.push.services.mozilla.com/wpush/v2/abc",
    "https://web.push.apple.com/QABC",
    "https://wns2-par02p.notify.windows.com/w/?token=abc",
    "https://fcm.googleapis.com:443/fcm/send/abc",
)
UNKNOWN = (
    "http://fcm.googleapis.com/fcm/send/abc",
    "https://fcm.googleapis.com.example.org/",
    "https://example.org/fcm.googleapis.com",
    "https://evilpush.apple.com/",
    "https://push.apple.com/",
    "https://fcm.googleapis.com:8443/",
    "https://fcm.googleapis.com@10.0.0.1/",
    "https://10.0.0.1\\@fcm.googleapis.com/",
    "https://user:word@web.push.apple.com/",
    "https://127.0.0.1/push",
    "http://127.0.0.1:6379/",
    "https://169.254.169.254/latest/meta-data",
    "https://[::1]/",
    "https://[",
    "https://fcm.googleapis.com:port/",
    "https://web.push.apple.com/\r\nHost: x",
    "https://web.push.apple.com/" + "a" * 2000,
    "file:///etc/passwd",
    "//web.push.apple.com/",
    "",
)


def key_of(private: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(raw(private), "big"), ec.SECP256R1())


def pusher(**more: object) -> Pusher:
    given = {"key": PushKey(bytes(range(64))), "contact": "mailto:us@example.org", **more}
    return Pusher(**given)


def test_a_message_is_sealed_as_the_standard_says() -> None:
    sealed = sealed_record(
        WORDS + b"\x02", raw(PUBLIC), raw(SECRET), own=key_of(SENDER), salt=raw(SALT)
    )
    assert text(sealed) == SEALED
    reader = Phone("", key_of(BROWSER), raw(SECRET))
    assert reader.open(sealed) == WORDS


def test_each_message_is_as_long_as_another_and_sealed_anew() -> None:
    phone = Phone("")
    point = raw(phone.told()["keys"]["p256dh"])
    short, long = (seal_push(word, point, phone.secret) for word in (b"a", b"b" * 900))
    assert len(short) == len(long)
    assert short[:16] != seal_push(b"a", point, phone.secret)[:16]
    assert phone.open(short) == b"a"
    with pytest.raises(ValueError, match="short"):
        seal_push(b"a" * 1024, point, phone.secret)


def test_only_its_own_browser_opens_it() -> None:
    phone, other = Phone(""), Phone("")
    sealed = seal_push(b"a", raw(phone.told()["keys"]["p256dh"]), phone.secret)
    other.secret = phone.secret
    with pytest.raises(InvalidTag):
        other.open(sealed)


def test_keys_that_no_browser_made_are_known() -> None:
    point = raw(Phone("").told()["keys"]["p256dh"])
    assert are_browser_keys(point, bytes(16))
    assert not are_browser_keys(point, bytes(15))
    assert not are_browser_keys(point[:-1] + bytes([point[-1] ^ 1]), bytes(16))
    assert not are_browser_keys(b"", bytes(16))


@pytest.mark.parametrize("endpoint", KNOWN)
def test_known_push_services_are_known(endpoint: str) -> None:
    assert is_push_service(endpoint)


@pytest.mark.parametrize("endpoint", UNKNOWN)
def test_no_other_address_is_a_push_service(endpoint: str) -> None:
    assert not is_push_service(endpoint)


@pytest.mark.parametrize("endpoint", UNKNOWN)
def test_nothing_is_sent_to_any_other_address(
    endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "_connection", lambda _parts: pytest.fail("it connected"))
    told = Phone(endpoint).told()["keys"]
    to = Address(endpoint=endpoint, public=told["p256dh"], secret=told["auth"])
    assert hand_over(pusher(), to, NOTICE).fate is Fate.REFUSED


def test_loopback_is_for_tests_that_say_so() -> None:
    assert is_push_service("http://127.0.0.1:9/x", loopback=True)
    assert not from_environment({"DISC_PUSH_TO_LOOPBACK": "1"}).push_to_loopback


def test_a_service_that_does_not_answer_is_asked_again() -> None:
    phone = Phone("http://127.0.0.1:9/x")
    keys = phone.told()["keys"]
    to = Address(endpoint=phone.endpoint, public=keys["p256dh"], secret=keys["auth"])
    assert hand_over(pusher(loopback=True), to, NOTICE).fate is Fate.LATER


@pytest.mark.parametrize(
    ("told", "seconds"),
    [("120", 120), ("999999", 3600), ("soon", None), (None, None), ("-1", None)],
)
def test_how_long_to_wait_is_read(told: str | None, seconds: int | None) -> None:
    assert push._wait(told) == (None if seconds is None else timedelta(seconds=seconds))


def test_a_day_to_wait_for_is_read() -> None:
    with time_machine.travel("2026-05-04T12:00:00Z", tick=False):
        assert push._wait("Mon, 04 May 2026 12:05:00 GMT") == timedelta(minutes=5)
        assert push._wait("Mon, 04 May 2026 11:00:00 GMT") == timedelta()


def test_the_key_outlives_a_rotation_and_is_nobody_elses() -> None:
    first = MasterKey(new_key())

    def public(source: MasterKey) -> str:
        secret = source.derive("push, first half") + source.derive("push, second half")
        return PushKey(secret).public()

    assert public(first.successor()) == public(first) != public(MasterKey(new_key()))
    assert len(raw(public(first))) == 65
    with pytest.raises(ValueError, match="short"):
        PushKey(bytes(63))


def test_every_secret_makes_a_key_of_the_curve() -> None:
    for secret in (bytes(64), b"\xff" * 64, (ORDER - 1).to_bytes(64, "big")):
        assert are_browser_keys(raw(PushKey(secret).public()), bytes(16))


def test_what_is_sent_names_nobody() -> None:
    assert push.payload(NOTICE) == (
        b'{"web_push": 8030, "notification": {"title": "New alert", "lang": "en-GB", '
        b'"dir": "ltr", "tag": "' + push.topic("/alerts/1").encode() + b'", '
        b'"navigate": "https://watch.example.org/alerts/1", "data": {"id": "1"}}}'
    )
    assert len(push.topic("x" * 200)) <= 32
    assert base64.urlsafe_b64decode(push.topic("/alerts/1")) != b"/alerts/1"


def made(folder: Path, **more: str) -> Pusher | None:
    told = from_environment({"DISC_INSTANCE": str(folder), **more})
    found: Pusher | None = create_app(replace(told, testing=True)).extensions["pusher"]
    return found


def test_nothing_is_sent_before_the_site_has_an_address(tmp_path: Path) -> None:
    assert made(tmp_path) is None
    assert made(tmp_path, DISC_ORIGINS="http://localhost:8000") is None
    found = made(tmp_path, DISC_ORIGINS="https://watch.example.org")
    assert found is not None
    assert (found.contact, found.loopback) == ("https://watch.example.org", False)


def test_a_contact_is_somebody_to_write_to(tmp_path: Path) -> None:
    site = {"DISC_ORIGINS": "https://watch.example.org"}
    found = made(tmp_path, **site, DISC_PUSH_CONTACT="mailto:us@example.org")
    assert found is not None
    assert found.contact == "mailto:us@example.org"
    with pytest.raises(BadPushContact):
        made(tmp_path, **site, DISC_PUSH_CONTACT="us@example.org")
    with pytest.raises(BadPushContact):
        made(tmp_path, DISC_PUSH_CONTACT="mailto:us@example.org")


def test_a_proof_says_for_how_long_it_holds() -> None:
    stated = PushKey(bytes(64)).token("https://web.push.apple.com", "mailto:a@b.c", 5)
    assert raw(stated.split(".")[1]) == (
        b'{"aud":"https://web.push.apple.com","exp":5,"sub":"mailto:a@b.c"}'
    )
    assert timedelta() < push.PROVED_FOR <= timedelta(hours=24)
