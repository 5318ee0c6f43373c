"""The fold: an incident's own events, in order, amount to its dossier.

Nothing is reset; current is the last valid record.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Any, cast

from review.rules import folds_grading, folds_record, workflow
from review.rules.dossier import (
    Answer,
    Ballot,
    Claim,
    Determination,
    Dissent,
    Dossier,
    Mark,
    Position,
    Proposal,
    Record,
    Round,
    Settlement,
    Source,
    Stage,
    Vote,
)
from review.rules.policy import Policy

Policies = Mapping[int, Policy]
Codebooks = Mapping[int, str]


def fold(
    incident: str,
    records: Iterable[Record],
    *,
    policies: Policies,
    codebooks: Codebooks,
    ballots: Mapping[int, Ballot] | None = None,
    joints: Sequence[int] = (),
) -> Dossier:
    """The dossier that `records` (one incident's chain, in iseq order) amount to.

    `policies` and `codebooks` map the seq of their log events to their values; `ballots` maps a vote's seq to
    what the reader may open of it while the round has not closed (their own, or all of them for the close). `joints`
    are the places where the log went on under another name.
    """
    history = History(incident, policies, codebooks, ballots or {}, joints)
    for record in records:
        history.apply(record)
    history.cross(joints[-1] if joints else 0)
    return history.dossier()


def untouched(incident: str, records: Sequence[Record], codebooks: Codebooks) -> Dossier | None:
    """What `fold` makes of an import that nobody touched since, by the same functions; None where somebody did.

    Without digests, marks and size: whoever compares many imports has those from their leaves.
    """
    if tuple(record.type for record in records) not in (IMPORT, IMPORT[:1]):
        return None
    folded = _Import(codebooks)
    for record in records:
        FOLDS[record.type](cast(History, folded), record)
    return Dossier(incident=incident, determinations=tuple(folded.determinations), **folded.fields)


class _Import:
    """As much of a history as the events of an import write into; its stage is that in which a dossier begins."""

    __slots__ = ("codebooks", "determinations", "fields")

    def __init__(self, codebooks: Codebooks) -> None:
        self.codebooks = codebooks
        self.fields: dict[str, Any] = {}
        self.determinations: list[Determination] = []


class History:
    """A dossier in the making; how each event type folds stands in `folds_record` and `folds_grading`."""

    def __init__(
        self,
        incident: str,
        policies: Policies,
        codebooks: Codebooks,
        ballots: Mapping[int, Ballot] | None = None,
        joints: Sequence[int] = (),
    ) -> None:
        self.incident = incident
        self.policies, self.codebooks, self.ballots = policies, codebooks, ballots or {}
        self.joints, self.crossed = tuple(joints), 0
        start = hashlib.sha256(incident.encode()).digest()
        self.evidence = self.digest = start
        self.stage, self.before_exit = "", "logged"
        self.marks: list[Mark] = []
        self.claims: dict[int, Claim] = {}
        self.sources: dict[int, Source] = {}
        self.votes: dict[int, Vote] = {}
        self.rounds: dict[int, Round] = {}
        self.answers: dict[int, dict[str, Answer]] = {}
        self.settlements: dict[int, Settlement] = {}
        self.proposals: dict[int, Proposal] = {}
        self.positions: list[Position] = []
        self.dissents: dict[int, Dissent] = {}
        self.determinations: list[Determination] = []
        self.entered: set[str] = set()
        self.conflicts: set[str] = set()
        self.size, self.last, self.leaf = 0, -1, b""
        self.fields: dict[str, Any] = {}

    def copy(self) -> History:
        """A history that goes on by itself from here; what it holds is frozen and shared."""
        twin = copy(self)
        for name in GROWING:
            setattr(twin, name, getattr(self, name).copy())
        twin.answers = {number: answers.copy() for number, answers in self.answers.items()}
        return twin

    def apply(self, record: Record) -> None:
        """Take one more event into account."""
        self.cross(record.seq)
        self._digest(record)
        handler = FOLDS.get(record.type)
        if handler:
            handler(self, record)
        self._move(record)
        self.size, self.last, self.leaf = record.iseq + 1, record.seq, record.leaf

    def cross(self, place: int) -> None:
        """Go over every joint up to a place of the log: where it went on under another name, what was in flight falls.

        Nothing of it is revealed: its votes stay sealed for ever, as those of an abandoned round do. What stands are
        the versions, the numbers of rounds and sources, who took part, and every conflict.
        """
        passed = [joint for joint in self.joints if self.crossed < joint <= place]
        if not passed:
            return
        self.crossed = passed[-1]
        if self.size == 0:
            return
        for number, round_ in self.rounds.items():
            if round_.open:
                self.rounds[number] = replace(round_, result="abandoned")
        for seq, proposal in self.proposals.items():
            if proposal.state in ("standing", "approved"):
                self.proposals[seq] = replace(proposal, state="voided", override=None, approval=None)
        self.end_settlement()
        self.stage, self.before_exit = self._at_rest(self.stage), self._at_rest(self.before_exit)
        self.fields.update(reopened=None, needs_round=False)

    def _at_rest(self, stage: str) -> str:
        if stage not in workflow.IN_FLIGHT:
            return stage
        return "published" if self.published() else "logged"

    def dossier(self) -> Dossier:
        """The state after the last event applied, frozen."""
        return Dossier(
            incident=self.incident,
            **self.fields,
            stage=cast(Stage, self.stage or "logged"),
            evidence=_text(self.evidence),
            digest=_text(self.digest),
            marks=tuple(self.marks),
            claims=tuple(self.claims.values()),
            sources=tuple(self.sources.values()),
            positions=tuple(self.positions),
            rounds=tuple(self._round(number) for number in self.rounds),
            votes=tuple(self.votes.values()),
            settlements=tuple(self.settlements.values()),
            dissents=tuple(self.dissents.values()),
            proposals=tuple(self.proposals.values()),
            determinations=tuple(self.determinations),
            entered=frozenset(self.entered),
            conflicts=frozenset(self.conflicts),
            size=self.size,
            last=self.last,
        )

    def _round(self, number: int) -> Round:
        return replace(self.rounds[number], answers=tuple(self.answers[number].items()))

    def _digest(self, record: Record) -> None:
        if record.judged == "E":
            self.evidence = hashlib.sha256(self.evidence + record.leaf).digest()
            self.marks.append(Mark(record.seq, record.type, _text(self.evidence), record.body.get("source")))
        if record.judged in ("E", "D"):
            self.digest = hashlib.sha256(self.digest + record.leaf).digest()

    def _move(self, record: Record) -> None:
        row = workflow.transition(self.stage, record.type, record.body)
        if row is None:
            return
        if row.to == workflow.BACK:
            self.stage = "published" if self.published() else "logged"
        elif row.to == workflow.BEFORE:
            self.stage = self.before_exit
        else:
            if row.to not in workflow.LIVE:
                self.before_exit = self._stage_left()
                self.end_settlement()
            self.stage = row.to
        self.fields["needs_round"] = self.stage == "grading" and not any(
            round_.open for round_ in self.rounds.values()
        )

    def _stage_left(self) -> str:
        """An exit ends an open settlement before its own event: nothing is being settled when it is undone."""
        if self.stage != "settlement":
            return self.stage
        self.fields["reopened"] = None if self.published() else self.fields.get("reopened")
        return "published" if self.published() else "logged"

    def published(self) -> bool:
        return any(determination.kind == "published" for determination in self.determinations)

    def end_settlement(self) -> None:
        for seq, settlement in self.settlements.items():
            if settlement.open:
                self.settlements[seq] = replace(settlement, ended=True)


GROWING = (
    *("marks", "claims", "sources", "votes", "rounds", "settlements", "proposals", "positions", "dissents"),
    *("determinations", "entered", "conflicts", "fields"),
)
IMPORT = ("incident.imported", "grade.imported")
FOLDS = {**folds_record.FOLDS, **folds_grading.FOLDS}


def _text(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
