"""Two records side by side: which is kept, and what it says; and taking them apart again."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from disc.access.actor import Actor
from disc.access.guard import get_actor, note_seen, requires
from disc.access.permissions import Permission
from disc.core import audit
from disc.core.errors import Missing
from disc.core.transaction import writes
from disc.desk.views.blueprint import bp
from disc.gallery import merging, queries
from disc.gallery.looks import LEGENDS
from disc.gallery.merging import WORDS, Shows
from disc.gallery.models import Subject
from disc.gallery.rules import UNDO_DAYS

FIELDS = {
    "name": "Name",
    "aliases": "Also called",
    "born": "Born",
    "age_band": LEGENDS["age_band"],
    "sex": LEGENDS["sex"],
    "build": LEGENDS["build"],
    "height": LEGENDS["height"],
    "hair": LEGENDS["hair"],
    "clothing": LEGENDS["clothing"],
    "marks": "Marks",
    "modus": "How this person works",
    "warnings": "Warnings",
    "welfare": "How to help",
    "caption": "Note for members",
    "police_reference": "Number that the police use",
}
FIRST, SECOND = "first", "second"


@bp.post("/people/<uuid:subject_id>/merge")
@requires(Permission.MODERATE)
def find_other(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Find the other record by its number, and lead to both side by side."""
    actor = get_actor()
    queries.get_subject(actor, subject_id)
    other = queries.find_by_reference(actor, request.form.get("into", ""))
    if other is None or other.id == subject_id:
        flash("No other record has that number. It looks like P-7K2M4X.", "error")
        return redirect(url_for("desk.person", subject_id=subject_id), 303)
    return redirect(url_for("desk.side_by_side", subject_id=subject_id, other=other.id), 303)


@bp.get("/people/<uuid:subject_id>/join")
@requires(Permission.MODERATE)
def side_by_side(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Show two records side by side."""
    actor = get_actor()
    first = queries.get_subject(actor, subject_id)
    second = _other(actor, request.args.get("other", ""))
    if second is None:
        return redirect(url_for("desk.person", subject_id=subject_id))
    for one in (first, second):
        note_seen(audit.by(actor, "record read", "subject", one.id))
    said = merging.said_by(first), merging.said_by(second)
    return render_template(
        "desk/join.html",
        sides=(first, second),
        stills=queries.stills_of([first.id, second.id]),
        rows=[
            {"name": name, "label": label, "values": (said[0][name], said[1][name])}
            for name, label in FIELDS.items()
            if said[0][name] or said[1][name]
        ],
        words=WORDS,
        seen=merging.version(first, second),
        days=UNDO_DAYS,
    )


@bp.post("/people/<uuid:subject_id>/join")
@requires(Permission.MODERATE)
@writes
def join(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Join two records as the manager chose."""
    actor = get_actor()
    first = queries.get_subject(actor, subject_id)
    second = _other(actor, request.form.get("other", ""))
    keep = request.form.get("keep", "")
    if second is None or keep not in (FIRST, SECOND):
        flash("Choose which record is kept.", "error")
        other = second.id if second else None
        return redirect(url_for("desk.side_by_side", subject_id=subject_id, other=other), 303)
    kept, absorbed = (first, second) if keep == FIRST else (second, first)
    shows = {name: _source(name, keep) for name in FIELDS if name in request.form}
    seen = request.form.get("seen", "")
    merging.merge(actor, absorbed.id, kept.id, shows=shows, seen=seen)
    flash(f"Joined. You can undo this on this page for {UNDO_DAYS} days.", "ok")
    return redirect(url_for("desk.person", subject_id=kept.id), 303)


@bp.post("/people/<uuid:subject_id>/unmerge")
@requires(Permission.MODERATE)
@writes
def unmerge_person(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Take a joined record out again."""
    actor = get_actor()
    undone = bool(queries.undo_days([subject_id]))
    merging.unmerge(actor, subject_id)
    said = "What was said before is back." if undone else "The words that you chose stay."
    flash(f"Taken apart. Each record has its own pictures again. {said}", "ok")
    return redirect(url_for("desk.person", subject_id=subject_id), 303)


def _other(actor: Actor, value: str) -> Subject | None:
    if not value:
        return None
    try:
        return queries.get_subject(actor, uuid.UUID(value))
    except ValueError as error:
        raise Missing from error


def _source(name: str, keep: str) -> Shows:
    """Return which record a field comes from. Raises Missing for what was not offered."""
    chosen = request.form[name]
    if chosen == Shows.BOTH and name in WORDS:
        return Shows.BOTH
    if chosen not in (FIRST, SECOND):
        raise Missing
    return Shows.KEPT if chosen == keep else Shows.ABSORBED
