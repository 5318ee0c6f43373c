"""Witnesses: lines under a published checkpoint that foreign programs make and judge, checked before they are kept."""

from __future__ import annotations

import base64
import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from review import clock
from review.actions import checkpoints, witnesses
from review.actions.accounts import account_write
from review.audit.note import NoteError, VerifierKey, parse_checkpoint
from review.audit.witnesses import cosignatures, named
from review.models import Checkpoint, Cosignature, session
from review.rules.errors import Invalid, NotFound
from review.views.pacing import Pace
from tests import builders
from tests.audit import whole
from tests.conftest import Make

VECTORS = Path(__file__).resolve().parents[3] / "shared" / "audit-vectors"
DASH = "\u2014"


# --- a witness of our own invention, on nothing but cryptography and hashlib ------------------------------------


@dataclass
class Witness:
    """Cosigns a checkpoint once it has proved that it continues the last one that was cosigned."""

    name: str = "witness.example/w1"
    private: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    seen: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    @property
    def key(self) -> bytes:
        return b"\x04" + self.private.public_key().public_bytes_raw()

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + self.key).digest()[:4]

    @property
    def vkey(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(self.key).decode()}"

    def line(self, note: str, time: int) -> str:
        body = "".join(line + "\n" for line in note.split("\n")[:3])
        signature = self.private.sign(f"cosignature/v1\ntime {time}\n{body}".encode())
        return f"{DASH} {self.name} {base64.b64encode(self.id + struct.pack('>Q', time) + signature).decode()}\n"

    def cosign(self, browser: FlaskClient, log_key: bytes, time: int) -> str:
        """Look at the latest checkpoint, demand its proof, sign, and bring the line; answers what the log says to it."""
        note = browser.get("/audit/checkpoint").get_data(as_text=True)
        origin, size, root = note.split("\n")[:3]
        if not signed_by_log(note, origin, log_key):
            raise RuntimeError("not the log's own checkpoint")
        known = self.seen.get(origin)
        if known is not None:
            proof = browser.get(f"/audit/consistency/{known[0]}-{size}").get_data(as_text=True)
            if not continues(proof, *known, int(size), base64.b64decode(root)):
                raise RuntimeError("it does not continue what was cosigned before")
        self.seen[origin] = int(size), base64.b64decode(root)
        answer = browser.post("/audit/cosignatures", data=note + self.line(note, time), content_type="text/plain")
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_data(as_text=True)


def signed_by_log(note: str, origin: str, key: bytes) -> bool:
    body, _, lines = note.partition("\n\n")
    for line in lines.splitlines():
        _dash, name, blob = line.split(" ")
        if name == origin:
            Ed25519PublicKey.from_public_bytes(key).verify(base64.b64decode(blob)[4:], body.encode() + b"\n")
            return True
    return False


def above(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def continues(proof: str, old: int, old_root: bytes, new: int, new_root: bytes) -> bool:
    """RFC 9162, 2.1.4.2, as the standard tells it."""
    head, *rest = proof.split("\n\n")[0].split("\n")
    assert head == f"old {old}"
    path = [base64.b64decode(line) for line in rest]
    if old == new:
        return old_root == new_root and not path
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for step in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = above(step, fr), above(step, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = above(sr, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == old_root and sr == new_root


# --- the vectors ------------------------------------------------------------------------------------------------


def test_the_vectors_cosignature_is_accepted_and_a_changed_one_is_not() -> None:
    key = VerifierKey.parse((VECTORS / "keys" / "witness.vkey").read_text().strip())
    text = (VECTORS / "checkpoint").read_text(encoding="utf-8")
    assert list(cosignatures(parse_checkpoint(text), [key])) == [key]
    lines = text.splitlines(keepends=True)
    place = next(place for place, line in enumerate(lines) if line.startswith(f"{DASH} {key.name} "))
    blob = bytearray(base64.b64decode(lines[place].split(" ")[2]))
    blob[11] ^= 1  # the time that was signed
    lines[place] = f"{DASH} {key.name} {base64.b64encode(blob).decode()}\n"
    with pytest.raises(NoteError, match="does not hold"):
        cosignatures(parse_checkpoint("".join(lines)), [key])


def test_a_file_of_witnesses_names_those_it_can_and_counts_the_rest(tmp_path: Path) -> None:
    one, log = Witness("one.example"), VerifierKey.parse((VECTORS / "keys" / "log.vkey").read_text().strip())
    path = tmp_path / "witnesses"
    path.write_text(f"# ours\n\n{one.vkey}\n{log}\nnonsense\n{one.vkey}\n")
    found = named(str(path))
    assert [str(key) for key in found.keys] == [one.vkey]
    assert found.unread == (4, 5)
    assert named(str(tmp_path / "gone")).unread == (0,)
    assert named("").keys == ()


# --- at a desk --------------------------------------------------------------------------------------------------


@dataclass
class Scene:
    """A desk that knows two witnesses, with a published checkpoint."""

    app: Flask
    people: builders.Desk
    known: Witness
    second: Witness
    note: str

    def now(self) -> int:
        return int(clock.now().timestamp())


@pytest.fixture
def scene(make_app: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setattr("review.views.checkpoints.COSIGNING", Pace(each=30, all=300))  # of this test alone
    known, second = Witness(), Witness("second.example")
    path = tmp_path / "witnesses"
    path.write_text(f"{known.vkey}\n{second.vkey}\n")
    app = make_app(ASSAY_WITNESSES=str(path))
    with app.app_context():
        people = builders.desk(app)
        note = checkpoints.publish_checkpoint()
        assert note is not None
        yield Scene(app, people, known, second, note)


def kept() -> list[str]:
    session.rollback()
    return list(session.scalars(select(Cosignature.line).order_by(Cosignature.line)))


def test_the_lines_of_known_witnesses_are_kept_and_served_sorted(scene: Scene) -> None:
    stranger = Witness("stranger.example").line(scene.note, scene.now())
    mine, other = (one.line(scene.note, scene.now()) for one in (scene.known, scene.second))
    file = witnesses.cosign(scene.note + stranger + mine + other)
    assert file == scene.note + "".join(sorted((mine, other)))
    browser = scene.app.test_client()
    size = scene.note.split("\n")[1]
    assert browser.get("/audit/checkpoint").get_data(as_text=True) == file
    assert browser.get(f"/audit/checkpoints/{size}").get_data(as_text=True) == file
    page = browser.get("/audit/checkpoints").get_data(as_text=True)
    assert scene.known.name in page and "stranger.example" not in page
    # The note itself is what it was: only its file grew.
    assert session.scalars(select(Checkpoint.text)).one() == scene.note


def test_the_first_line_of_a_witness_stands(scene: Scene) -> None:
    first = scene.known.line(scene.note, scene.now() - 60)
    witnesses.cosign(scene.note + first)
    witnesses.cosign(scene.note + scene.known.line(scene.note, scene.now()))
    assert kept() == [first]


def test_a_line_is_never_changed_or_taken_away(scene: Scene) -> None:
    witnesses.cosign(scene.note + scene.known.line(scene.note, scene.now()))
    for statement in (update(Cosignature).values(line="other"), Cosignature.__table__.delete()):
        with pytest.raises(DBAPIError, match="append-only"), account_write():
            session.execute(statement)


def test_a_line_that_does_not_hold_fails_all(scene: Scene) -> None:
    good = scene.second.line(scene.note, scene.now())
    forged = Witness(scene.known.name)
    blob = scene.known.id + struct.pack(">Q", scene.now()) + forged.private.sign(b"something else")
    bad = f"{DASH} {scene.known.name} {base64.b64encode(blob).decode()}\n"
    with pytest.raises(Invalid) as refusal:
        witnesses.cosign(scene.note + good + bad)
    assert refusal.value.problems == {"note": witnesses.DOES_NOT_HOLD}
    assert kept() == []


def test_what_is_refused_is_refused_in_a_sentence(scene: Scene) -> None:
    browser = scene.app.test_client()
    line = scene.known.line(scene.note, scene.now())
    _origin, size, root = scene.note.split("\n")[:3]

    def said(body: str, content_type: str = "text/plain") -> tuple[int, str]:
        answer = browser.post("/audit/cosignatures", data=body.encode(), content_type=content_type)
        return answer.status_code, answer.get_data(as_text=True)

    another = scene.note.replace(root, base64.b64encode(b"\1" * 32).decode())
    tomorrow = scene.known.line(scene.note, scene.now() + 3 * 86_400)
    assert said("nonsense\n")[0] == 422
    assert said(another + scene.known.line(another, scene.now())) == (422, witnesses.ANOTHER + "\n")
    assert said(scene.note.replace(f"\n{size}\n", "\n9999\n") + line)[0] == 404
    assert said(scene.note) == (422, witnesses.NOBODY_KNOWN + "\n")
    assert said(scene.note + Witness("stranger.example").line(scene.note, 1)) == (422, witnesses.NOBODY_KNOWN + "\n")
    assert said(scene.note + tomorrow)[0] == 422
    assert said(scene.note + scene.known.line(scene.note, 2**64 - 1))[0] == 422
    assert said(scene.note + line, "application/x-www-form-urlencoded")[0] == 415
    assert said(scene.note + line + "x" * 9_000)[0] == 413
    assert kept() == []
    assert said(scene.note + line)[0] == 200
    assert kept() == [line]


def test_an_unknown_size_is_not_found(scene: Scene) -> None:
    builders.opened(scene.people)  # the log is longer now, and nothing longer was published
    size = int(scene.note.split("\n")[1])
    with pytest.raises(NotFound, match="not-published"):
        witnesses.cosign(scene.note.replace(f"\n{size}\n", f"\n{size + 1}\n"))


def test_a_flood_from_one_place_is_paused(scene: Scene) -> None:
    browser = scene.app.test_client()
    there = {"REMOTE_ADDR": "198.51.100.7"}
    elsewhere = {"REMOTE_ADDR": "198.51.100.8"}
    at = clock.now() + timedelta(minutes=5)

    def knocked(place: dict[str, str]) -> int:
        answer = browser.post("/audit/cosignatures", data=b"x\n", content_type="text/plain", environ_overrides=place)
        return answer.status_code

    with clock.reading(lambda: at):
        assert [knocked(there) for _turn in range(31)] == [422] * 30 + [429]
        assert knocked(elsewhere) == 422
    with clock.reading(lambda: at + timedelta(minutes=1)):
        assert knocked(there) == 422


def test_a_witness_that_demands_proofs_follows_the_log(scene: Scene) -> None:
    """From one checkpoint to the next, over the routes alone; a log that was rewritten loses it."""
    browser = scene.app.test_client()
    log_key = VerifierKey.parse(scene.app.test_cli_runner().invoke(args=["audit", "key"]).output.strip()).public
    for turn in range(3):
        file = scene.known.cosign(browser, log_key, scene.now())
        assert file.count(f"{DASH} {scene.known.name} ") == 1
        for _more in range(turn * 3 + 1):
            builders.opened(scene.people)
        checkpoints.publish_checkpoint()
    assert len(kept()) == 3
    # The same witness, told that it had seen another tree of that size.
    ((origin, (size, _root)),) = scene.known.seen.items()
    scene.known.seen[origin] = size, bytes(32)
    with pytest.raises(RuntimeError, match="does not continue"):
        scene.known.cosign(browser, log_key, scene.now())


def test_the_command_takes_the_same_lines(scene: Scene, tmp_path: Path) -> None:
    line = scene.known.line(scene.note, scene.now())
    path = tmp_path / "cosigned"
    path.write_text(scene.note + line, encoding="utf-8")
    done = scene.app.test_cli_runner().invoke(args=["audit", "cosign", str(path)])
    assert done.exit_code == 0 and done.stdout == scene.note + line
    path.write_text(scene.note, encoding="utf-8")
    refused = scene.app.test_cli_runner().invoke(args=["audit", "cosign", str(path)])
    assert refused.exit_code == 1 and witnesses.NOBODY_KNOWN in refused.output


def test_a_bundle_carries_the_lines_and_the_verifier_asks_for_them(scene: Scene, tmp_path: Path) -> None:
    key = scene.app.test_cli_runner().invoke(args=["audit", "key"]).output.strip()
    builders.published(scene.people)
    note = whole.signed()
    assert whole.checked(whole.bundle(note), tmp_path, key, "--witness", scene.known.vkey).returncode == 1
    file = witnesses.cosign(note + scene.known.line(note, scene.now()))
    found = whole.checked(whole.bundle(file), tmp_path, key, "--witness", scene.known.vkey)
    assert found.returncode == 0, found.stdout
    assert whole.checked(whole.bundle(file), tmp_path, key, "--witness", scene.second.vkey).returncode == 1
    assert checkpoints.publish_checkpoint() == file
