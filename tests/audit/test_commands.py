"""`flask audit`: what a person at the machine types, and what a script reads."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import Result
from cryptography.exceptions import InvalidTag
from flask import Flask
from sqlalchemy import text

from review import config, create_app
from review.actions import restrictions
from review.audit import keys
from review.audit.escrow import opened_keys
from review.extensions import db
from review.models import session
from tests import builders, trail
from tests.audit.whole import bundle, checked, vkey
from tests.slipping import slip


def run(app: Flask, *arguments: str, **options: str) -> Result:
    session.rollback()
    return app.test_cli_runner().invoke(args=["audit", *arguments], **options)  # type: ignore[arg-type]


def test_export_writes_a_bundle_that_holds_and_records_that_it_did(desk: Flask, tmp_path: Path) -> None:
    built = builders.desk(desk)
    builders.published(built)
    out = tmp_path / "bundle.zip"
    done = run(desk, "export", str(out), "--recipient", "a court", "--purpose", "a case", "--as", "rafe.linnard@desk.invalid")
    assert done.exit_code == 0, done.output
    assert done.stdout == vkey() + "\n"
    told = json.loads(checked(out.read_bytes(), tmp_path, vkey(), "--json").stdout)
    *_, heads, made = trail.leaves()
    assert told["ok"]
    assert told["facts"]["size"] == made.seq == heads.seq + 1
    assert (heads.type, made.type) == ("log.heads", "export.made")
    assert (made.role, made.body) == ("auditor", {"profile": "internal", "size": made.seq})
    assert (made.sealed["recipient"], made.sealed["purpose"]) == ("a court", "a case")
    assert list(tmp_path.glob("*.part")) == []
    assert list(config.exports().iterdir()) == []


@pytest.mark.parametrize("asked", [("--profile", "public"), ("--incident", "KV412")])
def test_an_act_beside_the_heads_fails_no_export(
    desk: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: tuple[str, str]
) -> None:
    built = builders.desk(desk)
    builders.published(built)
    slip(monkeypatch, lambda: builders.received(built))
    out = tmp_path / "bundle.zip"
    done = run(desk, "export", str(out), *asked)
    assert done.exit_code == 0, done.output
    assert checked(out.read_bytes(), tmp_path, vkey()).returncode == 0
    assert trail.types()[-3:] == ["log.heads", "claim.received", "export.made"]


def test_a_home_without_a_desk_is_told_in_a_sentence(
    home: Path, empty_database: dict[str, str], tmp_path: Path
) -> None:
    app = create_app({"ASSAY_HOME": str(home), **empty_database, "TESTING": True})
    done = app.test_cli_runner().invoke(args=["audit", "export", str(tmp_path / "bundle.zip")])
    assert done.exit_code == 1
    assert "There is no desk here" in done.output
    with app.app_context():
        db.engine.dispose()


def test_verify_runs_the_verifier_alone(desk: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    builders.published(builders.desk(desk))
    out = tmp_path / "bundle.zip"
    assert run(desk, "export", str(out), "--profile", "public").exit_code == 0
    seen: list[list[str]] = []
    real = subprocess.run

    def noted(command: list[str], **options: object) -> object:
        seen.append(command)
        return real(command, capture_output=True, **options)  # type: ignore[call-overload]

    monkeypatch.setattr("review.cli.audit.subprocess.run", noted)
    assert run(desk, "verify", str(out), "--key", vkey()).exit_code == 0
    assert run(desk, "verify", str(out), "--key", vkey()[:-4] + "AAA=").exit_code == 2
    out.write_bytes(out.read_bytes()[:-40])
    assert run(desk, "verify", str(out), "--key", vkey()).exit_code == 1
    assert all(command[1:3] == ["-I", "-S"] for command in seen)


def test_one_incident_is_named_by_its_code_or_its_id(desk: Flask, tmp_path: Path) -> None:
    built = builders.desk(desk)
    row = builders.row(builders.published(built))
    name, out = row.name, tmp_path / "one.zip"
    for asked in (row.code, name):
        done = run(desk, "export", str(out), "--incident", asked)
        assert done.exit_code == 0, done.output
        assert f"profile internal of {name}; withheld: " in done.stderr
        told = json.loads(checked(out.read_bytes(), tmp_path, vkey(), "--json").stdout)
        assert told["ok"] and [grade["incident"] for grade in told["grades"]] == [name]
    size = trail.size()
    refused = run(desk, "export", str(tmp_path / "none.zip"), "--incident", "KV999")
    assert refused.exit_code == 1
    assert "There is no incident KV999 here" in refused.output
    assert trail.size() == size


def test_a_restricted_incident_is_exported_by_its_id_alone(desk: Flask, tmp_path: Path) -> None:
    built = builders.desk(desk)
    ref = builders.published(built)
    row = builders.row(ref)
    code, name, out = row.code, row.name, tmp_path / "one.zip"
    restrictions.restrict_incident(built.lead, ref, people=[built.lead.person], reason="a witness is in danger")
    size = trail.size()
    by_code = run(desk, "export", str(out), "--incident", code)
    assert (by_code.exit_code, trail.size()) == (1, size)
    assert f"There is no incident {code} here" in by_code.output
    hidden = run(desk, "export", str(out), "--incident", name, "--as", "rafe.linnard@desk.invalid")
    assert (hidden.exit_code, trail.size()) == (1, size)
    assert f"There is no incident {name} here" in hidden.output
    assert not out.exists()
    for profile in ("internal", "court", "public"):
        assert run(desk, "export", str(out), "--incident", name, "--profile", profile).exit_code == 0
        assert checked(out.read_bytes(), tmp_path, vkey()).returncode == 0


def test_the_closing_line_says_what_is_withheld(desk: Flask, tmp_path: Path) -> None:
    built = builders.desk(desk)
    builders.published(built)
    done = run(desk, "export", str(tmp_path / "all.zip"))
    assert done.stderr.endswith(" events, profile internal; withheld: none.\n")
    ref, number = builders.round_opened(built)
    builders.cast(built.voters[0], ref, number)
    done = run(desk, "export", str(tmp_path / "all.zip"))
    told = json.loads(checked((tmp_path / "all.zip").read_bytes(), tmp_path, vkey(), "--json").stdout)["facts"]
    assert f": {told['shown']} of {told['size']} events, profile internal; withheld: {told['withheld']}, what" in done.stderr


def test_who_may_not_export_makes_no_bundle(desk: Flask, tmp_path: Path) -> None:
    builders.desk(desk)
    out = tmp_path / "bundle.zip"
    done = run(desk, "export", str(out), "--as", "mara.teske@desk.invalid")
    assert done.exit_code == 1
    assert "role does not allow it" in done.output
    assert not out.exists()


def test_fsck_says_nothing_or_every_difference(desk: Flask, engine_name: str) -> None:
    builders.published(builders.desk(desk))
    clean = run(desk, "fsck")
    assert (clean.exit_code, clean.stdout) == (0, "")
    with session.get_bind().begin() as connection:
        connection.execute(text("UPDATE incident SET stage = 'logged', grade = 'weak'"))
    done = run(desk, "fsck")
    assert done.exit_code == 1
    assert [line.partition(": ")[2] for line in done.stdout.splitlines()] == [
        "the column stage says logged, the events say published.",
        "the column grade says weak, the events say fair.",
    ]


def test_a_checkpoint_published_while_a_round_is_open_warns(desk: Flask) -> None:
    assert run(desk, "checkpoint").exit_code == 1
    built = builders.desk(desk)
    quiet = run(desk, "checkpoint")
    assert (quiet.exit_code, quiet.stderr) == (0, "")
    assert quiet.stdout.startswith(config.origin() + "\n")
    builders.round_opened(built)
    warned = run(desk, "checkpoint")
    assert warned.exit_code == 0
    assert "A round is open" in warned.stderr
    assert warned.stdout != quiet.stdout
    assert bundle(warned.stdout) != bundle(quiet.stdout)


def test_so_does_an_export_which_publishes_one(desk: Flask, tmp_path: Path) -> None:
    built = builders.desk(desk)
    quiet = run(desk, "export", str(tmp_path / "quiet.zip"))
    assert quiet.exit_code == 0 and "A round is open" not in quiet.stderr
    builders.round_opened(built)
    warned = run(desk, "export", str(tmp_path / "warned.zip"))
    assert warned.exit_code == 0 and "A round is open" in warned.stderr


def test_the_key_is_the_only_line(desk: Flask, tmp_path: Path) -> None:
    assert run(desk, "key").exit_code == 1
    builders.desk(desk)
    done = run(desk, "key")
    assert done.stdout == vkey() + "\n"
    kept = tmp_path / "keys.json"
    done = run(desk, "key", "--export", str(kept), env={"ASSAY_PASSPHRASE": "nine quiet herons"})  # type: ignore[arg-type]
    assert done.stdout == vkey() + "\n"
    assert kept.stat().st_mode & 0o777 == 0o600
    opened = opened_keys(kept.read_text(), "nine quiet herons")
    assert opened["signing"] == keys.load(config.home()).signing
    assert set(opened) == {"signing", "master"}
    with pytest.raises(InvalidTag):
        opened_keys(kept.read_text(), "ten quiet herons")


def test_a_clock_that_is_right_has_nothing_to_accept(desk: Flask) -> None:
    builders.desk(desk)
    done = run(desk, "clock", "--accept", "--as", "tamsin@desk.invalid")
    assert done.exit_code == 1
    assert "The clock has not stepped" in done.output
