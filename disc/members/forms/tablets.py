"""What people type to make a device a shop's tablet, and the PINs that they use on it."""

from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import EqualTo, InputRequired, Length

from disc.members.models import Premises


class TabletForm(FlaskForm):
    """Where a tablet stands, and what people call it."""

    premises_id = SelectField("Where is it?", validators=[InputRequired("Choose the premises.")])
    name = StringField("Name of the tablet", [InputRequired("Type a name."), Length(max=60)])

    def offer(self, places: list[Premises]) -> "TabletForm":
        """Offer the premises that the manager looks after."""
        self.premises_id.choices = [SelectChoice(str(place.id), place.name) for place in places]
        return self


class PinForm(FlaskForm):
    """A PIN, to sign in."""

    pin = PasswordField("Your PIN", [InputRequired("Type your PIN."), Length(max=20)])


class ChoosePinForm(FlaskForm):
    """A new PIN, twice."""

    pin = PasswordField("New PIN, 6 digits", [InputRequired("Choose a PIN."), Length(max=20)])
    again = PasswordField(
        "The same PIN again",
        [
            InputRequired("Type the PIN again."),
            EqualTo("pin", "The two PINs are not the same."),
        ],
    )
