"""The address of a picture, of fresh links to pictures on a page, and its owner's page."""

import uuid

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from disc.access.actor import Actor
from disc.access.guard import authorise, get_actor, in_background, note_seen, requires
from disc.access.permissions import Permission
from disc.core import audit, paging
from disc.core.errors import Missing, Stale
from disc.core.transaction import writes
from disc.core.web import limiter
from disc.stills import viewing, withdrawing
from disc.stills.forms import WithdrawForm
from disc.stills.queries import get_owned, get_still, owned_stills, viewable

MOST_LINKS = 60

bp = Blueprint("stills", __name__)


@bp.get("/img/<link>")
@requires(Permission.SEE_PICTURE)
def picture(link: str) -> Response:
    """Serve one picture, marked for its viewer."""
    return viewing.serve(get_actor(), link)


@bp.post("/img/mint")
@requires(Permission.SEE_PICTURE)
@limiter.limit("240/minute", key_func=lambda: str(get_actor().id))
def mint() -> ResponseReturnValue:
    """Return fresh links for pictures of a page that was open too long."""
    return jsonify(urls=viewing.mint(get_actor(), _wanted()))


@bp.post("/img/check")
@requires(Permission.SEE_PICTURE)
@in_background
@limiter.limit("240/minute", key_func=lambda: str(get_actor().id))
def check() -> ResponseReturnValue:
    """Say which pictures of an open page have gone or changed since their links were minted."""
    found = viewing.check(get_actor(), _links())
    return jsonify(gone=found.gone, changed=found.changed)


@bp.get("/pictures")
@requires(Permission.WITHDRAW_PICTURE)
def owned() -> ResponseReturnValue:
    """List the pictures that the reader answers for, to take them back or give them back."""
    actor = get_actor()
    page = owned_stills(actor, paging.asked())
    note_seen(audit.by(actor, "own pictures listed"))
    shown = viewable(actor, {still.id for still, _ in page.rows})
    return render_template("stills/owned.html", page=page, shown=shown)


@bp.get("/pictures/<uuid:still_id>/withdraw")
@requires(Permission.WITHDRAW_PICTURE)
def ask_to_withdraw(still_id: uuid.UUID) -> ResponseReturnValue:
    """Say what withdrawing a picture does, and ask whether it is meant."""
    actor = get_actor()
    authorise(actor, Permission.WITHDRAW_PICTURE, get_owned(actor, still_id))
    return _withdraw_page(actor, still_id, WithdrawForm(formdata=None))


@bp.post("/pictures/<uuid:still_id>/withdraw")
@requires(Permission.WITHDRAW_PICTURE)
@writes
def withdraw(still_id: uuid.UUID) -> ResponseReturnValue:
    """Take a picture out of every view at once."""
    actor, form = get_actor(), WithdrawForm()
    authorise(actor, Permission.WITHDRAW_PICTURE, get_owned(actor, still_id))
    if not form.validate():
        return _withdraw_page(actor, still_id, form), 422
    withdrawing.withdraw(actor, still_id, (form.why.data or "").strip())
    flash("Withdrawn. Nobody sees the picture now. We wrote to you.", "ok")
    return redirect(url_for("stills.owned"), 303)


@bp.post("/pictures/<uuid:still_id>/give-back")
@requires(Permission.WITHDRAW_PICTURE)
@writes
def give_back(still_id: uuid.UUID) -> ResponseReturnValue:
    """Let a manager show a withdrawn picture again."""
    actor = get_actor()
    authorise(actor, Permission.WITHDRAW_PICTURE, get_owned(actor, still_id))
    withdrawing.give_back(actor, still_id)
    flash("Given back. Your manager can show the picture again.", "ok")
    return redirect(url_for("stills.owned"), 303)


def _withdraw_page(actor: Actor, still_id: uuid.UUID, form: WithdrawForm) -> str:
    still = get_still(actor, still_id)
    if still.withdrawn_at is not None:
        raise Stale
    note_seen(audit.by(actor, "own pictures listed", "still", still_id))
    is_shown = still_id in viewable(actor, {still_id})
    return render_template("stills/withdraw.html", still=still, is_shown=is_shown, form=form)


def _links() -> list[str]:
    try:
        asked = (request.get_json(silent=True) or {})["links"][:MOST_LINKS]
        return [str(one).removeprefix("/img/") for one in asked]
    except (AttributeError, KeyError, TypeError) as error:
        raise Missing from error


def _wanted() -> list[tuple[uuid.UUID, str]]:
    try:
        asked = (request.get_json(silent=True) or {})["pictures"][:MOST_LINKS]
        return [(uuid.UUID(one["still"]), str(one["rendition"])) for one in asked]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Missing from error
