"""Retailers' own systems for tests: a key of a scheme, and calls with it as from another server."""

import json
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from disc.api.rules import Scope
from disc.api.service import NewKey, make_key
from disc.core import clock
from disc.core.transaction import writing
from tests.browsers import _as_server
from tests.world import Place

EVERY = frozenset(Scope)


@dataclass
class System:
    """One system with its key. ``secret`` may be changed to try another."""

    app: Flask
    key_id: uuid.UUID
    secret: str

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self._call("get", path, **kwargs)

    def post(self, path: str, **kwargs: Any) -> TestResponse:
        return self._call("post", path, **kwargs)

    def report(self, body: dict[str, Any], **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.post(
            "/api/v1/reports",
            data=json.dumps(body),
            content_type="application/json",
            headers=named,
        )

    def attach(self, report_id: str, data: bytes, name: str = "1") -> TestResponse:
        return self.post(
            f"/api/v1/reports/{report_id}/attachments",
            data=data,
            content_type="image/jpeg",
            headers={"Idempotency-Key": name},
        )

    def _call(
        self, method: str, path: str, headers: dict[str, str] | None = None, **kwargs: Any
    ) -> TestResponse:
        client = self.app.test_client()
        sent = {"Authorization": f"Bearer {self.secret}", **(headers or {})}
        return _as_server(getattr(client, method), path, headers=sent, **kwargs)


def system(
    app: Flask,
    place: Place,
    scopes: frozenset[Scope] = EVERY,
    *,
    sandbox: bool = False,
    days: int = 30,
) -> System:
    """Make a key for the first premises of a place, or for its sandbox."""
    new = NewKey(
        name="Corner Foods head office",
        scopes=scopes,
        premises_ids=frozenset() if sandbox else frozenset({place.premises_id}),
        expires_at=clock.now() + timedelta(days=days),
        is_sandbox=sandbox,
    )
    with writing():
        key, secret = make_key(place.actor("administrator"), new)
        return System(app, key.id, secret)


def body_for(place: Place, **changed: Any) -> dict[str, Any]:
    """Return a report as a system sends it; what is None is left out."""
    plain: dict[str, Any] = {
        "submission_id": str(uuid.uuid4()),
        "premises_id": str(place.premises_id),
        "kind": "shop-theft",
        "occurred_at": clock.now().isoformat(),
        "words": "Somebody took four bottles.",
        "goods": "Whisky",
        "value_pence": 4_200,
    }
    return {name: value for name, value in {**plain, **changed}.items() if value is not None}
