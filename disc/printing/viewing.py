"""A sheet of pictures for one copy: opened, marked with the code of the copy, never kept."""

import uuid
from dataclasses import dataclass, replace
from typing import Any

from disc.access.actor import Actor
from disc.core import clock
from disc.core.database import db
from disc.core.offload import offload
from disc.core.pictures import pattern_of, size_of, watermark
from disc.core.web import day
from disc.gallery.models import Subject
from disc.gallery.ports import Badge, badges
from disc.members import watching
from disc.members.queries import get_scheme
from disc.printing.errors import NothingToPrint
from disc.printing.models import PrintCopy, Printout
from disc.printing.queries import still_printable, what_is_on
from disc.printing.rules import Face, Marked, Sheet, number_of
from disc.stills.queries import get_still
from disc.stills.service import THUMB, VIEW, open_rendition


@dataclass(frozen=True, slots=True)
class _Opened:
    """A picture before it is marked, and the pattern of its copy."""

    plain: bytes
    pattern: bytes


def sheet_of(actor: Actor, copy: PrintCopy, printout: Printout) -> Sheet:
    """Return what a copy says, of those who may be on it now.

    Its pictures count for the limit on looking. It is slow, so outside any write transaction, and
    ends the reading that it began. Raises NothingToPrint where nobody is left, PicturesStopped
    and TooFast.
    """
    people = still_printable(actor, printout)
    if not people:
        raise NothingToPrint
    held = {one.id: stills for one, stills in people.items()}
    every = [still for stills in held.values() for still in stills]
    watching.look_at(actor, [f"{still.hex}paper" for still in every])
    code, words = copy.code, _words(actor, copy, printout)
    given = badges(actor, set(held))
    faces = {one.id: _face(one, given[one.id]) for one in people}
    rendition = THUMB if printout.of_gallery else VIEW
    opened = {still: _open(actor, still, rendition, code) for still in every}
    db.session.rollback()  # marking yields; no transaction may stay open over it
    at = f"{clock.now():%d%m%y %H:%M}"
    marked = {still: offload(_mark, one, code, at) for still, one in opened.items()}
    with_pictures = (
        replace(face, pictures=tuple(marked[still] for still in held[subject_id]))
        for subject_id, face in faces.items()
    )
    return Sheet(**words, faces=tuple(with_pictures))


def _words(actor: Actor, copy: PrintCopy, printout: Printout) -> dict[str, Any]:
    return {
        "scheme": get_scheme(actor.scheme_id).name,
        "title": what_is_on(actor, [printout])[printout.id],
        "number": number_of(printout.reference, copy.number, len(printout.copies)),
        "for_whom": printout.for_whom,
        "printed": day(printout.asked_at),
        "destroy_by": day(printout.destroy_by),
        "mark": copy.code,
    }


def _face(subject: Subject, given: list[Badge]) -> Face:
    notes = (*(one.for_all or one.words for one in given), subject.caption)
    return Face(
        name=subject.name or "Who is this?",
        reference=subject.reference,
        notes=tuple(filter(None, notes)),
        pictures=(),
    )


def _open(actor: Actor, still_id: uuid.UUID, rendition: str, code: str) -> _Opened:
    still = get_still(actor, still_id)
    return _Opened(open_rendition(still, rendition), pattern_of(still.open_key(), code))


def _mark(one: _Opened, code: str, at: str) -> Marked:
    width, height = size_of(one.plain)
    return Marked(jpeg=watermark(one.plain, code, at, one.pattern), width=width, height=height)
