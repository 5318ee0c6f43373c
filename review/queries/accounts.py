"""Who is signed in, and where: read for the wall and for a person's own account page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select

from review import clock
from review.models import Care, DeskSetting, Person, RecoveryCode, SecondFactor, UserSession, session
from review.models.alone import ask_alone
from review.rules import second_factors
from review.rules.accounts import digest, session_holds, still_confirmed
from review.rules.care import Settings, break_due, sits_since
from review.rules.errors import NotFound

SECOND_FACTORS_OFF = (
    select(DeskSetting.name)
    .where(DeskSetting.name == second_factors.SETTING, DeskSetting.value == second_factors.OFF)
    .exists()
)
# Built once, and the one look at the database by which every page of the desk knows its person.
_SIGNED_IN = (
    select(
        Person.id,
        Person.name,
        Person.email,
        Person.role,
        Person.language,
        Person.timezone,
        Person.keys_off,
        UserSession.created_at,
        UserSession.last_seen,
        UserSession.confirmed_at,
        UserSession.must_enrol,
        UserSession.sitting_since,
        Care.media,
        Care.break_after,
        SECOND_FACTORS_OFF.label("off"),
    )
    .join(UserSession, UserSession.person_id == Person.id)
    .outerjoin(Care, Care.person_id == Person.id)
    .where(UserSession.token_hash == bindparam("token"), UserSession.ended_at.is_(None))
    .where(Person.active.is_(True))
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person behind a session that still holds, and what the session may do now."""

    id: int
    name: str
    email: str
    role: str | None
    language: str | None
    timezone: str | None
    last_seen: datetime
    confirmed: bool
    must_enrol: bool
    second_factors_off: bool
    keys_off: bool
    sitting_since: datetime | None
    break_due: int | None  # a break is suggested after so many minutes
    media: str


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One of a person's signed-in browsers."""

    key: str
    agent: str | None
    created_at: datetime
    last_seen: datetime
    this_one: bool


@dataclass(frozen=True, slots=True)
class AccountPage:
    """A person's own account: nobody else ever sees it."""

    name: str
    email: str
    role: str | None
    second_factor_since: datetime | None
    recovery_codes: int
    asked: bool
    sessions: tuple[OpenSession, ...]

    @property
    def may_remove(self) -> bool:
        """Where the desk asks a second factor of the role, it is replaced and not given up."""
        return not (self.asked and self.role in second_factors.ROLES_ASKED)


def signed_in(token: str) -> SignedIn | None:
    """The person of this session; None once it ended, ran out, or the person was deactivated."""
    row = ask_alone(_SIGNED_IN, {"token": digest(token)})
    now = clock.now()
    if row is None or not session_holds(row.role, row.created_at, row.last_seen, now):
        return None
    settings = Settings(row.media, break_after=row.break_after) if row.media else Settings()
    return SignedIn(
        row.id,
        row.name,
        row.email,
        row.role,
        row.language,
        row.timezone,
        row.last_seen,
        still_confirmed(row.confirmed_at, now),
        row.must_enrol and not row.off and row.role in second_factors.ROLES_ASKED,
        row.off,
        row.keys_off,
        row.sitting_since,
        break_due(settings, sits_since(row.sitting_since, row.last_seen, now), now),
        settings.media,
    )


def whose_ran_out(token: str) -> int | None:
    """The active person of a session that nobody ended and that has run out since; None for any other."""
    return session.scalar(
        select(Person.id)
        .join(UserSession, UserSession.person_id == Person.id)
        .where(UserSession.token_hash == digest(token), UserSession.ended_at.is_(None))
        .where(Person.active.is_(True))
    )


def has_second_factor(person_id: int) -> bool:
    """True where a code is asked of this person when they sign in."""
    return session.get(SecondFactor, person_id) is not None


def account_page(token: str) -> AccountPage:
    """What a person may see and change of their own account."""
    signed = signed_in(token)
    if signed is None:
        raise NotFound("session")
    since = session.scalar(select(SecondFactor.made_at).where(SecondFactor.person_id == signed.id))
    left = select(func.count()).where(RecoveryCode.person_id == signed.id, RecoveryCode.used_at.is_(None))
    return AccountPage(
        signed.name,
        signed.email,
        signed.role,
        since,
        session.scalar(left) or 0,
        not signed.second_factors_off,
        open_sessions(signed.id, token),
    )


def open_sessions(person_id: int, token: str) -> tuple[OpenSession, ...]:
    """Where a person is signed in, the latest first."""
    now = clock.now()
    rows = session.execute(
        select(UserSession, Person.role)
        .join(Person, Person.id == UserSession.person_id)
        .where(UserSession.person_id == person_id, UserSession.ended_at.is_(None))
        .order_by(UserSession.last_seen.desc())
    )
    return tuple(
        OpenSession(row.token_hash, row.agent, row.created_at, row.last_seen, row.token_hash == digest(token))
        for row, role in rows
        if session_holds(role, row.created_at, row.last_seen, now)
    )
