"""Home, and the desk's first page."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from disc.access.actor import Actor, Role
from disc.access.guard import GATES, get_actor, note_seen, requires
from disc.access.navigation import may_report
from disc.access.permissions import Permission
from disc.access.policy import may_ever, permits
from disc.alerts.queries import open_alerts
from disc.core import audit
from disc.dataprotection.queries import open_requests
from disc.desk import rules
from disc.desk.queries import waiting
from disc.desk.views.blueprint import bp
from disc.exclusions.queries import to_serve
from disc.gallery import identifying
from disc.incidents.forms import KINDS, STATES
from disc.incidents.models import IncidentState
from disc.incidents.ports import led_to
from disc.incidents.queries import (
    count_in,
    count_stuck,
    moved_lately,
    own_report_ids,
    people_of,
    queue,
    stills_of,
    with_unread_notes,
)
from disc.intelligence.queries import count_to_check
from disc.matching.queries import count_open_pairs, open_pairs
from disc.members.queries import (
    count_waiting,
    due_premises,
    get_scheme,
    is_live,
    member_names,
    overdue_premises,
)
from disc.members.watching import stopped_members
from disc.police.queries import count_unanswered
from disc.printing.queries import count_due, has_printouts
from disc.stills.queries import viewable

WATCHES = {
    Role.BOARD: "You decide who is banned, and who may be shown. You answer appeals.",
    Role.DPO: "You watch over the records that this scheme keeps. You see no pictures.",
}
"""What Home says to those who have nothing to report."""


@bp.get("/")
@requires(Permission.USE_OWN_ACCOUNT)
def home() -> ResponseReturnValue:
    """Show what matters now to whoever signed in."""
    actor = get_actor()
    if actor.gate is not None:
        return redirect(url_for(GATES[actor.gate]))
    reports = own_report_ids(actor) if may_ever(actor, Permission.REPORT_INCIDENT) else []
    known = identifying.own_answers(actor) if may_ever(actor, Permission.IDENTIFY_SUBJECT) else []
    return render_template(
        "desk/home.html",
        alerts=open_alerts(actor) if may_ever(actor, Permission.SEE_ALERT) else [],
        told=WATCHES.get(actor.role),
        requests=len(open_requests(actor)) if may_ever(actor, Permission.FIND_VIEWER) else 0,
        unanswered=count_unanswered(actor) if may_ever(actor, Permission.RECORD_OUTCOME) else 0,
        looks_after=actor.role is Role.GROUP_MANAGER,
        counts=waiting(actor) if may_ever(actor, Permission.MODERATE) else None,
        copies_due=_copies_due(actor),
        copies=_has_register(actor),
        sent=len(reports),
        led=led_to(actor, people_of(reports)),
        moved=moved_lately(actor) if reports else [],
        states=STATES,
        kinds=dict(KINDS),
        known=len(known),
        known_decided=sum(one.handled_at is not None for one in known),
        live=is_live(get_scheme(actor.scheme_id)),
        to_certify=due_premises(actor) if may_ever(actor, Permission.CERTIFY_PREMISES) else [],
        may_report=may_report(actor),
        may_see_gallery=permits(actor, Permission.SEE_GALLERY, actor),
    )


@bp.get("/desk")
@requires(Permission.MODERATE)
def desk() -> ResponseReturnValue:
    """Show everything that waits for the manager."""
    actor = get_actor()
    note_seen(audit.by(actor, "desk seen"))
    reports, pairs = queue(actor), open_pairs(actor)
    pictures = stills_of([one.id for one in reports])
    shown = viewable(
        actor, {one.later_id for one in pairs} | {one for held in pictures.values() for one in held}
    )
    return render_template(
        "desk/desk.html",
        reports=reports,
        reports_waiting=count_in(actor, IncidentState.SUBMITTED),
        thumbs={
            row: next((one for one in held if one in shown), None) for row, held in pictures.items()
        },
        shown=shown,
        names=member_names(actor, [one.reporter_id for one in reports]),
        pairs=pairs,
        pairs_waiting=count_open_pairs(actor),
        findings=rules.FINDINGS,
        sent_before=rules.SENT_BEFORE,
        stuck=count_stuck(actor),
        returned=queue(actor, IncidentState.RETURNED),
        added=with_unread_notes(actor),
        answers=identifying.count_waiting(actor),
        links=count_to_check(actor),
        notices=to_serve(actor),
        requests=open_requests(actor),
        uncertified=overdue_premises(actor),
        people=count_waiting(actor),
        kinds=dict(KINDS),
        live=is_live(get_scheme(actor.scheme_id)),
        stopped=len(stopped_members(actor.scheme_id)),
        copies_due=_copies_due(actor),
        copies=_has_register(actor),
    )


def _copies_due(actor: Actor) -> int:
    """Count the copies on paper that somebody must get back now."""
    watches = any(may_ever(actor, one) for one in (Permission.MODERATE, Permission.KEEP_COPIES))
    return count_due(actor) if watches else 0


def _has_register(actor: Actor) -> bool:
    """Say whether to lead to the register: it outlives the setting by which copies were made."""
    keeps = may_ever(actor, Permission.KEEP_COPIES)
    return keeps and (actor.prints_pictures or has_printouts(actor))
