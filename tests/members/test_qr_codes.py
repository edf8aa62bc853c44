"""A QR code of premises lets so many people in for so many days, and tells nobody's secrets."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from disc.access.actor import Role
from disc.core import clock
from disc.core.database import db
from disc.core.errors import Missing
from disc.core.jobs import drain
from disc.core.mail import Message
from disc.core.transaction import writing
from disc.members import joining
from disc.members.joining import Newcomer
from disc.members.models import Area, JoinCode, Member, MemberState, Premises, Scheme
from disc.members.queries import email_token
from tests.at_once import at_once
from tests.browsers import Browser
from tests.posting import Post, post_office
from tests.world import World

PASSWORD = "copper kettle beside nine gulls"
NAME = "Robin Newcomer"
EMAIL = "robin@example.org"


@pytest.fixture
def post(app: Flask) -> Iterator[Post]:
    with post_office(app) as taken:
        yield taken


def made(world: World, uses: int = 1, who: str = "administrator") -> str:
    """Make a code of the premises and return the path that it holds."""
    with writing() as session:
        place = session.get_one(Premises, world.here.premises_id)
        token = joining.make_code(world.here.actor(who), place, uses=uses, days=7).token
    return f"/join/at/{token}"


def open_at_once(world: World) -> None:
    with writing() as session:
        session.get_one(Scheme, world.here.scheme_id).approve_joiners = False


def join(browser: Browser, path: str, **typed: str) -> TestResponse:
    browser.get(path)
    words = {"name": NAME, "email": EMAIL, "password": PASSWORD, "again": PASSWORD}
    return browser.post(path, {**words, **typed})


def found(email: str = EMAIL) -> Member:
    db.session.rollback()
    token = email_token(email)
    return db.session.scalars(sa.select(Member).where(Member.email_token == token)).one()


def uses_left() -> int:
    db.session.rollback()
    return db.session.scalars(sa.select(JoinCode.uses_left)).one()


def test_the_code_is_shown_once_with_its_link_and_only_its_digest_is_kept(world: World) -> None:
    manager = world.browser("administrator")
    address = f"/desk/members/premises/{world.here.premises_id}/qr"
    assert "No code works now" in manager.get(address).text
    page = manager.post(address, {"uses": "3", "days": "2"}).text
    link = re.search(r"http://localhost(/join/at/[\w-]{43})", page)
    assert link
    assert page.count("<svg") >= 1
    assert 'class="join-qr__squares"' in page
    assert "For 3 more people" in page
    assert link[1] not in manager.get(address).text
    with db.engine.connect() as connection:
        rows = connection.execute(sa.select(JoinCode.__table__)).all()
    assert link[1].rsplit("/", 1)[1] not in repr(rows)
    assert rows[0].expires_at < clock.now() + timedelta(days=2, minutes=1)


def test_the_poster_holds_nobodys_name_or_address(world: World) -> None:
    manager = world.browser("administrator")
    page = manager.post(
        f"/desk/members/premises/{world.here.premises_id}/qr", {"uses": "1", "days": "7"}
    ).text
    poster = page[page.index('<section class="poster"') : page.index("</section>")]
    assert "Corner Foods" in poster
    for who, email in world.here.emails.items():
        assert email not in poster
        assert who.title() not in poster


@pytest.mark.parametrize("typed", [{"uses": "0"}, {"uses": "31"}, {"days": "15"}, {"days": "x"}])
def test_a_code_for_too_many_or_too_long_is_refused_and_what_was_typed_is_kept(
    world: World, typed: dict[str, str]
) -> None:
    manager = world.browser("administrator")
    address = f"/desk/members/premises/{world.here.premises_id}/qr"
    manager.get(address)
    page = manager.post(address, {"uses": "1", "days": "7", **typed})
    assert page.status_code == 422
    assert "Type a number from 1 to" in page.text
    assert f'value="{next(iter(typed.values()))}"' in page.text
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(JoinCode)) == 0


def test_where_the_scheme_wants_no_approval_a_single_code_lets_in_at_once(
    world: World, browser: Browser
) -> None:
    open_at_once(world)
    path = made(world)
    page = browser.get(path).text
    assert "Corner Foods" in page
    assert "Harbour Watch" in page
    joined = join(browser, path)
    assert (joined.status_code, joined.headers["Location"]) == (303, "/")
    member = found()
    assert (member.role, member.state) == (Role.MEMBER, MemberState.ACTIVE)
    assert [place.id for place in member.premises] == [world.here.premises_id]
    assert [area.id for area in member.areas] == [world.here.area_id]
    assert browser.get("/me").status_code == 200
    assert Browser(browser.app).get(path).status_code == 404


@pytest.mark.parametrize(("uses", "approves"), [(1, "yes"), (2, "no")])
def test_with_approval_or_a_code_for_many_a_newcomer_waits_and_sees_nothing(
    world: World, browser: Browser, uses: int, approves: str
) -> None:
    if approves == "no":
        open_at_once(world)
    page = join(browser, made(world, uses))
    assert page.status_code == 200
    assert "A manager must let you in first" in page.text
    assert found().state is MemberState.WAITING
    assert browser.get("/").status_code == 302
    assert browser.sign_in(EMAIL, PASSWORD).status_code == 401
    with writing() as session:
        manager = world.here.actor("administrator")
        joining.approve(manager, session.get_one(Member, found().id))
    assert browser.sign_in(EMAIL, PASSWORD).status_code in (302, 303)


def test_the_last_use_lets_one_of_two_in_at_once(world: World, app: Flask) -> None:
    token = made(world).rsplit("/", 1)[1]

    def come(email: str) -> object:
        return joining.join_at(token, Newcomer(name=NAME, email=email, password_hash="hash"))

    refused = at_once(app, lambda: come("one@example.org"), lambda: come("two@example.org"))
    assert refused == ["dead-invitation"]
    assert uses_left() == 0


def test_who_comes_a_moment_too_late_reads_a_sentence(world: World, browser: Browser) -> None:
    path = made(world)
    browser.get(path)
    assert join(Browser(browser.app), path).status_code == 200
    late = {"name": NAME, "email": "late@example.org", "password": PASSWORD, "again": PASSWORD}
    page = browser.post(path, late)
    assert page.status_code == 404
    assert "This link has been used or has run out. Ask your scheme for a new one." in page.text


def test_a_code_for_many_lets_in_so_many(world: World, browser: Browser) -> None:
    path = made(world, uses=2)
    for number in (1, 2):
        page = join(Browser(browser.app), path, email=f"{number}@example.org")
        assert page.status_code == 200
    assert browser.get(path).status_code == 404


def test_an_address_with_an_account_gets_the_answer_of_a_new_one(
    world: World, post: Post, browser: Browser
) -> None:
    known = world.here.emails["member"]
    new = join(Browser(browser.app), made(world))
    old = join(Browser(browser.app), made(world), email=known.upper())
    assert (new.status_code, _words(new)) == (old.status_code, _words(old))
    assert dict(new.headers).keys() == dict(old.headers).keys()
    db.session.rollback()
    assert db.session.scalars(sa.select(JoinCode.uses_left)).all() == [0, 0]
    drain()
    assert [letter["To"] for letter in post.taken] == [known]
    assert "There is an account with this address already" in post.words()
    assert NAME not in post.words()


def _words(page: TestResponse) -> str:
    return re.sub(r'nonce="[^"]+"', "", page.text)


def test_an_account_in_another_scheme_is_told_there_and_shown_to_nobody_here(
    world: World, browser: Browser
) -> None:
    join(browser, made(world), email=world.there.emails["member"])
    db.session.rollback()
    rows = db.session.scalars(sa.select(Message)).all()
    assert [row.scheme_id for row in rows] == [world.there.scheme_id]


def test_somebody_who_is_known_gets_neither_a_new_password_nor_premises(
    world: World, browser: Browser
) -> None:
    open_at_once(world)
    known = world.here.emails["far_member"]
    join(browser, made(world), email=known)
    assert [place.id for place in found(known).premises] == [world.here.other_premises_id]
    assert Browser(browser.app).sign_in(known, PASSWORD).status_code == 401
    assert browser.get("/me").status_code == 302


def test_what_was_typed_is_kept_and_a_bad_form_costs_no_use(world: World, browser: Browser) -> None:
    path = made(world)
    page = join(browser, path, email="nobody", again="other")
    assert page.status_code == 422
    assert NAME in page.text
    assert "This is no e-mail address." in page.text
    assert "The two passwords are not the same." in page.text
    assert PASSWORD not in page.text
    own_name = join(browser, path, password="robin newcomer", again="robin newcomer")
    assert own_name.status_code == 422
    assert uses_left() == 1


@pytest.mark.parametrize("ended", ["old", "ended", "maker left"])
def test_a_code_dies(world: World, browser: Browser, ended: str) -> None:
    path = made(world)
    assert browser.get(path).status_code == 200
    with writing() as session:
        code = session.scalars(sa.select(JoinCode)).one()
        if ended == "old":
            code.expires_at = clock.now() - timedelta(seconds=1)
        elif ended == "ended":
            joining.end_code(world.here.actor("administrator"), code)
        else:
            session.get_one(Member, code.made_by_id).state = MemberState.SUSPENDED
    assert browser.get(path).status_code == 404
    assert join(browser, path).status_code in (400, 404)


def test_a_manager_ends_a_code_on_the_page(world: World, browser: Browser) -> None:
    path, manager = made(world), world.browser("administrator")
    page = manager.get(f"/desk/members/premises/{world.here.premises_id}/qr").text
    end = re.search(r"/desk/members/codes/[\w-]+/end", page)
    assert end
    assert manager.post(end[0]).status_code == 303
    assert browser.get(path).status_code == 404


def test_a_group_manager_makes_codes_for_their_own_shop_and_newcomers_are_theirs(
    world: World, browser: Browser
) -> None:
    path = made(world, who="group_manager")
    join(browser, path)
    assert [group.id for group in found().groups] == [world.here.group_id]
    with pytest.raises(Missing), writing() as session:
        far = session.get_one(Premises, world.here.other_premises_id)
        joining.make_code(world.here.actor("group_manager"), far, uses=1, days=1)
    manager = world.browser("group_manager")
    far_page = f"/desk/members/premises/{world.here.other_premises_id}/qr"
    assert manager.get(far_page).status_code == 404


@pytest.mark.parametrize("who", ["member", "author", "investigator", "spoc", "board", "dpo"])
def test_nobody_else_makes_codes(world: World, who: str) -> None:
    person = world.browser(who)
    address = f"/desk/members/premises/{world.here.premises_id}/qr"
    assert person.get(address).status_code == 404
    assert person.post(address, {"uses": "1", "days": "7"}).status_code == 404


GUESSING = """
import sys, uuid
from pathlib import Path
from config import Settings
from disc.app import create_app
from disc.core.migrate import upgrade
from tests.browsers import Browser

app = create_app(Settings(instance=Path(sys.argv[1])))
with app.app_context():
    upgrade()
for way in ("/join/", "/join/at/"):
    browser = Browser(app)
    print([browser.get(f"{way}{uuid.uuid4()}").status_code for _ in range(62)])
"""


def test_guessing_at_links_is_slowed(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", GUESSING, str(tmp_path / "instance")],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.stdout.splitlines() == [str([404] * 60 + [429] * 2)] * 2


def test_a_reader_of_codes_can_read_the_picture(world: World) -> None:
    import segno

    from disc.members.views.codes import drawn

    link = "https://watch.example.org" + made(world)
    picture = drawn(link)
    squares = segno.make(link, error="m", micro=False).symbol_size(border=4)[0]
    assert f'viewBox="0 0 {squares} {squares}"' in picture
    assert 'fill="#fff"' in picture
    assert "style=" not in picture
    assert "width=" not in picture.split(">", 1)[0]


def test_a_place_in_another_scheme_is_not_there(world: World) -> None:
    manager = world.browser("administrator")
    elsewhere = f"/desk/members/premises/{world.there.premises_id}/qr"
    assert manager.get(elsewhere).status_code == 404
    with pytest.raises(Missing), writing() as session:
        place = session.get_one(Premises, world.there.premises_id)
        joining.make_code(world.here.actor("administrator"), place, uses=1, days=1)


def test_an_actor_of_a_group_without_the_shop_makes_no_code(world: World) -> None:
    actor = replace(world.here.actor("group_manager"), premises_ids=frozenset())
    with pytest.raises(Missing), writing() as session:
        place = session.get_one(Premises, world.here.premises_id)
        assert session.get_one(Area, place.area_id)
        joining.make_code(actor, place, uses=1, days=1)


def test_a_part_of_ones_name_is_easy_to_guess_at_the_counter_too(
    world: World, browser: Browser
) -> None:
    guessed = "quillfeather 27"
    page = join(browser, made(world), name="Tamsin Quillfeather", password=guessed, again=guessed)
    assert page.status_code == 422
    assert "easy to guess" in page.text
