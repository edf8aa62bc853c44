"""A phone that sends a video in pieces, for tests."""

import hashlib
import struct
import uuid
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.browsers import Browser

KILOBYTE = 1024
MADE = 3_800_000_000
"""Seconds from 1904 to 31 May 2024."""


def small_pieces(app: Flask, monkeypatch: pytest.MonkeyPatch, **more: Any) -> None:
    """Let pieces have 1 KiB, so that a small file has as many as a large one."""
    changed = replace(app.extensions["settings"], **{"video_piece_kilobytes": 1, **more})
    monkeypatch.setitem(app.extensions, "settings", changed)


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + name + body


def mp4(size: int, *, made: int = MADE, brand: bytes = b"isom") -> bytes:
    """Return bytes that begin and end as an MP4 does, and that no player could play."""
    head = box(b"ftyp", brand + b"\0\0\0\0" + brand)
    header = box(b"mvhd", bytes(4) + struct.pack(">II", made, made) + bytes(88))
    movie = box(b"moov", header)
    filling = size - len(head) - len(movie) - 8
    noise = hashlib.shake_256(b"frames").digest(filling)
    return head + box(b"mdat", noise) + movie


@dataclass
class Phone:
    """One file on its way from one browser."""

    browser: Browser
    data: bytes
    name: str = "cctv.mp4"
    submission_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    incident_id: str = ""
    upload_id: str = ""
    state: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.upload_id = self.upload_id or str(
            uuid.UUID(bytes=hashlib.sha256(self.data).digest()[:16])
        )
        if not self.browser.token:
            self.browser.get("/me")

    def begin(self, **more: Any) -> TestResponse:
        told = {
            "upload_id": self.upload_id,
            "size": len(self.data),
            "name": self.name,
            "sha256": hashlib.sha256(self.data).hexdigest(),
            **(
                {"incident_id": self.incident_id}
                if self.incident_id
                else {"submission_id": self.submission_id}
            ),
            **more,
        }
        return self._kept(self.browser.post_json("/evidence/videos", told))

    @property
    def path(self) -> str:
        return f"/evidence/videos/{self.state['id']}"

    def part(self, number: int) -> bytes:
        piece = self.state["piece_bytes"]
        return self.data[number * piece : (number + 1) * piece]

    def put(self, number: int, body: bytes | None = None) -> TestResponse:
        sent = self.part(number) if body is None else body
        return self._kept(self.browser.put(f"{self.path}/pieces/{number}", sent))

    def send(self, first: int = 0, last: int | None = None) -> None:
        for number in range(first, self.state["pieces"] if last is None else last):
            assert self.put(number).status_code == 200

    def finish(self) -> TestResponse:
        return self._kept(
            self.browser.post(f"{self.path}/finish", headers={"Accept": "application/json"})
        )

    def all(self) -> "Phone":
        assert self.begin().status_code == 200
        self.send()
        answer = self.finish()
        assert answer.status_code == 200
        assert answer.json["finished"]
        return self

    def _kept(self, answer: TestResponse) -> TestResponse:
        if answer.is_json and answer.json and "id" in answer.json:
            self.state = answer.json
        return answer
