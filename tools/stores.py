"""PostgreSQL and Redis on this machine, and empty places in them for tests and checks."""

import contextlib
import getpass
import os
import secrets
import uuid
from collections.abc import Iterator

import psycopg
import redis
from psycopg import sql


def find_postgresql() -> str | None:
    """Return the address of a server on which databases may be made, or None.

    TEST_POSTGRESQL names it; without that, this machine's own is tried.
    """
    address = os.environ.get("TEST_POSTGRESQL") or (
        f"postgresql://{getpass.getuser()}@127.0.0.1:5432/postgres"
    )
    try:
        with psycopg.connect(address, connect_timeout=3) as connection:
            row = connection.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
    except psycopg.Error:
        return None
    return address if row and row[0] else None


@contextlib.contextmanager
def temporary_database(server: str) -> Iterator[str]:
    """Make an empty database, give its address, and drop it afterwards."""
    name = f"disc_test_{os.getpid()}"
    quoted = sql.Identifier(name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(quoted))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(quoted))
        # What is written here need not outlive the machine: no commit waits for the disk.
        connection.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(quoted))
    parts = psycopg.conninfo.conninfo_to_dict(server)
    login = f"{parts.get('user', '')}:{parts.get('password', '')}".rstrip(":")
    try:
        yield f"postgresql://{login}@{parts['host']}:{parts.get('port', 5432)}/{name}"
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(quoted))


@contextlib.contextmanager
def account_of_application(database: str) -> Iterator[str | None]:
    """Make an account without rights of its own, give the database's address for it, drop it.

    Gives None where this server's account may make no others.
    """
    name, password = f"disc_test_{uuid.uuid4().hex[:12]}", secrets.token_hex(16)
    quoted = sql.Identifier(name)
    try:
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(quoted, sql.Literal(password))
            )
    except psycopg.errors.InsufficientPrivilege:
        yield None
        return
    parts = psycopg.conninfo.conninfo_to_dict(database)
    try:
        yield (
            f"postgresql://{name}:{password}@{parts['host']}:{parts.get('port', 5432)}"
            f"/{parts['dbname']}"
        )
    finally:
        with psycopg.connect(database, autocommit=True) as connection:
            for what in ("ALL TABLES IN SCHEMA public", "SCHEMA public"):
                connection.execute(
                    sql.SQL("REVOKE ALL ON {} FROM {}").format(sql.SQL(what), quoted)
                )
            connection.execute(sql.SQL("DROP ROLE {}").format(quoted))


@contextlib.contextmanager
def empty_redis() -> Iterator[str | None]:
    """Give the address of a Redis database that nobody uses, or None; empty it afterwards."""
    base = os.environ.get("TEST_REDIS") or "redis://127.0.0.1:6379"
    for number in range(15, 0, -1):
        address = f"{base}/{number}"
        client = redis.Redis.from_url(address, socket_connect_timeout=3)
        try:
            if client.dbsize():
                continue
        except redis.RedisError:
            yield None
            return
        try:
            yield address
        finally:
            client.flushdb()
        return
    yield None
