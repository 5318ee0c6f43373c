"""The rules of an account: how long a password, a session, a pause and a one-time link are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from review.rules.words import N_

SHORTEST, LONGEST = 12, 1000

TRIES = 5
PAUSE = timedelta(minutes=5)
ATTEMPTS_KEPT = timedelta(days=1)

IDLE = timedelta(days=3)
LONGEST_SESSION = timedelta(days=30)
TOUCH = timedelta(minutes=1)

LINK_LASTS = {
    "setup": timedelta(days=7),
    "invitation": timedelta(days=7),
    "reset": timedelta(hours=24),
}

WRONG = N_("The e-mail and password do not go together. After five tries there is a pause of a few minutes.")
PAUSED = N_("There were five tries with this e-mail. Wait five minutes, then try again.")
TOO_SHORT = N_("Use at least 12 characters. A few words that only you would put together are best.")
TOO_LONG = N_("Use at most 1,000 characters.")
SAME_AS_EMAIL = N_("The password is the e-mail address. Choose another.")
DIFFERENT = N_("The two passwords differ. Type the same one twice.")
NOT_THE_OLD = N_("This is not your present password.")


def tidy(email: str) -> str:
    """An address as it is kept and compared."""
    return email.strip().casefold()


def digest(token: str) -> str:
    """What is kept of a token: whoever reads the database cannot use it."""
    return hashlib.sha256(token.encode()).hexdigest()


def password_problem(password: str, email: str | None = None) -> str | None:
    """What speaks against a new password, or None: length is the only demand."""
    if len(password) < SHORTEST:
        return TOO_SHORT
    if len(password) > LONGEST:
        return TOO_LONG
    if email and tidy(password) == tidy(email):
        return SAME_AS_EMAIL
    return None


def failed_in_a_row(latest_first: Iterable[bool]) -> int:
    """How many tries failed since the last that succeeded."""
    count = 0
    for succeeded in latest_first:
        if succeeded:
            break
        count += 1
    return count


def session_holds(created_at: datetime, last_seen: datetime, now: datetime) -> bool:
    """A session ends after three days without use, and after thirty days in any case."""
    return now - last_seen < IDLE and now - created_at < LONGEST_SESSION
