"""Tables of forged histories: the lawful twin holds, the forged one fails at this event and in these words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from tests.audit.checking import assert_holds, failures
from tests.audit.histories import Entry, Log

Begun = Callable[[], Log]
Change = Callable[[Log], Entry]


class Row(NamedTuple):
    """One rule: a lawful history, what an insider changes in it, and the verdict at the event that the change returns."""

    name: str
    begun: Begun
    change: Change
    check: str
    sentence: str


class Table:
    """The rules of one noun, each by the function that breaks it."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def broken(self, begun: Begun, check: str, sentence: str) -> Callable[[Change], Change]:
        """The change below breaks a rule in this history."""

        def note(change: Change) -> Change:
            self.rows.append(Row(change.__name__, begun, change, check, sentence))
            return change

        return note

    def add(self, name: str, begun: Begun, change: Change, check: str, sentence: str) -> None:
        """The same for a change that is one of many alike."""
        self.rows.append(Row(name.replace(" ", "_"), begun, change, check, sentence))


def set_in(kind: str, place: int = 0, /, **changes: Any) -> Change:
    """One event of this kind says something else."""

    def change(log: Log) -> Entry:
        entry = log.find(kind, place)
        entry.body.update(changes)
        return entry

    return change


def verdict(check: str, at: Entry | None, sentence: str) -> str:
    """The line of the report, whole: another value in it, or a neighbour's sentence, is another verdict."""
    return f"FAIL {check} seq {'-' if at is None else at.seq}: {sentence}"


def assert_told(log: Log, folder: Path, check: str, at: Entry, sentence: str, **options: Any) -> None:
    """The bundle of this log, every hash recomputed and signed, fails at this event in these words."""
    found = failures(log.write(folder / "bundle.zip", **options))
    assert verdict(check, at, sentence) in found, found


@cache
def assert_begun(begun: Begun) -> None:
    """The lawful history holds: written without a clock or a die, it is the same for every row that begins with it."""
    with TemporaryDirectory() as folder:
        assert_holds(begun(), Path(folder))


def assert_judged(row: Row, folder: Path) -> None:
    """The history holds; the one change, and it no longer does."""
    assert_begun(row.begun)
    log = row.begun()
    log.build()
    at = row.change(log)
    assert_told(log, folder, row.check, at, row.sentence)


def names(rows: Iterable[Row]) -> list[str]:
    return [row.name for row in rows]
