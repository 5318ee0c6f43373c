"""The form of an incident's facts, whole: when, where, who, how, what was hit, and whom it harmed.

Places and parties come and go with buttons of the form itself, so that it works without a script.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)

from review.forms import harm, hit, places
from review.forms.choices import offered
from review.forms.typed import words
from review.rules import points
from review.rules.facts import Casualties, Facts, Party, Place
from review.rules.times import clock
from review.rules.vocabulary import (
    CATEGORIES,
    CAUSES,
    DATE_TYPES,
    INFRASTRUCTURE,
    MAIN_CATEGORIES,
    OBSERVATIONS,
    OTHER_CATEGORIES,
    PARTY_ROLES,
    STRIKE_STATUSES,
    STRIKE_TYPES,
    TIME_TYPES,
    TIMES_OF_DAY,
    Vocabulary,
)

CLOCKED = ("exact", "approximate", "window")
NEW_PARTY = {"name": "", "role": "suspected", "tracked": True}


class PartyForm(Form):
    """One belligerent named."""

    name = StringField(_l("Party"))
    role = SelectField(_l("In what capacity"), choices=lambda: offered(PARTY_ROLES), validate_choice=False)
    tracked = BooleanField(_l("Tracked by this desk"), default=True)


def _ticks(label: str, vocabulary: Vocabulary) -> SelectMultipleField:
    return SelectMultipleField(label, choices=lambda: offered(vocabulary), validate_choice=False)


class FactsForm(FlaskForm):
    """Everything recorded of an incident; `stream` only where it is new, `reason` only where it is not."""

    seen = HiddenField()  # the evidence that the page showed; a page that comes back carries it on
    stream = SelectField(_l("Stream"), choices=[], validate_choice=False)
    summary = TextAreaField(_l("What is reported"))
    codes = StringField(_l("Codes"))
    earlier_codes = StringField(_l("Earlier codes"))
    date_type = SelectField(_l("Kind of date"), choices=lambda: offered(DATE_TYPES), default="unknown")
    date = StringField(_l("Day, or first day"))
    date_end = StringField(_l("Last day"))
    time_type = SelectField(
        _l("Kind of time"), choices=lambda: offered(TIME_TYPES, _l("in words, or not said")), default=""
    )
    time = StringField(_l("Time"))
    time_end = StringField(_l("Until"))
    time_of_day = SelectField(_l("Time of day"), choices=lambda: offered(TIMES_OF_DAY, "–"), default="")
    first_reported_by = StringField(_l("First reported by"))
    first_reported_url = StringField(_l("Address of the first report"))
    places = FieldList(FormField(places.PlaceForm), min_entries=1)
    primary = StringField(_l("Primary place"))
    parties = FieldList(FormField(PartyForm), min_entries=1)
    strike_status = SelectField(_l("Strike status"), choices=lambda: offered(STRIKE_STATUSES, "–"), default="")
    strike_types = _ticks(_l("Kind of strike"), STRIKE_TYPES)
    other_strike_types = TextAreaField(_l("Other kinds of strike"))
    causes = _ticks(_l("Cause of harm"), CAUSES)
    other_causes = TextAreaField(_l("Other causes of harm"))
    hit = FormField(hit.HitForm)
    other_infrastructure = TextAreaField(_l("Other things hit"))
    observations = _ticks(_l("Observations"), OBSERVATIONS)
    reason = TextAreaField(_l("Why"))

    @property
    def groups(self) -> list[tuple[str, FormField]]:
        """The total of civilians, its parts, and the fighters, each with its part of the form."""
        return [(category, self[category]) for category in MAIN_CATEGORIES]

    @property
    def further_groups(self) -> list[tuple[str, FormField]]:
        """The groups of people that are rarely told apart."""
        return [(category, self[category]) for category in OTHER_CATEGORIES]

    @property
    def further_groups_said(self) -> bool:
        """True where a number or a problem stands in one of the further groups."""
        boxes = [box for _category, part in self.further_groups for box in part.form]
        return any(box.data is not None or box.errors for box in boxes)

    def is_primary(self, part: FormField) -> bool:
        """Whether this place is the primary one: the one chosen, else the first."""
        names = [one.name for one in self.places]
        return part.name == (self.primary.data if self.primary.data in names else names[0])

    @classmethod
    def showing(cls, facts: Facts, exact: Any = None, seen: str | None = None) -> FactsForm:
        """The form filled with facts and what stands beside them, unless it was just sent."""
        ranges = dict(facts.ranges)
        report = points.beside(exact).get("first_reported") or {}
        notes = points.notes(facts, exact)
        known = [places.shown(*one) for one in zip(range(len(facts.places)), facts.places, notes, strict=True)]
        parties = [{"name": one.name, "role": one.role, "tracked": one.tracked} for one in facts.parties]
        of_day = facts.time_type == "time_of_day"
        return cls(
            seen=seen, summary=facts.summary,
            codes=_codes_shown(facts.codes), earlier_codes=_codes_shown(facts.earlier_codes),
            date_type=facts.date_type, date=facts.date, date_end=facts.date_end,
            time_type=facts.time_type or "", time=None if of_day else facts.time, time_end=facts.time_end,
            time_of_day=facts.time if of_day else "",
            first_reported_by=report.get("by"), first_reported_url=report.get("url"),
            places=known or [{}], parties=parties or [NEW_PARTY], strike_status=facts.strike_status or "",
            strike_types=list(facts.strike_types), other_strike_types=_others(facts.strike_types, STRIKE_TYPES),
            causes=list(facts.causes), other_causes=_others(facts.causes, CAUSES),
            hit=hit.shown(facts), other_infrastructure=_others(facts.infrastructure, INFRASTRUCTURE),
            observations=list(facts.observations),
            **{name: harm.shown(ranges.get(name, Casualties())) for name in CATEGORIES},
        )  # fmt: skip

    def reshaped(self, sent: Mapping[str, str]) -> bool:
        """Add or take away a place or a party where such a button was pressed; all that was typed stays."""
        added, gone = sent.get("add"), sent.get("remove")
        if added in ("place", "party"):
            self._list(added).append_entry({} if added == "place" else NEW_PARTY)
        elif gone:
            self._remove(gone)
        return bool(added or gone)

    def _list(self, what: str) -> FieldList:
        return self.places if what.startswith("place") else self.parties

    def _remove(self, name: str) -> None:
        rows = self._list(name)
        rows.entries = [entry for entry in rows.entries if entry.name != name]
        if not rows.entries:
            rows.append_entry({} if rows is self.places else NEW_PARTY)

    # --- what was typed, as facts ---------------------------------------------------------------------------

    def facts(self, before: Facts) -> Facts:
        """What was typed; a name in another language, a flag and a code with a space in it stay as they are."""
        ranges = [(name, self[name].form.casualties) for name in CATEGORIES]
        codes, earlier = self._codes(before)
        known = hit.typed(self.hit.form)
        others = _lines(self.other_infrastructure.data)
        kept = {one: damage for one, damage in before.damage if one in others}
        damage = {**kept, **{kind: said for kind, said in known.items() if said}}
        return replace(
            before,
            **self._when(),
            places=tuple(place for _part, place in self._placed(before)),
            parties=self._parties(),
            strike_types=_chosen(self.strike_types, self.other_strike_types, before.strike_types),
            strike_status=self.strike_status.data or None,
            causes=_chosen(self.causes, self.other_causes, before.causes),
            infrastructure=_ordered((*known, *others), before.infrastructure),
            damage=tuple(sorted(damage.items())),
            observations=_ordered(self.observations.data or (), before.observations),
            ranges=tuple(sorted((name, one) for name, one in ranges if one.killed.known or one.injured.known)),
            codes=codes,
            earlier_codes=earlier,
            summary=words(self.summary.data),
        )

    def beside(self, before: Facts, exact: Any) -> dict[str, Any]:
        """What was typed that is kept sealed beside the facts: notes on places, who reported first and where."""
        notes = [words(part.form.note.data) for part, _place in self._placed(before)]
        report = {"by": words(self.first_reported_by.data), "url": words(self.first_reported_url.data)}
        said = {name: word for name, word in report.items() if word}
        typed = {"notes": notes if any(notes) else None, "first_reported": said or None}
        return {**points.beside(exact), **typed}

    def _when(self) -> dict[str, Any]:
        kind, time = self.time_type.data or None, words(self.time.data)
        if kind == "time_of_day":
            time = self.time_of_day.data or None
        elif kind in CLOCKED:
            time = clock(time) or time
        end = words(self.time_end.data) if kind == "window" else None
        return {
            "date_type": self.date_type.data or "unknown",
            "date": words(self.date.data),
            "date_end": words(self.date_end.data) if self.date_type.data == "date_range" else None,
            "time_type": kind,
            "time": time,
            "time_end": clock(end) or end,
        }

    def _placed(self, before: Facts) -> list[tuple[FormField, Place]]:
        """Each place that says something with its part of the form, the primary one first."""
        typed = [(part, part.form.place(before.places)) for part in self.places]
        said = [pair for pair in typed if pair[1] != Place() or words(pair[0].form.note.data)]
        return sorted(said, key=lambda pair: not self.is_primary(pair[0]))

    def _parties(self) -> tuple[Party, ...]:
        typed = [part.form for part in self.parties if words(part.form.name.data)]
        return tuple(
            Party(part.name.data.strip(), bool(part.tracked.data), part.role.data or "suspected") for part in typed
        )

    def _codes(self, before: Facts) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The codes, and the earlier ones: a code that is left out becomes an earlier one."""
        codes = _codes_typed(self.codes.data, before.codes)
        earlier = _codes_typed(self.earlier_codes.data, before.earlier_codes)
        dropped = [code for code in before.codes if code not in codes]
        return codes, tuple(code for code in dict.fromkeys((*earlier, *dropped)) if code not in codes)

    def targets(self, before: Facts) -> dict[str, Field]:
        """The rules' names of what is the matter -> the box it came from, where they are called otherwise."""
        first = self.places.entries[0].form
        found: dict[str, Field] = {"place": first.place_en, "facts": self.summary, "damage": self.other_infrastructure}
        found |= {"infrastructure": self.other_infrastructure, "ranges": self.civilians.form.killed_min}
        for number, (part, _place) in enumerate(self._placed(before)):
            found |= {f"place-{number}-{box.short_name}": box for box in part.form}
        for name in CATEGORIES:
            boxes = self[name].form
            found |= {f"{name}-killed": boxes.killed_min, f"{name}-injured": boxes.injured_min}
        return found


for _category in CATEGORIES:
    setattr(FactsForm, _category, FormField(harm.HarmForm))


def _codes_shown(codes: tuple[str, ...]) -> str:
    return " ".join(code for code in codes if not _spaced(code))


def _codes_typed(text: str | None, before: tuple[str, ...]) -> tuple[str, ...]:
    """Codes stand with spaces between them, so one that holds a space cannot be typed, and stays."""
    kept = [code for code in before if _spaced(code)]
    return tuple(dict.fromkeys([*(text or "").replace(",", " ").split(), *kept]))


def _spaced(code: str) -> bool:
    return len(code.split()) > 1 or "," in code


def _lines(text: str | None) -> tuple[str, ...]:
    """One a line: such words hold commas."""
    return tuple(dict.fromkeys(line.strip() for line in (text or "").splitlines() if line.strip()))


def _others(found: tuple[str, ...], vocabulary: Vocabulary) -> str:
    return "\n".join(word for word in found if word not in vocabulary)


def _chosen(ticks: Field, lines: Field, before: tuple[str, ...]) -> tuple[str, ...]:
    offered_keys = [str(key) for key, _label, *_rest in ticks.iter_choices()]
    ticked = [key for key in ticks.data or () if key in offered_keys]
    return _ordered((*ticked, *_lines(lines.data)), before)


def _ordered(found: Any, before: tuple[str, ...]) -> tuple[str, ...]:
    """The words in the order they had, the new ones behind: an order alone is no change."""
    known = [word for word in before if word in found]
    return tuple(dict.fromkeys([*known, *found]))
