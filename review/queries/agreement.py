"""How far reviewers agree: for everybody of what is published, for a person of their own votes, for leads of the desk.

Only first rounds that are closed and not shown to few; nothing here moves with a vote in an open round, and no page
puts people beside one another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from review.models import Determination, FirstRound, Participation, Stream, session
from review.rules import agreement
from review.rules.agreement import Measured, Met, Tally
from review.rules.errors import Forbidden
from review.rules.grades import CODEBOOKS, NO_CONSENSUS, Codebook
from review.rules.permissions import Actor, may

LOOKED_AT = 1_000  # of one's own incidents, the latest


@dataclass(frozen=True, slots=True)
class OfStream:
    """The first rounds of one stream under one codebook."""

    slug: str
    name: str
    measured: Measured


@dataclass(frozen=True, slots=True)
class OfCodebook:
    """The first rounds under one codebook, all together and stream by stream."""

    codebook: str
    measured: Measured
    streams: tuple[OfStream, ...]


@dataclass(frozen=True, slots=True)
class Crossed:
    """One's own grade beside another's: how often the two stood side by side."""

    own: str
    other: str
    number: int


@dataclass(frozen=True, slots=True)
class OwnOf:
    """One's own votes under one codebook: beside the others of the same rounds, and beside what was first published."""

    codebook: str
    rounds: int
    others: Met
    results: Met
    undecided: int  # published as No consensus
    crossed: tuple[Crossed, ...]


@dataclass(frozen=True, slots=True)
class AgreementPage:
    """A person's own figures first; the desk's for those who may read them, else None."""

    own: tuple[OwnOf, ...] | None
    looked_at: int
    desk: tuple[OfCodebook, ...] | None


def published() -> tuple[OfCodebook, ...]:
    """Of what is public: the first rounds of incidents whose version stands, as it stood when that was published."""
    return _measured(FirstRound.__table__.c.public)


def agreement_page(viewer: Actor) -> AgreementPage:
    """One's own figures, and those of the desk for lead editors and auditors."""
    own, desk = may(viewer.role, "see_agreement"), may(viewer.role, "see_agreement_of_the_desk")
    if not own and not desk:
        raise Forbidden("see_agreement")
    return AgreementPage(
        own=_own(viewer) if own else None,
        looked_at=LOOKED_AT,
        desk=_measured(FirstRound.__table__.c.tally) if desk else None,
    )


def _measured(kept: Any) -> tuple[OfCodebook, ...]:
    """Alike first rounds are one row each, however many there are: what follows is bounded by their kinds."""
    table = FirstRound.__table__.c
    rows = session.execute(
        select(table.codebook, table.stream, kept, func.count())
        .where(kept.is_not(None))
        .group_by(table.codebook, table.stream, kept)
    )
    found: dict[str, dict[str, Counter[Tally]]] = {}
    for codebook, stream, line, number in rows:
        found.setdefault(codebook, {}).setdefault(stream, Counter())[agreement.tally_of(line)] += number
    names = dict(session.execute(select(Stream.slug, Stream.name)).all())
    return tuple(_of_codebook(book, found[book.id], names) for book in CODEBOOKS if book.id in found)


def _of_codebook(book: Codebook, streams: Mapping[str, Counter[Tally]], names: Mapping[str, str]) -> OfCodebook:
    together: Counter[Tally] = Counter()
    for tallies in streams.values():
        together.update(tallies)
    each = (
        OfStream(slug, names.get(slug, slug), agreement.measured(tallies, book)) for slug, tallies in streams.items()
    )
    return OfCodebook(
        book.id, agreement.measured(together, book), tuple(sorted(each, key=lambda one: (one.name, one.slug)))
    )


# --- one's own --------------------------------------------------------------------------------------------------


def _own(viewer: Actor) -> tuple[OwnOf, ...]:
    rows = _voted(viewer)
    first = _first_published([row.incident_id for row in rows])
    return tuple(
        _own_of(book, [row for row in rows if row.codebook == book.id], first)
        for book in CODEBOOKS
        if any(row.codebook == book.id for row in rows)
    )


def _voted(viewer: Actor) -> list[Any]:
    """The latest first rounds in which a vote of the viewer's counts; its other votes they may read there too."""
    table, part = FirstRound.__table__.c, Participation.__table__.c
    rows = session.execute(
        select(table.incident_id, table.codebook, table.ballots, part.pseudonym)
        .join(Participation.__table__, part.incident_id == table.incident_id)
        .where(part.person_id == viewer.person)
        .order_by(table.incident_id.desc())
        .limit(LOOKED_AT)
    )
    return [row for row in rows if row.pseudonym in row.ballots]


def _first_published(incidents: list[int]) -> dict[int, str]:
    """The grade of each that was published here first: later versions answer other evidence."""
    table = Determination.__table__.c
    statement = select(table.incident_id, table.grade).where(table.incident_id.in_(incidents), table.version > 0)
    return dict(session.execute(statement.order_by(table.version.desc())).all()) if incidents else {}


def _own_of(book: Codebook, rows: list[Any], first: Mapping[int, str]) -> OwnOf:
    beside = [(row.ballots[row.pseudonym], grade) for row in rows for grade in _others(row.ballots, row.pseudonym)]
    results = [(row.ballots[row.pseudonym], first[row.incident_id]) for row in rows if row.incident_id in first]
    return OwnOf(
        codebook=book.id,
        rounds=len(rows),
        others=agreement.met(beside, book),
        results=agreement.met([pair for pair in results if pair[1] != NO_CONSENSUS], book),
        undecided=sum(grade == NO_CONSENSUS for _own, grade in results),
        crossed=_crossed(book, beside),
    )


def _others(ballots: Mapping[str, str], own: str) -> Iterable[str]:
    return (grade for who, grade in ballots.items() if who != own)


def _crossed(book: Codebook, pairs: Iterable[tuple[str, str]]) -> tuple[Crossed, ...]:
    found = Counter(pairs)
    return tuple(
        Crossed(own, other, found[own, other]) for own in book.keys for other in book.keys if (own, other) in found
    )
