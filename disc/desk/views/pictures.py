"""A picture on the desk: whose it is and who allowed it; how it is shown, and changed."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from disc.access.actor import Actor
from disc.access.guard import get_actor, note_seen, requires
from disc.access.permissions import Permission
from disc.access.policy import may_ever
from disc.core import audit
from disc.core.database import db
from disc.core.errors import Missing
from disc.core.pictures.steps import Step, levels_of, pack, size_after, unpack
from disc.core.transaction import writes
from disc.dataprotection.tracing import viewers_of_picture
from disc.desk import rules
from disc.desk.forms.pictures import SOURCES, AuthorityForm, EditForm
from disc.desk.queries import subject_of_still
from disc.desk.views.blueprint import bp
from disc.gallery.queries import of_children
from disc.incidents.queries import report_of_still
from disc.members.models import Premises
from disc.members.queries import member_names
from disc.stills import editing
from disc.stills.models import Still
from disc.stills.queries import get_still, viewable
from disc.stills.service import set_authority
from disc.stills.viewing import preview_url


@bp.get("/desk/stills/<uuid:still_id>")
@requires(Permission.MODERATE)
def picture(still_id: uuid.UUID) -> ResponseReturnValue:
    """Show whose a picture is, who allowed it to be shared, and who has seen it."""
    actor = get_actor()
    still = _get(actor, still_id)
    form = AuthorityForm(
        formdata=None,
        source=still.source.value,
        by=still.authority_by,
        on=still.authority_on,
        limits=still.authority_limits,
        conditions=still.conditions,
        hide_on=still.hide_on,
    )
    return _picture_page(actor, still, form)


@bp.post("/desk/stills/<uuid:still_id>")
@requires(Permission.MODERATE)
@writes
def allow_picture(still_id: uuid.UUID) -> ResponseReturnValue:
    """Write down who allowed a picture, and from when it is hidden."""
    actor, form = get_actor(), AuthorityForm()
    still = _get(actor, still_id)
    if not form.validate():
        return _picture_page(actor, still, form), 422
    set_authority(actor, still_id, form.authority())
    flash("Saved.", "ok")
    return redirect(url_for("desk.picture", still_id=still_id), 303)


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
        back = url_for("desk.edit_picture", still_id=still_id)
        return redirect(url_for("desk.queue") if "queue" in request.args else back, 303)
    steps = form.stepped(act, (still.width, still.height))
    return _page(still, form, steps), 422 if form.errors else 200


def _get(actor: Actor, still_id: uuid.UUID) -> Still:
    """Return a picture that is not erased. Raises Missing; a child's is Administrators' alone."""
    still = get_still(actor, still_id)
    is_kept_back = not may_ever(actor, Permission.SEE_UNDER_10) and of_children([still_id])
    if still.is_erased or is_kept_back:
        raise Missing
    return still


def _picture_page(actor: Actor, still: Still, form: AuthorityForm) -> str:
    note_seen(audit.by(actor, "picture page seen", "still", still.id))
    place = db.session.get_one(Premises, still.premises_id)
    people = {place.contact_id, still.withdrawn_by_id, still.edited_by_id} - {None}
    traces = may_ever(actor, Permission.READ_AUDIT)
    return render_template(
        "desk/picture.html",
        still=still,
        place=place,
        form=form,
        names=member_names(actor, [one for one in people if one]),
        sources=SOURCES,
        is_shown=still.id in viewable(actor, {still.id}),
        size=size_after(unpack(still.steps), still.width, still.height),
        report=report_of_still(still.id),
        subject_id=subject_of_still(still.id),
        viewers=viewers_of_picture(actor, still.id) if traces else None,
    )


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
        to_queue="queue" in request.args,
        is_saved=pack(steps) == still.steps,
        address=preview_url(still.id, steps),
        size=size_after(steps, still.width, still.height),
        report=report_of_still(still.id),
        subject_id=subject_of_still(still.id),
    )
