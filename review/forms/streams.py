"""The forms of the streams."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired

from review.forms.accounts import REQUIRED
from review.rules.streams import MODES


def _modes() -> list[tuple[str, str]]:
    return [(key, _l(label)) for key, label in MODES.items()]


class DefineForm(FlaskForm):
    """A new stream: a belligerent and a theatre, worked as one."""

    name = StringField(_l("Belligerent and theatre"), [DataRequired(REQUIRED)])
    slug = StringField(_l("Short name"), [DataRequired(REQUIRED)])
    mode = SelectField(_l("How it is worked"), choices=_modes)
    reason = TextAreaField(_l("Why"))


class SwitchForm(FlaskForm):
    """Another way of working a stream, and why."""

    mode = SelectField(_l("How it is worked"), choices=_modes)
    reason = TextAreaField(_l("Why"))
