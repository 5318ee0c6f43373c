"""Projections rebuilt from events and disclosures, and compared with what the pages read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import select

from review.audit.keys import Keys
from review.models import (
    Admission,
    Claim,
    ClaimSign,
    Disclosure,
    Event,
    Incident,
    IncidentCode,
    IncidentSign,
    Participation,
    Person,
    SourceLink,
    Stream,
    Turn,
)
from review.models import projections as made
from review.models.dossiers import codebooks, policies, read_disclosure, record
from review.models.signs import claims_as_sealed, of_claim, of_incident
from review.rules.dossier import Dossier
from review.rules.history import History

BLOCK = 200
CLAIMS = 2_000
PROJECTED = (
    "stage", "needs_round", "recheck", "restricted", "merged_into", "public", "stream", "facts", "code", "title",
    "date", "grade", "grade_kind", "version", "range", "search_text", "seats", "queue", "round_seq",
)  # fmt: skip


def incidents(session: Any, keys: Keys | None) -> Iterator[str]:
    """Every incident whose row, codes, sources or turns are not what its chain amounts to."""
    known = policies(session), codebooks(session)
    last = 0
    while ids := session.scalars(
        select(Incident.id).where(Incident.id > last).order_by(Incident.id).limit(BLOCK)
    ).all():
        last = ids[-1]
        yield from _block(session, keys, ids[0], last, known)


def _block(session: Any, keys: Keys | None, low: int, high: int, known: Any) -> Iterator[str]:
    table = Incident.__table__
    rows = {row.id: row for row in session.execute(select(table).where(table.c.id.between(low, high)))}
    folded = {id_: History(row.name, *known) for id_, row in rows.items()}
    broken: set[int] = set()
    sealed = _sealed(session, keys, low, high)
    events = select(Event.incident_id, Event.seq, Event.line, Event.leaf, Event.judged)
    for id_, seq, line, leaf, judged in session.execute(
        events.where(Event.incident_id.between(low, high)).order_by(Event.incident_id, Event.iseq)
    ):
        if id_ in broken:
            continue
        try:
            folded[id_].apply(record(orjson.loads(line), sealed.get(seq, {}), bytes(leaf), judged))
        except (KeyError, ValueError, TypeError, StopIteration) as error:
            broken.add(id_)
            yield f"{rows[id_].name}: event {seq} cannot be replayed ({type(error).__name__} {error})."
    dossiers = {id_: history.dossier() for id_, history in folded.items() if id_ not in broken}
    yield from _rows(session, rows, dossiers)
    yield from _beside(session, low, high, rows, dossiers)


def _sealed(session: Any, keys: Keys | None, low: int, high: int) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    statement = (
        select(Disclosure.seq, Disclosure.digest, Disclosure.text, Disclosure.sealed)
        .join(Event, Event.seq == Disclosure.seq)
        .where(Event.incident_id.between(low, high))
    )
    for seq, digest, text, is_sealed in session.execute(statement):
        if is_sealed and keys is None:
            continue
        try:
            name, value = read_disclosure(keys.open_text(text, digest) if is_sealed and keys else text)
        except Exception:  # noqa: S112 (an altered disclosure is named where disclosures are read)
            continue
        found.setdefault(seq, {})[name] = value
    return found


def _rows(session: Any, rows: Mapping[int, Any], dossiers: Mapping[int, Dossier]) -> Iterator[str]:
    parents = {dossier.passage.split_from for dossier in dossiers.values() if dossier.passage.split_from}
    statement = select(Incident.name, Incident.stream).where(Incident.name.in_(parents))
    streams = dict(session.execute(statement).all()) if parents else {}
    for id_, dossier in dossiers.items():
        row, wanted = rows[id_], Incident(name=rows[id_].name)
        wanted.stream = streams.get(dossier.passage.split_from or "", "")
        made.columns(wanted, dossier)
        made.described(wanted, dossier)
        for column in PROJECTED:
            has, should = getattr(row, column), getattr(wanted, column)
            if has != should:
                yield f"{row.name}: the column {column} says {has}, the events say {should}."


def _beside(
    session: Any, low: int, high: int, rows: Mapping[int, Any], dossiers: Mapping[int, Dossier]
) -> Iterator[str]:
    codes = _grouped(session, IncidentCode.__table__, low, high, lambda row: (row.code, row.earlier))
    signs = _grouped(session, IncidentSign.__table__, low, high, lambda row: (row.kind, row.sign, row.day))
    turns = _grouped(session, Turn.__table__, low, high, lambda row: (row.person_id, row.kind, row.round))
    links = _grouped(session, SourceLink.__table__, low, high, lambda row: (row.number, row.seq, row.withdrawn))
    admissions = _grouped(session, Admission.__table__, low, high, lambda row: row.person_id)
    log_names = dict(session.execute(select(Person.log_name, Person.id)).all())
    people = _grouped(session, Participation.__table__, low, high, lambda row: (row.pseudonym, row.person_id))
    for id_, dossier in dossiers.items():
        name, known = rows[id_].name, dict(people.get(id_, ()))
        if codes.get(id_, set()) != set(made.codes(dossier).items()):
            yield f"{name}: its codes are not those of its facts."
        if admissions.get(id_, set()) != {log_names[one] for one in dossier.admitted if one in log_names}:
            yield f"{name}: the people it is shown to are not those that its restriction names."
        wanted = {(known[who], kind, number) for who, kind, number in made.turns(dossier) if who in known}
        if signs.get(id_, set()) != {(kind, sign, dossier.facts.date) for kind, sign in of_incident(dossier.facts)}:
            yield f"{name}: the signs by which it is found are not those of its facts."
        if turns.get(id_, set()) != wanted:
            yield f"{name}: the turns kept are not those that its events give."
        sources = {(source.number, source.seq, source.withdrawn) for source in dossier.sources}
        if links.get(id_, set()) != sources:
            yield f"{name}: the sources linked are not those that its events attached."


def _grouped(session: Any, table: Any, low: int, high: int, key: Callable[[Any], Any]) -> dict[int, set[Any]]:
    found: dict[int, set[Any]] = {}
    for row in session.execute(select(table).where(table.c.incident_id.between(low, high))):
        found.setdefault(row.incident_id, set()).add(key(row))
    return found


# --- people, streams and claims: the log's own projections --------------------------------------------------

CLAIM_STAGES = {
    "claim.received": "received", "claim.grouped": "grouped", "claim.ungrouped": "received",
    "claim.duplicated": "duplicate", "claim.dismissed": "dismissed", "claim.withdrawn": "withdrawn",
    "claim.restored": "received",
}  # fmt: skip
PEOPLE = (
    "person.joined",
    "person.deactivated",
    "person.reactivated",
    "person.left",
    "role.granted",
    "role.revoked",
)
STREAMS = ("stream.defined", "stream.switched")


def people_and_claims(session: Any) -> Iterator[str]:
    """Every person, stream or claim whose row is not what the events amount to."""
    people: dict[str, tuple[bool, str | None]] = {}
    streams: dict[str, tuple[str, str]] = {}
    claims: dict[int, tuple[str, int | None]] = {}
    types = (*PEOPLE, *STREAMS, *CLAIM_STAGES)
    statement = select(Event.seq, Event.type, Event.line, Event.incident_id, Event.day).where(Event.type.in_(types))
    for seq, type_, line, incident_id, day in session.execute(statement.order_by(Event.seq)):
        body = orjson.loads(line)["body"]
        if type_ in PEOPLE:
            people[body["who"]] = _person(people.get(body["who"], (True, None)), type_, body)
        elif type_ in STREAMS:
            streams[body["stream"]] = (body["mode"], day)
        else:
            claim = seq if type_ == "claim.received" else body["claim"]
            claims[claim] = (CLAIM_STAGES[type_], incident_id if type_ == "claim.grouped" else None)
    yield from _differences("person", people, session.execute(select(Person.log_name, Person.active, Person.role)))
    yield from _differences("stream", streams, session.execute(select(Stream.slug, Stream.mode, Stream.since)))
    yield from _differences("claim", claims, session.execute(select(Claim.seq, Claim.stage, Claim.incident_id)))
    yield from _claim_signs(session)


def _claim_signs(session: Any) -> Iterator[str]:
    """Claims that would be found by words which are not, or no longer, theirs."""
    claims = claims_as_sealed(session)
    while block := dict(islice(claims, CLAIMS)):
        found = select(ClaimSign.seq, ClaimSign.kind, ClaimSign.sign)
        kept: dict[int, set[tuple[str, str]]] = {}
        for seq, kind, sign in session.execute(found.where(ClaimSign.seq.between(min(block), max(block)))):
            kept.setdefault(seq, set()).add((kind, sign))
        for seq, sealed in block.items():
            if kept.get(seq, set()) != of_claim(sealed):
                yield f"Claim {seq}: the signs by which it is found are not those of its words."


def _person(known: tuple[bool, str | None], type_: str, body: Mapping[str, Any]) -> tuple[bool, str | None]:
    active, role = known
    if type_ == "role.granted":
        return active, body["role"]
    if type_ == "role.revoked":
        return active, None
    return type_ in ("person.joined", "person.reactivated"), role


def _differences(what: str, wanted: Mapping[Any, Any], rows: Any) -> Iterator[str]:
    kept = {key: tuple(rest) for key, *rest in rows}
    for key in sorted(kept.keys() | wanted.keys()):
        if kept.get(key) != wanted.get(key):
            yield f"The {what} {key} is kept as {kept.get(key)}; the events say {wanted.get(key)}."
