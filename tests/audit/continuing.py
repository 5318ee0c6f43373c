"""A forged log that goes on under another name, and bundles of it from which an insider leaves things out."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from review.audit import canonical
from review.audit.append import Append, heads_root
from review.audit.export import export
from review.audit.heads import Heads
from review.audit.note import Checkpoint, verifier_key
from review.audit.stored import Log as One
from review.audit.tree import Edge
from review.rules.policy import Policy
from review.store import Store
from tests.audit import histories as h
from tests.audit.forge import NEXT_SEED, ORIGIN, SEED, Forge

Members = dict[str, bytes]
NEW = "desk.example/log2"


class Continued(Forge):
    """A log, or two that follow each other."""

    def __init__(self) -> None:
        super().__init__()
        self.seed, self.policy_now = SEED, Policy()
        self.open_log()

    @property
    def vkey(self) -> str:
        return str(verifier_key(self.append.origin, self.seed))

    @property
    def base(self) -> int:
        return self.append.base

    def go_on(self, lost: int = 3) -> None:
        """The log ends here, what was in flight falls, and the next one defines what its rounds need."""
        old = self.append
        self.verifier.cross(old.edge.size, old.origin)
        for history in self.histories.values():
            history.joints = (old.size,)
            history.cross(old.size)
        self.append, self.seed = Append(NEW, Edge(), old.day, old.at, old.size), NEXT_SEED
        self.logs = (One(ORIGIN, 0), One(NEW, old.size, old.day, lost))
        self.published = []
        ended = {"origin": old.origin, "size": old.edge.size, "root": canonical.b64(old.edge.root()), "lost": lost}
        self.add("log.opened", format="assay/1", vkey=self.vkey, continues=ended)
        defined = [json.loads(row.line)["body"] for row in self.rows if row.type == "codebook.defined"]
        for body in defined:
            self.add("codebook.defined", **body)
        self.add("policy.set", **self.policy_now.as_body(), times=dict(self.policy_now.times))

    @property
    def book(self) -> int:
        return max(seq for seq, key in self.books.items() if key == "airwars/1")

    def heads(self) -> int:
        found = Heads()
        for row in self.rows:
            if row.type == "log.opened":
                found.cross()
            if row.incident is not None and row.iseq is not None:
                found.take(row.type, row.incident, row.iseq, row.leaf)
        n, root = heads_root(found)
        return self.add("log.heads", n=n, root=canonical.b64(root))

    def publish(self, *seeds: bytes) -> str:
        told = Checkpoint(self.append.origin, self.append.edge.size, self.append.edge.root())
        for seed in seeds or (self.seed,):
            told = told.signed(seed)
        self.published.append((self.append.size, told.text))
        return told.text

    def redacted(self, seq: int, name: str, by: Any, asked_by: str) -> int:
        """A detail is taken out of the table, and it is said."""
        (gone,) = [one for one in self.said if (one.seq, one.name) == (seq, name)]
        self.said.remove(gone)
        return self.add(
            "detail.redacted", by, self.rows[seq].incident, of=seq, digests=[gone.digest], ground="error",
            asked_by=asked_by, reason="A name.",
        )  # fmt: skip

    def members(self, folder: Path, profile: str = "internal", incident: str | None = None, *, fixed: bool = True) -> Members:
        """Every file of the bundle as it stands, its last leaf the heads."""
        if fixed:
            self.heads()
        out, spool = BytesIO(), folder / f"spool-{len(list(folder.iterdir()))}"
        spool.mkdir()
        objects = Store((folder / "objects").as_uri())
        export(self, self.publish(), out, objects=objects, spool=spool, profile=profile, incident=incident)
        with zipfile.ZipFile(out) as held:
            return {name: held.read(name) for name in held.namelist()}


def withheld(members: Members, gone: Callable[[dict[str, Any]], bool], folder: str = "data/") -> Members:
    """The bundle without the lines of these events: their leaves stay, as those of what is mute do."""
    lines = members[folder + "events.jsonl"].splitlines(keepends=True)
    seqs = {event["seq"] for event in map(json.loads, lines) if gone(event)}
    assert seqs
    changed = dict(members)
    for name in ("events.jsonl", "disclosures.jsonl"):
        kept = [line for line in members[folder + name].splitlines(keepends=True) if json.loads(line)["seq"] not in seqs]
        changed[folder + name] = b"".join(kept)
    listed = json.loads(members[folder + "published.json"])
    listed["grades"] = [one for one in listed["grades"] if one["seq"] not in seqs]
    changed[folder + "published.json"] = canonical.canonical_value(listed)
    return packed(changed)


def untold(members: Members, told: Callable[[int, str], bool]) -> Members:
    """The bundle without these disclosures, by seq and name."""
    kept = []
    for line in members["data/disclosures.jsonl"].splitlines(keepends=True):
        one = json.loads(line)
        _salt, name, _value = json.loads(canonical.unb64url(one["d"]))
        if not told(one["seq"], name):
            kept.append(line)
    return packed({**members, "data/disclosures.jsonl": b"".join(kept)})


def packed(members: Members) -> Members:
    """The same files in a bag that fits them."""
    data = {name: content for name, content in members.items() if name.startswith("data/")}
    octets = f"Payload-Oxum: {sum(map(len, data.values()))}.{len(data)}"
    info = members["bag-info.txt"].decode().split("\n")
    tags = {"bagit.txt": members["bagit.txt"]}
    tags["bag-info.txt"] = "\n".join(octets if line.startswith("Payload") else line for line in info).encode()
    tags["manifest-sha256.txt"] = h.manifest(data)
    tags["tagmanifest-sha256.txt"] = h.manifest(tags)
    return {**data, **tags}
