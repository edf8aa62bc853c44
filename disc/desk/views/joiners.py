"""Somebody who joined and waits: let in or not, from their own page, in ten seconds."""

import uuid

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from disc.access.guard import get_actor, requires
from disc.access.permissions import Permission
from disc.core.transaction import writes
from disc.desk import deciding
from disc.desk.deciding import Batch
from disc.desk.errors import TooLate
from disc.desk.models import Act, ItemKind
from disc.desk.on_the_way import SAID, told_of_joiner
from disc.desk.views.blueprint import bp
from disc.desk.views.queue import decided

PERSON = "/desk/members/people/<uuid:member_id>"


@bp.post(f"{PERSON}/approved")
@requires(Permission.MANAGE_MEMBERS)
@writes
def let_in(member_id: uuid.UUID) -> ResponseReturnValue:
    """Let somebody in who joined and waits."""
    return _decide(member_id, Act.APPROVE)


@bp.post(f"{PERSON}/refused")
@requires(Permission.MANAGE_MEMBERS)
@writes
def refuse(member_id: uuid.UUID) -> ResponseReturnValue:
    """Do not let somebody in who joined and waits."""
    return _decide(member_id, Act.REJECT)


@bp.post(f"{PERSON}/undone")
@requires(Permission.MANAGE_MEMBERS)
@writes
def undo_joiner(member_id: uuid.UUID) -> ResponseReturnValue:
    """Take back what one decided about somebody who waits; a Group Manager has no queue for it."""
    actor = get_actor()
    on_its_way = told_of_joiner(actor, member_id)["on_its_way"]
    if on_its_way is None:
        raise TooLate
    deciding.undo(actor, on_its_way.batch_id)
    flash("Undone.", "ok")
    return redirect(_page(member_id), 303)


def _decide(member_id: uuid.UUID, act: Act) -> ResponseReturnValue:
    seen = request.form.get("seen", "")
    batch = Batch(deciding.decide_joiner_later(get_actor(), member_id, act, seen=seen))
    said = SAID[ItemKind.JOINER][act]
    return decided(said, batch, "The person gets a letter.", to=_page(member_id))


def _page(member_id: uuid.UUID) -> str:
    return url_for("members.person", member_id=member_id)
