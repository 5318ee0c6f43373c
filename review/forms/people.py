"""The forms of the people page."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from review.forms.accounts import REQUIRED
from review.rules.permissions import ROLES


def _roles() -> list[tuple[str, str]]:
    return [(key, _l(label)) for key, label in ROLES.items()]


class InviteForm(FlaskForm):
    """Whom an admin invites, and to which role."""

    name = StringField(_l("Name"), [DataRequired(REQUIRED), Length(max=200)])
    email = EmailField(_l("E-mail"), [DataRequired(REQUIRED), Length(max=254)])
    role = SelectField(_l("Role"), choices=_roles)


class StandingForm(FlaskForm):
    """What changes in a person's standing, and why."""

    role = SelectField(_l("Role"), choices=_roles)
    reason = TextAreaField(_l("Why"))
