"""How a picture is shown can be changed; what was sent cannot, and what was hidden stays so."""

import hashlib
import io
import uuid
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from flask import Flask
from PIL import Image, ImageDraw, ImageStat

from disc.core import clock
from disc.core.audit import AuditEvent
from disc.core.blobs import NoSuchBlob, blobs
from disc.core.database import db
from disc.core.errors import DiscError, Missing
from disc.core.jobs import drain
from disc.core.pictures.steps import Blur, Crop, Step, Turn
from disc.core.transaction import writing
from disc.stills import editing, listeners
from disc.stills.editing import save_edit
from disc.stills.errors import EditedMeanwhile
from disc.stills.models import Still
from disc.stills.service import (
    ORIGINAL,
    VIEW,
    blob_name,
    erase_still,
    hide_still,
    open_as_sent,
    open_rendition,
)
from tests.at_once import side_by_side
from tests.stills.test_viewing import link_on
from tests.story import in_gallery
from tests.world import World

FACE = Blur(0.4, 0.2, 0.6, 0.5)


def bystander() -> bytes:
    """Draw a grey scene in which a pattern of its own stands for a bystander's face."""
    image = Image.new("RGB", (640, 480), (70, 70, 70))
    pen = ImageDraw.Draw(image)
    for left in range(290, 350, 12):
        pen.rectangle((left, 130, left + 5, 210), (250, 220, 60))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=95)
    return out.getvalue()


@pytest.fixture
def still_id(world: World, monkeypatch: pytest.MonkeyPatch) -> uuid.UUID:
    """A picture in the gallery with a bystander on it."""
    monkeypatch.setattr("tests.story.picture", lambda _seed: bystander())
    return in_gallery(world.here)[1]


def get(still_id: uuid.UUID) -> Still:
    return db.session.get_one(Still, still_id)


def save(world: World, still_id: uuid.UUID, *steps: Step, version: int = 0) -> None:
    save_edit(world.here.actor("administrator"), still_id, steps, version)


def is_recognised(data: bytes) -> bool:
    """Say whether the pattern can still be seen."""
    inside = Image.open(io.BytesIO(data)).convert("L").crop((300, 150, 340, 190))
    return ImageStat.Stat(inside).stddev[0] > 20


def files(still_id: uuid.UUID) -> set[str]:
    return {name.rsplit("/", 1)[1] for name in blobs().names() if str(still_id) in name}


def test_everybody_sees_the_edit_by_a_link_minted_before_it_too(
    world: World, still_id: uuid.UUID
) -> None:
    member = world.browser("member")
    subject = db.session.scalars(db.select(db.metadata.tables["subject"].c.id)).one()
    link = link_on(member, f"/gallery/{subject}")
    before = member.get(link).data
    save(world, still_id, FACE)
    after = member.get(link).data
    assert is_recognised(open_as_sent(get(still_id)))
    assert not is_recognised(open_rendition(get(still_id), VIEW))
    assert before != after


def test_the_original_and_its_digest_never_change(world: World, still_id: uuid.UUID) -> None:
    sealed = blobs().get(blob_name(world.here.scheme_id, still_id, ORIGINAL))
    save(world, still_id, FACE, Turn(1), Crop(0, 0, 0.8, 0.8))
    drain()
    still = get(still_id)
    assert blobs().get(blob_name(world.here.scheme_id, still_id, ORIGINAL)) == sealed
    assert hashlib.sha256(open_rendition(still, ORIGINAL)).hexdigest() == still.sha256
    assert (still.width, still.height) == (640, 480)


def test_the_files_of_before_are_gone_once_the_worker_heard_of_it(
    world: World, still_id: uuid.UUID
) -> None:
    drain()
    save(world, still_id, FACE)
    save(world, still_id, FACE, Turn(1), version=1)
    drain()
    mark = get(still_id).shown_as
    kept = {ORIGINAL, f"view-{mark}", f"thumb-{mark}"}
    assert files(still_id) - {"features"} == kept


def test_undone_the_picture_is_shown_as_it_was_sent(world: World, still_id: uuid.UUID) -> None:
    sent = open_rendition(get(still_id), VIEW)
    save(world, still_id, FACE)
    save(world, still_id, version=1)
    drain()
    still = get(still_id)
    assert open_rendition(still, VIEW) == sent == open_as_sent(still)
    assert (still.steps, still.edit_version) == ("", 2)


def test_steps_are_kept_sealed_and_who_saved_them_is_written_down(
    world: World, still_id: uuid.UUID
) -> None:
    save(world, still_id, FACE)
    still = get(still_id)
    assert still.steps == '[["blur",0.4,0.2,0.6,0.5]]'
    assert still.steps_sealed is not None
    assert b"blur" not in still.steps_sealed
    assert still.edited_by_id == world.here.actor("administrator").id
    acts = db.session.scalars(
        db.select(AuditEvent.act).where(
            AuditEvent.target_id == still_id, AuditEvent.act.like("%edited%")
        )
    )
    assert list(acts) == ["picture edited"]


def test_the_second_of_two_managers_is_told_and_leaves_nothing(
    world: World, still_id: uuid.UUID
) -> None:
    save(world, still_id, FACE)
    drain()
    before = files(still_id)
    with pytest.raises(EditedMeanwhile):
        save(world, still_id, Turn(1))
    assert files(still_id) == before
    assert not is_recognised(open_rendition(get(still_id), VIEW))


def test_of_two_who_save_at_once_one_does(world: World, app: Flask, still_id: uuid.UUID) -> None:
    refused: list[str] = []

    def act(step: Step) -> None:
        try:
            save(world, still_id, step)
        except DiscError as refusal:
            refused.append(refusal.code)

    world.here.actor("administrator")
    side_by_side(app, partial(act, FACE), partial(act, Turn(1)))
    db.session.expire_all()
    assert refused == ["edited-meanwhile"]
    assert get(still_id).edit_version == 1
    drain()
    mark = get(still_id).shown_as
    assert files(still_id) - {ORIGINAL, "features"} == {f"view-{mark}", f"thumb-{mark}"}


def test_a_crash_before_the_row_leaves_the_old_picture_and_the_sweep_the_rest(
    world: World, still_id: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(world, still_id, FACE)
    drain()

    def crash(*_args: object) -> None:
        raise OSError("the power went")

    with monkeypatch.context() as broken:
        broken.setattr(editing, "_show", crash)
        with pytest.raises(OSError, match="power"):
            save(world, still_id, version=1)
    assert not is_recognised(open_rendition(get(still_id), VIEW))
    left = {name for name in files(still_id) if name.startswith("view")}
    assert len(left) == 2
    listeners.sweep_orphans()  # an edit may be about to be saved
    assert {name for name in files(still_id) if name.startswith("view")} == left
    with time_machine.travel(clock.now() + timedelta(hours=25), tick=False):
        listeners.sweep_orphans()
    db.session.expire_all()
    assert {name for name in files(still_id) if name.startswith("view")} == {
        f"view-{get(still_id).shown_as}"
    }
    assert not is_recognised(open_rendition(get(still_id), VIEW))


def test_a_crash_after_the_row_shows_the_new_picture_and_the_sweep_takes_the_old(
    world: World, still_id: uuid.UUID
) -> None:
    save(world, still_id, FACE)  # and no worker ever heard of it
    assert "thumb" in files(still_id)
    assert not is_recognised(open_rendition(get(still_id), VIEW))
    with time_machine.travel(clock.now() + timedelta(hours=25), tick=False):
        listeners.sweep_orphans()
    db.session.expire_all()
    assert {"view", "thumb"} & files(still_id) == set()
    assert not is_recognised(open_rendition(get(still_id), VIEW))


def test_a_hidden_picture_and_another_schemes_cannot_be_edited(
    world: World, still_id: uuid.UUID
) -> None:
    with pytest.raises(Missing):
        save_edit(world.there.actor("administrator"), still_id, (FACE,), 0)
    with writing():
        hide_still(world.here.actor("administrator"), get(still_id), hidden=True)
    with pytest.raises(Missing):
        save(world, still_id, FACE)


def test_an_erased_picture_keeps_neither_steps_nor_files(world: World, still_id: uuid.UUID) -> None:
    save(world, still_id, FACE)
    drain()
    with writing():
        erase_still(get(still_id))
    drain()
    assert files(still_id) == set()
    assert get(still_id).steps_sealed is None


def test_erased_while_it_was_edited_it_stays_erased(
    world: World, still_id: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = editing.store_renditions

    def then_erase(*args: object) -> None:
        stored(*args)  # type: ignore[arg-type]
        with writing():
            erase_still(get(still_id))
        drain()

    monkeypatch.setattr(editing, "store_renditions", then_erase)
    with pytest.raises(Missing):
        save(world, still_id, FACE)
    assert files(still_id) == set()
    with pytest.raises(NoSuchBlob):
        blobs().get(blob_name(world.here.scheme_id, still_id, "view"))
