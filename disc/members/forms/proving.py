"""What people type to prove who they are."""

from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

CODE_LENGTH = 12
LABEL_LENGTH = 60


class CodeForm(FlaskForm):
    """A code of an app, or else a recovery code."""

    otp = StringField("Code from your app", [Length(max=CODE_LENGTH, message="Type 6 numbers.")])
    recovery_code = StringField("Recovery code", [Length(max=40, message="This is too long.")])
    next = HiddenField()


class ProveForm(CodeForm):
    """A password, with a code where one is set up."""

    password = PasswordField("Password", [InputRequired("Type your password."), Length(max=200)])


class NewCodesForm(FlaskForm):
    """The first code of a new app."""

    otp = StringField(
        "Code from your app",
        [
            InputRequired("Type the 6 numbers that your app shows."),
            Length(max=CODE_LENGTH, message="Type 6 numbers."),
        ],
    )


class ForgotForm(FlaskForm):
    """The address to which a link is sent."""

    email = EmailField(
        "E-mail address", [InputRequired("Type your e-mail address."), Length(max=254)]
    )


class OldPasswordForm(FlaskForm):
    """The password that somebody has now, where they have one."""

    old = PasswordField("Password that you have now", [Length(max=200)])


class NewPasswordForm(FlaskForm):
    """A new password, twice."""

    password = PasswordField("New password", [InputRequired("Choose a password."), Length(max=200)])
    again = PasswordField(
        "The same password again",
        [
            InputRequired("Type the password again."),
            EqualTo("password", "The two passwords are not the same."),
        ],
    )
