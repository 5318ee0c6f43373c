"""The incidents of a list as a map shows them: the newest of them, each by its first place that has a point."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from review.models import Incident
from review.models.refs import folded_code
from review.queries.addresses import refs_of
from review.queries.incidents import Filters, newest_incidents
from review.queries.public import public_in_order, public_rows
from review.queries.published_facts import facts_as_published, refs_as_published
from review.rules.facts import Facts, Place
from review.rules.permissions import Actor
from review.rules.points import shown

MOST = 500
LONGEST = 120  # letters of a title


@dataclass(frozen=True, slots=True)
class Placed:
    """One incident: the place by which it is drawn, None where no point is recorded that the reader may see."""

    ref: str
    named: Place | None  # the place after which it is called, with or without a point
    summary: str | None
    date: str | None
    date_end: str | None  # of a range of days
    place: Place | None

    def title(self, language: str, joint: str) -> str:
        """Its place, in this language where it has a name in it, and what is reported; nothing that the code says.

        `joint` stands between the two, as the language has it.
        """
        name = self.named.name(language) if self.named else None
        title = joint.join(part for part in (name, self.summary) if part)
        return "" if folded_code(title) == folded_code(self.ref) else title[:LONGEST]


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a map shows of a list. `more`: the list goes on, and these are the newest of it."""

    placed: tuple[Placed, ...]
    without: tuple[Placed, ...]
    more: bool

    @property
    def shown(self) -> int:
        return len(self.placed) + len(self.without)


def mapped_list(viewer: Actor, filters: Filters) -> Mapped:
    """The incidents of the desk's list under its filters, those alone that exist for the viewer."""
    rows, whole = newest_incidents(viewer, filters, MOST)
    return _mapped(rows, {row.id: Facts.from_dict(row.facts) for row in rows}, refs_of(rows), whole)


def mapped_public(q: str = "", grade: str = "", stream: str = "") -> Mapped:
    """The published incidents of the public list, by the places that the version which stands was published with."""
    rows, whole = public_rows(q, grade, stream, MOST)
    facts = facts_as_published(rows)
    return _mapped(rows, facts, refs_as_published(rows, facts), whole)


def mapped_incidents(incidents: Collection[int]) -> Mapped:
    """These published incidents, in the order in which they are given."""
    rows = public_in_order(incidents)
    kept = rows[:MOST]
    facts = facts_as_published(kept)
    return _mapped(kept, facts, refs_as_published(kept, facts), len(rows) <= MOST)


def _mapped(rows: list[Incident], facts: Mapping[int, Facts], refs: Mapping[int, str], whole: bool) -> Mapped:
    found = [_one(refs[row.id], shown(facts.get(row.id, Facts()))) for row in rows]
    return Mapped(
        tuple(one for one in found if one.place),
        tuple(one for one in found if one.place is None),
        not whole,
    )


def _one(ref: str, facts: Facts) -> Placed:
    named = facts.places[0] if facts.places else None
    located = next((place for place in facts.places if place.point), None)
    return Placed(ref, named, facts.summary, facts.date, facts.date_end, located)
