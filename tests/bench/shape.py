"""Goals 2, 3, 4 and 10: a large desk beside a small one, a deep page beside the first, readers beside voters."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench import desk
from tests.bench.load import Measured, Request
from tests.bench.load import run as load
from tests.bench.report import Line, Report, alternately
from tests.bench.servers import serving

PAGE_GOAL, INCIDENT_GOAL, DEPTH_GOAL, BESIDE_GOAL = 1.3, 1.4, 2.0, 2.0
VOTERS = 4
LISTS = ("/desk/incidents", "/incidents")


@dataclass(frozen=True)
class Place:
    """A desk that is served: how large, its incidents and voters, the settings of its server."""

    size: int
    filled: desk.Filled
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Served:
    """One of the two desks while it is served, with somebody signed in."""

    place: Place
    base: str
    who: desk.SignedIn
    seconds: int
    folder: Path

    def milliseconds(self, path: str) -> float:
        return self.measured(path).p50

    def measured(self, path: str) -> Measured:
        page = [Request(path, cookie=self.who.cookie)]
        return load(self.base, page, connections=4, seconds=self.seconds, folder=self.folder)


def run(report: Report, engine: str, small: Place, large: Place, seconds: int, folder: Path) -> None:
    """Both desks served side by side and asked in turn."""
    with beside(small, large, seconds, folder) as (few, many):
        _sizes(report, engine, few, many)
        _depths(report, engine, many)
        _beside_voters(report, engine, many)


@contextmanager
def beside(small: Place, large: Place, seconds: int, folder: Path) -> Iterator[tuple[Served, Served]]:
    """Two desks, each served, with somebody signed in at each."""
    with serving("wsgi:app", small.environment) as one, serving("wsgi:app", large.environment) as other:
        yield (
            Served(small, one, desk.sign_in(one, small.filled.emails[0]), seconds, folder),
            Served(large, other, desk.sign_in(other, large.filled.emails[0]), seconds, folder),
        )


def _deep(path: str, size: int) -> str:
    """The page behind nine tenths of a list that begins with the newest."""
    return f"{path}?before={size // 10}"


def _sizes(report: Report, engine: str, few: Served, many: Served) -> None:
    sizes = f"{few.place.size:,} to {many.place.size:,}"
    pages = {
        "2 queue, first page": ("/desk/incidents", "/desk/incidents", PAGE_GOAL),
        "2 queue, 90 % deep": (*(_deep("/desk/incidents", one.place.size) for one in (few, many)), PAGE_GOAL),
        "3 incident page": (*(f"/desk/incidents/{one.place.filled.refs[3][0]}" for one in (few, many)), INCIDENT_GOAL),
    }
    for name, (path, its, goal) in pages.items():
        grown, before, ratio = alternately(lambda its=its: many.milliseconds(its), lambda path=path: few.milliseconds(path))
        report.say(
            Line(f"{name}, {engine}, {sizes}", f"{grown:.1f} ms", f"{before:.1f} ms", ratio, goal, at_least=False)
        )


def _depths(report: Report, engine: str, many: Served) -> None:
    for path in LISTS:
        deep = _deep(path, many.place.size)
        below, first, ratio = alternately(lambda deep=deep: many.milliseconds(deep), lambda path=path: many.milliseconds(path))
        report.say(
            Line(f"4 {path}, 90 % deep, {engine}", f"{below:.1f} ms", f"first {first:.1f} ms", ratio, DEPTH_GOAL, at_least=False)
        )


def _beside_voters(report: Report, engine: str, many: Served) -> None:
    emails = many.place.filled.emails
    signed_in = {email: desk.sign_in(many.base, email) for email in emails}
    requests = desk.votes(many.place.filled, signed_in)

    def beside() -> float:
        voting = threading.Thread(target=_vote, args=(many, requests))
        voting.start()
        taken = many.measured("/desk/incidents").p95
        voting.join()
        return taken

    busy, quiet, ratio = alternately(beside, lambda: many.measured("/desk/incidents").p95)
    report.say(
        Line(f"10 queue p95 beside {VOTERS} voters, {engine}", f"{busy:.1f} ms", f"alone {quiet:.1f} ms", ratio, BESIDE_GOAL, at_least=False)
    )


def _vote(many: Served, requests: list[Request]) -> None:
    folder = many.folder / "voters"
    folder.mkdir(exist_ok=True)
    load(many.base, requests, connections=VOTERS, seconds=many.seconds + 1, folder=folder)
