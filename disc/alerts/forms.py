"""What a member chooses to raise an alert."""

import uuid

from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, StringField, ValidationError
from wtforms.validators import InputRequired, Optional

from disc.alerts.models import AlertTemplate


class RaiseForm(FlaskForm):
    """One tap on a tile; the rest is filled in."""

    template = StringField("What is happening?", [InputRequired("Choose what is happening.")])
    area_id = StringField("Who must know?", [InputRequired("Choose who must know.")])
    premises_id = HiddenField(validators=[Optional()])
    submission_id = HiddenField(validators=[InputRequired("Load this page again, then send.")])

    def validate_template(self, field: Field) -> None:
        """Accept what an alert may say, and nothing else."""
        if field.data not in set(AlertTemplate):
            raise ValidationError("Choose what is happening.")

    def validate_area_id(self, field: Field) -> None:
        """Refuse what is no key at all; whose Area it is, the policy says."""
        _key(field)

    def validate_premises_id(self, field: Field) -> None:
        """Refuse what is no key at all."""
        _key(field)

    def validate_submission_id(self, field: Field) -> None:
        """Refuse what is no key at all."""
        _key(field)


def _key(field: Field) -> None:
    try:
        uuid.UUID(field.data)
    except ValueError as error:
        raise ValidationError("Load this page again, then send.") from error
