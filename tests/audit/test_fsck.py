"""The database against its trail: nothing to say of a whole desk, and a sentence for whatever changed behind the doorway."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text

from review import config, store
from review.actions import checkpoints
from review.audit import fsck, keys, subtrees
from review.models import Subtree, session
from tests import builders
from tests.audit.whole import PHOTOGRAPH, Whole, bundle, checked, populated, signed, sqlite_desk, vkey


def found() -> list[str]:
    return list(fsck.check(session, keys.load(config.home()), store.objects()))


def test_a_desk_that_went_through_the_doorway_is_what_its_trail_says(desk: Flask, tmp_path: Path) -> None:
    populated(desk)
    checkpoint = signed()
    session.rollback()
    assert found() == []
    done = checked(bundle(checkpoint), tmp_path, vkey())
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


def test_an_empty_desk_has_nothing_to_say(desk: Flask) -> None:
    assert list(fsck.check(session, None, store.objects())) == []


# --- behind the doorway -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    with sqlite_desk(tmp_path_factory.mktemp("desk") / "home", sqlite_template) as app:
        built = populated(app)
        signed()
        session.rollback()
        yield built


def behind(*statements: str) -> list[str]:
    """What fsck says after these changes, which then never happened."""
    session.rollback()
    connection = session.connection()
    connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    for name, _sql in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    for statement in statements:
        assert connection.exec_driver_sql(statement).rowcount > 0, statement
    for _name, sql in triggers:
        connection.exec_driver_sql(sql)
    sentences = found()
    session.rollback()
    return sentences


LAST = "(SELECT max(seq) FROM event)"
PUBLISHED = "(SELECT min(seq) FROM event WHERE type = 'grade.published')"
VOTED = "(SELECT min(seq) FROM event WHERE type = 'vote.committed')"
REASON = "(SELECT seq FROM event WHERE type = 'grade.approved' ORDER BY seq LIMIT 1)"
ONE = "(SELECT min(incident_id) FROM event WHERE type = 'grade.published')"

CASES = {
    "a leaf's bytes": (
        f"UPDATE event SET line = CAST(replace(CAST(line AS TEXT), '\"version\":1', '\"version\":2') AS BLOB) WHERE seq = {PUBLISHED}",
        "its hash is not that of its line",
    ),
    "a leaf's bytes and its hash": (f"UPDATE event SET leaf = zeroblob(32) WHERE seq = {PUBLISHED}", "The log's head says"),
    "an event taken out": (f"DELETE FROM event WHERE seq = {LAST} - 3", "events are gone"),
    "the last event taken out": (f"DELETE FROM event WHERE seq = {LAST}", "and only"),
    "a column: type": (f"UPDATE event SET type = 'grade.imported' WHERE seq = {PUBLISHED}", "the column type says"),
    "a column: day": (f"UPDATE event SET day = '2001-01-01' WHERE seq = {PUBLISHED}", "the column day says"),
    "a column: actor": (f"UPDATE event SET actor = 'aaaaaaaaaaaaaaaa' WHERE seq = {VOTED}", "the column actor says"),
    "a column: role": (f"UPDATE event SET role = 'admin' WHERE seq = {VOTED}", "the column role says"),
    "a column: class": (f"UPDATE event SET judged = 'E' WHERE seq = {VOTED}", "the column class says"),
    "an event in another incident": (
        f"UPDATE event SET incident_id = NULL, iseq = NULL WHERE seq = {LAST} - 2 AND incident_id IS NOT NULL "
        f"OR seq = {PUBLISHED}",
        "the column incident says None",
    ),
    "a disclosure's text": (
        f"UPDATE disclosure SET text = 'WyJhIiwiYiIsImMiXQ' WHERE seq = {REASON} AND name = 'reason'",
        "its reason is not what was sealed",
    ),
    "a disclosure's name": (
        f"UPDATE disclosure SET name = 'reason2' WHERE seq = {REASON} AND name = 'reason'",
        "the column says reason2",
    ),
    "a disclosure taken out": (f"DELETE FROM disclosure WHERE seq = {REASON} AND name = 'reason'", "no redaction covers them"),
    "a disclosure added": (
        f"INSERT INTO disclosure (digest, seq, name, text, sealed) VALUES ('{'A' * 43}', {REASON}, 'x', 'x', 0)",
        "is none that it sealed",
    ),
    "a sealed vote that cannot be opened": (
        "UPDATE disclosure SET text = 'AAAA' || substr(text, 5) WHERE sealed AND name = 'grade'",
        "cannot be opened with the master key",
    ),
    "an open vote called sealed": (f"UPDATE disclosure SET sealed = 1 WHERE seq = {REASON} AND name = 'reason'", "still encrypted"),
    "a vote's voter": (f"UPDATE vote SET voter = 'aaaaaaaaaaaaaaaa' WHERE seq = {VOTED}", "vote.voter says aaaaaaaaaaaaaaaa"),
    "a vote taken out": ("DELETE FROM vote WHERE seq = (SELECT max(seq) FROM vote)", "the table vote lacks its decision"),
    "a round's policy": ("UPDATE round SET policy_seq = 3, kind = 'again' WHERE number = 1", "round.kind says again"),
    "a result": ("UPDATE round_closing SET grade = 'confirmed' WHERE result = 'agreed'", "round_closing.grade says confirmed"),
    "a settlement": ("UPDATE settlement_closing SET grade = 'confirmed'", "settlement_closing.grade says confirmed"),
    "an approver": ("UPDATE approval SET approver = 'aaaaaaaaaaaaaaaa' WHERE version = 2", "approval.approver says"),
    "a determination": ("UPDATE determination SET grade = 'confirmed' WHERE version = 2", "determination.grade says confirmed"),
    "a determination that nobody made": (
        "INSERT INTO determination (seq, incident_id, version, grade, range, codebook_seq, kind) "
        f"SELECT {LAST}, incident_id, 9, grade, range, codebook_seq, kind FROM determination LIMIT 1",
        "that no event made",
    ),
    "a policy": ("UPDATE policy SET body = json_set(body, '$.required', 2)", "is not the one that was set"),
    "a codebook": (f"UPDATE codebook_version SET sha256 = '{'0' * 64}' WHERE key = 'airwars/1'", "is not the one that was defined"),
    "a checkpoint": ("UPDATE checkpoint SET text = replace(text, 'A', 'B')", "The checkpoint of"),
    "the head's size": ("UPDATE log_head SET size = size + 1", "The log's head says"),
    "the head's edge": ("UPDATE log_head SET edge = '[]'", "The log's head says"),
    "the signer's memory": (f"UPDATE log_head SET signed_root = '{'A' * 43}='", "The signer remembers another root"),
    "a chain's length": (f"UPDATE incident SET count = count + 1 WHERE id = {ONE}", "its length is not that of its chain"),
    "a chain's last leaf": (f"UPDATE incident SET last_leaf = zeroblob(32) WHERE id = {ONE}", "its last leaf is not that"),
    "an evidence digest": (f"UPDATE incident SET evidence = digest WHERE id = {ONE}", "its evidence digest is not that"),
    "a frozen head": ("UPDATE incident SET shown_count = NULL, shown_leaf = NULL", "its shown length is not that"),
    "a stage": (f"UPDATE incident SET stage = 'logged' WHERE id = {ONE}", "the column stage says logged"),
    "a grade": (f"UPDATE incident SET grade = 'confirmed' WHERE id = {ONE}", "the column grade says confirmed"),
    "facts": (f"UPDATE incident SET facts = '{{}}' WHERE id = {ONE}", "the column facts is not what the events say"),
    "what is public": (f"UPDATE incident SET public = 0 WHERE id = {ONE}", "the column public says False"),
    "a code": (f"DELETE FROM incident_code WHERE incident_id = {ONE}", "its codes are not those of its facts"),
    "the words of an index": (
        "INSERT INTO incident_words (incident_words, rowid, search_text) "
        f"SELECT 'delete', id, search_text FROM incident WHERE id = {ONE}",
        "its words in the index incident_words are not those",
    ),
    "a turn": ("DELETE FROM turn", "the turns kept are not those"),
    "a source link": (f"UPDATE source_link SET withdrawn = 1 WHERE incident_id = {ONE}", "the sources linked are not those"),
    "a role": ("UPDATE person SET role = 'admin' WHERE role = 'auditor'", "The person"),
    "a stream's mode": ("UPDATE stream SET mode = 'active'", "The stream"),
    "a claim's stage": ("UPDATE claim SET stage = 'dismissed'", "The claim"),
}  # fmt: skip


@pytest.mark.parametrize("change", sorted(CASES))
def test_a_change_behind_the_doorway_is_named(whole: Whole, change: str) -> None:
    statement, sentence = CASES[change]
    said = behind(statement)
    assert any(sentence in one for one in said), said


def test_after_all_that_nothing_has_changed(whole: Whole) -> None:
    session.rollback()
    assert found() == []


def test_a_trigger_that_is_gone_is_named(whole: Whole) -> None:
    session.rollback()
    for name in ("event_refuses_delete", "disclosure_refuses_update"):
        session.connection().exec_driver_sql(f"DROP TRIGGER {name}")
    said = found()
    session.rollback()
    assert [one.split()[2] for one in said] == ["disclosure_refuses_update", "event_refuses_delete"]


def test_a_kept_file_that_is_gone_or_changed_is_named(whole: Whole) -> None:
    sha256 = hashlib.sha256(PHOTOGRAPH).hexdigest()
    path = config.home() / "objects" / sha256[:2] / sha256
    assert path.read_bytes() == PHOTOGRAPH
    try:
        path.write_bytes(PHOTOGRAPH[:-1] + b"!")
        assert f"The file {sha256} is not the one that was recorded. Bring it back from a backup." in found()
        path.unlink()
        assert f"The file {sha256} is recorded and not kept. Bring it back from a backup." in found()
    finally:
        path.write_bytes(PHOTOGRAPH)


def test_a_kept_root_of_a_stretch_that_is_not_that_of_its_leaves_is_named(
    desk: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subtrees, "STRETCH", 8)
    builders.published(builders.desk(desk))
    checkpoints.publish_on_the_hour()
    session.rollback()
    assert found() == []
    kept = session.scalars(select(Subtree).order_by(Subtree.number)).all()
    wrong, beyond = kept[3], len(kept) + 5
    wrong.root = kept[2].root
    session.add(Subtree(number=beyond, root=kept[2].root))
    session.flush()
    assert found() == [
        "The root kept of events 24 to 31 is not that of their leaves.",
        f"A root is kept of events from {beyond * 8} on, and they do not fill a stretch.",
    ]
    session.rollback()
