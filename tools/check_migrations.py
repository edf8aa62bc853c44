"""The migrations make what the models say, on SQLite and on PostgreSQL."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from stores import find_postgresql, temporary_database

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Check both, and return 1 where a model has no migration."""
    good = check("SQLite")
    server = find_postgresql()
    if server is None:
        print("Could not run: migrations on PostgreSQL. None listens here.")
        return int(not good or os.environ.get("REQUIRE_ALL") == "1")
    with temporary_database(server) as database:
        good = check("PostgreSQL", DATABASE_URL=database) and good
    return int(not good)


def check(name: str, **more: str) -> bool:
    """Upgrade an empty database and compare it with the models."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("DISC_")}
    for address in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        kept.pop(address, None)
    with tempfile.TemporaryDirectory() as folder:
        env = {**kept, "DISC_INSTANCE": folder, "FLASK_APP": "wsgi", **more}
        for command in ("upgrade", "check"):
            ran = subprocess.run(  # noqa: S603 - our own command
                [sys.executable, "-m", "flask", "db", command],
                cwd=ROOT,
                env=env,
                capture_output=True,
                text=True,
                check=False,
            )
            if ran.returncode:
                print(f"{name}: flask db {command} failed\n{ran.stdout}{ran.stderr}")
                return False
    print(f"{name}: the migrations make what the models say.")
    return True


if __name__ == "__main__":
    raise SystemExit(main())
