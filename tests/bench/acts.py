"""Goal 8: an action with its sealed event, beside the same write without one, and beside SQLAlchemy-Continuum.

Without, in two readings. Both read, judge and commit alike, and number, seal and chain nothing. The bare one writes a
single row of four columns; the plain one writes down whatever the act has to say and to do: the fact with the words of
the ballot in clear, the count on its incident, the job that will close the round.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from json import dumps

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

        def without(written: Callable[[doorway.Act], None]) -> float:
            with _no_trail(written):
                return _rate(lambda place: _vote(targets, place, next(numbers)))

        rate, bare, ratio = alternately(with_event, lambda: without(_bare_row))
        name = f"8 an act with its event, beside one bare row, {engine}"
        report.say(Line(name, f"{rate:.0f}/s", f"without {bare:.0f}/s", ratio, GOAL))
        rate, plain, ratio = alternately(with_event, lambda: without(_plain_copies))
        name = f"8 an act with its event, beside the same plain, {engine}"
        report.say(Line(name, f"{rate:.0f}/s", f"plain {plain:.0f}/s", ratio, GOAL))
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
def _no_trail(written: Callable[[doorway.Act], None]) -> Iterator[None]:
    """The same act, read and judged and committed alike, and in place of its end what is `written`."""
    whole = doorway.append_all
    doorway.append_all = written
    try:
        yield
    finally:
        doorway.append_all = whole


def _bare_row(act: doorway.Act) -> None:
    for row, _event in act.rows:
        values = {"incident": act.incident.id, "round": row.round, "voter": row.voter, "evidence": row.evidence}
        db.session.execute(BARE, values)


def _plain_copies(act: doorway.Act) -> None:
    incident = act.incident
    for row, event in act.rows:
        fact = {"incident": incident.id, "round": row.round, "voter": row.voter, "evidence": row.evidence}
        said = {name: dumps(event.sealed[name]) for name in WORDS}
        db.session.execute(BALLOT, {**fact, "at": act.at.isoformat(), **said})
        db.session.execute(COUNTED, {"incident": incident.id})
        due = {"key": f"close:{incident.name}:{row.round}", "payload": dumps({"round": row.round})}
        db.session.execute(DUE, {**due, "due_at": act.at.isoformat()})


WORDS = ("grade", "range", "rationale", "sources", "departs")
PLAIN_TABLES = (
    "CREATE TABLE IF NOT EXISTS bench_vote (incident integer, round integer, voter varchar(16), evidence varchar(44))",
    "CREATE TABLE IF NOT EXISTS bench_ballot (incident integer,"
    " round integer, voter varchar(16), evidence varchar(44), at text, grade text, range text, rationale text,"
    " sources text, departs text)",
    "CREATE TABLE IF NOT EXISTS bench_incident (id integer PRIMARY KEY, count integer)",
    "CREATE TABLE IF NOT EXISTS bench_job (key varchar(120) PRIMARY KEY, payload text, due_at text)",
    "INSERT INTO bench_incident SELECT id, count FROM incident WHERE true ON CONFLICT DO NOTHING",
)
BARE = text("INSERT INTO bench_vote VALUES (:incident, :round, :voter, :evidence)")
BALLOT = text(
    "INSERT INTO bench_ballot (incident, round, voter, evidence, at, grade, range, rationale, sources, departs)"
    " VALUES (:incident, :round, :voter, :evidence, :at, :grade, :range, :rationale, :sources, :departs)"
)
COUNTED = text("UPDATE bench_incident SET count = count + 1 WHERE id = :incident")
DUE = text(
    "INSERT INTO bench_job VALUES (:key, :payload, :due_at)"
    " ON CONFLICT (key) DO UPDATE SET payload = excluded.payload, due_at = excluded.due_at"
)


def _plain_table(app: Flask) -> None:
    owner = create_engine(app.config["MIGRATION_DATABASE_URL"])
    with owner.begin() as connection:
        for statement in PLAIN_TABLES:
            connection.execute(text(statement))
        if connection.dialect.name == "postgresql":
            connection.execute(text("GRANT ALL ON bench_vote, bench_ballot, bench_incident, bench_job TO PUBLIC"))
    owner.dispose()
