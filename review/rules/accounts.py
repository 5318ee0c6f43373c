"""The rules of an account: how long a password, a session, a pause and a one-time link are."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from review.rules.words import N_

SHORTEST, LONGEST = 12, 1000

TRIES = 5
TRIES_OF_ALL = 100
TRIES_OF_NAME = 100  # in a day, from everywhere: whoever has the password cannot go through the codes of a million
PAUSE = timedelta(minutes=5)
ATTEMPTS_KEPT = timedelta(days=1)
SOURCES_KNOWN = timedelta(days=30)

# Whoever decides or reads everything is signed out soon; a volunteer's evening of reading is not cut short.
IDLE_SOON = timedelta(minutes=30)
IDLE = timedelta(hours=12)
SOON_IDLE = frozenset({"lead", "admin", "auditor"})
LONGEST_SESSION = timedelta(days=30)
TOUCH = timedelta(minutes=1)
CONFIRMED = timedelta(minutes=10)

LINK_LASTS = {
    "setup": timedelta(days=7),
    "invitation": timedelta(days=7),
    "reset": timedelta(hours=24),
}

WRONG = N_(
    "The e-mail, password and code do not go together. Whoever has set up an authenticator needs its code too. "
    "After %(tries)s tries there is a pause of %(minutes)s minutes."
)
PAUSED = N_("There were too many tries. Wait %(minutes)s minutes, then try again.")
TOO_SHORT = N_("Use at least %(shortest)s characters. A few words that only you would put together are best.")
TOO_LONG = N_("Use at most %(longest)s characters.")
SAID = {  # what those sentences name
    "tries": TRIES, "minutes": PAUSE // timedelta(minutes=1), "shortest": SHORTEST, "longest": LONGEST,
}  # fmt: skip
SAME_AS_EMAIL = N_("The password is the e-mail address. Choose another.")
DIFFERENT = N_("The two passwords differ. Type the same one twice.")
NOT_THE_OLD = N_("This is not your present password.")


# One enters an incident and three vote; a lead approves who took no part; an admin keeps the people.
SMALLEST_DESK = {"reviewer": 4, "lead": 1, "admin": 1}


def is_too_small(working: Mapping[str, int]) -> bool:
    """True while too few active people hold a role for a first grade to be published."""
    return any(working.get(role, 0) < least for role, least in SMALLEST_DESK.items())


def tidy(email: str) -> str:
    """An address as it is kept and compared."""
    return email.strip().casefold()


def digest(token: str) -> str:
    """What is kept of a token: whoever reads the database cannot use it."""
    return hashlib.sha256(token.encode()).hexdigest()


def network(address: str) -> str:
    """Where somebody tries from: an IPv4 address, or the IPv6 network of which one house has every address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if found.version == 4:
        return str(found)
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or ipaddress.ip_network((int(found), 64), strict=False))


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


def idle_after(role: str | None) -> timedelta:
    """How long a session holds without use: half an hour for leads, admins and auditors, else twelve hours."""
    return IDLE_SOON if role in SOON_IDLE else IDLE


def session_holds(role: str | None, created_at: datetime, last_seen: datetime, now: datetime) -> bool:
    """A session ends when it was idle too long for the person's role, and after thirty days in any case."""
    return now - last_seen < idle_after(role) and now - created_at < LONGEST_SESSION


def still_confirmed(confirmed_at: datetime | None, now: datetime) -> bool:
    """The password was given in this session within the last ten minutes."""
    return confirmed_at is not None and now - confirmed_at < CONFIRMED
