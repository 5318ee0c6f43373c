"""Goals 1 and 2: a real vote beside one durable insert, the queue page beside fifty rows and a template."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.bench import desk
from tests.bench.load import Measured, Request
from tests.bench.load import run as load
from tests.bench.report import Line, Report, alternately
from tests.bench.servers import serving

VOTE_GOAL = {"sqlite": 0.50, "postgresql": 0.30}
QUEUE_GOAL = 0.50
TAIL_GOAL = 4.0
CONNECTIONS = (1, 8, 32)


def run(
    report: Report, engine: str, name: str, filled: desk.Filled, environment: Mapping[str, str], yardstick_url: str,
    seconds: int, folder: Path,
) -> None:  # fmt: skip
    """Subject and yardstick served side by side, loaded in turn."""
    yardstick = {"YARDSTICK_URL": yardstick_url}
    with serving("wsgi:app", environment) as base, serving("tests.bench.yardsticks:create()", yardstick) as other:
        signed_in = {email: desk.sign_in(base, email) for email in filled.emails}
        for connections in CONNECTIONS:
            _votes(report, engine, name, base, other, desk.votes(filled, signed_in), connections, seconds, folder)
        _queue(report, name, base, other, signed_in[filled.emails[0]], seconds, folder)


def _votes(
    report: Report, engine: str, desk_name: str, base: str, other: str, requests: list[Request], connections: int,
    seconds: int, folder: Path,
) -> None:  # fmt: skip
    taken: list[Measured] = []
    place = [0]

    def subject() -> float:
        start = place[0]
        measured = load(
            base, requests[start:] + requests[:start], connections=connections, seconds=seconds, folder=folder
        )
        place[0] = (start + int(measured.rate * seconds) + 1) % len(requests)
        taken.append(measured)
        return measured.rate

    def yardstick() -> float:
        commit = [Request("/commit", "POST")]
        return load(other, commit, connections=connections, seconds=seconds, folder=folder).rate

    rate, commits, ratio = alternately(subject, yardstick)
    name = f"1 vote POST, {desk_name}, c={connections}"
    report.say(Line(name, f"{rate:.0f}/s", f"commit {commits:.0f}/s", ratio, VOTE_GOAL[engine]))
    tail = max(measured.p99 / measured.p50 for measured in taken)
    report.say(
        Line(
            f"{name}: p99 / p50",
            f"{taken[-1].p99:.1f} ms",
            f"p50 {taken[-1].p50:.1f} ms",
            tail,
            TAIL_GOAL,
            at_least=False,
        )
    )
    refused = sum(measured.refused + measured.broken for measured in taken)
    report.say(Line(f"{name}: refused or broken", f"{refused}", "of all", refused, 0, at_least=False))


def _queue(report: Report, engine: str, base: str, other: str, who: desk.SignedIn, seconds: int, folder: Path) -> None:
    def subject() -> float:
        page = [Request("/desk/incidents", cookie=who.cookie)]
        return load(base, page, connections=8, seconds=seconds, folder=folder).rate

    def yardstick() -> float:
        return load(other, [Request("/queue")], connections=8, seconds=seconds, folder=folder).rate

    rate, rows, ratio = alternately(subject, yardstick)
    report.say(Line(f"2 queue page, {engine}, c=8", f"{rate:.0f}/s", f"queue {rows:.0f}/s", ratio, QUEUE_GOAL))
