"""The application: one named step a line."""

from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from flask import Flask, request
from flask_login import current_user

from config import ROOT, Settings, from_environment
from disc.access.actor import TITLES, Actor
from disc.access.guard import find_actor, find_listener, install_guard, journal_request
from disc.access.navigation import bar
from disc.access.permissions import Permission
from disc.access.policy import may_ever
from disc.core import pwa
from disc.core.blobs import install_blobs
from disc.core.database import install_database
from disc.core.errors import install_errors
from disc.core.jobs import install_jobs
from disc.core.keys import install_keys, keyring
from disc.core.live import install_live
from disc.core.logs import install_logs
from disc.core.mail import install_mail
from disc.core.migrate import install_migrations
from disc.core.push import install_push
from disc.core.web import install_web
from disc.members.passwords import install_passwords
from disc.members.queries import listening_sessions
from disc.members.signin import install_signin
from disc.members.watching import install_watching
from disc.stills.viewing import picture_url

FEATURES = (
    "members",
    "stills",
    "matching",
    "gallery",
    "printing",
    "incidents",
    "boxes",
    "exclusions",
    "intelligence",
    "alerts",
    "police",
    "evidence",
    "importing",
    "dataprotection",
    "api",
    "desk",
)
EDGES = ("models", "views", "sockets", "api", "listeners")


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application. Raises UnusableKey where there is no master key to be had."""
    settings = settings or from_environment()
    app = Flask("disc", root_path=str(ROOT), static_folder="static", template_folder="templates")
    app.testing = settings.testing
    app.extensions["settings"] = settings
    settings.instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    install_logs(app)
    install_keys(app, settings)
    _install_cookie_key(app)
    install_database(app, settings)
    install_migrations(app)
    install_blobs(app, settings)
    install_errors(app)
    install_guard(app)  # first: a stranger's request is refused before its body is read
    install_web(app, settings)
    install_passwords(app, settings)
    install_signin(app, settings)
    install_watching(app, settings)
    install_live(app, settings, find_listener, listening_sessions)
    install_jobs(app, settings)
    install_mail(app, settings)
    install_push(app, settings)
    _install_features(app)
    app.context_processor(_page)
    app.jinja_env.globals.update(picture_url=picture_url, role_titles=TITLES)
    app.after_request(journal_request)
    _install_commands(app)
    return app


def _install_features(app: Flask) -> None:
    """Load each feature's edges; what they declare (routes, listeners, ports) takes effect so."""
    app.register_blueprint(pwa.bp)
    for feature in FEATURES:
        for edge in EDGES:
            name = f"disc.{feature}.{edge}"
            if find_spec(name) is None:
                continue
            module = import_module(name)
            if hasattr(module, "bp"):
                app.register_blueprint(module.bp)


def _install_cookie_key(app: Flask) -> None:
    with app.app_context():
        app.secret_key = keyring().source.derive("cookies")


def _install_commands(app: Flask) -> None:
    from disc.cli import disc

    app.cli.add_command(disc)


def _page() -> dict[str, Any]:
    """Give every page who reads it and the bar to move about."""
    actor = find_actor()
    return {
        "actor": actor,
        "person_name": current_user.name if actor else None,
        "scheme_name": current_user.scheme_name if actor else None,
        "nav": bar(actor, request.path),
        "hears_alerts": find_listener() is not None,
        "role_may": partial(_role_may, actor),
    }


def _role_may(actor: Actor | None, permission: str) -> bool:
    """Say whether to offer the reader's role something; the view decides all the same."""
    return actor is not None and may_ever(actor, Permission(permission))
