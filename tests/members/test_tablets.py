"""A shop's shared tablet: enrolled by a manager, used with a PIN, dead when it is taken back."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import func, select

from disc.access.actor import Role
from disc.core import clock
from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.mail import Message
from disc.core.transaction import writing
from disc.members.models import Member, MemberState, Tablet, UserSession
from disc.members.queries import live_sessions
from disc.members.rules import names_for_passers_by, pin_problem
from disc.members.signin import rights_changed
from tests.browsers import Browser
from tests.limited import run_limited
from tests.world import World

PIN, OTHER_PIN = "840275", "917306"


def with_pin(world: World, who: str, pin: str = PIN) -> uuid.UUID:
    browser = world.browser(who)
    browser.get("/me/pin")
    assert browser.post("/me/pin", {"pin": pin, "again": pin}).headers["Location"] == "/me"
    return world.here.actor(who).id


def enrol(world: World, who: str = "administrator", premises: uuid.UUID | None = None) -> Browser:
    browser = world.browser(who)
    browser.get("/tablets/new")
    place = premises or world.here.premises_id
    answer = browser.post("/tablets", {"premises_id": str(place), "name": "Till 2"})
    assert answer.headers["Location"] == "/tablet"
    return browser


def type_pin(tablet: Browser, member_id: uuid.UUID, pin: str) -> int:
    if tablet.get(f"/tablet/{member_id}").status_code != 200:
        tablet.get("/sign-in")  # no pad is shown; a forged form has a token all the same
    status = tablet.post(f"/tablet/{member_id}", {"pin": pin}).status_code
    if status == 303:
        tablet.get("/me")
    return status


def change(member_id: uuid.UUID, act: Callable[[Member], None]) -> None:
    with writing() as opened:
        act(opened.get_one(Member, member_id))


def stop_working_there(member: Member) -> None:
    member.premises = []


def tablets() -> list[Tablet]:
    db.session.rollback()
    return list(db.session.scalars(select(Tablet)))


def journaled(act: str) -> int:
    db.session.rollback()
    found = select(func.count()).select_from(AuditEvent).where(AuditEvent.act == act)
    return db.session.scalar(found) or 0


def test_a_manager_makes_a_device_a_tablet_and_is_signed_out_of_it(world: World) -> None:
    with_pin(world, "member")
    tablet = enrol(world)
    assert tablet.get("/desk").status_code == 302
    page = tablet.get("/tablet")
    assert "Who are you?" in page.text
    assert "Corner Foods" in page.text
    assert journaled("tablet enrolled") == 1


def test_the_secret_is_a_cookie_that_no_script_reads_and_no_other_site_sends(world: World) -> None:
    browser = world.browser("administrator")
    browser.get("/tablets/new")
    place = {"premises_id": str(world.here.premises_id), "name": "Till 2"}
    [given] = [
        one
        for one in browser.post("/tablets", place).headers.getlist("Set-Cookie")
        if "tablet" in one
    ]
    assert {"HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=34560000"} <= set(given.split("; "))
    secret = given.split(";")[0].removeprefix("tablet=")
    [row] = tablets()
    assert secret.encode() not in row.token_digest
    assert len(secret) >= 40


def test_a_member_signs_in_with_their_pin_and_another_after_them(world: World) -> None:
    first, second = with_pin(world, "member"), with_pin(world, "second_member", OTHER_PIN)
    tablet = enrol(world)
    assert type_pin(tablet, first, PIN) == 303
    page = tablet.get("/me")
    assert "Pat Member" in page.text
    assert 'action="/tablet/lock"' in page.text
    assert tablet.post("/tablet/lock").headers["Location"] == "/tablet"
    assert tablet.get("/me").status_code == 302
    assert type_pin(tablet, second, OTHER_PIN) == 303
    assert "Pat Second_Member" in tablet.get("/me").text


def test_every_way_into_a_locked_tablet_is_its_lock_screen(world: World) -> None:
    tablet = enrol(world)
    for path in ("/", "/gallery"):
        assert tablet.get(path).headers["Location"].startswith("/tablet")
    [row] = tablets()
    manager = world.browser("administrator")
    manager.get("/tablets")
    manager.post(f"/tablets/{row.id}/end")
    assert tablet.get("/tablet").headers["Location"] == "/sign-in"
    assert tablet.get("/").headers["Location"].startswith("/sign-in")


def test_locking_ends_the_sign_in_on_the_server(world: World) -> None:
    member = with_pin(world, "member")
    tablet = enrol(world)
    type_pin(tablet, member, PIN)
    cookie = tablet.client.get_cookie("session")
    assert cookie is not None
    tablet.post("/tablet/lock")
    tablet.client.set_cookie("session", cookie.value)
    assert tablet.get("/me").status_code == 302


def test_the_lock_screen_shows_little_of_a_name_and_only_those_with_a_pin(world: World) -> None:
    with_pin(world, "member")
    with_pin(world, "far_member")
    change(world.here.actor("member").id, lambda member: setattr(member, "name", "Robin Marlowe"))
    page = enrol(world).get("/tablet").text
    assert "Robin M<" in page
    assert "Marlowe" not in page
    assert len(re.findall(r'href="/tablet/[0-9a-f-]{36}"', page)) == 1


def test_names_that_look_the_same_show_a_letter_more() -> None:
    names = ["Sam Pebble", "Sam Potter", "Ann Lee", "Madonna", "Sam de la Cruz"]
    assert names_for_passers_by(names) == ["Sam Pe", "Sam Po", "Ann L", "Madonna", "Sam C"]
    assert names_for_passers_by(["Jo Day", "Jo Day"]) == ["Jo Day", "Jo Day"]
    assert names_for_passers_by([""]) == ["Somebody"]


def test_without_a_tablets_cookie_there_is_no_lock_screen_and_no_pin(
    world: World, browser: Browser
) -> None:
    member = with_pin(world, "member")
    enrol(world)
    browser.get("/sign-in")
    assert browser.get("/tablet").headers["Location"] == "/sign-in"
    assert browser.get(f"/tablet/{member}").headers["Location"] == "/sign-in"
    answer = browser.post(f"/tablet/{member}", {"pin": PIN})
    assert answer.headers["Location"] == "/sign-in"
    assert browser.get("/me").status_code == 302
    browser.client.set_cookie("tablet", "made up")
    assert browser.get("/tablet").headers["Location"] == "/sign-in"
    assert browser.client.get_cookie("tablet") is None


def test_a_pin_works_at_ones_own_premises_alone(world: World) -> None:
    member, far = with_pin(world, "member"), with_pin(world, "far_member")
    tablet = enrol(world)
    assert type_pin(tablet, far, PIN) == 302
    assert tablet.get("/me").status_code == 302
    there = enrol(world, premises=world.here.other_premises_id)
    assert type_pin(there, member, PIN) == 302
    assert type_pin(there, far, PIN) == 303


def test_another_persons_pin_and_a_wrong_one_are_refused_and_written_down(world: World) -> None:
    member = with_pin(world, "member")
    with_pin(world, "second_member", OTHER_PIN)
    tablet = enrol(world)
    for pin in (OTHER_PIN, "000001", "", "84027", "8402755"):
        assert type_pin(tablet, member, pin) in (401, 422)
        assert tablet.get("/me").status_code == 302
    assert journaled("PIN refused") == 4  # nothing typed is no try


def test_the_same_pin_of_two_people_is_kept_differently_and_neither_in_plain(world: World) -> None:
    ids = [with_pin(world, who) for who in ("member", "second_member")]
    db.session.rollback()
    hashes = {db.session.get_one(Member, one).pin_hash for one in ids}
    assert len(hashes) == 2
    hasher = Browser(world.browser("member").app).app.extensions["passwords"]
    for hashed in hashes:
        assert hashed is not None
        assert hashed.startswith("$argon2id$")
        with pytest.raises(Exception, match="match"):
            hasher.verify(hashed, PIN)  # without the key a stolen hash cannot be tried


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(lambda member: setattr(member, "state", MemberState.LEFT), id="left"),
        pytest.param(
            lambda member: setattr(member, "state", MemberState.SUSPENDED), id="suspended"
        ),
        pytest.param(stop_working_there, id="works elsewhere"),
        pytest.param(lambda member: setattr(member, "role", Role.SPOC), id="no longer in shops"),
        pytest.param(lambda member: setattr(member, "pin_hash", None), id="no PIN"),
    ],
)
def test_whoever_does_not_belong_there_any_more_gets_no_further(
    world: World, end: Callable[[Member], None]
) -> None:
    member = with_pin(world, "member")
    tablet = enrol(world)
    change(member, end)
    assert str(member) not in tablet.get("/tablet").text
    assert type_pin(tablet, member, PIN) == 302
    assert tablet.get("/me").status_code == 302


@pytest.mark.parametrize("end", ["works elsewhere", "suspended"])
def test_who_is_signed_in_on_a_tablet_and_loses_their_place_is_out_at_once(
    world: World, end: str
) -> None:
    member = with_pin(world, "member")
    tablet = enrol(world)
    type_pin(tablet, member, PIN)
    if end == "suspended":
        change(member, lambda one: setattr(one, "state", MemberState.SUSPENDED))
    else:
        change(member, stop_working_there)
    answer = tablet.get("/gallery")
    assert answer.headers["Location"].startswith("/tablet")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_a_tablet_that_is_ended_is_dead_with_whoever_is_on_it(world: World) -> None:
    member = with_pin(world, "member")
    tablet = enrol(world)
    type_pin(tablet, member, PIN)
    manager = world.browser("administrator")
    page = manager.get("/tablets")
    [path] = re.findall(r'action="(/tablets/[0-9a-f-]{36}/end)"', page.text)
    assert manager.post(path).status_code == 303
    assert tablet.get("/me").status_code == 302
    assert tablet.get("/tablet").headers["Location"] == "/sign-in"
    assert tablet.client.get_cookie("tablet") is None
    assert "Till 2" not in manager.get("/tablets").text


def test_enrolling_the_same_browser_again_ends_what_it_was(world: World) -> None:
    tablet = enrol(world)
    from tests.world import PASSWORD

    tablet.sign_in(world.here.emails["administrator"], PASSWORD)
    tablet.get("/tablets/new")
    tablet.post("/tablets", {"premises_id": str(world.here.premises_id), "name": "Till 3"})
    assert {row.name: row.ended_at is None for row in tablets()} == {
        "Till 2": False,
        "Till 3": True,
    }


def test_two_minutes_of_nothing_lock_a_tablet(world: World) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        member = with_pin(world, "member")
        tablet = enrol(world)
        type_pin(tablet, member, PIN)
        for _ in range(4):
            clockwork.shift(timedelta(seconds=100))
            assert tablet.get("/me").status_code == 200
        clockwork.shift(timedelta(seconds=121))
        answer = tablet.get("/me")
        assert answer.headers["Location"].startswith("/tablet")
        assert "Clear-Site-Data" not in answer.headers


def test_typing_keeps_a_tablet_open_and_a_page_that_asks_by_itself_does_not(world: World) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        member = with_pin(world, "member")
        tablet = enrol(world)
        type_pin(tablet, member, PIN)
        for _ in range(10):
            clockwork.shift(timedelta(seconds=20))
            assert tablet.get("/tablet/touched").status_code == 204
        for _ in range(6):
            clockwork.shift(timedelta(seconds=19))
            assert tablet.get("/alerts/live").status_code == 200
        clockwork.shift(timedelta(seconds=7))
        assert tablet.get("/me").status_code == 302


def test_the_sweep_of_sockets_ends_with_a_tablets_sign_in(world: World) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        member = with_pin(world, "member")
        type_pin(enrol(world), member, PIN)
        db.session.rollback()
        on_tablet = select(UserSession.id).where(UserSession.tablet_id.is_not(None))
        session_id = db.session.scalars(on_tablet).one()
        clockwork.shift(timedelta(seconds=119))
        assert live_sessions({session_id}) == {session_id}
        clockwork.shift(timedelta(seconds=1))
        assert live_sessions({session_id}) == set()


def test_a_pin_is_no_proof_for_grave_acts(world: World) -> None:
    from disc.members.models import Proof

    member = with_pin(world, "member")
    tablet = enrol(world)
    type_pin(tablet, member, PIN)
    db.session.rollback()
    [row] = db.session.scalars(select(UserSession).where(UserSession.how == Proof.PIN))
    assert row.proved_at is None
    assert tablet.post("/me/pin", {"pin": OTHER_PIN, "again": OTHER_PIN}).status_code == 401


@pytest.mark.parametrize("who", ["administrator", "sub_administrator", "board", "spoc", "dpo"])
def test_who_leads_has_no_pin_and_is_told_to_use_their_own_device(world: World, who: str) -> None:
    leader = world.browser(who)
    assert "Use your own device" in leader.get("/me/pin").text
    assert leader.post("/me/pin", {"pin": PIN, "again": PIN}).status_code == 409
    db.session.rollback()
    assert db.session.get_one(Member, world.here.actor(who).id).pin_hash is None


def test_its_owner_is_told_of_a_new_pin(world: World) -> None:
    with_pin(world, "member")
    db.session.rollback()
    letters = db.session.scalars(select(Message).where(Message.kind == "security notice")).all()
    assert any("A PIN for shared tablets was chosen" in letter.body for letter in letters)


def test_a_pin_can_be_taken_away(world: World) -> None:
    member = with_pin(world, "member")
    tablet = enrol(world)
    own = world.browser("member")
    own.get("/me/pin")
    assert own.post("/me/pin/drop").status_code == 303
    assert type_pin(tablet, member, PIN) == 302


@pytest.mark.parametrize(
    "pin",
    [
        *("000000", "999999", "123456", "654321", "012345", "890123", "321098"),
        *("121212", "123123", "112233", "998877", "147258", "159753", "314159"),
        *("", "12345", "1234567", "12 456", "abcdef", "٣٤٥٦٧٨", "84027\n"),
    ],
)
def test_a_pin_that_others_would_guess_is_refused(pin: str) -> None:
    assert pin_problem(pin)


@pytest.mark.parametrize("pin", ["840275", "917306", "220415", "100200"])
def test_any_other_pin_will_do(pin: str) -> None:
    assert pin_problem(pin) is None


def test_a_weak_pin_and_two_that_differ_are_refused_on_the_page(world: World) -> None:
    member = world.browser("member")
    member.get("/me/pin")
    weak = member.post("/me/pin", {"pin": "123456", "again": "123456"})
    assert weak.status_code == 422
    assert "easy to guess" in weak.text
    assert "123456" not in weak.text
    other = member.post("/me/pin", {"pin": PIN, "again": OTHER_PIN})
    assert "not the same" in other.text


def test_a_group_manager_enrols_at_their_own_premises_alone(world: World) -> None:
    enrol(world, "group_manager")
    manager = world.browser("group_manager")
    assert "Till 2" in manager.get("/tablets").text
    page = manager.get("/tablets/new").text
    assert "Corner Foods" in page
    assert "Market Books" not in page
    far = {"premises_id": str(world.here.other_premises_id), "name": "Till 9"}
    assert manager.post("/tablets", far).status_code == 422


def test_a_group_manager_does_not_see_or_end_another_shops_tablet(world: World) -> None:
    enrol(world, premises=world.here.other_premises_id)
    [row] = tablets()
    manager = world.browser("group_manager")
    assert "Till 2" not in manager.get("/tablets").text
    assert manager.post(f"/tablets/{row.id}/end").status_code == 404
    assert tablets()[0].ended_at is None


@pytest.mark.parametrize("who", ["administrator", "sub_administrator"])
def test_who_runs_the_scheme_enrols_anywhere_in_it(world: World, who: str) -> None:
    enrol(world, who, world.here.other_premises_id)
    browser = world.browser(who)
    browser.get("/tablets/new")
    theirs = {"premises_id": str(world.there.premises_id), "name": "Till 9"}
    assert browser.post("/tablets", theirs).status_code == 422


def test_enrolling_asks_for_a_fresh_proof(world: World) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        manager = world.browser("administrator")
        manager.get("/tablets/new")
        clockwork.shift(timedelta(minutes=11))
        place = {"premises_id": str(world.here.premises_id), "name": "Till 2"}
        assert manager.post("/tablets", place).status_code == 401
    assert tablets() == []


def test_a_sign_in_by_pin_is_good_on_its_own_tablet_alone(world: World) -> None:
    member = with_pin(world, "member")
    tablet, other = enrol(world), enrol(world, "sub_administrator")
    type_pin(tablet, member, PIN)
    copied = tablet.client.get_cookie("session")
    assert copied is not None
    stranger = Browser(tablet.app)
    for thief in (stranger, other):
        thief.client.set_cookie("session", copied.value)
        assert thief.get("/me").status_code == 302
        assert thief.get("/gallery").status_code == 302
    assert tablet.get("/me").status_code == 200


def test_no_other_page_asks_what_tablet_it_is_on(world: World) -> None:
    source = Path(__file__).parents[2] / "disc"
    reads = [
        path.relative_to(source).as_posix()
        for path in source.rglob("*.py")
        if "cookies.get(" in path.read_text() or "cookies[" in path.read_text()
    ]
    assert set(reads) == {
        *("members/views/tablets.py", "members/signin.py", "members/proving/knowing.py"),
    }
    entering = (source / "members/signin.py").read_text()
    assert entering.count("cookies.get(tablet_cookie(") == 1  # is a PIN on its own tablet
    assert entering.count("cookies.get(") == 2  # and, at sign-out, whether sealed reports wait
    text = (source / "members/views/tablets.py").read_text()
    asking = re.findall(
        r"\ndef (\w+)\([^\n]*\n(?:(?!\ndef ).)*?(?<!\w)_tablet\(\)", text, re.DOTALL
    )
    assert set(asking) <= {
        *("enrol_tablet", "lock_screen", "pin_pad", "_this_tablet", "_wait", "_tablet"),
    }


def test_new_rights_are_told_after_the_commit(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, str]] = []
    ours = world.browser("member").app.extensions["live"]
    monkeypatch.setattr(
        ours, "tell", lambda kind, **news: told.append((kind, str(news["member_id"])))
    )
    with writing():
        rights_changed(world.here.actor("member").id)
        assert told == []
    assert told == [("rights", str(world.here.actor("member").id))]


LIMITED = """
import sys
from pathlib import Path
from config import Settings
from disc.app import create_app
from disc.core.migrate import upgrade
from disc.core.database import db
from tests.world import make_world
from tests.members.test_tablets import PIN, OTHER_PIN, enrol, type_pin, with_pin

app = create_app(Settings(instance=Path(sys.argv[1])))
with app.app_context():
    upgrade()
    world = make_world()
    first, second = with_pin(world, "member"), with_pin(world, "second_member", OTHER_PIN)
    tablet, other = enrol(world), enrol(world, "sub_administrator")
    for _ in range(7):
        assert type_pin(tablet, first, PIN) == 303
        tablet.post("/tablet/lock")
    print([type_pin(tablet, first, OTHER_PIN) for _ in range(7)])
    print(type_pin(tablet, first, PIN), "Wait 15 minutes" in tablet.post(f"/tablet/{first}").text)
    print(type_pin(tablet, second, OTHER_PIN), type_pin(other, first, PIN))
"""


def test_the_sixth_wrong_pin_waits_and_neither_another_person_nor_another_tablet_does(
    tmp_path: Path,
) -> None:
    told = run_limited(tmp_path, LIMITED)
    assert told[-3:] == [
        str([401] * 5 + [429] * 2),
        "429 True",
        "303 303",
    ]
