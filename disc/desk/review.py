"""What a manager decides about a report: whom it is about, and whether the Board must agree."""

import uuid
from dataclasses import dataclass

from disc.access.actor import Actor
from disc.desk.errors import NoAuthority, NothingToShow
from disc.gallery.looks import UNDER_10
from disc.gallery.merging import merge
from disc.gallery.models import Subject, SubjectState
from disc.gallery.queries import find_subject, get_gallery
from disc.gallery.service import NewSubject, add_subject, put_in_gallery
from disc.incidents import service as incidents
from disc.incidents.models import Incident
from disc.incidents.queries import said_known, stills_of
from disc.matching.models import Finding
from disc.matching.queries import pairs_of, with_same_files
from disc.stills.queries import allowed_one_by_one


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A manager's answers. ``same_as`` is a Subject's id where the person is in the gallery."""

    about_a_person: bool
    same_as: uuid.UUID | None = None
    under_18: bool = False
    vulnerable: bool = False
    caption: str = ""
    gallery_ids: tuple[uuid.UUID, ...] = ()


def check(incident: Incident, approval: Approval) -> None:
    """Raise NoAuthority or NothingToShow where an approval could not take effect."""
    if approval.about_a_person:
        _new_subject(incident, approval)


def shows_nobody(incident: Incident) -> bool:
    """Say whether nobody could be known by a report, so that nothing must be answered."""
    return not incident.description and not stills_of([incident.id])[incident.id]


def comes_of(incident: Incident, approval: Approval, *, by_themselves: bool) -> str:
    """Say who sees the person of an approved report; ``by_themselves`` is the scheme's setting."""
    if not approval.about_a_person:
        return "Nobody is added to the gallery."
    if approval.under_18 and UNDER_10 in incident.description:
        return "This child is under 10: only Administrators see the record."
    if approval.under_18 or approval.vulnerable:
        return "A Board member must agree before anyone sees this person."
    if by_themselves or approval.same_as or approval.gallery_ids:
        return "Members see the person in the gallery."
    return "Members see the person once you put them in a gallery."


def approve(actor: Actor, incident_id: uuid.UUID, approval: Approval) -> Subject | None:
    """Accept a report; a person in it gets a record of their own, merged where known already.

    Raises ChangedReport, NotLive, NoAuthority, NothingToShow, CannotMerge, NotInThisGallery. A
    merge can be undone, because the new record keeps its pictures. Someone under 18 or vulnerable
    waits for the Board and is not merged before it agrees.
    """
    incident = incidents.get_undecided(actor, incident_id)
    if not approval.about_a_person:
        incidents.accept(actor, incident_id, None)
        return None
    subject = add_subject(actor, _new_subject(incident, approval))
    incidents.accept(actor, incident_id, subject.id)
    if approval.same_as is not None and subject.state is SubjectState.PUBLISHED:
        subject = merge(actor, subject.id, approval.same_as, again=True)
    for gallery_id in approval.gallery_ids:
        put_in_gallery(actor, subject, get_gallery(actor, gallery_id))
    return subject


def suggestions(actor: Actor, incident: Incident) -> list[tuple[uuid.UUID, str]]:
    """List whom a report may be about, as (id, how the manager knows them).

    First those whom its reporter believes to have seen, then those whose pictures look alike.
    One camera shows many people: that it took two pictures suggests nobody.
    """
    from disc.desk.queries import subjects_with_stills

    stills = set(stills_of([incident.id])[incident.id])
    pairs = [one for one in pairs_of(stills) if one.finding is not Finding.SAME_CAMERA]
    alike = {one for pair in pairs for one in (pair.earlier_id, pair.later_id)}
    others = with_same_files(stills | alike) - stills
    found = []
    pointed_at = said_known(incident.id)
    for subject_id in [*pointed_at, *subjects_with_stills(others)]:
        subject = find_subject(actor, subject_id)
        if subject is not None and subject.merged_into_id is not None:
            subject = find_subject(actor, subject.merged_into_id)
        if subject is not None and subject.state is SubjectState.PUBLISHED:
            called = f"{subject.name or 'Who is this?'} ({subject.reference})"
            if subject_id in pointed_at:
                called += ", as the reporter believes"
            found.append((subject.id, called))
    return list({one: (one, called) for one, called in reversed(found)}.values())[::-1]


def _new_subject(incident: Incident, approval: Approval) -> NewSubject:
    stills = tuple(stills_of([incident.id])[incident.id])
    if incident.premises.authority_on is None and not allowed_one_by_one(stills):
        raise NoAuthority
    if not stills and not incident.description:
        raise NothingToShow
    return NewSubject(
        area_ids=frozenset({incident.area_id}),
        still_ids=stills,
        description=incident.description,
        caption=approval.caption,
        under_18=approval.under_18,
        vulnerable=approval.vulnerable,
    )
