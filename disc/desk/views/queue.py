"""The queue: what waits, who looks at it, several decided at once, and decisions taken back."""

import uuid
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from disc.access.actor import Actor
from disc.access.guard import get_actor, in_background, note_seen, requires
from disc.access.permissions import Permission
from disc.core import audit
from disc.core.database import db, new_id
from disc.core.errors import Missing, wants_json
from disc.core.transaction import writes
from disc.desk import deciding, leases
from disc.desk.deciding import Batch
from disc.desk.forms.deciding import REASONS, KeysForm, LeaseForm, ManyForm
from disc.desk.models import Act, DeskChoice, ItemKind, Lease
from disc.desk.queueing import whole_queue
from disc.desk.rules import ASKED_FROM, UNDO
from disc.desk.views.blueprint import bp
from disc.gallery.queries import get_subject
from disc.incidents.queries import get_report
from disc.matching.queries import get_pair
from disc.members.queries import get_member, member_names

PANE, AHEAD = "X-Pane", "X-Ahead"
"""Headers of a request for a part of a page; the second says that nobody looks at it yet."""
FINDS = {
    ItemKind.REPORT: get_report,
    ItemKind.PAIR: get_pair,
    ItemKind.NAMES: get_subject,
    ItemKind.JOINER: get_member,
}
"""How each kind is found, or not, for whoever asks."""
SAYS = {Act.APPROVE: "Approved", Act.REJECT: "Rejected"}


@bp.app_context_processor
def part_of_a_page() -> dict[str, Any]:
    """Let a page be drawn without its frame, to stand in the queue.

    Its pictures come without links: the page asks for them as it shows them, and that is written
    down then, so that nothing is noted as seen that was only fetched ahead.
    """
    if PANE not in request.headers:
        return {"page_layout": "shared/layout.html"}
    return {"page_layout": "shared/bare.html", "picture_url": lambda _still, _rendition: ""}


def is_ahead() -> bool:
    """Say whether a page is only fetched ahead."""
    return AHEAD in request.headers


@bp.get("/desk/queue")
@requires(Permission.MODERATE)
def queue() -> ResponseReturnValue:
    """Show all that waits in one list."""
    actor = get_actor()
    choice = db.session.get(DeskChoice, actor.id)
    return render_template(
        "desk/queue.html",
        **_listed(actor),
        page_id=new_id(),
        single_keys=choice.single_keys if choice else True,
        reasons=list(REASONS.items()),
        asked_from=ASKED_FROM,
    )


@bp.get("/desk/queue/list")
@requires(Permission.MODERATE)
@in_background
def queue_list() -> ResponseReturnValue:
    """Return the list alone, for a page that heard that it changed."""
    return render_template("desk/_queue.html", **_listed(get_actor()))


@bp.post("/desk/queue/lease")
@requires(Permission.MODERATE)
@writes
def look_at() -> ResponseReturnValue:
    """Say that one looks at something, or has left it; answer who does."""
    actor, form = get_actor(), LeaseForm()
    if not form.validate():
        raise Missing
    kind, item_id = ItemKind(form.kind.data), form.item_id()
    FINDS[kind](actor, item_id)
    if form.do.data == "free":
        leases.let_go(actor, kind, item_id)
        return _looked(actor, None)
    if kind is ItemKind.REPORT and form.do.data == "take":
        note_seen(audit.by(actor, "report read", "incident", item_id))  # fetched ahead perhaps
    lease = leases.take(actor, kind, item_id, form.page_id())
    holder = None if lease else leases.holders(actor).get((kind, item_id))
    return _looked(actor, holder, lease)


@bp.post("/desk/queue/many")
@requires(Permission.MODERATE)
@writes
def decide_many() -> ResponseReturnValue:
    """Decide about several reports at once."""
    actor, form = get_actor(), ManyForm()
    chosen = form.chosen()
    if not chosen or not form.act.data:
        raise Missing
    if not form.validate():
        flash(next(iter(form.errors.values()))[0], "error")
        return _again()
    act = Act(form.act.data)
    if act is Act.APPROVE:
        batch = deciding.approve_many(actor, chosen, seen=form.seen())
    else:
        batch = deciding.reject_many(
            actor, chosen, form.reason(), typed=form.count.data or "", seen=form.seen()
        )
    return decided(SAYS[act], batch)


@bp.post("/desk/queue/undo/<uuid:batch_id>")
@requires(Permission.MODERATE)
@writes
def undo(batch_id: uuid.UUID) -> ResponseReturnValue:
    """Take back what was decided with one press."""
    count = deciding.undo(get_actor(), batch_id)
    flash("Undone." if count == 1 else f"{count} decisions undone.", "ok")
    return _again()


@bp.post("/desk/queue/keys")
@requires(Permission.MODERATE)
@writes
def choose_keys() -> ResponseReturnValue:
    """Turn single keys on or off for oneself."""
    actor, form = get_actor(), KeysForm()
    choice = db.session.get(DeskChoice, actor.id) or DeskChoice(member_id=actor.id)
    choice.single_keys = bool(form.single_keys.data)
    db.session.add(choice)
    db.session.flush()
    flash("Single keys are on." if choice.single_keys else "Single keys are off.", "ok")
    return _again()


def decided(
    said: str, batch: Batch, more: str = "", *, to: str = "", here: str = "You can undo it here."
) -> ResponseReturnValue:
    """Answer a decision: a page in the queue gets the way to take it back, others are led there.

    ``more`` says what comes of it. ``to`` is another page on which it can be undone, and ``here``
    says where on it.
    """
    sentence = f"{said}." if batch.done == 1 else f"{batch.done} {said.casefold()}."
    sentence = f"{sentence} {more}".strip()
    for one in {one.sentence for one in batch.refused}:
        count = sum(each.sentence == one for each in batch.refused)
        flash(f"{count} not {said.casefold()}: {one}", "error")
    if PANE in request.headers:
        return render_template(
            "desk/_decided.html", sentence=sentence, batch=batch, seconds=UNDO.seconds
        )
    if batch.done:
        flash(f"{sentence} It takes effect in {UNDO.seconds} seconds. {here}", "ok")
    return redirect(to or url_for("desk.queue"), 303)


def _again() -> ResponseReturnValue:
    if PANE in request.headers:
        return render_template("desk/_decided.html", sentence="", batch=None, seconds=0)
    return redirect(url_for("desk.queue"), 303)


def _looked(
    actor: Actor, holder: uuid.UUID | None, lease: Lease | None = None
) -> ResponseReturnValue:
    who = member_names(actor, [holder])[holder] if holder else ""
    if wants_json():
        return jsonify(looked_at_by=who, mine=lease is not None)
    words = f"{who} is looking at this now." if who else "Others see that you look at this."
    flash(words if who or lease else "Others see that you have left it.", "warn" if who else "ok")
    return redirect(url_for("desk.queue"), 303)


def _listed(actor: Actor) -> dict[str, Any]:
    note_seen(audit.by(actor, "queue seen"))
    return {"queue": whole_queue(actor)}
