"""Signs: by what a claim or an incident is found again beside a new claim. A projection of sealed text.

Each is a row under an index, so that what may be near a claim is looked up and never searched for. Redaction clears
them with the text that they were made from (REGISTRY).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from itertools import groupby, islice
from typing import Any

from sqlalchemy import Connection, ForeignKey, Index, String, bindparam, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from review.extensions import Base
from review.models.dossiers import read_disclosure
from review.models.incidents import Claim, Incident
from review.models.trail import Disclosure
from review.rules.claims import address_of, place_names, words_of_claim
from review.rules.facts import Facts
from review.rules.folding import folded
from review.rules.mentions import telling_words

ADDRESS, WORD, PLACE = "address", "word", "place"
MOST_WORDS = 60
LONGEST = 200
BLOCK = 2_000
TELLING = ("text", "translation", "url")


class ClaimSign(Base):
    """The address of a claim, or one of its telling words."""

    __tablename__ = "claim_sign"
    __table_args__ = (Index("ix_claim_sign_kind_sign_seq", "kind", "sign", "seq"),)

    seq: Mapped[int] = mapped_column(ForeignKey("claim.seq"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    sign: Mapped[str] = mapped_column(String(LONGEST), primary_key=True)


class IncidentSign(Base):
    """A name of a place of an incident with the incident's first day, or a telling word of its summary."""

    __tablename__ = "incident_sign"
    __table_args__ = (Index("ix_incident_sign_kind_sign_day", "kind", "sign", "day", "incident_id"),)

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    sign: Mapped[str] = mapped_column(String(LONGEST), primary_key=True)
    day: Mapped[str | None] = mapped_column(String(10))


Sign = tuple[str, str]  # kind, sign


def digest_of_address(url: str | None) -> str | None:
    """The digest under which an address is known, also as a source; None where it is no web address."""
    address = address_of(url)
    return hashlib.sha256(address.encode()).hexdigest() if address else None


def of_claim(sealed: Mapping[str, Any]) -> set[Sign]:
    """The signs of a claim, from what is still there of its sealed words."""
    address = digest_of_address(sealed.get("url"))
    words = words_of_claim(sealed.get("text") or "", sealed.get("translation"))
    # The longest words tell most; the rest of a long report would only fill the index.
    kept = sorted(words, key=lambda word: (-len(word), word))[:MOST_WORDS]
    return {(WORD, word) for word in kept} | ({(ADDRESS, address)} if address else set())


def of_incident(facts: Facts) -> set[Sign]:
    """The signs of an incident: its places in every script, and the telling words of its summary."""
    places = {(PLACE, name[:LONGEST]) for name in place_names(facts)}
    words = sorted(telling_words(facts.summary or ""), key=lambda word: (-len(word), word))[:MOST_WORDS]
    return places | {(WORD, word) for word in words}


def incident_rows(incident_id: int, facts: Facts) -> list[dict[str, Any]]:
    """The rows of an incident's signs."""
    return [
        {"incident_id": incident_id, "kind": kind, "sign": sign, "day": facts.date}
        for kind, sign in sorted(of_incident(facts))
    ]


# --- made anew ----------------------------------------------------------------------------------------------


def refill(connection: Connection) -> None:
    """Make every sign anew from what the desk holds already: for the migration that brings the tables."""
    of_claims = (
        {"seq": seq, "kind": kind, "sign": sign}
        for seq, sealed in claims_as_sealed(connection)
        for kind, sign in sorted(of_claim(sealed))
    )
    for rows in _blocks(of_claims):
        connection.execute(insert(ClaimSign.__table__), rows)
    for rows in _blocks(_of_incidents(connection)):
        connection.execute(insert(IncidentSign.__table__), rows)
    _fold_again(connection)


def _fold_again(connection: Connection) -> None:
    """What is searched in was folded by an earlier rule, which kept Persian letters and digits apart."""
    table = Incident.__table__
    kept = connection.execute(select(table.c.id, table.c.search_text))
    changed = [{"known": id_, "text": folded(text)} for id_, text in kept if folded(text) != text]
    if changed:
        statement = update(table).where(table.c.id == bindparam("known")).values(search_text=bindparam("text"))
        connection.execute(statement, changed)


def claims_as_sealed(connection: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    """Every claim by its seq with those of its words that were not redacted."""
    statement = (
        select(Claim.seq, Disclosure.name, Disclosure.text)
        .outerjoin(Disclosure, (Disclosure.seq == Claim.seq) & Disclosure.name.in_(TELLING))
        .order_by(Claim.seq)
    )
    for seq, rows in groupby(connection.execute(statement), key=lambda row: row.seq):
        yield seq, {row.name: read_disclosure(row.text)[1] for row in rows if row.text is not None}


def _of_incidents(connection: Connection) -> Iterator[dict[str, Any]]:
    table = Incident.__table__
    for id_, facts in connection.execute(select(table.c.id, table.c.facts).order_by(table.c.id)):
        yield from incident_rows(id_, Facts.from_dict(facts))


def _blocks(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while block := list(islice(rows, BLOCK)):
        yield block
