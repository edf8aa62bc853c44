"""Fills the demo's schemes with premises and people, who may sign in at once."""

import json
import os
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from flask import current_app

from config import Settings
from disc.access.actor import EVERYWHERE, MANAGERS, Actor, Role
from disc.core import clock
from disc.core.database import db, new_id
from disc.core.transaction import writing
from disc.demo import cast as parts
from disc.demo import story
from disc.demo.cast import Part
from disc.demo.story import Shop
from disc.gallery.galleries import change_gallery
from disc.gallery.service import add_gallery
from disc.members import service as members
from disc.members.accepting import accept_all, publish_first
from disc.members.models import Area, Member, MemberState, Premises, Scheme
from disc.members.passwords import hash_unjudged
from disc.members.queries import actor_of
from disc.members.rules import PIN_DIGITS, pin_problem
from disc.members.tablets import choose_pin

Placed = list[tuple[Premises, Shop]]


@dataclass(frozen=True, slots=True)
class Cast:
    """A loaded scheme's people and places."""

    scheme_id: uuid.UUID
    actors: dict[str, Actor]
    premises: list[tuple[uuid.UUID, Shop]]


@dataclass(slots=True)
class SignIns:
    """The sign-ins that the demo prints, in the order in which they are most useful."""

    rows: list[dict[str, str]] = field(default_factory=list)

    def add(self, part: Part, email: str, password: str) -> None:
        """Note how somebody signs in."""
        self.rows.append({"role": part.who, "email": email, "password": password})

    def give_pin(self, who: str, actor: Actor) -> None:
        """Choose somebody a PIN for shared tablets, and note it."""
        pin = ""
        while pin_problem(pin):
            pin = "".join(secrets.choice("0123456789") for _ in range(PIN_DIGITS))
        choose_pin(actor, pin)
        next(row for row in self.rows if row["role"] == who)["pin"] = pin

    def write(self) -> None:
        """Keep the sign-ins where only the operator reads them."""
        settings: Settings = current_app.extensions["settings"]
        path: Path = settings.instance / "demo-signins.json"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as opened:
            json.dump(self.rows, opened, indent=2)


def make_here(signins: SignIns) -> Cast:
    """Make the scheme that the walk of the README goes through."""
    hashed = _passwords(parts.HERE, story.SCHEME[0], signins)
    with writing():
        scheme, premises = _scheme(story.SCHEME, story.SHOPS)
        scheme.police_may_see_gallery = True
        rows = _people(scheme, premises, parts.HERE, hashed)
        _newcomers(scheme, premises)
        _connect(rows, premises)
        cast = _cast(scheme, rows, premises)
    for part in parts.HERE:
        if part.has_pin:
            signins.give_pin(part.who, cast.actors[part.who])
    return cast


def make_elsewhere(signins: SignIns) -> Cast:
    """Make the scheme of which the first must never see anything."""
    shops = {area: inside[:1] for area, inside in story.SHOPS.items()}
    hashed = _passwords(parts.ELSEWHERE[:1], story.OTHER_SCHEME[0], signins)
    with writing():
        scheme, premises = _scheme(story.OTHER_SCHEME, shops)
        rows = _people(scheme, premises, parts.ELSEWHERE, hashed)
        return _cast(scheme, rows, premises)


def _passwords(cast: tuple[Part, ...], slug: str, signins: SignIns) -> dict[str, str]:
    """Make passwords and return their hashes, before any transaction: hashing takes a while."""
    hashed = {}
    for part in cast:
        password = "-".join(secrets.token_hex(2) for _ in range(4))
        hashed[part.who] = hash_unjudged(password)
        signins.add(part, _email(part.who, slug), password)
    return hashed


def _email(who: str, slug: str) -> str:
    return f"{who.replace('_', '-')}@{slug}.example"


def _scheme(named: tuple[str, str], shops: Mapping[str, tuple[Shop, ...]]) -> tuple[Scheme, Placed]:
    scheme = members.create_scheme(*named, is_demo=True)
    scheme.controller = f"{named[1]} Ltd, 1 Invented Street"
    scheme.ico_number = "Z0000000"
    scheme.contact = f"privacy@{named[0]}.example"
    premises = _places(scheme, shops)
    publish_first(scheme)
    return scheme, premises


def _places(scheme: Scheme, shops: Mapping[str, tuple[Shop, ...]]) -> Placed:
    placed = []
    given = clock.today() - timedelta(days=200)
    for area_name, inside in shops.items():
        area = members.add_area(scheme, area_name)
        db.session.flush()
        for shop in inside:
            place = members.add_premises(
                area, shop.name, sector=shop.sector, authority_on=given, by="The owner"
            )
            place.area = area
            placed.append((place, shop))
    db.session.flush()
    return placed


def _people(
    scheme: Scheme, premises: Placed, cast: tuple[Part, ...], hashed: dict[str, str]
) -> dict[str, Member]:
    """Add people, who have accepted the documents; whoever has no password cannot sign in."""
    rows = {part.who: _person(scheme, premises, part) for part in cast}
    for who, row in rows.items():
        if who in hashed:
            row.password_hash, row.state = hashed[who], MemberState.ACTIVE
            accept_all(row, new_id())
    db.session.flush()
    return rows


def _person(scheme: Scheme, premises: Placed, part: Part) -> Member:
    areas, at = _where(premises, part)
    email = _email(part.who, scheme.slug)
    member, _ = members.invite(scheme, part.name, email, part.role, areas=areas, premises=at)
    return member


def _where(premises: Placed, part: Part) -> tuple[list[Area], list[Premises]]:
    """Return a person's Areas and premises: a manager may report from everywhere."""
    every = list({place.area_id: place.area for place, _ in premises}.values())
    if part.shop is not None:
        place = premises[part.shop][0]
        return [place.area], [place]
    if part.role in MANAGERS:
        return every, [place for place, _ in premises]
    return [] if part.role in EVERYWHERE else every, []


def _newcomers(scheme: Scheme, premises: Placed) -> None:
    """Invite staff who have not come yet, and let one wait for a manager's word."""
    for number, name in enumerate(parts.STAFF):
        _person(scheme, premises, Part(f"staff{number}", name, Role.MEMBER, shop=number))
    waits = _person(scheme, premises, parts.JOINER)
    waits.state = MemberState.WAITING


def _connect(rows: dict[str, Member], premises: Placed) -> None:
    """Say who is in the group, who speaks for premises, and which let others report for them."""
    name, inside = parts.GROUP
    group = members.add_group(actor_of(rows["administrator"]), name)
    for who in inside:
        rows[who].groups = [group]
    for number, who in parts.CONTACTS.items():
        premises[number][0].contact_id = rows[who].id
    for number in parts.FOR_OTHERS:
        premises[number][0].others_may_report = True
    db.session.flush()


def _cast(scheme: Scheme, rows: dict[str, Member], premises: Placed) -> Cast:
    actors = {who: actor_of(row) for who, row in rows.items()}
    for terms in story.GALLERIES:
        made = add_gallery(
            actors["administrator"], terms.name, terms.description, terms.expiry_months
        )
        change_gallery(actors["administrator"], made, terms)
    return Cast(scheme.id, actors, [(place.id, shop) for place, shop in premises])
