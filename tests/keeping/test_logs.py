"""The log: 30 days of it, and of a failure where and what kind, never what it quotes."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from review import clock, config, jobs, logs
from review.extensions import db
from review.models import session
from tests import builders

NOON = datetime(2031, 5, 1, 12, tzinfo=UTC)
NAMED = "Mara Teske <mara.teske@desk.invalid>"


def kept(day: str) -> str:
    return (config.home() / "logs" / f"{day}.log").read_text()


@pytest.mark.parametrize(
    "line, bare",
    [
        ("mail to mara.teske@desk.invalid failed", "mail to [mail] failed"),
        ("Invalid request from ip=192.0.2.77: bad", "Invalid request from ip=[address]: bad"),
        ("from 2001:db8::17 again", "from [address] again"),
        ("Error handling request POST /reset/aaa?b=c", "Error handling request POST [path]"),
        ("2031-05-01T12:00:00Z INFO review.jobs: nothing", "2031-05-01T12:00:00Z INFO review.jobs: nothing"),
    ],
)
def test_addresses_are_taken_out_of_a_line(line: str, bare: str) -> None:
    assert logs.masked(line) == bare


def test_a_failure_is_logged_without_what_it_quotes(desk: Flask) -> None:
    with clock.reading(lambda: NOON):
        try:
            raise ValueError(NAMED)
        except ValueError:
            logging.getLogger("review.jobs").exception("a job failed")
    line = kept("2031-05-01")
    assert "a job failed" in line
    assert "test_logs.py" in line
    assert line.rstrip().endswith("ValueError")
    assert "Mara" not in line


def test_a_statement_that_fails_quotes_no_row(desk: Flask, engine_name: str) -> None:
    people = builders.desk(desk)
    statement = text("INSERT INTO person (email, name, active, log_name) VALUES (:email, :name, true, 'x')")
    values = {"email": builders.address(people.lead.name), "name": people.lead.name}
    with clock.reading(lambda: NOON):
        try:
            with db.engine.begin() as connection:
                connection.execute(statement, values)
        except Exception:
            logging.getLogger("review").exception("a statement failed")
    line = kept("2031-05-01")
    assert "IntegrityError (" + ("23505" if engine_name == "postgresql" else "SQLITE_CONSTRAINT") in line
    assert people.lead.name.split()[0].casefold() not in line.casefold()


def test_a_page_that_breaks_is_named_by_its_page_and_not_by_its_address(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_values: object) -> str:
        raise RuntimeError(NAMED)

    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setitem(app.view_functions, "signing_in.reset", broken)
    with clock.reading(lambda: NOON):
        assert client.get("/reset/a-token-that-is-secret").status_code == 500
    line = kept("2031-05-01")
    assert "a page failed: GET signing_in.reset" in line
    assert "secret" not in line
    assert "Mara" not in line


def test_refusals_are_kept_for_thirty_days(desk: Flask) -> None:
    people = builders.desk(desk)
    ref = builders.opened(people)
    with clock.reading(lambda: NOON):
        from review.actions import streams
        from review.rules.errors import Forbidden

        with pytest.raises(Forbidden):
            streams.switch_stream(people.admin, people.stream, mode="paused", reason="No.")
    assert ref
    line = f"refused verb=switch_stream person={people.admin.person} requirements=right"
    assert line in kept("2031-05-01")
    with clock.reading(lambda: NOON + timedelta(days=30)):
        jobs.sweep()
        assert line in kept("2031-05-01")
    with clock.reading(lambda: NOON + timedelta(days=31)):
        jobs.sweep()
    assert not (config.home() / "logs" / "2031-05-01.log").exists()
    session.rollback()


def test_only_its_owner_reads_the_log(desk: Flask) -> None:
    logging.getLogger("review").warning("something")
    folder: Path = config.home() / "logs"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
