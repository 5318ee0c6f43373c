"""Claims as received: what waits to be placed, what was set aside, and each on a page of its own.

A page names a claim and never its seq: a seq moves with every vote that is cast somewhere on the desk.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Select, func, literal, select

from review.models import Claim, session
from review.queries.claimed import saying
from review.queries.likely import Likely, Telling, likely
from review.queries.seen_claims import refs, seen, words_of
from review.rules.claims import SET_ASIDE, STAGES
from review.rules.errors import Forbidden, NotFound
from review.rules.permissions import Actor, may

ROWS = 30
MOST = 1_000  # what a count stops at: "1,000+"
FIRST_WORDS = 120
QUEUE = "/desk/claims"


@dataclass(frozen=True, slots=True)
class Received:
    """One claim: its words exactly as they came. Who reported it is for leads only."""

    name: str
    seq: int
    day: str
    stage: str
    text: str
    language: str | None
    translation: str | None
    url: str | None
    reporter: str | None
    of: str | None
    incident: str | None

    @property
    def first(self) -> str:
        """Its first words."""
        line = self.text.strip().split("\n")[0]
        return line if len(line) <= FIRST_WORDS else line[: FIRST_WORDS - 1].rstrip() + "…"

    @property
    def set_aside(self) -> bool:
        return self.stage in SET_ASIDE


@dataclass(frozen=True, slots=True)
class Filter:
    """One stage of the queue, and how many claims stand at it: no further counted than MOST."""

    stage: str
    href: str
    count: int

    @property
    def more(self) -> bool:
        return self.count > MOST

    @property
    def shown(self) -> int:
        return min(self.count, MOST)


@dataclass(frozen=True, slots=True)
class ClaimsPage:
    """The queue at one stage, the claim being read, and what it may repeat or speak of."""

    stage: str
    filters: tuple[Filter, ...]
    claims: tuple[Received, ...]
    chosen: Received | None
    likely: Likely
    newer: str | None
    older: str | None
    q: str = ""


def may_receive(viewer: Actor) -> None:
    """Whoever may receive claims sees them all; Forbidden for others."""
    if not may(viewer.role, "receive_claim"):
        raise Forbidden("receive_claim")


def claims_page(
    viewer: Actor, *, stage: str = "received", name: str | None = None, before: str | None = None, q: str = ""
) -> ClaimsPage:
    """Claims at one stage, the latest first; the one named, else the first of the list, is opened."""
    may_receive(viewer)
    chosen = claim_named(viewer, name) if name else None
    stage = chosen.stage if chosen else stage if stage in STAGES else "received"
    rows, more = _queue(viewer, stage, before, q)
    claims = _received(viewer, rows)
    opened = chosen or (claims[0] if claims else None)
    return ClaimsPage(
        stage=stage,
        filters=_filters(viewer, q),
        claims=claims,
        chosen=opened,
        likely=likely(viewer, telling(opened)) if opened and opened.stage == "received" else Likely(),
        newer=_address(stage, q) if before else None,
        older=_address(stage, q, rows[-1].name) if more else None,
        q=q,
    )


def claim_named(viewer: Actor, name: str) -> Received:
    """One claim by its name; NotFound where there is none, or it belongs to an incident that is hidden."""
    may_receive(viewer)
    row = session.scalar(select(Claim).where(Claim.name == name, seen(viewer)))
    if row is None:
        raise NotFound("claim")
    return _received(viewer, [row])[0]


def name_of(seq: int) -> str:
    """The name of a claim that was received just now."""
    return session.execute(select(Claim.name).where(Claim.seq == seq)).scalar_one()


def telling(claim: Received) -> Telling:
    """What of a claim is compared with other accounts."""
    return Telling(claim.seq, claim.day, claim.text, claim.translation, claim.url)


def _address(stage: str, q: str, before: str = "") -> str:
    pairs = {"stage": stage, "q": q, "before": before}
    return f"{QUEUE}?{urlencode({name: value for name, value in pairs.items() if value})}"


def _queue(viewer: Actor, stage: str, before: str | None, q: str) -> tuple[list[Claim], bool]:
    statement: Select[Any] = select(Claim).where(Claim.stage == stage, seen(viewer), *saying(q))
    if before:
        statement = statement.where(Claim.seq < select(Claim.seq).where(Claim.name == before).scalar_subquery())
    rows = list(session.scalars(statement.order_by(Claim.seq.desc()).limit(ROWS + 1)))
    return rows[:ROWS], len(rows) > ROWS


def _filters(viewer: Actor, q: str) -> tuple[Filter, ...]:
    """Every stage with its count, all in one statement."""
    counts, shown = {}, seen(viewer)
    for stage in STAGES:
        there = select(literal(1).label("one")).select_from(Claim).where(Claim.stage == stage, shown, *saying(q))
        capped = there.limit(MOST + 1).subquery()
        counts[stage] = select(func.count()).select_from(capped).scalar_subquery().label(stage)
    found = session.execute(select(*counts.values())).one()
    return tuple(
        Filter(stage, _address(stage, q), count) for stage, count in zip(STAGES, found, strict=True)
    )


def _received(viewer: Actor, rows: Iterable[Claim]) -> tuple[Received, ...]:
    known = list(rows)
    words = words_of([row.seq for row in known])
    names = _names({row.of for row in known if row.of})
    incidents = refs(viewer, {row.incident_id for row in known if row.incident_id})
    return tuple(_one(viewer, row, words.get(row.seq, {}), names, incidents) for row in known)


def _one(
    viewer: Actor, row: Claim, words: dict[str, Any], names: dict[int, str], incidents: dict[int, str]
) -> Received:
    return Received(
        name=row.name,
        seq=row.seq,
        day=words.get("day", ""),
        stage=row.stage,
        text=words.get("text") or "",
        language=words.get("language"),
        translation=words.get("translation"),
        url=words.get("url"),
        reporter=words.get("reporter") if may(viewer.role, "reach_sender") else None,
        of=names.get(row.of) if row.of else None,
        incident=incidents.get(row.incident_id) if row.incident_id else None,
    )


def _names(seqs: set[int]) -> dict[int, str]:
    rows = session.execute(select(Claim.seq, Claim.name).where(Claim.seq.in_(seqs)))
    return {row.seq: row.name for row in rows}
