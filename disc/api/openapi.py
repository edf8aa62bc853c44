"""The published description of the interface (OpenAPI 3.1), made from what the code takes."""

from functools import lru_cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from disc.api.forms.bodies import (
    AttachmentAnswer,
    CodesAnswer,
    PretendBody,
    Problem,
    ReportAnswer,
    ReportBody,
    ReportPage,
    Taken,
)
from disc.api.queries import PAGE
from disc.api.rules import Scope

PICTURES = ("image/jpeg", "image/png", "image/webp", "image/heic", "application/octet-stream")
LARGEST_REPORT = 128 * 1024
MOST_AT_ONCE = 200
RATE = "120/minute;3000/hour"
REFUSALS = {
    400: "The request makes no sense, or a cookie of a sign-in came along.",
    401: "There is no key, or it has ended.",
    403: "The key was not made for this.",
    404: "There is no such report of this key.",
    409: "The same id was used for something else, or the report was decided already.",
    413: "The body is too large.",
    415: "The body is of a kind that is not taken, or is compressed.",
    422: "Something in the body cannot be used; problems says what.",
    429: "Too many requests. Retry-After says in how many seconds to go on.",
}
ID = {
    "name": "report_id",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "format": "uuid"},
}
ONCE = {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[!-~]+$"}


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """Return the description of the interface."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Reporting API",
            "version": "1",
            "description": "For retailers' own systems. docs/api.md tells more, with examples.",
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"key": []}],
        "paths": _paths(),
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(),
        },
    }


def _paths() -> dict[str, Any]:
    return {
        "/reports": {"post": _send(), "get": _list()},
        "/reports/{report_id}": {
            "get": _operation(
                "getReport", "Where a report stands", Scope.REPORT_READ, {200: ReportAnswer}, (404,)
            )
            | {"parameters": [ID]}
        },
        "/reports/{report_id}/attachments": {"post": _attach()},
        "/reports/{report_id}/pretend": {"post": _pretend()},
        "/codes": {
            "get": _operation("getCodes", "What the key may send", None, {200: CodesAnswer})
        },
        "/openapi.json": {
            "get": {
                "operationId": "getDescription",
                "summary": "This description",
                "security": [],
                "responses": {
                    "200": {
                        "description": "OK",
                        "content": {"application/json": {"schema": {"type": "object"}}},
                    }
                },
            }
        },
    }


def _send() -> dict[str, Any]:
    return _operation(
        "sendReport",
        "Send a report, once however often it is tried",
        Scope.REPORT_WRITE,
        {201: Taken},
        (409, 413, 415, 422),
    ) | {
        "parameters": [_header("Idempotency-Key", required=False)],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _ref(ReportBody)}},
        },
    }


def _list() -> dict[str, Any]:
    return _operation(
        "listReports",
        "The key's reports, the oldest first",
        Scope.REPORT_READ,
        {200: ReportPage},
        (422,),
    ) | {
        "parameters": [
            _query(
                "since", {"type": "string", "format": "uuid"}, "The id of the last one you have."
            ),
            _query(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": MOST_AT_ONCE, "default": PAGE},
                "How many at most.",
            ),
        ]
    }


def _attach() -> dict[str, Any]:
    picture = {"schema": {"type": "string", "format": "binary"}}
    return _operation(
        "addAttachment",
        "Add a photo to a report that is not decided yet",
        Scope.ATTACHMENT_WRITE,
        {201: AttachmentAnswer},
        (404, 409, 413, 415, 422),
    ) | {
        "parameters": [ID, _header("Idempotency-Key", required=True)],
        "requestBody": {"required": True, "content": dict.fromkeys(PICTURES, picture)},
    }


def _pretend() -> dict[str, Any]:
    return _operation(
        "pretend",
        "In a sandbox: say what becomes of a report",
        Scope.REPORT_WRITE,
        {200: ReportAnswer},
        (404, 409, 413, 415, 422),
    ) | {
        "parameters": [ID],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _ref(PretendBody)}},
        },
    }


def _operation(
    name: str,
    summary: str,
    scope: Scope | None,
    answers: dict[int, type[BaseModel]],
    refusals: tuple[int, ...] = (),
) -> dict[str, Any]:
    return {
        "operationId": name,
        "summary": summary,
        "description": f"Needs the scope {scope}." if scope else "Needs any key.",
        "responses": {
            **{
                str(status): _answer("OK", "application/json", kind)
                for status, kind in answers.items()
            },
            **{
                str(status): _answer(REFUSALS[status], "application/problem+json", Problem)
                for status in sorted({400, 401, 403, 429, *refusals})
            },
        },
    }


def _answer(said: str, kind: str, body: type[BaseModel]) -> dict[str, Any]:
    return {"description": said, "content": {kind: {"schema": _ref(body)}}}


def _header(name: str, *, required: bool) -> dict[str, Any]:
    said = "Names what you send: a retry with the same name is not taken twice."
    return {"name": name, "in": "header", "required": required, "description": said, "schema": ONCE}


def _query(name: str, schema: dict[str, Any], said: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": said, "schema": schema}


def _ref(kind: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{kind.__name__}"}


def _schemas() -> dict[str, Any]:
    bodies = [(ReportBody, "validation"), (PretendBody, "validation"), (Problem, "serialization")]
    answers = [
        (kind, "serialization")
        for kind in (Taken, ReportAnswer, ReportPage, AttachmentAnswer, CodesAnswer)
    ]
    _, made = models_json_schema(
        [*bodies, *answers],  # type: ignore[list-item] # each mode is one of the two literals
        ref_template="#/components/schemas/{model}",
    )
    found: dict[str, Any] = made["$defs"]
    return found
