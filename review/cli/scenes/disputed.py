"""Disagreements: settled and published with a dissent, and one at each rung of the ladder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from review import jobs
from review.actions import incidents, settlements
from review.cli.sample import mezin, sarn
from review.cli.scenes.desk import Ballots, Desk, approve, cast, enter, graded, judge
from review.queries import demo as progress
from review.rules.dossier import Ballot


def settled(desk: Desk) -> None:
    """Two against one, argued, settled by somebody uninvolved, the dissent kept."""
    ref = enter(desk, replace(mezin.DISPUTED, facts=mezin.FIRST_TOLD))
    incidents.describe_incident(desk[mezin.DISPUTED.by], ref, facts=mezin.DISPUTED.facts, reason=mezin.RETOLD)
    judge(desk, ref, mezin.DISPUTED_VOTES)
    argue(desk, ref, mezin.ARGUED)
    _second_vote(desk, ref, mezin.SECOND_VOTES)
    settler = desk["sunniva"]
    settlements.appoint_settler(desk.lead, ref, desk.person("sunniva"))
    replies = {seq: mezin.REPLY for seq in progress.minority_arguments(ref, "fair")}
    settlements.settle(
        settler, ref, grade="fair", rationale=mezin.SETTLING, replies=replies, seen=progress.digest(ref)
    )
    dissenter = desk["ben"]
    settlements.dissent(dissenter, ref, progress.vote_of(ref, dissenter), text=mezin.DISSENT)
    approve(
        desk.lead, ref, "The settler answered every argument of the minority; the dissent stands beside the result."
    )


def arguing(desk: Desk) -> None:
    """The first round did not agree; its people argue under letters."""
    argue(desk, graded(desk, mezin.ARGUING, mezin.ARGUING_VOTES), mezin.ARGUMENTS)


def voting_again(desk: Desk) -> None:
    """The second vote is open: one has answered, two are still asked."""
    ref = graded(desk, mezin.SECOND, mezin.SECOND_FIRST_VOTES)
    argue(desk, ref, mezin.SECOND_ARGUED)
    number = settlements.open_second_vote(desk.lead, ref)
    cast(desk, ref, number, {"idris": mezin.FIRST_ANSWER})


def waiting_for_a_settler(desk: Desk) -> None:
    """The second vote did not decide either; a settler was appointed and has yet to answer."""
    ref = graded(desk, sarn.TO_SETTLE, sarn.TO_SETTLE_VOTES)
    argue(desk, ref, sarn.TO_SETTLE_ARGUED)
    again = {name: _again(given, sarn.AGAIN[name]) for name, given in sarn.TO_SETTLE_VOTES.items()}
    _second_vote(desk, ref, again)
    settlements.appoint_settler(desk.lead, ref, desk.person("sunniva"))


def argue(desk: Desk, ref: str, said: Mapping[str, str]) -> None:
    """Each of these people argues the disagreement once."""
    for name, text in said.items():
        settlements.argue(desk[name], ref, text=text)


def _second_vote(desk: Desk, ref: str, ballots: Ballots) -> None:
    number = settlements.open_second_vote(desk.lead, ref)
    cast(desk, ref, number, ballots)
    jobs.run_due()


def _again(given: Ballot, rationale: str) -> Ballot:
    return replace(given, rationale=rationale)
