"""The list of the scheme's people, and inviting somebody."""

from flask import render_template
from flask.typing import ResponseReturnValue

from disc.access.actor import LEADING, MANAGERS, Actor, Role
from disc.access.guard import get_actor, note_seen, require_fresh, requires
from disc.access.permissions import Permission
from disc.access.policy import may_ever
from disc.core import audit
from disc.core.transaction import writes
from disc.members import joining, queries
from disc.members.errors import AlreadyMember
from disc.members.forms import InviteForm
from disc.members.models import MemberState
from disc.members.views.blueprint import bp
from disc.members.views.invited import show_invited


@bp.get("/desk/members")
@requires(Permission.SEE_MEMBERS)
def people() -> ResponseReturnValue:
    """List the people whom the reader looks after, or watches over."""
    actor = get_actor()
    note_seen(audit.by(actor, "members listed"))
    listed = queries.scheme_members(actor)
    return render_template(
        "members/people.html",
        people=listed,
        counts={state: sum(one.state is state for one in listed) for state in MemberState},
        may_manage=may_ever(actor, Permission.MANAGE_MEMBERS),
    )


@bp.get("/desk/members/invite")
@requires(Permission.MANAGE_MEMBERS)
def invite() -> ResponseReturnValue:
    """Ask whom to invite."""
    actor = get_actor()
    return _invite_page(actor, InviteForm(formdata=None).offer(actor))


@bp.post("/desk/members/people")
@requires(Permission.MANAGE_MEMBERS)
@writes
def new_person() -> ResponseReturnValue:
    """Invite a person; who gives a leading role shows first that it is really them."""
    actor = get_actor()
    form = InviteForm().offer(actor)
    if not form.validate():
        return _invite_page(actor, form), 422
    if form.for_role() in LEADING | MANAGERS:
        require_fresh(actor)
    try:
        return show_invited(joining.invite_by_mail(actor, _newcomer(actor, form)))
    except AlreadyMember as taken:
        form.email.errors = [taken.sentence]
        return _invite_page(actor, form), 422


def _newcomer(actor: Actor, form: InviteForm) -> joining.NewPerson:
    belonging = form.belonging(actor)
    return joining.NewPerson(
        name=form.name.data.strip(),
        email=form.email.data.strip(),
        role=Role(form.role.data),
        areas=belonging.areas,
        premises=belonging.premises,
        groups=belonging.groups,
    )


def _invite_page(actor: Actor, form: InviteForm) -> str:
    return render_template("members/invite.html", form=form, areas=queries.areas_of(actor))
