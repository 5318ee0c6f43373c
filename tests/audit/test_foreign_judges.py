"""A bundle that the product made, judged by programs that are none of ours; each is seen to notice one altered line.

The desk has published, settled and been rotated to another key, and nothing in it is open: every line is shown.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bagit
import pytest
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS
from pymerkle import InmemoryTree, InvalidProof, verify_consistency, verify_inclusion
from sd_jwt.verifier import SDJWTVerifier

from review.actions import checkpoints, keys, log, settlements, sources
from review.actions.uploads import Upload
from review.audit import profiles
from tests import builders
from tests.audit.test_tree import by_the_book
from tests.audit.whole import PHOTOGRAPH, bundle, signed, sqlite_desk

Members = dict[str, bytes]
Judge = Callable[[Members], None]

SPKI = bytes.fromhex("302a300506032b6570032100")  # what stands before the 32 bytes of an Ed25519 key in DER
BUNDLES = [*profiles.NAMES, "before"]


@pytest.fixture(scope="module")
def bundles(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Members]]:
    """Whole logs under the same checkpoint by profile, and one under the checkpoint before the key was changed."""
    with sqlite_desk(tmp_path_factory.mktemp("desk") / "home", sqlite_template) as app:
        desk = builders.desk(app)
        ref = builders.settled(desk)
        proposal = builders.view(ref).proposal
        assert proposal is not None
        (vote,) = proposal.minority
        (owner,) = [actor for actor in desk.voters if builders.who(actor, ref) == builders.view(ref).vote(vote).voter]
        settlements.dissent(owner, ref, vote, text="The crater points the other way. مرج إلوان 𝕄")
        builders.approved(desk, ref)
        sources.capture_source(desk.enterer, ref, 1, upload=Upload(PHOTOGRAPH, "eluan.png"))
        before = checkpoints.publish_checkpoint() or ""
        keys.rotate_key(desk.admin)
        keys.finish_rotation()
        builders.published(desk)
        log.record_export(desk.auditor, profile="court", size=7, recipient="a court", purpose=None)
        checkpoint = signed()
        made = {profile: members(bundle(checkpoint, profile)) for profile in profiles.NAMES}
        yield {**made, "before": members(bundle(before))}


def members(packed: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(packed)) as held:
        return {name: held.read(name) for name in held.namelist()}


def lines(held: Members, name: str) -> list[bytes]:
    return held[f"data/{name}"].splitlines()


def altered(held: Members, name: str, change: Callable[[bytes], bytes]) -> Members:
    """The same with one member changed."""
    changed = change(held[f"data/{name}"])
    assert changed != held[f"data/{name}"]
    return {**held, f"data/{name}": changed}


def line_altered(held: Members, name: str, place: int, old: bytes, new: bytes) -> Members:
    """The same with one line of a member differing."""
    found = lines(held, name)
    assert old in found[place]
    found[place] = found[place].replace(old, new, 1)
    return altered(held, name, lambda _data: b"".join(line + b"\n" for line in found))


# --- signatures: from the note alone, by the book of C2SP --------------------------------------------------


def read_note(text: bytes) -> tuple[bytes, dict[str, tuple[bytes, bytes]]]:
    """The signed bytes of a note, and by name and key id the signature lines."""
    body, _, rest = text.partition(b"\n\n")
    found = {}
    for line in rest.decode("utf-8").splitlines():
        dash, name, blob = line.split(" ")
        assert dash == "—"
        raw = base64.b64decode(blob, validate=True)
        found[f"{name}+{raw[:4].hex()}"] = (raw[:4], raw[4:])
    return body + b"\n", found


def public_keys(held: Members) -> dict[str, bytes]:
    """The raw public keys that the log names: the one that it was opened with, then each that it was changed to."""
    events = [json.loads(line) for line in lines(held, "events.jsonl")]
    told = [event["body"]["vkey"] for event in events if event["type"] == "log.opened"]
    told += [event["body"]["new"] for event in events if event["type"] == "key.rotated"]
    found = {}
    for vkey in told:
        name, id_, packed = vkey.split("+", 2)
        raw = base64.b64decode(packed)
        assert hashlib.sha256(name.encode() + b"\n" + raw).hexdigest()[:8] == id_
        found[f"{name}+{id_}"] = raw[1:]
    return found


def by_cryptography(public: bytes, body: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, body)
    except InvalidSignature:
        return False
    return True


def by_openssl(public: bytes, body: bytes, signature: bytes, folder: Path) -> bool:
    for name, data in (("key", SPKI + public), ("body", body), ("signature", signature)):
        (folder / name).write_bytes(data)
    command = "openssl pkeyutl -verify -pubin -keyform DER -inkey key -rawin -in body -sigfile signature"
    done = subprocess.run(command.split(), cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.returncode == 0


def notes(held: Members) -> dict[str, bytes]:
    return {name: data for name, data in held.items() if name == "data/checkpoint" or name.startswith("data/checkpoints/")}


@pytest.mark.parametrize("kind", BUNDLES)
@pytest.mark.parametrize("judge", ["cryptography", "openssl"])
def test_every_signature_of_every_checkpoint_holds(
    bundles: dict[str, Members], kind: str, judge: str, tmp_path: Path
) -> None:
    held = bundles[kind]
    known = public_keys(held)
    assert (judge, shutil.which("openssl")) != ("openssl", None)

    def holds(public: bytes, body: bytes, signature: bytes) -> bool:
        if judge == "openssl":
            return by_openssl(public, body, signature, tmp_path)
        return by_cryptography(public, body, signature)

    signed_by = {}
    for name, text in notes(held).items():
        body, signatures = read_note(text)
        assert body.count(b"\n") == 3
        signed_by[name] = [list(known).index(claim) for claim in signatures]
        for claim, (_id, signature) in signatures.items():
            assert holds(known[claim], body, signature)
            # One line of the note differing, and the signature of another key.
            assert not holds(known[claim], body.replace(b"\n", b"0\n", 2).replace(b"0\n", b"\n", 1), signature)
            assert all(not holds(public, body, signature) for other, public in known.items() if other != claim)
    assert signed_by["data/checkpoint"] == [len(known) - 1]
    assert sorted(map(len, signed_by.values())) == ([1] if kind == "before" else [1, 1, 2])


def test_the_joint_checkpoint_is_the_first_over_the_change(bundles: dict[str, Members]) -> None:
    held = bundles["internal"]
    (rotation,) = [json.loads(line)["seq"] for line in lines(held, "events.jsonl") if b'"key.rotated"' in line]
    joint = [name for name, text in notes(held).items() if len(read_note(text)[1]) == 2]
    assert joint == [f"data/checkpoints/{rotation + 1}"]
    names = sorted(name for name in held if name.startswith("data/keys/"))
    assert len(names) == 2 and names[-1] == "data/keys/log.vkey"
    told = [held[name].decode().strip().split("+")[:2] for name in reversed(names)]
    assert ["+".join(one) for one in reversed(told)] == list(public_keys(held))


# --- roots and proofs: pymerkle ----------------------------------------------------------------------------


def foreign_tree(held: Members) -> InmemoryTree:
    tree = InmemoryTree(algorithm="sha256")
    for line in lines(held, "events.jsonl"):
        tree.append_entry(line)
    return tree


def hashes(text: bytes) -> tuple[bytes, list[bytes], bytes]:
    """The line of a proof that says where it begins, its hashes, and the checkpoint that follows."""
    head, _, checkpoint = text.partition(b"\n\n")
    first, *steps = head.split(b"\n")
    if first == b"c2sp.org/tlog-proof@v1":
        first, steps = steps[0], steps[1:]
    return first, [base64.b64decode(step, validate=True) for step in steps], checkpoint


def roots_agree(held: Members) -> None:
    """The tree over the lines alone has the signed root, and every kept checkpoint's at its own size."""
    tree = foreign_tree(held)
    for text in notes(held).values():
        _origin, size, root = text.split(b"\n")[:3]
        assert tree.get_root(int(size)) == base64.b64decode(root)
    leaves = held["data/leaves.bin"]
    found = [tree.get_leaf(place + 1) for place in range(len(leaves) // 32)]
    assert b"".join(found) == leaves


def inclusions_hold(held: Members) -> None:
    tree = foreign_tree(held)
    proofs = {name: data for name, data in held.items() if name.endswith(".tlog-proof")}
    assert len(proofs) == 3
    for name, text in proofs.items():
        first, path, checkpoint = hashes(text)
        index = int(first.removeprefix(b"index "))
        assert (checkpoint, name) == (held["data/checkpoint"], f"data/proofs/{index}.tlog-proof")
        size, root = int(checkpoint.split(b"\n")[1]), base64.b64decode(checkpoint.split(b"\n")[2])
        proof = tree.prove_inclusion(index + 1, size)
        proof.path = [tree.get_leaf(index + 1), *path]
        verify_inclusion(tree.get_leaf(index + 1), root, proof, index=index + 1, size=size, algorithm="sha256")


def consistencies_hold(held: Members) -> None:
    tree = foreign_tree(held)
    proofs = {name: data for name, data in held.items() if name.endswith(".consistency")}
    assert len(proofs) == 2
    for name, text in proofs.items():
        first, path, checkpoint = hashes(text)
        old, size = int(first.removeprefix(b"old ")), int(checkpoint.split(b"\n")[1])
        assert (checkpoint, name) == (held["data/checkpoint"], f"data/proofs/{old}-{size}.consistency")
        assert path == by_the_book(tree, old, 0, size, True)
        before, after = (base64.b64decode(text.split(b"\n")[2]) for text in (held[f"data/checkpoints/{old}"], checkpoint))
        verify_consistency(before, after, tree.prove_consistency(old, size), prior_size=old, later_size=size)


def test_roots_and_proofs_are_pymerkles(bundles: dict[str, Members]) -> None:
    for judge in (roots_agree, inclusions_hold, consistencies_hold):
        judge(bundles["internal"])
    roots_agree(bundles["before"])


@pytest.mark.parametrize("judge", [roots_agree, consistencies_hold])
@pytest.mark.parametrize("place", [0, 20, -1])
def test_pymerkle_notices_a_line_that_differs(bundles: dict[str, Members], judge: Judge, place: int) -> None:
    day = json.loads(lines(bundles["internal"], "events.jsonl")[place])["day"].encode()
    broken = line_altered(bundles["internal"], "events.jsonl", place, day, b"2001-01-01")
    with pytest.raises((AssertionError, InvalidProof)):
        judge(broken)


def test_pymerkle_notices_a_proved_line_that_differs(bundles: dict[str, Members]) -> None:
    held = bundles["internal"]
    for name in [name for name in held if name.endswith(".tlog-proof")]:
        seq = int(name.split("/")[-1].removesuffix(".tlog-proof"))
        with pytest.raises((AssertionError, InvalidProof)):
            inclusions_hold(line_altered(held, "events.jsonl", seq, b'"role"', b'"rule"'))


@pytest.mark.parametrize(("ending", "judge"), [(".tlog-proof", inclusions_hold), (".consistency", consistencies_hold)])
def test_pymerkle_notices_a_hash_of_a_proof_that_differs(bundles: dict[str, Members], ending: str, judge: Judge) -> None:
    for name in [name for name in bundles["internal"] if name.endswith(ending)]:
        found = lines(bundles["internal"], name.removeprefix("data/"))
        place = 2 if ending == ".tlog-proof" else 1
        found[place] = base64.b64encode(hashlib.sha256(found[place]).digest())
        with pytest.raises((AssertionError, InvalidProof)):
            judge({**bundles["internal"], name: b"".join(line + b"\n" for line in found)})


# --- the bag: bagit ----------------------------------------------------------------------------------------


def unpacked(held: Members, folder: Path) -> bagit.Bag:
    for name, data in held.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return bagit.Bag(str(folder))


@pytest.mark.parametrize("kind", BUNDLES)
def test_the_bag_is_valid_to_bagit(bundles: dict[str, Members], kind: str, tmp_path: Path) -> None:
    bag = unpacked(bundles[kind], tmp_path / "whole")
    bag.validate()
    assert bag.info["Profile"] == ("internal" if kind == "before" else kind)
    place = len(lines(bundles[kind], "events.jsonl")) // 2
    broken = line_altered(bundles[kind], "events.jsonl", place, b'"role"', b'"rule"')
    with pytest.raises(bagit.BagValidationError):
        unpacked(broken, tmp_path / "altered").validate()


# --- bytes: rfc8785 ----------------------------------------------------------------------------------------


def lines_are_canonical(held: Members) -> None:
    for name in ("events.jsonl", "heads.jsonl"):
        for line in lines(held, name):
            assert rfc8785.dumps(json.loads(line)) == line
    for line in lines(held, "disclosures.jsonl"):
        assert rfc8785.dumps(json.loads(line)) == line
    for name in ("published", "codebooks", "policies"):
        assert rfc8785.dumps(json.loads(held[f"data/{name}.json"])) == held[f"data/{name}.json"]


@pytest.mark.parametrize("kind", profiles.NAMES)
def test_every_line_is_rfc_8785(bundles: dict[str, Members], kind: str) -> None:
    held = bundles[kind]
    lines_are_canonical(held)
    for name in ("events.jsonl", "disclosures.jsonl", "heads.jsonl"):
        with pytest.raises(AssertionError):
            lines_are_canonical(line_altered(held, name, 1 if name != "heads.jsonl" else 0, b",", b", "))


# --- disclosures: the SD-JWT reference library -------------------------------------------------------------

ISSUER = JWK.generate(kty="EC", crv="P-256")


def opened(event: dict[str, Any], disclosures: list[str]) -> dict[str, Any]:
    """What the reference library makes of an event's digests and disclosures, presented to it as an SD-JWT."""
    token = JWS(json.dumps({"_sd": event["sd"], "_sd_alg": "sha-256"}))
    token.add_signature(ISSUER, alg="ES256", protected=json.dumps({"alg": "ES256", "typ": "example+sd-jwt"}))
    presented = "~".join([token.serialize(compact=True), *disclosures, ""])
    return dict(SDJWTVerifier(presented, lambda _issuer, _header: ISSUER).get_verified_payload())


def decoded(text: str) -> list[Any]:
    return list(json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))))


def disclosures_agree(held: Members) -> int:
    """Every disclosure is one of its event's digests to the library, under the name and with the value that it says."""
    told: dict[int, list[str]] = {}
    for line in lines(held, "disclosures.jsonl"):
        found = json.loads(line)
        told.setdefault(found["seq"], []).append(found["d"])
    count = 0
    for line in lines(held, "events.jsonl"):
        event = json.loads(line)
        given = told.pop(event["seq"], [])
        texts = map(decoded, given)
        assert opened(event, given) == {name: value for _salt, name, value in texts}
        count += len(given)
    assert told == {}
    return count


@pytest.mark.parametrize("kind", profiles.NAMES)
def test_every_digest_is_the_sd_jwt_librarys(bundles: dict[str, Members], kind: str) -> None:
    assert disclosures_agree(bundles[kind]) == len(lines(bundles[kind], "disclosures.jsonl")) > 50


@pytest.mark.parametrize("place", [0, 40, -1])
def test_the_sd_jwt_library_notices_a_disclosure_that_differs(bundles: dict[str, Members], place: int) -> None:
    held = bundles["internal"]
    text = json.loads(lines(held, "disclosures.jsonl")[place])["d"]
    said = decoded(text)
    said[0] = said[0][::-1]
    other = base64.urlsafe_b64encode(rfc8785.dumps(said)).rstrip(b"=")
    assert len(other) == len(text)
    with pytest.raises(AssertionError):
        disclosures_agree(line_altered(held, "disclosures.jsonl", place, text.encode(), other))
