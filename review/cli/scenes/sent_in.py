"""What the public sent in: accounts in quarantine, and a correction that waits for a lead editor."""

from __future__ import annotations

from datetime import timedelta

from review import clock
from review.actions import submissions, submitting
from review.actions.submitting import Sent
from review.cli.sample import letters
from review.cli.scenes.desk import Desk
from review.queries.submissions import queue_page

LOOKED_AT = timedelta(minutes=5)
CORRECTED = "KV412"


def waiting(desk: Desk) -> None:
    """One correction that was taken in and has no outcome yet; two accounts that nobody has looked through."""
    submitting.ask_correction(_form(), CORRECTED, 1, letters.CORRECTION)
    submissions.accept_correction(desk["lina"], queue_page(desk["lina"]).rows[0].name)
    for account in letters.ACCOUNTS:
        submitting.submit(_form(), account)


def _form() -> Sent:
    return Sent(submitting.new_stamp(clock.now() - LOOKED_AT), "", "")
