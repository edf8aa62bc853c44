"""Pages of groups: who belongs together, and who looks after them."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from disc.access.actor import Actor, Role
from disc.access.guard import get_actor, note_seen, requires
from disc.access.permissions import Permission
from disc.core import audit
from disc.core.transaction import writes
from disc.members import queries, service
from disc.members.forms import NameForm
from disc.members.views.blueprint import bp


@bp.get("/desk/members/groups")
@requires(Permission.MANAGE_PLACES)
def groups() -> ResponseReturnValue:
    """List the scheme's groups, with who is in them and who looks after them."""
    return _page(get_actor(), NameForm(formdata=None))


@bp.post("/desk/members/groups")
@requires(Permission.MANAGE_PLACES)
@writes
def new_group() -> ResponseReturnValue:
    """Add a group."""
    actor, form = get_actor(), NameForm()
    if not form.is_free(queries.groups_of(actor), "a group"):
        return _page(actor, form), 422
    service.add_group(actor, form.name.data.strip())
    return _back("Group added.")


@bp.post("/desk/members/groups/<uuid:group_id>")
@requires(Permission.MANAGE_PLACES)
@writes
def rename_group(group_id: uuid.UUID) -> ResponseReturnValue:
    """Give a group another name."""
    actor, form = get_actor(), NameForm()
    group = queries.get_group(actor, group_id)
    others = [one for one in queries.groups_of(actor) if one is not group]
    if not form.is_free(others, "a group"):
        return _page(actor, form, group_id), 422
    service.rename_group(actor, group, form.name.data.strip())
    return _back("Saved.")


@bp.post("/desk/members/groups/<uuid:group_id>/removed")
@requires(Permission.MANAGE_PLACES)
@writes
def remove_group(group_id: uuid.UUID) -> ResponseReturnValue:
    """Remove a group that nobody is in."""
    actor = get_actor()
    service.remove_group(actor, queries.get_group(actor, group_id))
    return _back("Group removed.")


def _page(actor: Actor, form: NameForm, renamed: uuid.UUID | None = None) -> str:
    """Show the groups with one form: of a new group, or of the one to be ``renamed``."""
    note_seen(audit.by(actor, "groups listed"))
    found = queries.groups_of(actor)
    people = {group.id: queries.people_in(group) for group in found}
    return render_template(
        "members/groups.html",
        groups=found,
        people=people,
        managers={
            group_id: [one for one in held if one.role is Role.GROUP_MANAGER]
            for group_id, held in people.items()
        },
        form=form,
        renamed=renamed,
    )


def _back(sentence: str) -> ResponseReturnValue:
    flash(sentence, "ok")
    return redirect(url_for("members.groups"), 303)
