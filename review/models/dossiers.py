"""The one bridge from rows to values: an incident's events and disclosures become its dossier."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary

import orjson
from sqlalchemy import bindparam, select

from review.models.incidents import Incident, Stream
from review.models.trail import CodebookVersion, Disclosure, Event, Policy
from review.rules.dossier import Dossier, Record
from review.rules.history import History
from review.rules.policy import Policy as PolicyValue

_EVENT, _DISCLOSURE = Event.__table__, Disclosure.__table__
# Built once: every act reads by these two.
_EVENTS = (
    select(_EVENT.c.seq, _EVENT.c.line, _EVENT.c.leaf, _EVENT.c.judged)
    .where(_EVENT.c.incident_id == bindparam("incident"))
    .order_by(_EVENT.c.iseq)
)
_SEALED = (
    select(_DISCLOSURE.c.seq, _DISCLOSURE.c.digest, _DISCLOSURE.c.text, _DISCLOSURE.c.sealed)
    .join(_EVENT, _EVENT.c.seq == _DISCLOSURE.c.seq)
    .where(_EVENT.c.incident_id == bindparam("incident"))
)

Opener = Callable[[str, str], str]
"""Turns the encrypted text of a disclosure, given with its digest, into its clear text."""


# Sealed by every event and looked at by no rule.
UNFOLDED = ("at", "person")


def read_disclosure(text: str) -> tuple[str, Any]:
    """The name and value of a disclosure's clear text."""
    padded = text + "=" * (-len(text) % 4)
    _salt, name, value = orjson.loads(base64.urlsafe_b64decode(padded))
    return name, value


def history(session: Any, incident: Incident, *, openers: Mapping[str, Opener] | None = None) -> History:
    """The incident's chain, folded; `openers` maps a pseudonym, or "*", to what may open their sealed values."""
    folded = History(incident.name, policies(session), codebooks(session))
    for record in records(session, incident.id, openers or {}):
        folded.apply(record)
    return folded


def dossier(session: Any, incident: Incident, *, openers: Mapping[str, Opener] | None = None) -> Dossier:
    """The incident as the rules see it, with the mode of its stream."""
    return with_mode(session, history(session, incident, openers=openers).dossier())


def with_mode(session: Any, folded: Dossier) -> Dossier:
    """The same dossier with the present mode of its stream."""
    mode = session.execute(select(Stream.mode).where(Stream.slug == folded.stream)).scalar()
    return replace(folded, stream_mode=mode or "active")


def records(session: Any, incident_id: int, openers: Mapping[str, Opener]) -> Iterable[Record]:
    """The events of one chain in order, each with the disclosures that `openers` allow."""
    rows = session.execute(_EVENTS, {"incident": incident_id}).all()
    sealed = _disclosures(session, incident_id, rows, openers)
    for seq, line, leaf, judged in rows:
        yield record(orjson.loads(line), sealed.get(seq, {}), leaf, judged)


def record(event: Mapping[str, Any], sealed: Mapping[str, Any], leaf: bytes, judged: str | None) -> Record:
    """One event as the rules take it."""
    return Record(
        seq=event["seq"],
        iseq=event["iseq"],
        day=event["day"],
        type=event["type"],
        actor=event["actor"],
        role=event["role"],
        body=event["body"],
        sealed=sealed,
        leaf=bytes(leaf),
        judged=judged,
    )


def _disclosures(
    session: Any, incident_id: int, rows: Iterable[Any], openers: Mapping[str, Opener]
) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    actors: dict[int, str] | None = None
    disclosed = session.execute(_SEALED, {"incident": incident_id})
    for seq, digest, text, is_sealed in disclosed:
        if is_sealed:
            if not openers:
                continue
            actors = actors or {row.seq: orjson.loads(row.line)["actor"] for row in rows}
            opener = openers.get("*") or openers.get(actors[seq])
            if opener is None:
                continue
            text = opener(text, digest)
        name, value = read_disclosure(text)
        found.setdefault(seq, {})[name] = value
    return found


class _Kept(Mapping[int, Any]):
    """Values that never change once recorded, read from their rows once a process."""

    def __init__(self, read: Callable[[], Mapping[int, Any]], known: dict[int, Any]) -> None:
        self._read, self._known = read, known

    def __getitem__(self, seq: int) -> Any:
        if seq not in self._known:
            self._known.update(self._read())
        return self._known[seq]

    def __iter__(self) -> Iterator[int]:
        self._known.update(self._read())
        return iter(self._known)

    def __len__(self) -> int:
        return len(list(iter(self)))


_POLICIES: WeakKeyDictionary[Any, dict[int, PolicyValue]] = WeakKeyDictionary()
_CODEBOOKS: WeakKeyDictionary[Any, dict[int, str]] = WeakKeyDictionary()


def policies(session: Any) -> Mapping[int, PolicyValue]:
    """Every policy that was ever set, by the seq of its event."""

    def read() -> Mapping[int, PolicyValue]:
        rows = session.execute(select(Policy.seq, Policy.body, Policy.times))
        return {seq: PolicyValue.from_body(body, times) for seq, body, times in rows}

    return _Kept(read, _POLICIES.setdefault(session.get_bind(), {}))


def codebooks(session: Any) -> Mapping[int, str]:
    """Every codebook that was defined, by the seq of its event."""

    def read() -> Mapping[int, str]:
        return dict(session.execute(select(CodebookVersion.seq, CodebookVersion.key)).all())

    return _Kept(read, _CODEBOOKS.setdefault(session.get_bind(), {}))
