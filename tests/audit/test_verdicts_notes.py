"""Verdicts on verifier keys and signed notes, each beside the nearest one that is well-formed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from review.audit import note, verify
from review.audit.verify import Malformed
from tests.audit import histories as h
from tests.audit.checking import failures

WITNESS = bytes(range(2, 34))
WITNESS_KEY = note.verifier_key("witness.example/w1", WITNESS, note.ALG_WITNESS)
TIME = 1_772_000_000


# --- keys --------------------------------------------------------------------------------------------------------------


def key_text(data: bytes, name: str = h.ORIGIN) -> str:
    """The text of a verifier key over any bytes at all."""
    identity = hashlib.sha256(name.encode() + b"\n" + data).hexdigest()[:8]
    return f"{name}+{identity}+{h.b64(data)}"


def another_id(text: str) -> str:
    name, identity, data = text.split("+", 2)
    return f"{name}+{'0' if identity[0] != '0' else '1'}{identity[1:]}+{data}"


NAME = "a verifier key is name+id+key"
KIND = "a verifier key of an unknown kind"
OWN_ID = "a verifier key whose id is not its own"


@pytest.mark.parametrize("kind", [1, 4])
def test_a_key_of_a_log_or_a_witness_is_read(kind: int) -> None:
    data = bytes([kind]) + h.KEY.public
    found = verify.parse_key(key_text(data))
    assert (found.name, found.algorithm, found.public) == (h.ORIGIN, kind, h.KEY.public)
    assert found.id.hex() == key_text(data).split("+")[1]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (h.ORIGIN, NAME), (f"{h.ORIGIN}+00000000", NAME), (key_text(b"\x01" + h.KEY.public, ""), NAME),
        (key_text(b"\x01" + h.KEY.public, "desk example"), NAME), (key_text(b"\x01" + h.KEY.public, "desk\x01"), NAME),
        (key_text(b"\x00" + h.KEY.public), KIND), (key_text(b"\x02" + h.KEY.public), KIND),
        (key_text(b"\x03" + h.KEY.public), KIND), (key_text(b"\x05" + h.KEY.public), KIND),
        (key_text(b"\x01" + h.KEY.public[:31]), KIND), (key_text(b"\x01" + h.KEY.public + b"\0"), KIND), (key_text(b""), KIND),
        (another_id(str(h.KEY)), OWN_ID), (str(h.KEY).replace("desk", "disk"), OWN_ID),
        (str(h.KEY).replace(h.KEY.id.hex(), h.KEY.id.hex().upper()), OWN_ID),
        (str(h.KEY)[:-1], "not base64"),
    ],
)  # fmt: skip
def test_a_key_that_is_none(text: str, sentence: str) -> None:
    with pytest.raises(Malformed) as raised:
        verify.parse_key(text)
    assert str(raised.value) == sentence


@pytest.mark.parametrize(
    ("text", "sentence"), [(key_text(b"\x02" + h.KEY.public), KIND), (another_id(str(h.KEY)), OWN_ID)]
)
def test_a_log_opened_with_a_key_that_is_none(tmp_path: Path, text: str, sentence: str) -> None:
    log = h.started()
    assert failures(log.write(tmp_path / "bundle.zip")) == []
    log.find("log.opened").body["vkey"] = text
    found = failures(log.write(tmp_path / "changed.zip"))
    assert found == [f"FAIL key seq -: a key of the log is malformed: {sentence}"]


# --- notes ---------------------------------------------------------------------------------------------------------------


def signed() -> str:
    return note.Checkpoint(h.ORIGIN, 7, h.sha(b"root")).signed(h.SEED).text


def line(name: str, blob: bytes) -> str:
    return f"\u2014 {name} {h.b64(blob)}\n"


def padded(text: str, size: int) -> str:
    """The note with one more line, of somebody unknown, so that it is this many bytes."""
    room = size - len(text.encode()) - len(line("", bytes(6)).encode())
    return text + line("x" * room, bytes(6))


def with_root(text: str, root: bytes) -> str:
    return text.replace(text.split("\n")[2], h.b64(root), 1)


@pytest.mark.parametrize(
    "text",
    [
        signed(), padded(signed(), 65_536), signed() + line("somebody", bytes(5)), signed().replace("\n7\n", "\n0\n"),
        signed().replace("\n7\n", "\n" + "1" * 17 + "\n"), signed().replace(h.ORIGIN, "désk", 1),
    ],
    ids=["signed", "64 KiB", "five bytes", "empty", "17 digits", "another name"],
)  # fmt: skip
def test_a_note_is_read(text: str) -> None:
    found = verify.parse_checkpoint(text.encode())
    lines = text.split("\n")
    assert (found.origin, found.size, found.root) == (lines[0], int(lines[1]), verify.unb64(lines[2]))
    assert found.body == "\n".join([*lines[:3], ""]).encode()
    assert [name for name, _, _ in found.signatures] == [one.split(" ")[1] for one in lines[4:-1]]
    assert found.signatures[0] == (h.ORIGIN, h.KEY.id, found.signatures[0][2])
    assert len(found.signatures[0][2]) == 64


THREE = "a checkpoint is three lines, a blank one and its signatures"
LINES = "its three lines are malformed"
SIGNATURE = "a signature line is malformed"
NOTES = {
    "over 64 KiB": (padded(signed(), 65_537).encode(), "a note over 64 KiB"),
    "not UTF-8": (signed().encode() + b"\xff\n", "not UTF-8"),
    "no last newline": (signed()[:-1].encode(), "a note ends in a newline"),
    "no signature": (signed().split("\u2014")[0].encode(), THREE),
    "no blank line": (signed().replace("\n\n", "\n").encode(), THREE),
    "a line more": (signed().replace("\n\n", "\nextension\n\n").encode(), THREE),
    "two lines": (b"a\n1\n\n\n", THREE),
    "a name with a space": (signed().replace(h.ORIGIN, "desk example", 1).encode(), LINES),
    "a name with a plus": (signed().replace(h.ORIGIN, "desk+example", 1).encode(), LINES),
    "no name": (signed().replace(h.ORIGIN, "", 1).encode(), LINES),
    "a leading zero": (signed().replace("\n7\n", "\n07\n").encode(), LINES),
    "a sign": (signed().replace("\n7\n", "\n-7\n").encode(), LINES),
    "a foreign digit": (signed().replace("\n7\n", "\n\u0667\n").encode(), LINES),
    "18 digits": (signed().replace("\n7\n", "\n" + "1" * 18 + "\n").encode(), LINES),
    "a short root": (with_root(signed(), bytes(31)).encode(), LINES),
    "a long root": (with_root(signed(), bytes(33)).encode(), LINES),
    "another dash": (signed().replace("\u2014", "-").encode(), SIGNATURE),
    "a word more": ((signed()[:-1] + " more\n").encode(), SIGNATURE),
    "a word less": ((signed() + "\u2014 somebody\n").encode(), SIGNATURE),
    "a blank line at the end": ((signed() + "\n").encode(), SIGNATURE),
    "a signer with a plus": ((signed() + line("some+body", bytes(6))).encode(), SIGNATURE),
    "four bytes": ((signed() + line("somebody", bytes(4))).encode(), "a signature is too short"),
    "no base64": ((signed() + "\u2014 somebody AAA\n").encode(), "not base64"),
}


@pytest.mark.parametrize("rule", NOTES)
def test_a_note_that_is_none(rule: str) -> None:
    data, sentence = NOTES[rule]
    with pytest.raises(Malformed) as raised:
        verify.parse_checkpoint(data)
    assert str(raised.value) == sentence


@pytest.mark.parametrize("rule", NOTES)
def test_a_kept_checkpoint_that_is_none(tmp_path: Path, rule: str) -> None:
    data, sentence = NOTES[rule]
    path = h.started().write(tmp_path / "bundle.zip")
    assert failures(path, since=data) == [f"FAIL checkpoint seq -: the checkpoint that you kept is malformed: {sentence}"]


def test_a_kept_checkpoint_of_64_kib_holds(tmp_path: Path) -> None:
    log = h.started()
    path = log.write(tmp_path / "bundle.zip", kept=[7])
    kept = log.members(kept=[7])["data/checkpoints/7"].decode()
    assert failures(path, since=padded(kept, 65_536).encode()) == []


# --- cosignatures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [lambda blob: blob[:-1], lambda blob: blob + b"\0"], ids=["a byte less", "a byte more"])
def test_a_cosignature_of_another_length(tmp_path: Path, change: object) -> None:
    members = h.started().members()
    old = members["data/checkpoint"]
    plain = verify.parse_checkpoint(old)
    cosigned = note.Checkpoint(plain.origin, plain.size, plain.root).signed(h.SEED).cosigned(WITNESS_KEY.name, WITNESS, TIME)
    holding = cosigned.text
    good = holding.splitlines()[-1] + "\n"
    blob = verify.unb64(good.split(" ")[2].strip())
    bad = line(WITNESS_KEY.name, change(blob))  # type: ignore[operator]
    told = []
    for text in (holding, holding.replace(good, bad)):
        changed = {name: data.replace(old, text.encode()) for name, data in members.items()}
        told.append(failures(h.write_bag(tmp_path / "bundle.zip", changed), witnesses=[WITNESS_KEY]))
    assert told == [[], ["FAIL checkpoint seq -: a cosignature of 'witness.example/w1' is malformed"]]
