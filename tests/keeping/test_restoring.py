"""What a restoration refuses, and what it leaves untouched when it does."""

from __future__ import annotations

import json
import sys
import tarfile
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from review.audit import keys
from review.keeping import archive
from review.keeping.snapshot import libpq
from tests import builders, newborn
from tests.keeping.test_backup import PHRASE, Elsewhere, backed_up, elsewhere, exported_keys, here
from tests.test_architecture import ROOT

__all__ = ["elsewhere", "here"]


@pytest.fixture
def people(staffed: builders.Desk) -> builders.Desk:
    return staffed


# --- what is refused ---------------------------------------------------------------------------------------


@pytest.fixture
def saved(people: builders.Desk, here: Elsewhere, tmp_path: Path) -> tuple[Path, Path]:
    """A backup and its key file."""
    return backed_up(here, tmp_path), exported_keys(here, tmp_path)


def refused(elsewhere: Elsewhere, *words: object) -> str:
    done = elsewhere.flask("restore", *words)
    assert done.exit_code == 1, done.output
    assert isinstance(done.exception, SystemExit), "refused in words, not by a traceback"
    return done.stderr


def test_a_home_in_use_is_refused(saved: tuple[Path, Path], elsewhere: Elsewhere) -> None:
    out, key_file = saved
    (elsewhere.home / "notes.txt").write_text("mine")
    assert "notes.txt is in it" in refused(elsewhere, out, "--keys", key_file)
    (elsewhere.home / "notes.txt").unlink()
    assert elsewhere.flask("restore", out, "--keys", key_file).exit_code == 0
    assert "is not empty" in refused(elsewhere, out, "--keys", key_file)


def test_without_keys_it_says_where_they_come_from(saved: tuple[Path, Path], elsewhere: Elsewhere, here: Elsewhere) -> None:
    out, _key_file = saved
    assert "A backup holds no keys. Give the file" in refused(elsewhere, out)
    (elsewhere.home / "keys").mkdir(mode=0o700)
    for name in ("signing", "master"):
        (elsewhere.home / "keys" / name).write_bytes((here.home / "keys" / name).read_bytes())
        (elsewhere.home / "keys" / name).chmod(0o600)
    done = elsewhere.flask("restore", out)
    assert done.exit_code == 0, done.output


def test_a_wrong_passphrase_and_other_keys_are_refused(
    saved: tuple[Path, Path], elsewhere: Elsewhere, tmp_path: Path
) -> None:
    out, key_file = saved
    locked = tmp_path / "locked.json"
    told = json.loads(key_file.read_text())
    locked.write_text(json.dumps({**told, "salt": "A" * 22 + "=="}))
    assert "passphrase does not open" in refused(elsewhere, out, "--keys", locked)
    (tmp_path / "other").mkdir()
    keys.make(tmp_path / "other")
    from review.audit.escrow import sealed_keys

    strange = tmp_path / "strange.json"
    strange.write_text(sealed_keys(tmp_path / "other", PHRASE))
    assert "keys of another log" in refused(elsewhere, out, "--keys", strange)
    assert not (elsewhere.home / "keys").exists()


def test_one_altered_byte_is_named_and_nothing_is_written(saved: tuple[Path, Path], elsewhere: Elsewhere) -> None:
    out, key_file = saved
    with tarfile.open(out) as tar:
        member = max(tar.getmembers()[1:], key=lambda one: one.size)
    data = bytearray(out.read_bytes())
    data[member.offset_data + member.size // 2] ^= 1
    out.write_bytes(data)
    assert f"{member.name} is damaged" in refused(elsewhere, out, "--keys", key_file)
    assert not (elsewhere.home / "keys").exists()
    out.write_bytes(data[: member.offset_data + 10])
    assert "is cut off" in refused(elsewhere, out, "--keys", key_file)


def test_a_file_that_is_none_of_ours_is_refused(people: builders.Desk, elsewhere: Elsewhere, tmp_path: Path) -> None:
    path = tmp_path / "holiday.tar"
    with tarfile.open(path, "w") as tar:
        archive.put_bytes(tar, "photo.jpg", b"x")
    assert "no backup of this program" in refused(elsewhere, path)
    with tarfile.open(path, "w") as tar:
        told = {"format": archive.FORMAT, "engine": "sqlite", "revision": "0001", "made": "", "log": None, "vkey": None}
        member = {"name": "../../etc/passwd", "sha256": "", "size": 1, "columns": []}
        archive.put_bytes(tar, "manifest.json", json.dumps({**told, "absent": [], "members": [member]}).encode())
    assert "a file that no backup has" in refused(elsewhere, path)


def test_a_backup_is_never_written_over(saved: tuple[Path, Path], here: Elsewhere) -> None:
    out, _key_file = saved
    before = out.read_bytes()
    done = here.flask("backup", out)
    assert (done.exit_code, out.read_bytes()) == (1, before)
    assert "never written over" in done.stderr


def test_a_backup_that_finds_no_room_leaves_nothing(people: builders.Desk, here: Elsewhere, tmp_path: Path) -> None:
    limited = "import resource, signal, sys\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n" \
        "resource.setrlimit(resource.RLIMIT_FSIZE, (16_384, 16_384))\nsys.argv = ['flask', '--app', 'wsgi', 'backup', sys.argv[1]]\n" \
        "from flask.cli import main\nmain()"  # fmt: skip
    target = tmp_path / "small"
    target.mkdir()
    command = [sys.executable, "-c", limited, str(target / "desk.tar")]
    done = newborn.run(command, cwd=ROOT, env=here.environment)
    assert done.returncode == 1, done.stdout
    assert list(target.iterdir()) == []


def test_the_guards_of_the_record_stand_in_the_restored_database(saved: tuple[Path, Path], elsewhere: Elsewhere, engine_name: str) -> None:
    """On PostgreSQL the guards stand in the restored database as they stood in the first."""
    if engine_name == "sqlite":
        return
    out, key_file = saved
    assert elsewhere.flask("restore", out, "--keys", key_file).exit_code == 0
    with psycopg.connect(libpq(make_url(elsewhere.database["DATABASE_URL"]))) as connection:
        for statement in ("UPDATE event SET day = '2001-01-01'", "ALTER TABLE event DISABLE TRIGGER ALL"):
            with pytest.raises(psycopg.Error):
                connection.execute(statement)
            connection.rollback()
