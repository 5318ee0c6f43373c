"""The tally and the requirement list of an incident with 112 sources and 7 votes: under a millisecond."""

from __future__ import annotations

import time
from dataclasses import replace

from review.rules.dossier import Dossier
from review.rules.permissions import Actor
from review.rules.requirements import requirements
from review.rules.rounds import tally_of
from review.rules.viewers import Viewer
from tests.bench.report import Line, Report
from tests.rules import cases

LIMIT_MS = 1.0
TIMES = 200


def run(report: Report) -> None:
    dossier = large(sources=112, people=7)
    viewer = Viewer(Actor(99, "lead", "A lead"), "leadleadleadlead")
    spent = min(_milliseconds(dossier, viewer) for _round in range(5))
    report.say(
        Line(
            "- tally and requirement list, 112 sources, 7 votes",
            f"{spent:.3f} ms",
            "1 ms",
            spent,
            LIMIT_MS,
            at_least=False,
        )
    )


def large(sources: int, people: int) -> Dossier:
    """An incident awaiting approval with so many sources and live votes."""
    case = cases.Case().open()
    for _source in range(sources):
        case.attach("dara")
    voters = [f"voter{number}" for number in range(people)]
    case.start(*voters)
    for who in voters:
        case.cast(who, "fair")
    return case.close().dossier


def _milliseconds(dossier: Dossier, viewer: Viewer) -> float:
    start = time.perf_counter()
    for _time in range(TIMES):
        fresh = replace(dossier)  # nothing remembered from the time before
        tally_of(fresh, 1)
        requirements("approve", fresh, viewer)
    return (time.perf_counter() - start) * 1000 / TIMES
