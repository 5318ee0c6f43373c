"""A log written in memory, lawful or not: what the actions would never write is written here, for the judges to find.

Everything is of the product but the doorway: leaves, chains, disclosures, checkpoints and the bundle are its own.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path
from typing import Any

from review.audit import canonical, verify
from review.audit.append import Append, Chain, Entry, heads_root
from review.audit.events import TYPES
from review.audit.export import export
from review.audit.heads import Heads
from review.audit.note import Checkpoint, verifier_key
from review.audit.replay import Replay, Replayed, Told
from review.audit.stored import ERASING, Row, Said
from review.audit.stored import Log as One
from review.rules import approval, rounds, settlement
from review.rules.dossier import Dossier, Record
from review.rules.grades import CODEBOOKS
from review.rules.history import History
from review.rules.passages import NOBODY, Involvement
from review.rules.policy import Policy
from review.store import Store

ORIGIN = "desk.example/log1"
SEED = bytes(range(32))
VKEY = str(verifier_key(ORIGIN, SEED))
NEXT_SEED, LAST_SEED = bytes(range(1, 33)), bytes(range(2, 34))
DAY = "2026-03-01"
AT = "2026-03-01T09:00:00.000Z"
UNKNOWN = {"injured": [None, None], "killed": [None, None]}
BOOK = "airwars/1"


@dataclass(frozen=True)
class Someone:
    """A person of the forged desk."""

    name: str
    role: str

    @property
    def key(self) -> bytes:
        return hashlib.sha256(self.name.encode()).digest()

    def in_(self, message: str) -> str:
        return canonical.pseudonym(self.key, message)


MACHINE = None
PEOPLE = (
    Someone("Ada", "admin"), Someone("Lio", "lead"), Someone("Mun", "lead"), Someone("Ria", "reviewer"),
    Someone("Sen", "reviewer"), Someone("Tiv", "reviewer"), Someone("Ulf", "reviewer"), Someone("Wim", "reviewer"),
)  # fmt: skip
ADA, LIO, MUN, RIA, SEN, TIV, ULF, WIM = PEOPLE


def vkey(seed: bytes) -> str:
    """The verifier key of a seed under the name of the forged log."""
    return str(verifier_key(ORIGIN, seed))


class Forge:
    """A log that grows by whatever it is told, and what the rules, the replay and the verifier make of it."""

    def __init__(self) -> None:
        from review.audit.tree import Edge

        self.append = Append(ORIGIN, Edge(), DAY, AT)
        self.logs = (One(ORIGIN, 0),)
        self.rows: list[Row] = []
        self.said: list[Said] = []
        self.values: dict[int, dict[str, Any]] = {}
        self.published: list[tuple[int, str]] = []
        self.chains: dict[str, Chain] = {}
        self.histories: dict[str, History] = {}
        self.replay = Replay()
        self.failures = verify.Failures()
        self.verifier = verify.Replay(self.failures, bundle=False)
        self.policies: dict[int, Policy] = {}
        self.books: dict[int, str] = {}

    # writing

    def add(self, type_: str, actor_: Someone | None = MACHINE, incident_: str | None = None, *,
            claim_: str | None = None, role_: str | None = None, **values: Any) -> int:  # fmt: skip
        """Append one event and tell it to the rules' fold, the replay and the verifier."""
        event = TYPES[type_](**values)
        chain = self.chains.setdefault(incident_, Chain(incident_)) if incident_ else None
        actor = actor_.in_(incident_ or claim_ or "log") if actor_ else "system"
        person = actor_.in_("log") if actor_ else None
        role = role_ or (actor_.role if actor_ else "system")
        leaf = self.append.add(Entry(event, actor, role, person, chain))
        self.rows.append(Row(leaf.seq, leaf.line, leaf.leaf, type_, incident_, leaf.iseq))
        told = [Said(leaf.seq, one.digest, one.name, one.text) for one in leaf.disclosures]
        self.said += sorted(told, key=attrgetter("text"))
        sealed = {"at": self.append.at, "person": person, **event.sealed}
        self.values[leaf.seq] = sealed
        self._tell(leaf, type_, incident_, actor, role, sealed)
        return leaf.seq

    def _tell(self, leaf: Any, type_: str, incident: str | None, actor: str, role: str, sealed: dict[str, Any]) -> None:
        told = canonical.read_line(leaf.line)
        self.replay.feed(Told(told, leaf.leaf, sealed))
        try:
            self.verifier.feed(told, dict(sealed), leaf.leaf)
        except verify.Stop:
            pass
        if incident is None:
            if type_ == "policy.set":
                self.policies[leaf.seq] = Policy.from_body(leaf.body, sealed.get("times"))
            if type_ == "codebook.defined":
                self.books[leaf.seq] = leaf.body["id"]
            return
        folded = self.histories.setdefault(incident, History(incident, self.policies, self.books))
        try:
            folded.apply(Record(leaf.seq, leaf.iseq, DAY, type_, actor, role, leaf.body, sealed, leaf.leaf, leaf.judged))
        except (LookupError, StopIteration):
            pass  # an unlawful event may refer to what is not there; the judges say so

    def text(self, seq: int, name: str) -> str:
        """The disclosure of one value in clear."""
        return next(one.text for one in self.said if (one.seq, one.name) == (seq, name))

    # lawful beginnings

    def open_log(self, policy: Policy | None = None) -> None:
        self.add("log.opened", format="assay/1", vkey=VKEY, continues=None)
        for book in CODEBOOKS:
            entry = canonical.canonical_value(book.as_entry())
            self.add(
                "codebook.defined", id=book.id, sha256=hashlib.sha256(entry).hexdigest(),
                grades=[grade.key for grade in book.grades], distances=[list(row) for row in book.distances],
            )  # fmt: skip
        policy = policy or Policy()
        self.add("policy.set", **policy.as_body(), times=dict(policy.times))
        for person in PEOPLE:
            who = person.in_("log")
            self.add("person.joined", who=who, name=person.name)
            self.add("role.granted", who=who, role=person.role, reason="smallest desk")
        self.add("stream.defined", ADA, stream="karsia-air", mode="active", name="Karsian Air Force")

    @property
    def policy(self) -> int:
        return max(self.policies)

    @property
    def book(self) -> int:
        return next(seq for seq, key in self.books.items() if key == BOOK)

    def incident(self, number: int = 1, by: Someone = RIA) -> str:
        """A new incident with one source."""
        name = "i-" + canonical.b32(hashlib.sha256(b"incident%d" % number).digest())[:16]
        facts = {"date_type": "date", "date": "2026-02-01", "places": [], "ranges": {}}
        self.add("incident.opened", by, name, stream="karsia-air", facts=facts)
        self.source(name, by)
        return name

    def source(self, name: str, by: Someone = WIM, *, material: bool = True, **sealed: Any) -> int:
        """One more source of its own origin."""
        number = len(self.histories[name].sources) + 1
        values = {"role": "supports_harm", "url": f"https://news.example/{number}", "publishable": True, **sealed}
        return self.add("source.attached", by, name, source=number, material=material, **values)

    def dossier(self, name: str) -> Dossier:
        """The incident as a desk sees it, which knows who is behind each name."""
        bare = self.histories[name].dossier()
        carried = NOBODY.joined(self._renamed(one.other, name) for one in bare.passage.absorbed)
        return replace(bare, carried=carried, entered=bare.entered | carried.entered)

    def told(self, name: str) -> Dossier:
        """The incident as a stranger sees it, as far as the persons behind its events have been told."""
        return self.replay.merging.with_carried(self.histories[name].dossier())

    def _renamed(self, other: str, name: str) -> Involvement:
        """Who took part in another incident, by their names in this one."""
        there = self.dossier(other)
        names = {person.in_(other): person.in_(name) for person in PEOPLE}
        parts = (there.entered, there.voted, there.settled)
        return Involvement(*(frozenset(names[who] for who in part if who in names) for part in parts))

    # rounds

    def open_round(self, name: str, reviewers: Sequence[Someone] = (SEN, TIV, ULF), *, kind: str | None = None,
                   of: int | None = None, by: Someone = LIO) -> int:  # fmt: skip
        number = len(self.histories[name].rounds) + 1
        kind = kind or ("again" if number > 1 else "first")
        self.add(
            "round.opened", by, name, round=number, kind=kind, of=of, policy=self.policy, codebook=self.book,
            evidence=self.dossier(name).evidence,
        )  # fmt: skip
        for person in reviewers:
            self.add("reviewer.assigned", by, name, round=number, who=person.in_(name))
        return number

    def vote(self, name: str, by: Someone, grade: str = "fair", killed: Sequence[int | None] = (1, 2), **values: Any) -> int:
        dossier = self.dossier(name)
        number = dossier.open_round.number if dossier.open_round else len(dossier.rounds)
        given = {
            "round": number, "evidence": dossier.evidence, "replaces": rounds.replaces(dossier, number, by.in_(name)),
            "grade": grade, "range": {"injured": [None, None], "killed": list(killed)},
            "rationale": f"{by.name} weighed the sources.", "sources": [1], "departs": None, **values,
        }  # fmt: skip
        return self.add("vote.committed", by, name, **given)

    def close(self, name: str, number: int | None = None, **changes: Any) -> int:
        """Close the open round and reveal, as the machine would; `changes` lie in the body of `round.closed`."""
        dossier = self.dossier(name)
        number = number or (dossier.open_round.number if dossier.open_round else len(dossier.rounds))
        if rounds.quorum(dossier, number):
            closing = rounds.close(dossier, number)
        else:
            closing = rounds.close_short(dossier, number)
        body = _closing_body(closing) | changes
        seq = self.add("round.closed", MACHINE, name, **body)
        for vote in body["commits"]:
            self.add("vote.revealed", MACHINE, name, of=vote, disclosures=[self.text(vote, "grade"), self.text(vote, "range")])
        return seq

    def abandon(self, name: str, by: Someone = LIO) -> int:
        return self.add("round.closed", by, name, reason="set aside", **self.giving_up(name))

    def giving_up(self, name: str) -> dict[str, Any]:
        """The body by which the open round is abandoned."""
        dossier = self.dossier(name)
        assert dossier.open_round is not None
        return _closing_body(rounds.abandon(dossier, dossier.open_round.number))

    def propose(self, name: str, **changes: Any) -> int:
        dossier = self.dossier(name)
        result = approval.proposed(dossier)
        body = {
            "version": 1, "grade": "fair", "range": UNKNOWN, "round": len(dossier.rounds), "settlement": None, "minority": [],
        }  # fmt: skip
        if result is not None:
            body = {
                "version": result.version, "grade": result.grade, "range": result.casualties.as_dict(),
                "round": result.round, "settlement": result.settlement, "minority": list(result.minority),
            }  # fmt: skip
        body |= {"evidence": dossier.evidence, "dossier": dossier.digest} | changes
        return self.add("grade.proposed", MACHINE, name, **body)

    def approve(self, name: str, by: Someone = LIO, **changes: Any) -> int:
        """Approve what is proposed and publish it in the same act."""
        dossier = self.dossier(name)
        proposal = dossier.proposal or dossier.proposals[-1]
        stale = list(approval.stale_sources(dossier, proposal.round))
        labels = [f"S{number}" for number in approval.unconsidered(dossier, proposal.round)]
        body = {
            "of": proposal.seq, "override": None, "dossier": dossier.digest, "stale": stale, "not_before": None,
            "reason": f"It follows from the votes. {' '.join(labels)}",
        } | changes  # fmt: skip
        kind = dossier.reopened or "first"
        seq = self.add("grade.approved", by, name, **body)
        return self.add("grade.published", by, name, version=proposal.version, of=seq, kind=kind)

    def dispute(self, name: str, people: Sequence[Someone] = (SEN, TIV, ULF)) -> int:
        """A round that ends in a settlement."""
        self.open_round(name, people)
        for person, grade in zip(people, ("confirmed", "weak", "discounted"), strict=True):
            self.vote(name, person, grade)
        number = len(self.histories[name].rounds)
        self.close(name)
        return self.add("settlement.opened", MACHINE, name, round=number)

    def settle(self, name: str, by: Someone = WIM, held: str = "weak", **changes: Any) -> int:
        dossier = self.dossier(name)
        under_way = settlement.the_settlement(dossier)
        answers = list(settlement.minority_arguments(dossier, under_way, held))
        body = {
            "settlement": under_way.seq, "by": "settler", "grade": held,
            "range": settlement.casualties_for(dossier, under_way, held).as_dict(),
            "second": None, "answers": answers,
            "rationale": "The sources bear no more.", "replies": {str(seq): "Heard." for seq in answers} or None,
        } | changes  # fmt: skip
        self.add("settlement.closed", by, name, **body)
        return self.propose(name)

    def agree(self, name: str, people: Sequence[Someone] = (SEN, TIV, ULF), grade: str = "fair") -> None:
        """A round in which everybody says the same, proposed."""
        self.open_round(name, people)
        for person in people:
            self.vote(name, person, grade)
        self.close(name)
        self.propose(name)

    def heads(self) -> int:
        """Fix the heads of all incidents."""
        found = Heads()
        for row in self.rows:
            if row.incident is not None and row.iseq is not None:
                found.take(row.type, row.incident, row.iseq, row.leaf)
        n, root = heads_root(found)
        return self.add("log.heads", n=n, root=canonical.b64(root))

    def publish(self, *seeds: bytes) -> str:
        """Sign the log as it is, by the key it was opened with or by these, and keep it among the published ones."""
        checkpoint = Checkpoint(ORIGIN, self.append.size, self.append.edge.root())
        for seed in seeds or (SEED,):
            checkpoint = checkpoint.signed(seed)
        self.published.append((self.append.size, checkpoint.text))
        return checkpoint.text

    def rotate(self, old: bytes, new: bytes) -> int:
        """Say that the key of one seed was replaced by that of another."""
        return self.add("key.rotated", ADA, old=vkey(old), new=vkey(new))

    # the trail, as the export reads it

    def events(self, size: int, types: Sequence[str] = ()) -> Iterator[Row]:
        return (row for row in self.rows[:size] if not types or row.type in types)

    def disclosures(self, low: int, high: int) -> Sequence[Said]:
        return [one for one in self.said if low <= one.seq < high]

    def chain(self, incident: str, size: int) -> Iterator[Row]:
        return (row for row in self.rows[:size] if row.incident == incident)

    def erased_since(self, size: int) -> bool:
        return any(row.type in ERASING for row in self.rows[size:])

    def checkpoints(self) -> Sequence[tuple[int, str]]:
        return self.published

    def timestamps(self) -> Mapping[int, bytes]:
        return {}

    def bundle(self, store: Store, checkpoint: str | None = None, profile: str = "internal") -> bytes:
        out = io.BytesIO()
        with tempfile.TemporaryDirectory() as folder:
            export(self, checkpoint or self.publish(), out, objects=store, spool=Path(folder), profile=profile)
        return out.getvalue()

    # what the three judges say

    def replayed(self) -> Replayed:
        return self.replay.finish()


def _closing_body(closing: rounds.Closing) -> dict[str, Any]:
    return {
        "round": closing.number, "result": closing.result, "grade": closing.grade,
        "range": closing.casualties.as_dict() if closing.casualties else None,
        **{
            name: list(getattr(closing, name))
            for name in ("commits", "superseded", "withdrawn", "excluded", "abstained", "recused", "released")
        },
    }  # fmt: skip
