"""The round panel of a lead: who was asked, who has answered where this lead may know it, and what may be done now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from review import clock
from review.models import Event, Policy, session
from review.models.languages import languages_of
from review.models.limits import not_available
from review.queries.due import answers_due, deadline
from review.queries.holds import held_seats
from review.queries.reading import Colleague, Reading, Way
from review.queries.workload import panel
from review.rules import assignment, rounds
from review.rules.assignment import Suggestion
from review.rules.dossier import Dossier, Round
from review.rules.grades import CODEBOOKS, DEFAULT
from review.rules.policy import Policy as PolicyValue

Free = Callable[[Dossier, str | None], bool]
JUDGES = ("reviewer", "lead")
ANSWER_ORDER = ("assigned", "voted", "abstained", "recused", "released")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be asked, by the id that the form sends."""

    id: int
    name: str
    role: str


def _ids(suggestion: Suggestion | None) -> tuple[str, ...]:
    return tuple(str(one.reviewer.person) for one in suggestion.people) if suggestion else ()


@dataclass(frozen=True, slots=True)
class Answered:
    """Somebody who was asked, and what became of it, never which way; `id` where they can be released or asked anew.

    Whoever left has no name.
    """

    name: str
    answer: str
    id: int | None
    due: datetime | None

    @property
    def late(self) -> bool:
        return self.due is not None and self.due <= clock.now()


@dataclass(frozen=True, slots=True)
class RoundPanel:
    """An open round as a lead sees it. `answers` is None for a lead who was asked in it themselves."""

    number: int
    kind: str
    codebook: str
    policy: PolicyValue
    opened: str
    due: datetime | None
    answers: tuple[Answered, ...] | None
    count: int | None
    held: int
    suggestion: Suggestion | None
    candidates: tuple[Person, ...]
    away: tuple[str, ...]  # who is not available now, by limits of their own that nobody else sees
    ways: Mapping[str, Way]

    @property
    def suggested(self) -> tuple[str, ...]:
        """The ids of those suggested, as the form sends them."""
        return _ids(self.suggestion)

    @property
    def passed(self) -> bool:
        """Its deadline is behind it: it waits for a lead, who gives it more time or asks somebody else."""
        return self.due is None or self.due <= clock.now()

    def of_answer(self, answer: str) -> tuple[Answered, ...]:
        """Those of the people asked whose last answer this is."""
        return tuple(one for one in self.answers or () if one.answer == answer)


@dataclass(frozen=True, slots=True)
class PolicyOffer:
    """A policy in force, by the seq under which a round copies it."""

    seq: int
    policy: PolicyValue


@dataclass(frozen=True, slots=True)
class Opening:
    """What a lead needs to open a round: its kind follows from the stage, the rest is chosen."""

    kind: str | None
    codebook: str
    codebooks: tuple[str, ...]
    policies: tuple[PolicyOffer, ...]
    candidates: tuple[Person, ...]
    away: tuple[str, ...]
    suggestion: Suggestion | None
    way: Way

    @property
    def begun(self) -> Mapping[str, tuple[str, ...]]:
        """The form with the people suggested ticked."""
        return {"reviewers": _ids(self.suggestion)}


VERBS = (
    "assign_reviewer", "assign_panel", "release_reviewer", "substitute_reviewer", "extend_round", "close_round",
    "abandon_round",
)  # fmt: skip


def round_panel(reading: Reading) -> RoundPanel | None:
    """The open round for a lead; None for others, and where none is open."""
    round_ = reading.dossier.open_round
    if round_ is None or reading.viewer.role != "lead":
        return None
    open_to_view = reading.sight().answered
    away: frozenset[int] = _away(reading) if open_to_view else frozenset()
    held = held_seats(reading.id, round_.number) if open_to_view else 0
    return RoundPanel(
        number=round_.number,
        kind=round_.kind,
        codebook=round_.codebook,
        policy=round_.policy,
        opened=_day_of(round_.seq),
        due=deadline(reading.name, round_.number),
        answers=_answers(reading, round_) if open_to_view else None,
        count=rounds.counted(reading.dossier, round_.number) if open_to_view else None,
        held=held,
        suggestion=suggestion(reading, assignment.short(reading.dossier) - held, away) if open_to_view else None,
        candidates=candidates(reading, away),
        away=_names(reading, away, assignment.eligible),
        ways=reading.ways(*VERBS),
    )


def _day_of(seq: int) -> str:
    return str(session.execute(select(Event.day).where(Event.seq == seq)).scalar_one())


def _answers(reading: Reading, round_: Round) -> tuple[Answered, ...]:
    ids = {one.who: one.id for one in reading.colleagues if one.who}
    due = answers_due((reading.name, round_.number, who) for who in rounds.owed(round_))
    shown = [
        Answered(
            name=reading.names.get(who, ""),
            answer=answer,
            # Whoever left the desk can still be released, and not be asked anew.
            id=reading.ids.get(who) if answer == "assigned" else ids.get(who) if answer == "released" else None,
            due=due.get((reading.name, round_.number, who)),
        )
        for who, answer in round_.answers
    ]
    return tuple(sorted(shown, key=lambda one: (ANSWER_ORDER.index(one.answer), one.name)))


def suggestion(reading: Reading, seats: int, away: frozenset[int]) -> Suggestion | None:
    """Whom this lead is advised to ask for so many seats, of those not away; None where there is no seat to fill."""
    if seats < 1:
        return None
    desk = panel(reading.viewer.actor, (one.id for one in reading.colleagues))
    reviewers = [
        desk.reviewer(one.id, one.name, one.who, one.role) for one in reading.colleagues if one.id not in away
    ]
    round_ = reading.dossier.open_round
    seated = set(assignment.seated(round_)) if round_ else set()
    asked = [desk.read.get(one.id, frozenset()) for one in reading.colleagues if one.who in seated]
    return assignment.suggest(
        reading.dossier,
        reviewers,
        languages_of(session, reading.dossier),
        seats=seats,
        read_already=frozenset().union(*asked),
    )


def candidates(reading: Reading, away: frozenset[int]) -> tuple[Person, ...]:
    """Who may be asked in the open round and is not away.

    A lead who was asked in it is shown the whole desk: less would tell.
    """
    judges = [one for one in reading.colleagues if one.role in JUDGES]
    if not reading.sight().answered:
        return _people(one for one in judges if one.id != reading.viewer.actor.person)
    return _people(
        one for one in judges if one.id not in away and assignment.eligible(reading.dossier, one.who)
    )


def _away(reading: Reading) -> frozenset[int]:
    """Those whom this incident is not asked of now, but for the viewer."""
    others = [one.id for one in reading.colleagues if one.role in JUDGES and one.id != reading.viewer.actor.person]
    return not_available(session, others, reading.id, reading.dossier, clock.now().date())


def _names(reading: Reading, people: frozenset[int], free: Free) -> tuple[str, ...]:
    named = (one for one in reading.colleagues if one.id in people and free(reading.dossier, one.who))
    return tuple(sorted(one.name for one in named))


def _people(found: Iterable[Colleague]) -> tuple[Person, ...]:
    return tuple(Person(one.id, one.name, one.role) for one in sorted(found, key=lambda one: one.name))


def opening(reading: Reading) -> Opening | None:
    """The form that opens a first or a further round; None without the right or where none may be opened."""
    way = reading.way("open_round")
    kind = rounds.next_kind(reading.dossier)
    if way is None or kind in (None, "second"):
        return None
    away = _away(reading)
    judges = (one for one in reading.colleagues if one.role in JUDGES and one.id not in away)
    offered = policies()
    return Opening(
        kind=kind,
        codebook=reading.dossier.round.codebook if reading.dossier.round else DEFAULT.id,
        codebooks=tuple(book.id for book in CODEBOOKS),
        policies=offered,
        candidates=_people(one for one in judges if rounds.may_judge(reading.dossier, one.who)),
        away=_names(reading, away, rounds.may_judge),
        suggestion=suggestion(reading, offered[0].policy.required, away) if offered and way.open else None,
        way=way,
    )


def policies() -> tuple[PolicyOffer, ...]:
    """The policies in force, the last one set under each name; the newest comes first."""
    rows = session.execute(select(Policy.seq, Policy.body, Policy.times).order_by(Policy.seq))
    latest = {body["id"]: PolicyOffer(seq, PolicyValue.from_body(body, times)) for seq, body, times in rows}
    return tuple(sorted(latest.values(), key=lambda offer: -offer.seq))


def settlers(reading: Reading) -> tuple[Person, ...]:
    """Who could settle: took no part in this incident and declared no conflict."""
    free = (one for one in reading.colleagues if one.role in JUDGES and assignment.may_settle(reading.dossier, one.who))
    return _people(free)
