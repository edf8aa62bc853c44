"""Two records of one person: joined by a person's decision, and taken apart again.

Joining is a pointer (decision 6). What the manager chose for the kept record to say is written
to it, and what it said before is kept sealed for some days, so that joining can be undone.
"""

import json
import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, select

from disc.access.actor import Actor
from disc.core import audit, clock
from disc.core.database import db, new_id
from disc.core.errors import Stale
from disc.core.keys import erase_key
from disc.core.outbox import publish
from disc.gallery.care import take_care
from disc.gallery.errors import CannotMerge, KeepTheOther
from disc.gallery.events import WordsTakenBack
from disc.gallery.filtering import mark
from disc.gallery.models import (
    GalleryEntry,
    Subject,
    SubjectArea,
    SubjectKind,
    SubjectMerge,
    SubjectState,
)
from disc.gallery.ports import needed_until
from disc.gallery.queries import entries_of, find_merge, get_subject
from disc.gallery.rules import UNDO_DAYS, needs_board, version_of
from disc.gallery.service import forget_first, name_changed, pictures_changed, reported_again

WORDS = frozenset({"aliases", "hair", "clothing", "marks", "warnings"})
"""What may hold several things, so that those of both records can stand together."""
DATES = ("last_reported_at", "hide_on", "erase_on")
DAYS = {"hide_on", "erase_on"}


class Shows(StrEnum):
    """Which record a field of the kept one comes from."""

    KEPT = "kept"
    ABSORBED = "absorbed"
    BOTH = "both"


def said_by(subject: Subject) -> dict[str, Any]:
    """Return all that a record says, by field; old words that fit no kind count as marks."""
    looks = subject.looks
    return {
        "name": subject.name,
        "aliases": subject.aliases,
        "born": subject.born,
        "age_band": "" if subject.born else looks.age_band,
        "sex": looks.sex,
        "build": looks.build,
        "height": looks.height,
        "hair": looks.hair,
        "clothing": looks.clothing,
        "marks": (*subject.marks, *looks.other),
        "modus": subject.modus,
        "warnings": subject.warnings,
        "welfare": subject.welfare,
        "caption": subject.caption,
        "police_reference": subject.police_reference,
    }


def version(one: Subject, other: Subject) -> str:
    """Return what tells that either record was changed since a page showed both."""
    first, second = sorted((one, other), key=lambda row: str(row.id))
    return version_of(said_by(first), said_by(second))


def merge(
    actor: Actor,
    absorbed_id: uuid.UUID,
    kept_id: uuid.UUID,
    *,
    shows: Mapping[str, Shows] | None = None,
    seen: str | None = None,
    again: bool = False,
) -> Subject:
    """Show two records as one; ``shows`` says for some fields which record they come from.

    Nothing is moved: taking them apart loses nothing. ``seen`` is the version that the manager
    chose from; ``again`` that the absorbed record is of a new report. Raises CannotMerge for a
    record with itself, one already merged, an erased one, or one whose Board has not agreed to
    show it; KeepTheOther where the absorbed one alone has a name or needs care; Stale.
    """
    _lock(absorbed_id, kept_id)
    absorbed, kept = get_subject(actor, absorbed_id), get_subject(actor, kept_id)
    _check(absorbed, kept)
    if seen is not None and seen != version(absorbed, kept):
        raise Stale
    before = _state(kept)
    absorbed.merged_into_id = kept.id
    kept.last_reported_at = max(kept.last_reported_at, absorbed.last_reported_at)
    _say(kept, absorbed, shows or {})
    name_changed(kept, before["name"])
    _show_in_same_areas(absorbed.id, kept.id)
    if again:
        reported_again(actor, kept)
    _keep_for_undoing(kept, absorbed, before)
    _record("subjects merged", actor, absorbed.id, kept.id)
    take_care(actor, kept, under_18=kept.under_18, vulnerable=kept.vulnerable)
    pictures_changed(kept)
    return kept


def unmerge(actor: Actor, absorbed_id: uuid.UUID) -> None:
    """Take a merged record out again, as it was.

    Within the days of undoing, the kept record also says again what it said before, but for what
    was changed since; after them it keeps the words that were chosen.
    """
    absorbed = get_subject(actor, absorbed_id)
    if absorbed.merged_into_id is None:
        return
    kept_id = absorbed.merged_into_id
    _lock(absorbed_id, kept_id)
    absorbed.merged_into_id = None
    db.session.execute(
        delete(SubjectArea).where(
            SubjectArea.subject_id == kept_id, SubjectArea.via_id == absorbed.id
        )
    )
    made = find_merge(absorbed.id)
    if made is not None:
        if made.erase_on > clock.today():
            _restore(get_subject(actor, kept_id), json.loads(made.before))
        erase_key(made)
        db.session.delete(made)
    db.session.flush()
    _record("subjects unmerged", actor, absorbed.id, kept_id)
    publish(WordsTakenBack(subject_id=kept_id))
    for one in (absorbed, get_subject(actor, kept_id)):
        forget_first(one)
        pictures_changed(one)


def _lock(*subject_ids: uuid.UUID) -> None:
    """Let one merge at a time touch two records, always taken in the same order."""
    rows = select(Subject).where(Subject.id.in_(subject_ids)).order_by(Subject.id)
    fresh = rows.with_for_update(of=Subject).execution_options(populate_existing=True)
    db.session.scalars(fresh).all()


def _check(absorbed: Subject, kept: Subject) -> None:
    fit = (
        absorbed.id != kept.id
        and absorbed.merged_into_id is None
        and kept.merged_into_id is None
        and absorbed.state is SubjectState.PUBLISHED
        and kept.state is SubjectState.PUBLISHED
        and _has_none_merged(absorbed.id)
    )
    if not fit:
        raise CannotMerge
    loses_name = absorbed.kind is SubjectKind.KNOWN and kept.kind is not SubjectKind.KNOWN
    widens = absorbed.restricted_only and not kept.restricted_only
    if loses_name or widens or (_careful(absorbed) and not _careful(kept)):
        raise KeepTheOther


def _careful(subject: Subject) -> bool:
    return needs_board(under_18=subject.under_18, vulnerable=subject.vulnerable)


def _has_none_merged(subject_id: uuid.UUID) -> bool:
    found = select(Subject.id).where(Subject.merged_into_id == subject_id).limit(1)
    return db.session.scalar(found) is None


def _say(kept: Subject, absorbed: Subject, shows: Mapping[str, Shows]) -> None:
    ours, theirs = said_by(kept), said_by(absorbed)
    for name, source in shows.items():
        if source is Shows.ABSORBED:
            ours[name] = theirs[name]
        elif source is Shows.BOTH and name in WORDS:
            ours[name] = tuple(dict.fromkeys((*ours[name], *theirs[name])))
    if ours == said_by(kept):
        return
    kept.description = ()
    for name, value in (ours | ({"age_band": ""} if ours["born"] else {})).items():
        setattr(kept, name, value)
    db.session.flush()
    mark(kept)


def _show_in_same_areas(absorbed_id: uuid.UUID, kept_id: uuid.UUID) -> None:
    for area_id in db.session.scalars(
        select(SubjectArea.area_id).where(SubjectArea.subject_id == absorbed_id)
    ).all():
        if db.session.get(SubjectArea, (kept_id, area_id)) is None:
            db.session.add(SubjectArea(subject_id=kept_id, area_id=area_id, via_id=absorbed_id))


def _state(subject: Subject) -> dict[str, Any]:
    """Return all of a record that joining may change, as it can be written down."""
    plain = {name: getattr(subject, name) for name in (*said_by(subject), "description", *DATES)}
    places = db.session.scalars(select(GalleryEntry).where(GalleryEntry.subject_id == subject.id))
    in_galleries = {f"in {one.gallery_id}": one.expires_on for one in places}
    return {name: _written(value) for name, value in (plain | in_galleries).items()}


def _keep_for_undoing(kept: Subject, absorbed: Subject, before: dict[str, Any]) -> None:
    now = _state(kept)
    row = SubjectMerge(
        id=new_id(),
        scheme_id=kept.scheme_id,
        kept_id=kept.id,
        absorbed_id=absorbed.id,
        erase_on=clock.today() + timedelta(days=UNDO_DAYS),
    )
    changed = {name: [was, now[name]] for name, was in before.items() if was != now[name]}
    row.before = json.dumps(changed)
    db.session.add(row)
    db.session.flush()


def _restore(kept: Subject, changed: dict[str, list[Any]]) -> None:
    """Give back what joining changed; what somebody changed since stays as they left it.

    Both days are given back or neither, so that none comes to lie on the wrong side of the other.
    """
    now = _state(kept)
    left = {name for name, (_, became) in changed.items() if now.get(name) != became}
    if left & DAYS:
        left |= DAYS
    for name, (was, _) in changed.items():
        if name in left:
            continue
        if name.startswith("in "):
            place = db.session.get(GalleryEntry, (uuid.UUID(name[3:]), kept.id))
            if place is not None:
                place.expires_on = date.fromisoformat(was)
        else:
            setattr(kept, name, _read(name, was))
    _keep_as_long_as_needed(kept)
    db.session.flush()
    mark(kept)


def _keep_as_long_as_needed(kept: Subject) -> None:
    for hide_on, erase_on in needed_until(kept.id):
        kept.hide_on, kept.erase_on = max(kept.hide_on, hide_on), max(kept.erase_on, erase_on)
        for place, _ in entries_of(kept.id):
            place.expires_on = max(place.expires_on, hide_on)


def _written(value: Any) -> Any:
    return (
        value.isoformat()
        if isinstance(value, date)
        else list(value)
        if isinstance(value, tuple)
        else value
    )


def _read(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    if name == "last_reported_at":
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if name in {"born", *DATES} and value else value


def _record(act: str, actor: Actor, absorbed_id: uuid.UUID, kept_id: uuid.UUID) -> None:
    """Write it down of both records, so that each tells it after they are taken apart."""
    audit.record(
        audit.by(actor, act, "subject", absorbed_id, detail=str(kept_id)),
        audit.by(actor, act, "subject", kept_id, detail=str(absorbed_id)),
    )
