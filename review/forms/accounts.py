"""The forms of an account: sign in, set up, join, choose a new password."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import DataRequired, Length

REQUIRED = _l("Not answered yet.")


class SignInForm(FlaskForm):
    """`email`, `password`, `code`: the fields that scripts rely on."""

    email = EmailField(_l("E-mail"), [DataRequired(REQUIRED), Length(max=254)])
    password = PasswordField(_l("Password"), [DataRequired(REQUIRED)])
    code = StringField(_l("Six-figure code"))


class PasswordForm(FlaskForm):
    """A new password, typed twice."""

    password = PasswordField(_l("Password"), [DataRequired(REQUIRED)])
    again = PasswordField(_l("The same password again"), [DataRequired(REQUIRED)])


class JoinForm(PasswordForm):
    """What an invited person adds: their name and a password."""

    name = StringField(_l("Your name"), [DataRequired(REQUIRED), Length(max=200)])


class SetUpForm(JoinForm):
    """What the first person, an admin, gives."""

    email = EmailField(_l("E-mail"), [DataRequired(REQUIRED), Length(max=254)])
