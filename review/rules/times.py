"""The time of an incident: exact, about, between two, a time of day, first reported at, or words as written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from review.rules.facts import Facts
from review.rules.vocabulary import TIME_TYPES, TIMES_OF_DAY, key_of
from review.rules.words import N_

LONGEST_TIME = 60
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(:[0-5]\d)?")
_WINDOW = re.compile(r"\s*(\S+)\s*[-–—]\s*(\S+)\s*")

NO_CLOCK = N_("Write the time as 04:30.")
NOT_ANSWERED = N_("Not answered yet. Write the time as 04:30, or say that it is not known.")
NO_TIME_OF_DAY = N_("Choose one of the times of day listed.")
NO_WORDS = N_("Write the time as 04:30 or in a few words such as around dusk, or leave it empty.")
NO_REPORT = N_("Write when it was first reported as 04:30 or 2031-03-14 04:30.")


@dataclass(frozen=True, slots=True)
class Time:
    """What of the facts says the time of day."""

    type: str | None = None
    time: str | None = None
    end: str | None = None


def clock(text: str | None) -> str | None:
    """A time of the clock as 04:30, seconds left out; None where it is none."""
    found = _CLOCK.fullmatch((text or "").strip())
    return f"{int(found[1]):02}:{found[2]}" if found else None


def read(cell: str) -> Time:
    """A time as somebody else wrote it: a clock time, two of them, a time of day, else words as they are."""
    words = cell.strip()
    if not words:
        return Time()
    if at := clock(words):
        return Time("exact", at)
    if named := key_of(words, TIMES_OF_DAY):
        return Time("time_of_day", named)
    parts = _WINDOW.fullmatch(words)
    first, last = (clock(parts[1]), clock(parts[2])) if parts else (None, None)
    return Time("window", first, last) if first and last else Time(None, words)


def problems(facts: Facts) -> dict[str, str]:
    """Field -> sentence for a time that cannot be taken. A window may run over midnight."""
    kind, time, end = facts.time_type, facts.time, facts.time_end
    if kind is None:
        fits = time is None or 0 < len(time.strip()) <= LONGEST_TIME
        return {} if fits else {"time": NO_WORDS}
    if kind not in TIME_TYPES:
        return {"time_type": N_("Choose one of the kinds of time listed.")}
    if kind == "unknown":
        return {} if time is None else {"time": N_("A time is given. Say what kind of time it is.")}
    if kind == "time_of_day":
        return {} if time in TIMES_OF_DAY else {"time_of_day": NO_TIME_OF_DAY}
    if kind == "first_reported":
        return {} if _moment(time) else {"time": NO_REPORT}
    found = {} if clock(time) else {"time": NO_CLOCK if time else NOT_ANSWERED}
    if kind == "window" and not clock(end):
        found["time_end"] = NO_CLOCK if end else N_("Not answered yet. Give the later of the two times.")
    return found


def _moment(text: str | None) -> bool:
    day, _space, at = (text or "").strip().rpartition(" ")
    if not day:
        return clock(at) is not None or _is_day(at)
    return _is_day(day) and clock(at) is not None


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False
