"""Two schemes with Areas, premises and people of every role; nobody in them is real."""

import itertools
import uuid
from dataclasses import dataclass, field
from datetime import date

import pyotp
from flask import current_app
from werkzeug.test import TestResponse

from disc.access.actor import Actor, Role
from disc.core.database import db, in_write_transaction, new_id
from disc.core.transaction import writing
from disc.members import service
from disc.members.models import Area, Member, MemberGroup, MemberState, Premises, Scheme
from disc.members.queries import actor_of, factors_of
from tests.browsers import Browser

PASSWORD = "brass lantern under the quay"
_numbers = itertools.count(1)


@dataclass
class Place:
    """One scheme of the world, by ids and actors, so that no row is kept between transactions."""

    scheme_id: uuid.UUID
    slug: str
    area_id: uuid.UUID
    other_area_id: uuid.UUID
    premises_id: uuid.UUID
    other_premises_id: uuid.UUID
    number: int
    hashed: str
    group_id: uuid.UUID | None = None
    """Who looks after it is ``group_manager``; ``second_member`` is in it, once they joined."""
    actors: dict[str, Actor] = field(default_factory=dict)
    emails: dict[str, str] = field(default_factory=dict)

    def actor(self, who: str) -> Actor:
        if who not in self.actors:
            _join(self, who)
        return self.actors[who]


@dataclass
class World:
    """``here`` and ``there`` are two schemes of the same shape."""

    here: Place
    there: Place

    def browser(self, who: str, place: Place | None = None) -> Browser:
        """Return a browser signed in as somebody of ``_people`` or ``LATER``."""
        place = place or self.here
        member_id = place.actor(who).id
        browser = Browser(current_app._get_current_object())
        if _signs_in_by_password_alone(member_id):
            browser.enter(member_id)
            return browser
        answer = browser.sign_in(place.emails[who], PASSWORD)
        if answer.headers.get("Location", "").startswith("/sign-in/code"):
            answer = _type_code(browser, member_id)
        assert answer.status_code in {302, 303}
        return browser


def _signs_in_by_password_alone(member_id: uuid.UUID) -> bool:
    """Say so while the password is still the world's, and no code is asked for after it."""
    member = db.session.get_one(Member, member_id)
    alone = member.password_hash is not None and not factors_of(member).any
    active = member.state is MemberState.ACTIVE
    db.session.rollback()  # what a test reads after this is what is there then
    return alone and active


def _type_code(browser: Browser, member_id: uuid.UUID) -> TestResponse:
    """Type the code of somebody's app, as if their last sign-in were long ago."""
    with writing():
        member = db.session.get_one(Member, member_id)
        member.totp_step = None
        code = pyotp.TOTP(member.totp).now()
    browser.get("/sign-in/code")
    answer = browser.post("/sign-in/code", {"otp": code})
    browser.get("/me")  # the token changes with the session
    return answer


def make_world() -> World:
    return World(
        here=make_place("Harbour Watch", live=True), there=make_place("Hill Watch", live=True)
    )


def make_place(name: str, *, live: bool) -> Place:
    """Make a scheme; ``live`` counts it as a demo, which needs no checklist and no codes."""
    number = next(_numbers)
    with writing():
        scheme = service.create_scheme(f"scheme-{number}", f"{name} {number}", is_demo=live)
        area, other = service.add_area(scheme, "Quayside"), service.add_area(scheme, "Market")
        db.session.flush()
        shop = service.add_premises(
            area, "Corner Foods", authority_on=date(2026, 1, 5), by="The owner"
        )
        far = service.add_premises(
            other, "Market Books", authority_on=date(2026, 1, 5), by="The owner"
        )
        db.session.flush()
        place = Place(
            scheme_id=scheme.id,
            slug=scheme.slug,
            area_id=area.id,
            other_area_id=other.id,
            premises_id=shop.id,
            other_premises_id=far.id,
            number=number,
            hashed=current_app.extensions["passwords"].hash(PASSWORD),
        )
        _people(place, scheme, (area, other), (shop, far))
    return place


def _people(
    place: Place,
    scheme: Scheme,
    areas: tuple[Area, Area],
    shops: tuple[Premises, Premises],
) -> None:
    near, far = ([areas[0]], [shops[0]]), ([areas[1]], [shops[1]])
    people = {
        "member": (Role.MEMBER, *near),
        "second_member": (Role.MEMBER, *near),
        "far_member": (Role.MEMBER, *far),
        "administrator": (Role.ADMINISTRATOR, list(areas), [shops[0]]),
        "board": (Role.BOARD, [], []),
        "spoc": (Role.SPOC, [areas[0]], []),
    }
    for who, (role, in_areas, at) in people.items():
        person(place, scheme, who, role, (in_areas, at))


LATER = {
    "author": Role.AUTHOR,
    "investigator": Role.INVESTIGATOR,
    "group_manager": Role.GROUP_MANAGER,
    "sub_administrator": Role.SUB_ADMINISTRATOR,
    "dpo": Role.DPO,
    "second_board": Role.BOARD,
}
"""People who join the first time that a test asks for them; few tests need them."""
ON_THE_FLOOR = {"author", "group_manager"}


def _join(place: Place, who: str) -> None:
    if in_write_transaction():
        _join_now(place, who)
    else:
        with writing():
            _join_now(place, who)


def _join_now(place: Place, who: str) -> None:
    scheme = db.session.get_one(Scheme, place.scheme_id)
    area = db.session.get_one(Area, place.area_id)
    at = [db.session.get_one(Premises, place.premises_id)] if who in ON_THE_FLOOR else []
    areas = [area] if who in ON_THE_FLOOR | {"investigator"} else []
    member = person(place, scheme, who, LATER[who], (areas, at))
    if who == "group_manager":
        group = MemberGroup(id=new_id(), scheme_id=scheme.id, name="Corner Foods staff")
        db.session.add(group)
        looked_after = db.session.get_one(Member, place.actors["second_member"].id)
        member.groups, looked_after.groups = [group], [group]
        db.session.flush()
        place.actors[who] = actor_of(member)
        place.actors["second_member"] = actor_of(looked_after)
        place.group_id = group.id


def person(
    place: Place, scheme: Scheme, who: str, role: Role, where: tuple[list[Area], list[Premises]]
) -> Member:
    areas, at = where
    name = f"Pat {who.title()} {place.number}"
    email = f"{who}.{place.number}@example.org"
    member, _token = service.invite(scheme, name, email, role, areas=areas, premises=at)
    member.password_hash, member.state = place.hashed, MemberState.ACTIVE
    member.rules_accepted_at = scheme.rules_changed_at
    if not scheme.is_demo:  # real schemes let nobody in without a second factor
        member.totp = pyotp.random_base32()
    db.session.flush()
    place.emails[who] = email
    place.actors[who] = actor_of(member)
    return member
