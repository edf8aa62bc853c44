"""A record that members do not see any more opens only to a fresh proof."""

from datetime import timedelta

import pytest
import time_machine

from disc.core import clock
from disc.core.database import db
from disc.core.transaction import writing
from disc.gallery.models import Subject
from tests.story import in_gallery
from tests.world import World

LATER = timedelta(minutes=11)
"""A proof counts for ten."""


@pytest.mark.parametrize("hidden", [True, False])
def test_a_record_past_its_day_asks_for_a_fresh_proof(world: World, *, hidden: bool) -> None:
    subject_id, _ = in_gallery(world.here)
    midday = clock.now().replace(hour=12)
    with time_machine.travel(midday, tick=False) as clockwork:
        with writing() as session:
            subject = session.get_one(Subject, subject_id)
            subject.hide_on = clock.today() + timedelta(days=0 if hidden else 1)
        manager = world.browser("administrator")
        assert manager.get(f"/people/{subject_id}").status_code == 200
        clockwork.shift(LATER)
        answer = manager.get(f"/people/{subject_id}")
        assert answer.status_code == (302 if hidden else 200)
        if hidden:
            assert answer.headers["Location"] == f"/prove?next=/people/{subject_id}"
    db.session.rollback()
