"""The form of a token: what it is for, what it may do, how long."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length

from review.forms.accounts import REQUIRED
from review.rules.tokens import LASTS, LONGEST_NAME, NO_SCOPE, SCOPES


def _lasts() -> list[tuple[int, str]]:
    return [(days, ngettext("%(num)d day", "%(num)d days", days)) for days in LASTS]


class TokenForm(FlaskForm):
    """The scopes offered are those that one's role may hand on."""

    name = StringField(_l("What it is for"), [DataRequired(REQUIRED), Length(max=LONGEST_NAME)])
    scopes = SelectMultipleField(
        _l("What it may do"), [DataRequired(_l(NO_SCOPE))], choices=lambda: list(SCOPES.items()), validate_choice=False
    )
    days = SelectField(_l("How long it holds"), coerce=int, choices=_lasts)
