"""Reads of vehicles and associations, scoped to the scheme; members are told of company alone."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import aliased

from disc.access.actor import Actor
from disc.core import clock, paging
from disc.core.database import db
from disc.core.errors import Missing
from disc.gallery.leafing import visible
from disc.gallery.models import Subject, SubjectKind, SubjectState
from disc.gallery.queries import everybody, one_person
from disc.incidents.marks import normal_mark
from disc.incidents.queries import mark_token
from disc.intelligence.models import Association, Vehicle
from disc.intelligence.rules import (
    SOUND,
    AssociationKind,
    AssociationState,
    Handling,
    Source,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """One end of a link, as the manager reads it.

    ``label`` is the name or the mark; where the record is past its day of hiding, its number.
    """

    id: uuid.UUID
    is_vehicle: bool
    label: str
    detail: str
    erase_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An association with its two ends; a joined record stands for the one that was kept."""

    row: Association
    one: End
    other: End

    @property
    def is_live(self) -> bool:
        """Say whether the link holds today, confirmed or not."""
        over = self.row.state is AssociationState.EXPIRED or self.row.expires_on <= clock.today()
        return not over


def get_vehicle(actor: Actor, vehicle_id: uuid.UUID) -> Vehicle:
    """Return a vehicle of the scheme. Raises Missing."""
    vehicle = db.session.scalar(_vehicles(actor).where(Vehicle.id == vehicle_id))
    if vehicle is None:
        raise Missing
    return vehicle


def find_vehicle(actor: Actor, typed: str) -> Vehicle | None:
    """Return the scheme's vehicle with a mark or a number, a hidden one too."""
    mark = normal_mark(typed)
    found = _vehicles(actor).where(
        or_(
            Vehicle.mark_token == mark_token(actor.scheme_id, mark),
            Vehicle.reference == typed.strip().upper(),
        )
    )
    return db.session.scalar(found)


def vehicles(actor: Actor, number: int = 1) -> paging.Page[Vehicle]:
    """List the scheme's vehicles, newest first, hidden ones left out, a page of them."""
    found = _vehicles(actor).where(Vehicle.hide_on > clock.today())
    newest = found.order_by(Vehicle.made_at.desc(), Vehicle.id.desc())
    return paging.cut(list(db.session.scalars(paging.window(newest, number))), number)


def get_link(actor: Actor, association_id: uuid.UUID) -> Link:
    """Return an association of the scheme with its ends. Raises Missing."""
    found = _with_ends(actor, _of_scheme(actor).where(Association.id == association_id))
    if not found:
        raise Missing
    return found[0]


def links_of(actor: Actor, end_ids: Iterable[uuid.UUID]) -> list[Link]:
    """List the links of some people and vehicles, ended ones too, oldest first.

    Those of a record that was joined to a person are theirs; one within a person is left out.
    """
    return _with_ends(actor, _of_scheme(actor).where(_touches(end_ids)).order_by(*_OLDEST_FIRST))


def count_links(actor: Actor, subject_id: uuid.UUID) -> int:
    """Count the links of a person that hold today."""
    return sum(link.is_live for link in links_of(actor, [subject_id]))


def to_check(actor: Actor) -> list[Link]:
    """List the links that nobody has confirmed yet, oldest first."""
    return _with_ends(actor, _waiting(actor).order_by(*_OLDEST_FIRST).limit(200))


def count_to_check(actor: Actor) -> int:
    """Count the links that nobody has confirmed yet."""
    return db.session.scalar(select(func.count()).select_from(_waiting(actor).subquery())) or 0


def links_between(actor: Actor, one_id: uuid.UUID, other_id: uuid.UUID) -> list[Link]:
    """List the links between two people, or a person and a vehicle, ended ones too."""
    return [
        link
        for link in links_of(actor, [one_id])
        if {link.one.id, link.other.id} == {one_id, other_id}
    ]


def companions_of(actor: Actor, subject_id: uuid.UUID) -> list[Subject]:
    """Return the Known people with whom somebody was seen, as far as members read of it.

    Both must be visible to the actor, and neither be under 18 or vulnerable.
    """
    subject = db.session.scalar(visible(actor).where(Subject.id == subject_id))
    if subject is None or subject.under_18 or subject.vulnerable:
        return []
    others = _seen_with(actor, subject_id)
    found = visible(actor).where(
        Subject.id.in_(others),
        Subject.id != subject_id,
        Subject.kind == SubjectKind.KNOWN,
        Subject.under_18.is_(False),
        Subject.vulnerable.is_(False),
    )
    return sorted(db.session.scalars(found), key=lambda one: one.name.casefold())


def users_of(actor: Actor, typed: str) -> set[uuid.UUID]:
    """Return the people who are linked with the vehicle of a registration mark today.

    One past its day of hiding leads to nobody: its own page asks for a fresh proof.
    """
    vehicle = find_vehicle(actor, typed)
    if vehicle is None or vehicle.hide_on <= clock.today():
        return set()
    found = _of_scheme(actor).where(Association.vehicle_id == vehicle.id, *_holds())
    return {one.subject_id for one in db.session.scalars(found)}


def every_association_of(subject_id: uuid.UUID) -> list[Association]:
    """Return the associations of one record, for its erasure."""
    found = select(Association).where(
        or_(Association.subject_id == subject_id, Association.other_subject_id == subject_id)
    )
    return list(db.session.scalars(found))


def past_its_day(scheme_id: uuid.UUID, mark: str) -> Vehicle | None:
    """Return the vehicle with a normal mark that the sweep has not come to yet."""
    found = select(Vehicle).where(
        Vehicle.scheme_id == scheme_id,
        Vehicle.mark_token == mark_token(scheme_id, mark),
        Vehicle.erase_on <= clock.today(),
    )
    return db.session.scalar(found)


def _vehicles(actor: Actor) -> Select[Vehicle]:
    """Select the scheme's vehicles; one whose day of erasure has come is gone."""
    return select(Vehicle).where(
        Vehicle.scheme_id == actor.scheme_id, Vehicle.erase_on > clock.today()
    )


def _of_scheme(actor: Actor) -> Select[Association]:
    """Select the scheme's links; one whose day of erasure has come is gone."""
    return select(Association).where(
        Association.scheme_id == actor.scheme_id, Association.erase_on > clock.today()
    )


def _holds() -> tuple[ColumnElement[bool], ...]:
    return (Association.state != AssociationState.EXPIRED, Association.expires_on > clock.today())


def _waiting(actor: Actor) -> Select[Association]:
    """Select the links that wait and that ``_with_ends`` leaves: the count is of what is listed."""
    held = everybody(actor).with_only_columns(Subject.id)
    kept = or_(Subject.merged_into_id.is_(None), Subject.merged_into_id.in_(held.correlate(None)))
    told, cars = held.where(kept), _vehicles(actor).with_only_columns(Vehicle.id)
    return _of_scheme(actor).where(
        Association.state == AssociationState.SUGGESTED,
        *_holds(),
        Association.subject_id.in_(told),
        or_(Association.other_subject_id.is_(None), Association.other_subject_id.in_(told)),
        or_(Association.vehicle_id.is_(None), Association.vehicle_id.in_(cars)),
        ~_within_one(),
    )


def _within_one() -> ColumnElement[bool]:
    """Select links between two records that were joined since."""
    one, other = aliased(Subject), aliased(Subject)
    return exists().where(
        one.id == Association.subject_id,
        other.id == Association.other_subject_id,
        func.coalesce(one.merged_into_id, one.id) == func.coalesce(other.merged_into_id, other.id),
    )


def _touches(end_ids: Iterable[uuid.UUID]) -> ColumnElement[bool]:
    """Select what one end of which is a record of some people, or one of some vehicles."""
    ids = set(one_person(end_ids))
    return or_(
        Association.subject_id.in_(ids),
        Association.other_subject_id.in_(ids),
        Association.vehicle_id.in_(ids),
    )


def _with_ends(actor: Actor, found: Select[Association]) -> list[Link]:
    """Return associations with their ends, but for those whose end is gone or both are one.

    An end that the actor may not read of is gone for them: a child under 10 is no manager's.
    """
    rows = list(db.session.scalars(found))
    ends = _people(actor, rows) | _cars(actor, rows)
    links = []
    for row in rows:
        one = ends.get(row.subject_id)
        other = ends.get(row.other_subject_id or row.vehicle_id or row.id)
        if one is not None and other is not None and one.id != other.id:
            links.append(Link(row=row, one=one, other=other))
    return links


def _people(actor: Actor, rows: list[Association]) -> dict[uuid.UUID, End]:
    """Return the people at the ends of associations, by the record that the association names."""
    named = {one for row in rows for one in (row.subject_id, row.other_subject_id) if one}
    records = _subjects(actor, named)
    kept = _subjects(actor, {one.merged_into_id for one in records.values() if one.merged_into_id})
    ends = {}
    for record_id, record in records.items():
        person = kept.get(record.merged_into_id) if record.merged_into_id else record
        if person is not None:
            ends[record_id] = end_of_person(person)
    return ends


def _subjects(actor: Actor, ids: set[uuid.UUID]) -> dict[uuid.UUID, Subject]:
    found = everybody(actor).where(Subject.id.in_(ids))
    return {subject.id: subject for subject in db.session.scalars(found)}


def _cars(actor: Actor, rows: list[Association]) -> dict[uuid.UUID, End]:
    ids = {row.vehicle_id for row in rows if row.vehicle_id}
    found = _vehicles(actor).where(Vehicle.id.in_(ids))
    return {vehicle.id: end_of_vehicle(vehicle) for vehicle in db.session.scalars(found)}


def end_of_person(subject: Subject) -> End:
    """Return a person as the end of a link; what asks for a fresh proof is not named."""
    past = subject.hide_on <= clock.today()
    return End(
        id=subject.id,
        is_vehicle=False,
        label=subject.reference if past else subject.name or "Name not known",
        detail="Past its day" if past else subject.reference,
        erase_on=subject.erase_on,
    )


def end_of_vehicle(vehicle: Vehicle) -> End:
    """Return a vehicle as the end of a link; what asks for a fresh proof is not named."""
    past = vehicle.hide_on <= clock.today()
    looks = " ".join(filter(None, (vehicle.colour, vehicle.make))) or vehicle.reference
    return End(
        id=vehicle.id,
        is_vehicle=True,
        label=vehicle.reference if past else vehicle.mark,
        detail="Past its day" if past else looks,
        erase_on=vehicle.erase_on,
    )


def _seen_with(actor: Actor, subject_id: uuid.UUID) -> set[uuid.UUID]:
    """Return whom a person was seen with, of links that members may read of.

    A record that was joined stands for the kept one only while it may itself be shown.
    """
    one, other = aliased(Subject), aliased(Subject)
    records = set(one_person([subject_id]))
    found = (
        select(one.id, one.merged_into_id, other.id, other.merged_into_id)
        .select_from(Association)
        .join(one, one.id == Association.subject_id)
        .join(other, other.id == Association.other_subject_id)
        .where(
            Association.scheme_id == actor.scheme_id,
            Association.state == AssociationState.CONFIRMED,
            Association.expires_on > clock.today(),
            or_(one.id.in_(records), other.id.in_(records)),
            *_is_told(),
            *(shown for end in (one, other) for shown in _may_be_told_of(end)),
        )
    )
    people: set[uuid.UUID] = set()
    for one_id, one_kept, other_id, other_kept in db.session.execute(found):
        people |= {one_kept or one_id, other_kept or other_id}
    return people - {subject_id}


def _may_be_told_of(end: type[Subject]) -> tuple[ColumnElement[bool], ...]:
    """Select records that members may read of: those who need care are named in no company."""
    return (
        end.state == SubjectState.PUBLISHED,
        end.hidden_at.is_(None),
        end.restricted_only.is_(False),
        end.under_18.is_(False),
        end.vulnerable.is_(False),
    )


def _is_told() -> tuple[ColumnElement[bool], ...]:
    """Select what ``rules.is_told_to_members`` lets members read of."""
    return (
        Association.kind == AssociationKind.SEEN_TOGETHER,
        Association.handling == Handling.PERMITTED,
        Association.source != Source.NOT_RELIABLE,
        Association.assessment.in_(SOUND),
    )


_OLDEST_FIRST = (Association.made_at, Association.id)
