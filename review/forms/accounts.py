"""The forms of an account: sign in, set up, join, choose a new password, set up an authenticator."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import DataRequired, Length

REQUIRED = _l("Not answered yet.")
NO_PLACES = ("Etc/", "SystemV/", "posix/", "right/")


@lru_cache(maxsize=1)
def zones() -> list[tuple[str, str]]:
    """The time zones that are called after a place, and UTC."""
    named = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(NO_PLACES))
    return [("", "UTC"), *((zone, zone) for zone in named)]


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


class ChangePasswordForm(PasswordForm):
    """The present password, and a new one typed twice."""

    old = PasswordField(_l("Present password"), [DataRequired(REQUIRED)])


class ReadingForm(FlaskForm):
    """In which language and time zone one reads the desk; nothing chosen is the browser's language, and UTC."""

    language = SelectField(_l("Language"))
    timezone = SelectField(_l("Time zone"), choices=zones)


class AuthenticatorForm(FlaskForm):
    """The code that proves that one's phone holds the secret which the page carries."""

    offered = HiddenField()
    code = StringField(_l("Six-figure code"), [DataRequired(REQUIRED)])
