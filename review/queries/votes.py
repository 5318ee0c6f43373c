"""Votes as their viewer may see them: one's own ballot in an open round, everybody's under letters after the close."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from review.models import Draft, session
from review.models.languages import languages_of, languages_read
from review.queries.drafts import kept, kept_draft
from review.queries.due import answers_due
from review.queries.reading import Reading, Way
from review.rules import assignment, grades, settlement, tags
from review.rules.dossier import Ballot, Round, Vote
from review.rules.facts import Casualties
from review.rules.requirements import page_of
from review.rules.visibility import Sight


@dataclass(frozen=True, slots=True)
class Choice:
    """One grade of the round's codebook with its definition, its condition, and what speaks against it here."""

    key: str
    label: str
    definition: str
    condition: str
    warnings: tuple[grades.Warning, ...]


@dataclass(frozen=True, slots=True)
class OwnVote:
    """A vote of the viewer's own, opened for them alone."""

    grade: str
    casualties: Casualties
    rationale: str | None
    sources: tuple[int, ...]
    departs: str | None
    state: str


@dataclass(frozen=True, slots=True)
class BallotForm:
    """The ballot of somebody who was asked: what to choose from, what they began, what they have cast."""

    number: int
    kind: str
    codebook: str
    choices: tuple[Choice, ...]
    begun: Mapping[str, tuple[str, ...]]
    saved_at: datetime | None
    why: tuple[str, ...]
    due: datetime | None
    seen: str
    cast: OwnVote | None
    moved: bool
    answer: str | None
    held_until: datetime | None
    ways: Mapping[str, Way]


@dataclass(frozen=True, slots=True)
class ShownVote:
    """A revealed vote under its letter."""

    letter: str
    grade: str
    casualties: Casualties
    rationale: str | None
    sources: tuple[int, ...]
    departs: str | None
    own: bool
    odd: bool
    excluded: bool
    dissent: str | None


@dataclass(frozen=True, slots=True)
class ShownRound:
    """A round that has ended: its result, and as much of its votes as the viewer may see."""

    number: int
    kind: str
    result: str
    grade: str | None
    casualties: Casualties | None
    codebook: str
    required: int
    max_distance: int
    inside: bool
    votes: tuple[ShownVote, ...]
    sealed: tuple[OwnVote, ...]
    abstained: int
    recused: int


@dataclass(frozen=True, slots=True)
class Dissenting:
    """The viewer's own vote in the minority of a result that waits for approval, and what they have written."""

    grade: str
    casualties: Casualties
    rationale: str | None
    text: str | None
    seq: int
    begun: Mapping[str, tuple[str, ...]]  # what was typed and not sent
    saved_at: datetime | None


VERBS = ("cast_vote", "abstain", "recuse", "withdraw_vote")


def ballot_form(reading: Reading, typed: Mapping[str, Draft]) -> BallotForm | None:
    """The ballot, for somebody who was asked in the open round; None for everybody else."""
    round_ = reading.dossier.open_round
    answer = round_.answer(reading.who) if round_ and reading.who else None
    if round_ is None or answer not in ("assigned", "voted", "abstained"):
        return None
    cast = reading.dossier.live_of(round_.number, reading.who or "")
    draft = kept(typed.get("vote"))
    return BallotForm(
        number=round_.number,
        kind=round_.kind,
        codebook=round_.codebook,
        choices=choices(reading, round_),
        begun=draft.values if draft else _begun(cast),
        saved_at=draft.saved_at if draft else None,
        why=_why(reading) if cast is None and answer == "assigned" else (),
        due=_due(reading, round_) if cast is None and answer == "assigned" else None,
        seen=page_of("cast_vote", reading.dossier),
        cast=own_vote(cast) if cast else None,
        moved=cast is not None and cast.evidence != reading.dossier.evidence,
        answer=answer,
        held_until=reading.held_until,
        ways=reading.ways(*VERBS),
    )


def _why(reading: Reading) -> tuple[str, ...]:
    """Why this incident is before its reader and no other."""
    if reading.held_until is None:
        return assignment.why_owed(reading.dossier)
    person = reading.viewer.actor.person or 0
    read = languages_read(session, [person]).get(person, frozenset())
    written = languages_of(session, reading.dossier) if read else ()
    return assignment.why_served(reading.dossier, reads=not read.isdisjoint(written))


def _due(reading: Reading, round_: Round) -> datetime | None:
    seat = (reading.name, round_.number, reading.who or "")
    return None if reading.held_until else answers_due([seat]).get(seat)


def own_ballot(reading: Reading) -> dict[str, tuple[str, ...]]:
    """The viewer's live vote in the open round as its form would hold it; empty where there is none."""
    round_ = reading.dossier.open_round
    return _begun(reading.dossier.live_of(round_.number, reading.who) if round_ and reading.who else None)


def own_live_vote(reading: Reading) -> int | None:
    """The seq of the viewer's live vote in the open round: for the act, never for the page."""
    round_ = reading.dossier.open_round
    vote = reading.dossier.live_of(round_.number, reading.who) if round_ and reading.who else None
    return vote.seq if vote else None


def choices(reading: Reading, round_: Round) -> tuple[Choice, ...]:
    """Every grade of the round's codebook, in its order, with the warnings that this dossier gives each."""
    book = grades.codebook(round_.codebook)
    return tuple(
        Choice(
            grade.key,
            grade.label,
            grade.definition,
            grade.condition,
            grades.warnings(book, grade.key, reading.dossier),
        )
        for grade in book.grades
    )


def own_vote(vote: Vote) -> OwnVote | None:
    """What the viewer said in a vote of theirs; None where it could not be opened."""
    ballot = vote.ballot
    if ballot is None:
        return None
    return OwnVote(ballot.grade, ballot.casualties, ballot.rationale, ballot.sources, ballot.departs, vote.state)


def _begun(cast: Vote | None) -> dict[str, tuple[str, ...]]:
    """The ballot filled with the vote that stands, so that standing by it is one press."""
    if cast is None or cast.ballot is None:
        return {}
    ballot = cast.ballot
    words, turning_on = tags.parted(ballot.rationale)
    return {
        "grade": (ballot.grade,),
        "rationale": (words,),
        "tags": turning_on,
        "departs": (ballot.departs or "",),
        "sources": tuple(str(number) for number in ballot.sources),
        **_bounds(ballot),
    }


def _bounds(ballot: Ballot) -> dict[str, tuple[str, ...]]:
    pairs = {"killed": ballot.casualties.killed, "injured": ballot.casualties.injured}
    return {
        f"{name}_{end}": ("" if bound is None else str(bound),)
        for name, pair in pairs.items()
        for end, bound in (("min", pair.minimum), ("max", pair.maximum))
    }


def closed_rounds(reading: Reading) -> tuple[ShownRound, ...]:
    """The rounds that have ended, the latest first."""
    ended = (round_ for round_ in reversed(reading.dossier.rounds) if not round_.open)
    return tuple(shown_round(reading, round_) for round_ in ended)


def shown_round(reading: Reading, round_: Round) -> ShownRound:
    """One ended round, filtered for its viewer."""
    sight = reading.sight(round_.number)
    inside = sight.votes == "letters"
    return ShownRound(
        number=round_.number,
        kind=round_.kind,
        result=round_.result,
        grade=round_.grade if inside or sight.split else None,
        casualties=round_.casualties if inside or sight.split else None,
        codebook=round_.codebook,
        required=round_.policy.required,
        max_distance=round_.policy.max_distance,
        inside=inside,
        votes=_shown_votes(reading, round_, sight),
        sealed=_sealed(reading, sight),
        abstained=len(round_.people("abstained")) if inside else 0,
        recused=len(round_.people("recused")) if inside else 0,
    )


def _shown_votes(reading: Reading, round_: Round, sight: Sight) -> tuple[ShownVote, ...]:
    if sight.votes != "letters" and not sight.split:
        return ()
    dossier = reading.dossier
    letters = settlement.letters(dossier, round_.number)
    majority = _majority(reading, round_)
    shown = [vote for vote in dossier.votes if vote.seq in letters and vote.ballot]
    return tuple(
        _shown(reading, vote, letters[vote.seq], majority, sight)
        for vote in sorted(shown, key=lambda vote: vote.revealed or 0)
    )


def _majority(reading: Reading, round_: Round) -> str | None:
    """The result that stands for this round, else the grade that most votes hold, else none."""
    decided = [p for p in reading.dossier.proposals if p.round == round_.number and p.state != "voided"]
    if decided:
        return decided[-1].grade
    held = [vote.ballot.grade for vote in reading.dossier.live(round_.number) if vote.ballot]
    leading = sorted({grade: held.count(grade) for grade in held}.items(), key=lambda pair: -pair[1])
    if not leading or (len(leading) > 1 and leading[0][1] == leading[1][1]):
        return None
    return leading[0][0]


def _shown(reading: Reading, vote: Vote, letter: str, majority: str | None, sight: Sight) -> ShownVote:
    ballot = vote.ballot or Ballot("", Casualties(), None)
    inside = sight.rationales
    dissent = next((d.text for d in reading.dossier.dissents if d.of == vote.seq), None)
    return ShownVote(
        letter=letter,
        grade=ballot.grade,
        casualties=ballot.casualties,
        rationale=ballot.rationale if inside else None,
        sources=ballot.sources if inside else (),
        departs=ballot.departs if inside else None,
        own=vote.voter == reading.who,
        odd=majority is not None and ballot.grade != majority,
        excluded=vote.state == "excluded",
        dissent=dissent,
    )


def _sealed(reading: Reading, sight: Sight) -> tuple[OwnVote, ...]:
    """The viewer's own replaced, withdrawn and abandoned votes: sealed for ever, shown to their author alone."""
    own = (reading.dossier.vote(seq) for seq in sight.own)
    opened = [own_vote(vote) for vote in own if vote and vote.revealed is None]
    return tuple(vote for vote in opened if vote)


def own_dissent(reading: Reading) -> Dissenting | None:
    """The viewer's vote in the minority of the standing proposal, with the words they made public so far."""
    for seq in settlement.dissenting(reading.dossier):
        vote = reading.dossier.vote(seq)
        if vote is None or vote.voter != reading.who or vote.ballot is None:
            continue
        text = next((dissent.text for dissent in reading.dossier.dissents if dissent.of == seq), None)
        ballot, draft = vote.ballot, kept_draft(reading.viewer.actor.person, reading.id, "dissent")
        begun, saved_at = (draft.values, draft.saved_at) if draft else ({}, None)
        return Dissenting(ballot.grade, ballot.casualties, ballot.rationale, text, seq, begun, saved_at)
    return None
