"""The ballot as a form: what was ticked and typed becomes a ballot of the rules."""

from __future__ import annotations

from review.forms.typed import Typed, bound, refuse, whole
from review.rules.dossier import Ballot
from review.rules.facts import Casualties, Range
from review.rules.tags import tagged
from review.rules.texts import too_long
from review.rules.words import N_

NOTE = "note-"
LONG_NOTE = N_("A note is longer than can be kept. Shorten it.")
FIELDS = (
    "grade", "killed_min", "killed_max", "injured_min", "injured_max", "rationale", "tags", "departs", "sources",
)  # fmt: skip


def ballot(typed: Typed) -> Ballot:
    """The ballot; Invalid only where a number of people is none. All else the rules judge."""
    return Ballot(
        grade=typed.value("grade"),
        casualties=casualties(typed),
        rationale=tagged(typed.text("rationale"), typed.all("tags")),
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


def notes(typed: Typed) -> dict[int, str]:
    """The writer's own notes on sources that came with a form, by the number of the source."""
    named = ((name.removeprefix(NOTE), typed.value(name)) for name in typed.values if name.startswith(NOTE))
    found = {int(number): note for number, note in named if whole(number)}
    refuse({f"{NOTE}{number}": LONG_NOTE for number, note in found.items() if too_long(note)})
    return found
