"""Pages of Areas and premises, and of what the owners of premises allow."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from disc.access.actor import Actor
from disc.access.guard import get_actor, note_seen, requires
from disc.access.permissions import Permission
from disc.core import audit
from disc.core.transaction import writes
from disc.members import queries, service
from disc.members.forms import AuthorityForm, DetailsForm, NameForm, PremisesForm
from disc.members.models import Premises
from disc.members.views.blueprint import bp

PREMISES = "/desk/members/premises"


@bp.get("/desk/members/areas")
@requires(Permission.MANAGE_PLACES)
def areas() -> ResponseReturnValue:
    """List the scheme's Areas."""
    return _areas_page(get_actor(), NameForm(formdata=None))


@bp.post("/desk/members/areas")
@requires(Permission.MANAGE_PLACES)
@writes
def new_area() -> ResponseReturnValue:
    """Add an Area."""
    actor, form = get_actor(), NameForm()
    if not form.is_free(queries.areas_of(actor), "an Area"):
        return _areas_page(actor, form), 422
    area = service.add_area(queries.get_scheme(actor.scheme_id), form.name.data.strip())
    audit.record(audit.by(actor, "area added", "area", area.id))
    return _back("members.areas", "Area added.")


@bp.post("/desk/members/areas/<uuid:area_id>")
@requires(Permission.MANAGE_PLACES)
@writes
def rename_area(area_id: uuid.UUID) -> ResponseReturnValue:
    """Give an Area another name."""
    actor, form = get_actor(), NameForm()
    area = queries.get_area(actor, area_id)
    if not form.is_free([one for one in queries.areas_of(actor) if one is not area], "an Area"):
        return _areas_page(actor, form, area_id), 422
    service.rename_area(actor, area, form.name.data.strip())
    return _back("members.areas", "Saved.")


@bp.get(PREMISES)
@requires(Permission.MANAGE_PLACES)
def premises() -> ResponseReturnValue:
    """List the scheme's premises."""
    actor = get_actor()
    return render_template(
        "members/places.html", places=queries.scheme_premises(actor), areas=queries.areas_of(actor)
    )


@bp.get(f"{PREMISES}/new")
@requires(Permission.MANAGE_PLACES)
def ask_for_premises() -> ResponseReturnValue:
    """Ask for new premises."""
    form = PremisesForm(formdata=None).offer(queries.areas_of(get_actor()))
    return render_template("members/new_premises.html", form=form)


@bp.post(PREMISES)
@requires(Permission.MANAGE_PLACES)
@writes
def new_premises() -> ResponseReturnValue:
    """Add premises, with who allowed pictures to be shared, and when."""
    actor = get_actor()
    form = PremisesForm().offer(queries.areas_of(actor))
    if not form.validate():
        return render_template("members/new_premises.html", form=form), 422
    area = queries.get_area(actor, uuid.UUID(form.area_id.data))
    place = service.add_premises(
        area,
        form.name.data.strip(),
        sector=form.sector.data or "",
        authority_on=form.authority_on.data,
        by=form.authority_by.data or "",
        excludes=form.may_exclude.data,
    )
    audit.record(audit.by(actor, "premises added", "premises", place.id))
    return _back_to(place, "Premises added.")


@bp.get(f"{PREMISES}/<uuid:premises_id>")
@requires(Permission.MANAGE_PLACES)
def one_premises(premises_id: uuid.UUID) -> ResponseReturnValue:
    """Show one premises, and who works there."""
    actor = get_actor()
    return _page(actor, queries.get_premises(actor, premises_id))


@bp.post(f"{PREMISES}/<uuid:premises_id>")
@requires(Permission.MANAGE_PLACES)
@writes
def change_premises(premises_id: uuid.UUID) -> ResponseReturnValue:
    """Set what is known of premises."""
    actor = get_actor()
    place = queries.get_premises(actor, premises_id)
    form = DetailsForm().offer(queries.areas_of(actor), service.may_speak_for(place))
    if not form.validate():
        return _page(actor, place, form=form), 422
    service.change_premises(actor, place, form.details(), form.seen.data or "")
    return _back_to(place, "Saved.")


@bp.post(f"{PREMISES}/<uuid:premises_id>/authority")
@requires(Permission.MANAGE_PLACES)
@writes
def set_authority(premises_id: uuid.UUID) -> ResponseReturnValue:
    """Record what the owner of premises allows, or that they took it back."""
    actor, form = get_actor(), AuthorityForm()
    place = queries.get_premises(actor, premises_id)
    if not form.validate():
        return _page(actor, place, authority=form), 422
    allowed = form.allowed()
    service.set_authority(actor, place, allowed)
    gone = "Saved. New pictures from these premises cannot be shared."
    return _back_to(place, "Saved." if allowed.by else gone)


def _page(
    actor: Actor,
    place: Premises,
    form: DetailsForm | None = None,
    authority: AuthorityForm | None = None,
) -> str:
    note_seen(audit.by(actor, "premises seen", "premises", place.id))
    offered = (queries.areas_of(actor), service.may_speak_for(place))
    return render_template(
        "members/premises.html",
        place=place,
        people=queries.people_at(place),
        form=form or DetailsForm(formdata=None).show(place).offer(*offered),
        authority=authority or AuthorityForm(formdata=None).show(place),
    )


def _areas_page(actor: Actor, form: NameForm, renamed: uuid.UUID | None = None) -> str:
    """Show the Areas with one form: of a new Area, or of the one to be ``renamed``."""
    return render_template(
        "members/areas.html",
        areas=queries.areas_of(actor),
        places=queries.scheme_premises(actor),
        form=form,
        renamed=renamed,
    )


def _back(endpoint: str, sentence: str) -> ResponseReturnValue:
    flash(sentence, "ok")
    return redirect(url_for(endpoint), 303)


def _back_to(place: Premises, sentence: str) -> ResponseReturnValue:
    flash(sentence, "ok")
    return redirect(url_for("members.one_premises", premises_id=place.id), 303)
