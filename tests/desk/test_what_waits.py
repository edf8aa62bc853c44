"""What waits for a manager is counted as it is listed: never "1" over an empty list."""

import re
import uuid

import pytest

from disc.core import clock
from disc.core.database import db
from disc.core.jobs import drain
from disc.core.transaction import writing
from disc.desk.queries import waiting
from disc.gallery.care import take_care
from disc.gallery.identifying import cards, identify
from disc.gallery.looks import Looks
from disc.gallery.merging import merge
from disc.gallery.models import Identification, Sureness
from disc.gallery.queries import awaiting_board, get_subject
from disc.gallery.service import Correction, correct_subject
from disc.incidents.models import Incident
from disc.incidents.queries import queue
from disc.intelligence import queries as links
from disc.matching.queries import open_pairs
from tests.intelligence.cases import linked
from tests.pictures import picture
from tests.story import in_gallery, reported
from tests.world import World


def becomes_child(world: World, subject_id: uuid.UUID) -> None:
    manager = world.here.actor("administrator")
    with writing():
        row = get_subject(manager, subject_id)
        correct_subject(manager, row, Correction(looks=Looks(age_band="aged under 10")))
        take_care(manager, row, under_18=False, vulnerable=False)


def listed(world: World, who: str) -> dict[str, int]:
    actor = world.here.actor(who)
    lists = {
        "reports": queue(actor),
        "answers": [card for card in cards(actor) if card.waits],
        "board": awaiting_board(actor),
        "duplicates": open_pairs(actor),
    }
    return {name: len(found) for name, found in lists.items()}


def test_counts_leave_out_whom_the_reader_may_not_see(world: World) -> None:
    subject_id, _ = in_gallery(world.here, seed=1)
    waits, _ = in_gallery(world.here, seed=2, under_18=True)
    manager, deputy = world.here.actor("administrator"), world.here.actor("sub_administrator")
    reported(world.here, "far_member", pictures=(picture(1),))
    drain()
    with writing():
        found = get_subject(manager, subject_id)
        identify(world.here.actor("second_member"), found, "Somebody", "", Sureness.SURE)
    everything = {"reports": 1, "answers": 1, "board": 1, "duplicates": 1}
    assert waiting(deputy) == listed(world, "sub_administrator") == everything
    becomes_child(world, subject_id)
    becomes_child(world, waits)
    assert waiting(deputy) == listed(world, "sub_administrator")
    assert waiting(deputy) == {"reports": 1, "answers": 0, "board": 0, "duplicates": 0}
    assert waiting(manager) == listed(world, "administrator")
    assert waiting(manager) == everything | {"board": 0}
    page = world.browser("sub_administrator").get("/").text
    assert re.findall(r"<dd>(\d+)</dd>", page)[:4] == ["1", "0", "0", "0"]


@pytest.mark.parametrize("row", [Incident, Identification])
def test_counts_leave_out_what_is_past_its_day(world: World, row: type) -> None:
    subject_id, _ = in_gallery(world.here)
    manager = world.here.actor("administrator")
    reported(world.here)
    with writing():
        found = get_subject(manager, subject_id)
        identify(world.here.actor("second_member"), found, "Somebody", "", Sureness.SURE)
    assert sum(waiting(manager).values()) == 2
    with writing():
        for one in db.session.query(row):
            one.erase_on = clock.today()
    assert waiting(manager) == listed(world, "administrator")
    assert sum(waiting(manager).values()) == 1


def test_links_to_check_are_counted_as_they_are_listed(world: World) -> None:
    one, other = in_gallery(world.here, seed=1)[0], in_gallery(world.here, seed=2)[0]
    kept, third = in_gallery(world.here, seed=3)[0], in_gallery(world.here, seed=4)[0]
    manager, deputy = world.here.actor("administrator"), world.here.actor("sub_administrator")
    linked(world.here, one, other)
    linked(world.here, third, other)

    def both(actor: object) -> tuple[int, int]:
        return links.count_to_check(actor), len(links.to_check(actor))

    assert both(deputy) == (2, 2)
    with writing():
        merge(manager, other, one)  # who were linked are one person now
    assert both(deputy) == (1, 1)
    with writing():
        merge(manager, third, kept)
    becomes_child(world, kept)
    assert both(deputy) == (0, 0)
    assert both(manager) == (1, 1)
    assert "Links to check (0)" in world.browser("sub_administrator").get("/desk").text
