"""Tokens: what a program may do in somebody's name, for a time, and never more than that person may do themselves."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from review.rules.permissions import may
from review.rules.words import N_

# Each scope with its words and with the right of a person that it hands on.
READ_DESK, WRITE_CLAIMS = "read:desk", "claims:write"
SCOPES: Mapping[str, str] = {
    READ_DESK: N_("Read the incidents of the desk, as far as you may see them"),
    WRITE_CLAIMS: N_("Send in claims"),
}
RIGHTS: Mapping[str, str] = {READ_DESK: "export", WRITE_CLAIMS: "receive_claim"}

PREFIX = "assay_"  # so that whoever finds one in a file knows what it is
LASTS = (30, 90, 365)  # days
MOST = 10  # tokens of one person that hold at the same time
LONGEST_NAME = 80
HOUR = timedelta(hours=1)
CLAIMS_AN_HOUR = 60

NO_NAME = N_("Not answered yet. Name the program or the machine that will use it.")
NAME_TOO_LONG = N_("Use at most %(longest)s characters.")
NO_SCOPE = N_("Choose at least one thing that it may do.")
NOT_YOURS = N_("Your role may not do this, so no token of yours can.")
NO_TIME = N_("Choose how long it holds.")
TOO_MANY = N_("You have %(most)s tokens that hold. End one that is not used any more first.")


def scopes_of(role: str | None) -> tuple[str, ...]:
    """The scopes that somebody of this role may hand on, in their order."""
    return tuple(scope for scope in SCOPES if may(role or "", RIGHTS[scope]))


def written(scopes: Collection[str]) -> str:
    """Scopes as they are kept: known ones, each once, in their order."""
    return " ".join(scope for scope in SCOPES if scope in scopes)


def token_holds(expires_at: datetime, ended_at: datetime | None, now: datetime) -> bool:
    """A token holds until its day, or until it is ended."""
    return ended_at is None and now < expires_at


def ends(days: int, now: datetime) -> datetime:
    """The moment until which a token of so many days holds."""
    return now + timedelta(days=days)
