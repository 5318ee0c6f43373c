"""People, streams and claims: the log's own projections, against its events and the keys that name people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import select

from review.audit import canonical
from review.audit.fsck.lines import UNTAKEN
from review.audit.keys import Keys
from review.models import (
    Admission,
    Claim,
    ClaimSign,
    Disclosure,
    Event,
    Incident,
    Participation,
    Person,
    PersonKey,
    Stream,
)
from review.models.dossiers import read_disclosure
from review.models.persons import KEY_LABEL
from review.models.signs import claims_as_sealed, of_claim
from review.rules.permissions import PERMISSIONS
from review.rules.places import here

BLOCK = 2_000
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
WORDS = ("name", "reason")


def people_and_claims(session: Any, keys: Keys | None = None) -> Iterator[str]:
    """Every person, stream or claim whose row is not what the events amount to."""
    people: dict[str, tuple[bool, str | None]] = {}
    streams: dict[str, tuple[str, str, int]] = {}
    claims: dict[int, tuple[str, str, int | None, int | None]] = {}
    types = (*PEOPLE, *STREAMS, *CLAIM_STAGES)
    statement = select(Event.seq, Event.type, Event.line, Event.incident_id, Event.day).where(Event.type.in_(types))
    for seq, type_, line, incident_id, day in _read(session, statement.order_by(Event.seq)):
        try:
            body = here(orjson.loads(line), seq)["body"]
            if type_ in PEOPLE:
                people[body["who"]] = _person(people.get(body["who"], (True, None)), type_, body)
            elif type_ in STREAMS:
                streams[body["stream"]] = (body["mode"], day, seq)
            else:
                _claim(claims, seq, type_, body, incident_id)
        except UNTAKEN:
            continue  # an altered line is named where the leaves are read
    yield from _differences("person", people, session.execute(select(Person.log_name, Person.active, Person.role)))
    rows = session.execute(select(Stream.slug, Stream.mode, Stream.since, Stream.seq))
    yield from _differences("stream", streams, rows)
    kept = session.execute(select(Claim.seq, Claim.name, Claim.stage, Claim.incident_id, Claim.of))
    yield from _differences("claim", claims, kept)
    yield from _words(session)
    yield from _claim_signs(session)
    yield from _pseudonyms(session, keys)


def _read(session: Any, statement: Any) -> Any:
    """Rows of which there are as many as incidents: some at a time."""
    return session.connection().execute(statement.execution_options(yield_per=BLOCK))


def _claim(claims: dict[int, Any], seq: int, type_: str, body: Mapping[str, Any], incident_id: int | None) -> None:
    if type_ == "claim.received":
        claims[seq] = (body["claim"], "received", None, None)
        return
    name = claims[body["claim"]][0]
    grouped = incident_id if type_ == "claim.grouped" else None
    claims[body["claim"]] = (name, CLAIM_STAGES[type_], grouped, body.get("of"))


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


def restrictions(session: Any) -> Iterator[str]:
    """Restricted incidents that are there for nobody any more who could show them again."""
    lifting = (
        select(Admission.person_id)
        .join(Person, Person.id == Admission.person_id)
        .where(Admission.incident_id == Incident.id, Person.active)
        .where(Person.role.in_(PERMISSIONS["lift_restriction"].roles))
    )
    lost = select(Incident.name).where(Incident.restricted, ~lifting.exists()).order_by(Incident.id)
    for name in session.scalars(lost):
        yield f"{name}: nobody to whom this restricted incident is shown can lift the restriction any more."


# --- words that stand sealed: named, never repeated ----------------------------------------------------------


def _words(session: Any) -> Iterator[str]:
    """Names of people and streams, and why a stream was switched, as far as they were not redacted."""
    people: dict[str, dict[str, Any]] = {}
    streams: dict[str, dict[str, Any]] = {}
    statement = (
        select(Event.type, Event.line, Disclosure.name, Disclosure.text)
        .join(Disclosure, Disclosure.seq == Event.seq)
        .where(Event.type.in_(("person.joined", *STREAMS)), Disclosure.name.in_(WORDS), Disclosure.sealed.is_(False))
    )
    for type_, line, name, text in session.execute(statement.order_by(Event.seq)):
        try:
            body, (_name, said) = orjson.loads(line)["body"], read_disclosure(text)
            joined = type_ == "person.joined"
            about = people.setdefault(body["who"], {}) if joined else streams.setdefault(body["stream"], {})
        except UNTAKEN:
            continue
        if said is not None or name == "reason":
            about[name] = said
    for who, name in session.execute(select(Person.log_name, Person.name)):
        if people.get(who, {}).get("name", name) != name:
            yield f"The person {who} is not kept under the name with which they joined."
    for slug, name, reason in session.execute(select(Stream.slug, Stream.name, Stream.reason)):
        said = streams.get(slug, {})
        if said.get("name", name) != name:
            yield f"The stream {slug} is not kept under the name that it was defined with."
        if said.get("reason", reason) != reason:
            yield f"The stream {slug} is kept with another reason than that of its last switch."


def _claim_signs(session: Any) -> Iterator[str]:
    """Claims that would be found by words which are not, or no longer, theirs."""
    claims = claims_as_sealed(session)
    while block := dict(islice(claims, BLOCK)):
        found = select(ClaimSign.seq, ClaimSign.kind, ClaimSign.sign)
        kept: dict[int, set[tuple[str, str]]] = {}
        for seq, kind, sign in session.execute(found.where(ClaimSign.seq.between(min(block), max(block)))):
            kept.setdefault(seq, set()).add((kind, sign))
        for seq, sealed in block.items():
            if kept.get(seq, set()) != of_claim(sealed):
                yield f"Claim {seq}: the signs by which it is found are not those of its words."


# --- pseudonyms ---------------------------------------------------------------------------------------------


def _pseudonyms(session: Any, keys: Keys | None) -> Iterator[str]:
    """Every person's key opens under the master key and gives the names under which they stand in the log."""
    if keys is None:
        return
    opened: dict[int, bytes] = {}
    for person, sealed in session.execute(select(PersonKey.person_id, PersonKey.key).order_by(PersonKey.person_id)):
        try:
            opened[person] = keys.open(bytes(sealed), KEY_LABEL)
        except Exception:
            yield f"The key of person {person} cannot be opened with the master key. Bring the right keys folder back."
    for person, log_name in session.execute(select(Person.id, Person.log_name)):
        if person in opened and canonical.pseudonym(opened[person], "log") != log_name:
            yield f"The person {log_name} has a key that gives another name in the log."
    statement = select(Participation.person_id, Participation.pseudonym, Incident.name, Incident.id)
    rows = _read(session, statement.join(Incident, Incident.id == Participation.incident_id).order_by(Incident.id))
    for person, pseudonym, incident, _id in rows:
        if person in opened and canonical.pseudonym(opened[person], incident) != pseudonym:
            yield f"{incident}: the link from the pseudonym {pseudonym} leads to another person than it is of."
