"""The indexes of words against the texts: nothing to say of a desk as it is, a sentence for each that lacks a word."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from review.actions.checks import snapshot
from review.audit.fsck import words as checking
from review.models import Incident, session
from tests import builders, engines, staffing
from tests.builders import Desk
from tests.clocks import Clock

Run = Callable[[str], None]
INDEXES = {
    "sqlite": {"search_text": "incident_words", "public_text": "public_words"},
    "postgresql": {"search_text": "ix_incident_words", "public_text": "ix_public_words"},
}


def two_incidents(desk: Desk, _time: Clock | None) -> tuple[str, str]:
    """One that is published, and one that the desk alone has, in another script."""
    published = builders.published(desk)
    later = builders.opened(desk, codes=("KV413",), summary="مخبز قرب مرج علوان")
    return published, later


@pytest.fixture
def filling() -> staffing.Filling:
    return two_incidents


@pytest.fixture
def run(request: pytest.FixtureRequest, staffed: Desk, engine_name: str) -> Run:
    """Statements of the owner, or of whoever may do anything, in a transaction of their own."""
    url = staffed.app.config["MIGRATION_DATABASE_URL"]
    cluster: engines.Cluster | None = request.getfixturevalue("cluster") if engine_name == "postgresql" else None

    def owner(statement: str) -> None:
        session.rollback()
        if cluster is not None:
            cluster.run(statement, url.rpartition("/")[2])
            return
        engine = create_engine(url, poolclass=NullPool)
        with engine.begin() as connection:
            connection.execute(text(statement))
        engine.dispose()

    return owner


@contextmanager
def asleep(run: Run, engine: str, index: str) -> Iterator[None]:
    """A while in which the index takes up nothing."""
    if engine == "postgresql":
        set_ready = "UPDATE pg_index SET indisready = {} WHERE indexrelid = '{}'::regclass"
        run(set_ready.format("false", index))
        yield
        run(set_ready.format("true", index))
        return
    session.rollback()
    trigger = session.scalar(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": f"{index}_change"})
    run(f"DROP TRIGGER {index}_change")
    yield
    run(trigger)


def said() -> list[str]:
    session.rollback()
    found = list(checking.indexes(session))
    session.rollback()
    return found


def test_an_index_that_leads_to_every_word_is_not_named(staffed: Desk) -> None:
    assert said() == []
    session.rollback()
    assert all(session.execute(select(Incident.search_text != "")).scalars())


@pytest.mark.parametrize("column", ["search_text", "public_text"])
def test_an_incident_that_an_index_does_not_lead_to_is_named(
    staffed: Desk, filled: tuple[str, str], run: Run, engine_name: str, column: str
) -> None:
    """The text has other words than the index knows of, as after a fault of the index or a hand in the database."""
    name, index = builders.row(filled[0]).name, INDEXES[engine_name][column]
    other = "INSERT INTO {0} ({0}) VALUES ('rebuild')" if engine_name == "sqlite" else "REINDEX INDEX {0}"
    anew = other.format(index)
    with asleep(run, engine_name, index):
        run(f"UPDATE incident SET {column} = {column} || ' schoolhouse' WHERE name = '{name}'")
    assert said() == [
        f"The index {index} does not lead to the words of the incidents. As the owner run: {anew}",
        f"{name}: its words in the index {index} are not those of its text.",
    ]
    run(anew)
    assert said() == []


@pytest.mark.parametrize("column", ["search_text", "public_text"])
def test_an_index_that_is_gone_or_another_is_named(staffed: Desk, run: Run, engine_name: str, column: str) -> None:
    index = INDEXES[engine_name][column]
    if engine_name == "sqlite":
        gone, other = f"DROP TABLE {index}", f"CREATE VIRTUAL TABLE {index} USING fts5({column}, content='incident')"
    else:
        gone, other = f"DROP INDEX {index}", f"CREATE INDEX {index} ON incident ({column})"
    run(gone)
    assert said() == [f"The index {index} is gone: incidents are no longer found by their words. Bring back a backup."]
    run(other)
    assert said() == [f"The index {index} is not the one that was made: words may lead to nothing. Bring back a backup."]


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_an_index_that_was_never_finished_is_named(staffed: Desk, run: Run) -> None:
    run("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_incident_words'::regclass")
    assert [one.partition(":")[0] for one in said()] == ["The index ix_incident_words is not the one that was made"]


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_an_index_that_names_what_there_is_not_is_named(staffed: Desk, run: Run) -> None:
    """It would cost time and show nothing; its words may be ones that were removed for good."""
    run("INSERT INTO incident_words (rowid, search_text) VALUES (4711, 'schoolhouse')")
    assert said()[1:] == ["The index incident_words names 1 incidents that there are not, or that have no text."]


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_of_a_large_desk_other_pieces_are_asked_every_day(
    staffed: Desk, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And never for more rows than there are, whatever the size of the desk."""
    monkeypatch.setattr(checking, "FEWEST", 3)
    every = {f"{number:03}": checking.HALF for number in range(200)}
    days = []
    for _day in range(2):
        days.append(set(checking._some(every)))
        time.at += timedelta(days=1)
    assert [len(some) for some in days] == [4, 4] and days[0] != days[1]


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_an_index_is_asked_and_no_table_walked(staffed: Desk) -> None:
    session.rollback()
    index = checking._Within(session, checking.DESK, "ix_incident_words")
    rows = session.connection().execute(text(f"EXPLAIN {index.summed.text}"), {"pieces": ["gra"]})
    plan = "\n".join(rows.scalars())
    index.close()
    assert "Bitmap Index Scan on ix_incident_words" in plan
    assert session.connection().exec_driver_sql("SHOW enable_seqscan").scalar() == "on"
    session.rollback()


def test_the_check_of_every_night_may_only_read_and_says_the_same(staffed: Desk, run: Run, engine_name: str) -> None:
    index = INDEXES[engine_name]["search_text"]
    with asleep(run, engine_name, index):
        run("UPDATE incident SET search_text = search_text || ' schoolhouse'")
    wanted = said()
    assert len(wanted) == 3
    with snapshot(session.get_bind()) as reading:
        assert list(checking.indexes(reading)) == wanted
        with pytest.raises(DBAPIError):
            reading.execute(text("DELETE FROM draft"))
