"""What is typed to search the audit, to take a copy of it, and to find whose mark it is."""

import uuid
from datetime import date, datetime, time, timedelta

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, RadioField, SelectField, StringField, TimeField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from disc.access.acts import ActKind
from disc.core import clock
from disc.dataprotection.rules import MOST_EXPORTED_DAYS

KIND_WORDS = {
    ActKind.SEEN: "What was seen",
    ActKind.CHANGED: "What was changed",
    ActKind.REFUSED: "What was refused",
    ActKind.EXPORTED: "What was taken out",
    ActKind.SIGNED_IN: "Who signed in and out",
}
EXPORT_REASONS = {
    "request": "Somebody asked what we hold about them",
    "complaint": "A complaint or an appeal",
    "breach": "Something went wrong with records",
    "review": "The yearly review",
    "police": "The police or a court asked",
}
VIEWER_REASONS = {
    "leak": "A picture was found outside the scheme",
    "report": "Somebody reported a member",
    "test": "We test that the marks can be read",
}
HIDE_REASONS = {
    "objection": "The person objected",
    "wrong": "The record looks wrong",
    "leak": "Pictures were found outside the scheme",
    "court": "A court or the ICO asked",
}

FIRST_YEAR, LAST_YEAR = 1900, 2200


def _choices(words: dict[str, str]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in words.items()]


def is_day(day: date) -> bool:
    """Say whether a day is one that an audit can hold; the days around it can be reckoned too."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def near(_form: FlaskForm, field: DateField) -> None:
    """Refuse a day that is no day of any audit."""
    if field.data and not is_day(field.data):
        raise ValidationError("Choose a day of these years.")


def start_of(day: date) -> datetime:
    """Return the moment at which a day begins in the United Kingdom."""
    return datetime.combine(day, time.min, tzinfo=clock.UK)


class SearchForm(FlaskForm):
    """What of the audit to show."""

    person = SelectField("Who", validators=[Optional()])
    reference = StringField(
        "About which record", [Length(max=20, message="Use at most 20 characters.")]
    )
    kind = SelectField("What", validators=[Optional()])
    since = DateField("From", validators=[Optional(), near])
    until = DateField("To", validators=[Optional(), near])

    def offer(self, people: list[tuple[uuid.UUID, str]]) -> "SearchForm":
        """Offer the scheme's people and the kinds of acts."""
        everyone = [SelectChoice(str(one), name) for one, name in people]
        self.person.choices = [SelectChoice("", "Everyone"), *everyone]
        kinds = {str(kind): words for kind, words in KIND_WORDS.items()}
        self.kind.choices = [SelectChoice("", "Everything"), *_choices(kinds)]
        return self

    def validate_until(self, field: DateField) -> None:
        """Refuse an end before the beginning."""
        if field.data and self.since.data and field.data < self.since.data:
            raise ValidationError("The last day is before the first.")

    def wanted(self) -> dict[str, str]:
        """Return what was chosen, as it stands in the address: ids and plain words."""
        chosen = {
            "person": self.person.data or "",
            "kind": self.kind.data or "",
            "since": self.since.data.isoformat() if self.since.data else "",
            "until": self.until.data.isoformat() if self.until.data else "",
        }
        return {name: value for name, value in chosen.items() if value}


class ExportForm(SearchForm):
    """Which days of the audit to take out, and why."""

    since = DateField("From", validators=[InputRequired("Choose the first day."), near])
    until = DateField("To", validators=[InputRequired("Choose the last day."), near])
    reason = RadioField(
        "Why do you need a copy?",
        choices=_choices(EXPORT_REASONS),
        validators=[InputRequired("Choose why you need a copy.")],
    )

    def validate_since(self, field: DateField) -> None:
        """Refuse days that are too far apart."""
        last = self.until.data
        if field.data and last and last - field.data >= timedelta(days=MOST_EXPORTED_DAYS):
            raise ValidationError(f"Choose at most {MOST_EXPORTED_DAYS} days.")


class ViewerForm(FlaskForm):
    """The code that was read off a picture, and why."""

    code = StringField("Code on the picture", [InputRequired("Type the code."), Length(max=20)])
    day = DateField("Day on the picture", validators=[Optional(), near])
    hour = TimeField("Time on the picture", validators=[Optional()])
    reason = RadioField(
        "Why do you ask?",
        choices=_choices(VIEWER_REASONS),
        validators=[InputRequired("Choose why you ask.")],
    )

    def around(self) -> datetime | None:
        """Return the moment that was typed; a day alone means its noon."""
        if self.day.data is None:
            return None
        return datetime.combine(self.day.data, self.hour.data or time(12), tzinfo=clock.UK)


class LeakForm(FlaskForm):
    """A picture that was found outside the scheme, and why its mark is read."""

    picture = FileField("The picture", [FileRequired("Choose the picture.")])
    record = StringField(
        "Number of the person's record",
        [Length(max=20, message="Use at most 20 characters.")],
    )
    reason = RadioField(
        "Why do you ask?",
        choices=_choices(VIEWER_REASONS),
        validators=[InputRequired("Choose why you ask.")],
    )


class HideForm(FlaskForm):
    """Why a record is hidden at once."""

    reason = RadioField(
        "Why?",
        choices=_choices(HIDE_REASONS),
        validators=[InputRequired("Choose why you hide this record.")],
    )
