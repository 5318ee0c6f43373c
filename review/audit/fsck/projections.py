"""Projections rebuilt from events and disclosures, and compared with what the pages read."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from operator import attrgetter
from typing import Any

import orjson
from sqlalchemy import Integer, select, type_coerce

from review.audit.fsck.chains import HEAD, Chains, Told, of_incidents
from review.audit.fsck.lines import UNTAKEN
from review.audit.fsck.record import Kept
from review.audit.keys import Keys
from review.models import (
    Admission,
    Disclosure,
    Event,
    FirstRound,
    Incident,
    IncidentCode,
    IncidentSign,
    Participation,
    Person,
    PublicCode,
    RecordEntry,
    Source,
    SourceLink,
    Turn,
    first_rounds,
)
from review.models import projections as made
from review.models.dossiers import codebooks, crossed, joints, policies, read_disclosure, record
from review.models.public_codes import public_codes
from review.models.record import ENTRY_COLUMNS
from review.models.refs import folded_code
from review.models.signs import of_incident
from review.models.told import tell
from review.rules.dossier import Dossier, Record
from review.rules.history import IMPORT, History, untouched
from review.rules.sources import normalised_url

BLOCK = 1000
# What is sealed and a projection is drawn from.
READ = ("facts", "people", "link", "url", "grade", "range", "publishable")
PROJECTED = (
    "stage", "needs_round", "recheck", "restricted", "merged_into", "public", "stream", "facts", "code", "title",
    "date", "grade", "grade_kind", "version", "range", "search_text", "seats", "queue", "round_seq",
    "gravity", "public_text", "told", "said",
)  # fmt: skip
_PROJECTED = attrgetter(*PROJECTED)
# Columns of the tables and the connection itself: rows without the session between them.
_INCIDENT, _EVENT, _DISCLOSURE = Incident.__table__.c, Event.__table__.c, Disclosure.__table__.c
BEHIND = 2 + len(PROJECTED)  # in a row that was read: where its head stands, after its id, its name and these
NONE: frozenset[Any] = frozenset()
Sealed = dict[str, Any]
# What a sentence may repeat: neither sealed words nor how far an open round has come.
TOLD = frozenset({"stage", "needs_round", "recheck", "restricted", "public", "grade", "grade_kind", "version"})


def incidents(session: Any, keys: Keys | None) -> Iterator[str]:
    """Every incident whose row, codes, sources or turns are not what its chain amounts to."""
    known = policies(session), codebooks(session), joints(session)
    linked = Chains(session, known[2])
    log_names = dict(session.connection().execute(select(Person.log_name, Person.id)).all())
    figures = Kept(session)
    columns = _INCIDENT.id, _INCIDENT.name, *(_INCIDENT[name] for name in PROJECTED)
    statement = select(*columns, *HEAD).order_by(_INCIDENT.id).limit(BLOCK)
    last = 0
    while found := session.connection().execute(statement.where(_INCIDENT.id > last)).all():
        last = found[-1][0]
        rows = {row[0]: row for row in found}
        told = of_incidents(session, min(rows), max(rows))
        for id_, row in rows.items():
            yield from linked.sentences(row[1], row[BEHIND:], told.get(id_, ()))
        yield from _block(session, keys, rows, told, known, log_names, figures)
    yield from linked.heads()


def _block(
    session: Any,
    keys: Keys | None,
    rows: Mapping[int, Any],
    chains: Mapping[int, Sequence[Told]],
    known: Any,
    log_names: Mapping[str, int],
    figures: Kept,
) -> Iterator[str]:
    low, high = min(rows), max(rows)
    sealed = _sealed(session, keys, low, high)
    dossiers: dict[int, Dossier] = {}
    for id_, row in rows.items():
        try:
            dossiers[id_] = _dossier(row[1], chains.get(id_, ()), sealed, known)
        except _NotReplayed as error:
            yield f"{row[1]}: {error}"
    yield from _rows(session, rows, dossiers, chains)
    yield from _beside(session, low, high, rows, dossiers, log_names)
    kept = _grouped(session, low, high, RecordEntry, *ENTRY_COLUMNS)
    for id_, dossier in dossiers.items():
        yield from figures.sentences(rows[id_], dossier, kept.get(id_))


class _NotReplayed(Exception):
    """An event that the rules cannot take."""


def _dossier(name: str, events: Sequence[Told], sealed: Mapping[int, Sealed], known: Any) -> Dossier:
    policies, codebooks, joints = known
    if len(events) <= len(IMPORT):
        with suppress(*UNTAKEN):  # the whole fold says which event it was
            dossier = untouched(name, list(map(partial(_record, sealed), events)), codebooks)
            if dossier is not None:
                return dossier
    history = History(name, policies, codebooks, joints=joints)
    for event in events:
        try:
            history.apply(_record(sealed, event))
        except UNTAKEN as error:
            said = f"event {event.seq} cannot be replayed ({type(error).__name__} {error})."
            raise _NotReplayed(said) from error
    return crossed(history).dossier()


def _record(sealed: Mapping[int, Sealed], event: Told) -> Record:
    if event.said is None:
        orjson.loads(event.line)  # where this fails it says why
        raise ValueError("not the line of an event")
    return record(event.seq, event.said, sealed.get(event.seq, {}), event.leaf, event.judged)


def _sealed(session: Any, keys: Keys | None, low: int, high: int) -> dict[int, Sealed]:
    found: dict[int, Sealed] = {}
    statement = (
        select(_DISCLOSURE.seq, _DISCLOSURE.digest, _DISCLOSURE.text, type_coerce(_DISCLOSURE.sealed, Integer))
        .join(Event.__table__, _EVENT.seq == _DISCLOSURE.seq)
        .where(_EVENT.incident_id.between(low, high), _DISCLOSURE.name.in_(READ))
    )
    for seq, digest, text, is_sealed in session.connection().execute(statement).all():
        if is_sealed and keys is None:
            continue
        try:
            name, value = read_disclosure(keys.open_text(text, digest) if is_sealed and keys else text)
        except Exception:  # noqa: S112 (an altered disclosure is named where disclosures are read)
            continue
        found.setdefault(seq, {})[name] = value
    return found


class _Wanted:
    """The columns of an incident as its events want them: no row, so that nothing keeps account of each."""


def _rows(
    session: Any, rows: Mapping[int, Any], dossiers: Mapping[int, Dossier], chains: Mapping[int, Sequence[Told]]
) -> Iterator[str]:
    parents = {dossier.passage.split_from for dossier in dossiers.values() if dossier.passage.split_from}
    statement = select(Incident.name, Incident.stream).where(Incident.name.in_(parents))
    streams = dict(session.connection().execute(statement).all()) if parents else {}
    for id_, dossier in dossiers.items():
        row = rows[id_]
        wanted: Any = _Wanted()
        wanted.stream = streams.get(dossier.passage.split_from or "", "")
        made.columns(wanted, dossier)
        made.described(wanted, dossier)
        made.published(wanted, dossier)
        _mark(wanted, dossier, chains.get(id_, ()))
        if row[2:BEHIND] != _PROJECTED(wanted):
            yield from _differences(row, wanted)


def _mark(wanted: Any, dossier: Dossier, events: Sequence[Told]) -> None:
    wanted.told, wanted.said = "", 0
    if dossier.determination is not None:
        tell(wanted, dossier, [(event.seq, event.said["type"]) for event in events])


def _differences(row: Any, wanted: Any) -> Iterator[str]:
    for column, has, should in zip(PROJECTED, row[2:BEHIND], _PROJECTED(wanted), strict=True):
        if has == should:
            continue
        if column in TOLD:
            yield f"{row.name}: the column {column} says {has}, the events say {should}."
        else:
            yield f"{row.name}: the column {column} is not what the events say."


def _beside(
    session: Any,
    low: int,
    high: int,
    rows: Mapping[int, Any],
    dossiers: Mapping[int, Dossier],
    log_names: Mapping[str, int],
) -> Iterator[str]:
    grouped = partial(_grouped, session, low, high)
    codes = grouped(IncidentCode, "code", "folded", "earlier")
    signs = grouped(IncidentSign, "kind", "sign", "day")
    public = grouped(PublicCode, "folded")
    turns = grouped(Turn, "person_id", "kind", "round")
    links = grouped(SourceLink, "number", "seq", "withdrawn")
    admissions = grouped(Admission, "person_id")
    people = grouped(Participation, "pseudonym", "person_id")
    kept = _first_rounds(session, low, high)
    known_sources = _documents(session, low, high)
    for id_, dossier in dossiers.items():
        name, facts = rows[id_].name, dossier.facts
        named = {(code, folded_code(code), earlier) for code, earlier in made.codes(dossier).items()}
        if codes.get(id_, NONE) != named:
            yield f"{name}: its codes are not those of its facts."
        if public.get(id_, NONE) != {(code,) for code in public_codes(dossier)}:
            yield f"{name}: the codes by which the public finds it are not those that were published."
        if admissions.get(id_, NONE) != {(log_names[one],) for one in dossier.admitted if one in log_names}:
            yield f"{name}: the people it is shown to are not those that its restriction names."
        if signs.get(id_, NONE) != {(kind, sign, facts.date) for kind, sign in of_incident(facts)}:
            yield f"{name}: the signs by which it is found are not those of its facts."
        if kept.get(id_) != first_rounds.values(dossier, rows[id_].stream):
            yield f"{name}: the votes kept of its first round are not those that were revealed."
        if turns.get(id_, NONE) != _turns(dossier, people.get(id_, NONE)):
            yield f"{name}: the turns kept are not those that its events give."
        if links.get(id_, NONE) != {(source.number, source.seq, source.withdrawn) for source in dossier.sources}:
            yield f"{name}: the sources linked are not those that its events attached."
        for source in dossier.sources:
            document = known_sources.get((id_, source.number))
            if document is not None and not _is(source, *document):
                yield f"{name}: source {source.number} leads to another document than the one attached."


def _turns(dossier: Dossier, people: Collection[tuple[str, int]]) -> set[tuple[int, str, int]]:
    """Whose turn it is: (person, kind, round)."""
    if not dossier.rounds and not dossier.settlements:
        return set()  # nobody was asked for anything
    known = dict(people)
    return {(known[who], kind, number) for who, kind, number in made.turns(dossier) if who in known}


def _is(source: Any, link: str, key: str) -> bool:
    """Whether a row of the sources is the document attached, as far as its link and address were not redacted."""
    if source.link is not None and source.link != link:
        return False
    return source.url is None or key == hashlib.sha256(normalised_url(source.url).encode()).hexdigest()


def _documents(session: Any, low: int, high: int) -> dict[tuple[int, int], tuple[str, str]]:
    """(Incident, number) -> the link and the key of the document that this source of it leads to."""
    statement = select(SourceLink.incident_id, SourceLink.number, Source.link, Source.key).join(
        Source, Source.id == SourceLink.source_id
    )
    found_here = statement.where(SourceLink.incident_id.between(low, high))
    rows = session.connection().execute(found_here).all()
    return {(incident_id, number): (link, key) for incident_id, number, link, key in rows}


def _first_rounds(session: Any, low: int, high: int) -> dict[int, dict[str, Any]]:
    table = FirstRound.__table__
    rows = session.connection().execute(select(table).where(table.c.incident_id.between(low, high))).mappings()
    return {row["incident_id"]: {name: row[name] for name in row if name != "incident_id"} for row in rows}


def _grouped(session: Any, low: int, high: int, model: Any, *names: str) -> dict[int, set[Any]]:
    """Of each incident what its rows in a table say."""
    table = model.__table__.c
    rows = select(table.incident_id, *(table[name] for name in names)).where(table.incident_id.between(low, high))
    found: dict[int, set[Any]] = {}
    for row in session.connection().execute(rows).all():
        found.setdefault(row[0], set()).add(row[1:])
    return found
