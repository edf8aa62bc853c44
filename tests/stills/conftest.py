"""Real servers with pictures in their galleries."""

import uuid
from collections.abc import Iterator

import pytest

from disc.core.database import db
from disc.core.transaction import writing
from disc.members.models import Premises
from tests.alerts.conftest import served
from tests.alerts.wire import Server
from tests.story import in_gallery
from tests.world import World


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("scaled", marks=[pytest.mark.postgresql, pytest.mark.redis]),
        "embedded",
    ],
)
def gallery(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Server, list[tuple[uuid.UUID, uuid.UUID]]]]:
    """A running server of one profile, and the (Subject, still) of pictures in its gallery.

    ``second_member`` is the contact of the premises that they came from.
    """
    pictures: list[tuple[uuid.UUID, uuid.UUID]] = []

    def fill(world: World) -> None:
        pictures.extend(in_gallery(world.here, seed=seed) for seed in range(1, 6))
        with writing():
            shop = db.session.get_one(Premises, world.here.premises_id)
            shop.contact_id = world.here.actor("second_member").id

    with served(request.param, tmp_path_factory.mktemp(request.param), fill) as running:
        yield running, pictures
