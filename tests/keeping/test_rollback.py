"""A database brought back from before the last published checkpoint: it is read, and nothing is written to it."""

from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import event, make_url, select

from review import clock, config, jobs
from review.actions import checkpoints, sources
from review.actions.uploads import Upload
from review.audit import note, remembered
from review.extensions import db
from review.keeping import archive
from review.models import Checkpoint, Job, LogHead, session
from review.queries import health
from review.rules import rollbacks
from review.rules.errors import ReadOnly
from tests import builders, trail
from tests.engines import OWNER, Cluster
from tests.keeping.test_backup import Elsewhere, backed_up, elsewhere, exported_keys, here
from tests.keeping.test_doctor import finding
from tests.web.sitting import sitting

__all__ = ["elsewhere", "here"]

MORE = 3
Back = Callable[[Path], str]


@pytest.fixture
def people_(staffed: builders.Desk) -> builders.Desk:
    return staffed


@pytest.fixture
def empty(request: pytest.FixtureRequest, engine_name: str, here: Elsewhere) -> Callable[[], None]:
    """Takes the database away from under the desk; the home stays."""

    def away() -> None:
        session.remove()
        db.engine.dispose()
        if engine_name == "sqlite":
            for path in here.home.glob("assay.db*"):
                path.unlink()
        else:
            emptied(request.getfixturevalue("cluster"), here.database["DATABASE_URL"])

    return away


@pytest.fixture
def bring_back(here: Elsewhere, empty: Callable[[], None]) -> Back:
    """Puts an older backup in the place of the database, in the home that goes on; answers what it said."""

    def back(out: Path) -> str:
        empty()
        done = here.flask("restore", out)
        session.remove()
        return f"{done.exit_code} {done.output}"

    return back


def emptied(cluster: Cluster, url: str) -> None:
    name = make_url(url).database
    cluster.run(f"DROP DATABASE {name} WITH (FORCE)")
    cluster.run(f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE template0")
    cluster.run(f"GRANT CREATE ON SCHEMA public TO {OWNER}", str(name))


def going_on(desk: builders.Desk) -> None:
    """Entries that the backup does not hold."""
    for turn in range(MORE):
        builders.received(desk, f"Claim {turn} after the backup.")


def rolled_back(desk: builders.Desk, here: Elsewhere, folder: Path, bring_back: Back) -> str:
    """Backup, go on, publish, and the old backup in the place of the database."""
    builders.published(desk)
    out = backed_up(here, folder)
    session.rollback()
    going_on(desk)
    checkpoints.publish_checkpoint()
    return bring_back(out)


# --- in place ----------------------------------------------------------------------------------------------


def test_a_rolled_back_database_takes_no_entry_and_says_what_is_missing(
    people_: builders.Desk, here: Elsewhere, tmp_path: Path, bring_back: Back
) -> None:
    told = rolled_back(people_, here, tmp_path, bring_back)
    held = trail.size()
    # The entry of the backup itself, and what came after it.
    missing = 1 + MORE
    sentence = f"it holds {held} of {held + missing} published entries. Missing: {missing}, from {clock.today()} on."
    assert told.startswith("1 ")
    assert sentence in told
    with pytest.raises(ReadOnly) as refused:
        builders.received(people_)
    assert refused.value.key == rollbacks.OLDER
    assert refused.value.values == {
        "held": held, "published": held + missing, "missing": missing, "day": clock.today(),
    }  # fmt: skip
    with pytest.raises(ReadOnly):
        checkpoints.publish_checkpoint()
    assert trail.size() == held
    assert finding("Checkpoint").word == "FAILURE"
    assert sentence in finding("Checkpoint").sentence
    assert sentence in here.flask("audit", "fsck").output
    signed = here.flask("audit", "checkpoint")
    assert (signed.exit_code, sentence in signed.stderr) == (1, True)
    left = here.flask("user", "left", builders.address("Ben Okparo"), "--as", "tamsin@desk.invalid")
    assert (left.exit_code, "The desk is reading only: run flask doctor" in left.stderr) == (1, True)


def test_a_backup_that_holds_all_that_was_published_goes_on(
    people_: builders.Desk, here: Elsewhere, tmp_path: Path, bring_back: Back
) -> None:
    builders.published(people_)
    going_on(people_)
    checkpoints.publish_checkpoint()
    told = bring_back(backed_up(here, tmp_path))
    assert told.startswith("0 ")
    assert builders.received(people_) == trail.size() - 1
    assert checkpoints.publish_checkpoint() is not None


def test_its_pages_answer_and_its_forms_say_why_not(
    people_: builders.Desk, here: Elsewhere, tmp_path: Path, bring_back: Back
) -> None:
    rolled_back(people_, here, tmp_path, bring_back)
    health.beat()
    reviewer = sitting(people_.app, people_.reviewers[0])
    for address in ("/", "/incidents", "/method", "/desk", "/desk/incidents", "/desk/claims"):
        assert reviewer.get(address).status_code == 200, address
    typed = "A long account of what was seen at the grain store."
    answer = reviewer.post("/desk/claims/new", data={"text": typed, "language": "en", "url": "", "reporter": ""})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 503
    assert f"Missing: {1 + MORE}, from {clock.today()} on." in page
    assert "until an admin brings back a newer backup or, where there is none" in page
    assert "with flask audit continue" in page
    assert typed in page
    healthz = reviewer.get("/healthz")
    assert (healthz.status_code, healthz.get_json()["log"]) == (503, "rolled back")
    assert not any(letter.isdigit() for letter in healthz.get_data(as_text=True))


def test_an_admin_is_told_what_is_missing_and_others_that_nothing_can_be_sent(
    people_: builders.Desk, here: Elsewhere, tmp_path: Path, bring_back: Back
) -> None:
    rolled_back(people_, here, tmp_path, bring_back)
    with pytest.raises(ReadOnly):
        builders.received(people_)
    for actor in (people_.admin, people_.reviewers[0]):
        page = sitting(people_.app, actor).get("/desk/incidents").get_data(as_text=True)
        assert (f"Missing: {1 + MORE}" in page) == (actor is people_.admin)
        assert ("The desk is reading only" in page) == (actor is not people_.admin)


def test_the_worker_keeps_its_jobs_until_the_desk_is_mended(
    people_: builders.Desk, here: Elsewhere, tmp_path: Path, bring_back: Back
) -> None:
    rolled_back(people_, here, tmp_path, bring_back)
    held, tomorrow = trail.size(), clock.now() + timedelta(days=1)
    with clock.reading(lambda: tomorrow):
        jobs.run_due()
    assert trail.size() == held
    waiting = session.scalars(select(Job.kind).where(Job.done_at.is_(None), Job.problem == "ReadOnly")).all()
    assert {"record_heads", "publish_checkpoint"} <= set(waiting)


def test_a_newer_backup_mends_it(people_: builders.Desk, here: Elsewhere, tmp_path: Path, bring_back: Back) -> None:
    older = backed_up(here, tmp_path)
    session.rollback()
    going_on(people_)
    checkpoints.publish_checkpoint()
    (tmp_path / "later").mkdir()
    newer = backed_up(here, tmp_path / "later")
    bring_back(older)
    with pytest.raises(ReadOnly):
        builders.received(people_)
    assert bring_back(newer).startswith("0 ")
    assert builders.received(people_) == trail.size() - 1


def test_a_database_that_is_gone_is_not_begun_anew(
    people_: builders.Desk, here: Elsewhere, empty: Callable[[], None], make_app: Callable[[], Flask]
) -> None:
    checkpoints.publish_checkpoint()
    size = trail.size()
    empty()
    assert here.flask("db", "upgrade").exit_code == 0
    anew = make_app()
    with anew.app_context():
        with pytest.raises(ReadOnly, match=rollbacks.EMPTIED):
            builders.first_admin()
        assert f"The database is empty, and {size} entries" in finding("Checkpoint").sentence
        assert trail.size() == 0


# --- what is remembered ------------------------------------------------------------------------------------


def test_what_was_published_is_remembered_by_its_owner_alone(people_: builders.Desk, here: Elsewhere) -> None:
    assert remembered.last_published(here.home) is None
    text = checkpoints.publish_checkpoint()
    path = here.home / remembered.FILE
    assert path.read_text() == text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    builders.received(people_)
    later = checkpoints.publish_checkpoint()
    assert later != text
    assert path.read_text() == later
    assert [left.name for left in here.home.iterdir() if left.name.startswith(f"{remembered.FILE}.")] == []


def test_it_is_remembered_before_anybody_can_see_it(people_: builders.Desk, here: Elsewhere) -> None:
    def dies(_connection: object) -> None:
        raise RuntimeError("the machine stopped here")

    event.listen(db.engine, "commit", dies)
    with pytest.raises(RuntimeError):
        checkpoints.publish_checkpoint()
    event.remove(db.engine, "commit", dies)
    session.rollback()
    assert session.scalars(select(Checkpoint.size)).all() == []
    known = remembered.last_published(here.home)
    assert known is not None and known.head is not None
    assert known.head.size == trail.size()
    builders.received(people_)
    assert checkpoints.publish_checkpoint() is not None


def test_a_memory_that_is_no_checkpoint_stops_writing(people_: builders.Desk, here: Elsewhere) -> None:
    text = checkpoints.publish_checkpoint()
    path = here.home / remembered.FILE
    path.write_text("not any more\n")
    with pytest.raises(ReadOnly, match=rollbacks.UNREADABLE):
        builders.received(people_)
    assert "puts a kept checkpoint into the file published" in finding("Checkpoint").sentence
    assert text is not None
    path.write_text(text)
    assert builders.received(people_) == trail.size() - 1


def test_a_home_and_a_database_of_two_logs_do_not_go_together(people_: builders.Desk, here: Elsewhere) -> None:
    remembered.remember(here.home, note.Checkpoint("desk.example/other", 3, b"\1" * 32).signed(b"\2" * 32).text)
    with pytest.raises(ReadOnly, match=rollbacks.ANOTHER_LOG):
        builders.received(people_)


def test_another_history_of_the_same_log_is_told_from_a_longer_one(people_: builders.Desk, here: Elsewhere) -> None:
    size = trail.size()
    going_on(people_)
    fork = note.Checkpoint(config.origin(), size + 1, b"\1" * 32).signed(b"\2" * 32)
    remembered.remember(here.home, fork.text)
    with pytest.raises(ReadOnly, match=rollbacks.ANOTHER_HISTORY):
        builders.received(people_)
    assert f"its first {size + 1} are not those that were published" in finding("Checkpoint").sentence


# --- into a new home ---------------------------------------------------------------------------------------


def kept_elsewhere(people_: builders.Desk, here: Elsewhere, folder: Path) -> tuple[Path, Path, Path]:
    """A backup, the keys, and a later checkpoint that somebody kept."""
    out, key_file = backed_up(here, folder), exported_keys(here, folder)
    session.rollback()
    going_on(people_)
    kept = folder / "kept.txt"
    kept.write_text(str(checkpoints.publish_checkpoint()))
    return out, key_file, kept


@pytest.mark.parametrize("given", [True, False], ids=["given", "not given"])
def test_a_kept_checkpoint_decides_whether_the_backup_is_too_old(
    people_: builders.Desk, here: Elsewhere, elsewhere: Elsewhere, tmp_path: Path, given: bool
) -> None:
    out, key_file, kept = kept_elsewhere(people_, here, tmp_path)
    done = elsewhere.flask("restore", out, "--keys", key_file, *(["--since", kept] if given else []))
    assert done.exit_code == (1 if given else 0), done.output
    assert (f"Missing: {1 + MORE}, from {clock.today()} on." in done.output) == given
    assert ("Was a later checkpoint published?" in done.output) != given
    assert elsewhere.flask("audit", "checkpoint").exit_code == (1 if given else 0)


def test_a_checkpoint_that_the_backup_holds_stops_nothing(
    people_: builders.Desk, here: Elsewhere, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text(str(checkpoints.publish_checkpoint()))
    out, key_file = backed_up(here, tmp_path), exported_keys(here, tmp_path)
    done = elsewhere.flask("restore", out, "--keys", key_file, "--since", kept)
    assert done.exit_code == 0, done.output
    assert elsewhere.flask("audit", "checkpoint").exit_code == 0


@pytest.mark.parametrize(
    ("alter", "words"),
    [
        (lambda text: text.replace(config.origin(), "desk.example/other"), "a checkpoint of the log desk.example/other"),
        (lambda text: text.replace("\n\n", "\n", 1), "is no checkpoint"),
        (lambda text: text.partition("\n\n")[0] + "\n\n" + _signed_by_another(text), "is not signed by this log's key"),
        (lambda text: text.replace(text.split("\n")[1], "9999", 1), "is no checkpoint"),
    ],
    ids=["another log", "no note", "another key", "another size"],
)
def test_what_is_no_checkpoint_of_this_log_is_refused_and_nothing_is_written(
    people_: builders.Desk, here: Elsewhere, elsewhere: Elsewhere, tmp_path: Path, alter: Callable[[str], str], words: str
) -> None:
    out, key_file, kept = kept_elsewhere(people_, here, tmp_path)
    kept.write_text(alter(kept.read_text()))
    done = elsewhere.flask("restore", out, "--keys", key_file, "--since", kept)
    assert done.exit_code == 1
    assert words in done.stderr
    assert not (elsewhere.home / remembered.FILE).exists()
    assert elsewhere.flask("restore", out, "--keys", key_file).exit_code == 0


def _signed_by_another(text: str) -> str:
    told = note.parse_checkpoint(text)
    other = note.Checkpoint("desk.example/other", told.size, told.root).signed(b"\3" * 32)
    return "".join(map(str, other.signatures))


def test_what_a_restoration_that_died_left_behind_is_no_desk(
    people_: builders.Desk, here: Elsewhere, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    sources.capture_source(
        people_.enterer, builders.with_sources(people_), 1, upload=Upload(b"what was seen", "burnt.txt")
    )
    out, key_file = backed_up(here, tmp_path), exported_keys(here, tmp_path)
    (digest,) = (member.sha256 for member in archive.check(out).members if member.is_object)
    left = (
        *("assay.db.part", "origin.77", "secret_key.77.0a1b2c3d", f"{remembered.FILE}.77.0a1b2c3d"),
        *(f"objects/{digest[:2]}/{digest}#1", "keys/.master.0a1b2c3d"),
    )
    for name in left:
        (elsewhere.home / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        (elsewhere.home / name).write_bytes(b"half of")
        (elsewhere.home / name).chmod(0o600)
    done = elsewhere.flask("restore", out, "--keys", key_file)
    assert done.exit_code == 0, done.output


def test_files_of_a_desk_that_went_on_are_not_mixed_with_a_backup(
    people_: builders.Desk, here: Elsewhere, tmp_path: Path, bring_back: Back
) -> None:
    out = backed_up(here, tmp_path)
    session.rollback()
    sources.capture_source(
        people_.enterer, builders.with_sources(people_), 1, upload=Upload(b"what was seen", "burnt.txt")
    )
    checkpoints.publish_checkpoint()
    told = bring_back(out)
    assert "Set ASSAY_HOME to a new folder" in told
    assert f"give what it remembers with --since {here.home / remembered.FILE}" in told


def test_a_page_that_began_before_a_publication_tells_of_no_loss(people_: builders.Desk, here: Elsewhere) -> None:
    builders.received(people_, "The first claim.")
    session.rollback()
    session.scalar(select(LogHead.size))  # the page has begun to read

    def meanwhile() -> None:
        with people_.app.app_context():
            builders.received(people_, "A claim that the page does not see.")
            checkpoints.publish_heads()

    worker = Thread(target=meanwhile)
    worker.start()
    worker.join()
    assert health.rollback() is None
