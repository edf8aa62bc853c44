"""The demo served by real processes, in either profile, for tests that need a browser."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import redis
from sqlalchemy import create_engine, select

from config import ROOT, from_environment
from disc.access.actor import Role
from disc.app import create_app
from disc.core.database import Base, db
from disc.core.migrate import engine_of_owner
from disc.core.rows import every_scheme
from disc.core.transaction import writing
from disc.members import service
from disc.members.models import Area, Premises, Scheme
from tests.whole_app.servers import PATIENCE, Server, environment, flask, free_port, running
from tools.stores import account_of_application

POSTGRESQL = os.environ.get("TEST_BROWSER_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432")
REDIS = os.environ.get("TEST_BROWSER_REDIS", "redis://127.0.0.1:6379/7")
ESTABLISHED = "01"
WITH_DEMO = {"DISC_DEMO": "1"}
DRAWN_WITHIN, COMPARED_WITHIN = 300.0, 900.0
"""Seconds for the demo's pictures on a busy machine; a quiet one draws them in about 15."""
COMPARE = """
from disc.app import create_app
from disc.core.jobs import drain
with create_app().app_context():
    drain()
"""


@dataclass
class Site:
    """A running installation with the demo in it."""

    server: Server
    instance: Path
    settings: dict[str, str] = field(default_factory=dict)
    signins: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return self.server.address

    @property
    def port(self) -> int:
        return int(self.address.rsplit(":", 1)[1])

    def invite(self, slug: str, area: str, name: str, email: str) -> str:
        """Invite a member to the premises of one Area, and return the path of the invitation."""
        app = create_app(from_environment({"DISC_INSTANCE": str(self.instance), **self.settings}))
        with app.app_context(), every_scheme():
            with writing():
                scheme = db.session.scalars(select(Scheme).where(Scheme.slug == slug)).one()
                place = select(Area).where(Area.scheme_id == scheme.id, Area.name == area)
                found = db.session.scalars(place).one()
                shops = select(Premises).where(Premises.area_id == found.id).limit(1)
                _, token = service.invite(
                    scheme,
                    name,
                    email,
                    Role.MEMBER,
                    areas=[found],
                    premises=list(db.session.scalars(shops)),
                )
            db.session.remove()
            db.engine.dispose()
        return f"/join/{token}"

    def connections_of_workers(self) -> dict[int, int]:
        """Count the open connections that each worker process holds."""
        ours = _open_sockets(self.port)
        counted = {}
        for pid in self.server.children():
            links = {_link(one) for one in Path(f"/proc/{pid}/fd").iterdir()}
            counted[pid] = len(links & ours)
        return counted


def load_demo(instance: Path) -> None:
    """Make an installation with the demo in it and its pictures compared, without serving it."""
    for command, within in (
        (["-m", "flask", "disc", "prepare"], DRAWN_WITHIN),
        (["-c", COMPARE], COMPARED_WITHIN),
    ):
        done = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=environment(instance, **WITH_DEMO),
            capture_output=True,
            text=True,
            timeout=within,
            check=False,
        )
        assert done.returncode == 0, done.stderr


@contextlib.contextmanager
def embedded(
    demo: Path, instance: Path, *, port: int | None = None, **settings: str
) -> Iterator[Site]:
    """Serve a copy of a loaded demo as ``python wsgi.py`` does."""
    shutil.copytree(demo, instance)
    with running(instance, port=port, **WITH_DEMO, **settings) as server:
        server.wait_for(200)
        yield Site(server, instance, signins=_signins(instance))


def _move(demo: Path, instance: Path, **settings: str) -> None:
    """Copy a loaded demo from its SQLite to an empty database, whose tables are made first.

    Its sealed files come last: beside an empty database they would stop it from being prepared.
    """
    shutil.copytree(demo / "keys", instance / "keys")
    made = flask(instance, "prepare", **settings)
    assert made.returncode == 0, made.stderr
    app = create_app(from_environment({"DISC_INSTANCE": str(instance), **settings}))
    drawn = create_engine(f"sqlite:///{demo / 'disc.db'}")
    with (
        app.app_context(),
        every_scheme(),
        drawn.connect() as from_here,
        engine_of_owner() as owner,
        owner.begin() as to,
    ):
        for table in Base.metadata.sorted_tables:
            to.execute(table.delete())
            rows = [dict(row) for row in from_here.execute(table.select()).mappings()]
            if rows:
                to.execute(table.insert(), rows)
        db.engine.dispose()
    drawn.dispose()
    shutil.copytree(
        demo, instance, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.db*", "keys")
    )


@contextlib.contextmanager
def scaled(demo: Path, instance: Path, workers: int = 2) -> Iterator[Site]:
    """Serve a loaded demo's rows and files with gunicorn, a job worker, PostgreSQL and Redis."""
    with _database() as owner, account_of_application(owner) as address, _empty_redis():
        settings = {"DATABASE_URL": address or owner, "REDIS_URL": REDIS}
        settings |= {"DATABASE_OWNER_URL": owner} if address else {"DISC_ALLOW_OWNER": "1"}
        _move(demo, instance, **settings)
        port = free_port()
        command = [
            *(sys.executable, "-m", "gunicorn", "-k", "gevent", "-w", str(workers)),
            *("--no-control-socket", "--graceful-timeout", "2"),
            *("-b", f"127.0.0.1:{port}", "wsgi:app"),
        ]
        jobs = [sys.executable, "-m", "flask", "--app", "wsgi", "disc", "worker"]
        with (
            running(instance, command=command, port=port, **settings) as server,
            _working(instance, jobs, settings),
        ):
            server.wait_for(200)
            yield Site(server, instance, settings, _signins(instance))


def why_no_postgresql() -> str | None:
    """Say why the scaled profile cannot run, or None."""
    try:
        psycopg.connect(f"{POSTGRESQL}/postgres", connect_timeout=10).close()
    except psycopg.Error as error:
        return f"there is no PostgreSQL: {error}"
    return None


def why_no_redis() -> str | None:
    """Say why the scaled profile cannot run, or None."""
    try:
        with redis.Redis.from_url(REDIS, socket_timeout=10) as found:
            found.ping()
    except redis.RedisError as error:
        return f"there is no Redis: {error}"
    return None


@contextlib.contextmanager
def _working(instance: Path, command: list[str], settings: dict[str, str]) -> Iterator[None]:
    log = instance.with_suffix(".worker.log")
    worker = Server(command, 0, environment(instance, **settings), log)
    try:
        yield
    finally:
        worker.process.terminate()
        try:
            worker.process.wait(PATIENCE)
        except Exception:
            worker.process.kill()
            raise


@contextlib.contextmanager
def _database() -> Iterator[str]:
    """Make a database for this run alone, and take it away."""
    name = f"browser_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"{POSTGRESQL}/postgres", autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{POSTGRESQL}/{name}"
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextlib.contextmanager
def _empty_redis() -> Iterator[None]:
    """Begin with no limits and no jobs of an earlier run, and leave none."""
    with redis.Redis.from_url(REDIS) as found:
        found.flushdb()
        try:
            yield
        finally:
            found.flushdb()


def _signins(instance: Path) -> dict[str, tuple[str, str]]:
    rows = json.loads((instance / "demo-signins.json").read_text())
    return {row["role"]: (row["email"], row["password"]) for row in rows}


def _open_sockets(port: int) -> set[str]:
    """Return the links of a port's established connections, on the server's side."""
    found = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        columns = line.split()
        if columns[3] == ESTABLISHED and int(columns[1].rsplit(":", 1)[1], 16) == port:
            found.add(f"socket:[{columns[9]}]")
    return found


def _link(descriptor: Path) -> str:
    try:
        return str(descriptor.readlink())
    except OSError:
        return ""


def wait_until(true: object, seconds: float = 90.0, every: float = 0.25) -> None:
    """Ask until something callable is true. Raises AssertionError after so many seconds."""
    end = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < end, f"not true after {seconds} s"
        time.sleep(every)
