"""A lawful history and its unlawful twin: one set-up, one line that differs, one verdict that must fall on it.

A case is a generator over a log: it writes a history and yields when that is lawful; then it changes one line, and
yields the event that must be named. Every hash is recomputed and signed again, as an insider would.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.audit import histories as h
from tests.audit.checking import assert_holds, checks, failures
from tests.audit.histories import Entry, Log

Steps = Iterator[Entry | None]
FAIR = h.bounds(2, 5)
PANEL = ("Amal", "Bren", "Cato")


class Forged(Log):
    """An open log of which some lines say what their writer wants, and not what a desk would have said."""

    def __init__(self) -> None:
        super().__init__()
        self.entries = h.started().entries
        self.said: dict[Entry, dict[str, Any]] = {}
        self.raw: dict[tuple[Entry, str], bytes] = {}
        self.unseen: set[Entry] = set()

    def _build(self, entry: Entry, chains: dict[str, tuple[int, bytes | None]]) -> None:
        super()._build(entry, chains)
        if entry not in self.said:
            return
        event = {**json.loads(entry.line), **self.said[entry]}
        entry.line = h.jcs(event)
        entry.leaf = h.sha(b"\x00" + entry.line)
        if entry.incident is not None:
            chains[entry.incident] = (event["iseq"] + 1, entry.leaf)

    def _seal(self, entry: Entry) -> None:
        super()._seal(entry)
        for (of, name), text in self.raw.items():
            if of is entry:
                entry.texts[name] = h.b64url(text)

    def members(self, **options: Any) -> dict[str, bytes]:
        members = super().members(**options)
        policies = [entry.body for entry in self.entries if entry.type == "policy.set"]
        books = [as_read(entry) for entry in self.entries if entry.type == "codebook.defined"]
        return {**members, "data/policies.json": h.jcs({"policies": policies}), "data/codebooks.json": h.jcs({"codebooks": books})}

    def muted(self) -> set[int]:
        return super().muted() | {entry.seq for entry in self.entries if entry in self.unseen}


def as_read(book: Entry) -> dict[str, Any]:
    """The codebook as people read it, with the numbers of its event."""
    return {**h.CODEBOOK, "distances": book.body["distances"], "grades": book.body["grades"]}


def vouching(_log: Log, book: Entry) -> str:
    """The hash by which a codebook's event vouches for it."""
    return h.sha(h.jcs(as_read(book))).hex()


@dataclass(frozen=True)
class Case:
    """One rule, the sentence that says it is broken, and what else must be noticed with it."""

    name: str
    steps: Callable[[Forged], Steps]
    check: str
    sentence: str
    also: tuple[str, ...]


class Table(list[Case]):
    """The cases of one file, in the order of the verdicts that they bring about."""

    def case(self, check: str, sentence: str, *, also: tuple[str, ...] = (), **given: Any) -> Callable[[Any], Any]:
        """The history below, with these values, breaks this check with exactly this sentence."""

        def note(steps: Callable[..., Steps]) -> Callable[..., Steps]:
            told = [str(value).replace(" ", "-") for value in given.values()]
            self.append(Case(":".join([steps.__name__, *told]), partial(steps, **given), check, sentence, also))
            return steps

        return note

    @property
    def names(self) -> list[str]:
        return [case.name for case in self]


def assert_told_apart(case: Case, folder: Path) -> None:
    """The lawful history holds; with one line changed the check fails at the event, with the sentence of its rule."""
    log = Forged()
    steps = case.steps(log)
    assert next(steps) is None
    assert_holds(log, folder)
    entry = next(steps)
    assert entry is not None
    found = failures(log.write(folder / "changed.zip"))
    mine = [line for line in found if line.split()[1] == case.check]
    assert mine == [f"FAIL {case.check} seq {entry.seq}: {case.sentence}"]
    assert checks(found) == {case.check, *case.also}


# --- pieces of histories that only these tests need --------------------------------------------------------------


def abandon(log: Log, name: str, number: int, **lists: Any) -> Entry:
    """The round closes without a result; whoever abstained, recused themselves or was released is listed."""
    people = {answer: partial(_who, answer) for answer in ("abstained", "recused", "released")}
    closed = h.close(log, name, number, [], "abandoned", **people | lists)
    closed.who, closed.role = "Marj", "lead"
    return closed


def _who(answer: str, log: Log, closing: Entry) -> list[str]:
    """The people who last answered so in the round that closes here."""
    last: dict[str, str] = {}
    for entry in log.entries[: closing.seq]:
        if entry.incident == closing.incident and entry.type.startswith("reviewer.") and entry.body.get("round") == closing.body["round"]:
            who = entry.body.get("who") or h.pseudonym(entry.who or "", entry.incident or "")
            last[who] = entry.type.partition(".")[2]
    return sorted(who for who, answered in last.items() if answered == answer)


def panel(log: Log, place: str = "Tel Asmar") -> str:
    """An incident whose first round is open and has its three people."""
    name = h.incident(log, place)
    h.open_round(log, name, 1)
    for who in PANEL:
        h.assign(log, name, 1, who)
    return name


def votes(log: Log, name: str, number: int = 1) -> list[Entry]:
    """All three say the same."""
    return [h.vote(log, name, number, who, "fair", FAIR) for who in PANEL]


def agree(log: Log, name: str, live: list[Entry], number: int = 1, **lists: Any) -> Entry:
    """The round closes on these votes, all alike, and its grade is proposed."""
    closed = h.close(log, name, number, live, "agreed", "fair", FAIR, **lists)
    h.propose(log, name, 1, "fair", FAIR, number, None, [])
    return closed


def imported(log: Log) -> Entry:
    """An incident of the old archive, without claims and sources."""
    body = {"stream": "karsian-air-force", "source": "csv"}
    return log.add("incident.imported", "Osei", h.incident_id("Karsa"), body, facts={}, exact=None, row={"code": "KS001"})


def answer(log: Log, name: str, verb: str, who: str) -> Entry:
    """What becomes of this person in the first round."""
    if verb == "assigned":
        return h.assign(log, name, 1, who)
    if verb == "released":
        return log.add("reviewer.released", "Marj", name, {"round": 1, "who": h.pseudonym(who, name)}, reason=None)
    return log.add(f"reviewer.{verb}", who, name, {"round": 1}, reason=None)


def before(log: Log, later: Entry, entry: Entry) -> Entry:
    """Move an entry, or slip it in, before a later one."""
    if entry in log.entries:
        log.drop(entry)
    log.entries.insert(log.entries.index(later), entry)
    return entry
