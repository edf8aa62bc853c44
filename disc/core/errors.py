"""What can go wrong, as sentences for whoever meets it, and the one place that renders them."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from disc.core.database import db
from disc.core.typed import typed_here


class BadSetting(Exception):
    """What the installation was told from outside cannot be; the sentence says what and why."""


class DiscError(Exception):
    """A refusal with a code for machines, an HTTP status and a sentence for a person."""

    code = "refused"
    status = 422
    sentence = "This cannot be done."

    def __init__(
        self, sentence: str | None = None, problems: Sequence[Mapping[str, str]] = ()
    ) -> None:
        self.sentence, self.problems = sentence or self.sentence, problems
        super().__init__(self.sentence)


class Missing(DiscError):
    """There is no such thing, or it is none of the asker's business: both look alike."""

    code = "missing"
    status = 404
    sentence = "We cannot find that page."


class Stale(DiscError):
    """Somebody else changed the record first."""

    code = "stale"
    status = 409
    sentence = "Somebody else has already dealt with this."


SENTENCES = {
    400: "We did not understand that request.",
    401: "Sign in first.",
    403: "We cannot find that page.",
    404: Missing.sentence,
    405: "We cannot find that page.",
    413: "That is too large. One photo may have 40 MB, and one report 100 MB.",
    429: "That was too many tries. Wait a minute, then try again.",
    503: "The service is not ready. Try again in a minute.",
}
TITLES = {
    400: "Not understood",
    401: "Sign in again",
    404: "Page not found",
    409: "Not possible now",
    413: "Too large",
    422: "Please check",
    429: "Too many tries",
    503: "Not ready",
}
"""The heading above the sentence."""
FOR_SYSTEMS = "/api/"
"""Below this no person has a page."""
KEEPS_WORDS = (400, 401)
"""Refusals of a form that was good: the page offers to send it again."""
FAULT = "Something went wrong on our side. What you sent may not have been saved. Try again."


def wants_json() -> bool:
    """Say whether the caller is a script rather than a person's page."""
    return request.path.startswith(FOR_SYSTEMS) or request.accept_mimetypes.best_match(
        ["text/html", "application/json"]
    ) == ("application/json")


def install_errors(app: Flask) -> None:
    """Answer every failure in one way: HTML for people, problem+json for scripts."""
    app.register_error_handler(DiscError, _refused)
    app.register_error_handler(CSRFError, _expired_form)
    app.register_error_handler(IntegrityError, _at_once)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _fault)


def _refused(error: Exception) -> Response:
    assert isinstance(error, DiscError)  # noqa: S101 - narrows Flask's handler type
    more = {"problems": list(error.problems)} if error.problems else {}
    return _render(error.status, error.code, error.sentence, more)


def _at_once(error: Exception) -> Response:
    """Answer for two requests that did the same thing at the same moment."""
    from disc.core.logs import log_fault

    log_fault(error)
    return _render(
        409, "at-once", "Somebody else did this at the same moment. Load the page again."
    )


def _expired_form(_error: Exception) -> Response:
    return _render(
        400,
        "expired-form",
        "This page was open too long. Send it again.",
    )


def _http(error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - narrows Flask's handler type
    if error.response is not None:
        return make_response(error.response)
    status = error.code or 500
    if isinstance(error, MethodNotAllowed) and request.path.startswith(FOR_SYSTEMS):
        response = _render(status, "method-not-allowed", "That address has no such method.")
        response.headers["Allow"] = ", ".join(error.valid_methods or ())
        return response
    shown = 404 if status in (403, 405) else status
    return _render(shown, HTTPStatus(shown).phrase.lower(), SENTENCES.get(status, FAULT))


def _fault(error: Exception) -> Response:
    from disc.core.logs import log_fault

    log_fault(error)
    return _render(500, "fault", FAULT)


def _render(
    status: int, code: str, sentence: str, more: Mapping[str, Any] | None = None
) -> Response:
    db.session.rollback()
    if wants_json():
        response = jsonify(
            type="about:blank", title=sentence, status=status, code=code, **(more or {})
        )
        response.content_type = "application/problem+json"
    else:
        title = TITLES.get(status, "Something went wrong")
        typed = typed_here() if status in KEEPS_WORDS else []
        body = render_template(
            "shared/error.html", title=title, sentence=sentence, code=status, typed=typed
        )
        response = make_response(body)
    response.status_code = status
    g.refused = True
    return response
