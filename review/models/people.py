"""People, their keys and roles, and their accounts: passwords, second factors, sessions, invitations, attempts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from review.extensions import Base
from review.models.columns import Moment


class Person(Base):
    """Somebody with an account. `role`, `active` and `name` are projections of the person's events."""

    __tablename__ = "person"
    __account_columns__ = frozenset({"language", "timezone", "keys_off"})  # how they read the desk: nobody's record

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str | None] = mapped_column(String(10))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    log_name: Mapped[str] = mapped_column(String(16), unique=True)  # their pseudonym in the log's own events
    language: Mapped[str | None] = mapped_column(String(10))
    timezone: Mapped[str | None] = mapped_column(String(60))
    keys_off: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())


class Password(Base):
    """The Argon2id hash of a person's password: account, not record."""

    __tablename__ = "password"
    __account__ = True

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    hash: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime] = mapped_column(Moment)
    sign_ins: Mapped[int] = mapped_column(Integer, default=0, server_default="0")  # with this or an earlier password


class SecondFactor(Base):
    """A person's authenticator: its secret, encrypted under the master key, and the last step it was used at."""

    __tablename__ = "second_factor"
    __account__ = True

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    secret: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(Moment)
    last_step: Mapped[int] = mapped_column(BigInteger)


class RecoveryCode(Base):
    """One of the codes that stand in for a lost authenticator: a hash, good for one sign-in."""

    __tablename__ = "recovery_code"
    __account__ = True
    __table_args__ = (Index("ix_recovery_code_person_id", "person_id"),)

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class DeskSetting(Base):
    """One setting of the desk that is no rule of grading; a setting without a row has its default."""

    __tablename__ = "desk_setting"
    __account__ = True

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime] = mapped_column(Moment)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class WorkingLanguage(Base):
    """A language that a person says they read: a setting of their account, never of the record."""

    __tablename__ = "working_language"
    __account__ = True

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(16), primary_key=True)


class PersonKey(Base):
    """The key of a person's pseudonyms, encrypted under the master key; gone when they leave."""

    __tablename__ = "person_key"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary)


class Participation(Base):
    """The one link from an incident pseudonym to a person."""

    __tablename__ = "participation"
    __table_args__ = (UniqueConstraint("incident_id", "pseudonym"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    pseudonym: Mapped[str] = mapped_column(String(16))


class UserSession(Base):
    """One signed-in browser; only a hash of its token is kept."""

    __tablename__ = "user_session"
    __account__ = True
    __table_args__ = (Index("ix_user_session_person_id", "person_id"),)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    last_seen: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    agent: Mapped[str | None] = mapped_column(String(200))
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)  # when the password was last given in it
    must_enrol: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    sitting_since: Mapped[datetime | None] = mapped_column(Moment)  # since the last pause in it


class LoginAttempt(Base):
    """One attempt to sign in, under keyed hashes of the name typed and of where it came from."""

    __tablename__ = "login_attempt"
    __account__ = True
    __table_args__ = (
        Index("ix_login_attempt_name_hash_at", "name_hash", "at"),
        Index("ix_login_attempt_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name_hash: Mapped[str] = mapped_column(String(64))
    source_hash: Mapped[str] = mapped_column(String(64), default="", server_default="")
    at: Mapped[datetime] = mapped_column(Moment)
    succeeded: Mapped[bool] = mapped_column(Boolean)


class Invitation(Base):
    """A one-time link: to set the desk up, to join it, or to choose a new password."""

    __tablename__ = "invitation"
    __account__ = True

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))  # setup, invitation, reset
    email: Mapped[str | None] = mapped_column(String(254))
    name: Mapped[str | None] = mapped_column(String(200))
    role: Mapped[str | None] = mapped_column(String(10))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
