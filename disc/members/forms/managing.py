"""What managers fill in about people and groups."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    EmailField,
    HiddenField,
    RadioField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Regexp

from disc.access.actor import Actor, Role
from disc.access.permissions import Permission
from disc.access.policy import permits
from disc.members import queries
from disc.members.managing import Belonging
from disc.members.models import Area, Member, MemberGroup, Premises
from disc.members.rules import WITH_AREA, WITH_GROUP, WITH_PREMISES, Suspension

ROLES = {
    Role.MEMBER: "Member: works in a shop",
    Role.AUTHOR: "Author: works in a shop, and writes for the scheme",
    Role.INVESTIGATOR: "Investigator: also reports for other shops that allow it",
    Role.GROUP_MANAGER: "Group Manager: looks after the people of a group",
    Role.SUB_ADMINISTRATOR: "Sub-Administrator: helps to run the scheme",
    Role.ADMINISTRATOR: "Administrator: runs the scheme",
    Role.BOARD: "Board: decides notices",
    Role.SPOC: "Police contact",
    Role.DPO: "DPO: watches over data protection",
}
SUSPENSIONS = {
    Suspension.AWAY: "Away for a long time",
    Suspension.DEVICE_LOST: "Phone or other device lost",
    Suspension.RULES_BROKEN: "Rules broken",
    Suspension.ASKED_FOR: "Their employer asked for it",
    Suspension.CHECKING: "We are checking something",
}


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who is not there yet, as the policy table asks about them."""

    scheme_id: uuid.UUID
    role: Role
    group_ids: frozenset[uuid.UUID]


def roles_to_give(actor: Actor) -> list[Role]:
    """List the roles under which somebody may invite people."""
    return [
        role
        for role in ROLES
        if permits(
            actor, Permission.MANAGE_MEMBERS, Newcomer(actor.scheme_id, role, actor.group_ids)
        )
    ]


class BelongingForm(FlaskForm):
    """Where somebody belongs: Areas, premises, groups."""

    areas = SelectMultipleField("Areas")
    premises = SelectMultipleField("Premises")
    groups = SelectMultipleField("Groups")
    seen = HiddenField()

    held: Role
    """The role that somebody has, where the form does not ask for one."""
    beyond: frozenset[uuid.UUID] = frozenset()
    """Where somebody belongs that the manager cannot change, and that counts all the same."""

    def offer(self, actor: Actor, member: Member | None = None) -> Any:
        """Offer what the manager may give: a Group Manager what they have, others everything."""
        self.offered_premises = {str(one.id): one for one in _premises_to_give(actor)}
        self.areas.choices = _choices(queries.areas_of(actor))
        self.premises.choices = _choices(self.offered_premises.values())
        self.groups.choices = _choices(queries.groups_of(actor))
        self.asks_for_group = actor.role is Role.GROUP_MANAGER and member is None
        if member is not None:
            self.held = member.role
            self._show(member)
        return self

    def _show(self, member: Member) -> None:
        for field, now in (
            (self.areas, member.areas),
            (self.premises, member.premises),
            (self.groups, member.groups),
        ):
            offered = {choice.value for choice in field.choices}
            ids = {str(one.id) for one in now}
            self.beyond |= {uuid.UUID(one) for one in ids - offered}
            if not self.is_submitted():
                field.data = sorted(ids & offered)

    def for_role(self) -> Role | None:
        """Return the role whose needs count, or None where none was chosen."""
        return self.held

    def validate_areas(self, field: SelectMultipleField) -> None:
        """Those who see only their Areas need at least one, and that of their premises."""
        if self.for_role() not in WITH_AREA:
            return
        if not field.data and not self.beyond:
            raise ValidationError("Choose at least one Area.")
        for one in self.premises.data or []:
            place = self.offered_premises.get(one)
            if place and str(place.area_id) not in field.data and place.area_id not in self.beyond:
                raise ValidationError(f"Choose {place.area.name} too: {place.name} is there.")

    def validate_premises(self, field: SelectMultipleField) -> None:
        """Who works in a shop reports from it."""
        if self.for_role() in WITH_PREMISES and not field.data and not self.beyond:
            raise ValidationError("Choose where this person works.")

    def validate_groups(self, field: SelectMultipleField) -> None:
        """A Group Manager has a group, and invites into it."""
        needed = self.asks_for_group or self.for_role() in WITH_GROUP
        if needed and not field.data and not self.beyond:
            raise ValidationError("Choose a group.")

    def belonging(self, actor: Actor) -> Belonging:
        """Return what was chosen; the form was validated."""
        return Belonging(
            areas=[queries.get_area(actor, uuid.UUID(one)) for one in self.areas.data],
            premises=[queries.get_premises(actor, uuid.UUID(one)) for one in self.premises.data],
            groups=[queries.get_group(actor, uuid.UUID(one)) for one in self.groups.data],
            seen=self.seen.data or "",
        )


class RoleForm(BelongingForm):
    """Another role, and where it needs somebody to belong."""

    role = RadioField(
        "Role",
        choices=[SelectChoice(role.value, words) for role, words in ROLES.items()],
        validators=[InputRequired("Choose a role.")],
    )

    def for_role(self) -> Role | None:
        """Return the role that was chosen."""
        return Role(self.role.data) if self.role.data in set(Role) else None

    def _show(self, member: Member) -> None:
        super()._show(member)
        if not self.is_submitted():
            self.role.data = member.role.value


class InviteForm(BelongingForm):
    """A new person of the scheme."""

    name = StringField("Name", [InputRequired("Type the name."), Length(max=120)])
    email = EmailField(
        "E-mail address",
        [
            InputRequired("Type the e-mail address."),
            Length(max=254),
            Regexp(r"^\s*[^@\s]+@[^@\s]+\.[^@\s]+\s*$", message="This is no e-mail address."),
        ],
    )
    role = RadioField("Role", validators=[InputRequired("Choose a role.")])

    def offer(self, actor: Actor, member: Member | None = None) -> Any:
        """Offer the roles, too, that the manager may give."""
        self.role.choices = [SelectChoice(one.value, ROLES[one]) for one in roles_to_give(actor)]
        return super().offer(actor, member)

    def for_role(self) -> Role | None:
        """Return the role that was chosen."""
        return Role(self.role.data) if self.role.data in set(Role) else None


class SuspendForm(FlaskForm):
    """Why somebody is shut out for a time."""

    why = RadioField(
        "Why?",
        choices=[SelectChoice(why.value, words) for why, words in SUSPENSIONS.items()],
        validators=[InputRequired("Choose why.")],
    )


class NameForm(FlaskForm):
    """The name of an Area or a group."""

    name = StringField("Name", [InputRequired("Type a name."), Length(max=120)])

    def is_free(self, others: Iterable[Area | MemberGroup], kind: str) -> bool:
        """Say whether a valid name is not taken by another, and leave a sentence if it is."""
        if not self.validate():
            return False
        if self.name.data.strip().casefold() in {one.name.casefold() for one in others}:
            self.name.errors = [f"There is {kind} of that name already."]
            return False
        return True


def _choices(offered: Iterable[Area | Premises | MemberGroup]) -> list[SelectChoice]:
    return [SelectChoice(str(one.id), one.name) for one in offered]


def _premises_to_give(actor: Actor) -> list[Premises]:
    if actor.role is Role.GROUP_MANAGER:
        return queries.premises_of(actor)
    return queries.scheme_premises(actor)
