"""What a manager does about a report beside deciding: asks, reads what came, ends it."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from disc.access.guard import get_actor, note_seen, requires
from disc.access.permissions import Permission
from disc.core import audit
from disc.core.transaction import writes
from disc.desk import deciding
from disc.desk.forms.deciding import AskForm, CloseForm
from disc.desk.views.blueprint import bp
from disc.incidents import following, queries
from disc.incidents.forms import KINDS


@bp.post("/desk/reports/<uuid:incident_id>/ask")
@requires(Permission.MODERATE)
@writes
def ask(incident_id: uuid.UUID) -> ResponseReturnValue:
    """Give a report back to its reporter with a question."""
    actor, form = get_actor(), AskForm()
    incident = queries.get_report(actor, incident_id)
    if not form.validate():
        return render_template(
            "desk/ask.html", report=incident, ask_form=form, kinds=dict(KINDS)
        ), 422
    deciding.ask(actor, incident_id, uuid.UUID(form.submission_id.data), form.words.data)
    flash("Sent. The reporter sees your question.", "ok")
    return redirect(url_for("desk.desk"), 303)


@bp.post("/desk/reports/<uuid:incident_id>/read")
@requires(Permission.MODERATE)
@writes
def read_added(incident_id: uuid.UUID) -> ResponseReturnValue:
    """Say that what the reporter added was read, as far as the page showed it."""
    shown = set(request.form.getlist("note", type=uuid.UUID))
    following.mark_read(get_actor(), incident_id, shown)
    return redirect(url_for("desk.report", incident_id=incident_id), 303)


@bp.post("/desk/reports/<uuid:incident_id>/close")
@requires(Permission.MODERATE)
@writes
def close(incident_id: uuid.UUID) -> ResponseReturnValue:
    """Say that nothing more follows from a report."""
    actor, form = get_actor(), CloseForm()
    incident = queries.get_report(actor, incident_id)
    if not form.validate():
        page = render_template(
            "desk/close.html", report=incident, close_form=form, kinds=dict(KINDS)
        )
        return page, 422
    following.close(actor, incident_id, (form.words.data or "").strip())
    flash("Closed. The reporter can see that.", "ok")
    return redirect(url_for("desk.report", incident_id=incident_id), 303)


@bp.get("/desk/stuck")
@requires(Permission.MODERATE)
def stuck() -> ResponseReturnValue:
    """List the reports that nothing happened to for three days, and what they wait for."""
    actor = get_actor()
    note_seen(audit.by(actor, "desk seen"))
    return render_template("desk/stuck.html", reports=queries.stuck(actor), kinds=dict(KINDS))


@bp.post("/desk/stuck")
@requires(Permission.MODERATE)
@writes
def close_several() -> ResponseReturnValue:
    """Close the accepted reports that were chosen; the others stay as they are."""
    actor = get_actor()
    chosen = set(request.form.getlist("report"))
    found = [one for one in queries.stuck(actor) if str(one.id) in chosen and one.is_accepted]
    for one in found:
        following.close(actor, one.id, "")
    flash(
        f"Closed: {len(found)}." if found else "Choose the reports to close.",
        "ok" if found else "warn",
    )
    return redirect(url_for("desk.stuck"), 303)
