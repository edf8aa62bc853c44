"""A report on the desk: read, approve, reject."""

import uuid

from flask import render_template, request
from flask.typing import ResponseReturnValue

from disc.access.actor import Actor
from disc.access.guard import get_actor, note_seen, requires
from disc.access.permissions import Permission
from disc.core import audit
from disc.core.database import new_id
from disc.core.transaction import writes
from disc.desk import deciding, review, rules
from disc.desk.deciding import Batch
from disc.desk.errors import ChangedByReporter
from disc.desk.forms.deciding import ApproveForm, RejectForm
from disc.desk.models import ItemKind
from disc.desk.on_the_way import told_of
from disc.desk.queries import not_approved_before, reports_of_stills
from disc.desk.views.blueprint import bp
from disc.desk.views.queue import decided, is_ahead
from disc.gallery.queries import galleries
from disc.incidents.forms import KINDS
from disc.incidents.kinds import WELFARE
from disc.incidents.models import UNDECIDED, Incident
from disc.incidents.queries import get_report, notes_of, stills_of, subjects_of, unread_of
from disc.incidents.telling import told
from disc.matching.queries import groups_of, pairs_of
from disc.members.queries import get_scheme, member_names
from disc.police.queries import find_escalation
from disc.stills.queries import viewable


@bp.get("/desk/reports/<uuid:incident_id>")
@requires(Permission.MODERATE)
def report(incident_id: uuid.UUID) -> ResponseReturnValue:
    """Show a report with its pictures and what looks like them."""
    actor = get_actor()
    incident = get_report(actor, incident_id)
    return _page(actor, incident, _approval(actor, incident), RejectForm())


@bp.post("/desk/reports/<uuid:incident_id>/approve")
@requires(Permission.MODERATE)
@writes
def approve(incident_id: uuid.UUID) -> ResponseReturnValue:
    """Accept a report, with what the manager knows of the person."""
    actor = get_actor()
    incident = get_report(actor, incident_id)
    form = _approval(actor, incident)
    if not form.validate():
        return _page(actor, incident, form, RejectForm()), 422
    under_18, vulnerable = form.care()
    known = form.about.data not in ("new", "nobody")
    approval = review.Approval(
        about_a_person=form.about.data != "nobody",
        same_as=uuid.UUID(form.about.data) if known else None,
        under_18=under_18,
        vulnerable=vulnerable,
        caption=(form.caption.data or "").strip(),
        gallery_ids=form.gallery_ids() if form.about.data != "nobody" else (),
    )
    version = request.form.get("version", type=int)
    try:
        batch_id = deciding.approve_later(actor, incident_id, approval, version=version)
    except ChangedByReporter as refusal:
        form.ask_again()
        return _page(actor, incident, form, RejectForm(), refusal.sentence), refusal.status
    by_themselves = get_scheme(actor.scheme_id).id_sought_by_themselves
    more = review.comes_of(incident, approval, by_themselves=by_themselves)
    return decided("Approved", Batch(batch_id), more)


@bp.post("/desk/reports/<uuid:incident_id>/reject")
@requires(Permission.MODERATE)
@writes
def reject(incident_id: uuid.UUID) -> ResponseReturnValue:
    """Reject a report with a reason for the reporter."""
    actor = get_actor()
    incident, form = get_report(actor, incident_id), RejectForm()
    if not form.validate():
        return _page(actor, incident, _approval(actor, incident), form), 422
    version = request.form.get("version", type=int)
    try:
        batch_id = deciding.reject_later(actor, incident_id, form.reason(), version=version)
    except ChangedByReporter as refusal:
        approval = _approval(actor, incident)
        return _page(actor, incident, approval, form, refusal.sentence), refusal.status
    return decided("Rejected", Batch(batch_id), "The reporter reads your reason.")


def _approval(actor: Actor, incident: Incident) -> ApproveForm:
    shelves = [(one.id, one.name) for one in galleries(actor)]
    return ApproveForm().offer(
        review.suggestions(actor, incident), shelves, accuses=incident.kind not in WELFARE
    )


def _page(
    actor: Actor, incident: Incident, form: ApproveForm, reject_form: RejectForm, refused: str = ""
) -> str:
    ahead = "ahead" if is_ahead() else ""
    note_seen(audit.by(actor, "report read", "incident", incident.id, detail=ahead))
    stills = set(stills_of([incident.id])[incident.id])
    pairs = pairs_of(stills)
    others = {one for pair in pairs for one in (pair.earlier_id, pair.later_id)}
    copies = reports_of_stills(groups_of(stills) - stills).values()
    return render_template(
        "desk/report.html",
        report=incident,
        reporter=member_names(actor, [incident.reporter_id])[incident.reporter_id],
        stills=sorted(viewable(actor, stills)),
        pairs=pairs,
        findings=rules.FINDINGS,
        copies={one.id: one for one in copies if one.id != incident.id}.values(),
        not_approved={one.incident_id: one for one in not_approved_before(stills)}.values(),
        seen=viewable(actor, others) if others else set(),
        subjects=subjects_of(incident.id),
        form=form,
        reject_form=reject_form,
        refused=refused,
        kinds=dict(KINDS),
        accuses=incident.kind not in WELFARE,
        undecided=incident.state in UNDECIDED,
        notes=notes_of(incident.id),
        unread=unread_of(incident.id),
        question_id=new_id(),
        **told(incident),
        escalation=find_escalation(incident.id),
        **told_of(actor, ItemKind.REPORT, incident.id),
        shows_nobody=review.shows_nobody(incident),
    )
