"""Vehicles: the list, looking for a mark, adding, correcting, erasing, and each one's page."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from disc.access.actor import Actor
from disc.access.guard import (
    authorise,
    freshly_proved,
    get_actor,
    lead_to_proof,
    note_seen,
    requires,
)
from disc.access.permissions import Permission
from disc.core import audit, clock, paging
from disc.core.transaction import writes
from disc.incidents.marks import mark_warning
from disc.intelligence import queries, service
from disc.intelligence.charting import network_around
from disc.intelligence.errors import LongWords
from disc.intelligence.forms import MarkForm, NewVehicleForm, VehicleForm
from disc.intelligence.models import Vehicle
from disc.intelligence.queries import end_of_vehicle
from disc.intelligence.views.blueprint import bp
from disc.intelligence.views.noting import note_ends


@bp.get("/vehicles")
@requires(Permission.SEE_LINKS)
def vehicles() -> ResponseReturnValue:
    """List the scheme's vehicles."""
    return _list(get_actor(), MarkForm())


@bp.post("/vehicles/find")
@requires(Permission.SEE_LINKS)
def find() -> ResponseReturnValue:
    """Look for a registration mark, which goes into no address."""
    actor, form = get_actor(), MarkForm()
    typed = form.mark.data or ""
    found = queries.find_vehicle(actor, typed) if form.validate() and typed.strip() else None
    note_seen(audit.by(actor, "vehicle looked for", "vehicle", found.id if found else None))
    if found is not None:
        return redirect(url_for("intelligence.vehicle", vehicle_id=found.id), 303)
    sentence = "There is no vehicle with this plate." if typed.strip() else "Type the plate first."
    form.mark.errors = [sentence]
    return _list(actor, form), 422


@bp.get("/vehicles/new")
@requires(Permission.MAKE_LINK)
def new_vehicle() -> ResponseReturnValue:
    """Ask what is known of a vehicle."""
    return render_template("intelligence/new_vehicle.html", form=NewVehicleForm())


@bp.post("/vehicles/new")
@requires(Permission.MAKE_LINK)
@writes
def add_vehicle() -> ResponseReturnValue:
    """Add a vehicle; one that is there already has its days start again."""
    actor, form = get_actor(), NewVehicleForm()
    if not form.validate():
        return render_template("intelligence/new_vehicle.html", form=form), 422
    made, is_new = service.add_vehicle(actor, form.vehicle())
    flash("Saved." if is_new else "This vehicle was here already. Its days start again.", "ok")
    warning = mark_warning(made.mark)
    if warning:
        flash(warning, "warn")
    return redirect(url_for("intelligence.vehicle", vehicle_id=made.id), 303)


@bp.get("/vehicles/<uuid:vehicle_id>")
@requires(Permission.SEE_LINKS)
def vehicle(vehicle_id: uuid.UUID) -> ResponseReturnValue:
    """Show a vehicle with whom it is linked; past the day of hiding, after a fresh proof."""
    actor, found = _vehicle(vehicle_id, Permission.SEE_LINKS)
    if found.hide_on <= clock.today():
        lead_to_proof(actor)
    centre = end_of_vehicle(found)
    network = network_around(actor, centre)
    note_ends(actor, "links read", network.ends)
    return render_template(
        "intelligence/vehicle.html",
        vehicle=found,
        warning=mark_warning(found.mark),
        network=network,
        centre=centre,
        ended=[one for one in queries.links_of(actor, [found.id]) if not one.is_live],
    )


@bp.post("/vehicles/<uuid:vehicle_id>/correct")
@requires(Permission.CORRECT_RECORD)
@writes
def correct(vehicle_id: uuid.UUID) -> ResponseReturnValue:
    """Put right what is said of a vehicle."""
    actor, found = _vehicle(vehicle_id, Permission.CORRECT_RECORD)
    form = VehicleForm()
    if not form.validate():
        raise LongWords
    service.correct_vehicle(
        actor,
        found,
        make=form.make.data or "",
        colour=form.colour.data or "",
        notes=form.notes.data or "",
    )
    flash("Saved.", "ok")
    return redirect(url_for("intelligence.vehicle", vehicle_id=vehicle_id), 303)


@bp.post("/vehicles/<uuid:vehicle_id>/erase")
@requires(Permission.ERASE_RECORD)
@freshly_proved
@writes
def erase(vehicle_id: uuid.UUID) -> ResponseReturnValue:
    """Erase a vehicle and its links at once, where the manager typed its number."""
    actor, found = _vehicle(vehicle_id, Permission.ERASE_RECORD)
    if request.form.get("number", "").strip().upper() != found.reference:
        flash("Type the number of this vehicle to erase it.", "error")
        return redirect(url_for("intelligence.vehicle", vehicle_id=vehicle_id), 303)
    service.erase_vehicle_now(actor, found)
    flash("Erased. Nothing of this vehicle can be read any more.", "ok")
    return redirect(url_for("intelligence.vehicles"), 303)


def _vehicle(vehicle_id: uuid.UUID, permission: Permission) -> tuple[Actor, Vehicle]:
    actor = get_actor()
    found = queries.get_vehicle(actor, vehicle_id)
    authorise(actor, permission, found)
    return actor, found


def _list(actor: Actor, form: MarkForm) -> str:
    page = queries.vehicles(actor, paging.asked())
    note_seen(audit.by(actor, "vehicles listed"))
    note_ends(actor, "vehicle read", map(end_of_vehicle, page.rows))
    return render_template("intelligence/vehicles.html", page=page, form=form)
