"""What managers fill in about vehicles and links."""

from flask_wtf import FlaskForm
from wtforms import Field, RadioField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from disc.incidents.marks import mark_problem, normal_mark
from disc.intelligence.rules import (
    ASSESSMENTS,
    HANDLINGS,
    LONGEST_CONDITIONS,
    LONGEST_EVIDENCE,
    MONTHS,
    SOURCES,
    USUAL_MONTHS,
    Assessment,
    AssociationKind,
    Grading,
    Handling,
    Source,
    conditions_problem,
)
from disc.intelligence.service import NewLink, NewVehicle


class MarkForm(FlaskForm):
    """A registration mark to look for; it goes into no address."""

    mark = StringField("Number plate or number", [Length(max=40)])


class VehicleForm(FlaskForm):
    """What is known of a vehicle."""

    make = StringField("Make", [Length(max=60, message="Use at most 60 letters.")])
    colour = StringField("Colour", [Length(max=40, message="Use at most 40 letters.")])
    notes = TextAreaField("Notes", [Length(max=1000, message="Use at most 1,000 letters.")])


class NewVehicleForm(VehicleForm):
    """A vehicle to add."""

    mark = StringField("Number plate", [Length(max=40, message="Use at most 40 letters.")])

    def validate_mark(self, field: Field) -> None:
        """Refuse what is no registration mark in any country."""
        _refuse(mark_problem(normal_mark(field.data or "")))

    def vehicle(self) -> NewVehicle:
        """Return the vehicle as the service takes it."""
        return NewVehicle(
            mark=self.mark.data or "",
            make=self.make.data or "",
            colour=self.colour.data or "",
            notes=self.notes.data or "",
        )


class GradeForm(FlaskForm):
    """A 3x5x2 grade."""

    source = RadioField(
        "How good is the source?",
        choices=[SelectChoice(value.value, f"{value} {words}") for value, words in SOURCES.items()],
        validators=[InputRequired("Choose how good the source is.")],
    )
    assessment = RadioField(
        "How does the source know?",
        choices=[
            SelectChoice(value.value, f"{value} {words}") for value, words in ASSESSMENTS.items()
        ],
        validators=[InputRequired("Choose how the source knows.")],
    )
    handling = RadioField(
        "May it be passed on?",
        choices=[
            SelectChoice(value.value, f"{value} {words}") for value, words in HANDLINGS.items()
        ],
        validators=[InputRequired("Choose if it may be passed on.")],
    )
    conditions = TextAreaField(
        "Conditions", [Length(max=LONGEST_CONDITIONS, message="Use at most 500 letters.")]
    )

    def validate_conditions(self, field: Field) -> None:
        """Ask for the conditions where there are some."""
        if self.handling.data == Handling.CONDITIONS:
            _refuse(conditions_problem(field.data or ""))

    def grading(self) -> Grading:
        """Return the grade as the service takes it."""
        return Grading(
            Source(self.source.data),
            Assessment(self.assessment.data),
            Handling(self.handling.data),
            self.conditions.data or "",
        )


class LinkForm(GradeForm):
    """A link between a person and another person or a vehicle."""

    other = StringField(
        "Who or what?",
        [DataRequired("Type the number of a person, or a number plate."), Length(max=40)],
    )
    kind = RadioField(
        "What kind of link?",
        choices=[SelectChoice(kind.value, kind.value.capitalize()) for kind in AssociationKind],
        validators=[InputRequired("Choose the kind of link.")],
    )
    evidence = TextAreaField(
        "How do you know?",
        [
            DataRequired("Type how you know."),
            Length(max=LONGEST_EVIDENCE, message=f"Use at most {LONGEST_EVIDENCE:,} letters."),
        ],
    )
    months = RadioField(
        "For how long?",
        choices=[SelectChoice(str(length), f"{length} months") for length in MONTHS],
        default=str(USUAL_MONTHS),
        validators=[InputRequired("Choose 3, 6 or 12 months.")],
    )

    def link(self) -> NewLink:
        """Return the link as the service takes it."""
        return NewLink(
            kind=AssociationKind(self.kind.data),
            evidence=self.evidence.data or "",
            grading=self.grading(),
            months=int(self.months.data),
        )


def _refuse(problem: str | None) -> None:
    if problem:
        raise ValidationError(problem)
