"""Start the installation: ``python wsgi.py`` runs all of it, gunicorn and Flask take ``app``."""

if __name__ == "__main__":
    # Before anything else is imported, or sockets and locks would be the blocking ones.
    from gevent import monkey

    monkey.patch_all()

import os
import sys
from importlib import import_module

from flask import Flask

from config import Settings, from_environment

APP_LOAD_ERROR = 4
"""gunicorn's own exit code, on which it stops instead of starting the worker again and again."""


def load() -> Flask:
    """Return the application, or end the process with one sentence on what is missing."""
    from disc.app import create_app
    from disc.core.preparing import NotReady, check_ready, saying_why

    settings = from_environment()
    try:
        with saying_why():
            app = create_app(settings)
        if os.environ.get("FLASK_RUN_FROM_CLI") != "true":
            with app.app_context():
                check_ready()
    except NotReady as error:
        if sys.argv[1:4] == ["disc", "keys", "restore"]:
            return without_key(settings)
        print(error, file=sys.stderr)
        raise SystemExit(APP_LOAD_ERROR) from None
    return app


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

    raise SystemExit(serve(from_environment(), load, lambda: import_module("disc.app")))
