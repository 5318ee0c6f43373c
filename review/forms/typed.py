"""What somebody typed into one of the several forms of a page, kept as it came, with what is the matter with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from review.rules.errors import Invalid
from review.rules.words import N_

NO_NUMBER = N_("Only whole numbers of people, or nothing where nobody knows.")
NOT_CHOSEN = N_("Not answered yet. Choose one.")
DIGITS = 9
ARABIC = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


@dataclass(frozen=True, slots=True)
class Typed:
    """One form as it was sent. `form` says which of the page's forms it is; `problems` are in the reader's words."""

    form: str = ""
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)

    def of(self, form: str, begun: Mapping[str, tuple[str, ...]] | None = None) -> Typed:
        """This form where it is the one that was sent, else one filled with what was begun earlier."""
        return self if self.form == form else Typed(form, begun or {})

    @property
    def answered(self) -> bool:
        """True where the form has been sent and could not be taken."""
        return bool(self.problems)

    def value(self, name: str, otherwise: Any = "") -> str:
        """What the field holds, else what stood there before."""
        found = self.values.get(name)
        if found is None:
            return "" if otherwise is None else str(otherwise)
        return found[0] if found else ""

    def chosen(self, name: str, value: Any) -> bool:
        """True where this value of the field was ticked or picked."""
        return str(value) in self.values.get(name, ())

    def problem(self, name: str) -> str | None:
        """What is the matter with the field."""
        return self.problems.get(name)

    def text(self, name: str) -> str | None:
        """What was typed, or None where nothing was."""
        return self.value(name).strip() or None

    def all(self, name: str) -> tuple[str, ...]:
        """Every value that the field sent."""
        return tuple(value for value in self.values.get(name, ()) if value)

    def numbers(self, name: str) -> tuple[int, ...]:
        """Every whole number that the field sent."""
        return tuple(int(value) for value in self.all(name) if whole(value))

    def number(self, name: str) -> int | None:
        """The whole number chosen in a field that offers numbers, or None."""
        return next(iter(self.numbers(name)), None)

    def refused(self, problems: Mapping[str, str]) -> Typed:
        """The same form with what is the matter, to be shown again."""
        return replace(self, problems=problems)


NOTHING = Typed()


def words(text: str | None) -> str | None:
    """What was typed into one box, or None where nothing was."""
    return (text or "").strip() or None


def whole(text: str) -> bool:
    """True for a whole number that a row could have."""
    return text.isascii() and text.isdigit() and len(text) <= DIGITS


def bound(typed: Typed, name: str, problems: dict[str, str]) -> int | None:
    """A number of people as typed, in Western or Arabic digits; None where the box was left empty."""
    text = typed.value(name).strip().translate(ARABIC)
    if not text:
        return None
    if whole(text):
        return int(text)
    problems[name.rpartition("_")[0]] = NO_NUMBER
    return None


def refuse(problems: Mapping[str, str]) -> None:
    """Stop with these problems, if there are any."""
    if problems:
        raise Invalid(problems)
