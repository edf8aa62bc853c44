"""The Board's page of leaders who wait to be let in by a second person."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from disc.access.guard import freshly_proved, get_actor, note_seen, requires
from disc.access.permissions import Permission
from disc.access.policy import permits
from disc.core import audit
from disc.core.errors import Missing
from disc.core.transaction import writes
from disc.members import joining, managing, queries
from disc.members.models import MemberState
from disc.members.views.blueprint import bp


@bp.get("/board/leaders")
@requires(Permission.CONFIRM_LEADER)
def leaders() -> ResponseReturnValue:
    """Show who shall lead the scheme, and waits for a member of the Board."""
    actor = get_actor()
    waiting = queries.leaders_to_confirm(actor)
    for member in waiting:
        note_seen(audit.by(actor, "member seen", "member", member.id))
    return render_template(
        "members/leaders.html",
        people=waiting,
        names=queries.member_names(
            actor, [one.invited_by_id for one in waiting if one.invited_by_id]
        ),
        mine_to_decide={one.id: permits(actor, Permission.CONFIRM_LEADER, one) for one in waiting},
    )


@bp.post("/board/leaders/<uuid:member_id>")
@requires(Permission.CONFIRM_LEADER)
@freshly_proved
@writes
def decide_leader(member_id: uuid.UUID) -> ResponseReturnValue:
    """Let somebody into a leading role, or not."""
    actor, decision = get_actor(), request.form.get("decision")
    queries.get_member(actor, member_id)
    if decision not in ("agree", "refuse"):
        raise Missing
    if decision == "agree":
        joining.tell_let_in(managing.confirm(actor, member_id), actor.id)
        flash("Agreed. This person can sign in now.", "ok")
    else:
        member = managing.refuse(actor, member_id)
        sentences = {
            MemberState.LEFT: "Refused. This person cannot sign in.",
            MemberState.SUSPENDED: "Refused. This person is suspended now.",
            MemberState.ACTIVE: "Refused. This person keeps the role that they had.",
        }
        flash(sentences[member.state], "ok")
    return redirect(url_for("members.leaders"), 303)
