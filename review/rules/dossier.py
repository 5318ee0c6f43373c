"""The dossier: one incident exactly as the rules see it, frozen.

People stand in it by their incident pseudonym, events by their seq. A sealed ballot is None until the close.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from review.rules.facts import Casualties, Facts
from review.rules.passages import NOBODY, STAYED, Involvement, Passage
from review.rules.policy import Policy
from review.rules.redaction import Removal

Stage = Literal["logged", "grading", "settlement", "approval", "published", "merged", "split", "dismissed", "withdrawn"]
NO_FACTS = Facts()
EXITS: tuple[Stage, ...] = ("merged", "split", "dismissed", "withdrawn")


@dataclass(frozen=True, slots=True)
class Record:
    """One event of the incident's chain with the disclosures that the reader may open."""

    seq: int
    iseq: int
    day: str
    type: str
    actor: str
    role: str
    body: Mapping[str, Any]
    sealed: Mapping[str, Any]
    leaf: bytes  # the leaf hash
    judged: str | None = None  # "E" evidence, "D" dossier (AUDIT-FORMAT section 4)


@dataclass(frozen=True, slots=True)
class Claim:
    """One allegation grouped into the incident; `seq` is its receipt."""

    seq: int
    grouped: bool


@dataclass(frozen=True, slots=True)
class Source:
    """One source as it hangs in this incident, numbered from 1."""

    number: int
    seq: int
    by: str
    link: str | None
    url: str | None
    title: str | None
    publisher: str | None
    kind: str | None
    language: str | None
    published: str | None
    role: str | None
    origin: int
    note: str | None
    publishable: bool
    material: bool
    credibility: str | None = None
    coherence: str | None = None
    withdrawn: bool = False
    file: Mapping[str, Any] | None = None
    archive: str | None = None
    checked: str | None = None  # what was found at the archive's address
    platform: str | None = None
    affiliated: str | None = None  # the party whose media it is
    credibility_note: str | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """What a belligerent itself says of the incident; it never moves a grade."""

    seq: int
    party: str
    position: str
    source: int | None
    conceded: Casualties
    reason: str | None = None
    day: str = ""


@dataclass(frozen=True, slots=True)
class Ballot:
    """What a reviewer answers: grade, range, rationale, the sources it rests on, why it departs from a definition."""

    grade: str
    casualties: Casualties
    rationale: str | None
    sources: tuple[int, ...] = ()
    departs: str | None = None


@dataclass(frozen=True, slots=True)
class Vote:
    """One commitment of one person in one round; append-only."""

    seq: int
    round: int
    voter: str
    evidence: str
    replaces: int | None
    state: Literal["live", "replaced", "withdrawn", "excluded"] = "live"
    ballot: Ballot | None = None
    revealed: int | None = None  # seq of its vote.revealed
    excluded: int | None = None  # seq of its vote.excluded


Answer = Literal["assigned", "voted", "abstained", "recused", "released"]


@dataclass(frozen=True, slots=True)
class Round:
    """One numbered pass of blind voting under a copied policy and codebook."""

    number: int
    seq: int
    kind: Literal["first", "again", "second"]
    of: int | None  # the settlement that a second round belongs to
    policy: Policy
    policy_seq: int
    codebook: str
    codebook_seq: int
    evidence: str
    answers: tuple[tuple[str, Answer], ...] = ()  # everybody's last answer
    result: Literal["open", "agreed", "disputed", "abandoned"] = "open"
    grade: str | None = None
    casualties: Casualties | None = None
    closed: int | None = None

    @property
    def open(self) -> bool:
        return self.result == "open"

    def answer(self, who: str) -> Answer | None:
        return dict(self.answers).get(who)

    def people(self, *answers: Answer) -> tuple[str, ...]:
        """The pseudonyms whose last answer is one of `answers`."""
        return tuple(who for who, answer in self.answers if answer in answers)


@dataclass(frozen=True, slots=True)
class Argument:
    seq: int
    by: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Settler:
    seq: int
    who: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a disputed round is being, or was, resolved."""

    seq: int
    round: int
    arguments: tuple[Argument, ...] = ()
    second: int | None = None  # number of the second round, once opened
    settlers: tuple[Settler, ...] = ()
    returned: bool = False  # handed back by the approver: rung 3 with a new settler
    discharged: int = 0  # how many of the settlers were appointed before it was handed back
    closed: int | None = None
    by: Literal["second_vote", "settler", "ladder"] | None = None
    grade: str | None = None
    casualties: Casualties | None = None
    rationale: str | None = None
    replies: tuple[tuple[int, str], ...] = ()
    ended: bool = False  # ended without a result, by an exit of the incident

    @property
    def open(self) -> bool:
        return self.closed is None and not self.ended

    @property
    def settler(self) -> str | None:
        """Whoever is to settle now: appointed last, and since the settlement was last handed back."""
        acting = self.settlers[self.discharged :]
        return acting[-1].who if acting else None


@dataclass(frozen=True, slots=True)
class Dissent:
    """A minority's public words, kept with the result; `of` is the vote."""

    seq: int
    of: int
    by: str
    text: str | None
    removed: Removal | None = None  # of these words, or of those that stood here before


@dataclass(frozen=True, slots=True)
class Override:
    seq: int
    by: str
    grade: str
    casualties: Casualties
    reason: str | None
    seconded: int | None = None
    second: str | None = None
    agreed: str | None = None  # why the second lead agreed


@dataclass(frozen=True, slots=True)
class Approval:
    seq: int
    by: str
    dossier: str
    stale: tuple[int, ...]
    not_before: str | None
    override: int | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A result put before the lead; its dossier digest is what is approved."""

    seq: int
    version: int
    grade: str
    casualties: Casualties
    round: int
    settlement: int | None
    minority: tuple[int, ...]
    evidence: str
    dossier: str
    state: Literal["standing", "voided", "returned", "approved", "published"] = "standing"
    override: Override | None = None
    approval: Approval | None = None


@dataclass(frozen=True, slots=True)
class Determination:
    """A published, numbered, citable version of a grade; version 0 is an imported one, not reviewed here."""

    version: int
    seq: int
    day: str
    grade: str
    casualties: Casualties
    codebook: str
    kind: Literal["published", "legacy"] = "published"
    proposal: int | None = None
    facts: Facts = NO_FACTS  # those it was published with


@dataclass(frozen=True, slots=True)
class Recheck:
    """A published version being checked again: since which event, for what, and how it ended."""

    seq: int
    version: int
    cause: int  # seq of what it rests on and has changed
    by: str
    day: str
    reason: str | None
    outcome: str | None = None  # confirmed or reopened; None while it is open
    ended: str | None = None  # the day
    why: str | None = None  # the reason of the end


@dataclass(frozen=True, slots=True)
class Mark:
    """One step of the evidence: the event that moved it and the evidence digest after it."""

    seq: int
    type: str
    digest: str
    source: int | None = None


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything the guards look at, folded from the incident's own events."""

    incident: str
    stage: Stage = "logged"
    needs_round: bool = False  # grading without an open round, a proposal having fallen
    recheck: bool = False
    restricted: bool = False
    admitted: frozenset[str] = field(default_factory=frozenset)  # log pseudonyms of whom it is shown to then
    passage: Passage = STAYED
    carried: Involvement = NOBODY  # of the incidents merged into this one, under the pseudonyms of this one
    stream: str = ""
    stream_mode: str = "active"
    imported: bool = False
    facts: Facts = NO_FACTS
    exact: Any = None
    evidence: str = ""
    digest: str = ""
    marks: tuple[Mark, ...] = ()
    claims: tuple[Claim, ...] = ()
    sources: tuple[Source, ...] = ()
    positions: tuple[Position, ...] = ()
    rounds: tuple[Round, ...] = ()
    votes: tuple[Vote, ...] = ()
    settlements: tuple[Settlement, ...] = ()
    dissents: tuple[Dissent, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    determinations: tuple[Determination, ...] = ()
    rechecks: tuple[Recheck, ...] = ()
    entered: frozenset[str] = field(default_factory=frozenset)
    conflicts: frozenset[str] = field(default_factory=frozenset)
    reopened: str | None = None  # the ground of the grade.reopened that the next version answers
    size: int = 0  # events in the chain
    last: int = -1  # seq of the last event

    @property
    def round(self) -> Round | None:
        """The latest round."""
        return self.rounds[-1] if self.rounds else None

    @property
    def open_round(self) -> Round | None:
        return self.rounds[-1] if self.rounds and self.rounds[-1].open else None

    @property
    def settlement(self) -> Settlement | None:
        """The settlement under way, or the one that ended last."""
        return self.settlements[-1] if self.settlements else None

    @property
    def open_settlement(self) -> Settlement | None:
        return self.settlements[-1] if self.settlements and self.settlements[-1].open else None

    @property
    def proposal(self) -> Proposal | None:
        """The proposal that waits for a lead, approved for a later day included."""
        latest = self.proposals[-1] if self.proposals else None
        return latest if latest and latest.state in ("standing", "approved") else None

    @property
    def determination(self) -> Determination | None:
        """The version that stands: the last published one, or the legacy one."""
        return self.determinations[-1] if self.determinations else None

    @property
    def exited(self) -> bool:
        return self.stage in EXITS

    @property
    def voted(self) -> frozenset[str]:
        """Whoever committed any vote in any round, also a withdrawn, replaced or excluded one."""
        return frozenset(vote.voter for vote in self.votes) | self.carried.voted

    @property
    def settled(self) -> frozenset[str]:
        """Whoever was appointed settler in any settlement, also in that of an incident merged into this one."""
        return self.settlers | self.carried.settled

    @property
    def settlers(self) -> frozenset[str]:
        """Whoever was appointed settler here."""
        return frozenset(settler.who for settlement in self.settlements for settler in settlement.settlers)

    @property
    def attached(self) -> tuple[Source, ...]:
        """The sources that have not been withdrawn."""
        return tuple(source for source in self.sources if not source.withdrawn)

    @property
    def origins(self) -> frozenset[int]:
        """The independent origins among attached sources that support the harm or its attribution."""
        counted = ("supports_harm", "supports_attribution")
        return frozenset({one.origin for one in self.sources if one.role in counted and not one.withdrawn})

    def round_number(self, number: int) -> Round | None:
        return next((round_ for round_ in self.rounds if round_.number == number), None)

    def vote(self, seq: int) -> Vote | None:
        return next((vote for vote in self.votes if vote.seq == seq), None)

    def source(self, number: int) -> Source | None:
        return next((source for source in self.sources if source.number == number), None)

    def live(self, number: int) -> tuple[Vote, ...]:
        """The live votes of a round: each person's latest, neither withdrawn nor excluded."""
        return tuple(vote for vote in self.votes if vote.round == number and vote.state == "live")

    def live_of(self, number: int, who: str) -> Vote | None:
        return next((vote for vote in self.live(number) if vote.voter == who), None)

    def since(self, digest: str) -> tuple[Mark, ...]:
        """The evidence steps after `digest`; all of them where the digest is not one of this incident."""
        for place, mark in enumerate(self.marks):
            if mark.digest == digest:
                return self.marks[place + 1 :]
        return self.marks
