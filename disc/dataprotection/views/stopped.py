"""Those who opened pictures faster than a person can look, and letting them see again."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from disc.access.actor import Actor
from disc.access.guard import get_actor, note_seen, requires
from disc.access.permissions import Permission
from disc.core import audit
from disc.core.auditing import Search
from disc.core.errors import Stale
from disc.core.transaction import writing
from disc.dataprotection import tracing
from disc.dataprotection.views.blueprint import bp
from disc.members import watching
from disc.members.queries import get_member, get_scheme

SEE_OTHER = 303


@bp.get("/audit/stopped")
@requires(Permission.RESTORE_VIEWING)
def stopped() -> ResponseReturnValue:
    """List whose pictures are stopped: since when, and how many they opened."""
    actor = get_actor()
    note_seen(audit.by(actor, "stopped people listed"))
    return render_template(
        "dataprotection/stopped.html",
        people=[
            {"member": member, "opened": _opened(actor, member.id)}
            for member in watching.stopped_members(actor.scheme_id)
        ],
        scheme=get_scheme(actor.scheme_id),
    )


@bp.post("/audit/stopped/<uuid:member_id>")
@requires(Permission.RESTORE_VIEWING)
def restore_viewing(member_id: uuid.UUID) -> ResponseReturnValue:
    """Let somebody see pictures again. Raises Stale where they may already."""
    actor = get_actor()
    with writing():
        member = get_member(actor, member_id)
        if member.viewing_stopped_at is None:
            raise Stale
        watching.restore(actor, member)
    watching.count_anew(member_id)
    flash("They see pictures again.", "ok")
    return redirect(url_for("dataprotection.stopped"), SEE_OTHER)


def _opened(actor: Actor, member_id: uuid.UUID) -> str:
    """Return how many pictures somebody opened before they were stopped, as it was written."""
    search = Search(
        scheme_id=actor.scheme_id,
        actor_id=member_id,
        acts=frozenset({"viewing stopped"}),
    )
    found = tracing.lines(actor, search, limit=1)[0]
    return found[0].detail if found else ""
