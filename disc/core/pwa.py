"""What makes the site an app on a phone, and what says that it is ready."""

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template
from sqlalchemy.exc import SQLAlchemyError

from disc.core.database import db
from disc.core.keys import WrongKey, check_canary
from disc.core.logs import log_fault
from disc.core.migrate import at_head
from disc.core.web import compressed, limiter, public

bp = Blueprint("core", __name__)


@bp.get("/healthz")
@public
@limiter.exempt
def healthz() -> Response:
    """Answer 200 once the database is at its newest version and the key opens it."""
    try:
        check_canary()
        ready = at_head(db.engine)
    except (SQLAlchemyError, WrongKey) as error:
        log_fault(error)
        ready = False
    response = jsonify(status="ok" if ready else "starting")
    response.status_code = 200 if ready else 503
    return response


@bp.get("/offline")
@public
@compressed
def offline() -> str:
    """Show what a phone without signal shows."""
    return render_template("pwa/offline.html")


@bp.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """Describe the app to the phone."""
    body = render_template("pwa/manifest.webmanifest.json.j2")
    response = make_response(body)
    response.content_type = "application/manifest+json"
    return response


@bp.get("/service-worker.js")
@public
def service_worker() -> Response:
    """Serve the worker from the root, so that its scope is the whole site."""
    response = current_app.send_static_file("js/service-worker.js")
    response.headers["Service-Worker-Allowed"] = "/"
    response.headers["Content-Type"] = "text/javascript"
    return response
