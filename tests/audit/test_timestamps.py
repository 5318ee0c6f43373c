"""Timestamps: asked of an authority made with openssl, judged by openssl; what proves nothing is refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from review import clock, config, jobs, stamping
from review.actions import checkpoints, log, witnesses
from review.actions.accounts import account_write
from review.audit import timestamps
from review.keeping import doctor
from review.models import Job, Timestamp, session
from tests import builders
from tests.audit import authority, whole
from tests.audit.authority import Authority
from tests.audit.test_witnesses import Witness
from tests.conftest import Make

FILE = b"assay.invalid/abcdefgh\n3\nroot\n\nsigned\n"


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority.made(tmp_path_factory.mktemp("tsa") / "authority")


@pytest.fixture
def running(made: Authority) -> Iterator[Authority]:
    made.asked.clear()
    made.instead.clear()
    made.broken = 0
    with authority.serving(made):
        yield made


# --- a reply, judged --------------------------------------------------------------------------------------------


def test_a_reply_that_openssl_made_holds(made: Authority) -> None:
    asked = timestamps.request(FILE)
    reply = made.reply(asked.as_bytes())
    stamped = timestamps.judged(reply, asked, FILE, timestamps.certificates(str(made.root)))
    assert stamped.reply == reply
    assert authority.vouches(made, FILE, reply)


def test_another_imprint_is_refused(made: Authority) -> None:
    asked = timestamps.request(FILE)
    reply = made.reply(asked.as_bytes())
    with pytest.raises(timestamps.BadReply, match="imprint"):
        timestamps.judged(reply, asked, FILE + b"more", ())


def test_another_nonce_is_refused(made: Authority) -> None:
    asked, other = timestamps.request(FILE), timestamps.request(FILE)
    assert asked.nonce != other.nonce
    with pytest.raises(timestamps.BadReply, match="nonce"):
        timestamps.judged(made.reply(other.as_bytes()), asked, FILE, ())


def test_another_signer_is_refused(made: Authority, tmp_path: Path) -> None:
    impostor = authority.made(tmp_path / "impostor")
    asked = timestamps.request(FILE)
    reply = impostor.reply(asked.as_bytes())
    with pytest.raises(timestamps.BadReply, match="signature"):
        timestamps.judged(reply, asked, FILE, timestamps.certificates(str(made.root)))
    assert not authority.vouches(made, FILE, reply)


def test_no_changed_reply_is_taken_for_another(made: Authority) -> None:
    """One bit anywhere: it is refused, or means what it meant (a bit that only the outer framing holds)."""
    asked = timestamps.request(FILE)
    reply = made.reply(asked.as_bytes())
    trusted = timestamps.certificates(str(made.root))
    good = timestamps.judged(reply, asked, FILE, trusted)
    taken = []
    for place in range(0, len(reply), 7):
        changed = bytearray(reply)
        changed[place] ^= 1
        try:
            if timestamps.judged(bytes(changed), asked, FILE, trusted).at != good.at:
                taken.append(place)
        except timestamps.BadReply:
            continue
    assert taken == []


def test_a_refusal_and_a_nothing_are_refused(made: Authority) -> None:
    asked = timestamps.request(FILE)
    refused = made.reply(b"no query at all")
    for reply in (refused, b"", b"<html>"):
        with pytest.raises(timestamps.BadReply):
            timestamps.judged(reply, asked, FILE, ())


def test_a_file_without_certificates_says_so(tmp_path: Path) -> None:
    (tmp_path / "none.pem").write_text("nothing here")
    for path in (tmp_path / "none.pem", tmp_path / "gone.pem"):
        with pytest.raises(timestamps.BadCertificate):
            timestamps.certificates(str(path))
    assert timestamps.certificates("") == ()


# --- at a desk --------------------------------------------------------------------------------------------------


@dataclass
class Scene:
    """A desk that asks the authority, with a checkpoint that ends in the heads."""

    app: Flask
    people: builders.Desk
    authority: Authority
    file: str
    witness: Witness


@pytest.fixture
def scene(make_app: Make, running: Authority, tmp_path: Path) -> Iterator[Scene]:
    witness = Witness()
    (tmp_path / "witnesses").write_text(witness.vkey + "\n")
    app = make_app(
        ASSAY_TSA_URL=running.url, ASSAY_TSA_CERTIFICATE=str(running.root), ASSAY_WITNESSES=str(tmp_path / "witnesses")
    )
    with app.app_context():
        people = builders.desk(app)
        _stamped_today()
        builders.published(people)
        log.record_heads()
        file = checkpoints.publish_checkpoint()
        assert file is not None
        yield Scene(app, people, running, file, witness)


def _stamped_today() -> None:
    """The worker has nothing to ask the authority for before tomorrow, whatever the hour of this test."""
    now = clock.now()
    with account_write():
        session.add(Job(kind="stamp_checkpoint", key=f"stamp:{clock.day(now)}", payload={}, due_at=now, done_at=now))


def replies() -> list[bytes]:
    session.rollback()
    return [bytes(reply) for reply in session.scalars(select(Timestamp.reply).order_by(Timestamp.stamped_at))]


def test_the_last_checkpoint_with_heads_is_stamped_once_a_day(scene: Scene) -> None:
    builders.opened(scene.people)
    checkpoints.publish_checkpoint()  # ends in no heads, and is not stamped
    later = clock.now() + timedelta(days=1)
    midnight = later.replace(hour=0, minute=1, second=0, microsecond=0)
    with clock.reading(lambda: midnight):
        builders.work()
    assert replies() == []  # the witnesses have half an hour
    with clock.reading(lambda: midnight + timedelta(minutes=30)):
        builders.work()
        builders.work()
    (reply,) = replies()
    ends_in_heads = session.scalars(select(Timestamp.size)).one()
    file = scene.app.test_client().get(f"/audit/checkpoints/{ends_in_heads}").data
    assert ends_in_heads > int(scene.file.split("\n")[1])
    assert authority.vouches(scene.authority, file, reply)
    assert len(scene.authority.asked) == 1


def test_the_authority_is_told_a_digest_and_nothing_else(scene: Scene) -> None:
    stamping.stamp()
    (asked,) = scene.authority.asked
    assert len(asked) < 80
    assert scene.file.encode()[:20] not in asked


def test_an_authority_that_is_away_is_asked_again_later(scene: Scene) -> None:
    scene.authority.broken = 2
    session.rollback()
    with account_write():
        session.add(Job(kind="stamp_checkpoint", key="stamp:test", payload={}, due_at=clock.now()))
    moment = clock.now()
    for turn in range(3):
        with clock.reading(lambda turn=turn: moment + timedelta(minutes=10 * turn)):
            jobs.run_due()
    assert len(replies()) == 1
    assert len(scene.authority.asked) == 3


def test_a_token_for_something_else_is_not_kept(scene: Scene) -> None:
    scene.authority.instead.append(timestamps.request(b"another file").as_bytes())
    with pytest.raises(timestamps.BadReply):
        stamping.stamp()
    assert replies() == []


def test_only_the_web_is_asked(scene: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    monkeypatch.setitem(config._outside, "ASSAY_TSA_URL", (tmp_path / "secret").as_uri())
    with pytest.raises(stamping.NoSuchAuthority):
        stamping.stamp()


def test_a_bundle_carries_the_stamp_of_exactly_its_checkpoint(scene: Scene, tmp_path: Path) -> None:
    stamping.stamp()
    size = scene.file.split("\n")[1]
    packed = whole.bundle(scene.file)
    with zipfile.ZipFile(io.BytesIO(packed)) as bundle:
        reply = bundle.read(f"data/timestamp/{size}.tsr")
        file = bundle.read("data/checkpoint")
    assert authority.vouches(scene.authority, file, reply)
    done = whole.checked(packed, tmp_path, whole.vkey())
    assert done.returncode == 0, done.stdout
    assert "the authority's signature was not checked" in done.stdout


def test_a_line_that_comes_later_makes_another_file_which_is_stamped_anew(scene: Scene, tmp_path: Path) -> None:
    stamping.stamp()
    file = witnesses.cosign(scene.file + scene.witness.line(scene.file, int(clock.now().timestamp())))
    size = scene.file.split("\n")[1]
    with zipfile.ZipFile(io.BytesIO(whole.bundle(file))) as bundle:
        assert f"data/timestamp/{size}.tsr" not in bundle.namelist()
    assert whole.checked(whole.bundle(file), tmp_path, whole.vkey()).returncode == 0
    later = clock.now() + witnesses.OTHERS_MAY_SIGN
    with clock.reading(lambda: later):
        builders.work()
    first, second = replies()
    assert authority.vouches(scene.authority, scene.file.encode(), first)
    assert authority.vouches(scene.authority, file.encode(), second)
    packed = whole.bundle(file)
    with zipfile.ZipFile(io.BytesIO(packed)) as bundle:
        assert bundle.read(f"data/timestamp/{size}.tsr") == second
    assert whole.checked(packed, tmp_path, whole.vkey(), "--witness", scene.witness.vkey).returncode == 0
    # And the one under the file as it was before is not passed off as this one's.
    with zipfile.ZipFile(io.BytesIO(whole.bundle(scene.file))) as bundle:
        assert f"data/timestamp/{size}.tsr" not in bundle.namelist()


def test_a_reply_is_never_changed(scene: Scene) -> None:
    stamping.stamp()
    for statement in (update(Timestamp).values(reply=b"other"), Timestamp.__table__.delete()):
        with pytest.raises(DBAPIError, match="append-only"), account_write():
            session.execute(statement)


def test_the_doctor_says_how_the_stamps_are(scene: Scene) -> None:
    def finding() -> doctor.Finding:
        return next(one for one in doctor.findings() if one.part == "Timestamps")

    assert finding().word == doctor.OK  # the day's is not due yet
    later = clock.now() + timedelta(days=2)
    with clock.reading(lambda: later):
        assert finding().word == doctor.WARNING
    stamping.stamp()
    with clock.reading(lambda: later):
        assert finding().word == doctor.OK
