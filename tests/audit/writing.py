"""Histories written by hand: fixed keys and salts, no database. What an insider could forge, they can forge here.

A `Log` is a list of entries whose seqs, links, digests and hashes are worked out only when it is built, so a test can
change, add, drop or move an entry and everything after it is recomputed and signed again, as somebody would who holds
the database and the signing key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from review.audit import note
from review.audit.tree import Edge, Tree

ORIGIN = "desk.example/log1"
SEED = bytes(range(32))
OTHER_SEED = bytes(range(1, 33))
KEY = note.verifier_key(ORIGIN, SEED)
E_TYPES = ["claim.grouped", "claim.ungrouped", "incident.opened", "incident.described", "incident.imported", "position.recorded", "source.attached", "source.assessed", "source.grouped", "source.withdrawn"]
D_TYPES = ["round.closed", "vote.revealed", "vote.excluded", "settlement.closed", "dissent.recorded"]
MUTE = ("vote.committed", "vote.withdrawn", "vote.excluded", "attempt.refused")
NONE = {"injured": [None, None], "killed": [None, None]}
DISTANCES = [
    ["confirmed", "fair", 1], ["fair", "weak", 1], ["confirmed", "weak", 2], ["weak", "contested", 1],
    ["fair", "contested", 2], ["confirmed", "contested", 2], ["contested", "discounted", 2],
    ["weak", "discounted", 2], ["fair", "discounted", 3], ["confirmed", "discounted", 3],
]  # fmt: skip
GRADES = ["confirmed", "fair", "weak", "contested", "discounted"]
CODEBOOK = {"distances": DISTANCES, "grades": GRADES, "id": "airwars/1", "labels": {"fair": "Fair"}}
POLICY = {"id": "default", "max_distance": 1, "required": 3, "share": [2, 3], "unanimity": False}
PEOPLE = {
    "Marj": "lead", "Ilan": "lead", "Osei": "admin", "Amal": "reviewer", "Bren": "reviewer", "Cato": "reviewer",
    "Dina": "reviewer", "Edda": "reviewer", "Finn": "reviewer",
}  # fmt: skip


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def b32(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=").lower()


def jcs(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def incident_id(name: str) -> str:
    return "i-" + b32(sha(b"incident " + name.encode()))[:16]


@cache
def pseudonym(person: str, message: str) -> str:
    return b32(hmac.new(sha(b"key " + person.encode()), message.encode(), hashlib.sha256).digest())[:16]


def bounds(*killed: int | None) -> dict[str, list[int | None]]:
    return {"injured": [None, None], "killed": list(killed)}


@dataclass(eq=False)
class Entry:
    """One event to be written. A body value may be an entry (its seq), or a function of the log being built."""

    type: str
    who: str | None = None  # a person's name; None is the system
    role: str | None = None
    incident: str | None = None
    body: dict[str, Any] = field(default_factory=dict)
    sealed: dict[str, Any] = field(default_factory=dict)
    day: str = "2026-03-01"
    actor: str | None = None  # instead of the pseudonym
    salt: str | None = None
    hide: tuple[str, ...] = ()  # disclosures that the bundle leaves out, as after a redaction
    # worked out by the build:
    seq: int = -1
    line: bytes = b""
    leaf: bytes = b""
    texts: dict[str, str] = field(default_factory=dict)


class Log:
    """Entries, and the bundle they amount to."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.origin = ORIGIN
        self.evidence: dict[str, bytes] = {}
        self.dossier: dict[str, bytes] = {}

    # writing

    def add(
        self, kind: str, who: str | None = None, incident: str | None = None, body: Any = None, /, **sealed: Any
    ) -> Entry:
        role = PEOPLE.get(who, "public") if who else "system"
        entry = Entry(kind, who, role, incident, body or {}, sealed, salt=f"{kind} {len(self.entries)}")
        self.entries.append(entry)
        return entry

    def insert(self, after: Entry, entry: Entry) -> Entry:
        self.entries.insert(self.entries.index(after) + 1, entry)
        return entry

    def drop(self, entry: Entry) -> None:
        self.entries.remove(entry)

    def find(self, kind: str, place: int = 0) -> Entry:
        return [entry for entry in self.entries if entry.type == kind][place]

    # building

    def build(self) -> None:
        """Number, chain, seal and hash everything anew."""
        chains: dict[str, tuple[int, bytes | None]] = {}
        self.evidence, self.dossier = {}, {}
        for seq, entry in enumerate(self.entries):
            entry.seq = seq
        for entry in self.entries:
            self._build(entry, chains)

    def _build(self, entry: Entry, chains: dict[str, tuple[int, bytes | None]]) -> None:
        name = entry.incident
        if name is not None:
            self.evidence.setdefault(name, sha(name.encode()))
            self.dossier.setdefault(name, sha(name.encode()))
        body = {key: self._settled(value, entry) for key, value in entry.body.items()}
        self._seal(entry)
        count, last = chains.get(name, (0, None)) if name else (None, None)
        event = {
            "v": 1, "log": self.origin, "seq": entry.seq, "day": entry.day, "type": entry.type, "incident": name,
            "iseq": count, "prev": b64(last) if last else None, "actor": self._actor(entry), "role": entry.role,
            "body": body, "sd": sorted(b64url(sha(text.encode())) for text in entry.texts.values()),
        }  # fmt: skip
        entry.line = jcs(event)
        entry.leaf = sha(b"\x00" + entry.line)
        if name is None or count is None:
            return
        chains[name] = (count + 1, entry.leaf)
        if entry.type in E_TYPES and body.get("material") is not False:
            self.evidence[name] = sha(self.evidence[name] + entry.leaf)
        if entry.type in E_TYPES + D_TYPES and body.get("material") is not False:
            self.dossier[name] = sha(self.dossier[name] + entry.leaf)

    def _settled(self, value: Any, entry: Entry) -> Any:
        if isinstance(value, Entry):
            return value.seq
        if callable(value):
            return self._settled(value(self, entry), entry)
        if isinstance(value, list):
            return [self._settled(item, entry) for item in value]
        return value

    def _actor(self, entry: Entry) -> str:
        if entry.actor is not None:
            return entry.actor
        if entry.who is None:
            return "system"
        claim = entry.body.get("claim")
        message = entry.incident or (claim if isinstance(claim, str) else "log")
        return pseudonym(entry.who, message)

    def _seal(self, entry: Entry) -> None:
        # Both sides of a merge or split stand in one act.
        second = 0 if entry.type in ("incident.absorbed", "incident.merged", "incident.split") else entry.seq % 60
        at = f"{entry.day}T09:00:{second:02d}.000Z"
        person = pseudonym(entry.who, "log") if entry.who and entry.role != "public" else None
        values = {"at": at, "person": person, **entry.sealed}
        entry.texts = {}
        for name, value in values.items():
            salt = sha(f"{entry.salt} {name}".encode())
            value = {str(k.seq): v for k, v in value.items()} if name == "replies" and value else value
            entry.texts[name] = b64url(jcs([b64url(salt), name, value]))

    # what a bundle shows

    def muted(self) -> set[int]:
        """Seqs that are hash only: what was recorded while a round that is still open has been open, and the like."""
        hidden: set[int] = set()
        for name in {entry.incident for entry in self.entries if entry.incident}:
            open_since: int | None = None
            settlement_since: int | None = None
            chain = [entry for entry in self.entries if entry.incident == name]
            for place, entry in enumerate(chain):
                if entry.type == "round.opened":
                    open_since = place
                if entry.type == "round.closed" and open_since is not None:
                    if entry.body["result"] == "abandoned":
                        hidden |= {e.seq for e in chain[open_since:place] if e.type.startswith("vote.")}
                    open_since = None
                if entry.type == "settlement.opened":
                    settlement_since = place
                if entry.type == "settlement.closed":
                    settlement_since = None
            if open_since is not None:
                first = ("vote.", "reviewer.", "conflict.", "source.", "attempt.")
                hidden |= {e.seq for e in chain[open_since:] if e.type.startswith(first)}
            if settlement_since is not None:
                hidden |= {e.seq for e in chain[settlement_since:] if e.type == "settlement.argued"}
        return hidden

    def sealed_for_ever(self) -> set[int]:
        """Seqs of votes that were not live at the close of their round."""
        closed = [entry for entry in self.entries if entry.type == "round.closed"]
        lists = [entry.body[name] for entry in closed for name in ("superseded", "withdrawn", "excluded")]
        return {vote.seq for votes in lists for vote in votes}

    def heads(self) -> list[list[Any]]:
        """[incident, count, last leaf hash] of every incident in the order of its first seq, frozen in open rounds."""
        found: dict[str, list[Any]] = {}
        frozen: dict[str, list[Any]] = {}
        for entry in self.entries:
            if entry.incident is None:
                continue
            head = found.setdefault(entry.incident, [entry.incident, 0, ""])
            head[1:] = [head[1] + 1, b64(entry.leaf)]
            if entry.type == "round.opened":
                frozen[entry.incident] = list(head)
            if entry.type == "round.closed":
                frozen.pop(entry.incident, None)
        return [frozen.get(name, head) for name, head in found.items()]

    def end(self) -> None:
        """Append the heads of everything before, as the export command does."""
        self.build()
        lines = [jcs(head) for head in self.heads()]
        self.add("log.heads", None, None, {"n": len(lines), "root": heads_root})

    def published(self) -> bytes:
        rows = []
        stage: dict[str, Any] = {}
        for entry in self.entries:
            body = json.loads(entry.line)["body"]
            if entry.type in ("grade.proposed", "grade.overridden"):
                stage[entry.incident, entry.type] = body
            if entry.type == "grade.approved" and body["override"] is None:
                stage.pop((entry.incident, "grade.overridden"), None)
            if entry.type == "grade.published":
                decided = stage.pop((entry.incident, "grade.overridden"), None) or stage[entry.incident, "grade.proposed"]
                rows.append(self._row(entry, decided, body["version"], "published"))
            if entry.type == "grade.imported":
                rows.append(self._row(entry, body, 0, "legacy"))
        rows.sort(key=lambda row: (row["incident"], row["version"]))
        return jcs({"grades": rows, "log": self.origin, "size": len(self.entries)})

    @staticmethod
    def _row(entry: Entry, decided: dict[str, Any], version: int, kind: str) -> dict[str, Any]:
        return {
            "grade": decided["grade"], "incident": entry.incident, "kind": kind, "range": decided["range"],
            "seq": entry.seq, "version": version,
        }  # fmt: skip

    # the bundle

    def members(self, *, seed: bytes = SEED, kept: Iterable[int] = (), evidence: Iterable[bytes] = ()) -> dict[str, bytes]:
        """Every file of a whole internal bundle but the tag files."""
        self.build()
        hidden, sealed = self.muted(), self.sealed_for_ever()
        tree = Tree([entry.leaf for entry in self.entries])
        size = tree.size

        def checkpoint(count: int) -> bytes:
            return note.Checkpoint(self.origin, count, tree.root(count)).signed(seed).text.encode()

        shown = [entry for entry in self.entries if entry.seq not in hidden]
        disclosed = sorted(
            (entry.seq, text)
            for entry in shown
            for name, text in entry.texts.items()
            if name not in entry.hide and entry.seq not in sealed
        )
        top = checkpoint(size)
        proofs = {entry.seq for entry in shown if entry.type == "grade.published"} | {size - 1}
        members = {
            "data/checkpoint": top,
            "data/leaves.bin": b"".join(entry.leaf for entry in self.entries),
            "data/events.jsonl": b"".join(entry.line + b"\n" for entry in shown),
            "data/disclosures.jsonl": b"".join(jcs({"d": text, "seq": seq}) + b"\n" for seq, text in disclosed),
            "data/published.json": self.published(),
            "data/codebooks.json": jcs({"codebooks": [CODEBOOK]}),
            "data/policies.json": jcs({"policies": [POLICY]}),
            "data/keys/log.vkey": f"{note.verifier_key(self.origin, seed)}\n".encode(),
        }
        last = max((entry.seq for entry in self.entries if entry.type == "log.heads"), default=None)
        if last is not None:
            early = Log()
            early.entries = self.entries[:last]
            members["data/heads.jsonl"] = b"".join(jcs(head) + b"\n" for head in early.heads())
        for seq in proofs:
            text = note.inclusion_text(seq, tree.inclusion_path(seq), top.decode())
            members[f"data/proofs/{seq}.tlog-proof"] = text.encode()
        for old in kept:
            members[f"data/checkpoints/{old}"] = checkpoint(old)
            text = note.consistency_text(old, tree.consistency_path(old), top.decode())
            members[f"data/proofs/{old}-{size}.consistency"] = text.encode()
        for data in evidence:
            members[f"data/evidence/{hashlib.sha256(data).hexdigest()}"] = data
        return members

    def write(self, path: Path, **options: Any) -> Path:
        return write_bag(path, self.members(**options), self.entries[-1].day)


def heads_root(log: Log, entry: Entry) -> str:
    """The root over the heads as they stand before this entry."""
    before = Log()
    before.entries = log.entries[: entry.seq]
    edge = Edge()
    for head in before.heads():
        edge.append(sha(b"\x00" + jcs(head)))
    return b64(edge.root())


def write_bag(
    path: Path,
    members: dict[str, bytes],
    day: str = "2026-03-01",
    profile: str = "internal",
    packing: int = zipfile.ZIP_STORED,
) -> Path:
    """A bag of these members, its manifests and sizes fitting them."""
    data = {name: content for name, content in members.items() if name.startswith("data/")}
    tags = {
        "bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "bag-info.txt": (
            f"Bagging-Date: {day}\nPayload-Oxum: {sum(map(len, data.values()))}.{len(data)}\nProfile: {profile}\n"
        ).encode(),
        "manifest-sha256.txt": manifest(data),
    }
    tags["tagmanifest-sha256.txt"] = manifest(tags)
    return write_zip(path, {**tags, **members}, packing)


def manifest(members: dict[str, bytes]) -> bytes:
    return "".join(f"{hashlib.sha256(members[name]).hexdigest()}  {name}\n" for name in sorted(members)).encode()


def write_zip(path: Path, members: dict[str, bytes], packing: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w") as target:
        for name in sorted(members):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = packing
            info.external_attr = 0o644 << 16
            target.writestr(info, members[name])
    return path
