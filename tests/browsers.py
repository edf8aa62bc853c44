"""A browser for tests without Chromium: it keeps cookies and sends forgery tokens as pages do."""

import contextvars
import re
import uuid
from typing import Any

from flask import Flask, session
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from disc.members.models import Proof
from disc.members.signin import start_session

TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"|name="csrf_token"[^>]*value="([^"]+)"')


def _as_server(call: Any, *args: Any, **kwargs: Any) -> TestResponse:
    """Call outside the test's own application context, whose ``g`` a request would share."""
    answer: TestResponse = contextvars.Context().run(call, *args, **kwargs)
    return answer


def _parts(sent: dict[str, Any]) -> MultiDict[str, Any]:
    """Return fields and files as a form holds them; a file is given as (stream, name)."""
    parts: MultiDict[str, Any] = MultiDict()
    for name, value in sent.items():
        for one in value if isinstance(value, list) else [value]:
            part = FileStorage(one[0], one[1]) if isinstance(one, tuple) else str(one)
            parts.add(name, part)
    return parts


class Browser:
    """One person's browser."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()
        self.token = ""

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        response = _as_server(self.client.get, path, **kwargs)
        if response.mimetype == "text/html":
            found = TOKEN.search(response.text)
            self.token = next(filter(None, found.groups())) if found else self.token
        return response

    def post(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        sent = {"csrf_token": self.token, **(data or {})}
        if kwargs.get("content_type") == "multipart/form-data":
            # Encoded here: the client would spool a large body to a file that it never closes.
            boundary, body = encode_multipart(_parts(sent))
            content_type = f"multipart/form-data; boundary={boundary}"
            return _as_server(self.client.post, path, data=body, content_type=content_type)
        return _as_server(self.client.post, path, data=sent, **kwargs)

    def post_json(self, path: str, body: Any, **more: str) -> TestResponse:
        headers = {"X-CSRFToken": self.token, "Accept": "application/json", **more}
        return _as_server(self.client.post, path, json=body, headers=headers)

    def put(self, path: str, body: bytes = b"") -> TestResponse:
        headers = {"X-CSRFToken": self.token, "Accept": "application/json"}
        kind = "application/octet-stream"
        return _as_server(self.client.put, path, data=body, headers=headers, content_type=kind)

    def sign_in(self, email: str, password: str) -> TestResponse:
        self.get("/sign-in")
        response = self.post("/sign-in", {"email": email, "password": password})
        if response.status_code == 302:
            self.get("/me")  # the token changes with the session
        return response

    def enter(self, member_id: uuid.UUID) -> None:
        """Sign in as the page does once a password was right, without drawing the page."""
        _as_server(self._enter, member_id)
        self.get("/me")

    def _enter(self, member_id: uuid.UUID) -> None:
        agent = {"User-Agent": self.client.environ_base["HTTP_USER_AGENT"]}
        with self.app.test_request_context("/sign-in", method="POST", headers=agent):
            start_session(member_id, Proof.PASSWORD)
            answer = self.app.response_class()
            self.app.session_interface.save_session(self.app, session, answer)
            name, _, value = answer.headers["Set-Cookie"].partition(";")[0].partition("=")
        self.client.set_cookie(name, value)
