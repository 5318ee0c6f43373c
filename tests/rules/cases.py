"""Pure builders: an incident's chain written by hand, event by event, and folded as the rules see it.

Everybody and every place is invented. Bodies are checked against the declared event types.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from review.audit.events import TYPES
from review.rules import approval, rounds, settlement
from review.rules.dossier import Ballot, Dossier, Record, Vote
from review.rules.facts import Casualties, Facts, Party, Place, Range
from review.rules.history import History
from review.rules.permissions import Actor
from review.rules.policy import Policy
from review.rules.requirements import Member, Viewer

INCIDENT = "i-aaaaaaaaaaaaaaaa"
ROLES = {
    "enterer": "reviewer",
    "amal": "reviewer",
    "bram": "reviewer",
    "cleo": "reviewer",
    "dara": "reviewer",
    "sana": "reviewer",
    "lead": "lead",
    "second": "lead",
    "admin": "admin",
    "auditor": "auditor",
}
VOTERS = ("amal", "bram", "cleo")
NAMES = {who: who.title() for who in ROLES}
MEMBERS = tuple(Member(NAMES[who], role, who) for who, role in ROLES.items())

LIKELY = Facts(
    date_type="date",
    date="2031-03-14",
    places=(Place((("en", "Old Karsa"),), point=(12.34, 45.67), accuracy="town"),),
    parties=(Party("Karsian Air Force"),),
    strike_status="likely",
)


def casualties(killed: tuple[int | None, int | None] = (3, 5), injured: Any = (None, None)) -> Casualties:
    return Casualties(Range(*killed), Range(*injured))


def ballot(grade: str = "fair", killed: tuple[int | None, int | None] = (3, 5), **changes: Any) -> Ballot:
    return replace(Ballot(grade, casualties(killed), "Two accounts agree.", (1,), None), **changes)


def vote(grade: str, voter: str = "amal", seq: int = 0, killed: Any = (3, 5), **changes: Any) -> Vote:
    return replace(Vote(seq, 1, voter, "e", None, ballot=ballot(grade, killed)), **changes)


def votes(*grades: str) -> list[Vote]:
    return [vote(grade, f"voter{place}", place) for place, grade in enumerate(grades)]


def viewer(who: str) -> Viewer:
    """One of the people above, as they open the incident."""
    return Viewer(Actor(list(ROLES).index(who), ROLES[who], NAMES[who]), who, MEMBERS)


def role_of(who: str) -> str:
    return "system" if who == "system" else ROLES.get(who, "reviewer")


def disclosure(name: str, value: Any) -> str:
    text = json.dumps(["salt", name, value]).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


class Case:
    """One incident in the making. `dossier` is what stands sealed; `opened` has every ballot in it."""

    def __init__(self, policy: Policy | None = None, codebook: str = "airwars/1") -> None:
        self.records: list[Record] = []
        self.policies = {1: policy or Policy()}
        self.codebooks = {0: codebook}
        self.ballots: dict[int, Ballot] = {}
        self.mode = "active"
        self._sealed = History(INCIDENT, self.policies, self.codebooks)
        self._opened = History(INCIDENT, self.policies, self.codebooks)
        self._opened.ballots = self.ballots

    # reading

    @property
    def dossier(self) -> Dossier:
        return self._read(self._sealed)

    @property
    def opened(self) -> Dossier:
        return self._read(self._opened)

    def _read(self, history: History) -> Dossier:
        for record in self.records[history.size :]:
            history.apply(record)
        return replace(history.dossier(), stream_mode=self.mode)

    def types(self) -> list[str]:
        return [record.type for record in self.records]

    # recording

    def record(self, type_: str, who: str, sealed: Mapping[str, Any] | None = None, /, **body: Any) -> int:
        event = TYPES[type_](**body, **(sealed or {}))
        place = len(self.records)
        seq = 100 + 2 * place
        self.records.append(
            Record(
                seq,
                place,
                "2031-03-15",
                type_,
                who,
                role_of(who),
                event.fields,
                {} if type_ == "vote.committed" else event.sealed,
                hashlib.sha256(f"{seq}{type_}".encode()).digest(),
                event.moves(event.fields),
            )
        )
        return seq

    def open(self, by: str = "enterer", facts: Facts = LIKELY) -> Case:
        self.record("incident.opened", by, {"facts": facts.as_dict(), "exact": None}, stream="karsa-north")
        return self

    def describe(self, by: str, facts: Facts, *, material: bool = True) -> Case:
        self.record("incident.described", by, {"facts": facts.as_dict()}, material=material)
        return self

    def attach(self, by: str = "amal", role: str = "supports_harm", origin: int | None = None) -> int:
        number = len(self.dossier.sources) + 1
        self.record(
            "source.attached",
            by,
            {"url": f"https://karsa.invalid/{number}", "role": role, "origin": origin or number},
            source=number,
            material=origin is None,
        )
        return number

    def start(self, *people: str, by: str = "lead") -> Case:
        """Open the round that may be opened now and ask people; a second round asks the same people itself."""
        opening = rounds.open_round(self.dossier)
        self.record(
            "round.opened",
            by,
            round=opening.number,
            kind=opening.kind,
            of=opening.of,
            policy=1,
            codebook=0,
            evidence=opening.evidence,
        )
        for who in people or opening.people:
            self.assign(who)
        return self

    def assign(self, who: str) -> Case:
        self.record("reviewer.assigned", "lead", round=self.number, who=who)
        return self

    @property
    def number(self) -> int:
        return len(self.dossier.rounds)

    def answer(self, who: str, answer: str) -> Case:
        self.record(f"reviewer.{answer}", who, round=self.number)
        return self

    def release(self, who: str) -> Case:
        self.record("reviewer.released", "lead", round=self.number, who=who)
        return self

    def cast(self, who: str, answer: Ballot | str = "fair") -> int:
        answer = ballot(answer) if isinstance(answer, str) else answer
        dossier = self.dossier
        seq = self.record(
            "vote.committed",
            who,
            round=self.number,
            evidence=dossier.evidence,
            replaces=rounds.replaces(dossier, self.number, who),
        )
        self.ballots[seq] = answer
        return seq

    def withdraw(self, who: str) -> Case:
        live = self.dossier.live_of(self.number, who)
        assert live is not None
        self.record("vote.withdrawn", who, {"reason": "A slip."}, of=live.seq)
        return self

    def close(self) -> Case:
        """The worker's close of the open round with everything that follows in the same act."""
        return self.end(rounds.close(self.opened, self.number))

    def end(self, closing: rounds.Closing) -> Case:
        self.record("round.closed", "system", **_body(closing))
        for seq in reversed(closing.commits):
            known = self.ballots[seq]
            shown = [disclosure("grade", known.grade), disclosure("range", known.casualties.as_dict())]
            self.record("vote.revealed", "system", of=seq, disclosures=shown)
        if closing.result == "disputed" and self.dossier.rounds[-1].kind != "second":
            self.record("settlement.opened", "system", round=closing.number)
        if closing.result == "agreed" and self.dossier.rounds[-1].kind == "second":
            return self.settled(settlement.settled_by_second_vote(self.opened), "system")
        return self.propose() if closing.result == "agreed" else self

    def abandon(self) -> Case:
        self.record("round.closed", "lead", **_body(rounds.abandon(self.opened, self.number)))
        return self

    def exclude_vote(self, seq: int) -> Case:
        self.record("vote.excluded", "lead", {"reason": "An undeclared tie."}, of=seq, ground="conflict")
        return self

    def argue(self, who: str, text: str = "The second account is an echo.") -> int:
        under_way = settlement.the_settlement(self.dossier)
        return self.record("settlement.argued", who, {"text": text}, settlement=under_way.seq)

    def appoint(self, who: str) -> Case:
        under_way = settlement.the_settlement(self.dossier)
        self.record("settler.appointed", "lead", settlement=under_way.seq, who=who)
        return self

    def settle(self, who: str, grade: str) -> Case:
        dossier = self.opened
        against = settlement.minority_arguments(dossier, settlement.the_settlement(dossier), grade)
        return self.settled(settlement.settle(dossier, who, grade, "It follows.", dict.fromkeys(against, "Seen.")), who)

    def settled(self, result: settlement.Settled, who: str) -> Case:
        self.record(
            "settlement.closed",
            who,
            {"rationale": result.rationale, "replies": {str(seq): text for seq, text in result.replies}},
            settlement=result.settlement,
            by=result.by,
            grade=result.grade,
            range=result.casualties.as_dict(),
            second=result.second,
            answers=list(result.answers),
        )
        return self.propose()

    def dissent(self, who: str, of: int) -> Case:
        self.record("dissent.recorded", who, {"text": "I read it otherwise."}, of=of)
        return self

    def propose(self) -> Case:
        dossier = self.opened
        result = approval.proposed(dossier)
        assert result is not None
        self.record(
            "grade.proposed",
            "system",
            version=result.version,
            grade=result.grade,
            range=result.casualties.as_dict(),
            round=result.round,
            settlement=result.settlement,
            minority=list(result.minority),
            evidence=dossier.evidence,
            dossier=dossier.digest,
        )
        return self

    def void(self) -> Case:
        self.record("proposal.voided", "system", of=approval.the_proposal(self.dossier).seq)
        return self

    def give_back(self, to: str = "round") -> Case:
        returned = approval.give_back(self.dossier, to, "Look again.")
        self.record("grade.returned", "lead", {"reason": returned.reason}, of=returned.of, to=returned.to)
        return self

    def approve(self, who: str = "lead", reason: str = "It holds.", not_before: str | None = None) -> Case:
        yes = approval.approve(self.dossier, reason, not_before=not_before)
        seq = self.record(
            "grade.approved",
            who,
            {"reason": yes.reason},
            of=yes.of,
            override=yes.override,
            dossier=yes.dossier,
            stale=list(yes.stale),
            not_before=yes.not_before,
        )
        if yes.not_before is None:
            self.record("grade.published", who, version=yes.version, of=seq, kind=yes.kind)
        return self

    def reopen(self, ground: str = "verdict") -> Case:
        again = approval.reopen(self.dossier, ground, "A new account.")
        self.record("grade.reopened", "lead", {"reason": again.reason}, version=again.version, ground=again.ground)
        return self

    def conflict(self, who: str) -> Case:
        self.record("conflict.declared", who, {"ground": "A cousin."})
        return self


def _body(closing: rounds.Closing) -> dict[str, Any]:
    return {
        "round": closing.number,
        "commits": list(closing.commits),
        "superseded": list(closing.superseded),
        "withdrawn": list(closing.withdrawn),
        "excluded": list(closing.excluded),
        "abstained": list(closing.abstained),
        "recused": list(closing.recused),
        "released": list(closing.released),
        "result": closing.result,
        "grade": closing.grade,
        "range": closing.casualties.as_dict() if closing.casualties else None,
    }


# --- the same incident at each stage: every test that needs one starts here ---------------------------------


def logged(policy: Policy | None = None) -> Case:
    """Entered, with two independent accounts."""
    case = Case(policy).open()
    case.attach("dara")
    case.attach("dara")
    return case


def in_round(policy: Policy | None = None, people: tuple[str, ...] = VOTERS) -> Case:
    return logged(policy).start(*people)


def voted(*grades: str, policy: Policy | None = None) -> Case:
    """Three people have voted; the round is open still."""
    case = in_round(policy)
    for who, grade in zip(VOTERS, grades or ("fair", "fair", "fair"), strict=True):
        case.cast(who, grade)
    return case


def awaiting(*grades: str, policy: Policy | None = None) -> Case:
    """Closed and agreed: a proposal waits for a lead."""
    return voted(*grades, policy=policy).close()


def disputed(*grades: str) -> Case:
    """Closed and disputed: the arguments are open."""
    return voted(*(grades or ("fair", "weak", "contested"))).close()


def second_vote(*grades: str) -> Case:
    """Disputed, argued, and voted on a second time; still open."""
    case = disputed()
    case.argue("cleo")
    case.start(by="system")
    for who, grade in zip(VOTERS, grades, strict=True):
        case.cast(who, grade)
    return case


def waiting_for_settler() -> Case:
    return second_vote("fair", "weak", "contested").close()


def settled() -> Case:
    """Disputed twice, settled as Fair by an uninvolved person: a proposal waits."""
    return waiting_for_settler().appoint("sana").settle("sana", "fair")


def published() -> Case:
    return awaiting().approve("lead")
