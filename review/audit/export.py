"""The bundle: a log under one checkpoint as a profile may see it, for a stranger (AUDIT-FORMAT 7)."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from review.audit import mute, profiles, published, view
from review.audit.bag import Bag
from review.audit.canonical import canonical_value
from review.audit.heads import Heads
from review.audit.leaves import LeafFile
from review.audit.note import Checkpoint, consistency_text, inclusion_text, parse_checkpoint
from review.audit.published import Grades, published_json
from review.audit.stored import Row, Said, Trail
from review.models.dossiers import read_disclosure
from review.rules.grades import CODEBOOKS
from review.store import Store

BLOCK = 1000
VERIFIER = Path(__file__).with_name("verify.py")
POLICY_FIELDS = ("id", "max_distance", "required", "share", "unanimity")
NEED_CHECKPOINT = ("grade.published", "key.rotated")


class NotExported(RuntimeError):
    """A bundle that cannot be made, with the reason in a sentence."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a finished bundle amounts to."""

    size: int
    profile: str
    shown: int


def export(
    trail: Trail,
    checkpoint: str,
    out: BinaryIO,
    *,
    objects: Store,
    vkey: str,
    profile: str = "internal",
    named: Iterable[str] = (),
) -> Made:
    """Write the bundle of the log under `checkpoint` to `out`; same checkpoint and profile, same bytes.

    `named` are the restricted incidents that the command names; every other one stays hash only.
    """
    if profile not in profiles.NAMES:
        raise NotExported(f"There is no profile {profile}; there are {', '.join(profiles.NAMES)}.")
    note = parse_checkpoint(checkpoint)
    if note.size == 0:
        raise NotExported("The checkpoint is of an empty log; there is nothing to export.")
    with tempfile.TemporaryDirectory(prefix="assay-bundle-") as folder:
        bundle = _Bundle(trail, note, checkpoint, Path(folder), objects, profile, named)
        with closing(bundle.leaves):
            return bundle.write(out, vkey)


class _Bundle:
    """One bundle in the making."""

    def __init__(
        self,
        trail: Trail,
        note: Checkpoint,
        text: str,
        folder: Path,
        objects: Store,
        profile: str,
        named: Iterable[str],
    ) -> None:
        self.trail, self.note, self.text, self.objects, self.profile = trail, note, text, objects, profile
        self.size = note.size
        self.spool = folder / "spool"
        self.spool.mkdir()
        self.bag = Bag(self.spool)
        self.files = {name: folder / name for name in ("leaves", "events", "disclosures", "table")}
        self.leaves = LeafFile(self.files["leaves"])
        self.selection = profiles.select(trail, self.size, profile, _silence(trail, self.size, named))
        self.heads, self.last_heads = Heads(), _last_heads(trail, self.size)
        self.grades = Grades()
        self.decided: list[tuple[int, str]] = []
        self.policies: dict[bytes, None] = {}
        self.books: set[str] = set()
        self.evidence: set[str] = set()
        self.shown = 0
        self.day = ""

    def write(self, out: BinaryIO, vkey: str) -> Made:
        """Read the log once, then pack what it amounts to."""
        self._read()
        if self.leaves.root() != self.note.root:
            raise NotExported("The events do not give the root that was signed. Run flask audit fsck.")
        self._adopt()
        self._proofs()
        self._record()
        self._for_people()
        self._evidence()
        self.bag.put("keys/log.vkey", [vkey.encode() + b"\n"])
        self.bag.put("checkpoint", [self.text.encode()])
        self.bag.write(out, self.day, self.profile)
        return Made(self.size, self.profile, self.shown)

    # reading

    def _read(self) -> None:
        table = view.Table()
        with (
            self.files["events"].open("wb") as events,
            self.files["disclosures"].open("wb") as disclosures,
            self.files["table"].open("wb") as rows,
        ):
            for block in _blocks(self.trail.events(self.size)):
                said = _by_seq(self.trail.disclosures(block[0].seq, block[-1].seq + 1))
                lines: list[bytes] = []
                told: list[str] = []
                for row in block:
                    self._count(row)
                    if not self.selection.shows(row):
                        continue
                    shown = list(self.selection.tells(row, said.get(row.seq, ())))
                    lines.append(row.line)
                    told += [_line(one) for one in sorted(shown, key=attrgetter("text"))]
                    table.add(row, (one.name for one in shown))
                    self._notice(row, shown)
                events.write(b"".join(line + b"\n" for line in lines))
                disclosures.write("".join(line + "\n" for line in told).encode())
                rows.write(table.take())
                self.shown += len(lines)
        self.leaves.finish()

    def _count(self, row: Row) -> None:
        self.leaves.append(row.leaf)
        if row.incident is not None and row.iseq is not None and row.seq < self.last_heads:
            self.heads.take(row.type, row.incident, row.iseq, row.leaf)
        if row.seq == self.size - 1:
            self.day = orjson.loads(row.line)["day"]

    def _notice(self, row: Row, shown: Iterable[Said]) -> None:
        if row.type in NEED_CHECKPOINT:
            self.decided.append((row.seq, row.type))
        if row.type in published.TELLING and row.incident is not None:
            self.grades.take(row.seq, row.type, row.incident, profiles.body_of(row))
        if row.type == "policy.set":
            body = profiles.body_of(row)
            self.policies[canonical_value({name: body[name] for name in POLICY_FIELDS})] = None
        if row.type == "codebook.defined":
            self.books.add(profiles.body_of(row)["sha256"])
        self.evidence.update(_files(shown))

    # packing

    def _adopt(self) -> None:
        self.bag.adopt("leaves.bin", self.files["leaves"])
        self.bag.adopt("events.jsonl", self.files["events"])
        self.bag.adopt("disclosures.jsonl", self.files["disclosures"])
        self.bag.adopt("view/events.csv", self.files["table"])

    def _proofs(self) -> None:
        wanted = {seq for seq, type_ in self.decided if type_ == "grade.published"} | {self.size - 1}
        for seq in sorted(wanted):
            text = inclusion_text(seq, self.leaves.inclusion_path(seq), self.text)
            self.bag.put(f"proofs/{seq}.tlog-proof", [text.encode()])
        for size, text in self._covering():
            self.bag.put(f"checkpoints/{size}", [text.encode()])
            proof = consistency_text(size, self.leaves.consistency_path(size), self.text)
            self.bag.put(f"proofs/{size}-{self.size}.consistency", [proof.encode()])

    def _covering(self) -> list[tuple[int, str]]:
        """The first published checkpoint over each grade and rotation, where it is not the bundle's own."""
        earlier = [(size, text) for size, text in self.trail.checkpoints() if size < self.size]
        needed: dict[int, str] = {}
        place = 0
        for seq, _type in self.decided:
            while place < len(earlier) and earlier[place][0] <= seq:
                place += 1
            if place == len(earlier):
                break
            needed[earlier[place][0]] = earlier[place][1]
        return sorted(needed.items())

    def _record(self) -> None:
        self.bag.put("published.json", published_json(self.trail.origin, self.size, self.grades))
        self.bag.put("codebooks.json", [_codebooks(self.books)])
        self.bag.put("policies.json", [b'{"policies":[' + b",".join(self.policies) + b"]}"])
        if self.last_heads >= 0:
            self.bag.put("heads.jsonl", self.heads.lines())

    def _for_people(self) -> None:
        origin = self.trail.origin
        self.bag.put("schema/event.schema.json", [view.schema()])
        self.bag.put("view/incident.html", view.page(origin, self.size, self.profile, self.grades))
        self.bag.put("verify.py", [VERIFIER.read_bytes()])
        self.bag.put("README.txt", [view.readme(origin, self.size, self.profile)])

    def _evidence(self) -> None:
        for sha256 in sorted(self.evidence):
            if not self.objects.exists(sha256):
                continue
            size = self.objects.size(sha256)
            self.bag.refer(f"evidence/{sha256}", size, sha256, partial(self.objects.stream, sha256))


def _line(said: Said) -> str:
    return f'{{"d":"{said.text}","seq":{said.seq}}}'


def _silence(trail: Trail, size: int, named: Iterable[str]) -> mute.Silence:
    silence = mute.Silence(named)
    for row in trail.events(size, mute.TELLING):
        if row.incident is not None:
            silence.take(row.seq, row.type, row.incident, profiles.body_of(row))
    return silence


def _last_heads(trail: Trail, size: int) -> int:
    last = -1
    for row in trail.events(size, ("log.heads",)):
        last = row.seq
    return last


def _blocks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    block: list[Row] = []
    for row in rows:
        block.append(row)
        if len(block) == BLOCK:
            yield block
            block = []
    if block:
        yield block


def _by_seq(said: Iterable[Said]) -> dict[int, list[Said]]:
    return {seq: list(ones) for seq, ones in groupby(said, attrgetter("seq"))}


def _files(shown: Iterable[Said]) -> Iterator[str]:
    for one in shown:
        if one.name != "file":
            continue
        value: Any = read_disclosure(one.text)[1]
        if isinstance(value, dict) and isinstance(value.get("sha256"), str):
            yield value["sha256"]


def _codebooks(defined: set[str]) -> bytes:
    entries = [canonical_value(book.as_entry()) for book in CODEBOOKS]
    vouched = [entry for entry in entries if hashlib.sha256(entry).hexdigest() in defined]
    return b'{"codebooks":[' + b",".join(vouched) + b"]}"
