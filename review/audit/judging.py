"""What the rules say to one recorded event: the requirements of its verb, and what it had to be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from review.audit.closings import closed
from review.audit.naming import cited, lacking
from review.rules import approval, overrides, rounds, settlement, workflow
from review.rules.dossier import Dossier, Record, Settlement
from review.rules.facts import Casualties
from review.rules.folds_grading import revealed
from review.rules.grades import NO_CONSENSUS
from review.rules.permissions import SYSTEM, Actor, may
from review.rules.requirements import Deed, Viewer, unmet

# Met by the form alone: without the words that were typed nothing can be said of them.
BY_WORDS = ("fresh-votes", "reasoned")
# What the desk asks of itself, and neither page of the contract of a log.
OF_THE_DESK = ("has-evidence", "dissent-untouched")
WORDS = ("reason", "rationale", "ground")
REASONED = (
    "vote.committed", "settlement.closed", "grade.approved", "grade.returned", "grade.overridden", "override.seconded",
    "grade.reopened", "incident.withdrawn",
)  # fmt: skip
# An import and a second vote's opening are acts of the desk, not of a reviewer or a lead.
IMPORTED = ("claim.grouped", "source.attached", "source.captured", "source.derived", "source.assessed",
            "source.grouped", "position.recorded")  # fmt: skip


def _plain(record: Record) -> Deed:
    return Deed(reason=_reason(record))


def _reason(record: Record) -> str | None:
    """The words that it was done with; none at all where they were removed, empty where nobody said any."""
    told = next(filter(None, map(record.sealed.get, WORDS)), None)
    silent = record.type in REASONED and any(name in record.sealed for name in WORDS)
    return "" if told is None and silent else told


def _about(record: Record) -> Deed:
    return Deed(reason=_reason(record), subject=record.body["who"])


def _about_claim(record: Record) -> Deed:
    return Deed(reason=_reason(record), claim=record.body["claim"])


def _of_vote(record: Record) -> Deed:
    return Deed(reason=_reason(record), vote=record.body["of"])


def _ballot(record: Record) -> Deed:
    return Deed(reason=_reason(record), seen=f"{record.body['evidence']}:{record.body['round']}")


def _approval(record: Record) -> Deed:
    return Deed(reason=_reason(record), seen=record.body["dossier"])


# Event type -> the verb that records it, and the deed that its requirements ask about.
VERBS: Mapping[str, tuple[str, Callable[[Record], Deed]]] = {
    "claim.grouped": ("group_claim", _plain),
    "claim.ungrouped": ("ungroup_claim", _about_claim),
    "incident.opened": ("open_incident", _plain),
    "incident.restricted": ("restrict_incident", _plain),
    "incident.merged": ("merge_incident", _plain),
    "incident.absorbed": ("merge_incident", _plain),
    "incident.split": ("split_incident", _plain),
    "incident.dismissed": ("dismiss_incident", _plain),
    "incident.withdrawn": ("withdraw_incident", _plain),
    "incident.restored": ("restore_incident", _plain),
    "incident.described": ("describe_incident", lambda record: Deed(material=record.body["material"])),
    "position.recorded": ("record_position", _plain),
    "source.attached": ("attach_source", _plain),
    "source.captured": ("capture_source", _plain),
    "source.assessed": ("assess_source", _plain),
    "source.grouped": ("group_sources", _plain),
    "source.withdrawn": ("withdraw_source", _plain),
    "conflict.declared": ("declare_conflict", _plain),
    "conflict.lifted": ("lift_conflict", _plain),
    "round.opened": ("open_round", lambda record: Deed(kind=record.body["kind"])),
    "round.extended": ("extend_round", _plain),
    "reviewer.assigned": ("assign_reviewer", _about),
    "reviewer.released": ("release_reviewer", _about),
    "reviewer.recused": ("recuse", _plain),
    "reviewer.abstained": ("abstain", _plain),
    "vote.committed": ("cast_vote", _ballot),
    "vote.withdrawn": ("withdraw_vote", _plain),
    "vote.excluded": ("exclude_vote", _of_vote),
    "round.closed": ("close_round", _plain),
    "settlement.argued": ("argue", _plain),
    "settler.appointed": ("appoint_settler", _about),
    "settlement.closed": ("settle", _plain),
    "dissent.recorded": ("dissent", _of_vote),
    "grade.returned": ("return_grade", _plain),
    "grade.overridden": ("override", _plain),
    "override.seconded": ("second_override", _approval),
    "grade.approved": ("approve", _approval),
    "grade.published": ("publish_grade", _plain),
    "grade.reopened": ("reopen", _plain),
    "detail.redacted": (
        "second_redaction",
        lambda record: Deed(reason=_reason(record), subject=record.body["asked_by"]),
    ),
    "recheck.opened": ("open_recheck", _plain),
    "recheck.closed": ("confirm_recheck", _plain),
    "correction.published": ("publish_correction", _plain),
}

Finding = tuple[str, str]  # the name of what does not hold, and a sentence


def judge(record: Record, dossier: Dossier) -> Iterator[Finding]:
    """What does not hold of an event, given the incident as it stood just before it."""
    if _out_of_place(record, dossier):
        yield "stage", f"{record.type} is not possible at the stage {dossier.stage}"
        return
    yield from _requirements(record, dossier)
    outcome = OUTCOMES.get(record.type)
    if outcome is not None:
        yield from outcome(record, dossier)


def _out_of_place(record: Record, dossier: Dossier) -> bool:
    stage = dossier.stage if dossier.size else ""
    moves = workflow.moves(record.type, record.body)
    return moves and workflow.transition(stage, record.type, record.body) is None


def _requirements(record: Record, dossier: Dossier) -> Iterator[Finding]:
    verb, deed = _verb(record, dossier)
    if verb is None:
        return
    if record.type in IMPORTED and record.role in ("admin", "system"):
        return
    if not may(record.role, verb):
        yield "right", f"{record.type} is not for the role {record.role}"
    for requirement in unmet(verb, dossier, viewer(record), deed):
        if requirement.name in OF_THE_DESK:
            continue
        if requirement.name not in BY_WORDS or _reason(record) is not None:
            yield requirement.name, requirement.sentence % _Blank(requirement.values)


def _verb(record: Record, dossier: Dossier) -> tuple[str | None, Deed]:
    verb, deed = VERBS.get(record.type, (None, _plain))
    if record.type == "reviewer.assigned" and (record.actor, record.role) == (record.body["who"], "reviewer"):
        verb = "take_next"
    if record.type == "round.closed" and record.body["result"] == "abandoned":
        verb = "abandon_round"
    if record.type == "round.closed" and _ran_out(record, dossier):
        verb = None
    if record.type == "settlement.closed" and record.body["by"] != "settler":
        verb = None
    if record.type == "incident.restricted" and not record.body["on"]:
        verb = "lift_restriction"
    if record.type == "recheck.closed" and record.body["outcome"] == "reopened":
        verb = "reopen"
    return verb, deed(record)


def _ran_out(record: Record, dossier: Dossier) -> bool:
    """A second round below quorum at its deadline is disputed."""
    round_ = dossier.open_round
    if round_ is None or round_.kind != "second" or record.body["result"] != "disputed":
        return False
    return not rounds.quorum(dossier, round_.number)


def viewer(record: Record) -> Viewer:
    """Whoever recorded an event, as the requirements see them."""
    if record.role == "system":
        return Viewer(SYSTEM)
    return Viewer(Actor(1, record.role, record.actor), record.actor)


class _Blank(dict[str, Any]):
    """Values for a sentence; one that is missing is left blank."""

    def __missing__(self, key: str) -> str:
        return "…"


# --- what an event had to be --------------------------------------------------------------------------------


def _digests(record: Record, dossier: Dossier) -> Iterator[Finding]:
    if "evidence" in record.body and record.body["evidence"] != dossier.evidence:
        yield "fresh-page", "its evidence digest is not that of the incident's events"
    if "dossier" in record.body and record.body["dossier"] != dossier.digest:
        yield "fresh-page", "its dossier digest is not that of the incident's events"


def _opened(record: Record, dossier: Dossier) -> Iterator[Finding]:
    yield from _digests(record, dossier)
    if record.body["round"] != len(dossier.rounds) + 1:
        yield "round", "its number is not the next"


def _committed(record: Record, dossier: Dossier) -> Iterator[Finding]:
    number = record.body["round"]
    if dossier.open_round is None or dossier.open_round.number != number:
        yield "round-open", "the round that it names is not open"
        return
    if record.body["replaces"] != rounds.replaces(dossier, number, record.actor):
        yield "one-vote", "one person has one vote: it does not replace the voter's live one"
    if lacking(dossier, cited(record)):
        yield "reference", "it rests on a source that the incident has not"


def _withdrawn(record: Record, dossier: Dossier) -> Iterator[Finding]:
    vote = dossier.vote(record.body["of"])
    if vote is None or vote.voter != record.actor or vote.state != "live":
        yield "own-vote", "a person withdraws their own live vote"


def _revealed(record: Record, dossier: Dossier) -> Iterator[Finding]:
    vote = dossier.vote(record.body["of"])
    if vote is None or vote.state != "live" or vote.revealed is not None:
        yield "reveal", "what it reveals is no live vote of a round just closed"
        return
    grade, casualties = revealed(record.body["disclosures"])
    if vote.ballot is not None and (vote.ballot.grade, vote.ballot.casualties) != (grade, casualties):
        yield "reveal", "what it reveals is not what was committed"


def _settled(record: Record, dossier: Dossier) -> Iterator[Finding]:
    body, under_way = record.body, dossier.open_settlement
    if under_way is None or under_way.seq != body["settlement"]:
        yield "settlement", "the settlement that it names is not open"
        return
    if body["grade"] not in (NO_CONSENSUS, *settlement.choices(dossier, under_way)):
        yield "settlement", "no live vote held that grade"
        return
    decided = settlement.deciding_round(dossier, under_way)
    second = under_way.second if body["by"] == "second_vote" else None
    wanted = settlement.casualties_for(dossier, under_way, body["grade"])
    if (Casualties.from_dict(body["range"]), body["second"]) != (wanted, second):
        yield "settlement", "its range or its round is not that of the votes that decide"
    argued = {argument.seq for argument in under_way.arguments}
    minority = settlement.minority_arguments(dossier, under_way, body["grade"])
    if not set(minority) <= set(body["answers"]) <= argued:
        yield "dissent-kept", "not every argument of the minority is answered"
    if body["by"] == "second_vote" and (decided.result, decided.grade) != ("agreed", body["grade"]):
        yield "settlement", "the second vote did not agree on that grade"
    yield from _in_turn(body["by"], under_way)


def _in_turn(by: str, under_way: Settlement) -> Iterator[Finding]:
    """What was returned to settlement goes to a new settler; the ladder ends after a second one."""
    appointed, returned = len(under_way.settlers), under_way.returned
    if by == "second_vote" and returned:
        yield "settlement", "a second vote settles in the act of its close"
    if by == "ladder" and (appointed < 2 or (returned and appointed == under_way.discharged)):
        yield "settlement", "the ladder ends after a second settler, a new one where the grade was returned"


def _proposed(record: Record, dossier: Dossier) -> Iterator[Finding]:
    yield from _digests(record, dossier)
    body, wanted = record.body, approval.proposed(dossier)
    if wanted is None:
        yield "proposal", "there is no result that could be proposed"
        return
    casualties, minority = Casualties.from_dict(body["range"]), tuple(body["minority"])
    said = (body["version"], body["grade"], casualties, body["round"], body["settlement"], minority)
    due = (wanted.version, wanted.grade, wanted.casualties, wanted.round, wanted.settlement, wanted.minority)
    if said != due:
        yield "proposal", "it is not the result of the round or the settlement"


def _approved(record: Record, dossier: Dossier) -> Iterator[Finding]:
    body, proposal = record.body, dossier.proposal
    if proposal is None or proposal.seq != body["of"]:
        yield "proposed", "the proposal that it names is not pending"
        return
    if tuple(body["stale"]) != approval.stale_sources(dossier, proposal.round):
        yield "fresh-votes", "its list of what was not considered is not that of the events since"
    if body["dossier"] != proposal.dossier:
        yield "fresh-page", "the dossier that is approved is not the one proposed"
    if body["override"] != (proposal.override.seq if proposal.override else None):
        yield "override", "it is not the other grade that was asked for"


def _overridden(record: Record, dossier: Dossier) -> Iterator[Finding]:
    body, proposal = record.body, dossier.proposal
    if proposal is None or proposal.seq != body["of"]:
        yield "proposed", "the proposal that it names is not pending"
        return
    if body["grade"] not in overrides.choices(dossier, proposal):
        yield "override", "it is no other grade of the round's codebook"
    casualties = Casualties.from_dict(body["range"])
    if not casualties.consistent or not overrides.bounds(dossier, proposal).covers(casualties):
        yield "override", "its range is outside the envelope of all live votes"


def _seconded(record: Record, dossier: Dossier) -> Iterator[Finding]:
    yield from _digests(record, dossier)
    asked = dossier.proposal.override if dossier.proposal else None
    if asked is None or asked.seq != record.body["of"]:
        yield "override", "there is no such other grade that waits for a second"


def _checked(record: Record, dossier: Dossier) -> Iterator[Finding]:
    standing = dossier.determination
    if standing is None or standing.version != record.body["version"]:
        yield "version", "it does not name the version that stands"


def _corrected(record: Record, dossier: Dossier) -> Iterator[Finding]:
    standing = dossier.determination
    if standing is None or record.body["version"] > standing.version:
        yield "version", "it does not name a version that was published"


def _published(record: Record, dossier: Dossier) -> Iterator[Finding]:
    body, proposal = record.body, dossier.proposal
    if proposal is None or proposal.approval is None or proposal.approval.seq != body["of"]:
        yield "approved", "it is not approved"
        return
    if body["version"] != proposal.version or body["kind"] != (dossier.reopened or "first"):
        yield "published", "its version or its kind is not the one approved"
    wait = proposal.approval.not_before
    if wait is None and record.actor != proposal.approval.by:
        yield "published", "without a date the approver publishes, in the same act"
    if wait is not None and (record.role != "system" or record.day < wait):
        yield "published", "with a date the system publishes, not before it"


def _left(record: Record, dossier: Dossier) -> Iterator[Finding]:
    if dossier.open_round is not None:
        yield "no-open-round", "an exit abandons the open round before it"


def _merged(record: Record, dossier: Dossier) -> Iterator[Finding]:
    yield from _left(record, dossier)
    others = record.body["other"]
    if len(others) != 1 or others == [dossier.incident]:
        yield "merge", "an incident is merged into one other"


def _split(record: Record, dossier: Dossier) -> Iterator[Finding]:
    others = record.body["other"]
    if not dossier.size:
        if len(others) != 1 or others == [dossier.incident]:
            yield "merge", "what is split out is of one other"
        return
    yield from _left(record, dossier)
    if not others:
        yield "merge", "a split makes new incidents"


def _absorbed(record: Record, dossier: Dossier) -> Iterator[Finding]:
    others = record.body["other"]
    if not others or dossier.incident in others:
        yield "merge", "an incident absorbs others"


def _grouped(record: Record, dossier: Dossier) -> Iterator[Finding]:
    """Sources of the incident; how a desk numbers their origins is its own affair."""
    if not record.body["sources"] or lacking(dossier, record.body["sources"]):
        yield "reference", "it groups a source that the incident has not"


OUTCOMES: Mapping[str, Callable[[Record, Dossier], Iterator[Finding]]] = {
    "incident.merged": _merged,
    "incident.absorbed": _absorbed,
    "incident.split": _split,
    "incident.dismissed": _left,
    "incident.withdrawn": _left,
    "source.grouped": _grouped,
    "round.opened": _opened,
    "vote.committed": _committed,
    "vote.withdrawn": _withdrawn,
    "round.closed": closed,
    "vote.revealed": _revealed,
    "settlement.closed": _settled,
    "grade.proposed": _proposed,
    "grade.approved": _approved,
    "grade.published": _published,
    "grade.overridden": _overridden,
    "override.seconded": _seconded,
    **dict.fromkeys(("recheck.opened", "recheck.closed"), _checked),
    "correction.published": _corrected,
}
