"""The settlement of one incident: where it stands on the ladder, the votes side by side, what was argued."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from review import clock
from review.queries.aftermath import own_aftermath
from review.queries.comparing import SideBySide, side_by_side
from review.queries.drafts import Kept, kept_draft
from review.queries.due import arguments_due, deadline, settlers_due
from review.queries.reading import Reading, Way, read_incident
from review.queries.rounds import Person, settlers
from review.queries.votes import Dissenting, own_dissent
from review.rules import settlement as rule
from review.rules.aftermath import Aftermath
from review.rules.dossier import Settlement
from review.rules.errors import NotFound
from review.rules.facts import Casualties
from review.rules.grades import NO_CONSENSUS
from review.rules.ladder import Turn, turn
from review.rules.permissions import Actor
from review.rules.words import N_

RUNGS = ("arguments", "second_vote", "settler", "second_settler", "closed")


THEN = {
    "arguments": N_("then the second vote opens"),
    "second_vote": N_("then it counts; where it does not decide, a settler does"),
    "settler": N_("then a lead editor names a second settler"),
    "second_settler": N_("then it ends without a consensus"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One rung of the ladder: past, present or still to come."""

    rung: str
    state: str  # done, current, ahead
    due: datetime | None
    then: str = ""  # what follows when its time is up


@dataclass(frozen=True, slots=True)
class Argument:
    """What one voter said of the disagreement, under the letter of their vote. `grade` is that vote's.

    `needed`: the results to which a settler must answer it.
    """

    handle: int
    number: int
    letter: str
    grade: str | None
    text: str | None
    own: bool
    reply: str | None
    needed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dissent:
    """The public words of a minority, under the letter of the vote that they belong to."""

    letter: str
    own: bool
    text: str | None


@dataclass(frozen=True, slots=True)
class SettleChoice:
    """A grade that may be settled on: how many votes held it, and the range that goes with it."""

    grade: str
    count: int
    total: int
    casualties: Casualties
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TooFew:
    """Exclusions left so many live votes of so many required: nothing that is settled can be approved."""

    left: int
    required: int
    held: bool


@dataclass(frozen=True, slots=True)
class SettlementPage:
    """The settlement for one viewer. `inside` is False for whoever is not shown the votes: then there are none."""

    ref: str
    title: str
    stage: str
    inside: bool
    closed: bool
    by: str | None
    grade: str | None
    casualties: Casualties | None
    rationale: str | None
    steps: tuple[Step, ...]
    turn: Turn | None
    first: SideBySide | None
    second: SideBySide | None
    second_open: int | None
    arguments: tuple[Argument, ...]
    choices: tuple[SettleChoice, ...]
    settler: str | None
    settler_is_viewer: bool
    too_few: TooFew | None
    candidates: tuple[Person, ...]
    dissent: Dissenting | None
    dissents: tuple[Dissent, ...]
    aftermath: Aftermath | None
    drafts: Mapping[str, Kept]
    ways: Mapping[str, Way]
    digest: str


VERBS = ("argue", "open_round", "appoint_settler", "settle", "dissent", "abandon_settlement")


def settlement_page(viewer: Actor, ref: str) -> SettlementPage:
    """The settlement under way here, or the last one; NotFound where there never was one."""
    reading = read_incident(viewer, ref)
    under_way = reading.dossier.settlement
    if under_way is None:
        raise NotFound
    inside = reading.sight(under_way.round).arguments
    told = inside or _published(reading, under_way)
    ended = not under_way.open
    return SettlementPage(
        ref=reading.ref,
        title=reading.title,
        stage=reading.dossier.stage,
        inside=inside,
        closed=ended,
        by=under_way.by,
        grade=under_way.grade if told else None,
        casualties=under_way.casualties if told else None,
        rationale=under_way.rationale if told else None,
        steps=_steps(reading, under_way),
        turn=turn(reading.dossier, reading.viewer) if inside else None,
        first=side_by_side(reading, under_way.round) if inside else None,
        second=side_by_side(reading, under_way.second) if inside else None,
        second_open=_open_second(reading, under_way),
        arguments=_arguments(reading, under_way) if inside else (),
        choices=_choices(reading, under_way) if inside and under_way.open else (),
        settler=_settler_name(reading),
        settler_is_viewer=reading.who is not None and rule.settler(reading.dossier) == reading.who,
        too_few=_too_few(reading, under_way) if inside else None,
        candidates=settlers(reading) if viewer.role == "lead" else (),
        dissent=own_dissent(reading),
        dissents=_dissents(reading, under_way) if inside else (),
        aftermath=own_aftermath(reading) if ended and inside else None,
        drafts=_drafts(reading),
        ways=reading.ways(*VERBS),
        digest=reading.dossier.digest,
    )


def _too_few(reading: Reading, under_way: Settlement) -> TooFew | None:
    if not under_way.open or not rule.below_quorum(reading.dossier):
        return None
    decides = rule.deciding_round(reading.dossier, under_way)
    left = len(reading.dossier.live(decides.number))
    return TooFew(left, decides.policy.required, under_way.second is not None)


def _published(reading: Reading, under_way: Settlement) -> bool:
    """What was settled here stands in a published version, so everybody may read it."""
    return any(one.settlement == under_way.seq and one.state == "published" for one in reading.dossier.proposals)


def _steps(reading: Reading, under_way: Settlement) -> tuple[Step, ...]:
    rung = rule.rung(reading.dossier) if under_way.open else "closed"
    shown = [name for name in RUNGS if name != "second_settler" or rung == "second_settler"]
    here = shown.index(rung)
    return tuple(
        Step(
            name,
            "done" if place < here else "current" if place == here else "ahead",
            _due(reading, under_way, name),
            THEN.get(name, "") if place == here and _running(reading, name) else "",
        )
        for place, name in enumerate(shown)
    )


def _running(reading: Reading, rung: str) -> bool:
    """The time of a settler begins when one is named."""
    return rung not in ("settler", "second_settler") or rule.settler(reading.dossier) is not None


def _due(reading: Reading, under_way: Settlement, rung: str) -> datetime | None:
    if rung != rule.rung(reading.dossier) or not under_way.open:
        return None
    if rung == "second_vote" and under_way.second:
        return deadline(reading.name, under_way.second)
    if rung == "arguments":
        ends = arguments_due([(reading.name, under_way.round)]).get(reading.name)
        return ends if ends and ends > clock.now() else None
    return settlers_due([(reading.name, under_way.seq)]).get(reading.name) if rule.settler(reading.dossier) else None


def _open_second(reading: Reading, under_way: Settlement) -> int | None:
    round_ = reading.dossier.open_round
    return round_.number if round_ and round_.number == under_way.second else None


def _arguments(reading: Reading, under_way: Settlement) -> tuple[Argument, ...]:
    letters = rule.letters_of_arguments(reading.dossier, under_way)
    decided = rule.deciding_votes(reading.dossier, under_way)
    held = {vote.voter: vote.ballot.grade for vote in decided if vote.ballot}
    results = (*sorted(set(held.values())), NO_CONSENSUS)
    asks = {grade: rule.minority_arguments(reading.dossier, under_way, grade) for grade in results}
    replies = dict(under_way.replies)
    return tuple(
        Argument(
            handle=argument.seq,
            number=number,
            letter=letters[argument.seq],
            grade=held.get(argument.by),
            text=argument.text,
            own=argument.by == reading.who,
            reply=replies.get(argument.seq),
            needed=tuple(grade for grade in results if argument.seq in asks[grade]),
        )
        for number, argument in enumerate(under_way.arguments, start=1)
    )


def _dissents(reading: Reading, under_way: Settlement) -> tuple[Dissent, ...]:
    """The dissents from what was settled here, each under the letter of its vote in the round that decided."""
    number = rule.deciding_round(reading.dossier, under_way).number
    letters = rule.letters(reading.dossier, number)
    kept = (one for one in reading.dossier.dissents if one.of in letters)
    return tuple(Dissent(letters[one.of], one.by == reading.who, one.text) for one in kept)


def _choices(reading: Reading, under_way: Settlement) -> tuple[SettleChoice, ...]:
    if reading.dossier.open_round:
        return ()
    votes = rule.deciding_votes(reading.dossier, under_way)
    held = [vote.ballot.grade for vote in votes if vote.ballot]
    offered = (*sorted(set(held), key=lambda grade: (-held.count(grade), grade)), NO_CONSENSUS)
    letters = rule.letters_of_arguments(reading.dossier, under_way)
    return tuple(
        SettleChoice(
            grade=grade,
            count=held.count(grade),
            total=len(held),
            casualties=rule.casualties_for(reading.dossier, under_way, grade),
            answers=tuple(letters[seq] for seq in rule.minority_arguments(reading.dossier, under_way, grade)),
        )
        for grade in offered
    )


def _settler_name(reading: Reading) -> str | None:
    """Who was appointed, by name for leads alone: to everybody else a settler has none."""
    who = rule.settler(reading.dossier)
    return reading.names.get(who) if who and reading.viewer.role == "lead" else None


def _drafts(reading: Reading) -> dict[str, Kept]:
    person = reading.viewer.actor.person
    found = {kind: kept_draft(person, reading.id, kind) for kind in ("argue", "settle", "dissent")}
    return {kind: draft for kind, draft in found.items() if draft}
