"""The form of an incident's facts: one place, up to some parties, a range for each group of people."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FieldList,
    FloatField,
    Form,
    FormField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import NumberRange, Optional

from review.rules.facts import (
    ACCURACIES,
    CATEGORIES,
    DATE_TYPES,
    PARTY_ROLES,
    STRIKE_STATUSES,
    Casualties,
    Facts,
    Party,
    Place,
    Range,
)

PARTIES = 4
WHOLE = _l("Use a whole number, or leave it empty where nobody knows.")
NUMBER = _l("Use a number such as 36.2, or leave it empty.")


def _said(words: Iterable[tuple[str, str]], empty: str | None = None) -> list[tuple[str, str]]:
    choices = [(key, _l(label)) for key, label in words]
    return [("", empty), *choices] if empty is not None else choices


class People(IntegerField):
    """A whole number of people, or nobody knows."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """An empty answer is not zero."""
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            self.data = int(valuelist[0])
        except ValueError:
            raise ValueError(WHOLE) from None


class Coordinate(FloatField):
    """Degrees, or not known."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Empty means that no point is known."""
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            self.data = float(valuelist[0].replace(",", "."))
        except ValueError:
            raise ValueError(NUMBER) from None


def _people(label: str) -> People:
    return People(label, [Optional(), NumberRange(0, 10_000_000, WHOLE)])


class PartyForm(Form):
    """One belligerent named."""

    name = StringField(_l("Party"))
    role = SelectField(_l("How"), choices=lambda: _said(PARTY_ROLES.items()), validate_choice=False)
    tracked = BooleanField(_l("Tracked by this desk"), default=True)


class HarmForm(Form):
    """Fewest and most of one group."""

    killed_min = _people(_l("Killed, fewest"))
    killed_max = _people(_l("Killed, most"))
    injured_min = _people(_l("Injured, fewest"))
    injured_max = _people(_l("Injured, most"))

    @property
    def casualties(self) -> Casualties:
        """What was typed of this group."""
        return Casualties(
            Range(self.killed_min.data, self.killed_max.data),
            Range(self.injured_min.data, self.injured_max.data),
        )


class FactsForm(FlaskForm):
    """Everything recorded of an incident; `stream` only where it is new, `reason` only where it is not."""

    stream = SelectField(_l("Stream"), choices=[], validate_choice=False)
    summary = TextAreaField(_l("What is reported"))
    date_type = SelectField(_l("The date is"), choices=lambda: _said(DATE_TYPES.items()))
    date = StringField(_l("Day, or first day"))
    date_end = StringField(_l("Last day"))
    time = StringField(_l("Time of day"))
    place_en = StringField(_l("Place in English"))
    place_ar = StringField(_l("Place in Arabic"))
    region = StringField(_l("Region"))
    latitude = Coordinate(_l("Latitude"), [Optional()])
    longitude = Coordinate(_l("Longitude"), [Optional()])
    accuracy = SelectField(_l("How exactly it is known"), choices=lambda: _said(ACCURACIES.items(), "–"))
    strike_status = SelectField(_l("Strike status"), choices=lambda: _said(STRIKE_STATUSES.items(), "–"))
    strike_types = StringField(_l("Kinds of strike"))
    causes = StringField(_l("Causes of harm"))
    infrastructure = StringField(_l("What was hit"))
    parties = FieldList(FormField(PartyForm), min_entries=PARTIES)
    civilians = FormField(HarmForm)
    children = FormField(HarmForm)
    women = FormField(HarmForm)
    men = FormField(HarmForm)
    belligerents = FormField(HarmForm)
    codes = StringField(_l("Codes"))
    reason = TextAreaField(_l("Why"))

    @property
    def groups(self) -> list[tuple[str, FormField]]:
        """Each group of people with its part of the form."""
        return [(category, self[category]) for category in CATEGORIES]

    @classmethod
    def showing(cls, facts: Facts) -> FactsForm:
        """The form filled with facts, unless it was just sent."""
        place = facts.places[0] if facts.places else Place()
        names, ranges = dict(place.names), dict(facts.ranges)
        parties = [{"name": one.name, "role": one.role, "tracked": one.tracked} for one in facts.parties]
        blank = {"name": "", "role": "suspected", "tracked": True}
        return cls(
            summary=facts.summary, date_type=facts.date_type, date=facts.date, date_end=facts.date_end,
            time=facts.time, place_en=names.get("en"), place_ar=names.get("ar"), region=place.region,
            latitude=place.point[0] if place.point else None,
            longitude=place.point[1] if place.point else None,
            accuracy=place.accuracy or "", strike_status=facts.strike_status or "",
            strike_types=", ".join(facts.strike_types), causes=", ".join(facts.causes),
            infrastructure=", ".join(facts.infrastructure), codes=" ".join(facts.codes),
            parties=parties + [blank] * max(1, PARTIES - len(parties)),
            **{name: _shown(ranges.get(name, Casualties())) for name in CATEGORIES},
        )  # fmt: skip

    def facts(self, before: Facts) -> Facts:
        """What was typed; what the form does not ask (further places, earlier codes) stays as it is."""
        kept = tuple(
            (name, part.form.casualties)
            for name, part in self.groups
            if part.form.casualties.killed.known or part.form.casualties.injured.known
        )
        codes = tuple(dict.fromkeys(re.split(r"[\s,;]+", (self.codes.data or "").strip())))
        codes = tuple(code for code in codes if code)
        dropped = tuple(code for code in before.codes if code not in codes)
        return replace(
            before,
            date_type=self.date_type.data or "unknown",
            date=_words(self.date.data),
            date_end=_words(self.date_end.data) if self.date_type.data == "date_range" else None,
            time=_words(self.time.data),
            places=self._places(before),
            parties=self._parties(),
            strike_types=_list(self.strike_types.data),
            strike_status=self.strike_status.data or None,
            causes=_list(self.causes.data),
            infrastructure=_list(self.infrastructure.data),
            ranges=tuple(sorted(kept, key=lambda pair: pair[0])),
            codes=codes,
            earlier_codes=(*before.earlier_codes, *(c for c in dropped if c not in before.earlier_codes)),
            summary=_words(self.summary.data),
        )

    def _places(self, before: Facts) -> tuple[Place, ...]:
        first = before.places[0] if before.places else Place()
        names = {**dict(first.names), "en": _words(self.place_en.data), "ar": _words(self.place_ar.data)}
        latitude, longitude = self.latitude.data, self.longitude.data
        typed = Place(
            names=tuple(sorted((code, name) for code, name in names.items() if name)),
            region=_words(self.region.data),
            point=(latitude, longitude) if latitude is not None and longitude is not None else None,
            accuracy=self.accuracy.data or None,
        )
        return (typed, *before.places[1:]) if typed != Place() else before.places[1:]

    def _parties(self) -> tuple[Party, ...]:
        typed = [part.form for part in self.parties if _words(part.form.name.data)]
        return tuple(
            Party(part.name.data.strip(), bool(part.tracked.data), part.role.data or "suspected") for part in typed
        )


# Field of the rules -> field of this form, where they differ.
FIELDS = {
    "place": "place_en",
    "place-0-latitude": "latitude",
    "place-0-longitude": "longitude",
    "place-0-accuracy": "accuracy",
    "facts": "summary",
    "ranges": "civilians",
    **{f"{name}-{harm}": name for name in CATEGORIES for harm in ("killed", "injured")},
}


def _shown(casualties: Casualties) -> dict[str, int | None]:
    return {
        "killed_min": casualties.killed.minimum,
        "killed_max": casualties.killed.maximum,
        "injured_min": casualties.injured.minimum,
        "injured_max": casualties.injured.maximum,
    }


def _words(text: str | None) -> str | None:
    return (text or "").strip() or None


def _list(text: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in (text or "").split(",") if part.strip()))
