"""One incident compared with what its events amount to: its row, everybody's turn, every decision, every guard."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import select

from review.models import (
    Approval,
    Determination,
    Event,
    Incident,
    Participation,
    Round,
    RoundClosing,
    Settlement,
    SettlementClosing,
    Turn,
    Vote,
    projections,
    session,
)
from review.rules.dossier import Dossier
from tests import builders


def stored_equals_replayed(ref: str, dossier: Dossier) -> None:
    """The row, everybody's turn and the decisions are what the events amount to."""
    row = builders.row(ref)
    columns = {column.name: getattr(row, column.name) for column in Incident.__table__.columns}
    fresh = Incident(id=row.id, name=row.name)
    projections.columns(fresh, dossier)
    made = {name: getattr(fresh, name) for name in columns if name in fresh.__dict__ and name not in ("id", "name")}
    assert {name: columns[name] for name in made} == made
    assert (row.count, row.evidence, row.digest) == (dossier.size, dossier.evidence, dossier.digest)
    assert (row.shown_count is not None) == (dossier.open_round is not None)
    people = dict(
        session.execute(
            select(Participation.person_id, Participation.pseudonym).where(Participation.incident_id == row.id)
        ).all()
    )
    turns = select(Turn.person_id, Turn.kind, Turn.round).where(Turn.incident_id == row.id)
    assert {(people[person], kind, number) for person, kind, number in session.execute(turns)} == projections.turns(dossier)
    decisions_equal_replayed(row.id, dossier)


def decisions_equal_replayed(incident: int, dossier: Dossier) -> None:
    """Each decision table holds exactly what the chain says, no row more."""

    def kept(model: Any, *names: str) -> list[tuple[Any, ...]]:
        table = model.__table__
        wanted = select(*(table.c[name] for name in names)).where(table.c.incident_id == incident).order_by(table.c.seq)
        return [tuple(found) for found in session.execute(wanted)]

    assert kept(Round, "seq", "number", "kind", "policy_seq", "codebook_seq", "evidence") == [
        (r.seq, r.number, r.kind, r.policy_seq, r.codebook_seq, r.evidence) for r in dossier.rounds
    ]
    closed = sorted((r for r in dossier.rounds if r.closed is not None), key=lambda r: r.closed)
    assert kept(RoundClosing, "seq", "number", "result", "grade", "range") == [
        (r.closed, r.number, r.result, r.grade, r.casualties.as_dict() if r.casualties else None) for r in closed
    ]
    assert kept(Vote, "seq", "round", "voter", "evidence", "replaces") == [
        (v.seq, v.round, v.voter, v.evidence, v.replaces) for v in dossier.votes
    ]
    assert kept(Settlement, "seq", "round") == [(s.seq, s.round) for s in dossier.settlements]
    versions = [d for d in dossier.determinations if d.kind == "published"]
    assert kept(Determination, "seq", "version", "grade", "range") == [
        (d.seq, d.version, d.grade, d.casualties.as_dict()) for d in versions
    ]
    approvals_ = [p.approval for p in dossier.proposals if p.approval]
    assert kept(Approval, "seq", "approver", "dossier") == [(a.seq, a.by, a.dossier) for a in approvals_]
    # One that was given back is under way again: what it ended with before stays a fact.
    ended = {(s.closed, s.seq, s.by, s.grade) for s in dossier.settlements if s.by is not None}
    told = _closings(incident)
    assert ended <= set(told)
    assert kept(SettlementClosing, "seq", "settlement_seq", "by", "grade") == told


def _closings(incident: int) -> list[tuple[Any, ...]]:
    """How each settlement ended, as often as it did, by the events themselves."""
    closed = select(Event.seq, Event.line).where(Event.incident_id == incident, Event.type == "settlement.closed")
    bodies = [(seq, orjson.loads(line)["body"]) for seq, line in session.execute(closed.order_by(Event.seq))]
    return [(seq, body["settlement"], body["by"], body["grade"]) for seq, body in bodies]


def every_version_met_its_guards(dossier: Dossier) -> None:
    """What is published was approved by somebody uninvolved, on three or more votes, as proposed."""
    for proposal in dossier.proposals:
        if proposal.state != "published":
            continue
        approval = proposal.approval
        assert approval is not None and approval.dossier == proposal.dossier
        judges = {vote.voter for vote in dossier.votes if vote.seq < approval.seq}
        settlers = {settler.who for one in dossier.settlements for settler in one.settlers if settler.seq < approval.seq}
        assert approval.by not in judges | settlers
        if approval.override is not None:
            asked = proposal.override
            assert asked is not None and asked.by == approval.by and asked.second not in {None, asked.by} | judges | settlers
        round_ = dossier.round_number(proposal.round)
        cast = {v.voter for v in dossier.votes if v.round == round_.number and v.revealed and v.revealed < approval.seq}
        assert len(cast) >= max(3, round_.policy.required)
