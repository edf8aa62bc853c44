"""The Board's page: who may be shown, and which notices stand."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from disc.access.guard import get_actor, note_seen, requires
from disc.access.permissions import Permission
from disc.core import audit
from disc.core.errors import Missing
from disc.core.transaction import writes
from disc.dataprotection.queries import open_requests
from disc.desk.views.blueprint import bp
from disc.exclusions import queries as exclusions
from disc.gallery import care, queries
from disc.members.queries import count_waiting


@bp.get("/board")
@requires(Permission.AGREE_PUBLICATION)
def board() -> ResponseReturnValue:
    """Show what waits for a Board member."""
    actor = get_actor()
    note_seen(audit.by(actor, "board page seen"))
    people = queries.awaiting_board(actor)
    return render_template(
        "desk/board.html",
        people=people,
        shows_birth=True,
        stills=queries.stills_of([one.id for one in people]),
        notices=exclusions.awaiting_board(actor),
        requests=open_requests(actor),
        hidden=queries.awaiting_to_be_shown(actor),
        leaders=count_waiting(actor).leaders,
    )


@bp.post("/board/people/<uuid:subject_id>")
@requires(Permission.AGREE_PUBLICATION)
@writes
def decide_person(subject_id: uuid.UUID) -> ResponseReturnValue:
    """Agree, or not, that somebody under 18 or vulnerable is shown."""
    decision = request.form.get("decision")
    if decision not in ("agree", "restrict", "refuse"):
        raise Missing
    care.agree_publication(
        get_actor(), subject_id, agreed=decision != "refuse", restricted=decision == "restrict"
    )
    flash("Saved. Thank you.", "ok")
    return redirect(url_for("desk.board"), 303)
