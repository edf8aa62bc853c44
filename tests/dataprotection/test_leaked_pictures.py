"""A leaked picture: brought by the DPO, looked at by the worker; named is who is sure to be it."""

import io
import re
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from PIL import Image, ImageFilter

from disc.core import clock
from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.jobs import drain
from disc.core.pictures.steps import Crop, Turn
from disc.core.transaction import writing
from disc.dataprotection.models import LeakSearch, LeakState
from disc.dataprotection.retention import run_clocks
from disc.dataprotection.rules import HowSure, chance_of, how_sure
from disc.gallery.models import Subject
from disc.stills.editing import save_edit
from disc.stills.models import Still
from disc.stills.service import VIEW, hide_still, open_rendition
from disc.stills.withdrawing import withdraw
from tests.browsers import Browser
from tests.pictures import picture
from tests.story import in_gallery
from tests.world import World

PATH = "/audit/leak"
LINK = re.compile(r'src="(/img/[^"]+)"')


def shown(browser: Browser, path: str) -> bytes:
    """Return the first picture of a page, as it is served to whoever looks."""
    link = LINK.search(browser.get(path).text)
    assert link is not None
    return browser.get(link[1]).data


def copied(data: bytes, change: Callable[[Image.Image], Image.Image] = lambda one: one) -> bytes:
    out = io.BytesIO()
    change(Image.open(io.BytesIO(data))).convert("RGB").save(out, "JPEG", quality=70)
    return out.getvalue()


def bring(dpo: Browser, data: bytes, **fields: str) -> str:
    dpo.get(PATH)
    sent = {"picture": (io.BytesIO(data), "leak.jpg"), "reason": "leak", **fields}
    answer = dpo.post(PATH, sent, content_type="multipart/form-data")
    assert answer.status_code == 303
    return answer.location


def named_in(page: str) -> list[str]:
    return re.findall(r'<h2 id="named-\d+">([^<]+)</h2>', page)


def in_gallery_seen_by_another(world: World) -> tuple[uuid.UUID, uuid.UUID]:
    """Put a person in the gallery, and let two members see them."""
    subject_id, still_id = in_gallery(world.here, seed=5)
    drain()
    world.browser("second_member").get(f"/gallery/{subject_id}")
    return subject_id, still_id


def soft_and_turned(one: Image.Image) -> Image.Image:
    return one.filter(ImageFilter.GaussianBlur(0.7)).rotate(3, Image.Resampling.BICUBIC)


@pytest.mark.parametrize("page", ["/gallery", "/gallery/{}"])
@pytest.mark.parametrize("change", [lambda one: one, soft_and_turned])
def test_the_picture_that_a_member_saw_names_them_and_nobody_else(
    world: World, page: str, change: Callable[[Image.Image], Image.Image]
) -> None:
    subject_id, _ = in_gallery_seen_by_another(world)
    leaked = copied(shown(world.browser("member"), page.format(subject_id)), change)
    dpo = world.browser("dpo")
    result = bring(dpo, leaked)
    assert "We are looking" in dpo.get(result).text
    drain()
    told = dpo.get(result).text
    assert named_in(told) == [f"Pat Member {world.here.number}"]
    assert "Certain" in told
    assert "Corner Foods" in told


def test_the_page_that_waits_opens_the_result_by_itself(world: World) -> None:
    in_gallery_seen_by_another(world)
    dpo = world.browser("dpo")
    result = bring(dpo, copied(picture(9)))
    page = dpo.get(result).text
    assert f'hx-get="{result}/done" hx-trigger="every 3s"' in page
    assert f'href="{result}"' in page
    waits = dpo.get(f"{result}/done")
    assert (waits.status_code, waits.headers.get("HX-Refresh")) == (204, None)
    drain()
    assert dpo.get(f"{result}/done").headers["HX-Refresh"] == "true"
    assert "hx-get" not in dpo.get(result).text.partition("<main")[2].partition("</main")[0]
    assert world.browser("administrator").get(f"{result}/done").status_code == 404
    assert world.browser("dpo", world.there).get(f"{result}/done").status_code == 404


def test_a_picture_without_a_mark_names_nobody(world: World) -> None:
    subject_id, still_id = in_gallery_seen_by_another(world)
    world.browser("member").get(f"/gallery/{subject_id}")
    plain = open_rendition(db.session.get_one(Still, still_id), VIEW)
    dpo = world.browser("dpo")
    for leaked in (copied(plain), picture(77)):
        result = bring(dpo, leaked)
        drain()
        told = dpo.get(result).text
        assert "No mark was found" in told
        assert named_in(told) == []


def test_who_the_audit_does_not_say_was_shown_it_is_not_named(world: World) -> None:
    """A mark alone is not enough: it must agree with what was written down."""
    subject_id, _ = in_gallery_seen_by_another(world)
    leaked = copied(shown(world.browser("member"), f"/gallery/{subject_id}"))
    member = world.here.actor("member").id
    with writing() as session:
        own = (AuditEvent.actor_id == member, AuditEvent.act == "picture shown")
        session.execute(sa.update(AuditEvent).where(*own).values(actor_id=None))
    dpo = world.browser("dpo")
    result = bring(dpo, leaked)
    drain()
    assert named_in(dpo.get(result).text) == []


def test_the_mark_of_a_hidden_picture_is_read_too(world: World) -> None:
    subject_id, still_id = in_gallery_seen_by_another(world)
    leaked = copied(shown(world.browser("member"), f"/gallery/{subject_id}"))
    with writing() as session:
        manager = world.here.actor("administrator")
        hide_still(manager, session.get_one(Still, still_id), hidden=True)
    dpo = world.browser("dpo")
    result = bring(dpo, leaked)
    drain()
    assert named_in(dpo.get(result).text) == [f"Pat Member {world.here.number}"]


def looked(world: World, leaked: bytes, **fields: str) -> list[str]:
    dpo = world.browser("dpo")
    result = bring(dpo, leaked, **fields)
    drain()
    return named_in(dpo.get(result).text)


def test_what_was_seen_before_an_edit_and_after_it_are_both_tried(world: World) -> None:
    subject_id, still_id = in_gallery_seen_by_another(world)
    path, member = f"/gallery/{subject_id}", f"Pat Member {world.here.number}"
    before = copied(shown(world.browser("member"), path))
    save_edit(world.here.actor("administrator"), still_id, (Turn(1), Crop(0.1, 0, 1, 0.9)), 0)
    drain()
    after = copied(shown(world.browser("member"), path))
    assert looked(world, before) == [member]
    assert looked(world, after) == [member]


def test_a_withdrawn_picture_is_tried_where_its_record_is_named_until_its_day(
    world: World,
) -> None:
    """Nothing is left that would recognise it by itself; its bytes are held until their day."""
    subject_id, still_id = in_gallery_seen_by_another(world)
    leaked = copied(shown(world.browser("member"), f"/gallery/{subject_id}"))
    reference = db.session.get_one(Subject, subject_id).reference
    with writing():
        withdraw(world.here.actor("administrator"), still_id, "")
    drain()
    assert looked(world, leaked) == []
    assert looked(world, leaked, record=reference) == [f"Pat Member {world.here.number}"]
    with writing() as session:
        session.get_one(Still, still_id).erase_on = clock.today()
    assert looked(world, leaked, record=reference) == []


def test_a_picture_past_its_day_of_hiding_is_tried_and_past_that_of_erasure_it_is_not(
    world: World,
) -> None:
    subject_id, still_id = in_gallery_seen_by_another(world)
    leaked = copied(shown(world.browser("member"), f"/gallery/{subject_id}"))
    with writing() as session:
        session.get_one(Still, still_id).hide_on = clock.today()
    assert looked(world, leaked) == [f"Pat Member {world.here.number}"]
    with writing() as session:
        session.get_one(Still, still_id).erase_on = clock.today()
    assert looked(world, leaked) == []


def test_the_number_of_the_record_says_which_pictures_to_try(world: World) -> None:
    subject_id, _ = in_gallery_seen_by_another(world)
    leaked = copied(shown(world.browser("member"), f"/gallery/{subject_id}"))
    reference = db.session.get_one(Subject, subject_id).reference
    dpo = world.browser("dpo")
    result = bring(dpo, leaked, record=f" {reference.lower()} ")
    drain()
    assert named_in(dpo.get(result).text) == [f"Pat Member {world.here.number}"]
    dpo.get(PATH)
    sent = {"picture": (io.BytesIO(leaked), "x.jpg"), "reason": "leak", "record": "P-AAAAAA"}
    assert dpo.post(PATH, sent, content_type="multipart/form-data").status_code == 422


def test_the_copy_waits_sealed_and_goes_when_it_was_looked_at(world: World) -> None:
    in_gallery_seen_by_another(world)
    leaked = copied(picture(9))
    bring(world.browser("dpo"), leaked)
    waiting = db.session.scalars(sa.select(LeakSearch)).one()
    assert waiting.state is LeakState.LOOKING
    assert waiting.picture_sealed
    assert leaked[200:260] not in waiting.picture_sealed
    drain()
    db.session.expire_all()
    looked = db.session.scalars(sa.select(LeakSearch)).one()
    assert (looked.state, looked.picture_sealed) == (LeakState.DONE, None)


def test_a_copy_that_nobody_looked_at_goes_after_a_day_and_a_result_after_a_month(
    world: World,
) -> None:
    bring(world.browser("dpo"), copied(picture(9)))
    with time_machine.travel(clock.now() + timedelta(days=1, hours=1)):
        assert run_clocks().leak_searches == 1
    assert db.session.query(LeakSearch).count() == 0
    db.session.rollback()
    bring(world.browser("dpo"), copied(picture(9)))
    drain()
    with time_machine.travel(clock.now() + timedelta(days=29)):
        assert run_clocks().leak_searches == 0
    with time_machine.travel(clock.now() + timedelta(days=31)):
        assert run_clocks().leak_searches == 1


def test_that_it_was_asked_found_and_read_is_written_down(world: World) -> None:
    subject_id, _ = in_gallery_seen_by_another(world)
    leaked = copied(shown(world.browser("member"), f"/gallery/{subject_id}"))
    dpo, acts = world.browser("dpo"), ("leaked picture brought", "viewer named by a mark")
    result = bring(dpo, leaked)
    drain()
    dpo.get(result)
    found = sa.select(AuditEvent).where(AuditEvent.act.in_([*acts, "leak result read"]))
    rows = {row.act: row for row in db.session.scalars(found)}
    assert rows["leaked picture brought"].detail == "A picture was found outside the scheme"
    assert rows["viewer named by a mark"].target_id == world.here.actor("member").id
    assert {row.actor_id for row in rows.values()} == {world.here.actor("dpo").id}
    assert len(rows) == 3
    assert "carries the mark" not in world.browser("member").get("/me/log").text


def test_what_is_no_picture_or_comes_without_a_reason_is_refused(world: World) -> None:
    dpo = world.browser("dpo")
    dpo.get(PATH)
    for sent in (
        {"picture": (io.BytesIO(b"no picture"), "leak.jpg"), "reason": "leak"},
        {"picture": (io.BytesIO(picture(3)), "leak.jpg")},
        {"reason": "leak"},
    ):
        answer = dpo.post(PATH, sent, content_type="multipart/form-data")
        assert 400 <= answer.status_code < 500
        assert "There is a problem" in answer.text
    assert db.session.query(LeakSearch).count() == 0


@pytest.mark.parametrize("who", ["administrator", "board", "member", "sub_administrator"])
def test_nobody_but_the_dpo_finds_the_page_or_a_result(world: World, who: str) -> None:
    result = bring(world.browser("dpo"), copied(picture(9)))
    other = world.browser(who)
    assert other.get(PATH).status_code == 404
    assert other.get(result).status_code == 404
    assert world.browser("dpo", world.there).get(result).status_code == 404


def test_how_sure_a_mark_is_falls_with_how_many_were_tried() -> None:
    assert how_sure(7.6, 100) is HowSure.CERTAIN
    assert how_sure(7.6, 10_000) is HowSure.LIKELY
    assert how_sure(5.5, 100) is None
    assert how_sure(-9.0, 1) is None
    assert chance_of(2.0, 10_000) == 1.0
