"""Who looked at a person, and whose mark a leaked picture carries."""

import uuid
from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from disc.access.actor import TITLES, Actor
from disc.access.acts import ActKind
from disc.access.guard import freshly_proved, get_actor, note_seen, requires
from disc.access.permissions import Permission
from disc.access.policy import may_ever
from disc.core import audit
from disc.core.auditing import Search
from disc.core.transaction import writes
from disc.core.web import limiter, when
from disc.dataprotection import tracing
from disc.dataprotection.forms import HideForm, ViewerForm
from disc.dataprotection.forms.audit import HIDE_REASONS, VIEWER_REASONS
from disc.dataprotection.tracing import Line
from disc.dataprotection.views.audit import before
from disc.dataprotection.views.blueprint import bp
from disc.gallery.queries import get_subject
from disc.gallery.service import hide_subject
from disc.members.models import Member
from disc.members.queries import find_member_by_code, member_names
from disc.printing.models import PrintCopy, Printout
from disc.printing.queries import find_copy_by_code, what_is_on
from disc.printing.rules import number_of

SEE_OTHER = 303
AROUND = timedelta(hours=12)
MOST_AROUND = 200
NOT_FOUND = {"Name": "No one of this scheme carries this code", "Role": "None", "Premises": "None"}


@bp.get("/audit/subject/<uuid:subject_id>")
@requires(Permission.READ_AUDIT)
def audit_subject(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Show everybody who saw a person, their pictures, their reports or their notices."""
    return _subject_page(get_actor(), subject_id, HideForm(formdata=None))


@bp.post("/audit/subject/<uuid:subject_id>/hide")
@requires(Permission.HIDE_NOW)
@writes
def audit_hide(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Take a person out of every view at once, with a reason."""
    actor, form = get_actor(), HideForm()
    subject = get_subject(actor, subject_id)
    reads = may_ever(actor, Permission.READ_AUDIT)
    if not form.validate():
        if reads:
            return _subject_page(actor, subject_id, form), 422
        return redirect(url_for("desk.home"), SEE_OTHER)
    hide_subject(actor, subject, hidden=True)
    why = HIDE_REASONS[form.reason.data]
    audit.record(audit.by(actor, "reason for hiding", "subject", subject.id, detail=why))
    flash("Hidden. No one sees this record now.", "ok")
    here = url_for("dataprotection.audit_subject", subject_id=subject_id)
    return redirect(here if reads else url_for("desk.home"), SEE_OTHER)


@bp.get("/audit/viewer")
@requires(Permission.FIND_VIEWER)
@freshly_proved
def audit_viewer() -> ResponseReturnValue:
    """Ask for the code that was read off a picture."""
    return _viewer_page(ViewerForm(formdata=None))


@bp.post("/audit/viewer")
@requires(Permission.FIND_VIEWER)
@freshly_proved
@limiter.limit("60/hour")
def find_viewer() -> ResponseReturnValue:
    """Say whose code it is; that it was asked, and why, is written down first."""
    actor, form = get_actor(), ViewerForm()
    if not form.validate():
        return _viewer_page(form), 422
    member = find_member_by_code(form.code.data)
    if member is not None and member.scheme_id != actor.scheme_id:
        member = None
    why = VIEWER_REASONS[form.reason.data]
    copy = find_copy_by_code(actor.scheme_id, form.code.data) if member is None else None
    if copy is not None:
        note_seen(audit.by(actor, "viewer code resolved", "print copy", copy[0].id, detail=why))
        return _viewer_page(form, _told_of_copy(actor, *copy))
    target = member.id if member else None
    note_seen(audit.by(actor, "viewer code resolved", "member", target, detail=why))
    return _viewer_page(form, _told(member), _around(actor, member, form))


def _subject_page(actor: Actor, subject_id: uuid.UUID, form: HideForm) -> str:
    subject = tracing.get_person(actor, subject_id)
    position = before()
    search = Search(scheme_id=actor.scheme_id, target_ids=tracing.targets_of(subject_id))
    found, more = tracing.lines(actor, search, before=position)
    note_seen(audit.by(actor, "audit read", "subject", subject.id))
    return render_template(
        "dataprotection/audit_subject.html",
        subject=subject,
        viewers=tracing.viewers(actor, subject_id) if position is None else [],
        lines=found,
        more=more,
        is_first=position is None,
        form=form,
        page=request.path,
    )


def _viewer_page(
    form: ViewerForm, told: dict[str, str] | None = None, lines: list[Line] | None = None
) -> str:
    return render_template("dataprotection/viewer.html", form=form, told=told, lines=lines)


def _told(member: Member | None) -> dict[str, str]:
    """Return who carries a code; the answer has the same shape where nobody does."""
    if member is None:
        return NOT_FOUND
    return {
        "Name": member.name or tracing.LEFT,
        "Role": TITLES[member.role],
        "Premises": ", ".join(place.name for place in member.premises) or "None",
    }


def _told_of_copy(actor: Actor, copy: PrintCopy, printout: Printout) -> dict[str, str]:
    by = printout.asked_by_id
    return {
        "Copy on paper": number_of(printout.reference, copy.number, len(printout.copies)),
        "What": what_is_on(actor, [printout])[printout.id],
        "For": printout.for_whom,
        "Asked for by": member_names(actor, [by]).get(by, tracing.LEFT),
        "When": when(printout.asked_at),
    }


def _around(actor: Actor, member: Member | None, form: ViewerForm) -> list[Line] | None:
    """Return what somebody saw in the 24 hours around a moment, where one was typed."""
    moment = form.around()
    if moment is None:
        return None
    if member is None:
        return []
    search = Search(
        scheme_id=actor.scheme_id,
        actor_id=member.id,
        acts=tracing.acts_of(actor, ActKind.SEEN),
        since=moment - AROUND,
        until=moment + AROUND,
    )
    return tracing.lines(actor, search, limit=MOST_AROUND)[0]
