"""Goal 5: a search, newest first, for rare, middling and common words, on a large desk beside one of ten thousand."""

from __future__ import annotations

from tests.bench.report import Line, Report, alternately
from tests.bench.shape import Served

GOAL = 3.0
# Of the archive's places and codes: one incident, one in a hundred, one in six.
WORDS = {"rare": "AR4711", "middling": "hasel+42", "common": "hasel"}
LISTS = {"the desk": "/desk/incidents", "the public": "/incidents"}


def run(report: Report, engine: str, some: Served, many: Served) -> None:
    """The p95 of the list that answers, for somebody of the desk and for everybody."""
    sizes = f"{some.place.size:,} to {many.place.size:,}"
    for whose, path in LISTS.items():
        for kind, words in WORDS.items():
            asked = f"{path}?q={words}"
            grown, before, ratio = alternately(
                lambda asked=asked: many.measured(asked).p95, lambda asked=asked: some.measured(asked).p95, rounds=3
            )
            name = f"5 {kind} words, {whose}, {engine}, {sizes}"
            report.say(Line(name, f"{grown:.1f} ms", f"{before:.1f} ms", ratio, GOAL, at_least=False))
