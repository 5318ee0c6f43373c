"""What the public sent in or told: accounts and a call in quarantine, and corrections that wait for a lead editor."""

from __future__ import annotations

from datetime import timedelta

from review import clock
from review.actions import submissions, submitting
from review.actions.submitting import Sent
from review.actions.taking_down import enter_correction
from review.cli.sample import letters
from review.cli.scenes.desk import Desk
from review.queries.submissions import queue_page

LOOKED_AT = timedelta(minutes=5)
CORRECTED = "KV412"
IMPORTED = "KA201"  # graded by another desk: it can be graded here because of a correction


def waiting(desk: Desk) -> None:
    """Two corrections that were taken in and have no outcome yet, one of an imported record; a call about the other,
    and two accounts, that nobody has looked through."""
    for ref, version, words in ((CORRECTED, 1, letters.CORRECTION), (IMPORTED, 0, letters.OF_AN_IMPORT)):
        submitting.ask_correction(_form(), ref, version, words)
        submissions.accept_correction(desk["lina"], queue_page(desk["lina"]).rows[0].name)
    enter_correction(desk["lina"], submitting.new_stamp(), CORRECTED, {**letters.CALL, "day": clock.today()})
    for account in letters.ACCOUNTS:
        submitting.submit(_form(), account)


def _form() -> Sent:
    return Sent(submitting.new_stamp(clock.now() - LOOKED_AT), "", "")
