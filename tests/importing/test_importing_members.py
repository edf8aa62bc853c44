"""Members from a file: asked in as by hand, as Members alone, each once."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from disc.access.actor import Role
from disc.core.database import db
from disc.core.jobs import drain
from disc.importing import applying
from disc.members.models import Member, MemberState
from disc.members.queries import email_token
from tests.importing.bringing import DIGEST, bring, confirm, import_all, main_of, send
from tests.posting import Post, post_office
from tests.whole_app.rows import nothing_changes
from tests.world import World

HEAD = "Full name;E-mail;Shop;Area;Role\n"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def post(app: Flask) -> Iterator[Post]:
    with post_office(app) as taken:
        yield taken


def find(email: str) -> Member | None:
    db.session.rollback()
    return db.session.scalar(sa.select(Member).where(Member.email_token == email_token(email)))


def test_members_are_asked_in_as_by_hand(world: World, post: Post) -> None:
    text = (
        HEAD + "Ann Oak;ann@example.org;corner foods;;\nBob;BOB@example.org;Market Books;;member\n"
    )
    path = import_all(world.browser("administrator"), text, "members")
    ann, bob = find("ann@example.org"), find("bob@example.org")
    assert ann
    assert bob
    assert (ann.name, ann.role, ann.state) == ("Ann Oak", Role.MEMBER, MemberState.INVITED)
    assert [one.id for one in ann.premises] == [world.here.premises_id]
    assert [one.id for one in bob.areas] == [world.here.other_area_id]
    assert ann.invited_by_id == world.here.actor("administrator").id
    assert ann.password_hash is None
    assert sorted(letter["To"] for letter in post.taken) == ["BOB@example.org", "ann@example.org"]
    page = main_of(world.browser("administrator").get(path))
    assert "2 people were invited." in page
    assert "Take back" not in page


def test_a_member_who_is_there_is_not_asked_again(world: World, post: Post) -> None:
    manager = world.browser("administrator")
    text = (
        HEAD
        + f"Pat;{world.here.emails['member']};Corner Foods;;\nAnn;ann@example.org;Corner Foods;;\n"
    )
    import_all(manager, text, "members")
    with nothing_changes():
        assert find("ann@example.org")
    page = main_of(manager.get(bring(manager, text, "members")))
    assert "2 lines are here already" in page
    assert "There is nothing to import." in page
    drain()
    assert len(post.taken) == 1


def test_an_address_of_another_scheme_is_left_out_and_not_told(world: World) -> None:
    text = HEAD + f"Pat;{world.there.emails['member']};Corner Foods;;\n"
    manager = world.browser("administrator")
    path = bring(manager, text, "members")
    page = manager.get(path)
    if DIGEST.search(page.text):
        confirm(manager, path)
        drain()
        assert "0 people were invited" in main_of(manager.get(path))
    db.session.rollback()
    found = find(world.there.emails["member"])
    assert found is not None
    assert found.scheme_id == world.there.scheme_id


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (";ann@example.org;Corner Foods;;", "The name is missing."),
        (f"{'x' * 121};ann@example.org;Corner Foods;;", "Use at most 120."),
        ("Ann;;Corner Foods;;", "The e-mail address is missing."),
        ("Ann;ann@;Corner Foods;;", "This is no e-mail address."),
        ("Ann;ann@example.org;;;", "The shop is missing."),
        ("Ann;ann@example.org;Nowhere;;", "There is no such shop in this scheme."),
        ("Ann;ann@example.org;Corner Foods;Market;", "This shop is not in that Area."),
        ("Ann;ann@example.org;Corner Foods;;Administrator", "Give this role by hand."),
        ("Ann;ann@example.org;Corner Foods;;Police SPOC", "Give this role by hand."),
        ("Ann;ann@example.org;Corner Foods;;Author", "Give this role by hand."),
        ("Ann;ann@example.org;Corner Foods;;King", "There is no such role."),
    ],
)
def test_a_line_that_cannot_come_in_says_why(world: World, line: str, sentence: str) -> None:
    manager = world.browser("administrator")
    page = main_of(manager.get(bring(manager, f"{HEAD}{line}\n", "members")))
    assert sentence in page
    assert "There is nothing to import." in page
    assert find("ann@example.org") is None


def test_two_lines_with_one_address_are_one_person(world: World) -> None:
    text = HEAD + "Ann;ann@example.org;Corner Foods;;\nAnne;ANN@example.org;Corner Foods;;\n"
    manager = world.browser("administrator")
    assert "Line 2 says the same." in main_of(manager.get(bring(manager, text, "members")))


def test_a_crash_in_the_middle_asks_nobody_twice(
    world: World, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = world.browser("administrator")
    text = HEAD + "".join(f"P{n};p{n}@example.org;Corner Foods;;\n" for n in range(50))
    path = bring(manager, text, "members")
    confirm(manager, path)
    real, calls = applying._invite, []

    def dies(*args: object) -> bool:
        calls.append(1)
        if len(calls) == 33:
            raise RuntimeError
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(applying, "_invite", dies)
    from disc.importing.models import ImportFile

    db.session.rollback()
    file_id = db.session.scalars(sa.select(ImportFile.id)).one()
    with pytest.raises(RuntimeError):
        applying.bring_in(file_id)
    db.session.rollback()
    assert "20 of 50 lines are done" in main_of(manager.get(path))
    monkeypatch.setattr(applying, "_invite", real)
    drain()
    assert len(post.taken) == len({letter["To"] for letter in post.taken}) == 50
    assert "50 people were invited." in main_of(manager.get(path))


def test_text_with_script_is_text_in_page_mail_and_file(world: World, post: Post) -> None:
    manager = world.browser("administrator")
    text = HEAD + f"{SCRIPT};ann@example.org;Corner Foods;;\n{SCRIPT};bad;{SCRIPT};;{SCRIPT}\n"
    path = bring(manager, text, "members")
    page = manager.get(path)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert SCRIPT not in page.text
    sheet = manager.get(f"{path}/refused.csv")
    assert sheet.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert sheet.headers["Content-Disposition"] == 'attachment; filename="lines-to-mend.csv"'
    assert sheet.headers["X-Content-Type-Options"] == "nosniff"
    confirm(manager, path)
    drain()
    (letter,) = post.taken
    assert letter.get_content_type() == "text/plain"
    assert f"Hello {SCRIPT}" in post.words()


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd",
        "<script>alert(1)</script>.csv",
        "past\r\nSet-Cookie: a=b.csv",
        "x" * 300 + ".csv",
        "CON.csv",
        "\u202egnp.csv",
        '"quoted".csv',
        "-rf",
    ],
)
def test_the_name_of_a_file_is_never_looked_at(world: World, name: str) -> None:
    manager = world.browser("administrator")
    answer = send(manager, HEAD + "Ann;ann@example.org;Corner Foods;;\n", "members", name)
    assert answer.status_code in {303, 422}  # a name may end the part that it stands in
    page = manager.get(answer.location or "/desk/import").text
    assert "alert(1)" not in page
    assert "passwd" not in page
    assert "Set-Cookie" not in answer.headers or "a=b" not in answer.headers["Set-Cookie"]


def test_a_form_without_a_file_or_a_kind_asks_for_them(world: World) -> None:
    manager = world.browser("administrator")
    manager.get("/desk/import")
    page = manager.post("/desk/import")
    assert page.status_code == 422
    assert "Choose what is in the file." in page.text
    assert "Choose a file." in page.text
    assert "Save it as CSV" in send(manager, b"\x89PNG\0", "members").text
