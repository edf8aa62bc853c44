"""Commands: ``flask disc …``."""

import click
from flask import current_app
from flask.cli import AppGroup

from disc.core.jobs import run_worker
from disc.core.migrate import upgrade

disc = AppGroup("disc", help="Run and look after the installation.")


@disc.command("migrate")
def migrate() -> None:
    """Bring the database to its newest version."""
    upgrade()


@disc.command("worker")
def worker() -> None:
    """Run the job worker until it is told to stop."""
    run_worker(current_app._get_current_object())  # type: ignore[attr-defined]
