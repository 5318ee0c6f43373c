"""Bundles of one incident, and of the public profile: less is shown, and what is shown still has to hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from review.audit import note, verify
from review.audit.tree import Tree, inclusion_path
from tests.audit import histories as h
from tests.audit.checking import checks, failures
from tests.audit.histories import Log

Members = dict[str, bytes]
HIDDEN = ("person.", "role.", "export.", "import.", "backup.")


def public(log: Log) -> Members:
    """What the public may see: no rationale, no argument, no time, nobody's name; only what a shown event refers to."""
    members = log.members()
    shown = [entry for entry in log.entries if not entry.type.startswith(HIDDEN)]
    told = sorted(
        (entry.seq, text)
        for entry in shown
        for name, text in entry.texts.items()
        if name in verify.SPECS[entry.type].public and entry.seq not in log.sealed_for_ever()
    )
    members["data/events.jsonl"] = b"".join(entry.line + b"\n" for entry in shown)
    members["data/disclosures.jsonl"] = b"".join(h.jcs({"d": text, "seq": seq}) + b"\n" for seq, text in told)
    return members


def one_incident(log: Log, name: str) -> Members:
    """The events of one incident and those of the log that they refer to, each with its path."""
    members = log.members()
    size, sealed = len(log.entries), log.sealed_for_ever()
    tree = Tree([entry.leaf for entry in log.entries])
    claim = next(entry.body["claim"] for entry in log.entries if entry.incident == name and entry.type == "claim.grouped")
    referred = [log.find("log.opened"), log.find("policy.set"), log.find("codebook.defined"), claim, log.entries[-1]]
    shown = [entry for entry in log.entries if entry.incident == name or entry in referred]
    heads = [h.jcs(head) for head in log.heads()]
    index = next(place for place, head in enumerate(heads) if name.encode() in head)
    path = inclusion_path([h.sha(b"\x00" + head) for head in heads], index)
    told = {
        "head_index": index,
        "head_path": [h.b64(step) for step in path],
        "incident": name,
        "paths": {str(entry.seq): [h.b64(step) for step in tree.inclusion_path(entry.seq)] for entry in shown},
    }
    published = [row for row in verify.parse(log.published())["grades"] if row["incident"] == name]
    disclosed = sorted((entry.seq, text) for entry in shown for text in entry.texts.values() if entry.seq not in sealed)
    proofs = {entry.seq for entry in shown if entry.type == "grade.published"} | {size - 1}
    return {
        **{name: data for name, data in members.items() if "leaves" not in name and "proofs" not in name},
        **{f"data/proofs/{seq}.tlog-proof": members[f"data/proofs/{seq}.tlog-proof"] for seq in proofs},
        "data/incident.json": h.jcs(told),
        "data/events.jsonl": b"".join(entry.line + b"\n" for entry in shown),
        "data/disclosures.jsonl": b"".join(h.jcs({"d": text, "seq": seq}) + b"\n" for seq, text in disclosed),
        "data/heads.jsonl": heads[index] + b"\n",
        "data/published.json": h.jcs({"grades": published, "log": h.ORIGIN, "size": size}),
    }


@pytest.fixture
def log() -> Log:
    return h.everything()


def found(members: Members, folder: Path, profile: str = "internal") -> list[str]:
    return failures(h.write_bag(folder / "bundle.zip", members, profile=profile))


def test_a_public_bundle_holds(log: Log, tmp_path: Path) -> None:
    assert found(public(log), tmp_path, "public") == []


def test_a_public_bundle_shows_nothing_more(log: Log, tmp_path: Path) -> None:
    assert checks(found(log.members(), tmp_path, "public")) == {"profile"}


def test_a_public_bundle_shows_no_ungraded_incident(tmp_path: Path) -> None:
    log = h.started()
    h.incident(log, "Tel Asmar")
    log.end()
    assert "profile" in checks(found(public(log), tmp_path, "public"))


def test_a_court_bundle_names_no_reporter(log: Log, tmp_path: Path) -> None:
    assert "profile" in checks(found(log.members(), tmp_path, "court"))
    reporter = [h.jcs({"d": e.texts["reporter"], "seq": e.seq}) + b"\n" for e in log.entries if "reporter" in e.texts]
    members = log.members()
    kept = [line for line in members["data/disclosures.jsonl"].splitlines(keepends=True) if line not in reporter]
    assert found({**members, "data/disclosures.jsonl": b"".join(kept)}, tmp_path, "court") == []


@pytest.mark.parametrize("place", [0, 1])
def test_a_bundle_of_one_incident_holds(log: Log, tmp_path: Path, place: int) -> None:
    log.build()
    name = h.incident_id(["Tel Asmar", "Wadi Karsa"][place])
    assert found(one_incident(log, name), tmp_path) == []


def cut_the_tail(members: Members) -> None:
    lines = members["data/events.jsonl"].splitlines(keepends=True)
    members["data/events.jsonl"] = b"".join(lines[:-2] + lines[-1:])


def leave_out_a_reference(members: Members) -> None:
    lines = members["data/events.jsonl"].splitlines(keepends=True)
    members["data/events.jsonl"] = b"".join(line for line in lines if b'"policy.set"' not in line)


def alter_an_event(members: Members) -> None:
    members["data/events.jsonl"] = members["data/events.jsonl"].replace(b'"stream":"karsian', b'"stream":"harsian')


def lie_about_the_head(members: Members) -> None:
    members["data/heads.jsonl"] = members["data/heads.jsonl"].replace(b'",', b'",1', 1)


@pytest.mark.parametrize(
    ("change", "check"),
    [(cut_the_tail, "heads"), (leave_out_a_reference, "reference"), (alter_an_event, "inclusion"), (lie_about_the_head, "heads")],
)
def test_a_bundle_of_one_incident_that_was_altered(log: Log, tmp_path: Path, change: Callable[[Members], None], check: str) -> None:
    log.build()
    members = one_incident(log, h.incident_id("Tel Asmar"))
    change(members)
    assert check in checks(found(members, tmp_path))


def test_since_in_a_bundle_of_one_incident_wants_a_proof(log: Log, tmp_path: Path) -> None:
    whole = log.members(kept=[40])
    kept = whole["data/checkpoints/40"]
    members = one_incident(log, h.incident_id("Tel Asmar"))
    path = h.write_bag(tmp_path / "a.zip", members)
    assert checks(failures(path, since=kept)) == {"since"}
    proof = f"data/proofs/40-{len(log.entries)}.consistency"
    path = h.write_bag(tmp_path / "b.zip", {**members, "data/checkpoints/40": kept, proof: whole[proof]})
    assert failures(path, since=kept) == []
    assert note.parse_checkpoint(kept.decode()).size == 40
