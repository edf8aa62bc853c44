"""Messages: sealed while they wait, sent by a real mail server, blanked after that."""

import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from config import Settings
from disc.app import create_app
from disc.core import clock, mail, outbox
from disc.core.database import db
from disc.core.jobs import drain
from disc.core.mail import Message, MessageState
from disc.core.preparing import NotReady, saying_why
from disc.core.smtp import BadMailServer, Letter, NeverAccepted, compose, mail_server
from disc.core.transaction import writing
from tests.posting import Post, post_office
from tests.world import World

SENDER = "Quay Watch <no-reply@watch.example.org>"
LINK = "https://watch.example.org/join/only-one-person-may-read-this"


def written(world: World, **more: Any) -> Any:
    given = SimpleNamespace(
        kind="invitation", address="new@example.org", subject="Join Quay Watch", body=LINK
    )
    given.__dict__.update(more)
    with writing():
        return mail.write(
            world.here.scheme_id, None, given.kind, given.address, given.subject, given.body
        ).id


def state_of(message_id: Any) -> MessageState:
    db.session.rollback()
    return db.session.get_one(Message, message_id).state


def test_a_message_is_sent_after_the_commit_and_its_words_are_gone(
    world: World, post: Post
) -> None:
    message_id = written(world, body=f"Hello Zoë.\n\n{LINK}\n")
    assert state_of(message_id) is MessageState.WAITING
    assert post.taken == []
    drain()
    sent = post.taken[0]
    assert sent["To"] == "new@example.org"
    assert sent["From"] == SENDER
    assert sent["Message-ID"] == f"<{message_id}@watch.example.org>"
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent.get_content_type() == "text/plain"
    assert sent.get_content().splitlines() == ["Hello Zoë.", "", LINK]
    db.session.rollback()
    row = db.session.get_one(Message, message_id)
    assert (row.state, row.body, row.body_sealed) == (MessageState.SENT, "", None)
    assert row.sent_at is not None
    mail.send(message_id)
    assert len(post.taken) == 1


def test_what_is_rolled_back_is_never_sent(world: World, post: Post) -> None:
    with pytest.raises(ZeroDivisionError), writing():
        mail.write(world.here.scheme_id, None, "notice", "a@example.org", "Hello", "Words")
        raise ZeroDivisionError
    drain()
    assert post.taken == []


def test_without_a_mail_server_a_message_is_kept(world: World) -> None:
    message_id = written(world)
    drain()
    db.session.rollback()
    row = db.session.get_one(Message, message_id)
    assert (row.state, row.body) == (MessageState.KEPT, LINK)


def test_nothing_of_a_message_is_plain_in_the_database(world: World) -> None:
    written(world)
    with db.engine.connect() as connection:
        rows = repr(connection.execute(sa.select(Message.__table__)).all())
    assert "new@example.org" not in rows
    assert "only-one-person" not in rows


def test_a_server_that_is_away_is_tried_again_under_the_same_id(world: World, post: Post) -> None:
    post.answer = "451 Not now"
    message_id = written(world)
    drain()
    assert state_of(message_id) is MessageState.WAITING
    post.answer = "250 OK"
    with writing() as session:
        session.execute(sa.update(outbox.Outbox).values(due_at=clock.now()))
    drain()
    assert state_of(message_id) is MessageState.SENT
    assert [one["Message-ID"] for one in post.taken] == [f"<{message_id}@watch.example.org>"]


def test_an_address_that_the_server_never_takes_is_not_tried_again(
    world: World, post: Post
) -> None:
    post.answer = "550 No such person"
    message_id = written(world)
    drain()
    assert state_of(message_id) is MessageState.FAILED
    with db.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(outbox.Outbox)) == 0


def test_what_was_tried_for_hours_is_called_failed(world: World, post: Post) -> None:
    post.answer = "451 Not now"
    message_id = written(world)
    drain()
    with writing() as session:
        session.execute(sa.update(Message).values(made_at=clock.now() - timedelta(hours=7)))
    with writing():
        assert mail.give_up_waiting() == 1
    assert state_of(message_id) is MessageState.FAILED


def test_no_subject_and_no_address_can_bring_a_header_or_a_reader_of_its_own(
    world: World, post: Post
) -> None:
    written(world, subject="Join\r\nBcc: thief@example.org\r\n\r\nWords", body="Hello")
    two = written(world, address="new@example.org, thief@example.org")
    line = written(world, address="new@example.org\r\nBcc: thief@example.org")
    drain()
    assert [one["Bcc"] for one in post.taken] == [None]
    assert post.readers == [["new@example.org"]]
    assert post.taken[0].get_content().strip() == "Hello"
    assert {state_of(two), state_of(line)} == {MessageState.FAILED}


@pytest.mark.parametrize("address", ["", "nobody", "a@b@c.org", "a b@example.org", "x@exa\nmple"])
def test_a_bad_address_is_never_accepted(address: str) -> None:
    with pytest.raises(NeverAccepted):
        compose(SENDER, Letter(token="1", address=address, subject="S", body="B"))


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that only this test's own authority vouches for."""
    made = tmp_path / "server.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "1", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"),
            *("-keyout", str(made), "-out", str(tmp_path / "cert.pem")),
        ],
        check=True,
        capture_output=True,
    )
    made.write_text(made.read_text() + (tmp_path / "cert.pem").read_text())
    return made


@pytest.fixture
def post(app: Flask) -> Iterator[Post]:
    """A mail server on this machine, and the application told of it."""
    with post_office(app, SENDER) as taken:
        yield taken


@pytest.fixture
def sealed_post(app: Flask, certificate: Path) -> Iterator[Post]:
    """A mail server that asks for TLS and a password."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    with post_office(app, SENDER, context) as taken:
        yield taken


def test_a_message_goes_by_tls_with_a_password(
    world: World, sealed_post: Post, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    message_id = written(world)
    drain()
    assert state_of(message_id) is MessageState.SENT
    assert sealed_post.sealed == [True]


def test_a_server_that_nobody_vouches_for_gets_nothing(world: World, sealed_post: Post) -> None:
    message_id = written(world)
    drain()
    assert state_of(message_id) is MessageState.WAITING
    assert sealed_post.taken == []


@pytest.mark.parametrize(
    "url", ["http://mail.example.org", "smtp:", "smtp://user:secret@mail.example.org:587"]
)
def test_a_setting_that_would_not_do_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(BadMailServer):
        mail_server(url, SENDER)


def test_a_mail_server_is_not_used_before_the_site_has_a_name(tmp_path: Path) -> None:
    """Links in letters would lead to whatever host a stranger's request names."""
    nameless = Settings(instance=tmp_path, smtp_url="smtp://127.0.0.1:2525", testing=True)
    with pytest.raises(NotReady, match="DISC_ORIGINS"), saying_why():
        create_app(nameless)
    named = replace(nameless, allowed_origins=("https://watch.example",))
    assert create_app(named).extensions["smtp"].port == 2525


def test_a_password_is_in_no_repr() -> None:
    server = mail_server("smtps://us:secret@mail.example.org", SENDER)
    assert server is not None
    assert server.port == 465
    assert "secret" not in repr(server)
