"""Start the installation: ``python wsgi.py`` runs all of it, gunicorn and Flask take ``app``."""

if __name__ == "__main__":
    # Before anything else is imported, or sockets and locks would be the blocking ones.
    from gevent import monkey

    monkey.patch_all()

import os
import sys

from flask import Flask

from config import Settings, from_environment

APP_LOAD_ERROR = 4
"""gunicorn's own exit code, on which it stops instead of starting the worker again and again."""


def build() -> Flask:
    """Make the application, or end the process with one sentence on what is missing."""
    from disc.app import create_app
    from disc.core.preparing import NotReady, saying_why

    settings = from_environment()
    try:
        with saying_why():
            return create_app(settings)
    except NotReady as error:
        if sys.argv[1:4] == ["disc", "keys", "restore"]:
            return without_key(settings)
        raise _ended(error) from None


def load() -> Flask:
    """Make the application for a server, which also needs a database that is prepared."""
    from disc.core.preparing import NotReady, check_ready

    app = build()
    if os.environ.get("FLASK_RUN_FROM_CLI") != "true":
        try:
            with app.app_context():
                check_ready()
        except NotReady as error:
            raise _ended(error) from None
    return app


def _ended(error: Exception) -> SystemExit:
    print(error, file=sys.stderr)
    return SystemExit(APP_LOAD_ERROR)


def without_key(settings: Settings) -> Flask:
    """Return an application with nothing but our commands: enough to put a lost key back."""
    from disc.cli import disc

    app = Flask("disc")
    app.extensions["settings"] = settings
    app.cli.add_command(disc)
    return app


def __getattr__(name: str) -> Flask:
    """Make ``app`` when a server asks for it, so that running this file makes it only once."""
    if name != "app":
        raise AttributeError(name)
    os.umask(0o077)
    app = globals()["app"] = load()
    return app


if __name__ == "__main__":
    from disc.core.serving import serve

    raise SystemExit(serve(from_environment(), build))
