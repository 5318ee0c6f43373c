"""The forms of a claim: received word for word, then placed. A long number in either is warned of once."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import AnyOf, Length

from review.rules.mentions import LONG_NUMBER_WARNING, long_numbers
from review.rules.vocabulary import LANGUAGES

COMMON = ("ar", "en")  # what most claims are in stands first
UNKNOWN_LANGUAGE = _l("Choose one of the languages listed, or leave it open.")


class Warned(FlaskForm):
    """A form that warns of a long number and takes it when it is sent once more; `heeded` are those warned of."""

    CHECKED: tuple[str, ...] = ()
    WARNING = LONG_NUMBER_WARNING
    heeded = HiddenField()
    numbers: tuple[str, ...] = ()

    def warns(self) -> bool:
        """Whether there is a long number in it that nobody was warned of yet; from now on they were."""
        found = [number for name in self.CHECKED for number in long_numbers(self[name].data)]
        fresh = set(found) - set((self.heeded.data or "").split())
        self.numbers = tuple(dict.fromkeys(found)) if fresh else ()
        self.heeded.data = " ".join(dict.fromkeys(found))
        return bool(fresh)


def _languages() -> list[tuple[str, str]]:
    rest = sorted((_l(name), code) for code, name in LANGUAGES.items() if code not in COMMON)
    common = [(code, _l(LANGUAGES[code])) for code in COMMON]
    return [("", _l("not known")), *common, *((code, name) for name, code in rest)]


class ClaimForm(Warned):
    """An allegation as it came, and who brought it."""

    CHECKED = ("text", "translation", "reporter")
    text = TextAreaField(_l("As received, word for word"))
    language = SelectField(
        _l("Language"),
        [AnyOf(("", *LANGUAGES), UNKNOWN_LANGUAGE)],
        choices=_languages,
        validate_choice=False,
        default="",
    )
    translation = TextAreaField(_l("Translation"))
    url = StringField(_l("Where it was said"), [Length(max=2000)])
    reporter = StringField(_l("Who reported it"), [Length(max=200)])


class PlaceForm(Warned):
    """Where a claim belongs: an incident near it, another by its code, or another claim that it repeats."""

    CHECKED = ("reason",)
    near = RadioField(_l("Likely incidents"), choices=[], validate_choice=False)
    incident = StringField(_l("Another incident, by its code"))
    twin = RadioField(_l("Likely duplicates"), choices=[], validate_choice=False)
    of = StringField(_l("Another claim, by its name"))
    reason = TextAreaField(_l("Why"))

    @property
    def wanted(self) -> str:
        """The incident that was named, typed before chosen."""
        return _first(self.incident.data, self.near.data)

    @property
    def repeated(self) -> str:
        """The claim that was named, typed before chosen."""
        return _first(self.of.data, self.twin.data)


def _first(typed: str | None, chosen: str | None) -> str:
    return (typed or "").strip() or (chosen or "").strip()
