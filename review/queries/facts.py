"""What the two forms of an incident's facts begin from: nothing but a claim, or the facts as they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from review.queries import claims, streams
from review.queries.claims import Received
from review.queries.likely import begun
from review.queries.reading import Way, read_incident
from review.rules.errors import Forbidden
from review.rules.facts import Facts
from review.rules.incidents import DOUBTS, doubts
from review.rules.permissions import Actor, may


@dataclass(frozen=True, slots=True)
class NewPage:
    """An incident to be opened, from a claim where one is named, and what of its facts that claim already tells."""

    streams: tuple[tuple[str, str], ...]
    claim: Received | None
    begun: Facts


@dataclass(frozen=True, slots=True)
class DescribePage:
    """The facts as they stand, what is sealed beside them, the evidence digest that this page shows, and what is in
    the way. Of `exact` the form shows the notes and the first report, never a point."""

    ref: str
    title: str
    facts: Facts
    exact: Any
    evidence: str
    way: Way
    doubts: tuple[str, ...]


def new_page(viewer: Actor, claim: str | None) -> NewPage:
    """The streams to choose from, and the claim that the incident is opened from."""
    if not may(viewer.role, "open_incident"):
        raise Forbidden("open_incident")
    if claim is None:
        return NewPage(streams.choices(), None, Facts())
    received = claims.claim_named(viewer, claim)
    return NewPage(streams.choices(), received, begun(viewer, claims.telling(received)))


def describe_page(viewer: Actor, ref: str) -> DescribePage:
    """The facts to be written anew."""
    reading = read_incident(viewer, ref)
    way = reading.way("describe_incident")
    if way is None:
        raise Forbidden("describe_incident")
    facts = reading.dossier.facts
    return DescribePage(
        ref=reading.ref,
        title=reading.title,
        facts=facts,
        exact=reading.dossier.exact,
        evidence=reading.dossier.evidence,
        way=way,
        doubts=tuple(DOUBTS[key] for key in doubts(facts)),
    )
