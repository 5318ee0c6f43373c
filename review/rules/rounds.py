"""Rounds and votes: who still owes an answer, what a ballot must hold, what the votes amount to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from review.rules import grades, texts
from review.rules.dossier import Ballot, Dossier, Round, Vote
from review.rules.errors import Forbidden, Invalid, NotFound
from review.rules.facts import Casualties, Range, envelope
from review.rules.grades import Codebook
from review.rules.policy import Policy
from review.rules.words import N_

MOST_HOURS = 1_000
NO_HOURS = N_("Give the time in whole hours, from 1 to %(most)s.")
EXCLUSIONS = {"conflict": N_("a conflict of interest"), "identity": N_("a doubt about who voted")}
MOST = 1_000_000  # a greater number of people is a slip of the hand

Kind = Literal["first", "again", "second"]


@dataclass(frozen=True, slots=True)
class Tally:
    """What live votes amount to: agreed on a grade with its range, disputed, or still open below quorum."""

    result: Literal["agreed", "disputed", "open"]
    grade: str | None = None
    casualties: Casualties | None = None
    agreeing: tuple[int, ...] = ()
    minority: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Closing:
    """Everything that `round.closed` says: each commitment of the round in exactly one list."""

    number: int
    result: Literal["agreed", "disputed", "abandoned"]
    grade: str | None
    casualties: Casualties | None
    commits: tuple[int, ...]
    superseded: tuple[int, ...]
    withdrawn: tuple[int, ...]
    excluded: tuple[int, ...]
    abstained: tuple[str, ...]
    recused: tuple[str, ...]
    released: tuple[str, ...]


def tally(votes: Iterable[Vote], policy: Policy, codebook: Codebook) -> Tally:
    """Agreed when two thirds share a grade and nobody is further from it than the policy allows.

    Else it is disputed; below the required number it is open. Only the latest live vote of each person
    counts, whatever the order they came in.
    """
    counted = _one_a_person(votes)
    if len(counted) < policy.required:
        return Tally("open")
    choices = [(vote, _opened(vote)) for vote in counted]
    leading = _leading(choices, policy, codebook)
    if leading is None:
        return Tally("disputed")
    agreeing = [(vote, ballot) for vote, ballot in choices if ballot.grade == leading]
    return Tally(
        "agreed",
        leading,
        envelope(ballot.casualties for _vote, ballot in agreeing),
        tuple(vote.seq for vote, _ballot in agreeing),
        tuple(vote.seq for vote, ballot in choices if ballot.grade != leading),
    )


def _one_a_person(votes: Iterable[Vote]) -> tuple[Vote, ...]:
    latest = {vote.voter: vote for vote in sorted(votes, key=lambda vote: vote.seq) if vote.state == "live"}
    return tuple(sorted(latest.values(), key=lambda vote: vote.seq))


def _opened(vote: Vote) -> Ballot:
    if vote.ballot is None:
        raise ValueError(f"vote {vote.seq} is sealed: a tally needs the round's ballots opened")
    return vote.ballot


def _leading(choices: list[tuple[Vote, Ballot]], policy: Policy, codebook: Codebook) -> str | None:
    """The grade that the votes agree on, or None where they do not."""
    counts = Counter(ballot.grade for _vote, ballot in choices).most_common()
    grade, share = counts[0]
    if len(counts) > 1 and counts[1][1] == share:
        return None
    if policy.unanimity and len(counts) > 1:
        return None
    numerator, denominator = policy.share
    if denominator * share < numerator * len(choices):
        return None
    near = all(codebook.within(grade, other, policy.max_distance) for other, _count in counts)
    return grade if near else None


def tally_of(dossier: Dossier, number: int) -> Tally:
    """The tally of a round as its votes stand now, under the policy and codebook copied onto it."""
    round_ = the_round(dossier, number)
    return tally(dossier.live(number), round_.policy, grades.codebook(round_.codebook))


def the_round(dossier: Dossier, number: int) -> Round:
    found = dossier.round_number(number)
    if found is None:
        raise NotFound("unknown-round", round=number)
    return found


def next_kind(dossier: Dossier) -> Kind | None:
    """The kind of round that may be opened now: first, again, second, or None where none may."""
    return next((kind for kind in ("first", "again", "second") if may_open(dossier, kind)), None)


def may_open(dossier: Dossier, kind: str) -> bool:
    """True where a round of this kind may be opened at this stage; one round at a time.

    A first or a further round belongs to an incident that waits for one, a second round to a settlement whose
    arguments have been heard and that has had none.
    """
    if dossier.open_round or dossier.exited:
        return False
    if kind == "second":
        settlement = dossier.open_settlement
        return (
            dossier.stage == "settlement"
            and settlement is not None
            and settlement.second is None
            and not settlement.settlers
            and not settlement.returned
        )
    return dossier.stage in ("logged", "grading") and (kind == "again") == bool(dossier.rounds)


@dataclass(frozen=True, slots=True)
class Opening:
    """What `round.opened` says of itself; who is asked again stands in `people` for a second round."""

    number: int
    kind: Kind
    of: int | None
    evidence: str
    people: tuple[str, ...] = ()


def open_round(dossier: Dossier) -> Opening:
    """The next round of this incident, pinned to its present evidence; a second one asks the same people."""
    kind = next_kind(dossier)
    if kind is None:
        raise NotFound("no-round-may-open", stage=dossier.stage)
    number = len(dossier.rounds) + 1
    settlement = dossier.open_settlement
    if kind != "second" or settlement is None:
        return Opening(number, kind, None, dossier.evidence)
    people = tuple(
        sorted(vote.voter for vote in dossier.live(settlement.round) if may_judge(dossier, vote.voter))
    )
    return Opening(number, kind, settlement.seq, dossier.evidence, people)


def may_judge(dossier: Dossier, who: str | None) -> bool:
    """Who entered an incident, or declared a conflict over it, does not judge it."""
    return who is None or (who not in dossier.entered and who not in dossier.conflicts)


def owed(round_: Round) -> tuple[str, ...]:
    """Whoever was asked in this round and has not answered."""
    return round_.people("assigned")


def counted(dossier: Dossier, number: int) -> int:
    """How many distinct people who did not enter the incident hold a live vote in the round."""
    return len({vote.voter for vote in dossier.live(number)} - dossier.entered)


def closed_with_quorum(dossier: Dossier, number: int) -> bool:
    """True where the required number was in when the round closed; a later exclusion does not undo that."""
    then = [
        vote
        for vote in dossier.votes
        if vote.round == number and (vote.state == "live" or (vote.state == "excluded" and vote.revealed))
    ]
    round_ = the_round(dossier, number)
    return not round_.open and len({vote.voter for vote in then}) >= round_.policy.required


def quorum(dossier: Dossier, number: int) -> bool:
    """True where at least the round's required number of live votes is in."""
    return counted(dossier, number) >= the_round(dossier, number).policy.required


def due(dossier: Dossier) -> bool:
    """True where the worker may close the open round once its grace has run: all answered, and quorum."""
    round_ = dossier.open_round
    return round_ is not None and not owed(round_) and quorum(dossier, round_.number)


def replaces(dossier: Dossier, number: int, who: str) -> int | None:
    """The live vote that a new one by the same person replaces."""
    earlier = dossier.live_of(number, who)
    return earlier.seq if earlier else None


def check_hours(hours: int | None) -> int:
    """How much longer a round may take, in whole hours; Invalid where that is none of these."""
    if hours is None or not 1 <= hours <= MOST_HOURS:
        raise Invalid({"hours": NO_HOURS}, most=MOST_HOURS)
    return hours


def accept(dossier: Dossier, number: int, who: str, ballot: Ballot) -> Ballot:
    """The ballot as it will be sealed, or Invalid with a sentence for each field that cannot be taken."""
    if not may_judge(dossier, who):
        raise Forbidden("cast_vote", who=who)
    book = grades.codebook(the_round(dossier, number).codebook)
    rationale, departs = texts.cleaned(ballot.rationale), texts.cleaned(ballot.departs)
    sources = tuple(sorted(set(ballot.sources)))
    problems = casualty_problems(ballot.casualties)
    problems |= _text_problem(
        "rationale", rationale, N_("Not answered yet. Say what you make of it, and on what it rests.")
    )
    problems |= _source_problems(dossier, sources)
    if ballot.grade not in book.keys:
        problems["grade"] = N_("Not answered yet. Choose one of the grades of this round.")
    else:
        against = grades.warnings(book, ballot.grade, dossier)
        problems |= _departure_problem(departs, needed=bool(against))
        departs = departs if against else None
    if problems:
        raise Invalid(problems, most=MOST, longest=texts.LONGEST)
    return Ballot(ballot.grade, ballot.casualties, rationale, sources, departs)


def _departure_problem(departs: str | None, *, needed: bool) -> dict[str, str]:
    if not needed:
        return {}
    return _text_problem(
        "departs", departs, N_("This goes against the grade's definition. You may still cast it: say why.")
    )


def _text_problem(name: str, text: str | None, missing: str) -> dict[str, str]:
    if text is None:
        return {name: missing}
    if texts.too_long(text):
        return {name: N_("This is longer than the record can carry: at most %(longest)s characters.")}
    return {}


def _source_problems(dossier: Dossier, sources: tuple[int, ...]) -> dict[str, str]:
    attached = {source.number for source in dossier.attached}
    if not attached.issuperset(sources):
        return {"sources": N_("One of the sources named is not attached here, or has been withdrawn.")}
    if attached and not sources:
        return {"sources": N_("Not answered yet. Name at least one source that your vote rests on.")}
    return {}


def casualty_problems(casualties: Casualties) -> dict[str, str]:
    """Field -> sentence for a range that cannot be true."""
    found = {}
    for name, pair in (("killed", casualties.killed), ("injured", casualties.injured)):
        problem = range_problem(pair)
        if problem:
            found[name] = problem
    return found


def range_problem(pair: Range) -> str | None:
    """Why this pair cannot be recorded: whole numbers, none below zero, the fewest not above the most."""
    bounds = [bound for bound in (pair.minimum, pair.maximum) if bound is not None]
    if any(isinstance(bound, bool) or not isinstance(bound, int) for bound in bounds):
        return N_("Only whole numbers of people, or nothing where nobody knows.")
    if any(bound < 0 for bound in bounds):
        return N_("A number of people is never below zero. Leave it empty where nobody knows.")
    if any(bound > MOST for bound in bounds):
        return N_("This number is greater than %(most)s. Look at it again.")
    if not pair.consistent:
        return N_("The fewest is greater than the most.")
    return None


def close(dossier: Dossier, number: int) -> Closing:
    """The close of a round with quorum, its ballots opened: agreed with grade and range, or disputed."""
    counted_votes = tally_of(dossier, number)
    if counted_votes.result == "open":
        raise ValueError(f"round {number} is below quorum")
    return _closing(dossier, number, counted_votes.result, counted_votes.grade, counted_votes.casualties)


def close_short(dossier: Dossier, number: int) -> Closing:
    """The close of a second round that ran out of time below quorum: disputed, so a settler decides."""
    if the_round(dossier, number).kind != "second" or quorum(dossier, number):
        raise ValueError(f"round {number} is not a second round below quorum")
    return _closing(dossier, number, "disputed", None, None)


def abandon(dossier: Dossier, number: int) -> Closing:
    """The end of a round without a result: nothing is revealed, what was committed stays sealed for ever.

    No vote is committed to a result, so those that were live stand among the superseded.
    """
    ended = _closing(dossier, number, "abandoned", None, None)
    return replace(ended, commits=(), superseded=tuple(sorted((*ended.commits, *ended.superseded))))


def unheld(number: int) -> Closing:
    """The end of a round that asked nobody: it stands in the trail only as the way out of a settlement."""
    return Closing(number, "abandoned", None, None, (), (), (), (), (), (), ())


def _closing(
    dossier: Dossier,
    number: int,
    result: Literal["agreed", "disputed", "abandoned"],
    grade: str | None,
    casualties: Casualties | None,
) -> Closing:
    round_ = the_round(dossier, number)
    votes = sorted((vote for vote in dossier.votes if vote.round == number), key=lambda vote: vote.seq)

    def seqs(state: str) -> tuple[int, ...]:
        return tuple(vote.seq for vote in votes if vote.state == state)

    return Closing(
        number=number,
        result=result,
        grade=grade,
        casualties=casualties,
        commits=seqs("live"),
        superseded=seqs("replaced"),
        withdrawn=seqs("withdrawn"),
        excluded=seqs("excluded"),
        abstained=tuple(sorted(round_.people("abstained"))),
        recused=tuple(sorted(round_.people("recused"))),
        released=tuple(sorted(round_.people("released"))),
    )


def exclusions_after_their_close(dossier: Dossier) -> tuple[int, ...]:
    """The exclusions of votes that were revealed before: nothing of them stays sealed once no round is open."""
    return tuple(vote.excluded for vote in dossier.votes if vote.revealed and vote.excluded)


def closed(dossier: Dossier, closing: Closing) -> Dossier:
    """The dossier as it will stand once `closing` is recorded, so that the same act can go on from there."""
    after = tuple(
        replace(
            round_,
            result=closing.result,
            grade=closing.grade,
            casualties=closing.casualties,
            closed=dossier.last + 1,
        )
        if round_.number == closing.number
        else round_
        for round_ in dossier.rounds
    )
    return replace(dossier, rounds=after)


def bearing(dossier: Dossier) -> frozenset[int]:
    """The rounds whose votes bear something now: the open one, a settlement's, a proposal's, the published version's.

    Taking a vote out of any other round, an abandoned one above all, would change nothing.
    """
    numbers = {dossier.open_round.number} if dossier.open_round else set()
    under_way, proposal = dossier.open_settlement, dossier.proposal
    if under_way:
        numbers |= {under_way.round, *((under_way.second,) if under_way.second else ())}
    if proposal and dossier.stage == "approval":
        numbers.add(proposal.round)
    standing = dossier.determination
    if dossier.stage == "published" and standing:
        numbers |= {one.round for one in dossier.proposals if one.seq == standing.proposal}
    return frozenset(numbers)


def disclosed_late(dossier: Dossier, who: str) -> bool:
    """True where somebody whose revealed vote bears something now says that they should not have judged.

    While a round is open nothing is said of it: who holds a vote there is sealed.
    """
    if dossier.open_round:
        return False
    return any(dossier.live_of(number, who) for number in bearing(dossier))


def without(dossier: Dossier, seq: int) -> Dossier:
    """The dossier as it will stand once the vote `seq` is excluded."""
    after = tuple(replace(vote, state="excluded") if vote.seq == seq else vote for vote in dossier.votes)
    return replace(dossier, votes=after)
