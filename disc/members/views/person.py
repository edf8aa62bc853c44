"""One person: what they are, where they belong, and what a manager may do about it."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from disc.access.actor import LEADING, Actor, Role
from disc.access.guard import authorise, freshly_proved, get_actor, note_seen, requires
from disc.access.permissions import Permission
from disc.access.policy import permits
from disc.core import audit
from disc.core.transaction import writes
from disc.members import joining, managing, queries
from disc.members.errors import OwnAccount
from disc.members.forms import BelongingForm, RoleForm, SuspendForm
from disc.members.models import Member, MemberState
from disc.members.ports import told_of_joiner
from disc.members.rules import Suspension
from disc.members.views.blueprint import bp
from disc.members.views.invited import show_invited

PERSON = "/desk/members/people/<uuid:member_id>"


@bp.get(PERSON)
@requires(Permission.SEE_MEMBERS)
def person(member_id: uuid.UUID) -> ResponseReturnValue:
    """Show one person."""
    actor = get_actor()
    member = _person(actor, member_id, Permission.SEE_MEMBERS)
    return _page(actor, member)


@bp.post(f"{PERSON}/places")
@requires(Permission.MANAGE_MEMBERS)
@writes
def move_person(member_id: uuid.UUID) -> ResponseReturnValue:
    """Give a person other Areas, premises and groups."""
    actor = get_actor()
    member = _person(actor, member_id)
    form = BelongingForm().offer(actor, member)
    if not form.validate():
        return _page(actor, member, form), 422
    managing.move(actor, member_id, form.belonging(actor))
    return _back(member_id, "Saved. It counts from now on.")


@bp.get(f"{PERSON}/role")
@requires(Permission.CHANGE_ROLE)
@freshly_proved
def role_of_person(member_id: uuid.UUID) -> ResponseReturnValue:
    """Ask what a person shall be."""
    actor = get_actor()
    member = _other(actor, member_id, Permission.CHANGE_ROLE)
    return _role_page(member, RoleForm(formdata=None).offer(actor, member))


@bp.post(f"{PERSON}/role")
@requires(Permission.CHANGE_ROLE)
@freshly_proved
@writes
def change_role(member_id: uuid.UUID) -> ResponseReturnValue:
    """Give a person another role; for a leading one they wait for the Board."""
    actor = get_actor()
    member = _other(actor, member_id, Permission.CHANGE_ROLE)
    form = RoleForm().offer(actor, member)
    if not form.validate():
        return _role_page(member, form), 422
    changed = managing.change_role(actor, member_id, Role(form.role.data), form.belonging(actor))
    if changed.role in LEADING and changed.state is MemberState.WAITING:
        return _back(member_id, "Saved. Now a member of the Board must agree.")
    return _back(member_id, "Saved. This person must sign in again.")


@bp.post(f"{PERSON}/suspended")
@requires(Permission.MANAGE_MEMBERS)
@freshly_proved
@writes
def suspend_person(member_id: uuid.UUID) -> ResponseReturnValue:
    """Shut a person out for a time."""
    actor, form = get_actor(), SuspendForm()
    member = _other(actor, member_id)
    if not form.validate():
        return _page(actor, member, suspend_form=form), 422
    managing.suspend(actor, member_id, Suspension(form.why.data))
    return _back(member_id, "Suspended. Every device was signed out.")


@bp.post(f"{PERSON}/back")
@requires(Permission.MANAGE_MEMBERS)
@writes
def let_back_in(member_id: uuid.UUID) -> ResponseReturnValue:
    """End a suspension."""
    actor = get_actor()
    _other(actor, member_id)
    member = managing.let_back_in(actor, member_id)
    if member.state is MemberState.WAITING:
        return _back(member_id, "Saved. Now a member of the Board must agree.")
    return _back(member_id, "This person can sign in again.")


@bp.post(f"{PERSON}/left")
@requires(Permission.MANAGE_MEMBERS)
@freshly_proved
@writes
def person_left(member_id: uuid.UUID) -> ResponseReturnValue:
    """Shut a person out at once, on every device."""
    actor = get_actor()
    _other(actor, member_id)
    managing.shut_out(actor, member_id)
    return _back(member_id, "This person cannot sign in any more. Every device was signed out.")


@bp.get(f"{PERSON}/new-way-in")
@requires(Permission.MANAGE_MEMBERS)
@freshly_proved
def new_way_in(member_id: uuid.UUID) -> ResponseReturnValue:
    """Ask whether a person really lost every way to sign in."""
    member = _other(get_actor(), member_id)
    return render_template("members/new_way_in.html", member=member, leads=member.role in LEADING)


@bp.post(f"{PERSON}/new-way-in")
@requires(Permission.MANAGE_MEMBERS)
@freshly_proved
@writes
def give_new_way_in(member_id: uuid.UUID) -> ResponseReturnValue:
    """Take away every way in that a person has, and send them a fresh invitation."""
    actor = get_actor()
    _other(actor, member_id)
    invited = joining.invite_again(actor, managing.start_over(actor, member_id))
    return show_invited(invited)


def _person(
    actor: Actor, member_id: uuid.UUID, permission: Permission = Permission.MANAGE_MEMBERS
) -> Member:
    member = queries.get_member(actor, member_id)
    authorise(actor, permission, member)
    return member


def _other(
    actor: Actor, member_id: uuid.UUID, permission: Permission = Permission.MANAGE_MEMBERS
) -> Member:
    member = _person(actor, member_id, permission)
    if member.id == actor.id:
        raise OwnAccount
    return member


def _page(
    actor: Actor,
    member: Member,
    form: BelongingForm | None = None,
    suspend_form: SuspendForm | None = None,
) -> str:
    note_seen(audit.by(actor, "member seen", "member", member.id))
    may_manage = _may(actor, Permission.MANAGE_MEMBERS, member)
    if may_manage and form is None:
        form = BelongingForm(formdata=None).offer(actor, member)
    if form is not None:
        form.seen.data = form.seen.data or managing.seen_of(member)
    named = {one for one in (member.invited_by_id, member.approved_by_id) if one}
    return render_template(
        "members/person.html",
        member=member,
        facts=queries.sign_in_facts(member),
        names=queries.member_names(actor, named),
        as_read=managing.seen_of(member),
        waits_for_board=member.role in LEADING and member.state is MemberState.WAITING,
        may_manage=may_manage,
        may_change_role=_may(actor, Permission.CHANGE_ROLE, member),
        form=form,
        suspend_form=suspend_form or SuspendForm(formdata=None),
        **told_of_joiner(actor, member.id),
    )


def _may(actor: Actor, permission: Permission, member: Member) -> bool:
    here = member.id != actor.id and member.state is not MemberState.LEFT
    return here and permits(actor, permission, member)


def _role_page(member: Member, form: RoleForm) -> str:
    form.seen.data = form.seen.data or managing.seen_of(member)
    return render_template("members/role.html", member=member, form=form)


def _back(member_id: uuid.UUID, sentence: str) -> ResponseReturnValue:
    flash(sentence, "ok")
    return redirect(url_for("members.person", member_id=member_id), 303)
