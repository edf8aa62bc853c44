"""Choosing what of a record is about somebody else."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from disc.access.actor import Actor
from disc.access.guard import get_actor, note_seen, requires
from disc.access.permissions import Permission
from disc.core import audit
from disc.core.errors import Missing
from disc.core.transaction import writes
from disc.desk.splitting import Part, split
from disc.desk.views.blueprint import bp
from disc.gallery import queries
from disc.gallery.models import SubjectState
from disc.incidents.forms import KINDS
from disc.incidents.queries import reports_about

UNANSWERED = "Choose what is about the other person, and answer both questions."


@bp.get("/people/<uuid:subject_id>/split")
@requires(Permission.MODERATE)
def splitting(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Show the pictures and reports of a record, to choose from."""
    return _page(get_actor(), subject_id, "")


@bp.post("/people/<uuid:subject_id>/split")
@requires(Permission.MODERATE)
@writes
def split_person(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Make what was chosen a record of its own."""
    actor = get_actor()
    answers = [request.form.get(name) for name in ("under_18", "vulnerable")]
    stills, reports = _ids("stills"), _ids("reports")
    if not (stills or reports) or not all(one in ("yes", "no") for one in answers):
        return _page(actor, subject_id, UNANSWERED), 422
    new = split(
        actor,
        subject_id,
        Part(
            still_ids=stills,
            incident_ids=reports,
            under_18=answers[0] == "yes",
            vulnerable=answers[1] == "yes",
        ),
    )
    waits = new.state is SubjectState.AWAITING_BOARD
    flash(
        f"Record {new.reference} is made. Check what both records say. "
        + ("A Board member must agree before anyone sees it." if waits else ""),
        "ok",
    )
    return redirect(url_for("desk.person", subject_id=new.id), 303)


def _page(actor: Actor, subject_id: uuid.UUID, problem: str) -> str:
    subject = queries.get_subject(actor, subject_id)
    note_seen(audit.by(actor, "record read", "subject", subject.id))
    return render_template(
        "desk/split.html",
        subject=subject,
        stills=[one for one in queries.all_stills_of(subject.id) if not one.hidden_at],
        reports=reports_about([subject.id]),
        kinds=dict(KINDS),
        problem=problem,
        typed=request.form,
    )


def _ids(name: str) -> frozenset[uuid.UUID]:
    try:
        return frozenset(map(uuid.UUID, request.form.getlist(name)))
    except ValueError as error:
        raise Missing from error
