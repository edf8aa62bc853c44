"""Start the installation: ``python wsgi.py`` runs all of it, gunicorn and Flask take ``app``."""

if __name__ == "__main__":
    # Before anything else is imported, or sockets and locks would be the blocking ones.
    from gevent import monkey

    monkey.patch_all()

import os
import sys

from flask import Flask

from config import from_environment

APP_LOAD_ERROR = 4
"""gunicorn's own exit code, on which it stops instead of starting the worker again and again."""


def load() -> Flask:
    """Return the application, or end the process with one sentence on what is missing."""
    from disc.app import create_app
    from disc.core.preparing import NotReady, bare_app, check_ready, saying_why

    settings = from_environment()
    try:
        with saying_why():
            app = create_app(settings)
        if os.environ.get("FLASK_RUN_FROM_CLI") != "true":
            with app.app_context():
                check_ready()
    except NotReady as error:
        if sys.argv[1:4] == ["disc", "keys", "restore"]:
            return bare_app(settings)
        print(error, file=sys.stderr)
        raise SystemExit(APP_LOAD_ERROR) from None
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

    raise SystemExit(serve(from_environment(), load))
