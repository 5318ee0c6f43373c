"""The round panel of a lead: who was asked, who has answered where this lead may know it, and what may be done now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from review.models import Event, Job, Policy, session
from review.queries.reading import Colleague, Reading, Way
from review.rules import assignment, rounds
from review.rules.dossier import Round
from review.rules.grades import CODEBOOKS, DEFAULT
from review.rules.policy import Policy as PolicyValue

JUDGES = ("reviewer", "lead")
ANSWER_ORDER = ("assigned", "voted", "abstained", "recused", "released")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be asked, by the id that the form sends."""

    id: int
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Answered:
    """Somebody who was asked, and what became of it, never which way; `id` where they can be released."""

    name: str
    answer: str
    id: int | None


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
    candidates: tuple[Person, ...]
    ways: Mapping[str, Way]


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
    way: Way


VERBS = ("assign_reviewer", "release_reviewer", "extend_round", "close_round", "abandon_round")


def round_panel(reading: Reading) -> RoundPanel | None:
    """The open round for a lead; None for others, and where none is open."""
    round_ = reading.dossier.open_round
    if round_ is None or reading.viewer.role != "lead":
        return None
    open_to_view = reading.sight().answered
    return RoundPanel(
        number=round_.number,
        kind=round_.kind,
        codebook=round_.codebook,
        policy=round_.policy,
        opened=_day_of(round_.seq),
        due=deadline(reading.name, round_.number),
        answers=_answers(reading, round_) if open_to_view else None,
        count=rounds.counted(reading.dossier, round_.number) if open_to_view else None,
        candidates=candidates(reading),
        ways=reading.ways(*VERBS),
    )


def _day_of(seq: int) -> str:
    return str(session.execute(select(Event.day).where(Event.seq == seq)).scalar_one())


def deadline(name: str, number: int) -> datetime | None:
    """When an open round is due: the moment its job waits for."""
    return deadlines([(name, number)]).get((name, number))


def deadlines(wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], datetime]:
    """(incident name, round) -> when it is due, for many rounds at once."""
    keys = {f"deadline:{name}:{number}": (name, number) for name, number in wanted}
    if not keys:
        return {}
    statement = select(Job.key, Job.due_at).where(Job.key.in_(list(keys)), Job.done_at.is_(None))
    return {keys[key]: due for key, due in session.execute(statement)}


def _answers(reading: Reading, round_: Round) -> tuple[Answered, ...]:
    ids = {one.who: one.id for one in reading.colleagues if one.who}
    shown = [
        Answered(reading.names.get(who, who), answer, ids.get(who) if answer == "assigned" else None)
        for who, answer in round_.answers
    ]
    return tuple(sorted(shown, key=lambda one: (ANSWER_ORDER.index(one.answer), one.name)))


def candidates(reading: Reading) -> tuple[Person, ...]:
    """Who may be asked in the open round. A lead who was asked in it is shown the whole desk: less would tell."""
    judges = [one for one in reading.colleagues if one.role in JUDGES]
    if not reading.sight().answered:
        return _people(one for one in judges if one.id != reading.viewer.actor.person)
    return _people(one for one in judges if assignment.eligible(reading.dossier, one.who))


def _people(found: Iterable[Colleague]) -> tuple[Person, ...]:
    return tuple(Person(one.id, one.name, one.role) for one in sorted(found, key=lambda one: one.name))


def opening(reading: Reading) -> Opening | None:
    """The form that opens a first or a further round; None without the right or where none may be opened."""
    way = reading.way("open_round")
    kind = rounds.next_kind(reading.dossier)
    if way is None or kind in (None, "second"):
        return None
    judges = (one for one in reading.colleagues if one.role in JUDGES)
    return Opening(
        kind=kind,
        codebook=reading.dossier.round.codebook if reading.dossier.round else DEFAULT.id,
        codebooks=tuple(book.id for book in CODEBOOKS),
        policies=policies(),
        candidates=_people(one for one in judges if rounds.may_judge(reading.dossier, one.who)),
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
