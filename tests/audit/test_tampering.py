"""A real bundle changed in one place and packed again with true manifests: each change is caught and the event named."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest

from review.audit import note
from review.audit.bag import Bag
from tests.audit.whole import PHOTOGRAPH, bundle, checked, populated, signed, sqlite_desk, vkey

Members = dict[str, bytes]
Tampering = Callable[[Members], None]
OTHER_SEED = bytes(range(1, 33))


@pytest.fixture(scope="module")
def real(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[bytes, str]]:
    """The bundle of a whole desk, and the key that a stranger pinned."""
    with sqlite_desk(tmp_path_factory.mktemp("desk") / "home", sqlite_template) as app:
        populated(app)
        yield bundle(signed()), vkey()


def payload(packed: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(packed)) as held:
        return {name: held.read(name) for name in held.namelist() if name.startswith("data/")}


def repacked(held: Members, folder: Path) -> bytes:
    """The same bag around another payload: its manifests are true."""
    spool = folder / "spool"
    spool.mkdir()
    bag = Bag(spool)
    for name, content in held.items():
        bag.put(name.removeprefix("data/"), [content])
    out = io.BytesIO()
    day = orjson.loads(held["data/events.jsonl"].splitlines()[-1])["day"]
    bag.write(out, day, "internal")
    return out.getvalue()


def lines(held: Members, name: str = "events.jsonl") -> list[bytes]:
    return held[f"data/{name}"].splitlines()


def put(held: Members, changed: list[bytes], name: str = "events.jsonl") -> None:
    held[f"data/{name}"] = b"".join(line + b"\n" for line in changed)


def place_of(held: Members, kind: str) -> int:
    return next(place for place, line in enumerate(lines(held)) if orjson.loads(line)["type"] == kind)


def alter_an_event(held: Members) -> None:
    changed = lines(held)
    place = place_of(held, "grade.published")
    event = orjson.loads(changed[place])
    event["role"] = "admin"
    changed[place] = orjson.dumps(event, option=orjson.OPT_SORT_KEYS)
    put(held, changed)


def remove_an_event(held: Members) -> None:
    changed = lines(held)
    del changed[place_of(held, "settlement.opened")]
    put(held, changed)


def insert_an_event(held: Members) -> None:
    changed = lines(held)
    place = place_of(held, "grade.approved")
    changed.insert(place, changed[place])
    put(held, changed)


def reorder_two_events(held: Members) -> None:
    changed = lines(held)
    place = place_of(held, "vote.committed")
    changed[place], changed[place + 1] = changed[place + 1], changed[place]
    put(held, changed)


def truncate_the_leaves(held: Members) -> None:
    held["data/leaves.bin"] = held["data/leaves.bin"][:-32]


def swap_two_leaves(held: Members) -> None:
    leaves = held["data/leaves.bin"]
    held["data/leaves.bin"] = leaves[32:64] + leaves[:32] + leaves[64:]


def alter_a_disclosure(held: Members) -> None:
    changed = lines(held, "disclosures.jsonl")
    told = json.loads(changed[10])
    told["d"] = told["d"][:-1] + ("A" if told["d"][-1] != "A" else "Q")
    changed[10] = json.dumps(told, separators=(",", ":")).encode()
    put(held, changed, "disclosures.jsonl")


def leave_a_disclosure_out(held: Members) -> None:
    changed = lines(held, "disclosures.jsonl")
    wanted = orjson.loads(lines(held)[place_of(held, "grade.approved")])["seq"]
    changed = [line for line in changed if json.loads(line)["seq"] != wanted]
    put(held, changed, "disclosures.jsonl")


def lie_about_a_grade(held: Members) -> None:
    held["data/published.json"] = held["data/published.json"].replace(b'"grade":"fair"', b'"grade":"weak"', 1)


def swap_the_evidence(held: Members) -> None:
    name = next(name for name in held if name.startswith("data/evidence/"))
    assert held[name] == PHOTOGRAPH
    held[name] = PHOTOGRAPH[:-1] + b"!"


def cut_a_head(held: Members) -> None:
    put(held, lines(held, "heads.jsonl")[:-1], "heads.jsonl")


def break_a_proof(held: Members) -> None:
    name = next(name for name in held if name.endswith(".tlog-proof"))
    head, index, first, *rest = held[name].decode().split("\n")
    held[name] = "\n".join([head, index, rest[0], first, *rest[1:]]).encode()


def soften_the_policy(held: Members) -> None:
    held["data/policies.json"] = held["data/policies.json"].replace(b'"required":3', b'"required":2')


def sign_with_another_key(held: Members) -> None:
    told = note.parse_checkpoint(held["data/checkpoint"].decode())
    forged = note.Checkpoint(told.origin, told.size, told.root).signed(OTHER_SEED).text
    before = held["data/checkpoint"].decode()
    for name in held:
        if name == "data/checkpoint" or name.startswith("data/proofs/"):
            held[name] = held[name].decode().replace(before, forged).encode()


def show_what_is_mute(held: Members) -> None:
    put(held, [*lines(held), lines(held)[place_of(held, "vote.committed")]])


CASES: list[tuple[Tampering, str, bool]] = [
    (alter_an_event, "leaf", True),
    (remove_an_event, "withheld", True),
    (insert_an_event, "seq", True),
    (reorder_two_events, "seq", True),
    (truncate_the_leaves, "root", False),
    (swap_two_leaves, "root", False),
    (alter_a_disclosure, "disclosure", True),
    (leave_a_disclosure_out, "disclosure", True),
    (lie_about_a_grade, "published", False),
    (swap_the_evidence, "evidence", False),
    (cut_a_head, "heads", True),
    (break_a_proof, "inclusion", True),
    (soften_the_policy, "policy", False),
    (sign_with_another_key, "checkpoint", False),
    (show_what_is_mute, "seq", True),
]


def test_packed_again_unchanged_it_still_holds(real: tuple[bytes, str], tmp_path: Path) -> None:
    packed, key = real
    again = repacked(payload(packed), tmp_path)
    assert again == packed
    assert checked(again, tmp_path, key).returncode == 0


@pytest.mark.parametrize(("tamper", "check", "names_event"), CASES, ids=[case[0].__name__ for case in CASES])
def test_each_tampering_is_caught_and_named(
    real: tuple[bytes, str], tmp_path: Path, tamper: Tampering, check: str, names_event: bool
) -> None:
    packed, key = real
    held = payload(packed)
    tamper(held)
    assert held != payload(packed)
    done = checked(repacked(held, tmp_path), tmp_path, key)
    assert done.returncode == 1, done.stdout
    failures = [line for line in done.stdout.splitlines() if line.startswith("FAIL ")]
    named = [line for line in failures if line.startswith(f"FAIL {check} seq ")]
    assert named, failures
    if names_event:
        assert any(line.split(": ")[0].split()[-1].isdigit() for line in named), named


def test_a_file_changed_beside_its_manifest_is_named(real: tuple[bytes, str], tmp_path: Path) -> None:
    packed, key = real
    with zipfile.ZipFile(io.BytesIO(packed)) as held:
        infos = [(info, held.read(info)) for info in held.infolist()]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as changed:
        for info, content in infos:
            name = info.filename
            changed.writestr(info, content.replace(b"trail", b"trial", 1) if name == "data/README.txt" else content)
    done = checked(out.getvalue(), tmp_path, key)
    assert done.returncode == 1
    assert "FAIL manifest seq -: the hash of 'data/README.txt'" in done.stdout
