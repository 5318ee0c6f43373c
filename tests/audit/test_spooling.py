"""A bundle of a large log: read block by block, watched, in memory that does not grow with the log."""

from __future__ import annotations

import tracemalloc
from base64 import b32encode
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from zipfile import ZipFile

import pytest

from review.audit import heads, published
from review.audit.canonical import canonical_line, leaf_hash
from review.audit.export import export
from review.audit.heads import Heads
from review.audit.leaves import LeafFile
from review.audit.note import Checkpoint
from review.audit.published import Grades
from review.audit.stored import BLOCK, Log, Row, Said
from review.audit.tree import Edge, consistency_path, inclusion_path, root
from review.store import Store
from tests.audit import forge

ORIGIN, SEED = forge.ORIGIN, bytes(range(32))
SD = ["A" * 43]
RANGE = {"injured": [None, None], "killed": [1, 2]}


class Long:
    """A log of so many events that nobody holds in memory, of incidents with two each, told anew when asked."""

    logs = (Log(ORIGIN, 0),)

    def __init__(self, size: int) -> None:
        edge = Edge()
        for row in self.events(size):
            edge.append(row.leaf)
        self.checkpoint = Checkpoint(ORIGIN, size, edge.root()).signed(SEED).text

    def events(self, size: int, types: Sequence[str] = ()) -> Iterator[Row]:
        if not types:
            yield from map(self._opened, range(size - 1))
        if not types or "log.heads" in types:
            yield self._row(size - 1, "log.heads", None, None, {"n": 1, "root": "A" * 43 + "="})

    def _opened(self, seq: int) -> Row:
        number = b32encode((seq // 2).to_bytes(10, "big")).decode().lower()
        return self._row(seq, "source.opened", f"i-{number}", seq % 2, {"source": 1})

    def _row(self, seq: int, type_: str, incident: str | None, iseq: int | None, body: Mapping[str, object]) -> Row:
        event = {
            "actor": "system", "body": body, "day": "2031-03-14", "incident": incident, "iseq": iseq, "log": ORIGIN,
            "prev": None, "role": "system", "sd": SD, "seq": seq, "type": type_, "v": 1,
        }  # fmt: skip
        line = canonical_line(event)
        return Row(seq, line, leaf_hash(line), type_, incident, iseq)

    def chain(self, incident: str, size: int) -> Iterator[Row]:
        return (row for row in self.events(size) if row.incident == incident)

    def disclosures(self, low: int, high: int) -> Sequence[Said]:
        return [Said(seq, SD[0], name, "x" * 150) for seq in range(low, high) for name in ("at", "person")]

    def erased_since(self, size: int) -> bool:
        return False

    def checkpoints(self) -> Sequence[tuple[int, str]]:
        return []

    def timestamps(self) -> Mapping[int, bytes]:
        return {}


def peak(size: int, folder: Path) -> tuple[int, list[int]]:
    """The most memory that an export of so many events holds, and what it told of its progress."""
    log, told = Long(size), []
    tracemalloc.start()
    with (folder / f"{size}.zip").open("wb") as out:
        spool = folder / f"{size}.spool"
        spool.mkdir()
        objects = Store((folder / "objects").as_uri())
        export(log, log.checkpoint, out, objects=objects, spool=spool, progress=told.append)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most, told


def test_memory_stays_where_it_is_for_four_times_the_events(tmp_path: Path) -> None:
    small, _told = peak(2 * BLOCK, tmp_path)
    large, told = peak(8 * BLOCK + 5, tmp_path)
    assert large < 1.15 * small, (small, large)
    assert told == [BLOCK] * 8 + [5]
    with ZipFile(tmp_path / f"{8 * BLOCK + 5}.zip") as bundle:
        assert bundle.read("data/heads.jsonl").count(b"\n") == 4 * BLOCK + 2


def test_heads_that_were_put_away_are_those_that_were_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = {5: "round.opened", 6: "round.opened", 16: "round.closed", 22: "round.opened"}

    def told() -> list[tuple[str, int, bytes]]:
        kept = Heads()
        for step in range(30):
            name, leaf = f"i-{step % 5}", bytes([step]) * 32
            kept.take(rounds.get(step, "source.opened"), name, step // 5, leaf)
            if step == 17:
                kept.cross()
        found = list(kept)
        kept.close()
        return found

    whole = told()
    assert [(name, count) for name, count, _leaf in whole] == [("i-0", 6), ("i-1", 6), ("i-2", 5), ("i-3", 6), ("i-4", 6)]
    monkeypatch.setattr(heads, "AT_ONCE", 2)
    assert told() == whole


@pytest.mark.parametrize("size", [1, 2, 63, 64, 65, 127, 128, 129, 1000])
def test_the_leaves_in_a_file_are_the_tree(tmp_path: Path, size: int) -> None:
    hashes = [leaf_hash(str(number).encode()) for number in range(size)]
    leaves = LeafFile(tmp_path / "leaves")
    for one in hashes:
        leaves.append(one)
    leaves.finish()
    assert leaves.root() == root(hashes)
    assert b"".join(leaves.blocks()) == b"".join(hashes)
    for place in {0, size // 2, size - 1}:
        assert leaves.inclusion_path(place) == inclusion_path(hashes, place)
    assert leaves.consistency_path(size // 2 + 1) == consistency_path(hashes, size // 2 + 1)
    leaves.close()


def test_grades_that_were_put_away_come_back_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def told(folder: Path) -> list[object]:
        folder.mkdir()
        grades = Grades(folder)
        for seq in range(40):
            incident = f"i-{'dcba'[seq % 4]}aaaaaaaaaaaaaaa"
            if seq < 20:
                grades.take(seq, "grade.imported", incident, {"grade": "fair", "range": RANGE, "codebook": 1})
            elif seq < 30:
                grades.take(seq, "incident.withdrawn", incident, {})
        grades.take(50, "incident.restored", "i-aaaaaaaaaaaaaaaa", {})
        return list(grades)

    whole = told(tmp_path / "whole")
    monkeypatch.setattr(published, "RUN", 3)
    assert told(tmp_path / "runs") == whole
    assert len(list((tmp_path / "runs").iterdir())) == 10
    entries = [one.entry(0) for one in whole]  # type: ignore[attr-defined]
    assert [one["kind"] for one in entries].count("withdrawn") == 3
    assert entries == sorted(entries, key=lambda one: (one["incident"], one["kind"] == "withdrawn", one["seq"]))
