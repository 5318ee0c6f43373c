"""The bundle: a log under one checkpoint as a profile may see it, for a stranger (AUDIT-FORMAT 7)."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

import orjson

from review.audit import view
from review.audit.bag import Bag
from review.audit.contents import Contents
from review.audit.events.log import LogOpened
from review.audit.extent import Extent, OneIncident, Read, WholeLog
from review.audit.heads import Heads
from review.audit.leaves import LeafFile
from review.audit.note import Checkpoint, consistency_text, inclusion_text, parse_checkpoint
from review.audit.profiles import Selection
from review.audit.published import Grades, published_json
from review.audit.selection import NotExported, one_incident, whole_log
from review.audit.stored import Log, Row, Trail, blocks
from review.store import Store

__all__ = ["Made", "NotExported", "export"]

VERIFIER = Path(__file__).with_name("verify.py")
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Made:
    """What a finished bundle amounts to: so many of so many events, the others withheld.

    `size` is that of its checkpoint; `leaves` are those of the logs before it as well.
    """

    size: int
    profile: str
    shown: int
    leaves: int

    @property
    def withheld(self) -> int:
        return self.leaves - self.shown


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
    present = trail.logs[-1]
    if note.origin != present.origin:
        raise NotExported("The checkpoint is of a log that this desk had before it went on under another name.")
    end = present.base + note.size
    selection, extent = _choose(trail, end, profile, named, incident)
    if profile in WHOLE and trail.erased_since(end):
        raise NotExported("Details were removed for good since this checkpoint: a bundle needs a later one.")
    bundle = _Bundle(trail, note, checkpoint, spool, selection, extent)
    with closing(bundle), _no_collecting():
        bundle.read(progress)
        bundle.pack(objects)
        bundle.bag.write(out, bundle.day, profile)
    return Made(note.size, profile, sum(part.contents.shown for part in bundle.parts), end)


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


class _Part:
    """What a bundle tells of one of the logs that follow each other."""

    def __init__(self, log: Log, folder: Path, selection: Selection, grades: Grades) -> None:
        own = folder / f"log-{log.base}"
        own.mkdir()
        self.log = log
        self.contents = Contents(own, selection, grades, log.base)
        self.leaves = LeafFile(own / "leaves")


class _Bundle:
    """One bundle in the making."""

    def __init__(
        self, trail: Trail, note: Checkpoint, text: str, folder: Path, selection: Selection, extent: Extent
    ) -> None:
        self.trail, self.note, self.text, self.folder = trail, note, text, folder
        self.size, self.profile, self.extent = note.size, selection.profile, extent
        members = folder / "members"
        members.mkdir()
        self.bag = Bag(members)
        self.grades = Grades(folder)
        logs = trail.logs if isinstance(extent, WholeLog) else trail.logs[-1:]
        self.parts = [_Part(log, folder, selection, self.grades) for log in logs]
        self.present = self.parts[-1]
        self.contents, self.leaves, self.base = self.present.contents, self.present.leaves, self.present.log.base
        self.heads, self.last_heads = Heads(), _last_heads(trail, self.base + note.size)
        self.day = ""

    def close(self) -> None:
        """Let go of the files, however far it came."""
        self.heads.close()
        for part in self.parts:
            part.leaves.close()
            part.contents.finish()

    # reading

    def read(self, progress: Progress) -> None:
        """Read the log once, from its first leaf to the checkpoint."""
        for block in blocks(self.trail.events(self.base + self.size)):
            for base, rows in self._by_log(block):
                self._take(base, rows)
            self.day = orjson.loads(block[-1].line)["day"]
            progress(len(block))
        for part in self.parts:
            part.contents.finish()
            part.leaves.finish()
        if self.leaves.root() != self.note.root:
            raise NotExported("The events do not give the root that was signed. Run flask audit fsck.")

    def _by_log(self, block: list[Row]) -> Iterator[tuple[int, list[Row]]]:
        """The events of each log in the block, with where that log begins."""
        if block[0].seq >= self.base:
            yield self.base, block
            return
        for base, rows in groupby(block, self._base_of):
            yield base, list(rows)

    def _base_of(self, row: Row) -> int:
        return max(log.base for log in self.trail.logs if log.base <= row.seq)

    def _take(self, base: int, block: Sequence[Row]) -> None:
        """Some events of the log that begins at `base`."""
        self._count(block)
        part = next((one for one in self.parts if one.log.base == base), None)
        if part is None:  # of a log before, which a bundle of one incident does not tell
            return
        for row in block:
            part.leaves.append(row.leaf)
        rows = part.contents.shown_of(block)
        if rows:
            said = self.trail.disclosures(min(rows), max(rows) + 1)
            self.extent.take(rows, part.contents.take(rows, said))

    def _count(self, block: Iterable[Row]) -> None:
        for row in block:
            if row.type == LogOpened.type:
                self.heads.cross()
            if row.incident is not None and row.iseq is not None and row.seq < self.last_heads:
                self.heads.take(row.type, row.incident, row.iseq, row.leaf)

    # packing

    def pack(self, objects: Store) -> None:
        """Gather every file of the payload."""
        for name, path in self.contents.spooled():
            self.bag.adopt(name, path)
        self._earlier()
        for name, content in self.extent.files(self._log(), self.folder):
            self.bag.put(name, content)
        self._proofs()
        self._record()
        self._for_people()
        self._evidence(objects)
        for name, vkey in self.contents.keys.files():
            self.bag.put(f"keys/{name}.vkey", [vkey.encode() + b"\n"])
        self.bag.put("checkpoint", [self.text.encode()])

    def _earlier(self) -> None:
        """The logs that this one continues, each in a folder of its own."""
        for number, part in enumerate(self.parts[:-1], start=1):
            for name, path in part.contents.spooled_of(number):
                self.bag.adopt(name, path)
            self.bag.put(f"logs/{number}/leaves.bin", part.leaves.blocks())
            listed = published_json(part.log.origin, part.leaves.size, self.grades, part.log.base)
            self.bag.put(f"logs/{number}/published.json", listed)
        self.contents.vouching(part.contents for part in self.parts[:-1])

    def _log(self) -> Read:
        return Read(
            origin=self.note.origin,
            logs=self.trail.logs,
            size=self.size,
            profile=self.profile,
            leaves=self.leaves,
            heads=self.heads,
            last_heads=max(self.last_heads - self.base, -1),
            grades=self.grades,
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
        known = ((size - self.base, text) for size, text in self.trail.checkpoints())
        earlier = [(size, text) for size, text in known if 0 < size < self.size]
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
        for counted, token in sorted(self.trail.timestamps().items()):
            size = counted - self.base
            # A witness's line that came since makes another file, which the token does not stamp.
            if size in files and hashlib.sha256(files[size].encode()).digest() in token:
                self.bag.put(f"timestamp/{size}.tsr", [token])

    def _record(self) -> None:
        self.bag.put("published.json", published_json(self.note.origin, self.size, self.grades, self.base))
        self.bag.put("codebooks.json", [self.contents.codebooks()])
        self.bag.put("policies.json", [self.contents.policies()])

    def _for_people(self) -> None:
        self.bag.put("schema/event.schema.json", [view.schema()])
        self.bag.put("verify.py", [VERIFIER.read_bytes()])
        self.bag.put("README.txt", [self._words()])

    def _words(self) -> bytes:
        earlier = [part.log for part in self.parts[:-1]]
        return view.readme(self.trail.logs, self.size, self.profile, earlier)

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
