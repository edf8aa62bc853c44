"""What the owner of a picture fills in."""

from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import Length


class WithdrawForm(FlaskForm):
    """Why a picture is taken back; the manager reads it."""

    why = TextAreaField(
        "Why? You can leave this empty.", [Length(max=300, message="Use at most 300 characters.")]
    )
