"""The form by which a bundle is asked for."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import Length

from review.rules.bundles import PROFILES


def _profiles() -> list[tuple[str, str]]:
    return [(key, _(words)) for key, words in PROFILES.items()]


class ExportForm(FlaskForm):
    """Which bundle, for whom and what for."""

    profile = RadioField(_l("Profile"), choices=_profiles, default="internal", validate_choice=False)
    incident = StringField(_l("One incident only"), [Length(max=200)])
    recipient = StringField(_l("For whom"))
    purpose = TextAreaField(_l("What for"))
