"""A report on the desk: read, approve, reject."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from disc.access.actor import Actor
from disc.access.guard import get_actor, note_seen, requires
from disc.access.permissions import Permission
from disc.core import audit
from disc.core.transaction import writes
from disc.desk import review, rules
from disc.desk.forms import ApproveForm, RejectForm
from disc.desk.queries import not_approved_before, reports_of_stills
from disc.desk.views.blueprint import bp
from disc.gallery.models import Subject, SubjectKind, SubjectState
from disc.incidents import service
from disc.incidents.forms import KINDS
from disc.incidents.models import Incident, IncidentState
from disc.incidents.queries import get_report, stills_of, subjects_of
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
    subject = review.approve(
        actor,
        incident_id,
        review.Approval(
            about_a_person=form.about.data != "nobody",
            same_as=uuid.UUID(form.about.data) if known else None,
            under_18=under_18,
            vulnerable=vulnerable,
            caption=(form.caption.data or "").strip(),
        ),
    )
    flash(_done(subject, by_themselves=get_scheme(actor.scheme_id).id_sought_by_themselves), "ok")
    return redirect(url_for("desk.desk"), 303)


@bp.post("/desk/reports/<uuid:incident_id>/reject")
@requires(Permission.MODERATE)
@writes
def reject(incident_id: uuid.UUID) -> ResponseReturnValue:
    """Reject a report with a reason for the reporter."""
    actor = get_actor()
    incident, form = get_report(actor, incident_id), RejectForm()
    if not form.validate():
        return _page(actor, incident, _approval(actor, incident), form), 422
    service.reject(actor, incident_id, form.reason())
    flash("Rejected. The reporter reads your reason.", "ok")
    return redirect(url_for("desk.desk"), 303)


def _approval(actor: Actor, incident: Incident) -> ApproveForm:
    return ApproveForm().offer(review.suggestions(actor, incident))


def _page(actor: Actor, incident: Incident, form: ApproveForm, reject_form: RejectForm) -> str:
    note_seen(audit.by(actor, "report read", "incident", incident.id))
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
        kinds=dict(KINDS),
        undecided=incident.state is IncidentState.SUBMITTED,
        escalation=find_escalation(incident.id),
    )


def _done(subject: Subject | None, *, by_themselves: bool) -> str:
    if subject is None:
        return "Accepted. Nobody was added to the gallery."
    if subject.under_10:
        return "Accepted. This child is under 10: only Administrators see the record."
    if subject.state is not SubjectState.PUBLISHED:
        return "Accepted. A Board member must agree before anyone sees this person."
    if by_themselves or subject.kind is SubjectKind.KNOWN:
        return "Accepted. The person is in the gallery now."
    return f"Accepted. Members see {subject.reference} once you put the person in a gallery."
