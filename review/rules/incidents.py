"""Facts as typed by a person: what cannot be true is said, field by field; what is doubtful is only
flagged."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from review.rules import sources, texts, times
from review.rules.facts import Casualties, Facts, Place, Range
from review.rules.rounds import range_problem
from review.rules.vocabulary import (
    ACCURACIES,
    CATEGORIES,
    DAMAGES,
    DATE_TYPES,
    OBSERVATIONS,
    PARTY_ROLES,
    POSITIONS,
    STRIKE_STATUSES,
)
from review.rules.words import N_

LONGEST_CODE = 80
MOST_BYTES = 48_000  # of all facts, so that base64 stays under 65,536 (AUDIT-FORMAT section 11)
LONGEST_WORD = 200  # of a kind of strike, a cause, a thing hit
TOO_LONG = N_("This is longer than the record can carry.")
DOUBTS = {
    "parts-above-total": N_("Children, women and men together are more than the civilians recorded."),
    "part-above-total": N_("A range of children, women or men reaches above that of the civilians."),
    "total-below-parts": N_("The civilians may be fewer than the children, women and men that are certain."),
    "window-closed": N_("The two times between which it happened are the same."),
    "only-targets": N_("Every party named is a target; none is suspected or known."),
    "no-place": N_("No place is recorded."),
    "no-date": N_("No date is recorded."),
    "no-point": N_("No point is recorded for the place."),
}


def problems(facts: Facts) -> dict[str, str]:
    """Field -> sentence for what cannot be taken; empty where the facts may be recorded."""
    found = _date_problems(facts) | times.problems(facts)
    if facts.date is None and not any(_named(place) for place in facts.places):
        found.setdefault("place", N_("Not answered yet. An incident has at least a place or a date."))
    for number, place in enumerate(facts.places):
        found |= {f"place-{number}-{field}": sentence for field, sentence in _place_problems(place).items()}
    found |= _party_problems(facts)
    found |= _vocabulary_problems(facts)
    found |= _length_problems(facts)
    for category, casualties in facts.ranges:
        found |= _casualty_problems(category, casualties)
    if texts.too_long(facts.summary):
        found["summary"] = N_("This is longer than the record can carry: at most %(longest)s characters.")
    return found


def _date_problems(facts: Facts) -> dict[str, str]:
    found = {}
    if facts.date_type not in DATE_TYPES:
        found["date_type"] = N_("Choose one day, a range of days, or not known.")
    if facts.date is not None and not _is_day(facts.date):
        found["date"] = N_("This is no day of the calendar.")
    if facts.date_end is not None and not _is_day(facts.date_end):
        found["date_end"] = N_("This is no day of the calendar.")
    if found:
        return found
    if facts.date_type != "unknown" and facts.date is None:
        found["date"] = N_("Not answered yet. Give the day, or say that it is not known.")
    if facts.date_type == "date_range" and facts.date_end is None:
        found["date_end"] = N_("Not answered yet. Give the last day of the range.")
    if facts.date and facts.date_end and facts.date_end < facts.date:
        found["date_end"] = N_("The last day is before the first.")
    return found


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _named(place: Place) -> bool:
    return bool(place.region or place.point or any(name for _language, name in place.names))


def _place_problems(place: Place) -> dict[str, str]:
    found = {}
    if place.point is not None:
        latitude, longitude = place.point
        if not -90 <= latitude <= 90:
            found["latitude"] = N_("A latitude lies between -90 and 90.")
        if not -180 <= longitude <= 180:
            found["longitude"] = N_("A longitude lies between -180 and 180.")
        if place.accuracy is None:
            found["accuracy"] = N_("Not answered yet. Say how exactly the point is known.")
    if place.accuracy is not None and place.accuracy not in ACCURACIES:
        found["accuracy"] = N_("Choose one of the accuracies listed.")
    return found


def _party_problems(facts: Facts) -> dict[str, str]:
    if any(not party.name.strip() for party in facts.parties):
        return {"parties": N_("A party has no name.")}
    if len({party.name for party in facts.parties}) < len(facts.parties):
        return {"parties": N_("A party is named twice.")}
    if any(party.role not in PARTY_ROLES for party in facts.parties):
        return {"parties": N_("A party is suspected, known, or said to be the target.")}
    return {}


def _vocabulary_problems(facts: Facts) -> dict[str, str]:
    found = {}
    if facts.strike_status is not None and facts.strike_status not in STRIKE_STATUSES:
        found["strike_status"] = N_("Choose one of the strike statuses listed, or leave it empty.")
    if any(category not in CATEGORIES for category, _casualties in facts.ranges):
        found["ranges"] = N_("Choose one of the groups of people listed.")
    if any(one not in OBSERVATIONS for one in facts.observations):
        found["observations"] = N_("Choose among the observations listed.")
    if any(one not in facts.infrastructure or damage not in DAMAGES for one, damage in facts.damage):
        found["damage"] = N_("Damage is partial or complete, of something that was hit.")
    return found


def _length_problems(facts: Facts) -> dict[str, str]:
    if any(len(code) > LONGEST_CODE for code in (*facts.codes, *facts.earlier_codes)):
        return {"codes": TOO_LONG}
    for field in ("strike_types", "causes", "infrastructure"):
        if any(len(word) > LONGEST_WORD for word in getattr(facts, field)):
            return {field: TOO_LONG}
    return {"facts": TOO_LONG} if _written(facts.as_dict()) > MOST_BYTES else {}


def _written(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


def exact_problems(exact: Mapping[str, Any] | None) -> dict[str, str]:
    """Field -> sentence for what cannot be kept beside the facts: notes on places, who reported first and where."""
    notes = (exact or {}).get("notes") or ()
    report = (exact or {}).get("first_reported") or {}
    found = {f"place-{number}-note": texts.TOO_LONG for number, note in enumerate(notes) if texts.too_long(note)}
    if texts.too_long(report.get("by")):
        found["first_reported_by"] = texts.TOO_LONG
    sentence = sources.url_problem(report["url"]) if report.get("url") else None
    if sentence:
        found["first_reported_url"] = sentence
    return found or ({"facts": TOO_LONG} if _written(exact) > MOST_BYTES else {})


def _casualty_problems(category: str, casualties: Casualties) -> dict[str, str]:
    found = {}
    for name, pair in (("killed", casualties.killed), ("injured", casualties.injured)):
        problem = range_problem(pair)
        if problem:
            found[f"{category}-{name}"] = problem
    return found


def position_problems(party: str | None, position: str, conceded: Casualties) -> dict[str, str]:
    """Field -> sentence for an official position that cannot be taken."""
    found = {}
    if not (party or "").strip():
        found["party"] = N_("Not answered yet. Say which party it is.")
    if position not in POSITIONS:
        found["position"] = N_("Choose one of the positions listed.")
    return found | _casualty_problems("conceded", conceded)


def doubts(facts: Facts) -> tuple[str, ...]:
    """What is worth a second look, by key of `DOUBTS`; never a wall. Of the totals only the plainest contradiction."""
    totals = [key for key, doubtful in _TOTALS.items() if doubtful(facts)]
    return (*totals[:1], *(key for key, doubtful in _DOUBTFUL.items() if doubtful(facts)))


PARTS = ("children", "women", "men")


def _harms(facts: Facts) -> tuple[tuple[Range, list[Range]], ...]:
    """The civilians and their known parts: of the killed, and of the injured."""
    ranges = dict(facts.ranges)
    parts = [ranges[name] for name in PARTS if name in ranges]
    return (
        (facts.civilians.killed, [one.killed for one in parts]),
        (facts.civilians.injured, [one.injured for one in parts]),
    )


def _parts_above_total(facts: Facts) -> bool:
    return any(
        total.maximum is not None and sum(part.minimum or 0 for part in parts) > total.maximum
        for total, parts in _harms(facts)
    )


def _part_above_total(facts: Facts) -> bool:
    return any(
        total.maximum is not None and any((part.maximum or 0) > total.maximum for part in parts)
        for total, parts in _harms(facts)
    )


def _total_below_parts(facts: Facts) -> bool:
    return any(
        total.minimum is not None and sum(part.minimum or 0 for part in parts) > total.minimum
        for total, parts in _harms(facts)
    )


def _no_point(facts: Facts) -> bool:
    placed = any(_named(place) for place in facts.places)
    return placed and not any(place.point for place in facts.places)


_TOTALS: Mapping[str, Callable[[Facts], bool]] = {
    "parts-above-total": _parts_above_total,
    "part-above-total": _part_above_total,
    "total-below-parts": _total_below_parts,
}
_DOUBTFUL: Mapping[str, Callable[[Facts], bool]] = {
    "no-date": lambda facts: facts.date is None,
    "no-place": lambda facts: not any(_named(place) for place in facts.places),
    "no-point": _no_point,
    "window-closed": lambda facts: facts.time_end is not None and facts.time_end == facts.time,
    "only-targets": lambda facts: bool(facts.parties) and all(one.role == "targeted" for one in facts.parties),
}
