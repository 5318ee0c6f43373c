"""How an incident leaves the desk and comes back: what a lead may do, and where it came from and went, both ways."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from review.models import Incident, Person, session
from review.models.admissions import admitted, shown_to
from review.queries.addresses import refs_of
from review.queries.reading import Reading, Way, read_incident
from review.queries.sources import Claim, Source, evidence
from review.rules import merging
from review.rules.errors import Forbidden, NotFound
from review.rules.facts import Facts
from review.rules.merging import MOST_PARTS
from review.rules.permissions import Actor, may

VERBS = (
    "merge_incident", "split_incident", "dismiss_incident", "withdraw_incident", "restore_incident",
    "restrict_incident", "lift_restriction",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Linked:
    """Another incident that this one leads to or comes from, as far as it is there for the viewer."""

    ref: str
    title: str


@dataclass(frozen=True, slots=True)
class Somebody:
    """An active person of the desk, and whether the restricted incident is shown to them."""

    id: int
    name: str
    role: str
    admitted: bool


@dataclass(frozen=True, slots=True)
class Exits:
    """Where the incident came from and went; `exit` is the stage by which it left, None while it is on the desk."""

    exit: str | None
    reason: str | None
    day: str | None
    into: Linked | None
    parts: tuple[Linked, ...]
    absorbed: tuple[Linked, ...]
    split_from: Linked | None
    restricted: bool
    people: tuple[Somebody, ...]
    published: bool
    under_way: bool
    ways: Mapping[str, Way]


@dataclass(frozen=True, slots=True)
class Side:
    """One of two incidents, laid beside the other."""

    ref: str
    title: str
    stage: str
    facts: Facts
    claims: tuple[Claim, ...]
    sources: tuple[Source, ...]
    grade: str | None


@dataclass(frozen=True, slots=True)
class MergePage:
    """What would be merged, beside what it would be merged into, once that is named."""

    ref: str
    title: str
    wanted: str
    this: Side
    other: Side | None
    unknown: str | None  # why what was named leads nowhere
    way: Way


@dataclass(frozen=True, slots=True)
class SplitPage:
    """What would be split, with the claims and sources that go along."""

    ref: str
    title: str
    this: Side
    parts: int
    way: Way

    @property
    def more(self) -> bool:
        """Whether there may be one more."""
        return self.parts < MOST_PARTS


def exits(reading: Reading) -> Exits:
    """The incident's exits for one viewer: links both ways, and the ways of a lead."""
    dossier, passage, viewer = reading.dossier, reading.dossier.passage, reading.viewer.actor
    ways = reading.ways(*VERBS)
    return Exits(
        exit=dossier.stage if dossier.exited else None,
        reason=passage.reason,
        day=passage.day,
        into=next(iter(linked(viewer, [passage.into])), None),
        parts=linked(viewer, passage.parts),
        absorbed=linked(viewer, (one.other for one in passage.absorbed)),
        split_from=next(iter(linked(viewer, [passage.split_from])), None),
        restricted=dossier.restricted,
        people=_people(reading) if ways or dossier.restricted else (),
        published=dossier.determination is not None,
        under_way=dossier.open_round is not None or dossier.open_settlement is not None,
        ways=ways,
    )


def linked(viewer: Actor, names: Iterable[str | None]) -> tuple[Linked, ...]:
    """Those of the incidents named that are there for the viewer, in the order given."""
    wanted = list(dict.fromkeys(name for name in names if name))
    if not wanted:
        return ()
    rows = list(session.scalars(select(Incident).where(Incident.name.in_(wanted), shown_to(viewer))))
    refs = refs_of(rows)
    found = sorted(rows, key=lambda row: wanted.index(row.name))
    return tuple(Linked(refs[row.id], row.title) for row in found)


def _people(reading: Reading) -> tuple[Somebody, ...]:
    named = admitted(session, reading.id)
    statement = select(Person.id, Person.name, Person.role).where(Person.active, Person.role.is_not(None))
    rows = session.execute(statement.order_by(Person.name, Person.id)).all()
    return tuple(Somebody(row.id, row.name, row.role or "", row.id in named) for row in rows)


def merge_page(viewer: Actor, ref: str, wanted: str) -> MergePage:
    """Two incidents side by side, before the one is merged into the other."""
    reading, way = _allowed(viewer, ref, "merge_incident")
    other = _side_of(viewer, wanted) if wanted else None
    return MergePage(
        ref=reading.ref,
        title=reading.title,
        wanted=wanted,
        this=_side(reading),
        other=other,
        unknown=merging.UNKNOWN if wanted and other is None else None,
        way=way,
    )


def split_page(viewer: Actor, ref: str, parts: int) -> SplitPage:
    """An incident before it is split."""
    reading, way = _allowed(viewer, ref, "split_incident")
    return SplitPage(reading.ref, reading.title, _side(reading), parts, way)


def _allowed(viewer: Actor, ref: str, verb: str) -> tuple[Reading, Way]:
    if not may(viewer.role, verb):
        raise Forbidden(verb)
    reading = read_incident(viewer, ref)
    way = reading.way(verb)
    if way is None:
        raise Forbidden(verb)
    return reading, way


def _side_of(viewer: Actor, ref: str) -> Side | None:
    try:
        return _side(read_incident(viewer, ref))
    except NotFound:
        return None


def _side(reading: Reading) -> Side:
    shown, standing = evidence(reading), reading.dossier.determination
    return Side(
        ref=reading.ref,
        title=reading.title,
        stage=reading.dossier.stage,
        facts=reading.dossier.facts,
        claims=tuple(claim for claim in shown.claims if claim.grouped),
        sources=shown.sources,
        grade=standing.grade if standing else None,
    )
