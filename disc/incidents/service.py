"""Changes to reports: sent, decided, linked to a person, erased."""

import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import delete

from disc.access.actor import FOR_OTHERS, Actor, Role
from disc.core import audit, clock
from disc.core.database import db, new_id
from disc.core.keys import erase_key
from disc.core.outbox import publish
from disc.gallery.filtering import note_time
from disc.gallery.leafing import visible
from disc.gallery.models import Subject
from disc.gallery.service import reference
from disc.incidents.errors import ChangedReport, NotOfWelfare
from disc.incidents.events import IncidentReported, ReportAccepted, ReportAmended, ReportMoved
from disc.incidents.kinds import (
    WELFARE,
    Ending,
    Force,
    GoodsLine,
    Hurt,
    IncidentKind,
    Recovered,
    WeaponKind,
    WeaponUse,
    WelfareNow,
    worth,
)
from disc.incidents.marks import normal_code, normal_mark
from disc.incidents.models import (
    UNDECIDED,
    Incident,
    IncidentKnown,
    IncidentState,
    IncidentStep,
    IncidentStill,
    IncidentSubject,
)
from disc.incidents.queries import (
    find_submission,
    forensic_token,
    get_report,
    mark_token,
    notes_of,
    unread_of,
)
from disc.incidents.rules import kept_months
from disc.members.models import Premises
from disc.members.queries import get_scheme, works_at
from disc.members.service import require_live
from disc.stills.models import Source
from disc.stills.service import Prepared, add_still

SEALED = ("words", "goods", "goods_lines", "description", "vehicle", "forensic_code", "reason")
"""What of a report is sealed, and goes with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReport:
    """What a member tells. Amounts are in pence; ``words`` are kept as typed.

    ``known_ids`` are Subjects whom the reporter believes to have seen: those whom the gallery does
    not show them are left out.
    """

    submission_id: uuid.UUID
    kind: IncidentKind
    occurred_at: datetime
    words: str = ""
    goods: str = ""
    value_pence: int | None = None
    violence: bool = False
    weapon: bool = False
    injured: bool = False
    description: tuple[str, ...] = ()
    weapon_kind: WeaponKind | None = None
    weapon_use: WeaponUse | None = None
    hurt: Hurt | None = None
    force: Force | None = None
    goods_lines: tuple[GoodsLine, ...] = ()
    recovered: Recovered | None = None
    ending: Ending | None = None
    vehicle: str = ""
    forensic_code: str = ""
    known_ids: tuple[uuid.UUID, ...] = ()
    welfare_now: WelfareNow | None = None


PLAIN = (
    *("kind", "occurred_at", "value_pence", "violence", "weapon", "injured", "weapon_kind"),
    *("weapon_use", "hurt", "force", "recovered", "ending", "welfare_now"),
)
"""What is told and not sealed, by the name that it has in the table too."""


def report_incident(
    actor: Actor,
    premises: Premises,
    new: NewReport,
    pictures: list[Prepared],
    incident_id: uuid.UUID | None = None,
) -> Incident:
    """Store a report with its pictures; a retry returns the report that was stored first.

    ``incident_id`` is for callers whose reports must sort in an order of their own.
    Answers to questions that did not matter are left out. Raises NotLive where the go-live
    checklist is not complete, NotOfWelfare where somebody who needs help is described or shown.
    """
    sent = find_submission(actor, new.submission_id)
    if sent is not None:
        return sent
    welfare_is_words_alone(new, pictures)
    require_live(actor.scheme_id)
    new = as_asked(new)
    kept = kept_months(get_scheme(actor.scheme_id).report_erase_months, new.kind)
    erase_on = clock.add_months(clock.today(), kept)
    incident = _row(actor, premises, new, erase_on)
    incident.id = incident_id or incident.id
    db.session.add(incident)
    db.session.flush()
    for picture in pictures:
        still = add_still(picture, premises, erase_on, source_of(actor), actor.id)
        db.session.add(IncidentStill(incident_id=incident.id, still_id=still.id))
    add_known(actor, incident, new.known_ids)
    db.session.add(IncidentStep(id=new_id(), incident_id=incident.id, state=incident.state))
    db.session.flush()
    publish(IncidentReported(incident_id=incident.id, scheme_id=incident.scheme_id))
    _record("report sent", actor, incident)
    return incident


def move(actor: Actor, incident: Incident, state: IncidentState) -> None:
    """Set a report's state and add the step that the reporter sees."""
    incident.state, incident.changed_at = state, clock.now()
    db.session.add(IncidentStep(id=new_id(), incident_id=incident.id, state=state))
    if actor.id != incident.reporter_id:
        publish(
            ReportMoved(
                incident_id=incident.id,
                scheme_id=incident.scheme_id,
                reporter_id=incident.reporter_id,
                state=state.value,
            )
        )
    _record(f"report {state.value}", actor, incident)


def accept(actor: Actor, incident_id: uuid.UUID, subject_id: uuid.UUID | None) -> Incident:
    """Accept a report, about a person or about none. Raises ChangedReport, NotOfWelfare."""
    incident = get_undecided(actor, incident_id)
    if subject_id is not None:
        if incident.kind in WELFARE:
            raise NotOfWelfare
        db.session.add(IncidentSubject(incident_id=incident.id, subject_id=subject_id))
        note_time(incident.scheme_id, subject_id, incident.occurred_at)
    _decide(actor, incident, IncidentState.ACCEPTED)
    publish(ReportAccepted(incident_id=incident.id))
    return incident


def reject(actor: Actor, incident_id: uuid.UUID, reason: str) -> Incident:
    """Reject a report with a reason that the reporter reads. Raises ChangedReport."""
    incident = get_undecided(actor, incident_id)
    incident.reason = reason
    _decide(actor, incident, IncidentState.REJECTED)
    return incident


def erase_incident(incident: Incident) -> None:
    """Erase a report's words; that something of a kind happened at a place stays as a number."""
    if incident.erased_at is not None:
        return
    erase_key(incident)
    for column in SEALED:
        setattr(incident, f"{column}_sealed", None)
    for note in notes_of(incident.id):
        erase_key(note)
        db.session.delete(note)
    incident.vehicle_token = incident.forensic_code_token = None
    db.session.execute(delete(IncidentKnown).where(IncidentKnown.incident_id == incident.id))
    incident.erased_at = clock.now()
    audit.record(
        audit.Entry(
            act="report erased",
            scheme_id=incident.scheme_id,
            target="incident",
            target_id=incident.id,
        )
    )


def welfare_is_words_alone(new: NewReport, pictures: list[Prepared]) -> None:
    """Raise NotOfWelfare where a report of somebody who needs help describes or shows them."""
    told = new.description or new.vehicle or new.known_ids or new.forensic_code
    accuses = new.violence or new.weapon
    if new.kind in WELFARE and (pictures or told or accuses):
        raise NotOfWelfare


def as_asked(new: NewReport) -> NewReport:
    """Leave out the answers to questions that did not matter, such as which weapon without one."""
    steals = new.kind is IncidentKind.SHOP_THEFT and new.violence
    has_goods = bool(new.goods or new.goods_lines or new.value_pence is not None)
    worth_together = worth(new.goods_lines) if new.value_pence is None else new.value_pence
    return replace(
        new,
        value_pence=worth_together,
        weapon_kind=new.weapon_kind if new.weapon else None,
        weapon_use=new.weapon_use if new.weapon else None,
        hurt=new.hurt if new.injured else None,
        force=new.force if steals else None,
        recovered=new.recovered if has_goods else None,
        welfare_now=new.welfare_now if new.kind in WELFARE else None,
        vehicle=normal_mark(new.vehicle),
        forensic_code=normal_code(new.forensic_code),
    )


def add_known(actor: Actor, incident: Incident, ids: tuple[uuid.UUID, ...]) -> None:
    """Keep whom the reporter believes to have seen, of those whom the gallery shows them."""
    wanted = visible(actor).where(Subject.id.in_(ids)).with_only_columns(Subject.id)
    for subject_id in db.session.scalars(wanted):
        db.session.add(IncidentKnown(incident_id=incident.id, subject_id=subject_id))


def source_of(actor: Actor) -> Source:
    """What the police send stays theirs to withdraw."""
    return Source.POLICE if actor.role is Role.SPOC else Source.MEMBER


def _row(actor: Actor, premises: Premises, new: NewReport, erase_on: date) -> Incident:
    incident = Incident(
        id=new_id(),
        submission_id=new.submission_id,
        reference=reference("R"),
        scheme_id=actor.scheme_id,
        reporter_id=actor.id,
        state=IncidentState.SUBMITTED,
        erase_on=erase_on,
    )
    tell(actor, incident, premises, new)
    return incident


def tell(actor: Actor, incident: Incident, premises: Premises, new: NewReport) -> None:
    """Write into a report what its reporter tells; its number, days and state stay."""
    incident.premises_id, incident.area_id = premises.id, premises.area_id
    incident.on_behalf = actor.role in FOR_OTHERS and not works_at(actor, premises.id)
    for name in PLAIN:
        setattr(incident, name, getattr(new, name))
    incident.words, incident.goods, incident.description = new.words, new.goods, new.description
    incident.goods_lines = new.goods_lines
    _mark_things(incident, new)


def _mark_things(incident: Incident, new: NewReport) -> None:
    """Seal a registration mark and a forensic code, each with the token that it is found by."""
    scheme_id, mark, code = incident.scheme_id, new.vehicle, new.forensic_code
    incident.vehicle, incident.forensic_code = mark, code
    incident.vehicle_token = mark_token(scheme_id, mark) if mark else None
    incident.forensic_code_token = forensic_token(scheme_id, code) if code else None


def note_change(incident: Incident) -> None:
    """Say that a report, held by now, tells something else than before.

    Until it is decided, nobody decides from a page that lacks it.
    """
    if incident.state in UNDECIDED:
        incident.amended += 1
        publish(ReportAmended(incident_id=incident.id, scheme_id=incident.scheme_id))
    db.session.flush()


def get_undecided(actor: Actor, incident_id: uuid.UUID) -> Incident:
    """Return a waiting report, held so that nobody else decides it. Raises ChangedReport."""
    incident = get_report(actor, incident_id)
    db.session.refresh(incident, with_for_update={"of": Incident})
    if incident.is_erased or incident.state not in UNDECIDED:
        raise ChangedReport
    return incident


def _decide(actor: Actor, incident: Incident, state: IncidentState) -> None:
    for note in unread_of(incident.id):
        note.read_at = clock.now()  # whoever decides has read what came
    incident.decided_by_id, incident.decided_at = actor.id, clock.now()
    move(actor, incident, state)


def _record(act: str, actor: Actor, incident: Incident) -> None:
    audit.record(
        audit.Entry(
            act=act,
            scheme_id=incident.scheme_id,
            actor_id=actor.id,
            target="incident",
            target_id=incident.id,
        )
    )
