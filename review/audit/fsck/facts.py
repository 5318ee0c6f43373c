"""Decision tables against the events that made them: append-only facts that nothing else may write."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy import select

from review.audit.fsck.lines import UNTAKEN, event_of, placed
from review.models import (
    Approval,
    CodebookVersion,
    Determination,
    Event,
    Policy,
    Round,
    RoundClosing,
    Settlement,
    SettlementClosing,
    Vote,
)
from review.models.dossiers import read_disclosure
from review.models.trail import Disclosure

Fact = Mapping[str, Any]
Body = Mapping[str, Any]
BLOCK = 5000


def _approved(event: Body, known: Known) -> Fact:
    body = event["body"]
    version = known.proposals.get(body["of"], {}).get("version")
    return {
        "proposal_seq": body["of"],
        "version": version,
        "approver": event["actor"],
        "dossier": body["dossier"],
    }


def _published(event: Body, known: Known) -> Fact:
    approved = known.approvals.get(event["body"]["of"], {})
    proposal = known.proposals.get(approved.get("of", -1), {})
    override = approved.get("override")
    decided = proposal if override is None else known.overrides.get(override, {})
    opened = known.rounds.get((event["incident"], proposal.get("round")), {})
    return {
        "version": event["body"]["version"], "grade": decided.get("grade"), "range": decided.get("range"),
        "codebook_seq": opened.get("codebook"), "kind": "published",
    }  # fmt: skip


def _imported(event: Body, _known: Known) -> Fact:
    body = event["body"]
    return {
        "version": 0, "grade": body["grade"], "range": body["range"], "codebook_seq": body["codebook"],
        "kind": "legacy",
    }  # fmt: skip


def _plain(**columns: str) -> Callable[[Body, Known], Fact]:
    return lambda event, _known: {column: event["body"][field] for column, field in columns.items()}


def _vote(event: Body, _known: Known) -> Fact:
    body = event["body"]
    return {
        "round": body["round"],
        "voter": event["actor"],
        "evidence": body["evidence"],
        "replaces": body["replaces"],
    }


class Known:
    """What later decisions refer to."""

    def __init__(self) -> None:
        self.proposals: dict[int, Body] = {}
        self.overrides: dict[int, Body] = {}
        self.approvals: dict[int, Body] = {}
        self.rounds: dict[tuple[str, Any], Body] = {}

    def take(self, event: Body) -> None:
        seq, type_, body = event["seq"], event["type"], event["body"]
        if type_ == "grade.proposed":
            self.proposals[seq] = body
        elif type_ == "grade.overridden":
            self.overrides[seq] = body
        elif type_ == "grade.approved":
            self.approvals[seq] = body
        elif type_ == "round.opened":
            self.rounds[event["incident"], body["round"]] = {"codebook": body["codebook"]}

    def forget(self, published: Body) -> None:
        """What led to a version, once it is published: no later decision refers to it."""
        approved: Body = self.approvals.pop(published["of"], {})
        self.proposals.pop(approved.get("of", -1), None)
        self.overrides.pop(approved.get("override", -1), None)


# Event type -> the table that its decision stands in, and what the row must say.
DECISIONS: Mapping[str, tuple[Any, Callable[[Body, Known], Fact]]] = {
    "round.opened": (
        Round,
        _plain(number="round", kind="kind", policy_seq="policy", codebook_seq="codebook", evidence="evidence"),
    ),
    "round.closed": (RoundClosing, _plain(number="round", result="result", grade="grade", range="range")),
    "vote.committed": (Vote, _vote),
    "settlement.opened": (Settlement, _plain(round="round")),
    "settlement.closed": (
        SettlementClosing,
        _plain(settlement_seq="settlement", by="by", grade="grade", range="range"),
    ),
    "grade.approved": (Approval, _approved),
    "grade.published": (Determination, _published),
    "grade.imported": (Determination, _imported),
}  # fmt: skip
TELLING = (*DECISIONS, "grade.proposed", "grade.overridden")


def decisions(session: Any) -> Iterator[str]:
    """Every decision that the tables and the events do not agree on."""
    known = Known()
    last = -1
    table = Event.__table__.c
    statement = select(table.seq, table.line, table.incident_id, table.type).where(table.type.in_(TELLING))
    statement = statement.order_by(table.seq).limit(BLOCK)
    while rows := session.connection().execute(statement.where(table.seq > last)).all():
        kept = _kept(session, last, rows[-1][0])
        last = rows[-1][0]
        for seq, line, incident_id, type_ in rows:
            said = event_of(line)
            if said is None:
                continue
            event = placed(said, seq)
            with suppress(*UNTAKEN):  # an altered line, which is named where the leaves are read
                known.take(event)
            if type_ in DECISIONS:
                yield from _compare(seq, type_, incident_id, event, known, kept)
            if type_ == "grade.published":
                with suppress(*UNTAKEN):
                    known.forget(event["body"])
        yield from (f"The table {table} holds a decision {seq} that no event made." for table, seq in sorted(kept))
    yield from (f"The table {table} holds a decision {seq} that no event made." for table, seq in _after(session, last))


def _tables() -> list[Any]:
    return list(dict.fromkeys(model for model, _fact in DECISIONS.values()))


def _kept(session: Any, low: int, high: int) -> dict[tuple[str, int], Any]:
    found = {}
    for model in _tables():
        table = model.__table__
        rows = select(table).where(table.c.seq > low, table.c.seq <= high)
        for row in session.connection().execute(rows).mappings().all():
            found[table.name, row["seq"]] = row
    return found


def _after(session: Any, last: int) -> list[tuple[str, int]]:
    found = []
    for model in _tables():
        table = model.__table__
        found += [(table.name, seq) for seq in session.scalars(select(table.c.seq).where(table.c.seq > last))]
    return sorted(found)


def _compare(seq: int, type_: str, incident_id: int, event: Body, known: Known, kept: dict[Any, Any]) -> Iterator[str]:
    model, fact = DECISIONS[type_]
    table = model.__tablename__
    row = kept.pop((table, seq), None)
    if row is None:
        yield f"Event {seq}: the table {table} lacks its decision."
        return
    try:
        expected = {"incident_id": incident_id, **fact(event, known)}
    except UNTAKEN:
        yield f"Event {seq}: its body is not that of a {type_}."
        return
    for column, value in expected.items():
        if row[column] != value:
            yield f"Event {seq}: {table}.{column} says {row[column]}, the event says {value}."


def log_facts(session: Any) -> Iterator[str]:
    """Policies and codebooks against the events that set and defined them."""
    policies = {row.seq: row for row in session.execute(select(Policy.seq, Policy.body, Policy.times))}
    books = {row.seq: row for row in session.execute(select(CodebookVersion.__table__))}
    statement = select(Event.seq, Event.line, Event.type).where(Event.type.in_(("policy.set", "codebook.defined")))
    for seq, line, type_ in session.execute(statement.order_by(Event.seq)):
        body = (event_of(line) or {}).get("body", {})
        if type_ == "policy.set":
            row = policies.pop(seq, None)
            if row is None or row.body != body or row.times != _times(session, seq, row.times):
                yield f"Event {seq}: the policy in the table is not the one that was set."
            continue
        book = books.pop(seq, None)
        if book is None or (book.key, book.sha256) != (body.get("id"), body.get("sha256")):
            yield f"Event {seq}: the codebook in the table is not the one that was defined."
    for seq in sorted({**policies, **books}):
        yield f"A policy or codebook {seq} stands in its table and no event made it."


def _times(session: Any, seq: int, otherwise: Any) -> Any:
    said = session.execute(select(Disclosure.text).where(Disclosure.seq == seq, Disclosure.name == "times"))
    for (text,) in said:
        return read_disclosure(text)[1]
    return otherwise
