"""A picture is served to one viewer, for a minute, marked, and written down."""

import io
import re
import uuid

import time_machine
from PIL import Image
from sqlalchemy import select

from disc.core import clock
from disc.core.audit import AuditEvent, AuditSeen
from disc.core.database import db
from disc.core.transaction import writing
from disc.stills.models import Still
from disc.stills.service import blob_name, erase_still, hide_still
from tests.browsers import Browser
from tests.story import in_gallery
from tests.world import World

LINK = re.compile(r'src="(/img/[^"]+)"')


def link_on(browser: Browser, path: str) -> str:
    found = LINK.search(browser.get(path).text)
    assert found is not None
    return found[1]


def test_a_picture_in_the_gallery_is_served_without_a_trace_in_caches(world: World) -> None:
    subject, _ = in_gallery(world.here)
    member = world.browser("member")
    answer = member.get(link_on(member, f"/gallery/{subject}"))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert Image.open(io.BytesIO(answer.data)).format == "JPEG"
    assert not Image.open(io.BytesIO(answer.data)).getexif()


def test_two_viewers_get_pixels_that_differ(world: World) -> None:
    subject, _ = in_gallery(world.here)
    pictures = []
    for who in ("member", "second_member"):
        browser = world.browser(who)
        pictures.append(browser.get(link_on(browser, f"/gallery/{subject}")).data)
    assert (
        Image.open(io.BytesIO(pictures[0])).tobytes()
        != Image.open(io.BytesIO(pictures[1])).tobytes()
    )


def test_a_link_opens_only_in_the_session_it_was_made_for(world: World) -> None:
    subject, _ = in_gallery(world.here)
    link = link_on(world.browser("member"), f"/gallery/{subject}")
    assert world.browser("second_member").get(link).status_code == 404
    assert world.browser("member").get(link).status_code == 404
    assert world.browser("member", world.there).get(link).status_code == 404


def test_a_link_is_dead_after_a_minute(world: World) -> None:
    subject, _ = in_gallery(world.here)
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        member = world.browser("member")
        link = link_on(member, f"/gallery/{subject}")
        clockwork.shift(59)
        assert member.get(link).status_code == 200
        clockwork.shift(3)
        assert member.get(link).status_code == 404


def test_a_page_can_ask_for_fresh_links_to_what_it_may_still_see(world: World) -> None:
    subject, still = in_gallery(world.here)
    member = world.browser("member")
    member.get(f"/gallery/{subject}")
    asked = {"pictures": [{"still": str(still), "rendition": "thumb"}]}
    urls = member.post_json("/img/mint", asked).json["urls"]
    assert member.get(urls[f"{still}:thumb"]).status_code == 200
    far = world.browser("far_member")
    assert far.post_json("/img/mint", asked).json == {"urls": {}}


def test_the_sealed_original_is_never_minted(world: World) -> None:
    _, still = in_gallery(world.here)
    asked = {"pictures": [{"still": str(still), "rendition": "original"}]}
    assert world.browser("administrator").post_json("/img/mint", asked).json == {"urls": {}}


def test_hidden_means_hidden_from_everybody_even_by_a_link_made_before(world: World) -> None:
    subject, still = in_gallery(world.here)
    member, manager = world.browser("member"), world.browser("administrator")
    links = [(b, link_on(b, f"/gallery/{subject}")) for b in (member, manager)]
    with writing():
        hide_still(world.here.actor("administrator"), db.session.get_one(Still, still), hidden=True)
    assert [browser.get(link).status_code for browser, link in links] == [404, 404]


def test_every_picture_of_a_page_is_in_the_journal_before_the_page_is_sent(world: World) -> None:
    stills = {in_gallery(world.here, seed=seed)[1] for seed in (1, 2, 3)}
    world.browser("member").get("/gallery")
    seen = db.session.scalars(
        select(AuditSeen.target_id)
        .join(AuditEvent, AuditEvent.position == AuditSeen.position)
        .where(
            AuditSeen.scheme_id == AuditEvent.scheme_id,
            AuditEvent.act == "picture shown",
            AuditEvent.actor_id == world.here.actor("member").id,
        )
    )
    assert set(seen) == stills


def test_an_erased_still_is_gone_from_database_and_store(world: World, app: object) -> None:
    from disc.core.blobs import blobs
    from disc.core.jobs import drain

    _, still = in_gallery(world.here)
    with writing():
        erase_still(db.session.get_one(Still, still))
    drain()
    row = db.session.get_one(Still, still)
    assert row.data_key_id is None
    assert row.file_token is None
    assert not any(
        blobs().exists(blob_name(row.scheme_id, still, name))
        for name in ("original", "thumb", "view")
    )


def test_a_made_up_link_is_missing(world: World) -> None:
    member = world.browser("member")
    for link in ("nonsense", str(uuid.uuid4()), "a.b.c"):
        assert member.get(f"/img/{link}").status_code == 404
