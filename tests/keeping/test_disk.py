"""A full disk: a clear page, nothing half written, the text kept, and reading goes on."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, event, text

from review import store
from review.extensions import db
from review.models import session
from review.queries import health
from tests import builders, trail
from tests.actions.test_concurrency import assert_whole
from tests.missing import not_tested
from tests.web.sitting import browser, sitting

CLAIM = "Grain store at Marj Eluan hit at dusk; the long text that somebody typed for an hour."


@pytest.fixture
def people(staffed: builders.Desk) -> builders.Desk:
    return staffed


@contextmanager
def full(app: Flask, engine: str) -> Iterator[None]:
    """No room for one more page of the database, told in the engine's own words."""
    session.rollback()
    if engine == "sqlite":
        with _no_more_pages():
            yield
    else:
        with _no_more_rows(app):
            yield


@contextmanager
def _no_more_pages() -> Iterator[None]:
    with db.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    def limit(connection: object, *_rest: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")  # type: ignore[attr-defined]

    db.engine.dispose()
    event.listen(db.engine, "connect", limit)
    try:
        yield
    finally:
        session.rollback()
        event.remove(db.engine, "connect", limit)
        db.engine.dispose()


@contextmanager
def _no_more_rows(app: Flask) -> Iterator[None]:
    engine = create_engine(app.config["MIGRATION_DATABASE_URL"])
    with engine.begin() as connection:
        connection.execute(
            text(
                "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                "RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$"
            )
        )
        connection.execute(text("CREATE TRIGGER no_room BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION no_room()"))
    try:
        yield
    finally:
        session.rollback()
        with engine.begin() as connection:
            connection.execute(text("DROP TRIGGER no_room ON event"))
            connection.execute(text("DROP FUNCTION no_room()"))
        engine.dispose()


def until_it_is_full(write: Callable[[], int]) -> int:
    """Pages that were begun may take a few more rows; then there is no room."""
    for _turn in range(400):
        answer = write()
        if answer != 302:
            return answer
    raise AssertionError("the disk never filled")


def test_what_finds_no_room_is_answered_in_a_sentence_with_the_text(people: builders.Desk, engine_name: str) -> None:
    client = sitting(people.app, people.reviewers[0])
    with full(people.app, engine_name):
        answers = []

        def write() -> int:
            answers.append(client.post("/desk/claims/new", data={"text": CLAIM * 20, "language": "en"}))
            return answers[-1].status_code

        assert until_it_is_full(write) == 507
        page = unescape(answers[-1].get_data(as_text=True))
        assert "The disk of this desk is full" in page
        assert CLAIM * 20 in page


def test_reading_goes_on_and_so_does_writing_once_there_is_room(people: builders.Desk, engine_name: str) -> None:
    builders.published(people)
    client, reader = sitting(people.app, people.reviewers[0]), browser(people.app)
    with full(people.app, engine_name):
        until_it_is_full(
            lambda: client.post("/desk/claims/new", data={"text": CLAIM * 20, "language": "en"}).status_code
        )
        for path in ("/", "/incidents", "/incidents/KV412", "/audit"):
            assert reader.get(path).status_code == 200
        for path in ("/desk", "/desk/claims", "/desk/incidents/KV412"):
            assert client.get(path).status_code == 200
    before = trail.size()
    assert client.post("/desk/claims/new", data={"text": CLAIM, "language": "en"}).status_code == 302
    session.rollback()
    assert trail.size() == before + 1
    assert_whole()


def test_a_file_that_finds_no_room_is_answered_alike(
    people: builders.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The object store is another disk, perhaps: its own word for it is heard too."""
    from io import BytesIO

    from obstore.exceptions import GenericError

    def no_room(*_given: object, **_named: object) -> None:
        raise GenericError(f"Generic LocalFileSystem error: {os.strerror(errno.ENOSPC)} (os error 28)")

    ref = builders.with_sources(people)
    client = sitting(people.app, people.enterer)
    monkeypatch.setattr("obstore.put", no_room)
    file = {"file": (BytesIO(b"what was seen"), "burnt.txt")}
    answer = client.post(f"/desk/incidents/{ref}/sources/1/capture", data=file)
    assert answer.status_code == 507
    assert "The disk of this desk is full" in answer.get_data(as_text=True)


# --- the real thing: a file system of 24 MB ----------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = os.geteuid() == 0 and shutil.which("mount")
    if not mounted or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], check=False).returncode:
        not_tested("a disk that is really full (needs root and mount)")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.soak
def test_a_disk_that_is_really_full(small_disk: Path, sqlite_template: Path) -> None:
    from review import create_app

    home = small_disk / "home"
    home.mkdir(mode=0o700)
    shutil.copyfile(sqlite_template, home / "assay.db")
    app = create_app({"ASSAY_HOME": str(home), "TESTING": True, "WTF_CSRF_ENABLED": False})
    with app.app_context():
        people = builders.desk(app)
        client, reader = sitting(app, people.reviewers[0]), browser(app)
        left = shutil.disk_usage(small_disk).free
        with (small_disk / "ballast").open("wb") as file:
            file.write(b"x" * max(0, left - 400_000))
        told = until_it_is_full(
            lambda: client.post("/desk/claims/new", data={"text": CLAIM * 20, "language": "en"}).status_code
        )
        assert told == 507
        assert reader.get("/").status_code == 200
        assert client.get("/desk/claims").status_code == 200
        assert health.disk() == "full"
        (small_disk / "ballast").unlink()
        assert client.post("/desk/claims/new", data={"text": CLAIM, "language": "en"}).status_code == 302
        session.rollback()
        store.configure(app.config["OBJECT_STORE_URL"])
        assert_whole()
        session.remove()
        db.engine.dispose()
