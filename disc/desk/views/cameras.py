"""The cameras of the premises, as their pictures showed them, and their names."""

import uuid
from itertools import groupby

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from disc.access.actor import Actor
from disc.access.guard import get_actor, note_seen, requires
from disc.access.permissions import Permission
from disc.core import audit
from disc.core.transaction import writes
from disc.desk import deciding
from disc.desk.forms.pictures import CameraForm
from disc.desk.models import ItemKind
from disc.desk.queries import pictures_of_cameras, reports_of_stills
from disc.desk.views.blueprint import bp
from disc.matching.models import Camera
from disc.matching.queries import cameras_of, get_camera, open_pairs, stills_of_camera
from disc.matching.service import name_camera, take_out_of_camera
from disc.stills.queries import viewable

PICTURES = 24
"""Pictures on one page of a camera."""


@bp.get("/desk/cameras")
@requires(Permission.MODERATE)
def cameras() -> ResponseReturnValue:
    """List the cameras by premises, each with its newest picture."""
    actor = get_actor()
    note_seen(audit.by(actor, "cameras listed"))
    pictures = pictures_of_cameras(actor)
    places = groupby(cameras_of(actor), lambda one: one.premises)
    return render_template(
        "desk/cameras.html",
        places=[(place, list(held)) for place, held in places],
        pictures=pictures,
        shown=viewable(actor, {one.newest_id for one in pictures.values()}),
    )


@bp.get("/desk/cameras/<uuid:camera_id>")
@requires(Permission.MODERATE)
def camera(camera_id: uuid.UUID) -> ResponseReturnValue:
    """Show a camera's pictures, newest first, and ask for its name."""
    actor = get_actor()
    found = get_camera(actor, camera_id)
    return _page(actor, found, CameraForm(name=found.name, then=request.args.get("then", "")))


@bp.post("/desk/cameras/<uuid:camera_id>/name")
@requires(Permission.MODERATE)
@writes
def rename_camera(camera_id: uuid.UUID) -> ResponseReturnValue:
    """Name a camera, or take its name away; then go on to the pair that waits, if one does."""
    actor, form = get_actor(), CameraForm()
    found = get_camera(actor, camera_id)
    if not form.validate():
        return _page(actor, found, form), 422
    name_camera(actor, camera_id, form.name.data or "")
    then = form.next_pair()
    decided = deciding.decided_now(actor, ItemKind.PAIR)
    if then in {one.id for one in open_pairs(actor, but=decided)}:
        flash("Saved. Here is the next pair.", "ok")
        return redirect(url_for("desk.pair", pair_id=then), 303)
    flash("Saved.", "ok")
    return redirect(url_for("desk.camera", camera_id=camera_id), 303)


@bp.post("/desk/cameras/<uuid:camera_id>/pictures/<uuid:still_id>/out")
@requires(Permission.MODERATE)
@writes
def take_picture_out(camera_id: uuid.UUID, still_id: uuid.UUID) -> ResponseReturnValue:
    """Take a picture out of a camera; one without name and pictures is gone by that."""
    actor = get_actor()
    is_left = take_out_of_camera(actor, camera_id, still_id)
    flash("The picture is out of the camera. The computer will not put it back.", "ok")
    back = url_for("desk.camera", camera_id=camera_id) if is_left else url_for("desk.cameras")
    return redirect(back, 303)


def _page(actor: Actor, found: Camera, form: CameraForm) -> str:
    note_seen(audit.by(actor, "camera seen", "camera", found.id))
    held = stills_of_camera(actor, found.id, after=_after(), limit=PICTURES + 1)
    shown = viewable(actor, set(held[:PICTURES]))
    page = [one for one in held[:PICTURES] if one in shown]
    return render_template(
        "desk/camera.html",
        camera=found,
        form=form,
        then=form.next_pair(),
        stills=page,
        reports=reports_of_stills(page),
        after=held[PICTURES - 1] if len(held) > PICTURES else None,
    )


def _after() -> uuid.UUID | None:
    """Return the last picture of the page before, or None for the first page."""
    try:
        return uuid.UUID(request.args.get("after", ""))
    except ValueError:
        return None
