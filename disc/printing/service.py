"""Changes to pictures on paper: asked for, taken out, destroyed, called back, forgotten."""

import uuid
from dataclasses import dataclass

from sqlalchemy import delete, select

from disc.access.actor import Actor
from disc.core import audit, clock
from disc.core.database import db, new_id
from disc.core.errors import Stale
from disc.core.keys import erase_key
from disc.gallery.service import reference
from disc.members.queries import find_member_by_code
from disc.members.service import new_code
from disc.printing.errors import NothingToPrint, PrintingIsOver
from disc.printing.models import PrintCopy, PrintedPicture, Printout
from disc.printing.queries import (
    Plan,
    find_printout,
    is_person_taken_out,
    is_picture_taken_out,
    out_with,
)
from disc.printing.rules import CalledBack, erasure_day, is_open
from disc.stills.models import Still
from disc.stills.ports import Handled, Handling, note_handled


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Why something is printed, for whom, and in how many copies; the id comes with the page."""

    id: uuid.UUID
    reason: str
    for_whom: str
    copies: int


def ask(actor: Actor, plan: Plan, wanted: Wanted) -> Printout:
    """Write down a print and its copies; the paper is made for whoever takes it out.

    Sending the page twice returns the first. Raises NothingToPrint.
    """
    sent = find_printout(actor, wanted.id)
    if sent is not None:
        return sent
    if not plan.can_be_printed:
        raise NothingToPrint
    printout = Printout(
        id=wanted.id,
        scheme_id=actor.scheme_id,
        reference=reference("G"),
        of_gallery=plan.gallery is not None,
        gallery_id=plan.gallery.id if plan.gallery else None,
        people=len(plan.pictures),
        asked_by_id=actor.id,
        destroy_by=plan.destroy_by,
        erase_on=erasure_day(plan.destroy_by),
    )
    printout.reason, printout.for_whom = wanted.reason, wanted.for_whom
    db.session.add(printout)
    db.session.flush()
    for number in range(1, wanted.copies + 1):
        db.session.add(PrintCopy(id=new_id(), printout_id=printout.id, number=number, code=_code()))
    for subject, stills in plan.pictures.items():
        db.session.add_all(
            PrintedPicture(printout_id=printout.id, subject_id=subject.id, still_id=one)
            for one in stills
        )
    db.session.flush()
    _note(actor, printout, plan, wanted.copies)
    return printout


def can_be_taken_out(printout: Printout, copy: PrintCopy) -> bool:
    """Say whether a copy can be taken out: for some minutes, while nobody wants it back or gone."""
    is_wanted = printout.called_back_on is None and copy.destroyed_on is None
    return is_wanted and is_open(printout.asked_at, clock.now())


def require_open(printout: Printout, copy: PrintCopy) -> None:
    """Raise PrintingIsOver for a copy that cannot be taken out any more."""
    if not can_be_taken_out(printout, copy):
        raise PrintingIsOver


def destroy(actor: Actor, copy: PrintCopy) -> None:
    """Write down that a copy is destroyed. Raises Stale where somebody did before."""
    db.session.refresh(copy, with_for_update={"of": PrintCopy})
    if copy.destroyed_on is not None:
        raise Stale
    copy.destroyed_on, copy.destroyed_by_id = clock.today(), actor.id
    audit.record(audit.by(actor, "copy destroyed", "print copy", copy.id))


def call_back_for_still(still_id: uuid.UUID) -> None:
    """Call back the copies that hold a picture, where it or somebody on it was taken out."""
    still = db.session.get(Still, still_id)
    if still is None:
        return
    for subject_id, printout in out_with(PrintedPicture.still_id == still_id):
        if is_person_taken_out(printout, subject_id, still_id):
            _call_back(printout, CalledBack.PERSON)
        elif is_picture_taken_out(printout, subject_id, still):
            _call_back(printout, CalledBack.PICTURE)


def call_back_in_scheme(scheme_id: uuid.UUID) -> None:
    """Call back each print of a scheme from which a picture, or somebody, was taken out."""
    out = out_with(Printout.scheme_id == scheme_id)
    printed = PrintedPicture.printout_id.in_({printout.id for _, printout in out})
    for still_id in set(db.session.scalars(select(PrintedPicture.still_id).where(printed))):
        call_back_for_still(still_id)


def call_back_person(subject_id: uuid.UUID, why: CalledBack = CalledBack.PERSON) -> None:
    """Call back all copies that a person is on."""
    for _, printout in out_with(PrintedPicture.subject_id == subject_id):
        _call_back(printout, why)


def forget_person(subject_id: uuid.UUID) -> None:
    """Call back the copies that an erased person is on, and forget that they are."""
    call_back_person(subject_id)
    of_person = PrintedPicture.subject_id == subject_id
    db.session.execute(delete(PrintedPicture).where(of_person))


def erase_printout(printout: Printout) -> None:
    """Forget a print on its day: why, for whom, its copies and their codes."""
    audit.record(
        audit.Entry(
            act="printout erased",
            scheme_id=printout.scheme_id,
            target="printout",
            target_id=printout.id,
        )
    )
    erase_key(printout)
    db.session.delete(printout)
    db.session.flush()


def _call_back(printout: Printout, why: CalledBack) -> None:
    if printout.called_back_on is not None:
        return
    printout.called_back_on, printout.called_back_for = clock.today(), why
    db.session.flush()
    audit.record(
        audit.Entry(
            act="copies called back",
            scheme_id=printout.scheme_id,
            target="printout",
            target_id=printout.id,
            detail=why.value,
        )
    )


def _note(actor: Actor, printout: Printout, plan: Plan, copies: int) -> None:
    told = f"{copies} {'copy' if copies == 1 else 'copies'}"
    stills = [still for held in plan.pictures.values() for still in held]
    for one in set(stills):
        still = db.session.get_one(Still, one)
        note_handled(still, Handling(act=Handled.COPIED, by_id=actor.id))
    audit.record(
        audit.by(actor, "print asked for", "printout", printout.id, detail=told),
        *audit.joined(
            [
                *(
                    audit.by(actor, "person printed", "subject", one.id, told)
                    for one in plan.pictures
                ),
                *(audit.by(actor, "picture printed", "still", one, told) for one in stills),
            ]
        ),
    )


def _code() -> str:
    """Return a code that no member's pictures carry."""
    while True:
        code = new_code()
        if find_member_by_code(code) is None:
            return code
