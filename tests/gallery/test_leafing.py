"""The tiles of the gallery: the first ones at once, the others as they are needed."""

import base64
import re

import sqlalchemy as sa

from disc.core import clock
from disc.core.database import db, new_id
from disc.core.transaction import writing
from disc.gallery.models import Subject
from disc.stills.models import Still
from disc.stills.queries import hints
from disc.stills.service import erase_still
from tests.story import in_gallery
from tests.world import World


def test_eight_pictures_load_at_once_and_the_others_wait(world: World) -> None:
    for seed in range(10):
        in_gallery(world.here, seed=seed)
    page = world.browser("member").get("/gallery").text
    images = re.findall(r'<img class="still"[^>]*>', page)
    assert len(images) == 10
    assert ['loading="lazy"' in one for one in images] == [False] * 8 + [True] * 2
    assert all('width="240" height="240"' in one for one in images)


def test_a_picture_has_a_hint_of_its_shades_that_is_sealed_and_goes_with_it(world: World) -> None:
    subject_id, still_id = in_gallery(world.here)
    page = world.browser("member").get("/gallery").text
    found = re.findall(r'data-hint="([^"]+)"', page)
    assert len(found) == 1
    assert 5 < len(base64.b64decode(found[0])) <= 25
    assert f'id="p-{subject_id}"' in page
    db.session.rollback()
    still = db.session.get_one(Still, still_id)
    assert still.hint == found[0]
    assert found[0].encode() not in (still.hint_sealed or b"")
    with writing():
        erase_still(db.session.get_one(Still, still_id))
    assert hints([still_id]) == {}


def test_a_picture_of_before_has_none_and_is_shown_all_the_same(world: World) -> None:
    _, still_id = in_gallery(world.here)
    with writing():
        db.session.get_one(Still, still_id).hint = ""
    page = world.browser("member").get("/gallery").text
    assert "data-hint" not in page
    assert f'data-still="{still_id}"' in page


def test_no_query_of_a_page_reads_all_records(world: World) -> None:
    """What SQLite counted of a table whose records are all alike must not lead it astray."""
    if db.engine.dialect.name != "sqlite":
        return
    manager = world.here.actor("administrator")
    for seed in range(3):
        in_gallery(world.here, seed=seed)
    with writing() as session:
        session.execute(sa.insert(Subject), [_row(world, manager.id) for _ in range(300)])
    with db.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    asked: list[tuple[str, object]] = []

    def note(
        _connection: object, _cursor: object, said: str, given: object, *_more: object
    ) -> None:
        asked.append((said, given))

    member = world.browser("member")
    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        member.get("/gallery?height=tall")
        member.get("/gallery")
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    plans = set[str]()
    with db.engine.connect() as connection:
        for said, given in asked:
            if said.startswith("SELECT"):
                rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", given)
                plans |= {row[3] for row in rows}
        connection.exec_driver_sql("DELETE FROM sqlite_stat1")
        connection.commit()
    assert any("ix_subject_shown" in plan for plan in plans)
    assert not [plan for plan in plans if plan.split(" USING")[0] == "SCAN subject"]


def _row(world: World, maker: object) -> dict[str, object]:
    return {
        "id": new_id(),
        "scheme_id": world.here.scheme_id,
        "reference": new_id().hex[-12:],
        "state": "published",
        "made_by_id": maker,
        "hide_on": clock.today(),
        "erase_on": clock.today(),
    }
