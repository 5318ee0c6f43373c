"""What somebody sets for themselves, as their form sends it."""

from __future__ import annotations

from review.forms.typed import ARABIC, Typed, whole
from review.rules import care
from review.rules.care import Settings
from review.rules.errors import Invalid


def care_settings(typed: Typed) -> Settings:
    """The settings as typed; an empty box is no limit."""
    return Settings(
        media=typed.value("media"),
        per_day=_limit(typed, "per_day", care.MOST_A_DAY),
        per_week=_limit(typed, "per_week", care.MOST_A_WEEK),
        no_graphic=typed.chosen("no_graphic", "y"),
        break_after=typed.number("break_after"),
        mail=typed.value("mail") or care.DAILY,
    )


def _limit(typed: Typed, name: str, most: int) -> int | None:
    text = typed.value(name).strip().translate(ARABIC)
    if not text:
        return None
    if not whole(text):
        raise Invalid({name: care.NO_NUMBER}, most=most)
    return int(text)
