"""What became of the demo's people: names, notices, the police's answers, a request."""

import uuid

from sqlalchemy import select

from disc.access.actor import Actor
from disc.core import clock
from disc.core.database import db, new_id
from disc.core.transaction import writing
from disc.demo import story
from disc.exclusions import service as exclusions
from disc.exclusions.models import ServedHow
from disc.gallery import care, identifying, queries
from disc.gallery import service as gallery
from disc.gallery.looks import UNDER_18
from disc.gallery.merging import Shows, merge
from disc.gallery.models import Audience, Gallery, Subject
from disc.gallery.queries import get_subject
from disc.incidents.models import IncidentSubject
from disc.police import service as police
from disc.police.models import Outcome
from disc.stills.models import Source, Still

BANNED = 4
"""How many of the named people get a notice; each of them stands at another step."""


def aftermath(
    actors: dict[str, Actor], subjects: list[uuid.UUID], premises: list[uuid.UUID]
) -> None:
    """Name some people, ban some, and let the police answer about two."""
    manager = actors["administrator"]
    with writing():
        galleries = list(
            db.session.scalars(
                select(Gallery).where(Gallery.scheme_id == manager.scheme_id).order_by(Gallery.name)
            )
        )
        by_name = {one.name: one.id for one in galleries}
        chosen = [by_name[terms.name] for terms in story.GALLERIES[: story.OPEN_GALLERIES]]
        for number, name in enumerate(story.NAMES):
            subject = get_subject(manager, subjects[number])
            gallery.name_subject(manager, subject, name, chosen if number < BANNED else chosen[1:])
    _told(actors, subjects)
    for number in range(BANNED):
        _notice(actors, subjects[number], premises, number)
    for number, outcome in ((0, Outcome.CHARGED), (3, None)):
        _shared(actors, subjects[number], outcome)
    _known_to_members(actors, subjects)


def _known_to_members(actors: dict[str, Actor], subjects: list[uuid.UUID]) -> None:
    """Let members say who somebody is, and who somebody in a picture from the police is."""
    with writing():
        pictured = subjects[story.FROM_POLICE]
        for still_id in queries.stills_of([pictured])[pictured]:
            db.session.get_one(Still, still_id).source = Source.POLICE
        for said in story.ANSWERS:
            identifying.identify(
                actors[said.who],
                db.session.get_one(Subject, subjects[said.about]),
                said.name,
                said.how,
                said.sureness,
                for_police=said.about == story.FROM_POLICE,
            )


def _told(actors: dict[str, Actor], subjects: list[uuid.UUID]) -> None:
    """Write what is known of some, join two records of one person, show a young one to few."""
    manager, young = actors["administrator"], subjects[story.YOUNG[0]]
    with writing():
        for number, said in enumerate(story.RECORDS):
            gallery.correct_subject(manager, get_subject(manager, subjects[number]), said)
        kept, absorbed = (subjects[number] for number in story.TWICE)
        merge(manager, absorbed, kept, shows={"clothing": Shows.BOTH})
    with writing():
        restricted = db.session.scalars(
            select(Gallery).where(
                Gallery.scheme_id == manager.scheme_id, Gallery.seen_by == Audience.RESTRICTED
            )
        ).one()
        care.agree_publication(actors["board"], young, agreed=True, restricted=True)
        subject = get_subject(manager, young)
        subject.age_band, subject.welfare = UNDER_18[1], story.HELP
        gallery.put_in_gallery(manager, subject, restricted)


def _notice(
    actors: dict[str, Actor], subject_id: uuid.UUID, premises: list[uuid.UUID], number: int
) -> None:
    """Propose a notice; the second and later steps follow for some of them."""
    with writing():
        notice = exclusions.propose(
            actors["administrator"],
            subject_id,
            exclusions.Proposal(
                id=new_id(),
                evidence=frozenset(_reports(subject_id)),
                premises=frozenset(premises),
                starts_on=clock.today(),
                months=(12, 6, 3, 6)[number],
                reasons="Took goods without paying, and was told before to stay away.",
            ),
        )
        notice_id = notice.id
    if number == BANNED - 1:
        return
    with writing():
        exclusions.decide(
            actors["board"], notice_id, approved=True, reasons="The evidence is clear. It is fair."
        )
    if number == BANNED - 2:
        return
    with writing():
        exclusions.serve(
            actors["administrator"],
            notice_id,
            exclusions.Serving(how=ServedHow.IN_PERSON, at=clock.now(), by="Alex Harbourne"),
        )


def _shared(actors: dict[str, Actor], subject_id: uuid.UUID, outcome: Outcome | None) -> None:
    with writing():
        shared = police.escalate(
            actors["administrator"], _reports(subject_id)[0], "Seen at three shops in one month."
        )
        shared_id = shared.id
    if outcome is not None:
        with writing():
            police.record_outcome(actors["spoc"], shared_id, outcome, "SQ/2026/00412", version="")


def _reports(subject_id: uuid.UUID) -> list[uuid.UUID]:
    found = select(IncidentSubject.incident_id).where(IncidentSubject.subject_id == subject_id)
    return list(db.session.scalars(found))
