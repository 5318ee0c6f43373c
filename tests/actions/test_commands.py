"""`flask user` and `flask import`: the machine's own way to the same actions."""

from __future__ import annotations

import gzip
import os
import sys
from pathlib import Path

import pyotp
import pytest
from click.testing import Result
from flask import Flask

from review import clock
from review.actions import invitations, second_factors, signing_in
from review.config import ENVIRONMENT, ROOT
from review.models import Person, session
from tests import newborn, trail
from tests.actions.test_imports import DIRT, PLAIN, rows, table
from tests.builders import Desk

PASSWORD = "four words nobody joins"


def flask(app: Flask, *words: str, password: str | None = None) -> Result:
    return app.test_cli_runner().invoke(args=[*words], env={"ASSAY_PASSWORD": password})


def user_add(app: Flask, email: str, role: str, *more: str, password: str | None = PASSWORD) -> Result:
    return flask(app, "user", "add", email, "--name", "New Person", "--role", role, *more, password=password)


def test_the_first_person_needs_no_admin_and_is_one(desk: Flask) -> None:
    refused = user_add(desk, "new@desk.invalid", "lead")
    assert refused.exit_code == 1 and "admin" in refused.output
    assert user_add(desk, "new@desk.invalid", "admin").exit_code == 0
    assert session.query(Person).one().role == "admin"
    assert signing_in.sign_in("new@desk.invalid", PASSWORD)


def test_without_a_password_the_first_person_gets_a_set_up_link(desk: Flask) -> None:
    done = user_add(desk, "new@desk.invalid", "admin", password=None)
    kind, token = done.output.strip().rsplit("/", 2)[-2:]
    assert (done.exit_code, kind) == (0, "setup")
    assert invitations.peek(token, "setup")
    assert session.query(Person).count() == 0


def test_further_people_are_added_as_an_admin(team: Desk) -> None:
    nobody = user_add(team.app, "new@desk.invalid", "lead")
    assert nobody.exit_code == 1 and "--as" in nobody.output
    lead = user_add(team.app, "new@desk.invalid", "lead", "--as", "ilse.marchetti@desk.invalid")
    assert lead.exit_code == 1
    unknown = user_add(team.app, "new@desk.invalid", "lead", "--as", "nobody@desk.invalid")
    assert unknown.exit_code == 1 and "nobody@desk.invalid" in unknown.output
    done = user_add(team.app, "new@desk.invalid", "lead", "--as", "tamsin@desk.invalid")
    assert done.exit_code == 0, done.output
    assert trail.last().role == "admin"
    assert signing_in.sign_in("new@desk.invalid", PASSWORD)


def test_without_a_password_an_invitation_is_printed(team: Desk) -> None:
    done = user_add(team.app, "new@desk.invalid", "lead", "--as", "tamsin@desk.invalid", password=None)
    kind, token = done.output.strip().rsplit("/", 2)[-2:]
    assert kind == "invitation"
    assert invitations.peek(token, "invitation").role == "lead"


def test_a_short_password_is_refused_in_words(team: Desk) -> None:
    done = user_add(team.app, "new@desk.invalid", "lead", "--as", "tamsin@desk.invalid", password="short")
    assert done.exit_code == 1 and "12 characters" in done.output


def test_a_reset_on_the_machine_says_in_the_log_who_asked_for_it(
    team: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    words = ("user", "reset", "ilse.marchetti@desk.invalid")
    unnamed = flask(team.app, *words)
    assert (unnamed.exit_code, unnamed.output) == (1, "Error: Say with --as EMAIL which admin does this.\n")
    with caplog.at_level("INFO", "assay.security"):
        assert flask(team.app, *words, "--as", "tamsin@desk.invalid").exit_code == 0
    asked = f"reset on the machine of person={team.lead.person} second_factor=False by={team.admin.person}"
    assert asked in caplog.messages


@pytest.mark.parametrize(
    "words",
    ["audit export out.zip", "audit fsck", "audit key", "doctor", "backup out.tar", "user reset a@desk.invalid --as a@desk.invalid",
     "user add a@desk.invalid --name A --role admin", "import incidents t.csv", "upgrade", "work", "demo"],
)  # fmt: skip
def test_a_command_that_keeps_a_desk_makes_none_where_there_is_none(tmp_path: Path, words: str) -> None:
    named = tmp_path / "nothing" / "here"
    environment = {name: value for name, value in os.environ.items() if name not in ENVIRONMENT}
    command = [sys.executable, "-m", "flask", "--app", str(ROOT / "wsgi.py"), *words.split()]
    done = newborn.run(command, cwd=tmp_path, env={**environment, "ASSAY_HOME": str(named)})
    assert done.returncode == 1
    assert f"There is no desk at {named}." in done.stderr and "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_reset_is_a_link_for_a_known_address(team: Desk) -> None:
    done = flask(team.app, "user", "reset", "ilse.marchetti@desk.invalid", "--as", "tamsin@desk.invalid")
    token = done.output.strip().rsplit("/", 1)[-1]
    assert invitations.peek(token, "reset").person_id == team.lead.person
    assert flask(team.app, "user", "reset", "nobody@desk.invalid", "--as", "tamsin@desk.invalid").exit_code == 1


def test_the_keeper_of_the_machine_lets_the_only_admin_in_again(team: Desk) -> None:
    tamsin = "tamsin@desk.invalid"
    offered = second_factors.offer(team.admin.person)
    phone = pyotp.TOTP(second_factors.shown(team.admin.person, tamsin, offered)[0])
    second_factors.enrol(team.admin.person, offered, phone.at(clock.now()), keep="")
    done = flask(team.app, "user", "reset", tamsin, "--as", tamsin, "--second-factor")
    assert done.exit_code == 0, done.output
    invitations.reset_password(done.output.strip().rsplit("/", 1)[-1], PASSWORD, PASSWORD)
    assert signing_in.sign_in(tamsin, PASSWORD)


def test_second_factors_are_switched_by_an_admin(team: Desk) -> None:
    as_lead = flask(team.app, "user", "second-factors", "off", "--as", "ilse.marchetti@desk.invalid")
    assert as_lead.exit_code == 1 and second_factors.asked()
    assert flask(team.app, "user", "second-factors", "off", "--as", "tamsin@desk.invalid").exit_code == 0
    assert not second_factors.asked()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "incidents.csv.gz"
    path.write_bytes(gzip.compress(table(rows())))
    return path


def test_an_import_reports_each_row_that_is_not_simply_taken(team: Desk, file: Path) -> None:
    dry = flask(team.app, "import", "incidents", str(file), "--dry-run")
    before = trail.size()
    done = flask(team.app, "import", "incidents", str(file), "--as", "tamsin@desk.invalid", "--theatre", "Velmar")
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    noted = sum(bool(notes) for _changes, notes in DIRT)
    assert len(lines) == noted + 1
    assert lines[-1].startswith(f"{len(DIRT)} imported, {noted} of them with a note; 0 were here already")
    assert "row 3 KV002: The point lies nowhere on Earth; it was left blank." in lines
    assert any(line.endswith("(children killed)") for line in lines)
    assert dry.output.splitlines()[:-1] == lines[:-1]
    assert trail.size() > before
    assert trail.last().role == "admin"


def test_without_as_the_machine_imports(team: Desk, file: Path) -> None:
    assert flask(team.app, "import", "incidents", str(file), "--limit", "2").exit_code == 0
    assert (trail.last().type, trail.last().actor, trail.last().sealed["person"]) == ("import.made", "system", None)


def test_an_empty_desk_can_be_filled_before_anybody_joined(desk: Flask, file: Path) -> None:
    done = flask(desk, "import", "incidents", str(file))
    assert done.exit_code == 0, done.output
    assert trail.types()[:4] == ["log.opened", "codebook.defined", "codebook.defined", "policy.set"]
    assert trail.dossier("KV000").determination.codebook == "airwars/1"


def test_an_import_by_somebody_else_or_of_something_else_is_refused_in_words(team: Desk, tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    path.write_bytes(b"name,price\ntea,3\n")
    wrong = flask(team.app, "import", "incidents", str(path))
    assert wrong.exit_code == 1 and "no file of incidents" in wrong.output
    path.write_bytes(table([{**PLAIN, "url": "https://record.example/1"}]))
    lead = flask(team.app, "import", "incidents", str(path), "--as", "ilse.marchetti@desk.invalid")
    assert lead.exit_code == 1 and "admin" in lead.output
    assert flask(team.app, "import", "incidents", str(path)).exit_code == 0
