"""A backup taken while four write, brought back elsewhere: whole, provable, and without a key in it."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import select

from review import config, create_app, logs, store
from review.actions.checkpoints import publish_checkpoint
from review.audit import keys
from review.audit.events.log import BackupMade
from review.extensions import db
from review.keeping import archive
from review.models import Event, session
from tests import builders, newborn, trail
from tests.engines import Cluster
from tests.test_architecture import ROOT

PHRASE = "nine grey barges on the canal"

WRITER = '''
import sys
from pathlib import Path
from review import create_app
from review.actions import claims
from review.rules.permissions import Actor

person, most, stop = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
with create_app().app_context():
    for turn in range(most):
        text = f"Claim {turn} of {person}."
        print(claims.receive_claim(Actor(person, "reviewer", ""), text=text, language="en"), flush=True)
        if stop.exists():
            break
'''
MANY = 100_000


@pytest.fixture
def people(staffed: builders.Desk) -> builders.Desk:
    return staffed


@dataclass(frozen=True)
class Elsewhere:
    """A home and a database, and the commands of a machine that serves them."""

    home: Path
    database: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, **self.database, "ASSAY_HOME": str(self.home), "ASSAY_PASSPHRASE": PHRASE}

    def flask(self, *words: object) -> Result:
        """One command of ours there, with nothing of this test's own desk about it."""
        with of_another_desk():
            return Context().run(self._flask, *map(str, words))

    def _flask(self, *words: str) -> Result:
        app = create_app({"ASSAY_HOME": str(self.home), **self.database})
        try:
            return app.test_cli_runner().invoke(args=words, env={"ASSAY_PASSPHRASE": PHRASE})
        finally:
            with app.app_context():
                db.engine.dispose()


@contextmanager
def of_another_desk() -> Iterator[None]:
    """What a process knows of its desk is put back afterwards."""
    known = {name: getattr(config, name) for name in ("_home", "_origin", "_secret", "_smtp", "_address")}
    kept = store._current
    keys.load.cache_clear()
    try:
        yield
    finally:
        for name, value in known.items():
            setattr(config, name, value)
        store._current = kept
        keys.load.cache_clear()
        logs.configure(config.home())


@pytest.fixture
def here(home: Path, database: dict[str, str]) -> Elsewhere:
    return Elsewhere(home, database)


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, engine_name: str, tmp_path: Path) -> Iterator[Elsewhere]:
    folder = tmp_path / "elsewhere"
    folder.mkdir(mode=0o700)
    if engine_name == "sqlite":
        yield Elsewhere(folder)
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    name = cluster.create()
    yield Elsewhere(
        folder,
        {
            "DATABASE_URL": cluster.url("assay_app", name),
            "MIGRATION_DATABASE_URL": cluster.url("assay_owner", name),
        },
    )
    cluster.drop(name)


def exported_keys(here: Elsewhere, folder: Path) -> Path:
    path = folder / "keys.json"
    done = here.flask("audit", "key", "--export", path)
    assert done.exit_code == 0, done.output
    return path


def backed_up(here: Elsewhere, folder: Path) -> Path:
    path = folder / "desk.tar"
    done = here.flask("backup", path)
    assert done.exit_code == 0, done.output
    return path


def writer(where: Elsewhere, actor: builders.Actor, most: int, stop: Path) -> subprocess.Popen[str]:
    """Somebody who sends in claims until `stop` is there."""
    return newborn.Popen(
        [sys.executable, "-c", WRITER, str(actor.person), str(most), str(stop)],
        cwd=ROOT, env=where.environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def written_under_load(people: builders.Desk, here: Elsewhere, out: Path) -> list[int]:
    """A backup while four write; answers what they were told is kept."""
    stop = out.with_suffix(".stop")
    writers = [writer(here, actor, MANY, stop) for actor in people.reviewers[:4]]
    for one in writers:
        assert one.stdout is not None
        assert one.stdout.readline()
    before = trail.size()
    done = here.flask("backup", out)
    session.rollback()
    grown = trail.size() - before
    stop.touch()
    seqs = [int(line) for one in writers for line in (one.communicate(timeout=300)[0]).split()]
    assert done.exit_code == 0, done.output
    assert [one.returncode for one in writers] == [0] * 4
    assert grown > 4, "nobody wrote while the backup was taken"
    return seqs


def drill(people: builders.Desk, here: Elsewhere, elsewhere: Elsewhere, folder: Path) -> None:
    builders.published(people)
    ref, _number = builders.round_opened(people, builders.with_sources(people, builders.opened(people, codes=("KV9",))))
    builders.cast(people.voters[0], ref, 1)
    key_file = exported_keys(here, folder)
    out = folder / "desk.tar"
    written_under_load(people, here, out)

    manifest = archive.check(out)
    done = elsewhere.flask("restore", out, "--keys", key_file)
    assert done.exit_code == 0, done.output
    assert "The database is what its trail says." in done.stdout
    assert manifest.log is not None and f"holds {manifest.log.size} entries" in done.stdout

    bundle = folder / "bundle.zip"
    exported = elsewhere.flask("audit", "export", bundle)
    assert exported.exit_code == 0, exported.output
    verified = subprocess.run(
        [sys.executable, "-I", "-S", "review/audit/verify.py", bundle, "--key", exported.stdout.strip()],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert verified.returncode == 0, verified.stdout
    session.rollback()
    made = session.scalars(select(Event.line).where(Event.type == BackupMade.type)).one()
    assert json.loads(made)["body"] == {"size": manifest.log.size}


def test_a_backup_taken_while_four_write_comes_back_whole(
    people: builders.Desk, here: Elsewhere, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    drill(people, here, elsewhere, tmp_path)


@pytest.mark.soak
def test_ten_backups_taken_while_four_write_come_back_whole(
    people: builders.Desk, here: Elsewhere, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    drill(people, here, elsewhere, tmp_path)
    for turn in range(9):
        out = tmp_path / f"more-{turn}.tar"
        written_under_load(people, here, out)
        assert archive.check(out).log is not None


@pytest.fixture
def with_a_file(people: builders.Desk) -> str:
    """An incident with one kept file; answers its SHA-256."""
    from review.actions import sources
    from review.actions.uploads import Upload

    ref = builders.with_sources(people)
    upload = Upload(b"what was seen", "burnt.txt")
    return sources.capture_source(people.enterer, ref, 1, upload=upload)


def test_kept_files_come_along_and_keys_do_not(
    people: builders.Desk, with_a_file: str, here: Elsewhere, tmp_path: Path
) -> None:
    out = backed_up(here, tmp_path)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    with tarfile.open(out) as tar:
        assert f"objects/{with_a_file}" in tar.getnames()
        everything = b"".join(tar.extractfile(name).read() for name in tar.getnames())
    for name in ("signing", "master"):
        assert (here.home / "keys" / name).read_bytes().strip() not in everything
    assert (here.home / "secret_key").read_bytes().strip() not in everything
    assert b"what was seen" in everything


def test_the_manifest_tells_the_log_and_the_hash_of_every_file(
    people: builders.Desk, with_a_file: str, here: Elsewhere, tmp_path: Path
) -> None:
    size = trail.size()
    out = backed_up(here, tmp_path)
    publish_checkpoint()
    with tarfile.open(out) as tar:
        manifest = json.load(tar.extractfile("manifest.json"))
        assert [member.name for member in tar.getmembers()][1:] == [one["name"] for one in manifest["members"]]
        for one in manifest["members"]:
            assert hashlib.sha256(tar.extractfile(one["name"]).read()).hexdigest() == one["sha256"]
    assert manifest["log"]["size"] == size
    assert manifest["log"]["origin"] == config.origin()
    assert manifest["vkey"] == str(keys.load(here.home).verifier(config.origin()))
    assert (trail.last().type, trail.last().actor, trail.last().body) == ("backup.made", "system", {"size": size})


def test_what_the_restored_desk_holds_is_what_the_old_one_held(
    people: builders.Desk, with_a_file: str, here: Elsewhere, elsewhere: Elsewhere, tmp_path: Path, engine_name: str
) -> None:
    key_file, out = exported_keys(here, tmp_path), backed_up(here, tmp_path)
    assert elsewhere.flask("restore", out, "--keys", key_file).exit_code == 0
    assert (elsewhere.home / "objects" / with_a_file[:2] / with_a_file).read_bytes() == b"what was seen"
    assert (elsewhere.home / "origin").read_text().strip() == config.origin()
    again = tmp_path / "again.tar"
    assert elsewhere.flask("backup", again).exit_code == 0
    first, second = archive.check(out), archive.check(again)
    assert (first.log, first.vkey) == (second.log, second.vkey)
    if engine_name == "postgresql":
        # Row for row; a file of SQLite is laid out anew each time.
        assert first.members == second.members


def test_the_backup_that_a_desk_came_back_from_counts_as_its_own(
    people: builders.Desk, here: Elsewhere, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    key_file, out = exported_keys(here, tmp_path), backed_up(here, tmp_path)
    assert elsewhere.flask("restore", out, "--keys", key_file).exit_code == 0
    told = next(line for line in elsewhere.flask("doctor").stdout.splitlines() if " Backup: " in line)
    made = archive.check(out).made
    assert told == f"OK       Backup: The last is of {made[:16].replace('T', ' ')} UTC."


def test_a_desk_that_was_brought_back_goes_on(
    people: builders.Desk, here: Elsewhere, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    key_file, out = exported_keys(here, tmp_path), backed_up(here, tmp_path)
    assert elsewhere.flask("restore", out, "--keys", key_file).exit_code == 0
    further = writer(elsewhere, people.reviewers[0], 3, tmp_path / "never")
    written, _nothing = further.communicate(timeout=60)
    assert further.returncode == 0
    first = archive.check(out)
    assert first.log is not None
    assert [int(seq) for seq in written.split()] == [first.log.size + turn for turn in range(3)]
    assert elsewhere.flask("audit", "fsck").exit_code == 0
