"""The bundle: a log under one checkpoint as a profile may see it, for a stranger (AUDIT-FORMAT 7)."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

import orjson

from review.audit import view
from review.audit.bag import Bag
from review.audit.contents import Contents
from review.audit.extent import Extent, OneIncident, Read, WholeLog
from review.audit.heads import Heads
from review.audit.leaves import LeafFile
from review.audit.note import Checkpoint, consistency_text, inclusion_text, parse_checkpoint
from review.audit.profiles import Selection
from review.audit.published import published_json
from review.audit.selection import NotExported, one_incident, whole_log
from review.audit.stored import Row, Trail, blocks
from review.store import Store

__all__ = ["Made", "NotExported", "export"]

VERIFIER = Path(__file__).with_name("verify.py")
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Made:
    """What a finished bundle amounts to: so many of so many events, the others withheld."""

    size: int
    profile: str
    shown: int

    @property
    def withheld(self) -> int:
        return self.size - self.shown


def _unwatched(read: int) -> None:
    """Nobody waits."""


# What these profiles show of an event they show whole, so that they cannot be made without what is gone.
WHOLE = ("internal", "court")


def export(
    trail: Trail,
    checkpoint: str,
    out: BinaryIO,
    *,
    objects: Store,
    spool: Path,
    profile: str = "internal",
    named: Iterable[str] = (),
    incident: str | None = None,
    progress: Progress = _unwatched,
) -> Made:
    """Write the bundle of the log under `checkpoint` to `out`; same checkpoint and profile, same bytes.

    What it tells is gathered in clear in `spool`, an empty folder that the caller takes away.
    `named` are the restricted incidents that the command names; every other one stays hash only. With `incident`
    the bundle is of this incident alone. `progress` is told, block by block, how many more events were read.
    """
    note = parse_checkpoint(checkpoint)
    if note.size == 0:
        raise NotExported("The checkpoint is of an empty log; there is nothing to export.")
    selection, extent = _choose(trail, note.size, profile, named, incident)
    if profile in WHOLE and trail.erased_since(note.size):
        raise NotExported("Details were removed for good since this checkpoint: a bundle needs a later one.")
    bundle = _Bundle(trail, note, checkpoint, spool, selection, extent)
    with closing(bundle), _no_collecting():
        bundle.read(progress)
        bundle.pack(objects)
        bundle.bag.write(out, bundle.day, profile)
    return Made(note.size, profile, bundle.contents.shown)


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Nothing here makes cycles worth collecting, and looking for them takes longer than the reading itself."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _choose(
    trail: Trail, size: int, profile: str, named: Iterable[str], incident: str | None
) -> tuple[Selection, Extent]:
    if incident is None:
        return whole_log(trail, size, profile, named), WholeLog()
    selected = one_incident(trail, size, profile, named, incident)
    return selected, OneIncident(selected)


class _Bundle:
    """One bundle in the making."""

    def __init__(
        self, trail: Trail, note: Checkpoint, text: str, folder: Path, selection: Selection, extent: Extent
    ) -> None:
        self.trail, self.note, self.text, self.folder = trail, note, text, folder
        self.size, self.profile, self.extent = note.size, selection.profile, extent
        self.heads, self.last_heads = Heads(), _last_heads(trail, note.size)
        self.day = ""
        members = folder / "members"
        members.mkdir()
        self.bag = Bag(members)
        self.contents = Contents(folder, selection)
        self.leaves = LeafFile(folder / "leaves")

    def close(self) -> None:
        """Let go of the files, however far it came."""
        self.leaves.close()
        self.contents.finish()

    # reading

    def read(self, progress: Progress) -> None:
        """Read the log once, from its first leaf to the checkpoint."""
        for block in blocks(self.trail.events(self.size)):
            self._count(block)
            rows = self.contents.shown_of(block)
            if rows:
                said = self.trail.disclosures(min(rows), max(rows) + 1)
                self.extent.take(rows, self.contents.take(rows, said))
            self.day = orjson.loads(block[-1].line)["day"]
            progress(len(block))
        self.contents.finish()
        self.leaves.finish()
        if self.leaves.root() != self.note.root:
            raise NotExported("The events do not give the root that was signed. Run flask audit fsck.")

    def _count(self, block: Iterable[Row]) -> None:
        for row in block:
            self.leaves.append(row.leaf)
            if row.incident is not None and row.iseq is not None and row.seq < self.last_heads:
                self.heads.take(row.type, row.incident, row.iseq, row.leaf)

    # packing

    def pack(self, objects: Store) -> None:
        """Gather every file of the payload."""
        for name, path in self.contents.spooled():
            self.bag.adopt(name, path)
        for name, content in self.extent.files(self._log(), self.folder):
            self.bag.put(name, content)
        self._proofs()
        self._record()
        self._for_people()
        self._evidence(objects)
        for name, vkey in self.contents.keys.files():
            self.bag.put(f"keys/{name}.vkey", [vkey.encode() + b"\n"])
        self.bag.put("checkpoint", [self.text.encode()])

    def _log(self) -> Read:
        return Read(
            origin=self.trail.origin,
            size=self.size,
            profile=self.profile,
            leaves=self.leaves,
            heads=self.heads,
            last_heads=self.last_heads,
            grades=self.contents.grades,
        )

    def _proofs(self) -> None:
        graded = {seq for seq, type_ in self.contents.decided if type_ == "grade.published"}
        for seq in sorted(graded | {self.size - 1}):
            text = inclusion_text(seq, self.leaves.inclusion_path(seq), self.text)
            self.bag.put(f"proofs/{seq}.tlog-proof", [text.encode()])
        covering = self._covering()
        for size, text in covering:
            self.bag.put(f"checkpoints/{size}", [text.encode()])
            proof = consistency_text(size, self.leaves.consistency_path(size), self.text)
            self.bag.put(f"proofs/{size}-{self.size}.consistency", [proof.encode()])
        self._timestamps({self.size: self.text, **dict(covering)})

    def _covering(self) -> list[tuple[int, str]]:
        """The first published checkpoint over each grade and rotation, where it is not the bundle's own."""
        earlier = [(size, text) for size, text in self.trail.checkpoints() if size < self.size]
        needed: dict[int, str] = {}
        place = 0
        for seq, _type in self.contents.decided:
            while place < len(earlier) and earlier[place][0] <= seq:
                place += 1
            if place == len(earlier):
                break
            needed[earlier[place][0]] = earlier[place][1]
        return sorted(needed.items())

    def _timestamps(self, files: Mapping[int, str]) -> None:
        for size, token in sorted(self.trail.timestamps().items()):
            # A witness's line that came since makes another file, which the token does not stamp.
            if size in files and hashlib.sha256(files[size].encode()).digest() in token:
                self.bag.put(f"timestamp/{size}.tsr", [token])

    def _record(self) -> None:
        self.bag.put("published.json", published_json(self.trail.origin, self.size, self.contents.grades))
        self.bag.put("codebooks.json", [self.contents.codebooks()])
        self.bag.put("policies.json", [self.contents.policies()])

    def _for_people(self) -> None:
        self.bag.put("schema/event.schema.json", [view.schema()])
        self.bag.put("verify.py", [VERIFIER.read_bytes()])
        self.bag.put("README.txt", [view.readme(self.trail.origin, self.size, self.profile)])

    def _evidence(self, objects: Store) -> None:
        for sha256 in sorted(self.contents.evidence):
            if not objects.exists(sha256):
                continue
            self.bag.refer(f"evidence/{sha256}", objects.size(sha256), sha256, partial(objects.stream, sha256))


def _last_heads(trail: Trail, size: int) -> int:
    last = -1
    for row in trail.events(size, ("log.heads",)):
        last = row.seq
    return last
