"""What an Administrator types to make a key, and to say what it sends and hears."""

import uuid
from datetime import datetime, time
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from disc.api.rules import LONGEST_MONTHS, Scope, read_codes
from disc.api.service import NewKey
from disc.core import clock
from disc.core.callout import LONGEST
from disc.incidents.kinds import IncidentKind
from disc.members.models import Premises

SCOPES = {
    Scope.REPORT_WRITE: "Send reports",
    Scope.ATTACHMENT_WRITE: "Add photos to its reports",
    Scope.REPORT_READ: "Read where its reports stand",
    Scope.OUTCOME_READ: "Read what the police did",
}
LIVE, SANDBOX = "live", "sandbox"
KINDS = frozenset(kind.value for kind in IncidentKind)


class LifeForm(FlaskForm):
    """How long a key lasts."""

    months = IntegerField(
        "How many months does it last?",
        [
            InputRequired("Type a number of months."),
            NumberRange(1, LONGEST_MONTHS, f"Type a number from 1 to {LONGEST_MONTHS}."),
        ],
        default=12,
    )

    def expires_at(self) -> datetime:
        """Return the moment at which the key ends, as a day begins."""
        last = clock.add_months(clock.today(), int(self.months.data or 1))
        return datetime.combine(last, time.min, clock.UK)


class KeyForm(LifeForm):
    """A new key."""

    name = StringField(
        "Whose system is it?",
        [InputRequired("Type the name of the member."), Length(max=100)],
    )
    mode = RadioField(
        "What is it for?",
        choices=[
            SelectChoice(SANDBOX, "To try things out"),
            SelectChoice(LIVE, "For real reports"),
        ],
        validators=[InputRequired("Choose what it is for.")],
    )
    premises = SelectMultipleField("Which premises may it report for?")
    scopes = SelectMultipleField(
        "What may it do?",
        choices=[SelectChoice(scope.value, words) for scope, words in SCOPES.items()],
    )

    def offer(self, places: list[Premises]) -> "KeyForm":
        """Offer the scheme's premises."""
        self.premises.choices = [SelectChoice(str(one.id), one.name) for one in places]
        return self

    def validate_premises(self, field: Any) -> None:
        """Ask for premises, unless it is for a sandbox, which has its own."""
        if self.mode.data == LIVE and not field.data:
            raise ValidationError("Choose at least one of the premises.")

    def validate_scopes(self, field: Any) -> None:
        """Ask what it may do."""
        if not field.data:
            raise ValidationError("Choose at least one thing.")

    def key(self) -> NewKey:
        """Return the key as the service takes it."""
        is_sandbox = self.mode.data == SANDBOX
        chosen = [] if is_sandbox else self.premises.data or []
        return NewKey(
            name=(self.name.data or "").strip(),
            scopes=frozenset(map(Scope, self.scopes.data or [])),
            premises_ids=frozenset(map(uuid.UUID, chosen)),
            expires_at=self.expires_at(),
            is_sandbox=is_sandbox,
        )


class CodesForm(FlaskForm):
    """A retailer's own codes, and our kind for each."""

    codes = TextAreaField("Codes of their own system", [Length(max=40_000)])

    def validate_codes(self, field: Any) -> None:
        """Refuse a list that cannot be read."""
        problem = read_codes(field.data or "", KINDS)[1]
        if problem:
            raise ValidationError(problem)

    def mapped(self) -> dict[str, str]:
        """Return our kind for each code."""
        return read_codes(self.codes.data or "", KINDS)[0]


class WebhookForm(FlaskForm):
    """Where news goes; nothing typed means nowhere."""

    url = StringField("Address of their server", [Length(max=LONGEST)])
