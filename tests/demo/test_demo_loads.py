"""The whole demo, loaded through the product's own services into either database.

What it draws is beside the point here: the browser tests load it with every picture.
"""

from functools import cache

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from config import Settings
from disc.core.database import Base, db
from disc.demo import load, story
from disc.gallery.models import Subject
from disc.incidents.models import Incident
from disc.members.models import Scheme


@cache
def _small(camera: str) -> Image.Image:
    """Return one frame of a camera, for every moment and figure."""
    return load.draw_still(camera, 0, 1).resize((320, 240))


def test_the_demo_is_loaded_once(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = {camera: _small(camera) for camera in _cameras()}
    monkeypatch.setattr(load, "draw_still", lambda camera, _moment, _figure: frames[camera])
    assert load.load_demo()
    accepted = [*story.accepted(), *story.elsewhere()]
    assert _count(Scheme) == 2
    assert _count(Subject) == len(accepted)
    assert _count(Incident) == len(accepted) + len(story.waiting())
    assert (settings.instance / "demo-signins.json").exists()
    assert not load.load_demo()
    assert _count(Scheme) == 2


def _cameras() -> set[str]:
    return {shop.camera for inside in story.SHOPS.values() for shop in inside}


def _count(kind: type[Base]) -> int:
    counted = db.session.scalar(select(func.count()).select_from(kind))
    db.session.rollback()
    return counted or 0
