"""A picture on the desk: how it is shown, changed step by step and saved at once."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from disc.access.actor import Actor
from disc.access.guard import get_actor, requires
from disc.access.permissions import Permission
from disc.core.errors import Missing
from disc.core.pictures.steps import Step, levels_of, pack, size_after, unpack
from disc.desk import rules
from disc.desk.forms import EditForm
from disc.desk.queries import subject_of_still
from disc.desk.views.blueprint import bp
from disc.incidents.queries import report_of_still
from disc.stills import editing
from disc.stills.models import Still
from disc.stills.queries import get_still, viewable
from disc.stills.viewing import preview_url


@bp.get("/desk/stills/<uuid:still_id>/edit")
@requires(Permission.MODERATE)
def edit_picture(still_id: uuid.UUID) -> ResponseReturnValue:
    """Show a picture as members see it, with what can be changed about that."""
    still = _shown(get_actor(), still_id)
    form = EditForm(formdata=None, version=str(still.edit_version))
    return _page(still, form, unpack(still.steps))


@bp.post("/desk/stills/<uuid:still_id>/edit")
@requires(Permission.MODERATE)
def change_picture(still_id: uuid.UUID) -> ResponseReturnValue:
    """Show what one more step makes of a picture, which changes nothing yet; or save them all."""
    actor, form = get_actor(), EditForm()
    still = _shown(actor, still_id)
    act = request.form.get("do", "")
    if act == "save":
        editing.save_edit(actor, still_id, form.draft(), form.opened_version())
        flash("Saved. Everybody sees the picture like this now.", "ok")
        return redirect(url_for("desk.edit_picture", still_id=still_id), 303)
    steps = form.stepped(act, (still.width, still.height))
    return _page(still, form, steps), 422 if form.errors else 200


def _shown(actor: Actor, still_id: uuid.UUID) -> Still:
    """Return a picture that can be seen. Raises Missing: nobody edits what they cannot see."""
    if still_id not in viewable(actor, {still_id}):
        raise Missing
    return get_still(actor, still_id)


def _page(still: Still, form: EditForm, steps: tuple[Step, ...]) -> str:
    levels = levels_of(steps)
    if not form.errors:
        for side in form.box():
            side.data = ""
        form.brightness.data, form.contrast.data = levels.brightness, levels.contrast
    return render_template(
        "desk/edit_picture.html",
        still=still,
        form=form,
        steps=pack(steps),
        told=[rules.step_in_words(step) for step in steps],
        is_saved=pack(steps) == still.steps,
        address=preview_url(still.id, steps),
        size=size_after(steps, still.width, still.height),
        report=report_of_still(still.id),
        subject_id=subject_of_still(still.id),
    )
