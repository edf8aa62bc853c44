"""One's own log: what a person did and saw, what others did to them, and nobody else's."""

from flask import Flask

from disc.core import audit
from disc.core.transaction import writing
from tests.browsers import Browser
from tests.members.apps import set_up
from tests.story import in_gallery
from tests.world import PASSWORD, World


def test_a_person_reads_what_they_did_and_saw(world: World) -> None:
    subject_id, _ = in_gallery(world.here)
    member = world.browser("member")
    member.get(f"/gallery/{subject_id}")
    page = member.get("/me/log").text
    assert "Signed in" in page
    assert "Opened a person in the gallery" in page


def test_what_others_did_to_the_account_is_told_without_a_name(world: World) -> None:
    member, manager = world.here.actor("member"), world.here.actor("administrator")
    audit.journal(audit.by(manager, "viewing restored", "member", member.id))
    page = world.browser("member").get("/me/log").text
    assert "Let somebody see pictures again" in page
    assert "Your scheme" in page
    assert "Pat Administrator" not in page


def test_nobody_is_warned_that_a_leak_is_looked_into(world: World) -> None:
    member, dpo = world.here.actor("member"), world.here.actor("dpo")
    for act in ("viewer code resolved", "audit read", "audit exported"):
        audit.journal(audit.by(dpo, act, "member", member.id))
    page = world.browser("member").get("/me/log").text
    assert "mark" not in page.partition("<tbody>")[2].partition("</table>")[0]
    assert "audit" not in page.partition("<tbody>")[2].partition("</table>")[0]


def test_what_is_not_told_leaves_no_gap_in_a_page(world: World) -> None:
    member, dpo = world.here.actor("member"), world.here.actor("dpo")
    own = [audit.by(member, f"act {number:03}") for number in range(60)]
    looked = [audit.by(dpo, "viewer code resolved", "member", member.id) for _ in range(3)]
    audit.journal(*own[:57], *looked, *own[57:])
    page = world.browser("member").get("/me/log").text
    assert page.partition("<tbody>")[2].partition("</tbody>")[0].count("<tr") == 50


def test_who_has_looked_for_a_mark_reads_so_in_their_own_log(world: World) -> None:
    dpo = world.here.actor("dpo")
    audit.journal(audit.by(dpo, "viewer code resolved", "member", dpo.id))
    assert "mark" in world.browser("dpo").get("/me/log").text.partition("<tbody>")[2]


def test_a_right_password_without_the_second_factor_is_there(world: World, app: Flask) -> None:
    own = world.browser("member")
    set_up(own)
    thief = Browser(app)
    thief.sign_in(world.here.emails["member"], PASSWORD)
    page = own.get("/me/log").text
    assert "Typed a right password and was asked for more" in page
    assert "Nobody signed in" in page


def test_other_peoples_acts_are_not_there(world: World) -> None:
    audit.journal(audit.by(world.here.actor("second_member"), "a secret act"))
    audit.journal(audit.by(world.there.actor("member"), "another secret act"))
    page = world.browser("member").get("/me/log").text
    assert "ecret act" not in page


def test_a_long_log_goes_on_on_the_next_page(world: World) -> None:
    with writing():
        audit.record(*(audit.by(world.here.actor("member"), f"act {n:03}") for n in range(80)))
    member = world.browser("member")
    first = member.get("/me/log").text
    older = first.partition('href="/me/log?')[2].partition('"')[0]
    both = first + member.get(f"/me/log?{older}").text
    assert [f"Act {n:03}" in both for n in range(80)] == [True] * 80
    assert "Act 000" not in first
    for wrong in ("x", "9" * 5000, "-1"):
        assert member.get(f"/me/log?before={wrong}").status_code == 404
