"""The form of a split: in a few words what each new incident is, and what goes where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from review.forms.typed import Typed, bound, refuse
from review.rules.facts import Casualties, Facts, Range
from review.rules.merging import FEWEST_PARTS, MOST_PARTS, Part

SHAPED = ("summary", "code", "killed_min", "killed_max", "injured_min", "injured_max")


def how_many(text: str | None) -> int:
    """How many new incidents the form offers."""
    return min(max(int(text), FEWEST_PARTS), MOST_PARTS) if text and text.isascii() and text.isdigit() else FEWEST_PARTS


def parts(typed: Typed, facts: Facts, claim: Callable[[str], int]) -> tuple[Part, ...]:
    """The new incidents as typed; one of which nothing was said is none. `claim` finds a claim by its name."""
    problems: dict[str, str] = {}
    found = tuple(
        _part(typed, place, facts, claim, problems)
        for place in range(1, MOST_PARTS + 1)
        if _said(typed, place)
    )
    refuse(problems)
    return found


def _said(typed: Typed, place: int) -> bool:
    """True where something is said of this part, or goes into it."""
    said = any(typed.text(f"part-{place}-{name}") for name in SHAPED)
    return said or bool(_claims(typed, place)) or bool(typed.numbers(f"part-{place}-sources"))


def _claims(typed: Typed, place: int) -> list[str]:
    names = [name.removeprefix("claim-") for name in typed.values if name.startswith("claim-")]
    return [name for name in names if typed.value(f"claim-{name}") == str(place)]


def _part(typed: Typed, place: int, facts: Facts, claim: Callable[[str], int], problems: dict[str, str]) -> Part:
    return Part(
        _facts(typed, place, facts, problems),
        tuple(sorted(claim(name) for name in _claims(typed, place))),
        typed.numbers(f"part-{place}-sources"),
    )


def _facts(typed: Typed, place: int, facts: Facts, problems: dict[str, str]) -> Facts:
    """What was known of the whole, with what is said of this part; whom it harmed is not known of a part until said."""
    before = f"part-{place}-"
    killed = Range(bound(typed, f"{before}killed_min", problems), bound(typed, f"{before}killed_max", problems))
    injured = Range(bound(typed, f"{before}injured_min", problems), bound(typed, f"{before}injured_max", problems))
    known = killed.known or injured.known
    code, day = typed.text(f"{before}code"), typed.text(f"{before}date")
    shaped = replace(
        facts,
        summary=typed.text(f"{before}summary"),
        codes=(code,) if code else (),
        earlier_codes=(),
        ranges=(("civilians", Casualties(killed, injured)),) if known else (),
    )
    return shaped if day in (None, facts.date) else replace(shaped, date_type="date", date=day, date_end=None)
