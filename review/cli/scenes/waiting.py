"""What is under way: logged, open, waiting for a lead; what left the desk; and claims that nobody has placed."""

from __future__ import annotations

from review.actions import approvals, claims, exits, restrictions, streams
from review.cli import sample
from review.cli.sample import eluan, leaving, plain, queue, sarn
from review.cli.scenes.desk import Desk, approve, enter, graded, open_round, receive
from review.queries import demo as progress
from review.rules.merging import Part


def logged(desk: Desk) -> None:
    """One in a stream that is not assessed, one in a stream that is paused, one that nobody has opened yet."""
    streams.switch_stream(desk.lead, leaving.LOGGED.stream, mode="log-only", reason=sample.LOG_ONLY_REASON)
    streams.switch_stream(desk.other_lead, leaving.PAUSED.stream, mode="paused", reason=sample.PAUSED_REASON)
    for case in (leaving.LOGGED, leaving.PAUSED, leaving.FRESH):
        enter(desk, case)


def under_way(desk: Desk) -> None:
    """A round is open and three reviewers owe a vote: where a newcomer starts."""
    open_round(desk, enter(desk, eluan.OPEN), ("mara", "yusra", "ben"))


def awaiting(desk: Desk) -> None:
    """Agreed, waiting for a lead."""
    graded(desk, eluan.AWAITING, eluan.AWAITING_VOTES)


def returned(desk: Desk) -> None:
    """A lead returned the result: the incident needs a new round."""
    ref = graded(desk, sarn.RETURNED, sarn.RETURNED_VOTES)
    approvals.return_grade(desk.other_lead, ref, to="round", reason=sarn.RETURNING, seen=progress.digest(ref))


def left(desk: Desk) -> None:
    """Split in two, dismissed, and taken back after it was published."""
    ref = enter(desk, leaving.SPLIT)
    first, second = leaving.PARTS
    at_night, at_noon = progress.claims(ref)
    parts = (Part(first, (at_night,), sources=(1, 3)), Part(second, (at_noon,), sources=(2, 3)))
    exits.split_incident(desk.other_lead, ref, parts=parts, reason=leaving.SPLITTING)
    exits.dismiss_incident(desk.lead, enter(desk, leaving.DISMISSED), reason=leaving.DISMISSING)
    withdrawn = graded(desk, leaving.WITHDRAWN, leaving.WITHDRAWN_VOTES)
    approve(desk.lead, withdrawn, "A single claim, plainly told.")
    exits.withdraw_incident(desk.lead, withdrawn, reason=leaving.WITHDRAWING)


def shown_to_few(desk: Desk) -> None:
    """For all but a lead and the person who entered it, this incident does not exist."""
    ref = enter(desk, plain.RESTRICTED)
    restrictions.restrict_incident(
        desk.lead, ref, people=[desk.person("lina")], reason="Whoever reads it can tell which of three people spoke."
    )


def unplaced(desk: Desk) -> None:
    """Claims that wait, some of them likely the same; one repeated, one set aside, one taken back."""
    first, *_rest = [receive(desk["lina"], claim) for claim in queue.WAITING]
    lina = desk["lina"]
    claims.duplicate_claim(lina, receive(lina, queue.REPEATED), of=first, reason="The same post, shared once more.")
    claims.dismiss_claim(lina, receive(lina, queue.OUT_OF_SCOPE), reason="No harm to anybody is spoken of.")
    claims.withdraw_claim(lina, receive(lina, queue.TAKEN_BACK), reason="The neighbour was called and takes it back.")
