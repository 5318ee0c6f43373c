"""The languages that a person says they read: a setting of their account, by which work is suggested to them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete

from review.actions.accounts import account_write
from review.models import WorkingLanguage, session
from review.rules.errors import Forbidden, Invalid
from review.rules.permissions import Actor, may
from review.rules.vocabulary import LANGUAGES
from review.rules.words import N_

UNKNOWN = N_("One of these languages is not known here. Choose among those offered.")


def set_languages(actor: Actor, codes: Iterable[str]) -> None:
    """What the person reads, all of it; it replaces what they said before."""
    if not may(actor.role, "cast_vote"):
        raise Forbidden("cast_vote")
    wanted = sorted(set(codes))
    if not set(wanted) <= set(LANGUAGES):
        raise Invalid({"languages": UNKNOWN})
    with account_write():
        session.execute(delete(WorkingLanguage).where(WorkingLanguage.person_id == actor.person))
        session.add_all(WorkingLanguage(person_id=actor.person, code=code) for code in wanted)
