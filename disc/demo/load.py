"""Loads the demo: two invented schemes, with drawn pictures, through the product's own services."""

import json
import os
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import func, select

from config import Settings
from disc.access.actor import Actor, Role
from disc.core import clock
from disc.core.database import db, new_id
from disc.core.jobs import drain
from disc.core.transaction import writing
from disc.demo import story
from disc.demo.aftermath import aftermath
from disc.demo.scenes import as_jpeg, close_view, describe, disguise, draw_still
from disc.demo.story import Shop, Told
from disc.gallery.service import NewSubject, add_gallery, add_subject
from disc.incidents import service as incidents
from disc.incidents.queries import get_report, steps_of, stills_of
from disc.incidents.rules import CHIPS
from disc.incidents.service import NewReport
from disc.members import service as members
from disc.members.models import Member, MemberState, Premises, Scheme
from disc.members.queries import area_ids_of
from disc.stills.service import prepare

CLOTHES = [chip for group in ("Hair", "Clothing") for chip in CHIPS[group]]


@dataclass(frozen=True, slots=True)
class Cast:
    """A loaded scheme's people and places."""

    scheme_id: uuid.UUID
    actors: dict[str, Actor]
    premises: list[tuple[uuid.UUID, Shop]]


def load_demo() -> bool:
    """Load the demo where the database holds no scheme; say whether it did."""
    if db.session.scalar(select(func.count()).select_from(Scheme)):
        return False
    signins: list[dict[str, str]] = []
    here = _scheme(story.SCHEME, story.SHOPS, signins, other=False)
    there = _scheme(story.OTHER_SCHEME, _small(story.SHOPS), signins, other=True)
    subjects = _accepted(here, story.accepted())
    aftermath(here.actors, subjects, [place for place, _ in here.premises])
    drain()
    _send(here, story.waiting(), "second_member")
    _accepted(there, story.elsewhere())
    drain()
    _write_signins(signins)
    return True


def _small(shops: Mapping[str, tuple[Shop, ...]]) -> Mapping[str, tuple[Shop, ...]]:
    return {area: inside[:1] for area, inside in shops.items()}


def _scheme(
    named: tuple[str, str],
    shops: Mapping[str, tuple[Shop, ...]],
    signins: list[dict[str, str]],
    *,
    other: bool,
) -> Cast:
    with writing():
        scheme = members.create_scheme(*named, is_demo=True)
        scheme.controller = f"{named[1]} Ltd, 1 Invented Street"
        scheme.ico_number = "Z0000000"
        scheme.contact = f"privacy@{named[0]}.example"
        scheme.police_may_see_gallery = not other
        premises = _places(scheme, shops)
        db.session.flush()
        rows = {
            who: _person(scheme, premises, who, number, signins)
            for number, who in enumerate(_cast(other=other))
        }
        for number, name in enumerate(() if other else story.STAFF):
            members.invite(
                scheme,
                name,
                f"staff{number}@{scheme.slug}.example",
                Role.MEMBER,
                areas=[premises[number][0].area],
                premises=[premises[number][0]],
            )
        db.session.flush()
        cast = Cast(
            scheme.id,
            {who: _actor(row) for who, row in rows.items()},
            [(place.id, shop) for place, shop in premises],
        )
        for name, months in (("Banned", 12), ("Known offenders", 12)):
            add_gallery(cast.actors["administrator"], name, "", months)
    return cast


def _places(scheme: Scheme, shops: Mapping[str, tuple[Shop, ...]]) -> list[tuple[Premises, Shop]]:
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
    return placed


def _cast(*, other: bool) -> dict[str, tuple[str, Role]]:
    if other:
        return {
            "other_scheme_member": ("Ivo Larkrise", Role.MEMBER),
            "administrator": ("Una Stillwater", Role.ADMINISTRATOR),
        }
    return {
        "member": ("Sam Pebble", Role.MEMBER),
        "second_member": ("Noor Tidewell", Role.MEMBER),
        "administrator": ("Alex Harbourne", Role.ADMINISTRATOR),
        "board": ("Robin Keelson", Role.BOARD),
        "spoc": ("Kerry Lightship", Role.SPOC),
    }


def _person(
    scheme: Scheme,
    premises: list[tuple[Premises, Shop]],
    who: str,
    number: int,
    signins: list[dict[str, str]],
) -> Member:
    """Add a person and, for those who are in the table of sign-ins, a password."""
    elsewhere = scheme.slug == story.OTHER_SCHEME[0]
    name, role = _cast(other=elsewhere)[who]
    first = premises[min(number, 1)][0]
    areas = [] if role is Role.BOARD else list({id(p.area): p.area for p, _ in premises}.values())
    if role is Role.MEMBER:
        areas = [first.area]
    everywhere = [place for place, _ in premises] if role is Role.ADMINISTRATOR else []
    at = [first] if role is Role.MEMBER else everywhere
    email = f"{who.replace('_', '-')}@{scheme.slug}.example"
    member, _ = members.invite(scheme, name, email, role, areas=areas, premises=at)
    if elsewhere and role is not Role.MEMBER:
        return member
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    member.password_hash = current_app.extensions["passwords"].hash(password)
    member.state = MemberState.ACTIVE
    signins.append({"role": who, "email": email, "password": password})
    return member


def _actor(member: Member) -> Actor:
    db.session.flush()
    return Actor(
        id=member.id,
        session_id=uuid.uuid4(),
        scheme_id=member.scheme_id,
        role=member.role,
        area_ids=area_ids_of(member),
        premises_ids=frozenset(place.id for place in member.premises),
        viewer_code=member.viewer_code,
    )


def _accepted(cast: Cast, told: list[Told]) -> list[uuid.UUID]:
    """Send reports and accept each as a person of their own; return the people."""
    reporter = "member" if "member" in cast.actors else "other_scheme_member"
    manager, people = cast.actors["administrator"], []
    sent = _send(cast, told, reporter)
    for number, (incident_id, one) in enumerate(zip(sent, told, strict=True)):
        with writing():
            incident = get_report(manager, incident_id)
            subject = add_subject(
                manager,
                NewSubject(
                    area_ids=frozenset({incident.area_id}),
                    still_ids=tuple(stills_of([incident_id])[incident_id]),
                    description=incident.description,
                    under_18=number in (25, 26),
                ),
            )
            subject.last_reported_at = clock.now() - timedelta(days=one.days_ago)
            incidents.accept(manager, incident_id, subject.id)
            people.append(subject.id)
    return people


def _send(cast: Cast, told: list[Told], reporter: str) -> list[uuid.UUID]:
    sent = []
    for one in told:
        premises_id, shop = cast.premises[one.shop]
        actor = replace(cast.actors[reporter], premises_ids=frozenset({premises_id}))
        pictures = [prepare(cast.scheme_id, still) for still in _stills(one, shop)]
        with writing():
            place = db.session.get_one(Premises, premises_id)
            incident = incidents.report_incident(actor, place, _report(one), pictures)
            incident.reported_at = incident.occurred_at + timedelta(minutes=9)
            for step in steps_of(incident.id):
                step.at = incident.reported_at
            sent.append(incident.id)
    return sent


def _stills(told: Told, shop: Shop) -> list[bytes]:
    """Draw a report's pictures: the frame as the camera saw it, and a close view as shops send."""
    if told.disguise is not None and told.like is not None:
        original = story.accepted()[told.like]
        camera = [one for inside in story.SHOPS.values() for one in inside][original.shop].camera
        return [disguise(_frame(original, camera, 0), told.disguise, told.like)]
    frames = [_frame(told, shop.camera, number) for number in range(told.moments)]
    return [*frames, close_view(frames[0])] if told.frame else [close_view(frames[0])]


def _frame(told: Told, camera: str, number: int) -> bytes:
    at = clock.now() - timedelta(days=told.days_ago)
    moment = int(at.replace(hour=11, minute=told.figure % 60, second=0).timestamp()) + 30 * number
    return as_jpeg(draw_still(camera, moment, told.figure), exif=True)


def _report(told: Told) -> NewReport:
    looks = describe(told.figure)
    worn = " ".join((*looks.clothing, looks.hair, looks.bag))
    chips = [
        f"looks like a {looks.sex_presented}",
        f"{looks.build} build",
        *(chip for chip in CLOTHES if all(word in worn for word in chip.split())),
    ]
    return NewReport(
        submission_id=new_id(),
        kind=told.kind,
        occurred_at=clock.now() - timedelta(days=told.days_ago, minutes=20),
        words=told.words,
        goods=told.goods,
        value_pence=told.pence,
        violence=told.violence,
        description=tuple(chips),
    )


def _write_signins(signins: list[dict[str, str]]) -> None:
    settings: Settings = current_app.extensions["settings"]
    path: Path = settings.instance / "demo-signins.json"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as opened:
        json.dump(signins, opened, indent=2)
