"""Pages to follow a report: what became of it, what is asked, and what is added."""

import uuid
from contextlib import suppress

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from disc.access.actor import Actor, Role
from disc.access.guard import authorise, get_actor, in_background, note_seen, requires
from disc.access.permissions import Permission
from disc.access.policy import permits
from disc.core import audit, paging
from disc.core.database import db, new_id
from disc.core.errors import DiscError, Stale
from disc.core.transaction import writes, writing
from disc.core.web import MOST_PICTURES, limiter, takes_files, when
from disc.incidents import following, queries
from disc.incidents.errors import ChangedReport
from disc.incidents.forms import KINDS, STATES, AddForm, ReportForm, filled, form_of, offer_to
from disc.incidents.kinds import WELFARE
from disc.incidents.models import UNDECIDED, Incident, IncidentState
from disc.incidents.ports import facts_of, led_to
from disc.incidents.telling import told
from disc.incidents.views.blueprint import bp
from disc.incidents.views.reporting import At, Change, form_page, prepared
from disc.members.queries import get_premises, member_names
from disc.stills.queries import viewable

NEXT = {
    IncidentState.SUBMITTED: "Your manager reads it",
    IncidentState.RETURNED: "You answer the question",
    IncidentState.ACCEPTED: "Your manager decides if the police need it",
    IncidentState.ESCALATED: "The police read it",
    IncidentState.RECORDED: "The police tell us what they did",
}
"""What follows, where something does."""
TOO_LATE = "A manager has already decided about this report. You can add what you typed."


@bp.get("/my-reports")
@requires(Permission.SEE_REPORT)
def mine() -> ResponseReturnValue:
    """List one's own reports; and to a Group Manager, those of their groups."""
    actor = get_actor()
    leads = actor.role is Role.GROUP_MANAGER
    theirs = queries.group_reports(actor, paging.asked("group")) if leads else paging.Page([])
    sent = queries.own_report_ids(actor)
    return render_template(
        "incidents/mine.html",
        reports=queries.own_reports(actor, paging.asked()),
        sent=len(sent),
        led=led_to(actor, queries.people_of(sent)),
        looks_after=leads,
        theirs=theirs,
        names=member_names(actor, [one.reporter_id for one in theirs.rows]),
        states=STATES,
        kinds=dict(KINDS),
    )


@bp.get("/my-reports/<uuid:incident_id>")
@requires(Permission.SEE_REPORT)
def report(incident_id: uuid.UUID) -> ResponseReturnValue:
    """Show a report and what became of it; reading somebody else's is written down."""
    actor = get_actor()
    incident = queries.get_report(actor, incident_id)
    authorise(actor, Permission.SEE_REPORT, queries.as_target(incident))
    if incident.reporter_id != actor.id:
        note_seen(audit.by(actor, "report read", "incident", incident.id))
    form = AddForm(formdata=None)
    form.submission_id.data = str(new_id())
    return _page(actor, incident, form)


@bp.get("/my-reports/<uuid:incident_id>/moved")
@requires(Permission.ADD_TO_REPORT)
@in_background
def moved(incident_id: uuid.UUID) -> ResponseReturnValue:
    """Say when something last became of an own report, to its page that was deaf for a while.

    Whoever else may read the report asks for its page, which is written down.
    """
    actor = get_actor()
    incident = queries.get_report(actor, incident_id)
    authorise(actor, Permission.ADD_TO_REPORT, queries.as_target(incident))
    return jsonify(moved=incident.changed_at.isoformat())


@bp.post("/my-reports/<uuid:incident_id>/add")
@requires(Permission.ADD_TO_REPORT)
@limiter.limit("30/minute;200/hour", key_func=lambda: str(get_actor().id))
@takes_files
def add(incident_id: uuid.UUID) -> ResponseReturnValue:
    """Answer what is asked, or add to the report; what was sent stays as it was."""
    actor, form = get_actor(), AddForm()
    incident = queries.get_report(actor, incident_id)
    authorise(actor, Permission.ADD_TO_REPORT, queries.as_target(incident))
    if not form.validate():
        return _page(actor, incident, form), 422
    asked = incident.state is IncidentState.RETURNED
    db.session.rollback()
    try:
        pictures = prepared(actor, form.files())
    except DiscError as refusal:
        form.pictures.errors = [refusal.sentence]
        return _page(actor, queries.get_report(actor, incident_id), form), refusal.status
    with suppress(IntegrityError), writing():  # a second tap wrote it first
        following.add(
            actor,
            queries.get_report(actor, incident_id),
            uuid.UUID(form.submission_id.data),
            (form.words.data or "").strip(),
            pictures,
        )
    flash("Sent. Your manager reads your answer." if asked else "Sent. It is added.", "ok")
    return redirect(url_for("incidents.report", incident_id=incident_id), 303)


@bp.get("/my-reports/<uuid:incident_id>/change")
@requires(Permission.ADD_TO_REPORT)
def changes(incident_id: uuid.UUID) -> ResponseReturnValue:
    """Show the form with what a report tells, to change it before a manager decides."""
    actor = get_actor()
    incident = _changeable(actor, incident_id)
    form = filled(incident, queries.said_known(incident.id))
    offer_to(actor, form)
    return form_page(actor, form, Change(incident, incident.amended))


@bp.post("/my-reports/<uuid:incident_id>/change")
@requires(Permission.ADD_TO_REPORT)
@writes
def change(incident_id: uuid.UUID) -> ResponseReturnValue:
    """Write anew what a report tells; its photos stay.

    Over what another page wrote since it is saved only where its reporter saw that, and said so.
    """
    actor = get_actor()
    try:
        incident = _changeable(actor, incident_id)
    except ChangedReport as refusal:
        return _to_be_added(actor, incident_id, refusal), refusal.status
    form = form_of(incident.kind)()
    offer_to(actor, form)
    if isinstance(form, ReportForm):
        form.has_photos = bool(queries.stills_of([incident.id])[incident.id])
    seen = request.form.get("version", -1, type=int)
    version = request.form.get("over", seen, type=int)
    if not form.validate():
        return form_page(actor, form, Change(incident, version)), 422
    premises = get_premises(actor, uuid.UUID(form.premises_id.data))
    authorise(actor, Permission.REPORT_INCIDENT, At(premises))
    try:
        following.amend(actor, incident.id, premises, form.report(), version)
    except Stale as refusal:
        form.form_errors.append(refusal.sentence)
        return form_page(actor, form, Change(incident, seen, clashes=True)), refusal.status
    flash("Saved. Your manager reads it as it is now.", "ok")
    return redirect(url_for("incidents.report", incident_id=incident_id), 303)


def _changeable(actor: Actor, incident_id: uuid.UUID) -> Incident:
    """Return an own report that nobody decided. Raises ChangedReport."""
    incident = queries.get_report(actor, incident_id)
    authorise(actor, Permission.ADD_TO_REPORT, queries.as_target(incident))
    if not may_change(incident):
        raise ChangedReport
    return incident


def _to_be_added(actor: Actor, incident_id: uuid.UUID, refusal: ChangedReport) -> str:
    """Return the report with the typed words, to be added now that a manager has decided.

    Raises the refusal for a report of which nothing is left.
    """
    incident = queries.get_report(actor, incident_id)
    if incident.is_erased:
        raise refusal
    form = AddForm(formdata=None)
    form.submission_id.data = str(new_id())
    form.words.data = request.form.get("words", "").strip()
    form.words.errors = [TOO_LATE]
    return _page(actor, incident, form)


def may_change(incident: Incident) -> bool:
    """Say whether its reporter may still change a report."""
    return incident.state in UNDECIDED and not incident.is_erased


def _page(actor: Actor, incident: Incident, form: AddForm) -> str:
    target = queries.as_target(incident)
    own = incident.reporter_id == actor.id
    stills = viewable(actor, set(queries.stills_of([incident.id])[incident.id]))
    return render_template(
        "incidents/report.html",
        report=incident,
        reporter=None if own else member_names(actor, [incident.reporter_id])[incident.reporter_id],
        journey=_journey(incident),
        stills=sorted(stills),
        states=STATES,
        kinds=dict(KINDS),
        answers=facts_of(incident.id),
        **told(incident),
        notes=queries.notes_of(incident.id),
        form=form,
        may_add=permits(actor, Permission.ADD_TO_REPORT, target) and not incident.is_erased,
        is_welfare=incident.kind in WELFARE,
        may_change=may_change(incident),
        most=MOST_PICTURES,
    )


def _journey(incident: Incident) -> list[dict[str, str]]:
    """Return the steps taken, and the one that comes next, for the timeline."""
    steps = queries.steps_of(incident.id)
    taken = [
        {"title": _called(step.state, before), "state": "done", "at": when(step.at)}
        for before, step in zip([None, *(one.state for one in steps)], steps, strict=False)
    ]
    if incident.state in NEXT:
        taken.append({"title": NEXT[incident.state], "state": "now"})
    return taken


def _called(state: IncidentState, before: IncidentState | None) -> str:
    """Name a step; what comes back from a question was not sent a second time."""
    if state is IncidentState.SUBMITTED and before is IncidentState.RETURNED:
        return "Answered"
    return STATES[state][0]
