"""The custody of a photo that came by box names the file that is its original now."""

import hashlib

import pytest
from sqlalchemy import select

from disc.core.database import db
from disc.core.jobs import drain
from disc.evidence import custody
from disc.stills.models import Still
from disc.stills.ports import Handled
from tests.boxes.test_boxes_that_phones_send import LARGE, SMALL, fields
from tests.boxing import Packed, phone_of
from tests.world import World


@pytest.mark.parametrize("small", [SMALL, b""])
def test_the_reporter_and_the_digest_of_the_original_are_written_down(
    world: World, small: bytes
) -> None:
    phone, box = phone_of(world.browser("member")), Packed(fields(world), [(small, LARGE)])
    phone.send(box)
    for number in (1, 2, 3):
        phone.send_part(box, number)
    drain()
    db.session.rollback()
    still = db.session.scalars(select(Still)).one()
    kept = custody.read(still)
    received = [line for line in kept.lines if line.act is Handled.RECEIVED][-1]
    assert kept.broken_at is None
    assert received.said["sha256"] == hashlib.sha256(LARGE).hexdigest() == still.sha256
    assert received.size == len(LARGE)
    assert received.by_id == world.here.actor("member").id
    assert [line.act for line in kept.lines][-2:] == [Handled.SEALED, Handled.RENDITION]
