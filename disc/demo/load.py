"""Loads the demo: two invented schemes, with drawn pictures, through the product's own services."""

import uuid
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select

from disc.core import clock
from disc.core.database import db, new_id
from disc.core.transaction import writing
from disc.demo import story
from disc.demo.aftermath import aftermath
from disc.demo.linking import link_people
from disc.demo.peopling import Cast, SignIns, make_elsewhere, make_here
from disc.demo.scenes import as_jpeg, close_view, describe, disguise, draw_still
from disc.demo.story import Shop, Told
from disc.gallery.looks import CLOTHING, HAIR, HEIGHTS
from disc.gallery.service import NewSubject, add_subject
from disc.incidents import service as incidents
from disc.incidents.goods import set_goods
from disc.incidents.kinds import GoodsLine
from disc.incidents.queries import get_report, steps_of, stills_of
from disc.incidents.service import NewReport
from disc.members.models import Premises, Scheme
from disc.stills.service import prepare

CLOTHES = (*HAIR, *CLOTHING)
SHORT_BELOW, TALL_FROM = 65, 71
"""Inches."""


def load_demo() -> bool:
    """Load the demo where the database holds no scheme; say whether it did.

    Its pictures are compared by the worker when there is one: whoever tries the demo need not
    wait a minute for that.
    """
    if db.session.scalar(select(func.count()).select_from(Scheme)):
        return False
    signins = SignIns()
    here, there = make_here(signins), make_elsewhere(signins)
    subjects = _accepted(here, story.accepted())
    aftermath(here.actors, subjects, [place for place, _ in here.premises])
    link_people(here.actors, subjects)
    _list_goods(here)
    _send(here, story.waiting(), "second_member")
    _accepted(there, story.elsewhere())
    signins.write()
    return True


def _list_goods(cast: Cast) -> None:
    """List for each shop what is stolen most."""
    lines = [GoodsLine(what, pence) for what, pence in story.PRESETS]
    for premises_id, _ in cast.premises:
        with writing():
            place = db.session.get_one(Premises, premises_id)
            set_goods(cast.actors["administrator"], place, lines)


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
                    under_18=number in story.YOUNG,
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
        _height(looks.height),
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
        **told.more,
    )


def _height(words: str) -> str:
    """Return the word of the list for a height such as "about 5 ft 8 in"."""
    feet, inches = (int(part) for part in words.split() if part.isdecimal())
    short, medium, tall = HEIGHTS
    in_all = 12 * feet + inches
    return short if in_all < SHORT_BELOW else medium if in_all < TALL_FROM else tall
