"""A wrong name taken off: the record is of somebody unknown again, and says the name nowhere."""

import json
import uuid
from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import select

from disc.access.actor import Actor
from disc.core.database import db
from disc.core.errors import Stale
from disc.gallery.errors import NameStays
from disc.gallery.models import (
    AnswerOutcome,
    Identification,
    Subject,
    SubjectKind,
    SubjectMerge,
)
from disc.gallery.ports import needs_name
from disc.gallery.queries import entries_of, get_subject, one_person
from disc.gallery.rules import needs_board
from disc.gallery.service import (
    days_for,
    name_changed,
    note,
    pictures_changed,
    take_from_gallery,
)
from disc.gallery.settling import close


class Why(StrEnum):
    """Why a name is taken off. The audit keeps it, and so it is never in free words."""

    SOMEBODY_ELSE = "somebody else"
    NOT_SURE = "not sure"
    NOT_ALLOWED = "not allowed"


def take_name_off(actor: Actor, subject_id: uuid.UUID, why: Why) -> Subject:
    """Make a Known Subject ID-Sought again, out of every gallery that the name brought them into.

    The two days are those of somebody unknown from today, or stay as they were where these come
    sooner: a wrong name keeps nobody longer. Raises Missing; Stale for who has no name;
    NameStays while something rests on the name, or for a record that is joined to a named one.
    """
    subject = get_subject(actor, subject_id)
    db.session.refresh(subject, with_for_update={"of": Subject})
    if subject.kind is not SubjectKind.KNOWN:
        raise Stale
    _refuse(subject)
    name, subject.name, subject.kind = subject.name, "", SubjectKind.ID_SOUGHT
    subject.aliases = tuple(_without(name, subject.aliases))
    _forget_before_joining(subject, name)
    careful = needs_board(under_18=subject.under_18, vulnerable=subject.vulnerable)
    days = days_for(subject.scheme_id, subject.kind, careful=careful)
    subject.hide_on = min(subject.hide_on, days.hide_on)
    subject.erase_on = min(subject.erase_on, days.erase_on)
    for _, gallery in entries_of(subject.id):
        take_from_gallery(actor, subject, gallery)
    note("name taken off", actor, subject.id, detail=why.value)
    pictures_changed(subject)
    name_changed(subject, name)
    _not_used(actor, subject)
    return subject


def _not_used(actor: Actor, subject: Subject) -> None:
    """Tell the members whose answers were used for the name that they are not any more."""
    used = select(Identification).where(
        Identification.subject_id.in_(one_person([subject.id])),
        Identification.outcome == AnswerOutcome.USED,
    )
    close(actor, db.session.scalars(used), AnswerOutcome.NOT_USED)


def _refuse(subject: Subject) -> None:
    others = set(one_person([subject.id])) - {subject.id}
    named = select(Subject.id).where(Subject.id.in_(others), Subject.kind == SubjectKind.KNOWN)
    if subject.merged_into_id is not None or db.session.scalar(named.limit(1)) is not None:
        raise NameStays
    for sentence in needs_name(subject.id):
        raise NameStays(sentence)


def _is_same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def _without(name: str, aliases: Iterable[str]) -> list[str]:
    return [one for one in aliases if not _is_same(one, name)]


def _forget_before_joining(subject: Subject, name: str) -> None:
    """Keep no name for undoing a join either: it would bring the wrong one back."""
    for row in db.session.scalars(select(SubjectMerge).where(SubjectMerge.kept_id == subject.id)):
        said = json.loads(row.before)
        said.pop("name", None)
        if "aliases" in said:
            said["aliases"] = [_without(name, each) for each in said["aliases"]]
        row.before = json.dumps(said)
