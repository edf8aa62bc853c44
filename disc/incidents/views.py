"""Pages to report and to follow one's reports."""

import uuid
from contextlib import suppress

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from disc.access.actor import FOR_OTHERS, Actor, Role
from disc.access.guard import authorise, get_actor, note_seen, requires
from disc.access.permissions import Permission
from disc.core import audit, clock
from disc.core.database import db, new_id
from disc.core.errors import DiscError
from disc.core.pictures.quality import BLUR_RADIUS, DARK, LOOKED_AT, RECOGNISED_FROM, SOFT
from disc.core.transaction import writing
from disc.core.web import MOST_PICTURES, limiter, takes_files, when
from disc.gallery.looks import LEGENDS, VOCABULARY
from disc.incidents import queries, rules, service
from disc.incidents.errors import NotStored, TooManyPictures
from disc.incidents.forms import KINDS, ReportForm
from disc.incidents.models import Incident, IncidentState
from disc.incidents.ports import facts_of
from disc.members.models import Premises
from disc.members.queries import get_premises, member_names, premises_of
from disc.stills.queries import viewable
from disc.stills.service import Prepared, prepare

bp = Blueprint("incidents", __name__)

STATES = {
    IncidentState.SUBMITTED: ("Sent", "info"),
    IncidentState.ACCEPTED: ("Accepted", "ok"),
    IncidentState.REJECTED: ("Not accepted", "warn"),
    IncidentState.ESCALATED: ("Shared with police", "info"),
    IncidentState.OUTCOME: ("Police answered", "ok"),
}
"""What the reporter reads, and the tone of its chip."""
QUALITY = {
    "look": LOOKED_AT,
    "radius": BLUR_RADIUS,
    "dark": DARK,
    "soft": SOFT,
    "tall": RECOGNISED_FROM,
    "dark-words": rules.DARK_PHOTO,
    "soft-words": rules.SOFT_PHOTO,
    "tall-words": rules.SMALL_PERSON,
}
"""By what the browser measures a photo before it is sent, and what it says."""


@bp.get("/report")
@requires(Permission.REPORT_INCIDENT)
def new() -> ResponseReturnValue:
    """Show the report form."""
    actor = get_actor()
    form = ReportForm().offer(premises_of(actor))
    form.submission_id.data = str(new_id())
    form.occurred_at.data = f"{clock.now().astimezone(clock.UK):%Y-%m-%dT%H:%M}"
    return _page(actor, form)


@bp.post("/report")
@requires(Permission.REPORT_INCIDENT)
@limiter.limit("60/minute;300/hour", key_func=lambda: str(get_actor().id))
@takes_files
def send() -> ResponseReturnValue:
    """Store a report. Pictures are cleaned and sealed before the transaction begins."""
    actor = get_actor()
    form = ReportForm().offer(premises_of(actor))
    if not form.validate():
        return _page(actor, form), 422
    new_report = form.report()
    if queries.find_submission(actor, new_report.submission_id) is None:
        premises = get_premises(actor, uuid.UUID(form.premises_id.data))
        authorise(actor, Permission.REPORT_INCIDENT, _At(premises))
        premises_id = premises.id
        db.session.rollback()
        try:
            pictures = _prepare(actor, form)
        except DiscError as refusal:
            form.pictures.errors = [refusal.sentence]
            return _page(actor, form), refusal.status
        with suppress(IntegrityError), writing():  # a second tap stored it first
            service.report_incident(actor, get_premises(actor, premises_id), new_report, pictures)
        _hint(pictures)
    sent = queries.find_submission(actor, new_report.submission_id)
    if sent is None:
        raise NotStored
    return redirect(url_for("incidents.report", incident_id=sent.id, sent=1), 303)


@bp.get("/my-reports")
@requires(Permission.SEE_REPORT)
def mine() -> ResponseReturnValue:
    """List one's own reports; and to a Group Manager, those of their groups."""
    actor = get_actor()
    theirs = queries.group_reports(actor) if actor.role is Role.GROUP_MANAGER else []
    return render_template(
        "incidents/mine.html",
        reports=queries.own_reports(actor),
        looks_after=actor.role is Role.GROUP_MANAGER,
        theirs=theirs,
        names=member_names(actor, [one.reporter_id for one in theirs]),
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
    mine = incident.reporter_id == actor.id
    if not mine:
        note_seen(audit.by(actor, "report read", "incident", incident.id))
    stills = viewable(actor, set(queries.stills_of([incident.id])[incident.id]))
    return render_template(
        "incidents/report.html",
        report=incident,
        reporter=None if mine else _name(actor, incident.reporter_id),
        journey=_journey(incident),
        stills=sorted(stills),
        states=STATES,
        kinds=dict(KINDS),
        answers=facts_of(incident.id),
    )


def _name(actor: Actor, member_id: uuid.UUID) -> str:
    return member_names(actor, [member_id])[member_id]


class _At:
    """Premises as the policy's target for a report."""

    def __init__(self, premises: Premises) -> None:
        self.id, self.scheme_id, self.premises_id = premises.id, premises.scheme_id, premises.id


def _journey(incident: Incident) -> list[dict[str, str]]:
    """Return the steps taken, and the one that comes next, for the timeline."""
    taken = [
        {"title": STATES[step.state][0], "state": "done", "at": when(step.at)}
        for step in queries.steps_of(incident.id)
    ]
    if incident.state is IncidentState.SUBMITTED:
        taken.append({"title": "Your manager reads it", "state": "now"})
    return taken


def _prepare(actor: Actor, form: ReportForm) -> list[Prepared]:
    files = form.files()
    if len(files) > MOST_PICTURES:
        raise TooManyPictures
    return [prepare(actor.scheme_id, one.read()) for one in files]


def _hint(pictures: list[Prepared]) -> None:
    """Say with the thanks what a better photo would show; the report is sent already."""
    tall = rules.person_heights(request.form.getlist("person"), [one.height for one in pictures])
    for at, one in enumerate(pictures):
        for sentence in rules.quality_hints(one.quality, tall.get(at)):
            flash(f"Photo {at + 1}: {sentence}" if len(pictures) > 1 else sentence, "info")


def _page(actor: Actor, form: ReportForm) -> str:
    places = premises_of(actor)
    offered = [
        {"value": str(one.id), "text": one.name, "selected": str(one.id) == form.premises_id.data}
        for one in places
    ]
    return render_template(
        "incidents/new.html",
        form=form,
        places=places,
        place_items=offered,
        for_others=actor.role in FOR_OTHERS,
        chips={LEGENDS[kind]: words for kind, words in VOCABULARY.items()},
        most=MOST_PICTURES,
        quality=QUALITY,
    )
