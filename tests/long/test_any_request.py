"""Whatever the reporting interface is sent, it keeps its published description."""

import os

import pytest
from flask import Flask

from tests.api.asking import ask_everything
from tests.world import World

pytestmark = pytest.mark.long

TRIES = int(os.environ.get("TRIES", "100000")) // 50
"""Requests to each operation, good and bad ones apart."""


def test_the_interface_keeps_its_description_over_thousands_of_requests(
    world: World, app: Flask
) -> None:
    assert ask_everything(app, world.here, examples=max(1, TRIES)) >= 6
