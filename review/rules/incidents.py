"""Facts as typed by a person: what cannot be true is said, field by field; what is doubtful is only
flagged."""

from __future__ import annotations

import json
from datetime import date

from review.rules import texts
from review.rules.facts import (
    ACCURACIES,
    CATEGORIES,
    DATE_TYPES,
    PARTY_ROLES,
    POSITIONS,
    STRIKE_STATUSES,
    Casualties,
    Facts,
    Place,
)
from review.rules.rounds import range_problem
from review.rules.words import N_

LONGEST_CODE = 80
MOST_BYTES = 48_000  # of all facts, so that base64 stays under 65,536 (AUDIT-FORMAT section 11)
LONGEST_TIME = 60  # clock times, windows and words alike stand in the published data
TOO_LONG = N_("This is longer than the record can carry.")
DOUBTS = {
    "parts-above-total": N_("Children, women and men together are more than the civilians recorded."),
    "no-place": N_("No place is recorded."),
    "no-date": N_("No date is recorded."),
    "no-point": N_("No point is recorded for the place."),
}


def problems(facts: Facts) -> dict[str, str]:
    """Field -> sentence for what cannot be taken; empty where the facts may be recorded."""
    found = _date_problems(facts)
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
    if facts.time is not None and not 0 < len(facts.time.strip()) <= LONGEST_TIME:
        found["time"] = N_("Write the time as 04:30 or in a few words such as around dusk, or leave it empty.")
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
        return {"parties": N_("A party is suspected or known.")}
    return {}


def _vocabulary_problems(facts: Facts) -> dict[str, str]:
    found = {}
    if facts.strike_status is not None and facts.strike_status not in STRIKE_STATUSES:
        found["strike_status"] = N_("Choose one of the strike statuses listed, or leave it empty.")
    if any(category not in CATEGORIES for category, _casualties in facts.ranges):
        found["ranges"] = N_("Choose one of the groups of people listed.")
    return found


def _length_problems(facts: Facts) -> dict[str, str]:
    if any(len(code) > LONGEST_CODE for code in (*facts.codes, *facts.earlier_codes)):
        return {"codes": TOO_LONG}
    written = json.dumps(facts.as_dict(), ensure_ascii=False).encode("utf-8", "replace")
    return {"facts": TOO_LONG} if len(written) > MOST_BYTES else {}


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
    """What is worth a second look, by key of `DOUBTS`; never a wall."""
    found = []
    most = facts.civilians.killed.maximum
    if most is not None and _parts(facts) > most:
        found.append("parts-above-total")
    if facts.date is None:
        found.append("no-date")
    if not any(_named(place) for place in facts.places):
        found.append("no-place")
    elif not any(place.point for place in facts.places):
        found.append("no-point")
    return tuple(found)


def _parts(facts: Facts) -> int:
    ranges = dict(facts.ranges)
    return sum(ranges[name].killed.minimum or 0 for name in ("children", "women", "men") if name in ranges)
