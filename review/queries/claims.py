"""Claims as received: what waits to be placed, what was set aside, and what may be near each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from review.models import Claim, Disclosure, Event, Incident, session
from review.models.dossiers import read_disclosure
from review.models.search import folded
from review.queries.addresses import refs_of
from review.rules.errors import Forbidden, NotFound
from review.rules.permissions import Actor, may

ROWS = 30
NEAR = 5
WORDS, SHORTEST = 10, 4
STAGES = ("received", "dismissed", "duplicate", "grouped")


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
        return line if len(line) <= 120 else line[:119].rstrip() + "…"


@dataclass(frozen=True, slots=True)
class Near:
    """An incident that the claim may speak of."""

    ref: str
    title: str
    date: str | None


@dataclass(frozen=True, slots=True)
class ClaimsPage:
    """The queue at one stage, the claim being read, and incidents near it."""

    stage: str
    stages: tuple[str, ...]
    claims: tuple[Received, ...]
    chosen: Received | None
    near: tuple[Near, ...]
    newer: str | None
    older: str | None


def claims_page(
    viewer: Actor, *, stage: str = "received", name: str | None = None, before: int | None = None
) -> ClaimsPage:
    """Claims at one stage, the oldest that waits first; the one named, else the first, is opened."""
    _allow(viewer)
    chosen = claim_named(viewer, name) if name else None
    stage = chosen.stage if chosen else stage if stage in STAGES else "received"
    rows, more = _queue(stage, before)
    claims = _received(viewer, rows)
    opened = chosen or (claims[0] if claims else None)
    return ClaimsPage(
        stage=stage,
        stages=STAGES,
        claims=claims,
        chosen=opened,
        near=near(opened) if opened and opened.stage == "received" else (),
        newer=f"/desk/claims?stage={stage}" if before else None,
        older=f"/desk/claims?stage={stage}&before={rows[-1].seq}" if more else None,
    )


def claim_named(viewer: Actor, name: str) -> Received:
    """One claim by its name."""
    _allow(viewer)
    row = session.scalar(select(Claim).where(Claim.name == name))
    if row is None:
        raise NotFound("claim")
    return _received(viewer, [row])[0]


def near(claim: Received) -> tuple[Near, ...]:
    """Incidents that share a longer word with the claim: a help for the eye, never an answer."""
    text = folded(f"{claim.text} {claim.translation or ''}")
    words = sorted({word.strip(".,;:!?()«»\"'") for word in text.split()}, key=len, reverse=True)
    telling = [word for word in words if len(word) >= SHORTEST][:WORDS]
    if not telling:
        return ()
    rows = list(
        session.scalars(
            select(Incident)
            .where(~Incident.restricted)
            .where(or_(*(Incident.search_text.contains(word, autoescape=True) for word in telling)))
            .order_by(Incident.id.desc())
            .limit(20)
        )
    )
    rows.sort(key=lambda row: -sum(word in row.search_text for word in telling))
    refs = refs_of(rows)
    return tuple(Near(refs[row.id], row.title, row.date) for row in rows[:NEAR])


def _allow(viewer: Actor) -> None:
    if not may(viewer.role, "receive_claim"):
        raise Forbidden("receive_claim")


def _queue(stage: str, before: int | None) -> tuple[list[Claim], bool]:
    statement = select(Claim).where(Claim.stage == stage).order_by(Claim.seq.desc()).limit(ROWS + 1)
    rows = list(session.scalars(statement.where(Claim.seq < before) if before else statement))
    return rows[:ROWS], len(rows) > ROWS


def _received(viewer: Actor, rows: Iterable[Claim]) -> tuple[Received, ...]:
    known = list(rows)
    words = _words([row.seq for row in known])
    names = _names({row.of for row in known if row.of})
    incidents = _incidents({row.incident_id for row in known if row.incident_id})
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
        reporter=words.get("reporter") if viewer.role == "lead" else None,
        of=names.get(row.of) if row.of else None,
        incident=incidents.get(row.incident_id) if row.incident_id else None,
    )


def _words(seqs: list[int]) -> dict[int, dict[str, Any]]:
    rows = session.execute(
        select(Event.seq, Event.day, Disclosure.text)
        .join(Disclosure, Disclosure.seq == Event.seq)
        .where(Event.seq.in_(seqs))
    )
    found: dict[int, dict[str, Any]] = {}
    for seq, day, text in rows:
        name, value = read_disclosure(text)
        found.setdefault(seq, {"day": day})[name] = value
    return found


def _names(seqs: set[int]) -> dict[int, str]:
    rows = session.execute(select(Claim.seq, Claim.name).where(Claim.seq.in_(seqs)))
    return {row.seq: row.name for row in rows}


def _incidents(ids: set[int]) -> dict[int, str]:
    return refs_of(session.scalars(select(Incident).where(Incident.id.in_(ids), ~Incident.restricted)))
