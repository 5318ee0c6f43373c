"""Claims in a log that is judged again: each under its own name, and in one place at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

RECEIVED = "claim.received"
# Type -> what a claim must be for it, and what it is then.
STEPS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "claim.grouped": (("received",), "grouped"),
    "claim.ungrouped": (("grouped",), "received"),
    "claim.duplicated": (("received",), "duplicated"),
    "claim.dismissed": (("received",), "dismissed"),
    "claim.withdrawn": (("received",), "withdrawn"),
    "claim.restored": (("duplicated", "dismissed", "withdrawn"), "received"),
}


class Claiming:
    """What every claim is, by the seq of its receipt, as far as the log has been told."""

    def __init__(self) -> None:
        self._claims: dict[int, str] = {}
        self._names: set[str] = set()

    def meet(self, seq: int, type_: str, body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Take one event of a claim into account; what does not hold of it, by name and in a sentence."""
        if type_ == RECEIVED:
            yield from self._received(seq, body["claim"])
            return
        if body.get("of") is not None and body["of"] not in self._claims:
            yield "reference", "the other claim that it names is not here"
        wanted, becomes = STEPS[type_]
        have = self._claims.get(body["claim"])
        if have is None:
            yield "reference", "the claim that it refers to is not here"
        elif have not in wanted:
            yield "claim", f"a claim that is {have} cannot become {becomes}"
        self._claims[body["claim"]] = becomes

    def _received(self, seq: int, name: str) -> Iterator[tuple[str, str]]:
        if name in self._names:
            yield "claim", "another claim has its name already"
        self._names.add(name)
        self._claims[seq] = "received"
