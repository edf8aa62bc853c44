"""A list that is longer than a page says so, leads on, and leaves nobody out."""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask

from disc.core import paging
from disc.core.database import db
from disc.core.transaction import writing
from disc.members.models import Premises
from tests.exclusions.cases import make_case, served
from tests.intelligence.cases import vehicle
from tests.police.sharing import shared
from tests.story import in_gallery, reported
from tests.world import World

ROWS = 5
MORE = re.compile(r'href="([^"#]+)(?:#group)?">Show more</a>')
Made = Callable[[World, int], object]


def _reports(world: World, _number: int) -> uuid.UUID:
    return reported(world.here)


def _group(world: World, _number: int) -> uuid.UUID:
    return reported(world.here, "second_member")


def _shared(world: World, _number: int) -> uuid.UUID:
    return shared(world.here)[1]


def _people(world: World, _number: int) -> uuid.UUID:
    return make_case(world.here).subject_id


def _vehicles(world: World, number: int) -> uuid.UUID:
    return vehicle(world.here, mark=f"AB1{number} CDE")


def _notices(world: World, _number: int) -> uuid.UUID:
    return served(make_case(world.here))


def _pictures(world: World, number: int) -> uuid.UUID:
    with writing():
        shop = db.session.get_one(Premises, world.here.premises_id)
        shop.contact_id = world.here.actor("second_member").id
    return in_gallery(world.here, seed=number)[1]


@dataclass(frozen=True)
class Listing:
    """A list: who reads it and where, where a row of it leads, and how a row comes about."""

    who: str
    path: str
    row: str
    make: Made
    name: str = "page"


LISTS = [
    Listing("member", "/my-reports", "/my-reports/{}", _reports),
    Listing("group_manager", "/my-reports", "/my-reports/{}", _group, "group"),
    Listing("spoc", "/police", "/police/{}", _shared),
    Listing("administrator", "/people", "/people/{}", _people),
    Listing("administrator", "/vehicles", "/vehicles/{}", _vehicles),
    Listing("administrator", "/notices", "/notices/{}", _notices),
    Listing("second_member", "/pictures", "/pictures/{}/withdraw", _pictures),
]


@pytest.mark.parametrize("one", LISTS, ids=lambda one: f"{one.path} {one.name}")
def test_every_row_is_on_one_page_of_a_long_list(
    world: World, monkeypatch: pytest.MonkeyPatch, one: Listing
) -> None:
    made = [one.row.format(one.make(world, number)) for number in range(ROWS)]
    monkeypatch.setattr(paging, "SIZE", 2)
    reader, seen, pages = world.browser(one.who), list[str](), 0
    at: str | None = one.path
    while at:
        text, pages = reader.get(at).text, pages + 1
        seen += [row for row in made if f'href="{row}"' in text]
        found = MORE.search(text)
        at = found[1].replace("&amp;", "&") if found else None
    assert sorted(seen) == sorted(made)
    assert pages == 3
    past = reader.get(f"{one.path}?{one.name}=9")
    assert past.status_code == 200
    assert "There is nothing more." in past.text


@pytest.mark.parametrize("said", ["0", "-1", "two", "", "²", "9" * 20, "1e3", "00010001"])
def test_a_page_that_is_nowhere_is_the_first(session_app: Flask, said: str) -> None:
    with session_app.test_request_context(f"/people?page={said}"):
        assert paging.asked() == 1


def test_a_list_as_long_as_a_page_ends_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "SIZE", 3)
    assert paging.cut([1, 2, 3], 1) == paging.Page([1, 2, 3], 1, more=False)
    assert paging.cut([1, 2, 3, 4], 2) == paging.Page([1, 2, 3], 2, more=True)


def test_the_count_of_sent_reports_is_of_all_pages(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        reported(world.here)
    monkeypatch.setattr(paging, "SIZE", 1)
    member = world.browser("member")
    assert "Your 3 reports" in member.get("/my-reports?page=2").text
    assert "Your 3 reports" in member.get("/").text
