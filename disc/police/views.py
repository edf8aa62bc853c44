"""Pages on which a report is shared with the police, read and answered, and whom members know."""

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from disc.access.actor import Actor
from disc.access.guard import authorise, get_actor, note_seen, refuse, requires
from disc.access.permissions import Permission
from disc.access.policy import may_ever, permits
from disc.core import audit, paging
from disc.core.errors import Missing
from disc.core.transaction import writes, writing
from disc.gallery.forms import BECAME
from disc.gallery.models import PoliceNote
from disc.gallery.queries import shown
from disc.gallery.queries import stills_of as pictures_of
from disc.incidents.forms import KINDS
from disc.incidents.queries import as_target, get_report, notes_of, stills_of
from disc.incidents.telling import told
from disc.members import watching
from disc.members.queries import member_names, places_of
from disc.police import queries, service
from disc.police.forms import NOTES, OUTCOMES, EscalateForm, NoteForm, OutcomeForm
from disc.police.models import Outcome
from disc.police.queries import Shared, Told
from disc.stills.queries import viewable

bp = Blueprint("police", __name__)

KIND_WORDS = dict(KINDS)


@bp.post("/desk/reports/<uuid:incident_id>/escalate")
@requires(Permission.ESCALATE)
def escalate(incident_id: uuid.UUID) -> ResponseReturnValue:
    """Share an accepted report with the police."""
    actor, form = get_actor(), EscalateForm()
    report = get_report(actor, incident_id)
    authorise(actor, Permission.ESCALATE, as_target(report))
    if not form.validate():
        return render_template("police/escalate.html", report=report, escalate_form=form), 422
    with writing():
        service.escalate(actor, incident_id, form.reason.data or "")
    flash("The report is shared with the police. The reporter can see that.", "ok")
    return redirect(f"/desk/reports/{incident_id}", 303)


@bp.get("/police")
@requires(Permission.SEE_ESCALATED)
def inbox() -> ResponseReturnValue:
    """List the reports shared in the reader's Areas; for the police also whom members know."""
    actor = get_actor()
    reads = may_ever(actor, Permission.SEE_ANSWERS_TO_POLICE)
    return render_template(
        "police/inbox.html",
        shared=queries.inbox(actor, paging.asked()),
        told=queries.answers_to_police(actor) if reads else None,
        kinds=KIND_WORDS,
        outcomes=OUTCOMES,
    )


@bp.get("/police/answers/<uuid:subject_id>")
@requires(Permission.SEE_ANSWERS_TO_POLICE)
def answers(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Show who members say somebody is; that it was read is written down first."""
    told, form = _told(get_actor(), subject_id), NoteForm(formdata=None)
    form.version.data = told.version
    return _answers_page(told, form)


@bp.post("/police/answers/<uuid:subject_id>")
@requires(Permission.SEE_ANSWERS_TO_POLICE)
@writes
def note_answers(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Note what the police did with the answers; it names nobody and bans nobody."""
    actor, form = get_actor(), NoteForm()
    told = _told(actor, subject_id)
    if not form.validate():
        return _answers_page(told, form), 422
    note = PoliceNote(form.note.data)
    service.note_answers(actor, subject_id, note, version=form.version.data or "")
    flash("Saved. The manager can see it.", "ok")
    return redirect(url_for("police.answers", subject_id=subject_id), 303)


@bp.get("/police/<uuid:escalation_id>")
@requires(Permission.SEE_ESCALATED)
def case(escalation_id: uuid.UUID) -> ResponseReturnValue:
    """Show a shared report; that it was seen is written down first."""
    actor = get_actor()
    shared = _shared(actor, Permission.SEE_ESCALATED, escalation_id)
    form = OutcomeForm(formdata=None)
    form.version.data = shared.version
    form.crime_number.data = shared.escalation.crime_number
    form.outcome.data = shared.escalation.outcome
    return _page(actor, shared, form)


@bp.post("/police/<uuid:escalation_id>/outcome")
@requires(Permission.RECORD_OUTCOME)
def outcome(escalation_id: uuid.UUID) -> ResponseReturnValue:
    """Record the crime number and the outcome."""
    actor, form = get_actor(), OutcomeForm()
    shared = _shared(actor, Permission.RECORD_OUTCOME, escalation_id)
    if not form.validate():
        return _page(actor, shared, form), 422
    with writing():
        service.record_outcome(
            actor,
            escalation_id,
            Outcome(form.outcome.data),
            form.crime_number.data or "",
            version=form.version.data or "",
        )
    flash("Your answer is saved. The reporter can see it.", "ok")
    return redirect(url_for("police.case", escalation_id=escalation_id), 303)


def _shared(actor: Actor, permission: Permission, escalation_id: uuid.UUID) -> Shared:
    try:
        shared = queries.get_shared(actor, escalation_id)
    except Missing:
        refuse(actor, permission, escalation_id)  # another Area's or scheme's: a try worth a row
        raise
    authorise(actor, permission, shared.escalation)
    return shared


def _told(actor: Actor, subject_id: uuid.UUID) -> Told:
    watching.require_viewing(actor)
    told = queries.get_answers(actor, subject_id)
    authorise(actor, Permission.SEE_ANSWERS_TO_POLICE, shown(told.subject))
    return told


def _answers_page(told: Told, form: NoteForm) -> str:
    actor, subject = get_actor(), told.subject
    note_seen(audit.by(actor, "answers to police read", "subject", subject.id))
    who = [one.by_id for one in told.answers]
    pictures = viewable(actor, set(pictures_of([subject.id])[subject.id]))
    return render_template(
        "police/answers.html",
        told=told,
        subject=subject,
        form=form,
        stills=sorted(pictures, reverse=True),
        names=member_names(actor, who),
        places=places_of(actor, who),
        notes=NOTES,
        became=BECAME,
    )


def _page(actor: Actor, shared: Shared, form: OutcomeForm) -> str:
    report = shared.report
    _journal(actor, shared)
    stills = viewable(actor, set(stills_of([report.id])[report.id]))
    return render_template(
        "police/case.html",
        shared=shared,
        report=report,
        reporter=member_names(actor, [report.reporter_id]).get(report.reporter_id, ""),
        stills=sorted(stills),
        form=form,
        notes=notes_of(report.id),
        may_answer=permits(actor, Permission.RECORD_OUTCOME, shared.escalation),
        kinds=KIND_WORDS,
        outcomes=OUTCOMES,
        **told(report),
    )


def _journal(actor: Actor, shared: Shared) -> None:
    note_seen(
        audit.by(
            actor,
            "shared report seen",
            "escalation",
            shared.escalation.id,
            detail=str(shared.report.id),
        )
    )
