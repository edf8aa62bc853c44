"""Who may knock at a door: a person of each role, in each state, signed in without a password."""

import secrets
from collections.abc import Callable
from datetime import timedelta

from flask import Flask

from disc.access.actor import EVERYWHERE, SHOP_FLOOR, Actor, Gate, Role
from disc.core import clock
from disc.core.database import db, new_id
from disc.core.transaction import writing
from disc.members.models import Area, Member, MemberState, Premises, Proof, Scheme, UserSession
from disc.members.queries import actor_of
from disc.members.service import digest
from tests.browsers import Browser
from tests.world import Place, make_place, person

WHO = {
    Role.MEMBER: "member",
    Role.AUTHOR: "author",
    Role.INVESTIGATOR: "investigator",
    Role.GROUP_MANAGER: "group_manager",
    Role.SUB_ADMINISTRATOR: "sub_administrator",
    Role.ADMINISTRATOR: "administrator",
    Role.BOARD: "board",
    Role.SPOC: "spoc",
    Role.DPO: "dpo",
}
"""The person of the world who is a role."""
OF_AN_AREA = sorted(set(Role) - EVERYWHERE)
LONG_AGO = timedelta(days=30)


def _stand(state: MemberState) -> Callable[[Member, UserSession], None]:
    def change(member: Member, _session: UserSession) -> None:
        member.state = state
        member.left_at = clock.now() if state is MemberState.LEFT else None

    return change


def _signed_out(_member: Member, session: UserSession) -> None:
    session.ended_at = clock.now()


def _ran_out(_member: Member, session: UserSession) -> None:
    session.started_at = session.last_seen_at = clock.now() - LONG_AGO


SHUT_OUT: dict[str, Callable[[Member, UserSession], None]] = {
    **{str(state): _stand(state) for state in MemberState if state is not MemberState.ACTIVE},
    "signed out": _signed_out,
    "ran out": _ran_out,
}
"""States in which a sign-in that nobody ended still opens nothing."""


def proved_long_ago(_member: Member, session: UserSession) -> None:
    session.proved_at = clock.now() - LONG_AGO


def stopped_looking(member: Member, _session: UserSession) -> None:
    member.viewing_stopped_at = clock.now()


def _asked_for_rules(member: Member, _session: UserSession) -> None:
    """Publish documents that nobody of the scheme has accepted yet."""
    member.scheme.rules_changed_at = clock.now()


def _has_one_factor(member: Member, _session: UserSession) -> None:
    """Ask for a second factor: demo schemes alone do without."""
    member.scheme.is_demo = False


HOLDS: dict[Gate, Callable[[Member, UserSession], None]] = {
    Gate.RULES: _asked_for_rules,
    Gate.SECOND_FACTOR: _has_one_factor,
}
"""What puts somebody behind each gate."""


def sign_in(
    app: Flask, actor: Actor, change: Callable[[Member, UserSession], None] | None = None
) -> Browser:
    """Return a browser with a person's cookie; ``change`` alters how they stand after that."""
    token = secrets.token_urlsafe(32)
    with writing() as opened:
        member = opened.get_one(Member, actor.id)
        session = UserSession(
            id=new_id(), member=member, token_digest=digest(token), how=Proof.PASSWORD
        )
        opened.add(session)
        if change is not None:
            change(member, session)
    browser = Browser(app)
    with browser.client.session_transaction() as kept:
        kept["_user_id"], kept["_fresh"] = token, True
    return browser


def ready(browser: Browser) -> Browser:
    """Let a browser open the page from which it has the token that every form sends."""
    browser.get("/me")
    assert browser.token
    return browser


def newcomer(place: Place, role: Role, who: str, *, far: bool = False) -> Actor:
    """Add somebody of a role; ``far`` puts people of an Area into the other one."""
    with writing():
        scheme = db.session.get_one(Scheme, place.scheme_id)
        area = db.session.get_one(Area, place.other_area_id if far else place.area_id)
        shop_id = place.other_premises_id if far else place.premises_id
        shop = db.session.get_one(Premises, shop_id)
        areas = [] if role in EVERYWHERE else [area]
        added = person(place, scheme, who, role, (areas, [shop] if role in SHOP_FLOOR else []))
        return actor_of(added)


def held_place(gate: Gate) -> Place:
    """Make a scheme of its own, since what a gate asks for may be the scheme's."""
    return make_place(f"Held by {gate}", live=True)
