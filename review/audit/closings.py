"""What the close of a round had to be, judged again: every vote in its list, and the result that they amount to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from review.rules import rounds
from review.rules.dossier import Dossier, Record
from review.rules.facts import Casualties

Finding = tuple[str, str]  # the name of what does not hold, and a sentence


def closed(record: Record, dossier: Dossier) -> Iterator[Finding]:
    """Each list holds the votes or the people that belong there (AUDIT-FORMAT section 11, "The close")."""
    body = record.body
    if dossier.open_round is None or dossier.open_round.number != body["round"]:
        yield "round-open", "the round that it names is not open"
        return
    held = {"commits": "live", "superseded": "replaced", "withdrawn": "withdrawn", "excluded": "excluded"}
    votes = [vote for vote in dossier.votes if vote.round == body["round"]]
    expected: dict[str, list[Any]] = {
        name: sorted(vote.seq for vote in votes if vote.state == state) for name, state in held.items()
    }
    if body["result"] == "abandoned":
        yield from _given_up(body, expected)
        expected = {}
    for answer in ("abstained", "recused", "released"):
        expected[answer] = sorted(dossier.open_round.people(answer))
    for name, wanted in expected.items():
        if list(body[name]) != wanted:
            yield "close", f"its {name} are not the round's"


def _given_up(body: Mapping[str, Any], held: Mapping[str, list[int]]) -> Iterator[Finding]:
    """None is revealed, each stands in one list; in which one that was live is left open."""
    if body["commits"]:
        yield "close", "an abandoned round reveals nothing"
    lists = ("superseded", "withdrawn", "excluded")
    if any(not set(held[name]).issubset(body[name]) for name in lists):
        yield "close", "a vote of the round is dropped or misplaced"
    if sorted(one for name in lists for one in body[name]) != sorted(one for votes in held.values() for one in votes):
        yield "close", "its lists do not hold every vote of the round once"


def tallied(closing: Record, dossier: Dossier) -> Iterator[Finding]:
    """What does not hold of a close, once all its votes are revealed."""
    body = closing.body
    counted = rounds.tally_of(dossier, body["round"])
    result = "disputed" if counted.result == "open" else counted.result
    claimed = Casualties.from_dict(body["range"]) if body["range"] is not None else None
    if (body["result"], body["grade"], claimed) != (result, counted.grade, counted.casualties):
        yield "agreement", "its result is not what the votes amount to"
