"""What the verifier says of heads.jsonl, and of a bundle of one incident, that is not what the log fixed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from review.audit.tree import Tree, inclusion_path
from tests.audit import histories as h
from tests.audit.checking import failures, read_json
from tests.audit.histories import Entry, Log
from tests.audit.test_profiles_verified import one_incident, public
from tests.audit.verdicts import verdict

Members = dict[str, bytes]
NAME, OTHER = h.incident_id("Tel Asmar"), h.incident_id("Wadi Karsa")
HEADS, INCIDENT = "data/heads.jsonl", "data/incident.json"


@pytest.fixture(scope="module")
def log() -> Log:
    """Two incidents, heads at the end; the tests of this file read it and leave it."""
    made = h.everything()
    made.build()
    return made


@pytest.fixture
def alone(log: Log) -> Members:
    """The bundle of one of the two."""
    return one_incident(log, NAME)


def told(members: Members, folder: Path, profile: str = "internal") -> list[str]:
    return failures(h.write_bag(folder / "bundle.zip", members, profile=profile))


def said(check: str, sentence: str) -> str:
    return verdict(check, None, sentence)


def last(log: Log) -> Entry:
    return log.find("log.heads", 1)


# --- heads.jsonl of a whole log -----------------------------------------------------------------------------------


def lines(members: Members, name: str = HEADS) -> list[bytes]:
    return members[name].splitlines(keepends=True)


ORDER = "heads.jsonl is not in the order of the incidents' first events, or holds one twice"
LEFT_OUT = "an incident that is shown is not in heads.jsonl"
LINE = "a line of heads.jsonl is malformed"
WHOLE: dict[str, tuple[Callable[[bytes, bytes], list[bytes]], str]] = {
    "the other way round": (lambda one, two: [two, one], LEFT_OUT),
    "one twice": (lambda one, two: [one, one, two], ORDER),
    "the first again": (lambda one, two: [one, two, one], ORDER),
    "without the first": (lambda one, two: [two], LEFT_OUT),
    "without the second": (lambda one, two: [one], LEFT_OUT),
    "one more": (lambda one, two: [one, two, one.replace(NAME.encode(), b"i-" + b"a" * 16)], "heads.jsonl is not what the last log.heads fixed"),
    "one with a count of 0": (lambda one, two: [h.jcs([NAME, 0, read_json(one)[2]]) + b"\n", two], LINE),
    "one with spaces": (lambda one, two: [one, two.replace(b",", b", ")], LINE),
    "one of another name": (lambda one, two: [one.replace(b"i-", b"I-"), two], LINE),
    "one that is empty": (lambda one, two: [one, b"\n", two], LINE),
    "one without its hash": (lambda one, two: [one, h.jcs([OTHER, 3]) + b"\n"], LINE),
}


@pytest.mark.parametrize("change", WHOLE)
def test_heads_that_are_not_those_of_the_log(log: Log, tmp_path: Path, change: str) -> None:
    members = log.members()
    assert told(members, tmp_path) == []
    made, sentence = WHOLE[change]
    found = told({**members, HEADS: b"".join(made(*lines(members)))}, tmp_path)
    assert verdict("heads", last(log), sentence) in found, found


def test_heads_that_are_not_here(log: Log, tmp_path: Path) -> None:
    members = {name: data for name, data in log.members().items() if name != HEADS}
    assert told(members, tmp_path) == [verdict("heads", last(log), "there is no heads.jsonl")]


@pytest.mark.parametrize("more", [False, True])
def test_a_public_bundle_ends_in_heads(tmp_path: Path, more: bool) -> None:
    log = h.everything()
    if more:
        log.add("stream.switched", "Marj", None, {"stream": "karsian-air-force", "mode": "paused"}, name=None, reason=None)
    found = told(public(log), tmp_path, "public")
    sentence = "this bundle is made under a checkpoint that ends in log.heads"
    assert found == ([verdict("heads", last(log), sentence)] if more else [])


@pytest.mark.parametrize("profile", ["internal", "public"])
def test_heads_without_a_log_heads(tmp_path: Path, profile: str) -> None:
    log = h.started()
    h.agreed(log)
    made = public if profile == "public" else Log.members
    sentence = said("heads", "there is no log.heads that heads.jsonl could agree with")
    assert told(made(log), tmp_path, profile) == ([sentence] if profile == "public" else [])
    assert told({**made(log), HEADS: h.jcs(log.heads()[0]) + b"\n"}, tmp_path, profile) == [sentence]


# --- incident.json ------------------------------------------------------------------------------------------------


def test_a_bundle_of_one_incident_holds_before_it_is_changed(alone: Members, tmp_path: Path) -> None:
    assert told(alone, tmp_path) == []


def changed(members: Members, **changes: object) -> Members:
    return {**members, INCIDENT: h.jcs({**read_json(members[INCIDENT]), **changes})}


MALFORMED: dict[str, tuple[Callable[[Members], bytes], str]] = {
    "a space": (lambda held: held[INCIDENT] + b" ", "'it is not canonical'"),
    "a space within": (lambda held: held[INCIDENT].replace(b":", b": ", 1), "'it is not canonical'"),
    "one key more": (lambda held: changed(held, more=1)[INCIDENT], "'it has other keys, or a path that is too long'"),
    "a path of 65 steps": (lambda held: with_path(held, 65)[INCIDENT], "'it has other keys, or a path that is too long'"),
    "no paths": (lambda held: h.jcs({"head_index": 0, "head_path": [], "incident": NAME}), '"\'paths\'"'),
    "no object": (lambda held: b"[]", "'list indices must be integers or slices, not str'"),
    "a step that is no hash": (lambda held: changed(held, head_path=["?"])[INCIDENT], "'not base64'"),
    "no JSON": (lambda held: b"{", "'not JSON in UTF-8'"),
}  # fmt: skip


def with_path(members: Members, steps: int) -> Members:
    """The path of the first event is this long and leads nowhere."""
    paths = read_json(members[INCIDENT])["paths"]
    return changed(members, paths={**paths, "0": [h.b64(bytes(32))] * steps})


@pytest.mark.parametrize("change", MALFORMED)
def test_an_incident_json_that_is_malformed(alone: Members, tmp_path: Path, change: str) -> None:
    made, error = MALFORMED[change]
    assert told({**alone, INCIDENT: made(alone)}, tmp_path) == [said("bundle", f"incident.json is malformed: {error}")]


def test_a_path_of_64_steps_is_read_and_leads_nowhere(alone: Members, tmp_path: Path) -> None:
    sentence = "its path does not lead to the signed root: it was altered or is not in the log"
    assert told(with_path(alone, 64), tmp_path)[0] == f"FAIL inclusion seq 0: {sentence}"


def test_a_path_of_an_event_that_is_not_shown(log: Log, alone: Members, tmp_path: Path) -> None:
    more = log.find("role.granted")
    paths = {**read_json(alone[INCIDENT])["paths"], str(more.seq): []}
    assert told(changed(alone, paths=paths), tmp_path) == [verdict("withheld", more, "a path is given for an event that is not shown")]


def test_a_bundle_of_another_incident_than_it_says(alone: Members, tmp_path: Path) -> None:
    assert said("withheld", "the bundle does not hold its incident") in told(changed(alone, incident=OTHER), tmp_path)


# --- what it shows ------------------------------------------------------------------------------------------------


def showing(log: Log, members: Members, *more: Entry) -> Members:
    """The same with these events shown too, their paths and details beside them."""
    tree = Tree([entry.leaf for entry in log.entries])
    paths = {**read_json(members[INCIDENT])["paths"], **{str(one.seq): [h.b64(step) for step in tree.inclusion_path(one.seq)] for one in more}}
    events = sorted({*lines(members, "data/events.jsonl"), *(one.line + b"\n" for one in more)}, key=lambda line: read_json(line)["seq"])
    disclosed = [h.jcs({"d": text, "seq": one.seq}) + b"\n" for one in more for text in one.texts.values()]
    told_of = sorted({*lines(members, "data/disclosures.jsonl"), *disclosed}, key=lambda line: (read_json(line)["seq"], line))
    files = {"data/events.jsonl": b"".join(events), "data/disclosures.jsonl": b"".join(told_of)}
    return changed({**members, **files}, paths=paths)


def without(members: Members, entry: Entry) -> Members:
    """The same with nothing that tells of this event."""
    files = {
        name: b"".join(line for line in lines(members, name) if read_json(line)["seq"] != entry.seq)
        for name in ("data/events.jsonl", "data/disclosures.jsonl")
    }
    paths = {seq: path for seq, path in read_json(members[INCIDENT])["paths"].items() if seq != str(entry.seq)}
    return changed({**members, **files}, paths=paths)


def test_an_event_of_another_incident(log: Log, alone: Members, tmp_path: Path) -> None:
    of_the_log = log.find("role.granted")
    assert told(showing(log, alone, of_the_log), tmp_path) == []
    other = log.find("incident.opened", 1)
    found = told(showing(log, alone, other), tmp_path)
    assert verdict("withheld", other, "it belongs to another incident than the bundle") in found
    assert said("withheld", "the bundle does not hold its incident") in found


@pytest.mark.parametrize("place", [0, -1], ids=["the first", "the last"])
def test_the_first_and_the_last_leaf_are_here(log: Log, alone: Members, tmp_path: Path, place: int) -> None:
    found = told(without(alone, log.entries[place]), tmp_path)
    assert said("reference", "a one-incident bundle also holds the first and the last leaf of the log") in found


def test_a_bundle_of_one_incident_ends_in_heads(tmp_path: Path) -> None:
    log = h.everything()
    log.add("stream.switched", "Marj", None, {"stream": "karsian-air-force", "mode": "paused"}, name=None, reason=None)
    log.build()
    members = one_incident(log, NAME)
    found = told(showing(log, members, last(log)), tmp_path)
    assert found == [verdict("heads", last(log), "this bundle is made under a checkpoint that ends in log.heads")]


# --- its head -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 2])
def test_its_heads_are_one_line(log: Log, alone: Members, tmp_path: Path, count: int) -> None:
    found = told({**alone, HEADS: alone[HEADS] * count}, tmp_path)
    assert found == [verdict("heads", last(log), "heads.jsonl of one incident holds its line")]


def at_head(log: Log, place: int) -> dict[str, object]:
    """Where the head of this incident lies in the tree of heads."""
    hashes = [h.sha(b"\x00" + h.jcs(head)) for head in log.heads()]
    return {"head_index": place, "head_path": [h.b64(step) for step in inclusion_path(hashes, place)]}


def test_its_head_is_its_own(log: Log, alone: Members, tmp_path: Path) -> None:
    """And not that of another incident, truly fixed as it is."""
    assert told(changed(alone, **at_head(log, 0)), tmp_path) == []
    other = h.jcs(log.heads()[1]) + b"\n"
    found = told(changed({**alone, HEADS: other}, **at_head(log, 1)), tmp_path)
    assert found == [verdict("heads", last(log), "the head is of another incident")]


@pytest.mark.parametrize("changes", [{"head_index": 1}, {"head_index": 2}, {"head_path": []}], ids=["another place", "no place", "no path"])
def test_its_head_leads_to_the_root(log: Log, alone: Members, tmp_path: Path, changes: dict[str, object]) -> None:
    found = told(changed(alone, **changes), tmp_path)
    assert found == [verdict("heads", last(log), "the head's path does not lead to the root of log.heads")]
