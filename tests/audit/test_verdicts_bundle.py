"""What the verifier says of proofs, checkpoints, keys, rule files and timestamps that do not fit the signed log."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from review.audit.note import Checkpoint, Signature, parse_checkpoint, verifier_key
from tests.audit import histories as h
from tests.audit.checking import assert_holds, failures
from tests.audit.histories import Log
from tests.audit.verdicts import verdict

Members = dict[str, bytes]
KEPT = 7
OTHER_KEY = str(verifier_key(h.ORIGIN, h.OTHER_SEED))


@pytest.fixture(scope="module")
def members() -> Members:
    return h.everything().members(kept=[KEPT])


def told(members: Members, folder: Path) -> list[str]:
    return failures(h.write_bag(folder / "bundle.zip", members))


def said(check: str, sentence: str) -> str:
    return verdict(check, None, sentence)


def size_of(members: Members) -> int:
    return len(members["data/leaves.bin"]) // 32


def test_the_bundle_holds_before_it_is_changed(members: Members, tmp_path: Path) -> None:
    assert told(members, tmp_path) == []


# --- proofs -------------------------------------------------------------------------------------------------------


def inclusion(members: Members) -> str:
    return f"data/proofs/{size_of(members) - 1}.tlog-proof"


def consistency(members: Members) -> str:
    return f"data/proofs/{KEPT}-{size_of(members)}.consistency"


HASH = base64.b64encode(bytes(32)) + b"\n"
MALFORMED: dict[str, Callable[[bytes], bytes]] = {
    "no checkpoint": lambda data: data.replace(b"\n\n", b"\n"),
    "another word": lambda data: data.replace(b"index ", b"place ").replace(b"old ", b"new "),
    "a leading zero": lambda data: data.replace(b"index ", b"index 0").replace(b"old ", b"old 0"),
    "no number": lambda data: data.replace(b"index ", b"index x").replace(b"old ", b"old x"),
    "65 hashes": lambda data: hashes(data, 65),
}


def hashes(data: bytes, count: int) -> bytes:
    """The proof with this many hashes, none of which leads anywhere."""
    head, blank, top = data.partition(b"\n\n")
    first = [line for line in head.splitlines(keepends=True) if b" " in line or b"@" in line]
    return b"".join([line.rstrip(b"\n") + b"\n" for line in first]) + HASH * (count - 1) + HASH.rstrip() + blank + top


@pytest.mark.parametrize("change", MALFORMED)
@pytest.mark.parametrize("which", [inclusion, consistency])
def test_a_proof_that_is_malformed(members: Members, tmp_path: Path, which: Callable[[Members], str], change: str) -> None:
    name = which(members)
    found = told({**members, name: MALFORMED[change](members[name])}, tmp_path)
    assert said(which.__name__, f"{name} is malformed") in found


@pytest.mark.parametrize("first", [b"", b"c2sp.org/tlog-proof@v2\n", b"\n"])
def test_an_inclusion_proof_of_another_version(members: Members, tmp_path: Path, first: bytes) -> None:
    name = inclusion(members)
    data = members[name].replace(b"c2sp.org/tlog-proof@v1\n", first)
    assert said("inclusion", f"{name} is malformed") in told({**members, name: data}, tmp_path)


@pytest.mark.parametrize("which", [inclusion, consistency])
def test_a_proof_of_64_hashes_is_read_and_leads_nowhere(members: Members, tmp_path: Path, which: Callable[[Members], str]) -> None:
    name = which(members)
    found = told({**members, name: hashes(members[name], 64)}, tmp_path)
    last = size_of(members) - 1
    assert found == [
        f"FAIL inclusion seq {last}: its proof does not lead to the signed root"
        if which is inclusion
        else said("consistency", f"{name} does not show the kept checkpoint to be a beginning of the log")
    ]


@pytest.mark.parametrize("which", [inclusion, consistency])
def test_a_proof_under_another_checkpoint(members: Members, tmp_path: Path, which: Callable[[Members], str]) -> None:
    name = which(members)
    other = members[name].partition(b"\n\n")[0] + b"\n\n" + members[f"data/checkpoints/{KEPT}"]
    found = told({**members, name: other}, tmp_path)
    assert said(which.__name__, f"{name} is under another checkpoint than the bundle's") in found


@pytest.mark.parametrize("which", [inclusion, consistency])
@pytest.mark.parametrize(("line", "error"), [(b"?", "not base64"), (b"AB==", "base64 is not canonical"), (b"", None)])
def test_a_proof_whose_hashes_are_none(
    members: Members, tmp_path: Path, which: Callable[[Members], str], line: bytes, error: str | None
) -> None:
    name = which(members)
    head, blank, top = members[name].partition(b"\n\n")
    lines = head.split(b"\n")
    found = told({**members, name: b"\n".join([*lines[:-1], line or lines[-1]]) + blank + top}, tmp_path)
    sentence = said(which.__name__, f"{name} is malformed: {error}")
    assert (sentence in found) if error else found == []


def test_a_consistency_proof_to_another_size(members: Members, tmp_path: Path) -> None:
    old, size = consistency(members), size_of(members)
    name = f"data/proofs/{KEPT}-{size - 1}.consistency"
    found = told({name if one == old else one: data for one, data in members.items()}, tmp_path)
    assert said("consistency", f"{name} does not go from a kept checkpoint to the bundle's") in found


def test_a_consistency_proof_from_another_size(members: Members, tmp_path: Path) -> None:
    name = consistency(members)
    found = told({**members, name: members[name].replace(b"old %d\n" % KEPT, b"old %d\n" % (KEPT + 1))}, tmp_path)
    assert found == [said("consistency", f"{name} does not go from a kept checkpoint to the bundle's")]


def test_a_consistency_proof_from_a_checkpoint_that_is_not_here(members: Members, tmp_path: Path) -> None:
    name = consistency(members)
    found = told({one: data for one, data in members.items() if one != f"data/checkpoints/{KEPT}"}, tmp_path)
    assert found == [said("consistency", f"{name} does not go from a kept checkpoint to the bundle's")]


# --- kept checkpoints ---------------------------------------------------------------------------------------------


def of_size(members: Members, size: int, *, seed: bytes = h.SEED, root: bytes | None = None, origin: str = h.ORIGIN) -> bytes:
    leaves = members["data/leaves.bin"]
    tree = h.Tree([leaves[place: place + 32] for place in range(0, len(leaves), 32)])
    return Checkpoint(origin, size, root or tree.root(min(size, tree.size))).signed(seed).text.encode()


@pytest.mark.parametrize("size", [KEPT - 1, KEPT + 1])
def test_a_kept_checkpoint_of_another_size_than_its_name(members: Members, tmp_path: Path, size: int) -> None:
    name = f"data/checkpoints/{KEPT}"
    found = told({**members, name: of_size(members, size)}, tmp_path)
    assert said("checkpoint", f"{name} is of another size than its name") in found


@pytest.mark.parametrize("more", [0, 1])
def test_a_kept_checkpoint_may_be_as_long_as_the_log(members: Members, tmp_path: Path, more: int) -> None:
    size = size_of(members) + more
    name = f"data/checkpoints/{size}"
    found = told({**members, name: of_size(members, size)}, tmp_path)
    assert found == ([said("checkpoint", f"{name} is of another size than its name")] if more else [])


def test_a_kept_checkpoint_of_another_history(members: Members, tmp_path: Path) -> None:
    name = f"data/checkpoints/{KEPT}"
    found = told({**members, name: of_size(members, KEPT, root=h.sha(b"another"))}, tmp_path)
    assert said("consistency", f"{name} has another root than the log had at that size") in found


def test_a_kept_checkpoint_that_the_log_did_not_sign(members: Members, tmp_path: Path) -> None:
    name = f"data/checkpoints/{KEPT}"
    found = told({**members, name: of_size(members, KEPT, seed=h.OTHER_SEED)}, tmp_path)
    assert found == [said("checkpoint", f"{name} is not signed by the log")]


def test_a_kept_checkpoint_with_a_signature_that_does_not_hold(members: Members, tmp_path: Path) -> None:
    name = f"data/checkpoints/{KEPT}"
    found = told({**members, name: forged(members[name])}, tmp_path)
    assert found == [said("checkpoint", f"{name}: a signature of 'desk.example/log1' does not hold")]


def test_a_kept_checkpoint_of_another_log(members: Members, tmp_path: Path) -> None:
    name = f"data/checkpoints/{KEPT}"
    found = told({**members, name: of_size(members, KEPT, origin="desk.example/log2")}, tmp_path)
    assert found == [said("checkpoint", f"{name} is of the log 'desk.example/log2', the key of 'desk.example/log1'")]


def test_a_kept_checkpoint_that_is_none(members: Members, tmp_path: Path) -> None:
    name = f"data/checkpoints/{KEPT}"
    found = told({**members, name: b"desk\n"}, tmp_path)
    assert found == [said("checkpoint", f"{name} is malformed: a checkpoint is three lines, a blank one and its signatures")]


def forged(data: bytes) -> bytes:
    """The same with the last byte of its signature changed."""
    held = parse_checkpoint(data.decode())
    (one,) = held.signatures
    changed = Signature(one.name, one.key_id, one.blob[:-1] + bytes([one.blob[-1] ^ 1]))
    return Checkpoint(held.origin, held.size, held.root, (changed,)).text.encode()


def under(members: Members, top: bytes) -> Members:
    """The bundle under this checkpoint, its proofs too."""
    return {name: data.replace(members["data/checkpoint"], top) for name, data in members.items()}


# --- the keys -----------------------------------------------------------------------------------------------------


def test_the_checkpoint_of_another_log(members: Members, tmp_path: Path) -> None:
    top = of_size(members, size_of(members), origin="desk.example/log2")
    assert told(under(members, top), tmp_path) == [
        said("checkpoint", "the checkpoint is of the log 'desk.example/log2', the key of 'desk.example/log1'")
    ]


def test_a_signature_of_the_pinned_key_that_does_not_hold(members: Members, tmp_path: Path) -> None:
    assert told(under(members, forged(members["data/checkpoint"])), tmp_path) == [
        said("checkpoint", "a signature of 'desk.example/log1' does not hold")
    ]


def vkey(name: str = h.ORIGIN, kind: int = 1) -> str:
    """A verifier key of this name and kind."""
    return str(verifier_key(name, h.SEED, kind))


BAD_KEYS = {
    "an id that is not its own": (vkey().replace(h.KEY.id.hex(), "00000000"), "a key of the log is malformed: a verifier key whose id is not its own"),
    "an unknown kind": (vkey(kind=2), "a key of the log is malformed: a verifier key of an unknown kind"),
    "a witness's kind": (vkey(kind=4), "a key of the log is of another name or kind"),
    "another name": (vkey("desk.example/log2"), "a key of the log is of another name or kind"),
}


def rotated(new: str = OTHER_KEY) -> Log:
    log = h.everything()
    log.add("key.rotated", "Osei", None, {"old": str(h.KEY), "new": new})
    log.end()
    return log


def jointly(log: Log, bad: bool = False) -> Members:
    """Under a checkpoint that both keys signed, or one that only says so."""
    members = log.members()
    held = parse_checkpoint(members["data/checkpoint"].decode())
    second = held.signed(h.OTHER_SEED).signatures[-1]
    blob = bytes(len(second.blob)) if bad else second.blob
    joint = Checkpoint(held.origin, held.size, held.root, (*held.signatures, Signature(second.name, second.key_id, blob)))
    return under(members, joint.text.encode())


def test_the_present_key_that_says_it_signed(tmp_path: Path) -> None:
    assert told(jointly(rotated()), tmp_path) == []
    found = told(jointly(rotated(), bad=True), tmp_path)
    assert said("checkpoint", "a signature of 'desk.example/log1' does not hold") in found


@pytest.mark.parametrize("bad", BAD_KEYS)
def test_a_key_of_the_log_that_is_none(tmp_path: Path, bad: str) -> None:
    """That which it was opened with, and that to which it changed."""
    key, sentence = BAD_KEYS[bad]
    log = h.everything()
    log.find("log.opened").body["vkey"] = key
    assert told(log.members(), tmp_path) == [said("key", sentence)]
    assert said("key", sentence) in told(rotated(key).members(), tmp_path)


# --- rules and timestamps -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["codebooks", "policies"])
def test_a_rule_file_that_is_not_its_own_canonical_text(members: Members, tmp_path: Path, name: str) -> None:
    member = f"data/{name}.json"
    found = told({**members, member: members[member].replace(b":", b": ", 1)}, tmp_path)
    assert found == [said(name, f"{member} is malformed: 'it is not canonical'")]


@pytest.mark.parametrize(
    ("size", "stamped", "holds"),
    [(KEPT, KEPT, True), (KEPT, 0, False), (0, 0, True), (0, KEPT, False), (KEPT + 1, KEPT, False)],
    ids=["kept", "kept, of another", "the bundle's", "the bundle's, of another", "no such checkpoint"],
)
def test_a_timestamp_stamps_the_checkpoint_that_it_is_named_after(
    members: Members, tmp_path: Path, size: int, stamped: int, holds: bool
) -> None:
    """0 stands for the checkpoint of the bundle."""
    checkpoints = {KEPT: members[f"data/checkpoints/{KEPT}"], 0: members["data/checkpoint"]}
    name = f"data/timestamp/{size or size_of(members)}.tsr"
    found = told({**members, name: b"stamp " + h.sha(checkpoints[stamped]) + b" stamp"}, tmp_path)
    assert found == ([] if holds else [said("timestamp", f"{name} does not stamp a checkpoint of this bundle")])


@pytest.mark.parametrize("number", [0, 1])
def test_a_log_of_a_few_events_holds_from_its_first(tmp_path: Path, number: int) -> None:
    log = h.started()
    assert_holds(log, tmp_path, kept=[number, len(log.entries)])
