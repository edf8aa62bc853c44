"""A list of people: its good lines are asked in, its bad ones are named with their number."""

import io
import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from disc.access.actor import Role
from disc.core.database import db
from disc.core.jobs import drain
from disc.core.transaction import writing
from disc.members import joining, service
from disc.members.errors import BadList
from disc.members.models import Area, Invitation, Member, MemberState
from disc.members.queries import email_token
from tests.browsers import Browser
from tests.posting import Post, post_office
from tests.world import World

PAGE = "/desk/members/import"
HEAD = "name,email,role,premises,area,group\n"
GOOD = "Ann Oak,ann@example.org,Member,Corner Foods,,\n"


@pytest.fixture
def post(app: Flask) -> Iterator[Post]:
    with post_office(app) as taken:
        yield taken


def send(browser: Browser, text: str, act: str = "check") -> TestResponse:
    browser.get(PAGE)
    return browser.post(PAGE, {"text": text, "act": act})


def problems(world: World, text: str, who: str = "administrator") -> dict[int, str]:
    db.session.rollback()
    lines = joining.check_list(world.here.actor(who), joining.read_list(text))
    return {line.number: line.problem for line in lines}


def find(email: str) -> Member | None:
    db.session.rollback()
    return db.session.scalar(sa.select(Member).where(Member.email_token == email_token(email)))


def counted() -> tuple[int, int]:
    db.session.rollback()
    return tuple(  # type: ignore[return-value] # two of them
        db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for table in (Member, Invitation)
    )


def test_a_list_is_shown_first_and_changes_nothing(world: World) -> None:
    before = counted()
    page = send(world.browser("administrator"), HEAD + GOOD + "Bob,nobody,,Corner Foods,,\n")
    assert page.status_code == 200
    assert "Nothing is done yet" in page.text
    assert "1 person can be invited" in page.text
    assert "This is no e-mail address." in page.text
    assert "Invite 1 person" in page.text
    assert counted() == before


def test_good_lines_are_asked_in_and_bad_ones_left_out_with_their_number(
    world: World, post: Post
) -> None:
    text = HEAD + GOOD + "Bob,nobody,,Corner Foods,,\n" + "Cy,cy@example.org,,Market Books,,\n"
    page = send(world.browser("administrator"), text, "apply")
    assert "2 people were invited" in page.text
    assert "1 line was left out" in page.text
    assert re.search(
        r'<th scope="row">3</th><td class="people-list__why">This is no e-mail', page.text
    )
    ann, cy = find("ann@example.org"), find("cy@example.org")
    assert ann
    assert cy
    assert (ann.name, ann.role, ann.state) == ("Ann Oak", Role.MEMBER, MemberState.INVITED)
    assert [place.id for place in ann.premises] == [world.here.premises_id]
    assert [area.id for area in cy.areas] == [world.here.other_area_id]
    assert ann.invited_by_id == world.here.actor("administrator").id
    drain()
    assert sorted(letter["To"] for letter in post.taken) == ["ann@example.org", "cy@example.org"]


def test_a_list_sent_twice_asks_nobody_twice(world: World, post: Post) -> None:
    manager = world.browser("administrator")
    send(manager, HEAD + GOOD, "apply")
    before = counted()
    again = send(manager, HEAD + GOOD, "apply")
    assert "0 people were invited" in again.text
    assert "That e-mail address already has an account." in again.text
    assert counted() == before
    drain()
    assert len(post.taken) == 1


def test_every_bad_line_says_why(world: World) -> None:
    with writing() as session:
        area = session.get_one(Area, world.here.other_area_id)
        service.add_premises(area, "Corner Foods")
    lines = [
        "Ann,ann@example.org,,Corner Foods,Quayside,",
        "Bob,bob@example.org,,Corner Foods,,",
        "Cy,cy@example.org,,Nowhere,,",
        "Di,di@example.org,,Market Books,Quayside,",
        "Ed,ed@example.org,Boss,Market Books,,",
        "Flo,flo@example.org,Administrator,Market Books,,",
        "Gus,gus@example.org,Sub-Administrator,Market Books,,",
        "Hal,hal@example.org,,,,",
        ",ian@example.org,,Market Books,,",
        "Ann,ANN@example.org,,Market Books,,",
        f"Pat,{world.here.emails['member']},,Market Books,,",
        "Joy,joy@example.org,spoc,,,",
        "Kim,kim@example.org,spoc,,Market,",
        "Lee,lee@example.org,,Market Books,,Nobodies",
        "Mo,mo@example.org,,Market Books,Harbour,",
        'Ned,"a,b@example.org",,Market Books,,',
    ]
    found = problems(world, HEAD + "\n".join(lines))
    assert found == {
        2: "",
        3: "Several premises have this name. Add the Area.",
        4: "There are no such premises.",
        5: "These premises are in another Area.",
        6: "There is no such role.",
        7: "Give this role by hand, not by a list.",
        8: "Give this role by hand, not by a list.",
        9: "Say at which premises this person works.",
        10: "The name is missing, or longer than 120 letters.",
        11: "Line 2 has the same e-mail address.",
        12: "That e-mail address already has an account.",
        13: "Say for which Area.",
        14: "",
        15: "There is no such group.",
        16: "There is no such Area.",
        17: "This is no e-mail address.",
    }


def test_a_bad_line_takes_its_address_from_no_good_one(world: World) -> None:
    nowhere = "Ann Oak,ann@example.org,Member,No Such Shop,,\n"
    assert problems(world, HEAD + nowhere + GOOD + GOOD) == {
        2: "There are no such premises.",
        3: "",
        4: "Line 3 has the same e-mail address.",
    }


@pytest.mark.parametrize(
    "text",
    [
        "Ann Oak,ann@example.org,,Corner Foods",
        "\ufeffemail;premises;name\nann@example.org;Corner Foods;Ann Oak",
        "Shop\tName\tE-mail address\r\nCORNER FOODS\tAnn Oak\tann@example.org\r\n",
        '\n\nname,email,shop\n"Ann\nOak",ann@example.org,Corner  Foods\n',
    ],
    ids=["no head", "semicolons", "tabs", "a line break in a cell"],
)
def test_columns_may_come_in_any_order_and_be_set_apart_in_any_way(world: World, text: str) -> None:
    lines = joining.read_list(text.removeprefix("\ufeff"))
    assert [(line.name, line.email) for line in lines] == [("Ann Oak", "ann@example.org")]
    db.session.rollback()
    checked = joining.check_list(world.here.actor("administrator"), lines)
    assert [line.problem for line in checked] == [""]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_file_is_read_as_spreadsheets_write_it(world: World, encoding: str) -> None:
    manager = world.browser("administrator")
    manager.get(PAGE)
    data = (HEAD + "Zo\u00eb O\u2019Hara,zoe@example.org,,Corner Foods,,\n").encode(encoding)
    sent = {"file": (io.BytesIO(data), "people.csv"), "act": "check"}
    page = manager.post(PAGE, sent, content_type="multipart/form-data")
    assert "1 person can be invited" in page.text
    assert "Zo\u00eb O\u2019Hara" in page.text


def test_what_was_pasted_is_kept_and_formulas_stay_text(world: World) -> None:
    text = "name,email\n=HYPERLINK(1),<b>ann</b>\n"
    page = send(world.browser("administrator"), text)
    assert "<td>=HYPERLINK(1)</td>" in page.text
    assert "&lt;b&gt;ann&lt;/b&gt;" in page.text
    assert "<b>ann" not in page.text
    assert re.search(r"<textarea[^>]*>\s*name,email\s+=HYPERLINK", page.text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "There is nobody in this list."),
        ("name,email\n", "There is nobody in this list."),
        ("name,email\n" + "a,a@example.org\n" * 501, "This list has 501 lines."),
        ('name,email\n"' + "a" * 200_000, "We cannot read line 2."),
    ],
    ids=["empty", "a head alone", "too long", "never closed"],
)
def test_a_list_that_cannot_be_read_says_so(world: World, text: str, why: str) -> None:
    with pytest.raises(BadList, match=why):
        joining.read_list(text)
    page = send(world.browser("administrator"), text)
    assert page.status_code == 422
    assert why in page.text


def test_a_list_of_the_longest_length_is_read_and_several_batches_are_asked_in(
    world: World,
) -> None:
    lines = [f"Nr {n},p{n}@example.org,,Corner Foods,," for n in range(500)]
    assert len(joining.read_list(HEAD + "\n".join(lines))) == 500
    page = send(world.browser("administrator"), HEAD + "\n".join(lines[:12]), "apply")
    assert "12 people were invited" in page.text
    assert find("p11@example.org")


def test_a_group_manager_adds_to_their_own_group_and_shop_alone(world: World) -> None:
    world.here.actor("group_manager")
    lines = [
        "Ann,ann@example.org,,Corner Foods,,Corner Foods staff",
        "Bob,bob@example.org,,Corner Foods,,",
        "Cy,cy@example.org,,Market Books,,Corner Foods staff",
        "Di,di@example.org,Group Manager,Corner Foods,,Corner Foods staff",
    ]
    text = HEAD + "\n".join(lines)
    found = problems(world, text, "group_manager")
    assert found[2] == ""
    assert {found[3], found[5]} == {"You may not add this person. Ask an Administrator."}
    assert found[4]
    page = send(world.browser("group_manager"), text, "apply")
    assert "1 person was invited" in page.text
    assert find("cy@example.org") is None


@pytest.mark.parametrize("who", ["member", "author", "spoc", "board", "dpo"])
def test_nobody_else_sends_lists(world: World, who: str) -> None:
    person = world.browser(who)
    assert person.get(PAGE).status_code == 404
    assert person.post(PAGE, {"text": HEAD + GOOD, "act": "apply"}).status_code == 404
    assert find("ann@example.org") is None
