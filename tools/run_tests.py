"""The whole suite: on PostgreSQL and Redis what touches them, then everything as it ships.

The run as it ships is the last, so that its closing line is the last one too.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from stores import empty_redis, find_postgresql, temporary_database

ROOT = Path(__file__).resolve().parent.parent
MEMORY = Path("/dev/shm")  # noqa: S108 - folders in it are the tests' own, with names of chance
ROOM = 6 * 2**30
"""Bytes that must be free there: the browser tests' copies of the demo take half of it."""
NOTHING_COLLECTED = 5
PROCESSES = str(min(os.cpu_count() or 1, 4))
PYTEST = [sys.executable, "-m", "pytest", "-p", "tools.pytest_report"]
PYTEST += ["--numprocesses", PROCESSES, "--dist", "loadfile"]
PYTEST += ["--no-loadscope-reorder"]  # tests/conftest.py puts the longest files first


def main(arguments: list[str]) -> int:
    """Run both, and return the worse exit code."""
    notes, failed = scaled(arguments)
    if notes and os.environ.get("REQUIRE_ALL") == "1" and not failed:
        print("\n".join(notes))
        return 1
    print("== As it ships: SQLite, one process", flush=True)
    shipped = run(arguments, TEST_NOTES="\n".join(notes))
    return failed or shipped


def scaled(arguments: list[str]) -> tuple[list[str], int]:
    """Run the tests that touch the database on PostgreSQL and Redis, where both listen."""
    server = find_postgresql()
    with empty_redis() as cache:
        missing = [name for name, at in (("PostgreSQL", server), ("Redis", cache)) if at is None]
        if server is None or cache is None:
            return [f"Could not run: tests on {' and '.join(missing)}. None listens here."], 0
        print("== PostgreSQL and Redis", flush=True)
        with temporary_database(server) as database:
            code = run(
                ["--only-database", "--ignore=tests/browser", *arguments],
                TEST_DATABASE_URL=database,
                TEST_REDIS_URL=cache,
            )
    if code == NOTHING_COLLECTED:
        return [], 0
    return (["On PostgreSQL and Redis: FAILED, see above."] if code else []), code


def run(arguments: list[str], **more: str) -> int:
    """Run pytest in a process of its own."""
    kept = {k: v for k, v in os.environ.items() if k not in ("TEST_DATABASE_URL", "TEST_REDIS_URL")}
    more |= in_memory()
    return subprocess.run(  # noqa: S603 - our own command
        [*PYTEST, *arguments], cwd=ROOT, env={**kept, **more}, check=False
    ).returncode


def in_memory() -> dict[str, str]:
    """Let temporary folders lie in memory where there is room, unless somebody chose a place.

    What a test writes need not outlive the machine, and a disk makes it wait at each commit.
    """
    if "TMPDIR" in os.environ or not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        return {}
    return {"TMPDIR": str(MEMORY)}


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
