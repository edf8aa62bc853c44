"""The published description says what the code does, and the interface does what it says."""

import json
from pathlib import Path

from flask import Flask

from disc.api.openapi import document
from tests.api.asking import ask_everything
from tests.browsers import _as_server
from tests.world import World
from tools.openapi import page

HOW = "run: python tools/openapi.py > docs/openapi.json"
ROOT = Path(__file__).parents[2]


def test_the_description_in_the_documents_is_the_one_that_the_code_makes() -> None:
    assert (ROOT / "docs/openapi.json").read_text() == page(), (
        "tools/openapi.py > docs/openapi.json"
    )


def test_the_interface_serves_its_description_to_anybody(app: Flask) -> None:
    served = _as_server(app.test_client().get, "/api/v1/openapi.json")
    assert served.json == json.loads(json.dumps(document()))


def test_nothing_in_the_interface_asks_for_ethnicity() -> None:
    told = page().lower()
    assert not any(word in told for word in ("ethnic", "race", "religion", "nationality"))


def test_the_interface_keeps_its_description_whatever_it_is_sent(world: World, app: Flask) -> None:
    """A few examples of each; ``make test-long`` sends many."""
    assert ask_everything(app, world.here, examples=8) >= 6
