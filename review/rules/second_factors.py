"""The rules of a second factor: who must have one, and which step of time a code belongs to (RFC 6238)."""

from __future__ import annotations

from datetime import datetime

from review.rules.words import N_

SETTING = "second_factors"
ASKED, OFF = "asked", "off"

# Whoever can approve a grade or grant a role.
ROLES_ASKED = frozenset({"lead", "admin"})
# The first sign-in of a lead or admin, the one by the link included, goes straight to the desk; the second asks.
FIRST_ASKED = 2

STEP = 30
FIGURES = 6
RECOVERY_FIGURES = 20
RECOVERY_CODES = 10
GROUP = 5

WRONG_CODE = N_("This is not the code of the moment. Is the clock of your phone right? Type the next one.")
NOT_YOURS = N_("This picture was not made for you. Scan the new one and type its code.")
ASKED_OF_ROLE = N_("This desk asks a second factor of your role. You may set up another authenticator in its place.")
NO_SETTING = N_("Choose one: asked, or off.")
NONE_YET = N_("There is no authenticator yet.")

# A code is read out in whatever figures the phone shows.
_FIGURES = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


def must_enrol(role: str | None, sign_ins: int, *, has_one: bool, is_asked: bool) -> bool:
    """Whether somebody of this role has to set one up before anything else, by themselves or by a program of theirs."""
    return is_asked and role in ROLES_ASKED and sign_ins >= FIRST_ASKED and not has_one


def figures(typed: str | None) -> str:
    """The figures of a code as typed, in Western digits; spaces and dashes do not count."""
    return "".join(letter for letter in (typed or "").translate(_FIGURES) if letter.isascii() and letter.isdigit())


def grouped(code: str) -> str:
    """A recovery code as it is shown: groups of five."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def steps_heard(now: datetime) -> tuple[int, int, int]:
    """The steps whose code is taken: the present one, the one before, the next one; clocks differ a little."""
    present = int(now.timestamp()) // STEP
    return (present, present - 1, present + 1)
