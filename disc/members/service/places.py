"""Changes to schemes, their Areas, their premises and their groups."""

import hashlib
import uuid
from dataclasses import astuple, dataclass
from datetime import date

from sqlalchemy import delete

from disc.access.actor import Actor
from disc.core import audit, clock
from disc.core.boxkeys import make_box_key
from disc.core.database import db, new_id
from disc.core.errors import Missing, Stale
from disc.core.keys import keyring, place_canary
from disc.members.accepting import publish_first
from disc.members.errors import StillInUse
from disc.members.models import (
    Area,
    Member,
    MemberGroup,
    MemberGroupMember,
    MemberState,
    Premises,
    Scheme,
)
from disc.members.queries import people_at, people_in

LIMITS = "Members of this scheme and the police, to prevent and report crime."
"""With whom and what for an owner lets pictures be shared, unless they say otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What is known of premises. Places are in degrees (WGS 84), both numbers or neither."""

    name: str
    area_id: uuid.UUID
    sector: str
    address: str
    latitude: float | None
    longitude: float | None
    others_may_report: bool
    contact_id: uuid.UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """What an owner allows. ``by`` is their post; empty, nobody allows pictures to be shared."""

    by: str
    limits: str = LIMITS
    excludes: bool
    excludes_since: date | None = None


def create_scheme(slug: str, name: str, *, is_demo: bool = False) -> Scheme:
    """Make a scheme with its key, and with the documents that its people must accept.

    A demo's people are invented: it publishes documents when it is loaded, or none.
    """
    place_canary()
    scheme = Scheme(id=new_id(), slug=slug, name=name, is_demo=is_demo)
    db.session.add(scheme)
    keyring().make_scheme_key(scheme.id)
    make_box_key(scheme.id)
    audit.record(audit.Entry(act="scheme created", scheme_id=scheme.id, target_id=scheme.id))
    if not is_demo:
        publish_first(scheme)
    return scheme


def add_area(scheme: Scheme, name: str) -> Area:
    """Add an Area to a scheme."""
    area = Area(id=new_id(), scheme_id=scheme.id, name=name)
    db.session.add(area)
    return area


def rename_area(actor: Actor, area: Area, name: str) -> None:
    """Give an Area another name."""
    area.name = name
    audit.record(audit.by(actor, "area renamed", "area", area.id))


def add_premises(
    area: Area,
    name: str,
    *,
    sector: str = "",
    authority_on: date | None = None,
    by: str = "",
    excludes: bool = True,
) -> Premises:
    """Add premises to an Area. ``by`` is the post of who gave authority to share pictures."""
    place = Premises(
        id=new_id(),
        scheme_id=area.scheme_id,
        area_id=area.id,
        name=name,
        sector=sector,
        authority_on=authority_on,
        authority_role=by,
        authority_limits=LIMITS,
        excludes_since=(authority_on or clock.today()) if excludes else None,
    )
    db.session.add(place)
    return place


def details_of(place: Premises) -> Details:
    """Return what is known of premises."""
    return Details(
        name=place.name,
        area_id=place.area_id,
        sector=place.sector,
        address=place.address,
        latitude=place.latitude,
        longitude=place.longitude,
        others_may_report=place.others_may_report,
        contact_id=place.contact_id,
    )


def seen_of_details(place: Premises) -> str:
    """Return a digest of premises' details, by which a page knows that they changed since."""
    return hashlib.sha256(repr(astuple(details_of(place))).encode()).hexdigest()


def change_premises(actor: Actor, place: Premises, details: Details, seen: str) -> None:
    """Set what is known of premises. Raises Stale unless they are as the page showed them."""
    db.session.refresh(place, with_for_update={"of": Premises})
    if seen != seen_of_details(place):
        raise Stale("Somebody changed these premises a moment ago. Look again, then save.")
    if details.contact_id not in {None, *(one.id for one in may_speak_for(place))}:
        raise Missing
    changed = [
        name
        for name in Details.__dataclass_fields__
        if getattr(place, name) != getattr(details, name)
    ]
    for name in changed:
        setattr(place, name, getattr(details, name))
    audit.record(
        audit.by(actor, "premises changed", "premises", place.id, detail=" ".join(changed))
    )


def may_speak_for(place: Premises) -> list[Member]:
    """List who can be the contact of premises: the active people who work there."""
    return [one for one in people_at(place) if one.state is MemberState.ACTIVE]


def set_authority(actor: Actor, place: Premises, allowed: Authority) -> None:
    """Record what the owner of premises allows from today, or that they took it back."""
    db.session.refresh(place, with_for_update={"of": Premises})
    if allowed.by != place.authority_role or place.authority_on is None:
        place.authority_on = clock.today() if allowed.by else None
    place.authority_role, place.authority_limits = allowed.by, allowed.limits
    since = allowed.excludes_since or place.excludes_since or clock.today()
    place.excludes_since = since if allowed.excludes else None
    audit.record(
        audit.by(
            actor,
            "authority given" if allowed.by else "authority withdrawn",
            "premises",
            place.id,
            detail="may exclude" if allowed.excludes else "may not exclude",
        )
    )


def add_group(actor: Actor, name: str) -> MemberGroup:
    """Add a group of people."""
    group = MemberGroup(id=new_id(), scheme_id=actor.scheme_id, name=name)
    db.session.add(group)
    audit.record(audit.by(actor, "group added", "group", group.id))
    return group


def rename_group(actor: Actor, group: MemberGroup, name: str) -> None:
    """Give a group another name."""
    group.name = name
    audit.record(audit.by(actor, "group renamed", "group", group.id))


def remove_group(actor: Actor, group: MemberGroup) -> None:
    """Remove a group in which nobody is. Raises StillInUse."""
    db.session.refresh(group, with_for_update=True)
    if people_in(group):
        raise StillInUse
    _let_leavers_go(group)
    db.session.delete(group)
    audit.record(audit.by(actor, "group removed", "group", group.id))


def _let_leavers_go(group: MemberGroup) -> None:
    db.session.execute(delete(MemberGroupMember).where(MemberGroupMember.group_id == group.id))
