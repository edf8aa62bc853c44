"""Structured logs: a line says what happened to which route, never to whom."""

import json
import logging
import sys
import traceback
from typing import Any

from flask import Flask, Response, g, request

from disc.core import clock

log = logging.getLogger("disc")


class JsonLines(logging.Formatter):
    """One JSON object a line; the message and known extras only."""

    def format(self, record: logging.LogRecord) -> str:
        """Render one record without its arguments' reprs."""
        fields: dict[str, Any] = {
            "at": clock.now().isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        fields.update(getattr(record, "fields", {}))
        return json.dumps(fields)


def install_logs(app: Flask) -> None:
    """Send our log lines to standard error and note each request's route, status and time."""
    if not log.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
        log.addHandler(handler)
        log.propagate = False
    log.setLevel(logging.WARNING if app.testing else logging.INFO)
    app.before_request(_start)
    app.after_request(_finish)


def note(event: str, level: int = logging.INFO, **fields: str | float) -> None:
    """Log one event with ids and counts; never pass a name, a word or an address."""
    log.log(level, event, extra={"fields": fields})


def log_fault(error: BaseException) -> None:
    """Log where a fault arose without its message, which may hold what a user typed."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    where = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in frames]
    root: BaseException = error
    while root.__cause__ is not None:
        root = root.__cause__
    note(
        "fault",
        logging.ERROR,
        kind=type(error).__name__,
        cause=type(root).__name__,
        where=" > ".join(where),
    )


def _start() -> None:
    g.started = clock.now()


def _finish(response: Response) -> Response:
    if request.endpoint not in ("static", "core.healthz"):
        # The rule, not the path: an address may carry an id or a token.
        rule = request.url_rule.rule if request.url_rule else "unknown"
        took = (clock.now() - g.started).total_seconds() * 1000
        note(
            "request",
            method=request.method,
            route=rule,
            status=response.status_code,
            ms=round(took, 1),
        )
    return response
