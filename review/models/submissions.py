"""What the public sends in, as it waits in quarantine. Nothing of it is the record before somebody takes it in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from review.extensions import Base
from review.models.columns import Moment
from review.models.trail import Seq


class Submission(Base):
    """One account or one request for a correction, sent in without an account.

    Its words are encrypted under the master key, and gone as soon as an event holds them or they are erased. Of the
    code that its sender holds there is a digest; of when it came, the day alone.
    """

    __tablename__ = "submission"
    __account__ = True
    __table_args__ = (
        Index("ix_submission_state_kind_id", "state", "kind", "id"),
        Index("ix_submission_seq", "seq"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(18), unique=True)  # s- and 16 characters, random
    kind: Mapped[str] = mapped_column(String(10))  # claim, correction
    receipt: Mapped[str] = mapped_column(String(64), unique=True)
    words: Mapped[str | None] = mapped_column(Text)
    received: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))  # waiting, accepted, refused
    # what a correction speaks of
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"))
    version: Mapped[int | None] = mapped_column(Integer)
    # who looked through it, and the event by which it was taken in
    judged_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    judged: Mapped[str | None] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(Text)
    seq: Mapped[int | None] = mapped_column(Seq)
    # what became of a correction
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    outcome: Mapped[str | None] = mapped_column(String(10))  # published, rechecked, declined
    closed: Mapped[str | None] = mapped_column(String(10))
    closing: Mapped[int | None] = mapped_column(Seq)
    answer: Mapped[str | None] = mapped_column(Text)  # why it was declined, for whoever holds the code


class SubmissionTaken(Base):
    """Of what came by telephone or letter: who of the desk took it down, by what way it came and on which day."""

    __tablename__ = "submission_taken"
    __account__ = True

    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: who took it down has left
    way: Mapped[str] = mapped_column(String(10))
    day: Mapped[str] = mapped_column(String(10))


class SubmissionFile(Base):
    """A file that came with a submission; under which name it came is not kept."""

    __tablename__ = "submission_file"
    __account__ = True

    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(Integer)
    media: Mapped[str] = mapped_column(String(100))


class SubmissionKnock(Base):
    """How often something was sent in from somewhere within one hour of the clock, under a keyed hash, for a day.

    Nothing else is kept of it: neither minute nor order, by which a sender could be found beside what they sent.
    """

    __tablename__ = "submission_knock"
    __account__ = True
    __table_args__ = (Index("ix_submission_knock_at", "at"),)

    source_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, primary_key=True)  # the hour
    times: Mapped[int] = mapped_column(Integer)
