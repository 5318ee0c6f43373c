"""How grading folds: rounds, votes, settlements, proposals, versions; one function an event type."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from review.rules.dossier import (
    NO_FACTS,
    Answer,
    Approval,
    Argument,
    Ballot,
    Determination,
    Dissent,
    Override,
    Proposal,
    Recheck,
    Record,
    Round,
    Settlement,
    Settler,
    Vote,
)
from review.rules.facts import Casualties
from review.rules.redaction import Removal

if TYPE_CHECKING:
    from review.rules.history import History


def round_opened(history: History, record: Record) -> None:
    body = record.body
    history.rounds[body["round"]] = Round(
        number=body["round"],
        seq=record.seq,
        kind=body["kind"],
        of=body["of"],
        policy=history.policies[body["policy"]],
        policy_seq=body["policy"],
        codebook=history.codebooks[body["codebook"]],
        codebook_seq=body["codebook"],
        evidence=body["evidence"],
    )
    history.answers[body["round"]] = {}
    if body["kind"] == "second":
        history.settlements[body["of"]] = replace(history.settlements[body["of"]], second=body["round"])


def answered(history: History, record: Record) -> None:
    given = cast(Answer, record.type.removeprefix("reviewer."))
    who = record.body.get("who", record.actor)
    answer(history, record.body["round"], who, given)


def answer(history: History, number: int, who: str, given: Answer) -> None:
    history.answers[number].pop(who, None)
    history.answers[number][who] = given


def vote_committed(history: History, record: Record) -> None:
    body = record.body
    if body["replaces"] is not None:
        history.votes[body["replaces"]] = replace(history.votes[body["replaces"]], state="replaced")
    history.votes[record.seq] = Vote(
        seq=record.seq,
        round=body["round"],
        voter=record.actor,
        evidence=body["evidence"],
        replaces=body["replaces"],
        ballot=history.ballots.get(record.seq) or ballot(record.sealed),
    )
    answer(history, body["round"], record.actor, "voted")


def vote_withdrawn(history: History, record: Record) -> None:
    vote = history.votes[record.body["of"]]
    history.votes[vote.seq] = replace(vote, state="withdrawn")
    answer(history, vote.round, vote.voter, "assigned")


def vote_excluded(history: History, record: Record) -> None:
    vote = history.votes[record.body["of"]]
    history.votes[vote.seq] = replace(vote, state="excluded", excluded=record.seq)


def vote_revealed(history: History, record: Record) -> None:
    vote = history.votes[record.body["of"]]
    grade, casualties = revealed(record.body["disclosures"])
    known = vote.ballot or Ballot(grade, casualties, None)
    history.votes[vote.seq] = replace(
        vote, revealed=record.seq, ballot=replace(known, grade=grade, casualties=casualties)
    )


def round_closed(history: History, record: Record) -> None:
    body = record.body
    history.rounds[body["round"]] = replace(
        history.rounds[body["round"]],
        result=body["result"],
        grade=body["grade"],
        casualties=Casualties.from_dict(body["range"]) if body["range"] else None,
        closed=record.seq,
    )
    if body["result"] == "abandoned":
        history.end_settlement()
        history.fields["reopened"] = None


def settlement_opened(history: History, record: Record) -> None:
    history.settlements[record.seq] = Settlement(record.seq, record.body["round"])


def settlement_argued(history: History, record: Record) -> None:
    settlement = history.settlements[record.body["settlement"]]
    argument = Argument(record.seq, record.actor, record.sealed.get("text"))
    history.settlements[settlement.seq] = replace(settlement, arguments=(*settlement.arguments, argument))


def settler_appointed(history: History, record: Record) -> None:
    settlement = history.settlements[record.body["settlement"]]
    settler = Settler(record.seq, record.body["who"])
    history.settlements[settlement.seq] = replace(settlement, settlers=(*settlement.settlers, settler))


def settlement_closed(history: History, record: Record) -> None:
    body = record.body
    replies = record.sealed.get("replies") or {}
    history.settlements[body["settlement"]] = replace(
        history.settlements[body["settlement"]],
        closed=record.seq,
        by=body["by"],
        grade=body["grade"],
        casualties=Casualties.from_dict(body["range"]),
        rationale=record.sealed.get("rationale"),
        replies=tuple(sorted((int(seq), text) for seq, text in replies.items())),
    )


def dissent_recorded(history: History, record: Record) -> None:
    of = record.body["of"]
    before = history.dissents.get(of)
    history.dissents[of] = Dissent(
        record.seq, of, record.actor, record.sealed.get("text"), before.removed if before else None
    )


def detail_redacted(history: History, record: Record) -> None:
    """A dissent whose words are removed says by whom, also when it is written anew."""
    body = record.body
    for vote, dissent in history.dissents.items():
        if dissent.seq == body["of"]:
            removal = Removal(body["asked_by"], record.actor, body["ground"])
            history.dissents[vote] = replace(dissent, removed=removal)


def grade_proposed(history: History, record: Record) -> None:
    body = record.body
    history.proposals[record.seq] = Proposal(
        seq=record.seq,
        version=body["version"],
        grade=body["grade"],
        casualties=Casualties.from_dict(body["range"]),
        round=body["round"],
        settlement=body["settlement"],
        minority=tuple(body["minority"]),
        evidence=body["evidence"],
        dossier=body["dossier"],
    )


def proposal_voided(history: History, record: Record) -> None:
    proposal(history, record, state="voided")


def grade_returned(history: History, record: Record) -> None:
    returned = proposal(history, record, state="returned")
    if record.body["to"] == "settlement" and returned.settlement is not None:
        settlement = history.settlements[returned.settlement]
        history.settlements[settlement.seq] = replace(
            settlement, returned=True, discharged=len(settlement.settlers), closed=None, by=None
        )


def grade_overridden(history: History, record: Record) -> None:
    body = record.body
    casualties, reason = Casualties.from_dict(body["range"]), record.sealed.get("reason")
    override = Override(record.seq, record.actor, body["grade"], casualties, reason)
    proposal(history, record, override=override)


def override_seconded(history: History, record: Record) -> None:
    for proposal in history.proposals.values():
        if proposal.override and proposal.override.seq == record.body["of"]:
            seconded = replace(
                proposal.override,
                seconded=record.seq,
                second=record.actor,
                agreed=record.sealed.get("reason"),
            )
            history.proposals[proposal.seq] = replace(proposal, override=seconded)


def grade_approved(history: History, record: Record) -> None:
    body = record.body
    approval = Approval(
        record.seq,
        record.actor,
        body["dossier"],
        tuple(body["stale"]),
        body["not_before"],
        body["override"],
        record.sealed.get("reason"),
    )
    proposal(history, record, state="approved", approval=approval)


def proposal(history: History, record: Record, **changes: Any) -> Proposal:
    proposal = replace(history.proposals[record.body["of"]], **changes)
    history.proposals[proposal.seq] = proposal
    return proposal


def grade_published(history: History, record: Record) -> None:
    body = record.body
    approved = next(p for p in history.proposals.values() if p.approval and p.approval.seq == body["of"])
    decided = approved.override if approved.approval and approved.approval.override else None
    decided_as = decided or approved
    history.proposals[approved.seq] = replace(approved, state="published")
    history.determinations.append(
        Determination(
            body["version"],
            record.seq,
            record.day,
            decided_as.grade,
            decided_as.casualties,
            history.rounds[approved.round].codebook,
            proposal=approved.seq,
            facts=history.fields.get("facts", NO_FACTS),
        )
    )
    history.fields["reopened"] = None


def grade_reopened(history: History, record: Record) -> None:
    history.fields["reopened"] = record.body["ground"]


def recheck_opened(history: History, record: Record) -> None:
    body, reason = record.body, record.sealed.get("reason")
    opened = Recheck(record.seq, body["version"], body["cause"], record.actor, record.day, reason)
    history.fields["recheck"] = True
    history.fields["rechecks"] = (*history.fields.get("rechecks", ()), opened)


def recheck_closed(history: History, record: Record) -> None:
    *before, last = history.fields["rechecks"]
    ended = replace(
        last, outcome=record.body["outcome"], ended=record.day, why=record.sealed.get("reason")
    )
    history.fields["recheck"] = False
    history.fields["rechecks"] = (*before, ended)


def revealed(disclosures: Iterable[str]) -> tuple[str, Casualties]:
    """The grade and the range that the two disclosures of a `vote.revealed` carry in clear."""
    values = dict(_opened(text) for text in disclosures)
    return values["grade"], Casualties.from_dict(values["range"])


def _opened(disclosure: str) -> tuple[str, Any]:
    padded = disclosure + "=" * (-len(disclosure) % 4)
    _salt, name, value = json.loads(base64.urlsafe_b64decode(padded))
    return name, value


def ballot(sealed: Mapping[str, Any]) -> Ballot | None:
    if sealed.get("grade") is None:
        return None
    return Ballot(
        sealed["grade"],
        Casualties.from_dict(sealed.get("range")),
        sealed.get("rationale"),
        tuple(sealed.get("sources") or ()),
        sealed.get("departs"),
    )


FOLDS: Mapping[str, Callable[[History, Record], None]] = {
    "round.opened": round_opened,
    "reviewer.assigned": answered,
    "reviewer.released": answered,
    "reviewer.recused": answered,
    "reviewer.abstained": answered,
    "vote.committed": vote_committed,
    "vote.withdrawn": vote_withdrawn,
    "vote.excluded": vote_excluded,
    "vote.revealed": vote_revealed,
    "round.closed": round_closed,
    "settlement.opened": settlement_opened,
    "settlement.argued": settlement_argued,
    "settler.appointed": settler_appointed,
    "settlement.closed": settlement_closed,
    "dissent.recorded": dissent_recorded,
    "detail.redacted": detail_redacted,
    "grade.proposed": grade_proposed,
    "proposal.voided": proposal_voided,
    "grade.returned": grade_returned,
    "grade.overridden": grade_overridden,
    "override.seconded": override_seconded,
    "grade.approved": grade_approved,
    "grade.published": grade_published,
    "grade.reopened": grade_reopened,
    "recheck.opened": recheck_opened,
    "recheck.closed": recheck_closed,
}
