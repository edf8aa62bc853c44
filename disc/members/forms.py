"""What people type to sign in and to join."""

from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import EqualTo, InputRequired, Length


class SignInForm(FlaskForm):
    """Address and password."""

    email = EmailField(
        "E-mail address", [InputRequired("Type your e-mail address."), Length(max=254)]
    )
    password = PasswordField("Password", [InputRequired("Type your password."), Length(max=200)])
    next = HiddenField()


class JoinForm(FlaskForm):
    """A new password, twice."""

    password = PasswordField("Password", [InputRequired("Choose a password."), Length(max=200)])
    again = PasswordField(
        "The same password again",
        [
            InputRequired("Type the password again."),
            EqualTo("password", "The two passwords are not the same."),
        ],
    )
