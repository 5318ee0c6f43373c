"""What somebody without an account sends in, and where it then lies: shared by the tests of actions and of pages."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from review.actions import submitting
from review.actions.submitting import Sent
from review.actions.uploads import Upload
from review.models import Submission, session
from tests.clocks import Clock

HERE = "203.0.113.7"
PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
ACCOUNT = {
    "text": "Two explosions by the mill of Beit Arun.",
    "language": "en",
    "when": "Tuesday before sunrise",
    "where": "Beit Arun, the mill",
    "links": "https://arun.example/1\nhttps://arun.example/2",
    "contact": "Somebody at 0000",
}
WISH = {"text": "The mill had closed.", "right": "Nobody worked there.", "source": "I kept it.", "contact": "The miller"}


def opened(time: Clock, address: str = HERE, trap: str = "") -> Sent:
    """A form that was looked at for ten seconds."""
    stamp = submitting.new_stamp()
    time.at += timedelta(seconds=10)
    return Sent(stamp, trap, address)


def account(time: Clock, *uploads: bytes, address: str = HERE, **changes: str) -> str:
    """An allegation in quarantine; answers its code."""
    files = [Upload(content) for content in uploads]
    return submitting.submit(opened(time, address), {**ACCOUNT, **changes}, files)


def wish(time: Clock, ref: str, version: int = 1, **changes: str) -> str:
    """A request for a correction in quarantine; answers its code."""
    return submitting.ask_correction(opened(time), ref, version, {**WISH, **changes})


def rows() -> list[Submission]:
    """Every submission as it is stored now, oldest first."""
    session.rollback()
    return list(session.scalars(select(Submission).order_by(Submission.id)))


def last() -> str:
    """The name of the latest."""
    return rows()[-1].name
