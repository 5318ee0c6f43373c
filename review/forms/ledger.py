"""The form of the ledger: one month as a belligerent itself reports it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional

from review.forms.harm import People
from review.forms.typed import ARABIC
from review.queries.reports import EntryPage
from review.rules.ledger import FIGURES, MOST, WRONG_FIGURE, Report

WRONG = _l(WRONG_FIGURE)


def _figure(label: str) -> People:
    return People(label, [Optional(), NumberRange(0, MOST, WRONG)])


class ReportForm(FlaskForm):
    """Six figures, each of which may stay empty, and where the party published them."""

    party = StringField(_l("Whose report it is"))
    month = StringField(_l("Month of the report"))
    carried = _figure(_l("Carried over"))
    received = _figure(_l("Received"))
    credible = _figure(_l("Closed as credible"))
    non_credible = _figure(_l("Closed as non-credible"))
    duplicate = _figure(_l("Closed as duplicates"))
    open = _figure(_l("Open at the end"))
    url = StringField(_l("Address of the report"))
    why = TextAreaField(_l("Why it is corrected"))
    seen = HiddenField()

    @classmethod
    def showing(cls, page: EntryPage) -> ReportForm:
        """The figures that stand, to be corrected; an empty form where none do."""
        standing = page.standing.standing if page.standing else None
        begun = {name: getattr(standing.report, name) for name in FIGURES} if standing else {}
        return cls(
            party=page.name,
            month=page.month,
            url=standing.url if standing else "",
            seen=str(standing.number if standing else 0),
            **begun,
        )

    @property
    def report(self) -> Report:
        """What was typed."""
        return Report(**{name: self[name].data for name in FIGURES})

    @property
    def of_month(self) -> str:
        """The month as typed, in Western or Arabic digits."""
        return (self.month.data or "").strip().translate(ARABIC)

    @property
    def version(self) -> int:
        """The version that the form showed."""
        text = self.seen.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
