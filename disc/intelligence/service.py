"""Changes to vehicles and associations: made, suggested, confirmed, ended, erased."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from disc.access.actor import Actor
from disc.core import audit, clock
from disc.core.database import db, new_id
from disc.core.errors import Missing
from disc.core.keys import erase_key
from disc.exclusions.queries import get_person
from disc.gallery.models import Subject, SubjectState
from disc.gallery.queries import one_person
from disc.gallery.rules import Months, clocks
from disc.gallery.service import reference
from disc.incidents.marks import mark_problem, normal_mark
from disc.incidents.models import STANDS, Incident
from disc.incidents.queries import mark_token, subjects_of
from disc.intelligence import queries, rules
from disc.intelligence.errors import AlreadyLinked, ChangedLink, UnfitLink, UnfitMark
from disc.intelligence.models import Association, Vehicle
from disc.intelligence.rules import AssociationKind, AssociationState, Grading
from disc.members.models import Scheme
from disc.members.queries import get_scheme
from disc.members.service import require_live


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVehicle:
    """What a manager types about a vehicle; ``mark`` in any form."""

    mark: str
    make: str = ""
    colour: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLink:
    """What a manager says of two people, or of a person and a vehicle."""

    kind: AssociationKind
    evidence: str
    grading: Grading
    months: int = rules.USUAL_MONTHS


def add_vehicle(actor: Actor, new: NewVehicle) -> tuple[Vehicle, bool]:
    """Add a vehicle, and say if it is new: the days of one that is there already start again.

    Raises UnfitMark for what is no mark, NotLive where the go-live checklist is not complete.
    """
    require_live(actor.scheme_id)
    mark = normal_mark(new.mark)
    problem = mark_problem(mark)
    if problem:
        raise UnfitMark(problem)
    _take_turn(actor.scheme_id)
    past = queries.past_its_day(actor.scheme_id, mark)
    if past is not None:
        erase_vehicle(past)
    known = queries.find_vehicle(actor, mark)
    vehicle = known or _new_vehicle(actor, mark, new)
    vehicle.hide_on, vehicle.erase_on = _days_of_vehicle(actor.scheme_id)
    db.session.add(vehicle)
    db.session.flush()
    _record("vehicle seen again" if known else "vehicle added", actor, "vehicle", vehicle.id)
    return vehicle, known is None


def correct_vehicle(actor: Actor, vehicle: Vehicle, *, make: str, colour: str, notes: str) -> None:
    """Put right what a record says of a vehicle."""
    _describe(vehicle, make, colour, notes)
    db.session.flush()
    _record("vehicle corrected", actor, "vehicle", vehicle.id)


def add_person_link(
    actor: Actor, subject_id: uuid.UUID, other_id: uuid.UUID, new: NewLink
) -> Association:
    """Link two people; another manager must confirm it.

    Raises Missing, UnfitLink, AlreadyLinked, NotLive.
    """
    one, other = sorted((subject_id, other_id))
    ends = [get_person(actor, one), get_person(actor, other)]
    if ends[0].id == ends[1].id:
        raise UnfitLink("A person cannot be linked to themselves. Choose somebody else.")
    return _add(actor, new, {"subject_id": ends[0], "other_subject_id": ends[1]})


def add_vehicle_link(
    actor: Actor, subject_id: uuid.UUID, vehicle_id: uuid.UUID, new: NewLink
) -> Association:
    """Link a person and a vehicle; another manager must confirm it.

    Raises Missing, UnfitLink, AlreadyLinked, NotLive.
    """
    person, vehicle = get_person(actor, subject_id), queries.get_vehicle(actor, vehicle_id)
    return _add(actor, new, {"subject_id": person, "vehicle_id": vehicle})


def suggest_from_report(incident_id: uuid.UUID) -> None:
    """Suggest that people were seen together whom one accepted report is about.

    Nobody is suggested twice, nor again while an ended link of theirs is kept.
    """
    incident = db.session.get(Incident, incident_id)
    if incident is None or incident.state not in STANDS:
        return
    people = _people_of(incident)
    if len(people) > 1:
        _take_turn(incident.scheme_id)
    for one, other in combinations(people, 2):
        if not _was_linked(one.id, other.id):
            _suggest(incident, one, other)


def confirm(actor: Actor, association_id: uuid.UUID, grading: Grading | None = None) -> Association:
    """Confirm a link that somebody else made, or the computer, which gives no grade of its own.

    Raises Missing for one's own, ChangedLink where somebody dealt with it first or it has ended,
    UnfitLink without a grade.
    """
    link = _locked(actor, association_id)
    if link.made_by_id == actor.id:
        raise Missing
    if link.state is not AssociationState.SUGGESTED or link.expires_on <= clock.today():
        raise ChangedLink
    if link.made_by_id is None and grading is not None:
        _grade(link, grading)
    if link.grading is None:
        raise UnfitLink("Give this link a grade first.")
    link.state = AssociationState.CONFIRMED
    link.confirmed_by_id, link.confirmed_at = actor.id, clock.now()
    db.session.flush()
    _record("link confirmed", actor, "link", link.id)
    return link


def end(actor: Actor, association_id: uuid.UUID) -> Association:
    """End a link now; ending it twice changes nothing."""
    link = _locked(actor, association_id)
    if link.state is AssociationState.EXPIRED:
        return link
    today = clock.today()
    kept_until = clock.add_months(today, rules.KEPT_MONTHS)
    link.state, link.expires_on = AssociationState.EXPIRED, min(link.expires_on, today)
    link.erase_on = min(link.erase_on, kept_until)
    db.session.flush()
    _record("link ended", actor, "link", link.id)
    return link


def expire(link: Association) -> None:
    """Note that a link is past its last day."""
    link.state = AssociationState.EXPIRED


def keep_within_records() -> int:
    """Bring each link's days forward to those of the records that it connects; say how many.

    A record's days may have become shorter since the link was made.
    """
    one, other = aliased(Subject), aliased(Subject)
    found = (
        select(Association, one.erase_on, other.erase_on, Vehicle.erase_on)
        .join(one, one.id == Association.subject_id)
        .outerjoin(other, other.id == Association.other_subject_id)
        .outerjoin(Vehicle, Vehicle.id == Association.vehicle_id)
        .where(or_(*(record.erase_on < Association.erase_on for record in (one, other, Vehicle))))
    )
    rows = db.session.execute(found).all()
    for link, *ends in rows:
        link.erase_on = min(day for day in (link.erase_on, *ends) if day is not None)
        link.expires_on = min(link.expires_on, link.erase_on)
    return len(rows)


def erase_link(link: Association) -> None:
    """Erase a link: its key, its words and its row."""
    scheme_id, link_id = link.scheme_id, link.id
    erase_key(link)
    db.session.delete(link)
    db.session.flush()
    _record_of(scheme_id, "link erased", "link", link_id)


def erase_vehicle(vehicle: Vehicle) -> None:
    """Erase a vehicle with its links: keys, words, token and rows."""
    scheme_id, vehicle_id = vehicle.scheme_id, vehicle.id
    found = select(Association).where(Association.vehicle_id == vehicle_id)
    for link in db.session.scalars(found).all():
        erase_link(link)
    erase_key(vehicle)
    db.session.delete(vehicle)
    db.session.flush()
    _record_of(scheme_id, "vehicle erased", "vehicle", vehicle_id)


def erase_vehicle_now(actor: Actor, vehicle: Vehicle) -> None:
    """Erase a vehicle before its day (UK GDPR article 17)."""
    vehicle_id = vehicle.id
    erase_vehicle(vehicle)
    _record("erased on request", actor, "vehicle", vehicle_id)


def _take_turn(scheme_id: uuid.UUID) -> None:
    """Let one transaction at a time add vehicles and links to a scheme."""
    turn = select(Scheme.id).where(Scheme.id == scheme_id).with_for_update(key_share=True)
    db.session.execute(turn)


def _new_vehicle(actor: Actor, mark: str, new: NewVehicle) -> Vehicle:
    vehicle = Vehicle(
        id=new_id(),
        scheme_id=actor.scheme_id,
        reference=reference("V"),
        mark_token=mark_token(actor.scheme_id, mark),
        made_by_id=actor.id,
    )
    vehicle.mark = mark
    _describe(vehicle, new.make, new.colour, new.notes)
    return vehicle


def _describe(vehicle: Vehicle, make: str, colour: str, notes: str) -> None:
    vehicle.make, vehicle.colour, vehicle.notes = make.strip(), colour.strip(), notes.strip()


def _days_of_vehicle(scheme_id: uuid.UUID) -> tuple[date, date]:
    """Return a vehicle's two days from today: as long as a person with a name."""
    scheme = get_scheme(scheme_id)
    months = Months(scheme.known_hide_months, scheme.known_erase_months)
    found = clocks(clock.today(), months, careful=False)
    return found.hide_on, found.erase_on


def _add(actor: Actor, new: NewLink, ends: dict[str, Subject | Vehicle]) -> Association:
    require_live(actor.scheme_id)
    _check(new, with_a_vehicle="vehicle_id" in ends)
    _take_turn(actor.scheme_id)
    one, other = ends.values()
    between = queries.links_between(actor, one.id, other.id)
    if any(link.row.kind is new.kind and link.is_live for link in between):
        raise AlreadyLinked
    link = _row(actor.scheme_id, new.kind, ends, new.months)
    link.made_by_id, link.evidence = actor.id, new.evidence.strip()
    link.grade(new.grading)
    db.session.add(link)
    db.session.flush()
    _record("link suggested", actor, "link", link.id, detail=new.kind.value)
    return link


def _check(new: NewLink, *, with_a_vehicle: bool) -> None:
    if new.kind not in rules.kinds_of(with_a_vehicle=with_a_vehicle):
        between = "a person and a vehicle" if with_a_vehicle else "two people"
        raise UnfitLink(f"This kind of link is not between {between}. Choose another.")
    problem = rules.grading_problem(new.grading)
    if problem:
        raise UnfitLink(problem)
    if not new.evidence.strip():
        raise UnfitLink("Type how you know.")
    if new.months not in rules.MONTHS:
        raise UnfitLink("Choose 3, 6 or 12 months.")


def _row(
    scheme_id: uuid.UUID, kind: AssociationKind, ends: dict[str, Subject | Vehicle], months: int
) -> Association:
    last_days = [record.erase_on for record in ends.values()]
    expires_on, erase_on = rules.days(clock.today(), months, *last_days)
    return Association(
        id=new_id(),
        scheme_id=scheme_id,
        kind=kind,
        state=AssociationState.SUGGESTED,
        expires_on=expires_on,
        erase_on=erase_on,
        **{name: record.id for name, record in ends.items()},
    )


def _people_of(incident: Incident) -> list[Subject]:
    """Return the people whom a report is about, in a steady order; joined records count once.

    No computer links a child under 10 with anybody: one leads nowhere (decision 35).
    """
    records = [db.session.get_one(Subject, one) for one in subjects_of(incident.id)]
    ids = {record.merged_into_id or record.id for record in records}
    found = select(Subject).where(
        Subject.id.in_(ids), Subject.state != SubjectState.ERASED, Subject.under_10.is_(False)
    )
    return list(db.session.scalars(found.order_by(Subject.id)))


def _was_linked(one_id: uuid.UUID, other_id: uuid.UUID) -> bool:
    one, other = _records(one_id), _records(other_id)
    found = select(Association.id).where(
        or_(
            Association.subject_id.in_(one) & Association.other_subject_id.in_(other),
            Association.subject_id.in_(other) & Association.other_subject_id.in_(one),
        )
    )
    return db.session.scalar(found.limit(1)) is not None


def _records(subject_id: uuid.UUID) -> Iterable[uuid.UUID]:
    return set(one_person([subject_id]))


def _suggest(incident: Incident, one: Subject, other: Subject) -> None:
    link = _row(
        incident.scheme_id,
        AssociationKind.SEEN_TOGETHER,
        {"subject_id": one, "other_subject_id": other},
        rules.USUAL_MONTHS,
    )
    link.evidence = f"Both are in report {incident.reference}."
    db.session.add(link)
    db.session.flush()
    _record_of(incident.scheme_id, "link suggested", "link", link.id, detail="by the computer")


def _grade(link: Association, grading: Grading) -> None:
    problem = rules.grading_problem(grading)
    if problem:
        raise UnfitLink(problem)
    link.grade(grading)


def _locked(actor: Actor, association_id: uuid.UUID) -> Association:
    link = queries.get_link(actor, association_id).row
    db.session.refresh(link, with_for_update={"of": Association})
    return link


def _record(act: str, actor: Actor, target: str, target_id: uuid.UUID, detail: str = "") -> None:
    audit.record(audit.by(actor, act, target, target_id, detail=detail))


def _record_of(
    scheme_id: uuid.UUID, act: str, target: str, target_id: uuid.UUID, detail: str = ""
) -> None:
    audit.record(
        audit.Entry(act=act, scheme_id=scheme_id, target=target, target_id=target_id, detail=detail)
    )
