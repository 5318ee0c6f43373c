"""The forms of a claim: received word for word, then placed."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import Length


class ClaimForm(FlaskForm):
    """An allegation as it came, and who brought it."""

    text = TextAreaField(_l("As received, word for word"))
    language = StringField(_l("Language"), [Length(max=20)])
    translation = TextAreaField(_l("Translation"))
    url = StringField(_l("Where it was said"), [Length(max=2000)])
    reporter = StringField(_l("Who reported it"), [Length(max=200)])


class PlaceForm(FlaskForm):
    """Where a claim belongs: an incident near it, another by its code, or another claim that it repeats."""

    near = StringField(_l("Near it already"))
    incident = StringField(_l("Another incident, by its code"))
    of = StringField(_l("The claim that it repeats"))
    reason = TextAreaField(_l("Why"))

    @property
    def wanted(self) -> str:
        """The incident that was named, typed before chosen."""
        return (self.incident.data or "").strip() or (self.near.data or "").strip()
