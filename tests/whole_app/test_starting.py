"""Starting and stopping, as an operator sees it."""

import base64
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from config import ROOT
from tests.serving import wait_until
from tests.whole_app.servers import (
    PATIENCE,
    Server,
    ask,
    environment,
    flask,
    free_port,
    gone,
    running,
)

HEAVY = ("imagehash", "scipy", "numpy", "cv2", "typst", "faiss", "boto3", "disc.demo")


def _only_sentence(text: str) -> str:
    lines = [line for line in text.splitlines() if line and not line.startswith("{")]
    assert len(lines) == 1, text
    assert "Traceback" not in text
    return lines[0]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    instance = tmp_path_factory.mktemp("prepared") / "instance"
    done = flask(instance, "prepare")
    assert done.returncode == 0, done.stderr
    return instance


def test_the_server_process_never_loads_heavy_libraries(tmp_path: Path) -> None:
    code = f"import sys, wsgi; wsgi.app; print([name for name in {HEAVY} if name in sys.modules])"
    env = environment(tmp_path, FLASK_RUN_FROM_CLI="true")  # nothing is prepared here
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert ran.stdout.strip() == "[]", ran.stdout + ran.stderr


def test_it_answers_at_once_then_serves_and_ends_with_its_worker(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    with running(instance) as server:
        server.wait_for(503)
        server.wait_for(200)
        wait_until(server.children)
        workers = server.children()
        assert len(workers) == 1
        assert "is ready at" in server.log.read_text()
        assert server.end() == 0
        assert gone(workers[0])
    for path in (instance, instance / "disc.db", instance / "keys" / "master.key"):
        assert path.stat().st_mode & 0o077 == 0, path
    assert "Traceback" not in server.log.read_text()


def test_a_worker_that_dies_is_started_again_and_none_is_left_behind(prepared: Path) -> None:
    with running(prepared) as server:
        server.wait_for(200)
        first = _worker(server, None)
        os.kill(first, signal.SIGKILL)
        second = _worker(server, first)
        server.process.kill()  # no chance to say goodbye
        assert gone(second)


def _worker(server: Server, not_this: int | None) -> int:
    """Return the number of the worker, as soon as there is one that is not the one before."""

    def others() -> list[int]:
        return [pid for pid in server.children() if pid != not_this]

    wait_until(others)
    return others()[0]


def test_ctrl_c_ends_it_quietly(prepared: Path) -> None:
    with running(prepared) as server:
        server.wait_for(200)
        assert server.end(signal.SIGINT) == 0
    assert "Traceback" not in server.log.read_text()


def test_it_can_be_ended_while_it_prepares(tmp_path: Path) -> None:
    with running(tmp_path / "instance") as server:
        server.wait_for(503)
        assert server.end() == 0
    assert "Traceback" not in server.log.read_text()


def test_a_port_in_use_is_one_sentence(prepared: Path) -> None:
    with running(prepared) as server:
        server.wait_for(200)
        port = int(server.address.rsplit(":", 1)[1])
        with running(prepared.with_name("second"), port=port) as second:
            assert second.process.wait(timeout=PATIENCE) == 1
        assert "cannot be opened" in _only_sentence(second.log.read_text())


def test_a_wrong_key_is_one_sentence(prepared: Path) -> None:
    other = base64.b64encode(b"k" * 32).decode()
    with running(prepared, DISC_MASTER_KEY=other) as server:
        assert server.process.wait(timeout=PATIENCE) != 0
    assert "does not open this database" in _only_sentence(server.log.read_text())


def test_a_missing_key_is_one_sentence_and_no_new_key_is_made(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    assert flask(instance, "prepare").returncode == 0
    key = instance / "keys" / "master.key"
    key.rename(tmp_path / "kept.key")
    with running(instance) as server:
        assert server.process.wait(timeout=PATIENCE) != 0
    assert "There is no master key" in _only_sentence(server.log.read_text())
    assert not key.exists()


def test_a_database_that_does_not_answer_is_one_sentence(tmp_path: Path) -> None:
    address = f"postgresql://nobody@127.0.0.1:{free_port()}/none"
    with running(tmp_path / "instance", DATABASE_URL=address) as server:
        assert server.process.wait(timeout=PATIENCE) != 0
    assert "The database does not answer" in _only_sentence(server.log.read_text())


def test_a_lost_database_beside_sealed_files_is_one_sentence(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    assert flask(instance, "prepare").returncode == 0
    (instance / "blobs" / "a").mkdir(parents=True)
    (instance / "blobs" / "a" / "b").write_bytes(b"sealed")
    for file in instance.glob("disc.db*"):
        file.unlink()
    with running(instance) as server:
        assert server.process.wait(timeout=PATIENCE) != 0
    assert "The database is empty, but sealed files are in" in _only_sentence(
        server.log.read_text()
    )


def test_a_damaged_database_is_one_sentence(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    assert flask(instance, "prepare").returncode == 0
    for file in instance.glob("disc.db*"):
        file.write_bytes(b"this is not a database" * 1000)
    with running(instance) as server:
        assert server.process.wait(timeout=PATIENCE) != 0
    assert "database" in _only_sentence(server.log.read_text())


def test_https_has_a_certificate_made_at_the_first_run(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    with running(instance, TLS="1") as server:
        end = time.monotonic() + PATIENCE
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        address = server.address.replace("http://", "https://") + "/healthz"
        status = 0
        while status != 200 and time.monotonic() < end:
            try:
                with urllib.request.urlopen(address, context=trusting, timeout=PATIENCE) as answer:
                    status = answer.status
            except OSError:
                time.sleep(0.1)
        assert status == 200, server.log.read_text()
        assert "https://localhost" in server.log.read_text()
        port = int(server.address.rsplit(":", 1)[1])
        with pytest.raises(OSError, match=r"(?i)ssl|reset|handshake"):
            _speak(port, "ECDHE-ECDSA-AES128-SHA256")
        assert _speak(port, "ECDHE+AESGCM") == "TLSv1.2"
    assert (instance / "tls" / "tls.key").stat().st_mode & 0o077 == 0


def _speak(port: int, ciphers: str) -> str | None:
    """Agree on TLS 1.2 with these suites; return the version."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    client.maximum_version = ssl.TLSVersion.TLSv1_2
    client.set_ciphers(ciphers)
    with (
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as plain,
        client.wrap_socket(plain) as secure,
    ):
        return secure.version()


def test_the_log_names_routes_and_no_address(prepared: Path) -> None:
    with running(prepared) as server:
        server.wait_for(200)
        for path in ("/join/secret-token-1234?also=secret-query", "/img/secret-token-1234"):
            ask(int(server.address.rsplit(":", 1)[1]), path)
    text = server.log.read_text()
    assert "secret-" not in text
    assert "/join/<token>" in text or "/join/<string:token>" in text


def test_gunicorn_serves_the_same_application(prepared: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-w", "1", "-b", f"127.0.0.1:{port}", "wsgi:app"]
    with running(prepared, command=command, port=port) as server:
        server.wait_for(200)
        assert server.end() == 0
    assert "Traceback" not in server.log.read_text()


def test_gunicorn_stops_with_one_sentence_where_nothing_is_prepared(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-w", "1", "-b", f"127.0.0.1:{port}", "wsgi:app"]
    with running(tmp_path / "instance", command=command, port=port) as server:
        assert server.process.wait(timeout=PATIENCE) != 0
    text = server.log.read_text()
    assert "The database is not prepared. Run: flask disc prepare" in text
    assert "Traceback" not in text


@pytest.mark.parametrize("front", ["embedded", "gunicorn"])
def test_a_stranger_gets_no_socket_and_polling_is_refused(prepared: Path, front: str) -> None:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-w", "1", "-b", f"127.0.0.1:{port}", "wsgi:app"]
    with running(prepared, command=command if front == "gunicorn" else None, port=port) as server:
        server.wait_for(200)
        stranger = "/socket.io/?EIO=4&transport=websocket"
        upgrade = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec_WebSocket_Version": "13",
            "Sec_WebSocket_Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        }
        assert ask(port, stranger, **upgrade) == 401
        assert ask(port, "/socket.io/?EIO=4&transport=polling") in (400, 401)
    assert "Traceback" not in server.log.read_text()


def test_the_demo_is_loaded_once_into_an_empty_database(monkeypatch, tmp_path: Path) -> None:
    import types

    from config import Settings
    from disc.app import create_app
    from disc.core.database import db

    loaded = []

    def load_demo() -> None:
        from disc.core.transaction import writing
        from disc.members import service

        with writing():
            service.create_scheme("demo", "Demo", is_demo=True)
        loaded.append("demo")

    stub = types.ModuleType("disc.demo.load")
    stub.load_demo = load_demo  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "disc.demo.load", stub)
    app = create_app(Settings(instance=tmp_path, testing=True))
    runner = app.test_cli_runner()
    assert runner.invoke(args=["disc", "prepare"], env={"DISC_DEMO": "0"}).exit_code == 0
    assert loaded == []
    for _ in range(2):
        assert runner.invoke(args=["disc", "prepare"]).exit_code == 0
    assert loaded == ["demo"]
    with app.app_context():
        db.engine.dispose()


def test_the_demo_sign_ins_are_printed(prepared: Path) -> None:
    rows = [{"role": "Member", "email": "sam@example.org", "password": "three plain words"}]
    file = prepared / "demo-signins.json"
    file.write_text(json.dumps(rows))
    try:
        with running(prepared) as server:
            server.wait_for(200)
            wait_until(lambda: "sam@example.org  three plain words" in server.log.read_text())
    finally:
        file.unlink()


def test_a_scheme_begins_with_a_link_that_works_once(prepared: Path) -> None:
    made = flask(
        prepared,
        "scheme",
        "create",
        "--name=Quay Watch",
        "--slug=quay-watch",
        "--admin-name=Sam Carter",
        "--admin-email=sam@example.org",
        "--address=https://watch.example.org/",
    )
    assert made.returncode == 0, made.stderr
    link = made.stdout.strip().splitlines()[-1]
    assert link.startswith("https://watch.example.org/join/")
    again = flask(
        prepared,
        "scheme",
        "create",
        "--name=Quay Watch",
        "--slug=quay-watch-2",
        "--admin-name=Sam Carter",
        "--admin-email=sam@example.org",
    )
    assert again.returncode != 0
    assert "Traceback" not in again.stderr


def test_the_chain_is_verified_from_the_command_line(prepared: Path) -> None:
    head = flask(prepared, "audit", "head")
    noted = head.stdout.splitlines()
    arguments = [part for line in noted for part in ("--head", line)]
    assert flask(prepared, "audit", "verify", *arguments).returncode == 0
    wrong = "00000000-0000-0000-0000-000000000000 99 00"
    assert flask(prepared, "audit", "verify", "--head", wrong).returncode != 0


def test_a_demo_that_was_interrupted_is_begun_anew(monkeypatch, tmp_path: Path) -> None:
    import types

    from config import Settings
    from disc.app import create_app
    from disc.core.blobs import blobs
    from disc.core.database import db
    from disc.members.models import Scheme

    tries = []

    def load_demo() -> None:
        from disc.core.transaction import writing
        from disc.members import service

        tries.append("try")
        blobs().put(f"picture-{len(tries)}", b"sealed")
        with writing():
            service.create_scheme(f"demo-{len(tries)}", "Demo", is_demo=True)
        if len(tries) == 1:
            raise KeyboardInterrupt

    stub = types.ModuleType("disc.demo.load")
    stub.load_demo = load_demo  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "disc.demo.load", stub)
    app = create_app(Settings(instance=tmp_path, testing=True))
    runner = app.test_cli_runner()
    assert runner.invoke(args=["disc", "prepare"]).exit_code != 0
    assert runner.invoke(args=["disc", "prepare"]).exit_code == 0
    with app.app_context():
        assert db.session.query(Scheme.slug).all() == [("demo-2",)]
        assert list(blobs().names()) == ["picture-2"]
        db.engine.dispose()
    assert runner.invoke(args=["disc", "prepare"]).exit_code == 0
    assert len(tries) == 2
