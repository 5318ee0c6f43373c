"""Tokens: who stands behind one that holds, and a person's own list of theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from review import clock
from review.models import ApiToken, Password, Person, SecondFactor, session
from review.queries.accounts import SECOND_FACTORS_OFF
from review.rules.accounts import digest
from review.rules.permissions import Actor
from review.rules.second_factors import must_enrol
from review.rules.tokens import scopes_of, token_holds


@dataclass(frozen=True, slots=True)
class Bearer:
    """The person for whom a program acts, and what it may do: of the token's scopes those that their role holds now."""

    key: str
    actor: Actor
    scopes: tuple[str, ...]
    given: tuple[str, ...]
    last_used: datetime | None
    must_enrol: bool  # the desk asks a second factor of their role that they have not set up yet


@dataclass(frozen=True, slots=True)
class Token:
    """One token of a person's own list: never the token itself, which nobody can show again."""

    key: str
    name: str
    scopes: tuple[str, ...]
    made_at: datetime
    expires_at: datetime
    last_used: datetime | None


@dataclass(frozen=True, slots=True)
class TokensPage:
    """A person's tokens that hold, the latest first, and what they may hand on."""

    tokens: tuple[Token, ...]
    scopes: tuple[str, ...]


def bearer(token: str) -> Bearer | None:
    """Who stands behind this token; None once it ended, ran out, or its person was deactivated."""
    row = session.execute(
        select(
            *(ApiToken, Person.id, Person.name, Person.role, Password.sign_ins),
            SecondFactor.person_id.is_not(None).label("has_one"),
            SECOND_FACTORS_OFF.label("off"),
        )
        .join(Person, Person.id == ApiToken.person_id)
        .outerjoin(Password, Password.person_id == Person.id)
        .outerjoin(SecondFactor, SecondFactor.person_id == Person.id)
        .where(ApiToken.token_hash == digest(token), Person.active.is_(True))
    ).one_or_none()
    if row is None or not token_holds(row.ApiToken.expires_at, row.ApiToken.ended_at, clock.now()):
        return None
    given = tuple(row.ApiToken.scopes.split())
    allowed = scopes_of(row.role)
    return Bearer(
        key=row.ApiToken.token_hash,
        actor=Actor(row.id, row.role or "", row.name),
        scopes=tuple(scope for scope in given if scope in allowed),
        given=given,
        last_used=row.ApiToken.last_used,
        must_enrol=must_enrol(row.role, row.sign_ins or 0, has_one=row.has_one, is_asked=not row.off),
    )


def tokens_page(viewer: Actor) -> TokensPage:
    """What a person sees of their own tokens; nobody else ever does."""
    now = clock.now()
    mine = select(ApiToken).where(ApiToken.person_id == viewer.person)
    rows = session.scalars(mine.order_by(ApiToken.made_at.desc(), ApiToken.token_hash))
    holding = [row for row in rows if token_holds(row.expires_at, row.ended_at, now)]
    return TokensPage(
        tuple(
            Token(row.token_hash, row.name, tuple(row.scopes.split()), row.made_at, row.expires_at, row.last_used)
            for row in holding
        ),
        scopes_of(viewer.role),
    )
