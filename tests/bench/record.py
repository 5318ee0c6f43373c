"""The public record: its months, the lists behind its numbers and their map, on a large desk beside one of ten thousand."""

from __future__ import annotations

from tests.bench.report import Line, Report, alternately
from tests.bench.shape import Served

GOAL = 1.5  # p95 to p95
PARTY = "party=velmar+guard"
PAGES = {
    "by month": "/record",
    "of one party": f"/record?{PARTY}&grade=contested&grade=fair",
    "list": f"/record/incidents?{PARTY}&grade=fair",
    "list of one month": "/record/incidents?month=2024-05&grade=all",
    "list, deep": "/record/incidents?grade=all&before=2022-01.9000",
    "filtered map": f"/record/map?{PARTY}&grade=fair",
}


def run(report: Report, engine: str, some: Served, many: Served) -> None:
    """Every page of the record at both sizes, asked in turn."""
    sizes = f"{some.place.size:,} to {many.place.size:,}"
    for name, path in PAGES.items():
        grown, before, ratio = alternately(lambda path=path: many.measured(path).p95, lambda path=path: some.measured(path).p95)
        title = f"record {name}, p95, {engine}, {sizes}"
        report.say(Line(title, f"{grown:.1f} ms", f"{before:.1f} ms", ratio, GOAL, at_least=False))
