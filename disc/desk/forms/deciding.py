"""What a manager decides about what waits."""

import uuid

from flask import request
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from disc.core.errors import Missing
from disc.desk.models import Act, ItemKind
from disc.incidents.forms import check_submission

YES_NO = [SelectChoice("yes", "Yes"), SelectChoice("no", "No")]
REASONS = {
    "unclear": "The picture does not show enough.",
    "not-needed": "Sharing this is not needed to prevent a crime.",
    "wrong-place": "This did not happen at premises of the scheme.",
    "twice": "The same report was sent before.",
    "details": "Important details are missing. Please send a new report with them.",
    "other": "",
}


def _trimmed(typed: str | None) -> str:
    return (typed or "").strip()


class ApproveForm(FlaskForm):
    """Who a report is about, and whether that person needs special care."""

    about = SelectField(
        "Who is this report about?", validators=[InputRequired("Choose who it is about.")]
    )
    under_18 = RadioField("Is this person under 18?", choices=YES_NO, validators=[Optional()])
    vulnerable = RadioField("Is this person vulnerable?", choices=YES_NO, validators=[Optional()])
    caption = StringField("A short note for members", [Length(max=200)])
    galleries = SelectMultipleField("Put in a gallery")

    def offer(
        self,
        people: list[tuple[uuid.UUID, str]],
        galleries: list[tuple[uuid.UUID, str]],
        *,
        accuses: bool = True,
    ) -> "ApproveForm":
        """Offer a new record, known records, or nobody, and the galleries to put the person in.

        Nobody alone where the report accuses no one.
        """
        self.galleries.choices = [SelectChoice(str(row), name) for row, name in galleries]
        known = [SelectChoice(str(row), f"The same person as {label}") for row, label in people]
        fixed = [
            SelectChoice("new", "A person who is not in the gallery yet"),
            SelectChoice("nobody", "Nobody who should be in the gallery"),
        ]
        self.about.choices = [fixed[0], *known, fixed[1]] if accuses else fixed[1:]
        return self

    def validate(self, extra_validators: object = None) -> bool:
        """Ask about age and care whenever a person would be shown."""
        good: bool = super().validate(extra_validators)
        if self.about.data != "nobody":
            for field in (self.under_18, self.vulnerable):
                if field.data not in ("yes", "no"):
                    field.errors = ["Answer yes or no."]
                    good = False
        return good

    def ask_again(self) -> None:
        """Forget what was answered about the person: it was answered about other words."""
        for field in (self.about, self.under_18, self.vulnerable):
            field.data = None

    def gallery_ids(self) -> tuple[uuid.UUID, ...]:
        """Return the galleries that were chosen."""
        return tuple(uuid.UUID(one) for one in self.galleries.data or ())

    def care(self) -> tuple[bool, bool]:
        """Return whether the person is under 18, and vulnerable."""
        return self.under_18.data == "yes", self.vulnerable.data == "yes"


class AskForm(FlaskForm):
    """What a manager asks the reporter."""

    submission_id = HiddenField()
    words = TextAreaField(
        "What do you want to know?",
        filters=[_trimmed],
        validators=[
            DataRequired("Type your question."),
            Length(max=500, message="Use at most 500 characters."),
        ],
    )

    def validate_submission_id(self, field: HiddenField) -> None:
        """Refuse a page that did not come from us."""
        check_submission(field.data)


class CloseForm(FlaskForm):
    """What the reporter reads when a report is closed."""

    words = TextAreaField(
        "Tell the reporter why. You can leave this empty.",
        [Length(max=500, message="Use at most 500 characters.")],
    )


class RejectForm(FlaskForm):
    """Why a report is not accepted; the reporter reads it."""

    why = RadioField(
        "Why?",
        choices=[SelectChoice(key, words or "Another reason") for key, words in REASONS.items()],
        validators=[InputRequired("Choose a reason.")],
    )
    words = TextAreaField("Tell the reporter", [Length(max=500)])

    def validate(self, extra_validators: object = None) -> bool:
        """Ask for words where no ready reason was chosen."""
        good: bool = super().validate(extra_validators)
        if self.why.data == "other" and not (self.words.data or "").strip():
            self.words.errors = ["Type the reason."]
            good = False
        return good

    def reason(self) -> str:
        """Return the reason as the reporter reads it."""
        return " ".join(filter(None, [REASONS[self.why.data], (self.words.data or "").strip()]))


class LeaseForm(FlaskForm):
    """What a manager looks at, or has left; ``page`` is the open page on which they do."""

    kind = SelectField(choices=[SelectChoice(one.value, one.value) for one in ItemKind])
    item = HiddenField(validators=[InputRequired()])
    page = HiddenField()
    do = SelectField(choices=[SelectChoice(act, act) for act in ("take", "renew", "free")])

    def item_id(self) -> uuid.UUID:
        """Return what it is about. Raises Missing for what is no number."""
        return _number(self.item.data)

    def page_id(self) -> uuid.UUID | None:
        """Return the page, or None where it has no script. Raises Missing."""
        return _number(self.page.data) if self.page.data else None


class ManyForm(RejectForm):
    """Several reports, what is decided about all of them, and how many they are."""

    act = SelectField(choices=[SelectChoice(one, one) for one in (Act.APPROVE, Act.REJECT)])
    count = StringField("How many?")

    def validate(self, extra_validators: object = None) -> bool:
        """Ask for a reason where reports are rejected."""
        if self.act.data == Act.APPROVE.value:
            self.why.validators, self.why.flags = [Optional()], {}
        return super().validate(extra_validators)

    def chosen(self) -> list[uuid.UUID]:
        """Return the reports' numbers. Raises Missing."""
        return [_number(one) for one in request.form.getlist("items")]

    def seen(self) -> dict[uuid.UUID, int]:
        """Return how often each report had been changed when the page was made. Raises Missing."""
        told = [one.rpartition(":") for one in request.form.getlist("seen")]
        return {_number(item): int(version) for item, _, version in told if version.isdecimal()}


class KeysForm(FlaskForm):
    """Whether single keys decide."""

    single_keys = BooleanField("Single keys decide")


def _number(typed: str | None) -> uuid.UUID:
    try:
        return uuid.UUID(typed or "")
    except ValueError as error:
        raise Missing from error
