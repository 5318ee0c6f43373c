"""Goal 11: a signed checkpoint of a large log beside one of a small log, and the heads leaf of a large desk.

Over ten million leaves what a checkpoint is made of is timed alone: the edge, its root, the signature, the text.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median

from sqlalchemy import select

from review import create_app
from review.actions import checkpoints, claims, log, sources
from review.audit.note import Checkpoint
from review.audit.subtrees import StoredTree
from review.audit.tree import Edge
from review.extensions import db
from review.models import Incident, session
from review.queries.by_email import person_of
from review.rules.permissions import Actor
from tests import builders
from tests.bench.report import Line, Report, alternately
from tests.bench.shape import Place

GOAL, HEADS_SECONDS, CHANGED, TIMES = 2.0, 0.1, 1_000, 20
FEW, MANY = 1_023, 10_485_759  # as many peaks as any log of its size has


def pure(report: Report) -> None:
    """What is computed of a checkpoint, at a thousand and at ten million leaves."""
    large, small, ratio = alternately(lambda: _signed(MANY), lambda: _signed(FEW))
    report.say(Line("11 edge, root, signature, 10 M to 1 k leaves", f"{large:.3f} ms", f"{small:.3f} ms", ratio, GOAL, at_least=False))


def _signed(size: int) -> float:
    edge, seed = Edge(size, [secrets.token_bytes(32) for _bit in range(size.bit_count())]).to_list(), secrets.token_bytes(32)
    return _milliseconds(lambda: Checkpoint("bench.invalid/log", size, Edge.from_list(size, edge).root()).signed(seed).text)


def run(report: Report, engine: str, small: Place, large: Place) -> None:
    """A whole checkpoint, from the head of the log to the commit; proofs under it; the heads leaf."""
    grown, before, ratio = alternately(lambda: _published(large), lambda: _published(small))
    sizes = f"{small.size:,} to {large.size:,}"
    report.say(Line(f"11 checkpoint published, {engine}, {sizes}", f"{grown:.1f} ms", f"{before:.1f} ms", ratio, GOAL, at_least=False))
    _proofs(report, engine, large)
    _heads(report, engine, large)


def _published(place: Place) -> float:
    with _open(place) as actor:
        spent = []
        for _time in range(TIMES):
            claims.receive_claim(actor, text="One entry more.", language="en")
            spent.append(_milliseconds(checkpoints.publish_checkpoint, times=1))
        return median(spent)


def _proofs(report: Report, engine: str, large: Place) -> None:
    with _open(large):
        size = session.connection().exec_driver_sql("SELECT max(size) FROM checkpoint").scalar_one()
        bare = _milliseconds(lambda: StoredTree(session, size).inclusion_path(size // 3), times=1)
        checkpoints.keep_stretches()
        kept = _milliseconds(lambda: StoredTree(session, size).inclusion_path(size // 3), times=TIMES)
    report.say(Line(f"- one proof of {size:,} leaves, stretches kept, {engine}", f"{kept:.1f} ms", f"not kept {bare:.0f} ms", kept / bare, 0.5, at_least=False))


def _heads(report: Report, engine: str, large: Place) -> None:
    with _open(large) as actor:
        first = _milliseconds(log.record_heads, times=1) / 1000
        names = list(session.scalars(select(Incident.name).where(Incident.shown_count.is_(None)).limit(CHANGED)))
        spent = []
        for turn in range(3):
            for name in names:
                sources.attach_source(actor, name, draft=builders.draft(100 + turn))
            spent.append(_milliseconds(log.record_heads, times=1) / 1000)
    seconds = median(spent)
    name = f"11 heads leaf, {large.size:,} incidents, {len(names):,} changed, {engine}"
    report.say(Line(name, f"{seconds:.3f} s", f"the first {first:.2f} s", seconds, HEADS_SECONDS, at_least=False))


@contextmanager
def _open(place: Place) -> Iterator[Actor]:
    """One of the desks in this process, with somebody who writes there."""
    with create_app(dict(place.environment)).app_context():
        yield Actor(person_of("enterer@bench.invalid") or 0, "reviewer", "Enterer")
        db.session.remove()
        db.engine.dispose()


def _milliseconds(step: Callable[[], object], times: int = TIMES) -> float:
    spent = []
    for _time in range(times):
        start = time.perf_counter()
        step()
        spent.append((time.perf_counter() - start) * 1000)
    return median(spent)
