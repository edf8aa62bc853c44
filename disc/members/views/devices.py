"""The pages of one's own devices: where one is signed in, and how to end that."""

import uuid

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from disc.access.guard import freshly_proved, get_actor, in_background, requires
from disc.access.permissions import Permission
from disc.core import audit
from disc.core.transaction import writes
from disc.members import queries, signin
from disc.members.models import Proof
from disc.members.views.blueprint import bp

HOW = {
    Proof.PASSKEY: "with a passkey",
    Proof.PASSWORD: "with your password",
    Proof.PASSWORD_AND_CODE: "with your password and a code",
    Proof.PIN: "with your PIN, on a shop's tablet",
    Proof.INVITATION: "with an invitation",
}


@bp.get("/me/devices")
@requires(Permission.USE_OWN_ACCOUNT)
def devices() -> ResponseReturnValue:
    """Show where one is signed in."""
    rows = queries.own_sessions(get_actor())
    return render_template("members/devices.html", rows=rows, how=HOW)


@bp.get("/me/signed-in")
@requires(Permission.USE_OWN_ACCOUNT)
@in_background
def still_signed_in() -> ResponseReturnValue:
    """Answer a page that asks by itself whether its sign-in still counts."""
    return "", 204


@bp.post("/me/devices/<uuid:sign_in_id>/end")
@requires(Permission.USE_OWN_ACCOUNT)
@freshly_proved
@writes
def end_device(sign_in_id: uuid.UUID) -> ResponseReturnValue:
    """End one of one's own sign-ins."""
    actor = get_actor()
    row = queries.get_own_session(actor, sign_in_id)
    if row.id == actor.session_id:
        signin.end_here(actor)
        return _out()
    signin.end_session(row)
    audit.record(audit.by(actor, "sign-in ended", "session", row.id))
    flash("That device is signed out.", "ok")
    return redirect(url_for("members.devices"), 303)


@bp.post("/me/devices/others/end")
@requires(Permission.USE_OWN_ACCOUNT)
@freshly_proved
@writes
def end_other_devices() -> ResponseReturnValue:
    """Sign out everywhere but here."""
    actor = get_actor()
    member = queries.get_member(actor, actor.id)
    ended = signin.end_sessions_of(member, but=actor.session_id)
    audit.record(audit.by(actor, "sign-ins ended", "member", actor.id, f"{ended} elsewhere"))
    flash("You are signed out everywhere else.", "ok")
    return redirect(url_for("members.devices"), 303)


@bp.post("/me/devices/all/end")
@requires(Permission.USE_OWN_ACCOUNT)
@freshly_proved
@writes
def end_all_devices() -> ResponseReturnValue:
    """Sign out everywhere, here too."""
    actor = get_actor()
    ended = signin.end_sessions_of(queries.get_member(actor, actor.id), but=actor.session_id)
    audit.record(audit.by(actor, "sign-ins ended", "member", actor.id, f"{ended} elsewhere"))
    signin.end_here(actor)
    return _out()


def _out() -> Response:
    response = make_response(redirect(url_for("members.sign_in"), 303))
    signin.wipe(response)
    return response
