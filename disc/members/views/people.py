"""The Administrator's page of Areas, premises and people."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from disc.access.actor import Actor, Role
from disc.access.guard import get_actor, note_seen, requires
from disc.access.permissions import Permission
from disc.core import audit
from disc.core.transaction import writes
from disc.members import queries, service
from disc.members.errors import AlreadyMember
from disc.members.forms import AreaForm, AuthorityForm, InviteForm, PremisesForm
from disc.members.signin import end_sessions_of
from disc.members.views.blueprint import bp


@bp.get("/desk/members")
@requires(Permission.MANAGE_MEMBERS)
def people() -> ResponseReturnValue:
    """Show the scheme's Areas, premises and people."""
    return _page(get_actor())


@bp.post("/desk/members/areas")
@requires(Permission.MANAGE_MEMBERS)
@writes
def new_area() -> ResponseReturnValue:
    """Add an Area."""
    actor, form = get_actor(), AreaForm()
    if form.validate() and form.name.data.strip() in {
        area.name for area in queries.areas_of(actor)
    }:
        form.name.errors = ["There is an Area of that name already."]
    if form.errors:
        return _page(actor, area_form=form), 422
    area = service.add_area(queries.get_scheme(actor.scheme_id), form.name.data.strip())
    audit.record(audit.by(actor, "area added", "area", area.id))
    return _back("Area added.")


@bp.post("/desk/members/premises")
@requires(Permission.MANAGE_MEMBERS)
@writes
def new_premises() -> ResponseReturnValue:
    """Add premises, with who allowed pictures to be shared, and when."""
    actor = get_actor()
    form = PremisesForm().offer(queries.areas_of(actor))
    if not form.validate():
        return _page(actor, premises_form=form), 422
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
    return _back("Premises added.")


@bp.post("/desk/members/premises/<uuid:premises_id>/authority")
@requires(Permission.MANAGE_MEMBERS)
@writes
def set_authority(premises_id: uuid.UUID) -> ResponseReturnValue:
    """Record what the owner of premises allows, or that they took it back."""
    actor, form = get_actor(), AuthorityForm()
    place = queries.get_premises(actor, premises_id)
    by = (form.authority_by.data or "").strip()[:80]
    service.set_authority(actor, place, by, excludes=form.may_exclude.data)
    return _back("Saved." if by else "Saved. New pictures from these premises cannot be shared.")


@bp.post("/desk/members/people")
@requires(Permission.MANAGE_MEMBERS)
@writes
def new_person() -> ResponseReturnValue:
    """Invite a person; the link is shown once, to be passed on by hand."""
    actor = get_actor()
    form = InviteForm().offer(queries.areas_of(actor), queries.scheme_premises(actor))
    if not form.validate():
        return _page(actor, invite_form=form), 422
    try:
        _member, token = service.invite(
            queries.get_scheme(actor.scheme_id),
            form.name.data.strip(),
            form.email.data,
            Role(form.role.data),
            areas=[queries.get_area(actor, uuid.UUID(one)) for one in form.areas.data],
            premises=[queries.get_premises(actor, uuid.UUID(one)) for one in form.premises.data],
            inviter=actor,
        )
    except AlreadyMember as taken:
        form.email.errors = [taken.sentence]
        return _page(actor, invite_form=form), 422
    return _page(actor, link=url_for("members.join", token=token, _external=True))


@bp.post("/desk/members/people/<uuid:member_id>/left")
@requires(Permission.MANAGE_MEMBERS)
@writes
def person_left(member_id: uuid.UUID) -> ResponseReturnValue:
    """Shut a person out at once, on every device."""
    actor = get_actor()
    member = queries.get_member(actor, member_id)
    service.leave(actor, member)
    end_sessions_of(member)
    return _back("This person cannot sign in any more. Every device was signed out.")


def _page(
    actor: Actor,
    *,
    area_form: AreaForm | None = None,
    premises_form: PremisesForm | None = None,
    invite_form: InviteForm | None = None,
    link: str | None = None,
) -> str:
    note_seen(audit.by(actor, "members listed"))
    areas, places = queries.areas_of(actor), queries.scheme_premises(actor)
    return render_template(
        "members/people.html",
        areas=areas,
        places=places,
        people=queries.scheme_members(actor),
        area_form=area_form or AreaForm(formdata=None),
        premises_form=premises_form or PremisesForm(formdata=None).offer(areas),
        invite_form=invite_form or InviteForm(formdata=None).offer(areas, places),
        link=link,
    )


def _back(sentence: str) -> ResponseReturnValue:
    flash(sentence, "ok")
    return redirect(url_for("members.people"), 303)
