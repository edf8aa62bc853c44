"""Costly forms are worked on two at a time, and nobody holds a turn by being slow or by failing."""

import io
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask, g

from disc.core import web
from tests.browsers import Browser
from tests.world import World


def test_a_turn_is_given_back_whatever_the_answer(world: World, browser: Browser) -> None:
    browser.get("/sign-in")
    for _ in range(5):  # more than there are turns: one that was kept would stop the third
        wrong = {"email": world.here.emails["member"], "password": "wrong"}
        assert browser.post("/sign-in", wrong).status_code == 401
    browser.token = "forged"
    for _ in range(5):
        assert browser.post("/sign-in", {"email": "a", "password": "b"}).status_code == 400


def test_no_more_than_two_work_at_once(app: Flask) -> None:
    working, most, all_here = [], [], Barrier(3, timeout=90)

    def press() -> None:
        with app.test_request_context("/sign-in", method="POST", data={"email": "a"}):
            web.take_turn()
            working.append(1)
            most.append(len(working))
            if len(most) <= 2:
                all_here.wait()
            working.pop()
            web.end_turn()

    threads = [Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    all_here.wait()
    for thread in threads:
        thread.join(timeout=90)
    assert max(most) == 2
    assert len(most) == 4


def test_the_form_is_read_before_a_turn_is_taken(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []

    class Body(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            order.append("read")
            return super().read(size)

        def readinto(self, into: Any) -> int:
            order.append("read")
            return super().readinto(into)

    class Turns:
        def acquire(self) -> None:
            order.append("turn")

    monkeypatch.setattr(web, "_turns", Turns())
    with app.test_request_context(
        "/sign-in",
        method="POST",
        input_stream=Body(b"email=a&x"),
        content_length=9,
        content_type="application/x-www-form-urlencoded",
    ):
        web.take_turn()
        g.pop("has_turn")
    assert order[0] == "read"
    assert order[-1] == "turn"


def test_pages_and_other_forms_wait_for_nobody(app: Flask) -> None:
    for path, method in (("/sign-in", "GET"), ("/sign-out", "POST")):
        with app.test_request_context(path, method=method):
            web.take_turn()
            assert "has_turn" not in g
