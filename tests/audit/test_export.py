"""A bundle of a whole desk: the same bytes each time, and whatever others judge it by says that it holds."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import bagit
import pytest
import rfc8785
from pymerkle import InmemoryTree

from review import config
from review.audit import canonical, keys, note, profiles
from review.audit.events import TYPES
from review.audit.stored import StoredTrail
from review.models import session
from tests.audit.whole import PHOTOGRAPH, Whole, bundle, checked, populated, signed, sqlite_desk, vkey


def members(packed: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(packed)) as held:
        return {name: held.read(name) for name in held.namelist()}


def events(packed: bytes) -> list[dict[str, object]]:
    return [json.loads(line) for line in members(packed)["data/events.jsonl"].splitlines()]


def disclosed(packed: bytes) -> list[tuple[int, str, object]]:
    lines = [json.loads(line) for line in members(packed)["data/disclosures.jsonl"].splitlines()]
    return [(line["seq"], *canonical.read_disclosure(line["d"])[1:]) for line in lines]


@pytest.fixture(scope="module")
def whole(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Whole, str]]:
    """One whole desk for all tests of this file; they read it and leave it."""
    with sqlite_desk(tmp_path_factory.mktemp("desk") / "home", sqlite_template) as app:
        yield populated(app), signed()


@pytest.mark.parametrize("profile", profiles.NAMES)
def test_everything_holds_in_an_empty_folder(whole: tuple[Whole, str], tmp_path: Path, profile: str) -> None:
    done = checked(bundle(whole[1], profile), tmp_path, vkey(), "--json")
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told["ok"] and told["profile"] == profile and told["facts"]["withheld"] > 0
    assert sorted(grade["version"] for grade in told["grades"]) == [1, 1, 1, 2]
    assert {grade["grade"] for grade in told["grades"]} == {"fair"}


def test_the_same_checkpoint_and_profile_give_the_same_bytes(whole: tuple[Whole, str]) -> None:
    first = bundle(whole[1])
    signed()
    assert bundle(whole[1]) == first
    assert bundle(whole[1], "public") != first


def test_the_bag_is_valid_to_the_bagit_library(whole: tuple[Whole, str], tmp_path: Path) -> None:
    folder = tmp_path / "bag"
    with zipfile.ZipFile(io.BytesIO(bundle(whole[1]))) as held:
        names = held.namelist()
        assert names == sorted(names)
        assert {info.date_time for info in held.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.external_attr >> 16 for info in held.infolist()} == {0o100644}
        held.extractall(folder)
    bag = bagit.Bag(str(folder))
    bag.validate()
    assert bag.info["Profile"] == "internal"
    assert set(bag.info) == {"Bagging-Date", "Payload-Oxum", "Profile"}


def test_every_file_of_section_7_is_there(whole: tuple[Whole, str]) -> None:
    held = members(bundle(whole[1]))
    size = int(whole[1].split("\n")[1])
    sha256 = hashlib.sha256(PHOTOGRAPH).hexdigest()
    published = [event["seq"] for event in events(bundle(whole[1])) if event["type"] == "grade.published"]
    named = {
        *("bag-info.txt", "bagit.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"),
        *(f"data/{name}" for name in ("checkpoint", "leaves.bin", "events.jsonl", "disclosures.jsonl")),
        *(f"data/{name}" for name in ("published.json", "codebooks.json", "policies.json", "heads.jsonl")),
        *("data/keys/log.vkey", "data/schema/event.schema.json", "data/view/events.csv"),
        *("data/view/incident.html", "data/verify.py", "data/README.txt", f"data/evidence/{sha256}"),
        *(f"data/proofs/{seq}.tlog-proof" for seq in (*published, size - 1)),
    }  # fmt: skip
    kept = {name for name in held if name.startswith("data/checkpoints/")}
    proofs = {f"data/proofs/{name.rsplit('/', 1)[1]}-{size}.consistency" for name in kept}
    assert set(held) == named | kept | proofs
    assert len(kept) == 2
    assert held["data/keys/log.vkey"] == vkey().encode() + b"\n"
    assert held[f"data/evidence/{sha256}"] == PHOTOGRAPH


def test_lines_and_root_are_those_of_foreign_libraries(whole: tuple[Whole, str]) -> None:
    held = members(bundle(whole[1]))
    for line in held["data/events.jsonl"].splitlines():
        assert rfc8785.dumps(json.loads(line)) == line
    for name in ("published", "codebooks", "policies"):
        assert rfc8785.dumps(json.loads(held[f"data/{name}.json"])) == held[f"data/{name}.json"]
    leaves = held["data/leaves.bin"]
    tree = InmemoryTree(algorithm="sha256")
    for row in StoredTrail(session, keys.load(config.home())).events(len(leaves) // 32):
        tree.append_entry(row.line)
    told = note.parse_checkpoint(held["data/checkpoint"].decode())
    assert tree.get_root(told.size) == told.root
    assert [tree.get_leaf(seq + 1) for seq in range(told.size)] == [leaves[i : i + 32] for i in range(0, len(leaves), 32)]


def test_an_open_round_and_an_abandoned_one_say_nothing(whole: tuple[Whole, str]) -> None:
    built, checkpoint = whole
    for profile in profiles.NAMES:
        shown = events(bundle(checkpoint, profile))
        kinds = {str(event["type"]) for event in shown if event["incident"] == built.open}
        assert not {kind for kind in kinds if kind.startswith(("vote.", "reviewer.", "conflict.", "attempt."))}
        given_up = {str(event["type"]) for event in shown if event["incident"] == built.abandoned}
        assert not {kind for kind in given_up if kind.startswith("vote.")}
    opened = [event for event in events(bundle(checkpoint)) if event["incident"] == built.open]
    assert [event["type"] for event in opened][-1] == "round.opened"
    assert {"reviewer.assigned", "round.closed"} <= {
        str(event["type"]) for event in events(bundle(checkpoint)) if event["incident"] == built.abandoned
    }


def test_a_vote_that_was_replaced_or_withdrawn_stays_sealed(whole: tuple[Whole, str]) -> None:
    packed = bundle(whole[1])
    closings = [event for event in events(packed) if event["type"] == "round.closed"]
    silent = {seq for event in closings for seq in (*event["body"]["superseded"], *event["body"]["withdrawn"])}  # type: ignore[index]
    assert len(silent) == 3  # replaced, withdrawn, and the live one of the abandoned round
    told = disclosed(packed)
    assert not [name for seq, name, _value in told if seq in silent]
    live = {seq for event in closings for seq in event["body"]["commits"]}  # type: ignore[index]
    assert {seq for seq, name, _value in told if name == "grade" and seq in live} == live


def test_the_public_profile_holds_what_is_public_and_nothing_else(whole: tuple[Whole, str]) -> None:
    built, checkpoint = whole
    packed = bundle(checkpoint, "public")
    shown = {event["seq"]: event for event in events(packed)}
    incidents = {event["incident"] for event in shown.values()} - {None}
    assert incidents == {built.published, built.settled, built.again}
    allowed = profiles.table()
    for seq, name, _value in disclosed(packed):
        kind = str(shown[seq]["type"])
        if kind != "vote.committed":
            assert "public" in allowed[kind][name], (kind, name)
        else:
            assert name in ("grade", "range")
    assert {"person", "at", "rationale", "reporter", "note", "exact"} & {
        name for seq, name, _value in disclosed(packed) if shown[seq]["type"] != "settlement.closed"
    } == set()
    assert not [event for event in shown.values() if str(event["type"]).startswith(("person.", "role.", "export."))]
    assert [event["type"] for event in shown.values() if str(event["type"]).startswith("claim.")] == ["claim.received", "claim.grouped"]


@pytest.mark.parametrize("profile", profiles.NAMES)
def test_a_profile_shows_what_its_table_says(whole: tuple[Whole, str], profile: str) -> None:
    packed, table = bundle(whole[1], profile), profiles.table()
    kinds = {event["seq"]: str(event["type"]) for event in events(packed)}
    told = {(kinds[seq], name) for seq, name, _value in disclosed(packed)}
    said = {(kind, name) for kind in set(kinds.values()) for name, shown in table[kind].items() if profile in shown}
    assert told == said


def test_the_table_tells_each_event_and_no_cell_is_a_formula(whole: tuple[Whole, str]) -> None:
    packed = bundle(whole[1])
    text = members(packed)["data/view/events.csv"].decode()
    heads, *rows = csv.reader(io.StringIO(text))
    assert heads == ["seq", "day", "type", "incident", "iseq", "actor", "role", "body", "disclosed"]
    told: dict[int, list[str]] = {}
    for seq, name, _value in disclosed(packed):
        told.setdefault(seq, []).append(name)
    for event, row in zip(events(packed), rows, strict=True):
        seq, day, kind, incident, iseq, actor, role, body, names = row
        assert (int(seq), day, kind, actor, role) == tuple(event[name] for name in ("seq", "day", "type", "actor", "role"))
        assert (incident or None, iseq) == (event["incident"], "" if event["iseq"] is None else str(event["iseq"]))
        assert json.loads(body) == event["body"]
        assert names.split() == sorted(told.get(int(seq), []))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert all(line.startswith('"') and line.endswith('"') for line in text.splitlines())


def test_the_schema_takes_every_line(whole: tuple[Whole, str]) -> None:
    schema = json.loads(members(bundle(whole[1]))["data/schema/event.schema.json"])
    known = {branch["properties"]["type"]["const"]: branch["properties"] for branch in schema["oneOf"]}
    assert set(known) == set(TYPES)
    for event in events(bundle(whole[1])):
        branch = known[str(event["type"])]
        assert sorted(event) == schema["required"]
        assert set(event["body"]) == set(branch["body"]["required"])  # type: ignore[call-overload]
        assert len(event["sd"]) == branch["sd"]["minItems"]  # type: ignore[arg-type]
