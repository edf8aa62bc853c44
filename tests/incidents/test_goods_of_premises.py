"""The contact of premises lists what is stolen most, and what it costs."""

from sqlalchemy import select

from disc.core.database import db
from disc.core.transaction import writing
from disc.incidents.goods import MOST_GOODS
from disc.incidents.models import GoodsPreset
from disc.members.models import Premises
from tests.world import World


def _path(world: World) -> str:
    return f"/premises/{world.here.premises_id}/goods"


def _be_contact(world: World) -> None:
    with writing():
        place = db.session.get_one(Premises, world.here.premises_id)
        place.contact_id = world.here.actor("member").id


def _save(world: World, who: str, rows: list[tuple[str, str]]) -> object:
    browser = world.browser(who)
    browser.get("/me")
    sent = {"what": [row[0] for row in rows], "worth": [row[1] for row in rows]}
    return browser.post(_path(world), sent)


def _kept() -> list[tuple[str, int]]:
    db.session.rollback()
    rows = db.session.scalars(select(GoodsPreset).order_by(GoodsPreset.position))
    return [(one.what, one.pence) for one in rows]


def test_the_contact_lists_goods_and_lists_them_anew(world: World) -> None:
    _be_contact(world)
    assert (
        _save(world, "member", [("Whisky", "£35"), ("", ""), ("Meat", "14.50")]).status_code == 303
    )
    assert _kept() == [("Whisky", 3500), ("Meat", 1450)]
    assert _save(world, "member", [("Meat", "15")]).status_code == 303
    assert _kept() == [("Meat", 1500)]
    assert "Meat" in world.browser("member").get(_path(world)).text


def test_a_row_without_a_value_is_refused_and_what_was_typed_stays(world: World) -> None:
    for worth in ("", "much", "-1"):
        page = _save(world, "administrator", [("Whisky", worth)])
        assert page.status_code == 422
        assert "Row 1" in page.text
        assert "Whisky" in page.text
    assert _save(world, "administrator", [("a" * 61, "1")]).status_code == 422
    assert _kept() == []


def test_no_more_rows_are_kept_than_the_page_has(world: World) -> None:
    _save(world, "administrator", [(f"Goods {n}", "1") for n in range(MOST_GOODS + 5)])
    assert len(_kept()) == MOST_GOODS


def test_nobody_else_sees_or_changes_them(world: World) -> None:
    for who, place in (
        ("second_member", world.here),
        ("spoc", world.here),
        ("administrator", world.there),
    ):
        browser = world.browser(who, place)
        assert browser.get(_path(world)).status_code == 404, who
        assert browser.post(_path(world), {"what": "x", "worth": "1"}).status_code == 404
    assert _kept() == []
