"""Which withheld leaf has no reason where it stands: many at once as the verifier counts them, and one by one."""

from __future__ import annotations

import random

import pytest

from review.audit import verify
from tests.audit import histories as h

Runs = list[tuple[int, int]]
Spans = list[tuple[int, int, int]]
OPEN = verify.MAX_INT


def one_by_one(runs: Runs, spans: Spans, fixed: int) -> tuple[int | None, int]:
    """Each leaf goes to the gap that ends first, of those around it that have room; one that is open always has."""
    room = [[end, low, count] for low, end, count in spans]
    found, counted = None, 0
    for seq in (seq for start, end in runs for seq in range(start, end)):
        fitting = sorted(one for one in room if one[1] < seq < one[0] and one[2] > 0)
        if not fitting:
            found = seq if found is None else found
        elif fitting[0][0] != OPEN:
            fitting[0][2] -= 1
            counted += seq > fixed
    return found, counted


def drawn(die: random.Random) -> tuple[Runs, Spans]:
    places = sorted(die.sample(range(40), 8))
    spans = []
    for _ in range(die.randrange(5)):
        low = die.randrange(35)
        spans.append((low, low + die.randrange(2, 12), die.randrange(1, 5)))
    if die.random() < 0.3:
        spans.append((die.randrange(40), OPEN, OPEN))
    return list(zip(places[::2], places[1::2], strict=True)), spans


@pytest.mark.parametrize("seed", range(8))
def test_many_at_once_and_one_by_one(seed: int) -> None:
    die = random.Random(seed)
    verifier = verify.Verifier(h.KEY, [], None)
    for _ in range(60):
        verifier.runs, verifier.replay.gaps = drawn(die)
        fixed = die.randrange(-1, 40)
        assert verifier._unexplained(fixed) == one_by_one(verifier.runs, verifier.replay.gaps, fixed)
