"""Pages on which a notice is proposed, decided, printed, served and lifted; none is for police."""

import uuid
from collections.abc import Iterable
from datetime import date
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from disc.access.actor import Actor
from disc.access.guard import authorise, freshly_proved, get_actor, note_seen, requires
from disc.access.permissions import Permission
from disc.core import audit, clock, paging
from disc.core.database import db, new_id
from disc.core.papers import CannotBePrinted
from disc.core.transaction import writes, writing
from disc.core.web import day
from disc.exclusions import queries, rules, service
from disc.exclusions.document import (
    HELD,
    KEPT_FOR,
    SEEN_BY,
    NoticeIncident,
    NoticeText,
    print_apart,
)
from disc.exclusions.errors import NoPaper, Unfit
from disc.exclusions.forms import EVERYWHERE, DecideForm, ProposeForm, ServeForm
from disc.exclusions.models import ExclusionNotice
from disc.exclusions.queries import Shelf
from disc.exclusions.rules import LENGTHS
from disc.exclusions.viewing import HOW, PRINTED, WHAT, may, steps_of
from disc.gallery.models import Subject
from disc.gallery.queries import galleries_today
from disc.incidents.models import Incident
from disc.members.models import Premises
from disc.members.queries import get_scheme

bp = Blueprint("exclusions", __name__)

SHELVES = {
    Shelf.IN_FORCE: ("In force", "No ban is in force."),
    Shelf.WAITING: ("Waiting", "No notice waits."),
    Shelf.OVER: ("Over", "No notice is over. Each is erased some time after its end."),
}
"""What each list is called, and what it says while it is empty."""


@bp.get("/people/<uuid:subject_id>/notices/new")
@requires(Permission.PROPOSE_NOTICE)
def new(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Show the page to propose a notice about a person."""
    actor, person = _person(subject_id)
    form = _offered(actor, person)
    form.notice_id.data, form.starts_on.data = str(new_id()), clock.today()
    page = _propose_page(actor, person, form)
    _journal(actor, "notice form seen", "subject", person.id)
    return page


@bp.post("/people/<uuid:subject_id>/notices/new")
@requires(Permission.PROPOSE_NOTICE)
def propose(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Propose a notice to the Board, once its words are known to print."""
    actor, person = _person(subject_id)
    form = _offered(actor, person)
    if not form.validate():
        return _propose_page(actor, person, form), 422
    proposal = form.proposal()
    try:
        if queries.find_notice(actor, proposal.id) is None:
            _try_paper(actor, person, proposal)
        with writing():
            service.propose(actor, subject_id, proposal)
    except (Unfit, CannotBePrinted) as refusal:
        form.reasons.errors = [refusal.sentence]
        return _propose_page(actor, person, form), refusal.status
    flash("The Board can now decide. Nobody else can see this notice.", "ok")
    return redirect(url_for("exclusions.notice", notice_id=proposal.id), 303)


@bp.get("/notices")
@requires(Permission.SEE_NOTICE)
def index() -> ResponseReturnValue:
    """List the scheme's notices: those in force, those that wait, and those that are over."""
    actor, shelf = get_actor(), _shelf()
    page = queries.on_shelf(actor, shelf, paging.asked())
    for one in page.rows:
        _journal(actor, "notices listed", "notice", one.id)
    return render_template("exclusions/index.html", page=page, shelf=shelf, shelves=SHELVES)


@bp.get("/notices/<uuid:notice_id>")
@requires(Permission.SEE_NOTICE)
def notice(notice_id: uuid.UUID) -> ResponseReturnValue:
    """Show a notice with its evidence, and what its reader may do."""
    actor, found = _notice(notice_id, Permission.SEE_NOTICE)
    page = _page(actor, found)
    _journal(actor, "notice seen", "notice", notice_id)
    return page


@bp.post("/notices/<uuid:notice_id>/decide")
@requires(Permission.DECIDE_NOTICE)
@writes
def decide(notice_id: uuid.UUID) -> ResponseReturnValue:
    """Approve or refuse a notice that somebody else proposed."""
    actor, found = _notice(notice_id, Permission.DECIDE_NOTICE)
    form = DecideForm()
    if not form.validate():
        return _page(actor, found, decide_form=form), 422
    approved, reasons = form.outcome.data == "approve", (form.decision.data or "").strip()
    try:
        service.decide(actor, notice_id, approved=approved, reasons=reasons)
    except Unfit as refusal:
        form.outcome.errors = [refusal.sentence]
        return _page(actor, found, decide_form=form), refusal.status
    flash("You approved this notice." if approved else "You refused this notice.", "ok")
    return _back_to(notice_id)


@bp.post("/notices/<uuid:notice_id>/serve")
@requires(Permission.SERVE_NOTICE)
@writes
def serve(notice_id: uuid.UUID) -> ResponseReturnValue:
    """Record that the person was given the notice."""
    actor, found = _notice(notice_id, Permission.SERVE_NOTICE)
    form = ServeForm()
    if not form.validate():
        return _page(actor, found, serve_form=form), 422
    try:
        service.serve(actor, notice_id, form.serving())
    except Unfit as refusal:
        form.served_at.errors = [refusal.sentence]
        return _page(actor, found, serve_form=form), refusal.status
    flash("This notice is served. Members see the ban from its first day.", "ok")
    return _back_to(notice_id)


@bp.post("/notices/<uuid:notice_id>/lift")
@requires(Permission.SERVE_NOTICE)
@writes
def lift(notice_id: uuid.UUID) -> ResponseReturnValue:
    """End a notice now."""
    actor, found = _notice(notice_id, Permission.SERVE_NOTICE)
    service.lift(actor, notice_id)
    flash("This notice is lifted. Members no longer see it.", "ok")
    still_in = [gallery.name for gallery in galleries_today(found.subject_id)]
    if still_in:
        names = ", ".join(still_in)
        flash(
            f"This person is still shown in: {names}. Take them out if that is wrong now.", "warn"
        )
    return _back_to(notice_id)


@bp.get("/notices/<uuid:notice_id>/document.pdf")
@requires(Permission.SEE_NOTICE)
@freshly_proved
def document(notice_id: uuid.UUID) -> ResponseReturnValue:
    """Serve a notice's paper; the view is written down before a byte of it is sent."""
    actor, found = _notice(notice_id, Permission.SEE_NOTICE)
    if found.state not in PRINTED:
        raise NoPaper
    name, paper = f"notice-{found.reference}.pdf", _paper_of(actor, found)
    db.session.rollback()  # printing yields; no transaction may stay open over it
    answer = Response(print_apart(paper), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store, private"
    _journal(actor, "notice document seen", "notice", notice_id)
    return answer


def _shelf() -> Shelf:
    value = request.args.get("show", "")
    return Shelf(value) if value in set(Shelf) else Shelf.IN_FORCE


def _person(subject_id: uuid.UUID) -> tuple[Actor, Subject]:
    actor = get_actor()
    person = queries.get_person(actor, subject_id)
    authorise(actor, Permission.PROPOSE_NOTICE, person)
    return actor, person


def _notice(notice_id: uuid.UUID, permission: Permission) -> tuple[Actor, ExclusionNotice]:
    actor = get_actor()
    found = queries.get_notice(actor, notice_id)
    authorise(actor, permission, found)
    return actor, found


def _back_to(notice_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("exclusions.notice", notice_id=notice_id), 303)


def _journal(actor: Actor, act: str, target: str, target_id: uuid.UUID) -> None:
    note_seen(audit.by(actor, act, target, target_id))


def _offered(actor: Actor, person: Subject) -> ProposeForm:
    return ProposeForm().offer(
        queries.evidence_for(actor, person.id), queries.excluding_premises(actor)
    )


def _propose_page(actor: Actor, person: Subject, form: ProposeForm) -> str:
    return render_template(
        "exclusions/new.html",
        form=form,
        person=person,
        called=queries.called(person),
        reports=queries.evidence_for(actor, person.id),
        places=queries.excluding_premises(actor),
        waiting=queries.find_waiting(actor, person.id),
        what=WHAT,
        lengths=LENGTHS,
        everywhere=EVERYWHERE,
    )


def _page(
    actor: Actor,
    found: ExclusionNotice,
    *,
    decide_form: DecideForm | None = None,
    serve_form: ServeForm | None = None,
) -> str:
    person = db.session.get_one(Subject, found.subject_id)
    stands = rules.standing(found.state, found.starts_on, found.ends_on, clock.today())
    return render_template(
        "exclusions/notice.html",
        notice=found,
        stands=stands,
        person=person,
        called=queries.called(person),
        reports=queries.evidence_of(found.id),
        places=queries.premises_of(found.id),
        steps=steps_of(actor, found, stands),
        may=may(actor, found, stands),
        what=WHAT,
        ways=HOW,
        decide_form=decide_form or DecideForm(formdata=None),
        serve_form=serve_form or ServeForm(formdata=None),
        now=f"{clock.now().astimezone(clock.UK):%Y-%m-%dT%H:%M}",
    )


def _try_paper(actor: Actor, person: Subject, proposal: service.Proposal) -> None:
    """Print a proposal for nobody: its words cannot be mended once the Board has approved them."""
    paper = _paper(
        actor,
        person,
        reference="",
        issued=clock.today(),
        days=(proposal.starts_on, rules.last_day(proposal.starts_on, proposal.months)),
        reasons=proposal.reasons,
        reports=[],
        places=[one for one in queries.excluding_premises(actor) if one.id in proposal.premises],
    )
    db.session.rollback()  # printing yields; no transaction may stay open over it
    print_apart(paper)


def _paper_of(actor: Actor, found: ExclusionNotice) -> NoticeText:
    return _paper(
        actor,
        db.session.get_one(Subject, found.subject_id),
        reference=found.reference,
        issued=(found.decided_at or found.proposed_at).astimezone(clock.UK).date(),
        days=(found.starts_on, found.ends_on),
        reasons=found.reasons,
        reports=queries.evidence_of(found.id),
        places=queries.premises_of(found.id),
    )


def _paper(
    actor: Actor,
    person: Subject,
    *,
    reference: str,
    issued: date,
    days: tuple[date, date],
    reasons: str,
    reports: Iterable[Incident],
    places: Iterable[Premises],
) -> NoticeText:
    """Write a notice's words. An appeal is open as long as the notice, however late it came."""
    scheme = get_scheme(actor.scheme_id)
    query = urlencode({"asked": "appeal", "about": reference})
    address = f"{request.url_root}privacy/{scheme.slug}/ask?{query}"
    return NoticeText(
        kind="exclusion",
        scheme=scheme.name,
        controller=scheme.controller or scheme.name,
        reference=reference,
        person=queries.called(person),
        issued=day(issued),
        starts=day(days[0]),
        ends=day(days[1]),
        reasons=tuple(line.strip() for line in reasons.splitlines() if line.strip()),
        incidents=tuple(
            NoticeIncident(
                date=day(one.occurred_at), premises=one.premises.name, what=WHAT[one.kind]
            )
            for one in reports
        ),
        premises=tuple(one.name for one in places),
        appeal_to="\n".join(filter(None, (scheme.name, scheme.contact, address))),
        appeal_by=day(days[1]),
        held=HELD,
        seen_by=SEEN_BY,
        kept_for=KEPT_FOR,
    )
