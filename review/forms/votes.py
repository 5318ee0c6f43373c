"""The ballot as a form: what was ticked and typed becomes a ballot of the rules."""

from __future__ import annotations

from review.forms.typed import Typed, bound, refuse
from review.rules.dossier import Ballot
from review.rules.facts import Casualties, Range

FIELDS = (
    "grade", "killed_min", "killed_max", "injured_min", "injured_max", "rationale", "departs", "sources",
)  # fmt: skip


def ballot(typed: Typed) -> Ballot:
    """The ballot; Invalid only where a number of people is none. All else the rules judge."""
    return Ballot(
        grade=typed.value("grade"),
        casualties=casualties(typed),
        rationale=typed.text("rationale"),
        sources=typed.numbers("sources"),
        departs=typed.text("departs"),
    )


def casualties(typed: Typed) -> Casualties:
    """Killed and injured, each fewest to most; an empty box is not known, and 0 is a finding."""
    problems: dict[str, str] = {}
    killed = Range(bound(typed, "killed_min", problems), bound(typed, "killed_max", problems))
    injured = Range(bound(typed, "injured_min", problems), bound(typed, "injured_max", problems))
    refuse(problems)
    return Casualties(killed, injured)


def kept(typed: Typed, fields: tuple[str, ...] = FIELDS) -> dict[str, list[str]]:
    """What of a form is worth keeping as a draft."""
    return {name: list(typed.values[name]) for name in fields if any(typed.values.get(name, ()))}
