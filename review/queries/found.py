"""Incidents by words, the newest first, at a cost that does not grow with the desk.

A list is looked through from its newest end, row by row: a common word has filled the page by then. A word that is too
rare for that is looked up in the index. Neither way alone would do: the index names every incident that has a common
word, and a walk in search of a rare one passes by all others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, select, true

from review.models import Incident, session
from review.models.search import Looked, has, indexed, looked_up

NEAR = 2_000  # of the newest, looked through at any rate
FAR = 20_000  # as far as rows are looked through one by one
HOPEFUL = 4  # found among the near ones: then the far ones are likely to fill a page
_INCIDENT = Incident.__table__.c
Conditions = tuple[ColumnElement[bool], ...]


@dataclass(frozen=True)
class Asked:
    """What is looked for: words in a text, in a list under its conditions, and what belongs to it without them."""

    looked: Looked
    words: Sequence[str]
    listed: Conditions
    narrowed: Conditions = ()  # the filters that leave out most of the list
    beside: Select[Any] | None = None  # ids that answer too, by a code or by a claim's words
    before: int | None = None
    values: dict[str, Any] = field(default_factory=dict)  # of what the conditions leave open


@dataclass(frozen=True)
class Found:
    """The ids, the newest first. `whole`: there are no others; `edge`: further back nothing was looked at yet."""

    ids: tuple[int, ...]
    whole: bool = True
    edge: int | None = None

    def page(self, size: int) -> tuple[tuple[int, ...], int | None]:
        """The first of them, and behind which id the list continues."""
        if len(self.ids) > size:
            return self.ids[:size], self.ids[size - 1]
        return self.ids, self.edge


def found(asked: Asked, page: int, most: int) -> Found:
    """The newest that answer, at most `most`. Where they fill a page, no more are sought than a walk meets."""
    beside = _beside(asked, most)
    if not asked.words:
        return _answer((), beside, most)
    seen = _walked(asked, NEAR, page)
    if len(seen) >= page:
        return _filled(asked, seen, beside, page, most)
    known = _known(asked, page)
    if not known or asked.narrowed or len(seen) >= HOPEFUL:
        seen = _walked(asked, FAR, page)
        if len(seen) >= page:
            return _filled(asked, seen, beside, page, most)
        edge = _edge(asked)
        if edge is None:
            return _answer(seen, beside, most)
        if not known:
            return Found(_newest(seen, [one for one in beside if one >= edge], most), False, edge)
    return _answer(_named(asked, known, most), beside, most)


def _known(asked: Asked, page: int) -> list[str]:
    """The words to look up: none where the index knows none, or would name far too many to ask each for the others."""
    known = indexed(asked.words)
    if len(known) == len(asked.words) or not known:
        return known
    return known if len(_walked(replace(asked, words=known), NEAR, page)) < page else []


def _filled(asked: Asked, seen: Sequence[int], beside: Sequence[int], page: int, most: int) -> Found:
    seen = _walked(asked, FAR, most) if most > page else seen
    ids = _newest(seen, beside, most)
    return Found(ids, len(ids) < most and _edge(asked) is None)


def _answer(seen: Iterable[int], beside: Iterable[int], most: int) -> Found:
    ids = _newest(seen, beside, most)
    return Found(ids, len(ids) < most)


def _newest(seen: Iterable[int], beside: Iterable[int], most: int) -> tuple[int, ...]:
    return tuple(sorted({*seen, *beside}, reverse=True)[:most])


def _ids(asked: Asked, statement: Select[Any]) -> list[int]:
    return list(session.connection().execute(statement, asked.values).scalars())


def _listed(asked: Asked, *columns: Any) -> Select[Any]:
    statement = select(_INCIDENT.id, *columns).where(*asked.listed, *asked.narrowed)
    if asked.before is not None:
        statement = statement.where(_INCIDENT.id < asked.before)
    return statement.order_by(_INCIDENT.id.desc())


def _walked(asked: Asked, reach: int, most: int) -> list[int]:
    """Those of the newest of the list that have every word."""
    newest = _listed(asked, asked.looked.text).limit(reach).subquery()
    text = newest.c[asked.looked.name]
    return _ids(asked, select(newest.c.id).where(*has(text, asked.words)).order_by(newest.c.id.desc()).limit(most))


def _edge(asked: Asked) -> int | None:
    """Up to which id a walk comes; None where it comes to the end of the list."""
    last = _ids(asked, _listed(asked).offset(FAR).limit(1))
    return last[0] + 1 if last else None


def _named(asked: Asked, known: Sequence[str], most: int) -> list[int]:
    """Those that the index names for the words it knows, as far as they are in the list and have the others too."""
    statement = looked_up(session.get_bind().dialect.name, asked.looked, known, asked.before)
    return _ids(asked, statement.where(*has(asked.looked.text, asked.words), *_afterwards(asked)).limit(most))


def _beside(asked: Asked, most: int) -> list[int]:
    if asked.beside is None:
        return []
    statement = select(_INCIDENT.id).where(_INCIDENT.id.in_(asked.beside), *_afterwards(asked))
    if asked.before is not None:
        statement = statement.where(_INCIDENT.id < asked.before)
    return _ids(asked, statement.order_by((_INCIDENT.id + 0).desc()).limit(most))


def _afterwards(asked: Asked) -> list[ColumnElement[bool]]:
    """The conditions of the list, asked of each row that was found: no index of theirs leads to it."""
    return [condition.is_(true()) for condition in (*asked.listed, *asked.narrowed)]
