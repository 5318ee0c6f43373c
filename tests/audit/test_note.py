"""Signed notes: what is signed, by whom, and what is refused."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from review.audit import note
from review.audit.canonical import b64, leaf_hash
from review.audit.note import NoteError

OWN = json.loads((Path(__file__).parent / "vectors" / "note.json").read_text("utf-8"))
SEED, OTHER, WITNESS = bytes(range(32)), bytes(range(1, 33)), bytes(range(2, 34))
KEY = note.verifier_key("desk.example/log1", SEED)
WITNESS_KEY = note.verifier_key("witness.example/w1", WITNESS, note.ALG_WITNESS)
ROOT = leaf_hash(b"root")
SHARED = Path(os.environ.get("ASSAY_DATA", Path(__file__).parents[2].parent / "shared" / "data")).parent / "audit-vectors"


def signed() -> note.Checkpoint:
    return note.Checkpoint("desk.example/log1", 7, ROOT).signed(SEED)


def test_a_signed_checkpoint_verifies_and_reads_back() -> None:
    text = signed().cosigned("witness.example/w1", WITNESS, 1_700_000_000).text
    found = note.verify_checkpoint(text, KEY, [WITNESS_KEY])
    assert (found.origin, found.size, found.root, found.text) == ("desk.example/log1", 7, ROOT, text)


def test_our_own_frozen_note() -> None:
    assert str(KEY) == OWN["vkey"] and str(WITNESS_KEY) == OWN["witness"]
    assert signed().cosigned("witness.example/w1", WITNESS, 1_700_000_000).text == OWN["note"]


def test_an_unknown_signature_is_ignored_but_a_false_one_fails_all() -> None:
    stranger = note.Checkpoint("desk.example/log1", 7, ROOT).signed(OTHER).signatures[0]
    with_stranger = note.Checkpoint("desk.example/log1", 7, ROOT, (*signed().signatures, stranger))
    assert note.verify_checkpoint(with_stranger.text, KEY).size == 7
    false = note.Signature(KEY.name, KEY.id, stranger.blob)
    with pytest.raises(NoteError, match="does not hold"):
        note.verify_checkpoint(note.Checkpoint("desk.example/log1", 7, ROOT, (*signed().signatures, false)).text, KEY)


def test_a_wanted_witness_must_have_signed() -> None:
    with pytest.raises(NoteError, match="witness.example/w1 has not signed"):
        note.verify_checkpoint(signed().text, KEY, [WITNESS_KEY])


def test_another_key_or_another_log_does_not_serve() -> None:
    with pytest.raises(NoteError, match="has not signed"):
        note.verify_checkpoint(signed().text, note.verifier_key("desk.example/log1", OTHER))
    with pytest.raises(NoteError, match="another log"):
        note.verify_checkpoint(signed().text, note.verifier_key("desk.example/log2", SEED))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n7\n", "\n07\n"), ("\n7\n", "\n+7\n"), ("\n7\n", "\n٧\n"), ("\n\n", "\nextension\n\n"), ("\u2014", "-"),
        ("\n\n", "\n"), ("=\n\n", "\n\n"), ("desk.example/log1\n7", "desk example/log1\n7"), ("\n7\n", "\n7\r\n"),
    ],
)
def test_a_malformed_checkpoint_is_refused(old: str, new: str) -> None:
    text = signed().text
    assert old in text
    with pytest.raises(NoteError):
        note.parse_checkpoint(text.replace(old, new, 1))


def test_a_checkpoint_without_signatures_or_last_newline_is_refused() -> None:
    with pytest.raises(NoteError):
        note.parse_checkpoint(note.Checkpoint("desk.example/log1", 7, ROOT).text)
    with pytest.raises(NoteError):
        note.parse_checkpoint(signed().text[:-1])


@pytest.mark.parametrize(
    "text",
    [
        "name", "name+00000000", f"name+00000000+{b64(b'x')}", str(KEY).replace("desk", "disk"), str(KEY)[:-4] + "AAA=",
        f"+{KEY.id.hex()}+{b64(bytes([1]) + KEY.public)}", str(KEY).upper(),
        f"{KEY.name}+{note.VerifierKey(KEY.name, 2, KEY.public).id.hex()}+{b64(bytes([2]) + KEY.public)}",
    ],
)
def test_a_malformed_verifier_key_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        note.VerifierKey.parse(text)


def test_proof_files_read_back() -> None:
    path = [leaf_hash(b"a"), leaf_hash(b"b")]
    assert note.parse_inclusion(note.inclusion_text(3, path, signed().text)) == (3, path, signed().text)
    assert note.parse_consistency(note.consistency_text(3, path, signed().text)) == (3, path, signed().text)
    assert note.parse_inclusion(note.inclusion_text(0, [], signed().text)) == (0, [], signed().text)
    with pytest.raises(NoteError):
        note.parse_inclusion(note.consistency_text(3, path, signed().text))
    with pytest.raises(NoteError):
        note.parse_consistency(note.consistency_text(3, [b"short"], signed().text))


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"NOT TESTED: shared vectors are absent ({SHARED})")
def test_shared_notes() -> None:
    key = note.VerifierKey.parse((SHARED / "keys" / "log.vkey").read_text().strip())
    witness = note.VerifierKey.parse((SHARED / "keys" / "witness.vkey").read_text().strip())
    seed = bytes.fromhex((SHARED / "keys" / "log.seed.TESTONLY").read_text().strip())
    assert note.verifier_key(key.name, seed) == key
    found = note.verify_checkpoint((SHARED / "checkpoint").read_text(), key, [witness])
    assert str(note.sign(found.body, key, seed)) == str(found.signatures[0])
    for file in (SHARED / "checkpoints").iterdir():
        assert note.verify_checkpoint(file.read_text(), key).size == int(file.name)
    for file in (SHARED / "proofs").iterdir():
        parse = note.parse_inclusion if file.suffix == ".tlog-proof" else note.parse_consistency
        assert note.verify_checkpoint(parse(file.read_text())[2], key, [witness]) == found
