"""Policies: the numbers that later rounds are held to; earlier rounds keep theirs."""

from __future__ import annotations

from review.actions import log_end
from review.actions.act import acting
from review.actions.verb import action
from review.audit.events.log import PolicySet
from review.rules import texts
from review.rules.errors import Invalid
from review.rules.permissions import Actor
from review.rules.policy import Policy
from review.rules.words import N_

PROBLEMS = {
    "required-under-two": N_("At least two people must vote."),
    "share-under-two-thirds": N_("At least two thirds must share a grade."),
    "distance-below-zero": N_("A distance is never below zero."),
}


@action("set_policy", PolicySet)
def set_policy(actor: Actor, *, policy: Policy, reason: str) -> int:
    """New numbers, with a reason: rounds opened from now on copy them, nothing is judged again."""
    with acting(actor) as act:
        act.require("set_policy")
        words = texts.reason(reason)
        problems = policy.problems()
        if problems:
            raise Invalid({field: PROBLEMS.get(key, key) for field, key in problems.items()})
        event = log_end.set_policy(act, policy, reason=words, by=act.actor)
    return event.seq or 0
