"""The page on which a person turns messages to their phone on and off, and what its scripts ask."""

import uuid
from typing import Any

from flask import flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from disc.access.guard import get_actor, in_background, requires
from disc.access.permissions import Permission
from disc.core.push import find_pusher
from disc.core.transaction import writes
from disc.core.web import limiter
from disc.members import service
from disc.members.queries import get_own_phone, how_many_opened, own_phones
from disc.members.service import Subscription
from disc.members.views import throttle
from disc.members.views.blueprint import bp
from disc.members.views.going_on import told

LONGEST = 2000
"""Characters of anything that a browser tells of itself."""


@bp.get("/me/messages")
@requires(Permission.USE_OWN_ACCOUNT)
def messages_to_phones() -> ResponseReturnValue:
    """Show which phones get messages, and offer to turn them on here."""
    actor, pusher = get_actor(), find_pusher()
    phones = own_phones(actor)
    return render_template(
        "members/messages.html",
        key=pusher.key.public() if pusher and actor.tablet_id is None else None,
        phones=phones,
        counts=how_many_opened(phones),
        kept_days=service.MESSAGES_KEPT_DAYS,
    )


@bp.get("/me/messages/key")
@requires(Permission.USE_OWN_ACCOUNT)
@in_background
def push_key() -> ResponseReturnValue:
    """Answer a script with the key for push services; the service worker has no page's token."""
    pusher = find_pusher()
    return jsonify(key=pusher.key.public() if pusher else None, token=generate_csrf())


@bp.post("/me/messages")
@requires(Permission.USE_OWN_ACCOUNT)
@limiter.limit("20/minute", key_func=throttle.person)
@writes
def turn_messages_on() -> ResponseReturnValue:
    """Let this browser get messages; its person tapped a button for it."""
    phone = service.turn_on(get_actor(), _given(told()))
    return jsonify(phone=str(phone.id))


@bp.post("/me/messages/again")
@requires(Permission.USE_OWN_ACCOUNT)
@in_background
@limiter.limit("60/minute", key_func=throttle.person)
@writes
def renew_phone() -> ResponseReturnValue:
    """Take the address that a browser has today; say whether its person still wants messages."""
    sent = told()
    phone = service.renew(
        get_actor(), _given(sent), phone_id=_id(sent.get("phone")), before=_text(sent, "before")
    )
    return jsonify(phone=str(phone.id) if phone else None)


@bp.post("/me/messages/seen")
@requires(Permission.USE_OWN_ACCOUNT)
@writes
def message_seen() -> ResponseReturnValue:
    """Note that a message was opened."""
    message_id = _id(told().get("message"))
    if message_id is not None:
        service.note_seen(get_actor(), message_id)
    return "", 204


@bp.post("/me/messages/<uuid:phone_id>/test")
@requires(Permission.USE_OWN_ACCOUNT)
@limiter.limit("5/minute", key_func=throttle.person)
@writes
def try_phone(phone_id: uuid.UUID) -> ResponseReturnValue:
    """Send a message to one of one's own phones, to see it arrive."""
    phone = get_own_phone(get_actor(), phone_id)
    if service.try_out(phone) is None:
        return _back("That phone has no address now. Open the app on it, then try again.", "warn")
    return _back("Sent. If nothing comes in a minute, look at the settings of the phone.")


@bp.post("/me/messages/<uuid:phone_id>/off")
@requires(Permission.USE_OWN_ACCOUNT)
@writes
def turn_messages_off(phone_id: uuid.UUID) -> ResponseReturnValue:
    """Let one of one's own phones get no more messages."""
    actor = get_actor()
    service.turn_off(actor, get_own_phone(actor, phone_id))
    return _back("That phone gets no more messages.")


def _given(sent: dict[str, Any]) -> Subscription:
    """Return what a browser told; words that are none are refused later, as no browser's."""
    keys = sent.get("keys")
    keys = keys if isinstance(keys, dict) else {}
    return Subscription(
        endpoint=_text(sent, "endpoint"), public=_text(keys, "p256dh"), secret=_text(keys, "auth")
    )


def _text(sent: dict[str, Any], name: str) -> str:
    return str(sent.get(name) or "")[:LONGEST]


def _id(told_id: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(told_id))
    except ValueError:
        return None


def _back(sentence: str, tone: str = "ok") -> ResponseReturnValue:
    flash(sentence, tone)
    return redirect(url_for("members.messages_to_phones"), 303)
