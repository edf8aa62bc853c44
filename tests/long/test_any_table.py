"""Tens of thousands of broken tables: each becomes lines and refusals, and never a fault."""

import os

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from disc.core.database import db
from disc.importing.columns import Kind
from tests.hostile_tables import files, is_read
from tests.world import World

pytestmark = pytest.mark.long

TRIES = int(os.environ.get("TRIES", "100000")) // 4
"""For each kind of file; pictures have the other half."""


@pytest.mark.parametrize("kind", Kind)
def test_any_file_becomes_lines_and_refusals(world: World, kind: Kind) -> None:
    actor, counted = world.here.actor("administrator"), {True: 0, False: 0}

    @settings(
        max_examples=TRIES,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(files(kind))
    def each(data: bytes) -> None:
        counted[is_read(actor, kind, data)] += 1
        db.session.rollback()

    each()
    print(f"\n{kind}: {counted[True]} read, {counted[False]} refused")  # noqa: T201
    assert counted[True] > 0
