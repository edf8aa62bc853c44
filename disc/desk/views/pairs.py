"""Two pictures that look alike, side by side, for a person to judge."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from disc.access.guard import get_actor, requires
from disc.access.permissions import Permission
from disc.core.errors import Missing
from disc.core.transaction import writes
from disc.desk.queries import subject_of_still
from disc.desk.views.blueprint import bp
from disc.incidents.queries import report_of_still
from disc.matching.queries import get_pair
from disc.matching.service import judge
from disc.stills.queries import viewable


@bp.get("/desk/duplicates/<uuid:pair_id>")
@requires(Permission.MODERATE)
def pair(pair_id: uuid.UUID) -> ResponseReturnValue:
    """Show a pair with its distance and band."""
    actor = get_actor()
    found = get_pair(actor, pair_id)
    sides = [found.earlier_id, found.later_id]
    return render_template(
        "desk/pair.html",
        pair=found,
        seen=viewable(actor, set(sides)),
        reports={one: report_of_still(one) for one in sides},
        subjects={one: subject_of_still(one) for one in sides},
    )


@bp.post("/desk/duplicates/<uuid:pair_id>/judge")
@requires(Permission.MODERATE)
@writes
def judge_pair(pair_id: uuid.UUID) -> ResponseReturnValue:
    """Record the judgement; joining two records is a step of its own."""
    verdict = request.form.get("verdict")
    if verdict not in ("same", "different"):
        raise Missing
    actor = get_actor()
    found = judge(actor, pair_id, same=verdict == "same")
    people = {subject_of_still(found.earlier_id), subject_of_still(found.later_id)} - {None}
    if verdict == "same" and len(people) == 2:  # noqa: PLR2004 - one picture, two records
        flash("The same picture is in two records. Join them if it is the same person.", "warn")
        return redirect(url_for("desk.person", subject_id=max(people, key=str)), 303)
    flash("Thank you. You are not asked about these two again.", "ok")
    return redirect(url_for("desk.desk"), 303)
