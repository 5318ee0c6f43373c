"""Goal 9: list, open, submit, export and memory on the same number of items, both programs behind the same server."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.bench import desk
from tests.bench.load import Request
from tests.bench.load import run as load
from tests.bench.report import Line, Report, alternately
from tests.compare.keystrokes import REASON
from tests.compare.label_studio import Studio, annotation

CONNECTIONS = 8
GOALS = {"list": 20.0, "open": 20.0, "submit": 10.0, "export": 50.0}
MEMORY_GOAL = 0.4
ROUNDS = 3


@dataclass(frozen=True)
class Place:
    """Where a program answers, and the requests of each kind of work."""

    base: str
    work: Mapping[str, list[Request]]


def theirs(studio: Studio, project: int, items: int) -> Place:
    """What the pages of Label Studio ask for: fifty rows, one item, an annotation."""
    view, tasks = studio.view(project), studio.tasks(project)
    listed = f"/api/tasks?page=1&page_size=50&view={view}&project={project}"
    submitted = annotation(REASON)
    return Place(studio.base, {
        "list": [studio.ask(listed)],
        "open": [studio.ask(f"/api/tasks/{task}?project={project}") for task in tasks[:200]],
        "submit": [studio.ask(f"/api/tasks/{task}/annotations?project={project}", "POST", submitted) for task in tasks],
        "export": [studio.ask(f"/api/projects/{project}/export?exportType=JSON&download_all_tasks=true")],
    })  # fmt: skip


def ours(base: str, filled: desk.Filled) -> Place:
    """The pages of the desk themselves, whole, as they are read; a vote; the list taken as JSON."""
    signed_in = {email: desk.sign_in(base, email) for email in filled.emails}
    who = signed_in[filled.emails[0]].cookie
    auditor = desk.sign_in(base, f"{desk.AUDITOR}@bench.invalid").cookie
    return Place(base, {
        "list": [Request("/desk/incidents", cookie=who)],
        "open": [Request(f"/desk/incidents/{ref}", cookie=who) for ref, _evidence, _emails in filled.refs[:200]],
        "submit": desk.votes(filled, signed_in),
        "export": [Request("/desk/incidents.json", cookie=auditor)],
    })  # fmt: skip


def run(report: Report, engine: str, here: Place, there: Place, items: int, seconds: int, folder: Path) -> None:
    """Each kind of work in turn, both programs under the same load."""
    for name in ("list", "open", "submit"):
        rates = [lambda one=one, name=name: _rate(one, name, seconds, folder) for one in (here, there)]
        rate, other, ratio = alternately(*rates, rounds=ROUNDS)
        report.say(Line(f"9 {name}, {engine}, {items:,} items, c={CONNECTIONS}", f"{rate:.0f}/s", f"Label Studio {other:.1f}/s", ratio, GOALS[name]))
    rate, other, ratio = alternately(lambda: _exported(here), lambda: _exported(there), rounds=ROUNDS)
    report.say(Line(f"9 export over HTTP, items, {engine}", f"{rate:.0f}/s", f"Label Studio {other:.0f}/s", ratio, GOALS["export"]))
    held, other = _held(here.base), _held(there.base)
    report.say(Line(f"9 memory of a worker after it, {engine}", f"{held:.0f} MiB", f"Label Studio {other:.0f}", held / other, MEMORY_GOAL, at_least=False))


def _rate(place: Place, name: str, seconds: int, folder: Path) -> float:
    """Requests answered a second; one that was refused or broken is none."""
    measured = load(place.base, list(place.work[name]), connections=CONNECTIONS, seconds=seconds, folder=folder)
    bad = (measured.refused + measured.broken) / seconds
    if bad > measured.rate / 100 or not measured.rate:
        raise SystemExit(f"{name} at {place.base} was not answered; a busy machine needs longer --seconds: {measured}")
    return measured.rate - bad


def _exported(place: Place) -> float:
    """Items a second of the whole export, from the question to its last byte."""
    wanted = place.work["export"][0]
    asked = urllib.request.Request(place.base + wanted.path, headers={"Cookie": wanted.cookie})
    began = time.perf_counter()
    whole = urllib.request.urlopen(asked, timeout=600).read()
    taken = time.perf_counter() - began
    return len(json.loads(whole)) / taken


def _held(base: str) -> float:
    """MiB that a worker holds of its own, the mean of them; what processes share is counted in parts."""
    port = base.rpartition(":")[2]
    found = [process for process in Path("/proc").glob("[0-9]*") if _serves(process, port)]
    workers = [process for process in found if _parent(process) in {int(one.name) for one in found}]
    return sum(_pss(process) for process in workers) / len(workers) / 1024


def _serves(process: Path, port: str) -> bool:
    try:
        return f"127.0.0.1:{port}\0" in (process / "cmdline").read_text()
    except OSError:
        return False


def _parent(process: Path) -> int:
    return int((process / "stat").read_text().rpartition(")")[2].split()[1])


def _pss(process: Path) -> int:
    lines = (process / "smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
