"""The yearly question who still works at premises, asked of its contact."""

from collections.abc import Iterable

from sqlalchemy import update

from disc.access.actor import Actor
from disc.core import audit, clock, mail
from disc.core.database import db
from disc.core.transaction import writing
from disc.members import service
from disc.members.errors import PeopleChanged
from disc.members.models import Member, Premises
from disc.members.queries import people_there, premises_to_ask_about
from disc.members.rules import first_certification, may_ask_again
from disc.members.signin import end_sessions_of, rights_changed

BATCH = 20
"""Messages a transaction: a writer waits for a few, never for the whole sweep."""


def certify(actor: Actor, place: Premises, shown: set[str], left: set[str]) -> int:
    """Record who still works at premises and take the rest away at once; return how many left.

    ``shown`` are the ids of the people whom the page asked about, ``left`` of those who left.
    Raises PeopleChanged where somebody works there whom the page did not show.
    """
    floor, _others = people_there(actor, place)
    if {str(one.id) for one in floor} - shown:
        raise PeopleChanged
    leavers = [one for one in floor if str(one.id) in left]
    for one in leavers:
        _take_away(actor, place, one)
    place.certified_on = clock.today()
    place.certify_by = first_certification(clock.today())
    place.certify_asked_on = None
    audit.record(
        audit.by(
            actor,
            "premises certified",
            "premises",
            place.id,
            detail=f"still there {len(floor) - len(leavers)}, left {len(leavers)}",
        )
    )
    return len(leavers)


def ask_contacts() -> int:
    """Write to each contact whose day has come, and again every fortnight; return how many.

    A second run on the same day writes nothing.
    """
    asked = 0
    while True:
        with writing():
            due = _to_be_asked(premises_to_ask_about())[:BATCH]
            for place, contact in due:
                _ask(place, contact)
        asked += len(due)
        if len(due) < BATCH:
            return asked


def _to_be_asked(found: Iterable[tuple[Premises, Member]]) -> list[tuple[Premises, Member]]:
    today = clock.today()
    return [
        (place, contact)
        for place, contact in found
        if may_ask_again(today, due=place.certify_by, asked=place.certify_asked_on)
    ]


def _ask(place: Premises, contact: Member) -> None:
    again = place.certify_asked_on is not None
    place.certify_asked_on = clock.today()
    mail.write(
        place.scheme_id,
        contact.id,
        "certification",
        contact.email,
        f"Who still works at {place.name}?",
        ("We asked you before. " if again else "")
        + f"Once a year we ask who still works at {place.name}.\n\n"
        f"Sign in to {contact.scheme.name}. Press the card on Home. It takes one minute.\n\n"
        "Whoever has left must not see the records any more. That protects everybody.\n",
    )
    audit.record(
        audit.Entry(
            act="contact asked",
            scheme_id=place.scheme_id,
            target="premises",
            target_id=place.id,
            detail="reminder" if again else "first message",
        )
    )


def _take_away(actor: Actor, place: Premises, member: Member) -> None:
    """Take premises away from who left, with its Area where they work nowhere else in it.

    Who works nowhere any more leaves the scheme.
    """
    member.premises = [one for one in member.premises if one.id != place.id]
    if place.area_id not in {one.area_id for one in member.premises}:
        member.areas = [one for one in member.areas if one.id != place.area_id]
    if place.contact_id == member.id:
        place.contact_id = None
    audit.record(audit.by(actor, "premises taken away", "member", member.id, detail=str(place.id)))
    if member.premises:
        rights_changed(member.id)
        return
    service.leave(actor, member)
    end_sessions_of(member)
    db.session.execute(
        update(Premises).where(Premises.contact_id == member.id).values(contact_id=None)
    )
