"""The Administrator's page of messages that the scheme sent, or could not send."""

import uuid

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from disc.access.actor import LEADING, Actor
from disc.access.guard import get_actor, note_seen, requires
from disc.access.permissions import Permission
from disc.core import audit
from disc.core.mail import KEPT_DAYS, Message
from disc.members import queries
from disc.members.models import Member
from disc.members.rules import why_hidden
from disc.members.views.blueprint import bp

STATES = {
    "waiting": ("Is being sent", "info"),
    "sent": ("Sent", "ok"),
    "failed": ("Could not be sent", "danger"),
    "kept": ("Kept here", "warn"),
}
"""What each state is called, and its tone."""


@bp.get("/desk/mail")
@requires(Permission.SEE_MAIL)
def mail() -> ResponseReturnValue:
    """List what was written to whom, and what became of it."""
    actor = get_actor()
    note_seen(audit.by(actor, "messages listed"))
    messages = queries.scheme_messages(actor)
    readers = queries.member_names(actor, [one.member_id for one in messages if one.member_id])
    return render_template(
        "members/mail.html",
        messages=messages,
        readers=readers,
        states=STATES,
        sends=current_app.extensions["smtp"] is not None,
        kept_days=KEPT_DAYS,
    )


@bp.get("/desk/mail/<uuid:message_id>")
@requires(Permission.SEE_MAIL)
def message(message_id: uuid.UUID) -> ResponseReturnValue:
    """Show one message; what it says only where nobody could misuse it."""
    actor = get_actor()
    written = queries.get_message(actor, message_id)
    note_seen(audit.by(actor, "message seen", "message", written.id, detail=written.kind))
    return render_template(
        "members/message.html",
        message=written,
        states=STATES,
        hidden=_why_hidden(actor, written),
    )


def _why_hidden(actor: Actor, written: Message) -> str | None:
    reader = _reader(actor, written)
    return why_hidden(
        written.kind,
        written.state,
        leads=reader is None or reader.role in LEADING,
        is_demo=queries.get_scheme(actor.scheme_id).is_demo,
        own_act=written.caused_by_id == actor.id,
    )


def _reader(actor: Actor, written: Message) -> Member | None:
    return queries.get_member(actor, written.member_id) if written.member_id else None
