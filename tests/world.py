"""Two schemes with Areas, premises and people of every role; nobody in them is real."""

import itertools
import uuid
from dataclasses import dataclass, field
from datetime import date

from flask import current_app

from disc.access.actor import Actor, Role
from disc.core.database import db
from disc.core.transaction import writing
from disc.members import service
from disc.members.models import Area, Member, MemberState, Premises, Scheme
from disc.members.queries import area_ids_of
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
    actors: dict[str, Actor] = field(default_factory=dict)
    emails: dict[str, str] = field(default_factory=dict)

    def actor(self, who: str) -> Actor:
        return self.actors[who]


@dataclass
class World:
    """``here`` and ``there`` are two schemes of the same shape."""

    here: Place
    there: Place

    def browser(self, who: str, place: Place | None = None) -> Browser:
        """Return a browser signed in as member, far_member, administrator, board or spoc."""
        place = place or self.here
        browser = Browser(current_app._get_current_object())
        assert browser.sign_in(place.emails[who], PASSWORD).status_code == 302
        return browser


def make_world() -> World:
    return World(
        here=make_place("Harbour Watch", live=True), there=make_place("Hill Watch", live=True)
    )


def make_place(name: str, *, live: bool) -> Place:
    """Make a scheme; ``live`` counts it as a demo, which needs no checklist."""
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
        )
        _people(place, scheme, (area, other), (shop, far), number)
    return place


def _people(
    place: Place,
    scheme: Scheme,
    areas: tuple[Area, Area],
    shops: tuple[Premises, Premises],
    number: int,
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
    hashed = current_app.extensions["passwords"].hash(PASSWORD)
    for who, (role, in_areas, at) in people.items():
        email = f"{who}.{number}@example.org"
        member, _token = service.invite(
            scheme, f"Pat {who.title()} {number}", email, role, areas=in_areas, premises=at
        )
        member.password_hash, member.state = hashed, MemberState.ACTIVE
        db.session.flush()
        place.emails[who] = email
        place.actors[who] = _actor(member)


def _actor(member: Member) -> Actor:
    return Actor(
        id=member.id,
        session_id=uuid.uuid4(),
        scheme_id=member.scheme_id,
        role=member.role,
        area_ids=area_ids_of(member),
        premises_ids=frozenset(place.id for place in member.premises),
        viewer_code=member.viewer_code,
        police_may_see_gallery=member.scheme.police_may_see_gallery,
    )
