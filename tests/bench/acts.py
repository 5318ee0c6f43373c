"""Goal 8: an action with its sealed event, beside the same write without one, and beside SQLAlchemy-Continuum."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

from flask import Flask
from sqlalchemy import create_engine, select, text

from review.actions import act as doorway
from review.actions import votes
from review.extensions import db
from review.models import Person
from review.rules.permissions import Actor
from tests import builders
from tests.bench import continuum
from tests.bench.desk import Filled
from tests.bench.report import Line, Report, alternately

GOAL, CONTINUUM_GOAL = 0.65, 2.0
ACTS = 150


def run(report: Report, engine: str, app: Flask, filled: Filled, yardstick_url: str) -> None:
    """Votes by one person after another, in this process."""
    _plain_table(app)
    with app.app_context():
        people = {
            email: Actor(person, role, name)
            for email, person, role, name in db.session.execute(
                select(Person.email, Person.id, Person.role, Person.name)
            )
        }
        targets = [
            (ref, people[email], builders.row(ref).evidence)
            for ref, _evidence, emails in filled.refs[:ACTS]
            for email in emails
        ]
        numbers = count()

        def with_event() -> float:
            return _rate(lambda place: _vote(targets, place, next(numbers)))

        def without() -> float:
            with _no_trail():
                return _rate(lambda place: _vote(targets, place, next(numbers)))

        rate, bare, ratio = alternately(with_event, without)
        report.say(Line(f"8 an act with its event, {engine}", f"{rate:.0f}/s", f"without {bare:.0f}/s", ratio, GOAL))
        rate, foreign, ratio = alternately(with_event, lambda: continuum.rate(yardstick_url, ACTS))
        name = f"8 an act with its event beside Continuum, {engine}"
        report.say(Line(name, f"{rate:.0f}/s", f"Continuum {foreign:.0f}/s", ratio, CONTINUUM_GOAL))


def _vote(targets: list[tuple[str, Actor, str]], place: int, number: int) -> None:
    ref, actor, evidence = targets[place % len(targets)]
    given = builders.ballot(rationale=f"Two accounts of their own, reading {number}.")
    votes.cast_vote(actor, ref, 1, ballot=given, seen=evidence)


def _rate(once: Callable[[int], object]) -> float:
    start = time.perf_counter()
    for place in range(ACTS):
        once(place)
    return ACTS / (time.perf_counter() - start)


@contextmanager
def _no_trail() -> Iterator[None]:
    """The same act, read and judged and committed alike, with one plain row and nothing numbered, sealed or chained."""
    whole = doorway.append_all

    def plain_row(act: doorway.Act) -> None:
        for row, _event in act.rows:
            values = {"incident": act.incident.id, "round": row.round, "voter": row.voter, "evidence": row.evidence}
            db.session.execute(PLAIN_INSERT, values)

    doorway.append_all = plain_row
    try:
        yield
    finally:
        doorway.append_all = whole


PLAIN_TABLE = (
    "CREATE TABLE IF NOT EXISTS bench_vote (incident integer, round integer, voter varchar(16), evidence varchar(44))"
)
PLAIN_INSERT = text("INSERT INTO bench_vote VALUES (:incident, :round, :voter, :evidence)")


def _plain_table(app: Flask) -> None:
    owner = create_engine(app.config["MIGRATION_DATABASE_URL"])
    with owner.begin() as connection:
        connection.execute(text(PLAIN_TABLE))
        if connection.dialect.name == "postgresql":
            connection.execute(text("GRANT ALL ON bench_vote TO PUBLIC"))
    owner.dispose()
