"""Two pictures that look alike, the earlier laid over the later, for a person to judge."""

import uuid
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from disc.access.actor import Actor
from disc.access.guard import get_actor, requires
from disc.access.permissions import Permission
from disc.core.errors import Missing
from disc.core.pictures.steps import Step, size_after, unpack
from disc.core.transaction import writes
from disc.desk import deciding, rules
from disc.desk.afterwards import NextStep, next_steps, steps_after
from disc.desk.deciding import Batch
from disc.desk.models import ItemKind
from disc.desk.on_the_way import OnItsWay, on_their_way, told_of
from disc.desk.queries import reports_of_stills, subject_of_still
from disc.desk.views.blueprint import bp
from disc.desk.views.queue import decided
from disc.incidents.models import Incident
from disc.incidents.queries import report_of_still
from disc.matching.asking_again import ask_again
from disc.matching.models import Camera, PossibleDuplicate, Verdict
from disc.matching.queries import (
    camera_of,
    count_open_pairs,
    evidence_of,
    get_pair,
    open_pairs,
)
from disc.matching.rules import turned
from disc.stills.models import Still
from disc.stills.queries import get_still, viewable

ANSWERS = {
    Verdict.SAME: "the same picture",
    Verdict.DIFFERENT: "a different moment or person",
    Verdict.SAME_CAMERA: "the same camera",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of two pictures as it is shown, with where it came from; ``still`` is None if hidden."""

    title: str
    alt: str
    still: Still | None
    steps: tuple[Step, ...]
    size: tuple[int, int]
    report: Incident | None
    camera: Camera | None
    subject_id: uuid.UUID | None


@bp.get("/desk/duplicates/<uuid:pair_id>")
@requires(Permission.MODERATE)
def pair(pair_id: uuid.UUID) -> ResponseReturnValue:
    """Show a pair aligned, with what the computer found and what that rests on."""
    actor = get_actor()
    found = get_pair(actor, pair_id)
    ordered, is_turned = _in_order_of_time(found)
    seen = viewable(actor, set(ordered))
    evidence = evidence_of(found) if len(seen) == len(ordered) else None
    if evidence and is_turned:
        evidence = turned(evidence)
    sides = [
        _side(actor, one, title, one in seen)
        for one, title in zip(ordered, ("Earlier", "Later"), strict=True)
    ]
    earlier, later = (side.steps for side in sides)
    decided_before = deciding.decided_now(actor, ItemKind.PAIR)
    return render_template(
        "desk/pair.html",
        pair=found,
        waiting=count_open_pairs(actor, but={pair_id, *decided_before}),
        next_id=next(iter(_following(actor, pair_id)), None),
        finding=rules.FINDINGS[found.finding],
        meaning=rules.MEANINGS[found.finding],
        evidence=rules.evidence_in_words(evidence) if evidence else "",
        plane=rules.alignment(found.finding, evidence, earlier, later),
        changed=rules.boxes_on(evidence.changed, later) if evidence else (),
        answer=ANSWERS.get(found.verdict),
        sides=sides,
        yours=_yours(actor, pair_id),
        next_steps=_next_steps(actor, found),
        **told_of(actor, ItemKind.PAIR, pair_id),
    )


@bp.post("/desk/duplicates/<uuid:pair_id>/judge")
@requires(Permission.MODERATE)
@writes
def judge_pair(pair_id: uuid.UUID) -> ResponseReturnValue:
    """Write the judgement down and go on.

    What it leads on to, a camera to name or two records to join, is offered when it has taken
    effect.
    """
    try:
        verdict = Verdict(request.form.get("verdict", ""))
    except ValueError as error:
        raise Missing from error
    if verdict is Verdict.OPEN:
        raise Missing
    actor = get_actor()
    batch = Batch(deciding.judge_later(actor, pair_id, verdict))
    said, following = f"You said: {ANSWERS[verdict]}", _following(actor, pair_id)
    if following:
        to = url_for("desk.pair", pair_id=following[0])
        return decided(said, batch, to=to, here="You can undo it below. Here is the next pair.")
    return decided(said, batch, here="You can undo it here. That was the last pair.")


@bp.post("/desk/duplicates/<uuid:pair_id>/again")
@requires(Permission.MODERATE)
@writes
def ask_pair_again(pair_id: uuid.UUID) -> ResponseReturnValue:
    """Take an answer back, with what it alone caused, so that the pair can be answered again."""
    if ask_again(get_actor(), pair_id):
        flash(
            "The answer is taken back. Both pictures stay under one camera. "
            "Open the camera below to take one out.",
            "warn",
        )
    else:
        flash("The answer is taken back. You can answer again.", "ok")
    return redirect(url_for("desk.pair", pair_id=pair_id), 303)


def _in_order_of_time(found: PossibleDuplicate) -> tuple[tuple[uuid.UUID, uuid.UUID], bool]:
    """Return a pair's pictures in the order of what they show, and whether that turns them.

    Where the time of one is not known, that which was sent first is the earlier.
    """
    pictures = found.earlier_id, found.later_id
    reports = reports_of_stills(pictures)
    times = [reports[one].occurred_at for one in pictures if one in reports]
    if len(times) == len(pictures) and times[0] > times[1]:
        return (found.later_id, found.earlier_id), True
    return pictures, False


def _yours(actor: Actor, pair_id: uuid.UUID) -> list[OnItsWay]:
    """List the actor's own answers to other pairs that have not taken effect."""
    rows = [
        row
        for row in deciding.waiting(actor)
        if row.kind is ItemKind.PAIR and row.member_id == actor.id and row.item_id != pair_id
    ]
    return on_their_way(actor, rows)


def _next_steps(actor: Actor, found: PossibleDuplicate) -> list[NextStep]:
    """Return what this pair's answer leads on to, or else what the actor's last ones do."""
    if found.verdict is Verdict.OPEN:
        return next_steps(actor)
    return steps_after([found])


def _following(actor: Actor, pair_id: uuid.UUID) -> list[uuid.UUID]:
    """List the other pairs about which nobody decided, those after this one first."""
    others = deciding.decided_now(actor, ItemKind.PAIR) - {pair_id}
    waiting = [one.id for one in open_pairs(actor, but=others)]
    at = waiting.index(pair_id) if pair_id in waiting else 0
    return [one for one in waiting[at:] + waiting[:at] if one != pair_id]


def _side(actor: Actor, still_id: uuid.UUID, title: str, shown: bool) -> Side:  # noqa: FBT001 - reads as its sentence
    still = get_still(actor, still_id) if shown else None
    steps = unpack(still.steps) if still else ()
    return Side(
        title=title,
        alt=f"The {title.lower()} picture",
        still=still,
        steps=steps,
        size=size_after(steps, still.width, still.height) if still else (1, 1),
        report=report_of_still(still_id),
        camera=camera_of(still_id),
        subject_id=subject_of_still(still_id),
    )
