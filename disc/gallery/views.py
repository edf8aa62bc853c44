"""The gallery that members leaf through, and each Subject's page."""

import uuid
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from disc.access.guard import authorise, get_actor, note_seen, requires
from disc.access.permissions import Permission
from disc.access.policy import permits
from disc.core import audit
from disc.core.errors import Missing
from disc.core.transaction import writes
from disc.gallery import queries, service
from disc.gallery.forms import SURENESS, KnowForm
from disc.gallery.models import Subject, SubjectKind, Sureness
from disc.gallery.ports import badges
from disc.members import watching
from disc.stills.queries import conditions_of

bp = Blueprint("gallery", __name__)


@bp.get("/gallery")
@requires(Permission.SEE_GALLERY)
def index() -> ResponseReturnValue:
    """Show a page of the gallery, newest report first."""
    actor = get_actor()
    authorise(actor, Permission.SEE_GALLERY, actor)
    watching.require_viewing(actor)
    kind, gallery_id = _kind(), _gallery()
    found = queries.gallery_page(actor, kind=kind, gallery_id=gallery_id, before=_before())
    page, more = found[: queries.PAGE], len(found) > queries.PAGE
    ids = {subject.id for subject in page}
    return render_template(
        "gallery/index.html",
        subjects=page,
        stills=queries.stills_of(ids),
        leaves=queries.leaves_in_days(page),
        badges=badges(actor, ids),
        galleries=queries.galleries(actor),
        kind=kind,
        gallery_id=gallery_id,
        after=_after(page[-1]) if more else None,
    )


@bp.get("/gallery/<uuid:subject_id>")
@requires(Permission.SEE_SUBJECT)
def subject(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Show one Subject; the view is written down before the page is sent."""
    actor = get_actor()
    watching.require_viewing(actor)
    found = queries.get_visible(actor, subject_id)
    authorise(actor, Permission.SEE_SUBJECT, queries.shown(found))
    stills = queries.stills_of([found.id])[found.id]
    page = render_template(
        "gallery/subject.html",
        subject=found,
        stills=stills,
        conditions=conditions_of(stills),
        leaves=queries.leaves_in_days([found])[found.id],
        badges=badges(actor, {found.id})[found.id],
    )
    note_seen(audit.by(actor, "subject seen", "subject", found.id))
    return page


@bp.get("/gallery/<uuid:subject_id>/know")
@requires(Permission.IDENTIFY_SUBJECT)
def know(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Ask who a Subject is."""
    return _know_page(_asked_about(subject_id), KnowForm())


@bp.post("/gallery/<uuid:subject_id>/know")
@requires(Permission.IDENTIFY_SUBJECT)
@writes
def tell(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Pass the answer to the manager only."""
    found, form = _asked_about(subject_id), KnowForm()
    if not form.validate():
        return _know_page(found, form), 422
    sure = Sureness(form.sureness.data)
    service.identify(get_actor(), found, form.answer.data.strip(), form.how.data or "", sure)
    flash("Thank you. Only your manager sees your answer.", "ok")
    return redirect(url_for("gallery.subject", subject_id=found.id), 303)


@bp.post("/gallery/<uuid:subject_id>/hide")
@requires(Permission.HIDE_NOW)
@writes
def hide(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Take a Subject out of every view at once."""
    actor = get_actor()
    service.hide_subject(actor, queries.get_subject(actor, subject_id), hidden=True)
    flash("Hidden. No one sees this record now.", "ok")
    sees = permits(actor, Permission.SEE_GALLERY, actor)
    return redirect(url_for("gallery.index" if sees else "desk.hiding"), 303)


def _asked_about(subject_id: uuid.UUID) -> Subject:
    actor = get_actor()
    watching.require_viewing(actor)
    found = queries.get_visible(actor, subject_id)
    authorise(actor, Permission.IDENTIFY_SUBJECT, queries.shown(found))
    return found


def _know_page(found: Subject, form: KnowForm) -> str:
    stills = queries.stills_of([found.id])[found.id]
    return render_template(
        "gallery/know.html", subject=found, form=form, stills=stills, sureness=SURENESS
    )


def _kind() -> SubjectKind | None:
    value = request.args.get("kind", "")
    try:
        return SubjectKind(value) if value else None
    except ValueError as error:
        raise Missing from error


def _gallery() -> uuid.UUID | None:
    value = request.args.get("gallery", "")
    try:
        return uuid.UUID(value) if value else None
    except ValueError as error:
        raise Missing from error


def _after(last: Subject) -> str:
    return f"{last.last_reported_at.isoformat()}_{last.id}"


def _before() -> tuple[datetime, uuid.UUID] | None:
    value = request.args.get("after", "")
    if not value:
        return None
    try:
        moment, _, row = value.replace(" ", "+").partition("_")
        return datetime.fromisoformat(moment), uuid.UUID(row)
    except ValueError as error:
        raise Missing from error
