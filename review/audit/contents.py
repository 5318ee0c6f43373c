"""What a bundle tells, spooled and counted while the log is read once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

import orjson

from review.audit import keyring, published, view
from review.audit.canonical import canonical_value
from review.audit.keyring import KeyRing
from review.audit.profiles import Selection
from review.audit.published import Grades
from review.audit.stored import Row, Said, body_of
from review.models.dossiers import read_disclosure
from review.rules.grades import CODEBOOKS

POLICY_FIELDS = ("id", "max_distance", "required", "share", "unanimity")
NEED_CHECKPOINT = ("grade.published", "key.rotated")
FILES = {"events": "events.jsonl", "disclosures": "disclosures.jsonl", "table": "view/events.csv"}


class Contents:
    """The events and details that a selection shows, and what other files of the bundle need to know of them."""

    def __init__(self, folder: Path, selection: Selection, grades: Grades, base: int = 0) -> None:
        self.selection, self.base = selection, base
        self._paths = {name: folder / name for name in FILES}
        self._open = ExitStack()
        self._files: dict[str, IO[bytes]] = {
            name: self._open.enter_context(path.open("wb")) for name, path in self._paths.items()
        }
        self._files["table"].write(view.heading())
        self.grades, self.keys = grades, KeyRing()
        self.decided: list[tuple[int, str]] = []
        self.evidence: set[str] = set()
        self.shown = 0
        self._policies: dict[bytes, None] = {}
        self._books: set[str] = set()

    def shown_of(self, block: Iterable[Row]) -> dict[int, Row]:
        """Those of these events whose lines the bundle shows, by seq."""
        return {row.seq: row for row in block if self.selection.shows(row)}

    def take(self, rows: Mapping[int, Row], said: Iterable[Said]) -> Sequence[Said]:
        """Some more shown events; of their disclosures those that may be told are kept, and given back."""
        told = list(self.selection.tells(rows, said))
        self._files["events"].write(b"".join([row.line + b"\n" for row in rows.values()]))
        self._files["disclosures"].write(_lines(told, self.base))
        self._files["table"].write(b"".join(_cells(rows, told, self.base)))
        for row in rows.values():
            self._note(row)
        self.evidence.update(_evidence(told))
        self.shown += len(rows)
        return told

    def finish(self) -> None:
        """No event follows, or none is read any more."""
        self._open.close()

    def spooled(self) -> Iterator[tuple[str, Path]]:
        """The finished files by their name in the bundle."""
        for name, place in FILES.items():
            yield place, self._paths[name]

    def spooled_of(self, number: int) -> Iterator[tuple[str, Path]]:
        """The finished files of an earlier log by their name in the bundle."""
        yield f"logs/{number}/events.jsonl", self._paths["events"]
        yield f"logs/{number}/disclosures.jsonl", self._paths["disclosures"]
        yield f"view/events-{number}.csv", self._paths["table"]

    def vouching(self, earlier: Iterable[Contents]) -> None:
        """Take over what events of the logs before this one vouch for: the policies and codebooks of their rounds."""
        for one in earlier:
            self._policies = {**one._policies, **self._policies}
            self._books |= one._books
            self.evidence |= one.evidence

    def policies(self) -> bytes:
        """`policies.json`: every policy that a shown event set."""
        return b'{"policies":[' + b",".join(self._policies) + b"]}"

    def codebooks(self) -> bytes:
        """`codebooks.json`: every codebook that a shown event vouches for."""
        entries = [canonical_value(book.as_entry()) for book in CODEBOOKS]
        vouched = [entry for entry in entries if hashlib.sha256(entry).hexdigest() in self._books]
        return b'{"codebooks":[' + b",".join(vouched) + b"]}"

    def _note(self, row: Row) -> None:
        if row.type in NEED_CHECKPOINT:
            self.decided.append((row.seq - self.base, row.type))
        if row.type in published.TELLING and row.incident is not None:
            self.grades.take(row.seq, row.type, row.incident, body_of(row))
        if row.type == "policy.set":
            body = body_of(row)
            self._policies[canonical_value({name: body[name] for name in POLICY_FIELDS})] = None
        elif row.type == "codebook.defined":
            self._books.add(body_of(row)["sha256"])
        elif row.type in keyring.TELLING:
            self.keys.take(orjson.loads(row.line))


def _lines(told: Iterable[Said], base: int) -> bytes:
    return "".join([f'{{"d":"{text}","seq":{seq - base}}}\n' for seq, _digest, _name, text in told]).encode("ascii")


def _cells(rows: Mapping[int, Row], told: Iterable[Said], base: int) -> Iterator[bytes]:
    names: dict[int, list[str]] = {}
    for seq, _digest, name, _text in told:
        names.setdefault(seq, []).append(name)
    for seq, row in rows.items():
        yield view.cells(row, seq - base, sorted(names.get(seq, ())))


def _evidence(told: Iterable[Said]) -> Iterator[str]:
    for one in told:
        if one.name != "file":
            continue
        value: Any = read_disclosure(one.text)[1]
        if isinstance(value, dict) and isinstance(value.get("sha256"), str):
            yield value["sha256"]
