"""The larger picture is made when it is first wanted: who sends a report does not wait for it."""

import io
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from disc.core.blobs import blobs
from disc.core.database import db
from disc.core.jobs import drain
from disc.core.transaction import writing
from disc.core.vault import DoesNotOpen
from disc.incidents.queries import stills_of
from disc.stills import service
from disc.stills.models import Still
from disc.stills.originals import put_original
from disc.stills.service import VIEW, blob_name, erase_still, open_rendition
from tests.at_once import side_by_side
from tests.browsers import Browser
from tests.pictures import picture
from tests.stills.test_viewing import link_on
from tests.story import in_gallery, reported
from tests.world import World

LARGE = picture(3, (2600, 1900))


def get(still_id: uuid.UUID) -> Still:
    db.session.rollback()
    return db.session.get_one(Still, still_id)


def has_view(world: World, still_id: uuid.UUID) -> bool:
    return blobs().exists(blob_name(world.here.scheme_id, still_id, VIEW))


def just_sent(world: World, sent: bytes = LARGE) -> uuid.UUID:
    incident_id = reported(world.here, pictures=(sent,))
    return stills_of([incident_id])[incident_id][0]


def test_who_opens_a_record_before_any_job_ran_sees_the_view_and_it_is_kept(world: World) -> None:
    subject_id, still_id = in_gallery(world.here)
    assert not has_view(world, still_id)
    member: Browser = world.browser("member")
    answer = member.get(link_on(member, f"/gallery/{subject_id}"))
    assert Image.open(io.BytesIO(answer.data)).size == (640, 480)
    assert has_view(world, still_id)


def test_the_job_that_compares_a_picture_leaves_its_view(world: World) -> None:
    still_id = just_sent(world)
    drain()
    assert has_view(world, still_id)
    assert max(Image.open(io.BytesIO(open_rendition(get(still_id), VIEW))).size) == 1280


def test_two_who_want_it_at_once_get_the_same_bytes(world: World, app: Flask) -> None:
    still_id, got = just_sent(world), list[bytes]()

    def look() -> None:
        got.append(open_rendition(db.session.get_one(Still, still_id), VIEW))

    side_by_side(app, look, look)
    assert len(got) == 2
    assert {*got} == {open_rendition(get(still_id), VIEW)}


def test_the_original_that_follows_a_small_copy_is_what_is_seen(world: World) -> None:
    still_id = just_sent(world, picture(3, (320, 240)))
    assert Image.open(io.BytesIO(open_rendition(get(still_id), VIEW))).size == (320, 240)
    put_original(still_id, LARGE)
    assert max(Image.open(io.BytesIO(open_rendition(get(still_id), VIEW))).size) == 1280


def test_an_original_that_comes_while_the_view_of_its_small_copy_is_made_is_what_is_seen(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    still_id = just_sent(world, picture(3, (320, 240)))
    real, came = service.offload, list[bool]()

    def interrupted(work: Callable[..., Any], *given: Any) -> Any:
        done = real(work, *given)
        if work is service.render_view and not came:
            came.append(True)
            put_original(still_id, LARGE)
        return done

    monkeypatch.setattr(service, "offload", interrupted)
    assert max(Image.open(io.BytesIO(open_rendition(get(still_id), VIEW))).size) == 1280
    assert max(Image.open(io.BytesIO(open_rendition(get(still_id), VIEW))).size) == 1280
    assert came


def test_an_erased_picture_is_not_made_again(world: World) -> None:
    still_id = just_sent(world)
    with writing():
        erase_still(get(still_id))
    drain()
    with pytest.raises(DoesNotOpen):
        open_rendition(get(still_id), VIEW)
    assert not has_view(world, still_id)
