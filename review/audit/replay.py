"""A whole log judged again: chains, digests, stages, and whether each decision met its requirements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from review.audit import canonical
from review.audit.claiming import Claiming
from review.audit.closings import tallied
from review.audit.events import TYPES
from review.audit.judging import judge
from review.audit.merging import Merging, after_absorbing
from review.audit.naming import Naming
from review.rules import approval, clocks
from review.rules.dossier import Determination, Dossier, Record
from review.rules.history import History
from review.rules.places import here, sealed_here
from review.rules.policy import Policy

MOVED = "the dossier moved under a proposal that was not voided in the same act"
LATE = "a proposal is made anew in the act that voids the one before it"
ANEW = ("grade.proposed", "proposal.voided", "round.opened")
# What leaves no proposal behind whose dossier could have moved.
SETTLING = (
    "grade.proposed", "grade.returned", "incident.dismissed", "incident.merged", "incident.split", "incident.withdrawn",
    "proposal.voided",
)  # fmt: skip


class Told(NamedTuple):
    """One event with its leaf hash and the disclosures that are at hand."""

    event: Mapping[str, Any]
    leaf: bytes
    sealed: Mapping[str, Any]


class Problem(NamedTuple):
    """What does not hold: at which event, under which name, in a sentence."""

    seq: int
    name: str
    sentence: str

    def __str__(self) -> str:
        return f"event {self.seq}: {self.name}: {self.sentence}"


class Expected(NamedTuple):
    """The type that must follow in the act, and whether other events of the incident may stand before it."""

    type: str
    later: bool = False


@dataclass(slots=True)
class Replayed:
    """What a log amounts to, and what does not hold in it."""

    stages: dict[str, str] = field(default_factory=dict)
    grades: dict[str, tuple[Determination, ...]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of what does not hold, in the order found."""
        return tuple(dict.fromkeys(problem.name for problem in self.problems))


def told(line: bytes, sealed: Mapping[str, Any] | None = None) -> Told:
    """An event as the replay takes it, from its raw leaf."""
    return Told(canonical.read_line(line), canonical.leaf_hash(line), sealed or {})


def replay(events: Iterable[Told]) -> Replayed:
    """Judge a complete log from its first leaf on, nothing left out."""
    judged = Replay()
    for one in events:
        judged.feed(one)
    return judged.finish()


class _Chain:
    """One incident as far as it has been told."""

    def __init__(self, folded: History) -> None:
        self.history = folded
        self.last: bytes | None = None
        self.closing: tuple[Record, set[int]] | None = None
        self.expected: Expected | None = None
        self.moved = False  # the dossier, under a proposal that is not voided yet
        self.voided = -1  # where a proposal was voided that is not made anew yet


class Replay:
    """The whole log, event by event."""

    def __init__(self) -> None:
        self.found = Replayed()
        self.size = self.base = 0
        self.joints: list[int] = []
        self.log: str | None = None
        self.chains: dict[str, _Chain] = {}
        self.policies: dict[int, Policy] = {}
        self.codebooks: dict[int, str] = {}
        self.streams: dict[str, str] = {}
        self.people: dict[str, tuple[bool, str | None]] = {}
        self.left: set[str] = set()
        self.leads: set[str] = set()  # who was ever one
        self.act, self.at = 0, ""  # where the present act began, and the time that its events share
        self.merging = Merging()
        self.claiming = Claiming()
        self.naming = Naming()
        self.day = ""

    def feed(self, one: Told) -> None:
        """Judge one event and take it into account."""
        if one.event["type"] == "log.opened":
            self._joint(one.event)
        event = here(one.event, self.base + one.event["seq"])
        one = Told(event, one.leaf, sealed_here(event["type"], one.sealed, self.base))
        self._place(event)
        self._begin(event, one.sealed.get("at"))
        self._time(event, one.sealed)
        self._role(event, one.sealed)
        self._log_event(event, one.sealed)
        self.naming.take(event["incident"])
        if event["incident"] is not None:
            self._incident_event(one)
        self.size, self.day = event["seq"] + 1, event["day"]

    def _joint(self, event: Mapping[str, Any]) -> None:
        """A log begins: the first one, or one that continues those before it; what was in flight falls."""
        if (event["body"]["continues"] is None) is (self.size > 0):
            self._problem(self.size, "log", "it does not say which log it continues, or there is none before it")
        self.base, self.log = self.size, None
        if self.size == 0:
            return
        self.joints.append(self.size)
        for chain in self.chains.values():
            if chain.expected is not None:
                self._problem(chain.history.last, "act", f"{chain.expected.type} must follow in the same act")
            chain.expected = chain.closing = None
            chain.history.joints = tuple(self.joints)
            chain.history.cross(self.size)

    def finish(self) -> Replayed:
        """What only shows when nothing follows."""
        for seq in self.merging.alone():
            self._problem(seq, "merge", "the other side of a merge or split is missing")
        for name, chain in self.chains.items():
            if chain.expected is not None:
                self._problem(chain.history.last, "act", f"{chain.expected.type} must follow in the same act")
            if chain.moved:
                self._problem(chain.history.last, "proposal", MOVED)
            dossier = chain.history.dossier()
            self.found.stages[name] = dossier.stage
            if dossier.determinations:
                self.found.grades[name] = dossier.determinations
        return self.found

    def dossier(self, incident: str) -> Dossier:
        """An incident as far as it has been told."""
        chain = self.chains[incident]
        dossier = self.merging.with_carried(chain.history.dossier())
        stream = dossier.stream or self._stream_of(dossier.passage.split_from)
        return replace(dossier, stream=stream, stream_mode=self.streams.get(stream, "active"))

    def _stream_of(self, parent: str | None) -> str:
        """What was split out of an incident is of its stream."""
        followed: set[str] = set()  # a forged log may say that an incident was split out of itself
        while parent in self.chains and parent not in followed:
            history = self.chains[parent].history
            if history.fields.get("stream"):
                return str(history.fields["stream"])
            followed.add(parent)
            parent = history.dossier().passage.split_from
        return ""

    def _problem(self, seq: int, name: str, sentence: str) -> None:
        self.found.problems.append(Problem(seq, name, sentence))

    # the log

    def _place(self, event: Mapping[str, Any]) -> None:
        seq = event["seq"]
        if seq != self.size:
            self._problem(seq, "seq", f"it follows {self.size} events")
        if self.log is not None and event["log"] != self.log:
            self._problem(seq, "log", "it belongs to another log")
        self.log = event["log"]

    def _begin(self, event: Mapping[str, Any], at: str | None) -> None:
        """An act takes one timestamp; several incidents may have their events in it, in any order."""
        if event["day"] != self.day or (at is not None and self.at not in ("", at)):
            self.act, self.at = event["seq"], ""
        self.at = at or self.at

    def _time(self, event: Mapping[str, Any], sealed: Mapping[str, Any]) -> None:
        if "at" in sealed and not clocks.of_day(str(sealed["at"]), event["day"]):
            self._problem(event["seq"], "day", "the time that it seals is not of its day")

    def _role(self, event: Mapping[str, Any], sealed: Mapping[str, Any]) -> None:
        """Roles are those held at that moment, as far as the person behind the event is told."""
        person = sealed.get("person")
        if person is None or (event["type"] == "person.joined" and event["body"]["who"] == person):
            return
        active, role = self.people.get(person, (False, None))
        if not active or role != event["role"]:
            self._problem(event["seq"], "right", f"the person does not hold the role {event['role']}")

    def _log_event(self, event: Mapping[str, Any], sealed: Mapping[str, Any]) -> None:
        type_, body, seq = event["type"], event["body"], event["seq"]
        if type_ == "policy.set":
            self.policies[seq] = Policy.from_body(body, sealed.get("times"))
        elif type_ == "codebook.defined":
            self.codebooks[seq] = body["id"]
        elif type_ in ("stream.defined", "stream.switched"):
            if type_ == "stream.defined" and self.streams.get(body["stream"], body["mode"]) != body["mode"]:
                self._problem(seq, "stream", "the stream is defined already, and switched by a lead only")
            self.streams[body["stream"]] = body["mode"]
        elif type_.startswith(("person.", "role.")):
            self._person(seq, type_, body)
        elif type_ == "detail.redacted":
            asker = self.merging.person(event["incident"], body["asked_by"])
            if asker is not None and asker not in self.leads:
                self._problem(seq, "redaction", "a redaction is asked for by a lead of this desk")
        elif type_.startswith("claim."):
            for name, sentence in self.claiming.meet(seq, type_, body):
                self._problem(seq, name, sentence)

    def _person(self, seq: int, type_: str, body: Mapping[str, Any]) -> None:
        if body["who"] in self.left:
            self._problem(seq, "person", "the person has left for good")
        if type_ == "person.left":
            self.left.add(body["who"])
        active, role = self.people.get(body["who"], (True, None))
        if type_ == "role.granted":
            role = body["role"]
            self.leads |= {body["who"]} if role == "lead" else set()
        elif type_ == "role.revoked":
            role = None if role == body["role"] else role
        else:
            active = type_ in ("person.joined", "person.reactivated")
        self.people[body["who"]] = (active, role)

    # incidents

    def _incident_event(self, one: Told) -> None:
        event = one.event
        chain = self.chains.get(event["incident"])
        if chain is None:
            folded = History(event["incident"], self.policies, self.codebooks)
            chain = self.chains[event["incident"]] = _Chain(folded)
        self._link(chain, event)
        record = _record(one)
        for name, sentence in self.merging.meet(event["incident"], record):
            self._problem(record.seq, name, sentence)
        self._act(chain, record)
        try:
            self._judge(chain, record, event["incident"])
        except (KeyError, StopIteration, ValueError, LookupError) as missing:
            self._problem(record.seq, "reference", f"what it refers to is not here: {missing}")
        chain.last = one.leaf

    def _judge(self, chain: _Chain, record: Record, incident: str) -> None:
        before = self.dossier(incident)
        chain.moved = _moves(record, before) or (chain.moved and record.type not in SETTLING)
        for name, sentence in (*judge(record, before), *self.naming.meet(incident, record)):
            self._problem(record.seq, name, sentence)
        chain.history.apply(record)
        self._reveals(chain, record, incident)
        if record.type == "vote.excluded":
            chain.expected = _after_exclusion(self.dossier(incident)) or chain.expected
        if record.type == "incident.absorbed":
            for other in record.body["other"]:
                self.merging.absorb(incident, self.dossier(other) if other in self.chains else None)
            wanted = after_absorbing(before)
            chain.expected = Expected(wanted, later=True) if wanted else chain.expected

    def _link(self, chain: _Chain, event: Mapping[str, Any]) -> None:
        expected = canonical.b64(chain.last) if chain.last else None
        if event["iseq"] != chain.history.size or event["prev"] != expected:
            self._problem(event["seq"], "chain", "its link is not to the event before it in its incident")

    def _act(self, chain: _Chain, record: Record) -> None:
        """Some events must be followed by another one in the same act."""
        expected, chain.expected = chain.expected, None
        here = chain.history.last >= min(self.act, record.seq - 1)
        if expected is not None and here and expected.later and record.type != expected.type:
            chain.expected = expected
        elif expected is not None and not (here and record.type == expected.type):
            self._problem(record.seq, "act", f"{expected.type} must stand here, in the same act")
        elif chain.moved and not here:
            self._problem(record.seq, "proposal", MOVED)
            chain.moved = False
        if record.type == "grade.proposed" and -1 < chain.voided < min(self.act, record.seq - 1):
            self._problem(record.seq, "proposal", LATE)
        if record.type in ANEW:
            chain.voided = record.seq if record.type == "proposal.voided" else -1

    def _reveals(self, chain: _Chain, record: Record, incident: str) -> None:
        if record.type == "round.closed" and record.body["result"] != "abandoned":
            chain.closing = (record, set(record.body["commits"]))
        if record.type == "vote.revealed" and chain.closing is not None:
            chain.closing[1].discard(record.body["of"])
        if chain.closing is None:
            chain.expected = _after(record) or chain.expected
            return
        closing, sealed = chain.closing
        if sealed:
            chain.expected = Expected("vote.revealed")
            return
        chain.closing = None
        dossier = self.dossier(incident)
        for name, sentence in tallied(closing, dossier):
            self._problem(closing.seq, name, sentence)
        chain.expected = _after_close(closing, dossier)


def _moves(record: Record, before: Dossier) -> bool:
    """Whether an event moves the dossier under a proposal that waits for its approval."""
    proposal = before.proposal
    return record.judged is not None and before.stage == "approval" and proposal is not None and not proposal.approval


def _after(record: Record) -> Expected | None:
    if record.type == "grade.approved" and record.body["not_before"] is None:
        return Expected("grade.published")
    if record.type == "settlement.closed":
        return Expected("grade.proposed")
    if record.type == "recheck.closed" and record.body["outcome"] == "reopened":
        return Expected("grade.reopened")
    return None


def _after_exclusion(dossier: Dossier) -> Expected | None:
    """A published version that the votes left no longer bear is checked again in the act."""
    shaken = dossier.stage == "published" and not dossier.recheck and not approval.standing_borne(dossier)
    return Expected("recheck.opened", later=True) if shaken else None


def _after_close(closing: Record, dossier: Dossier) -> Expected | None:
    second = closing.body["round"] == (dossier.settlement.second if dossier.settlement else None)
    if closing.body["result"] == "agreed":
        return Expected("settlement.closed" if second else "grade.proposed")
    return None if second else Expected("settlement.opened")


def _record(one: Told) -> Record:
    event = one.event
    kind = TYPES[event["type"]]
    judged = None if event["body"].get("material") is False else kind.judged
    return Record(
        seq=event["seq"],
        iseq=event["iseq"],
        day=event["day"],
        type=event["type"],
        actor=event["actor"],
        role=event["role"],
        body=event["body"],
        sealed=one.sealed,
        leaf=one.leaf,
        judged=judged,
    )
