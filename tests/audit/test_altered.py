"""A bundle altered by somebody without the signing key, its manifests made to fit again: caught and named."""

from __future__ import annotations

from pathlib import Path

import pytest

from review.audit import note
from review.audit.tree import root
from tests.audit import histories as h
from tests.audit.checking import assert_fails, assert_members_fail, checks, failures
from tests.audit.histories import Log


@pytest.fixture
def log() -> Log:
    return h.everything()


def lines(members: dict[str, bytes], name: str = "data/events.jsonl") -> list[bytes]:
    return members[name].splitlines(keepends=True)


def test_an_altered_event(log: Log, tmp_path: Path) -> None:
    members = log.members()
    members["data/events.jsonl"] = members["data/events.jsonl"].replace(b'"mode":"active"', b'"mode":"paused"')
    found = assert_members_fail(members, tmp_path, "leaf")
    assert found[0].startswith(f"FAIL leaf seq {log.find('stream.defined').seq}:")


def test_an_altered_event_whose_leaf_is_altered_too(log: Log, tmp_path: Path) -> None:
    members = log.members()
    members["data/events.jsonl"] = members["data/events.jsonl"].replace(b'"mode":"active"', b'"mode":"paused"')
    seq, leaves = log.find("stream.defined").seq, members["data/leaves.bin"]
    leaf = h.sha(b"\x00" + lines(members)[seq].rstrip())
    members["data/leaves.bin"] = leaves[: 32 * seq] + leaf + leaves[32 * (seq + 1):]
    assert_members_fail(members, tmp_path, "root")


def test_a_removed_event(log: Log, tmp_path: Path) -> None:
    members = log.members()
    seq = log.find("settlement.argued").seq
    members["data/events.jsonl"] = b"".join(lines(members)[:seq] + lines(members)[seq + 1:])
    kept = [line for line in lines(members, "data/disclosures.jsonl") if not line.endswith(b'"seq":%d}\n' % seq)]
    members["data/disclosures.jsonl"] = b"".join(kept)
    assert_members_fail(members, tmp_path, "withheld")


def test_an_inserted_event(log: Log, tmp_path: Path) -> None:
    members = log.members()
    more = lines(members)
    more.insert(5, more[4])
    members["data/events.jsonl"] = b"".join(more)
    assert_members_fail(members, tmp_path, "seq")


def test_two_events_in_another_order(log: Log, tmp_path: Path) -> None:
    members = log.members()
    other = lines(members)
    other[4], other[5] = other[5], other[4]
    members["data/events.jsonl"] = b"".join(other)
    assert_members_fail(members, tmp_path, "seq")


def test_a_truncated_log_under_its_own_checkpoint(log: Log, tmp_path: Path) -> None:
    members = log.members()
    members["data/leaves.bin"] = members["data/leaves.bin"][:-32]
    members["data/events.jsonl"] = b"".join(lines(members)[:-1])
    assert_members_fail(members, tmp_path, "root")


def test_a_checkpoint_signed_with_another_key(log: Log, tmp_path: Path) -> None:
    assert "checkpoint" in checks(failures(log.write(tmp_path / "bundle.zip", seed=h.OTHER_SEED)))


def test_the_whole_log_signed_with_another_key(log: Log, tmp_path: Path) -> None:
    log.find("log.opened").body["vkey"] = str(note.verifier_key(h.ORIGIN, h.OTHER_SEED))
    assert_fails(log, tmp_path, "key", log.entries[0], seed=h.OTHER_SEED)


@pytest.mark.parametrize("forged", [b"a page, fake", b"longer than what was kept"])
def test_a_swapped_evidence_file(log: Log, tmp_path: Path, forged: bytes) -> None:
    members = log.members(evidence=[b"a page, kept"])
    name = next(name for name in members if name.startswith("data/evidence/"))
    assert_members_fail({**members, name: forged}, tmp_path, "evidence")


def test_a_file_that_nobody_recorded(log: Log, tmp_path: Path) -> None:
    assert_fails(log, tmp_path, "evidence", evidence=[b"a page, kept", b"slipped in"])


@pytest.mark.parametrize(
    ("old", "new"),
    [(b'"fair"', b'"weak"'), (b'"version":1', b'"version":2'), (b'"published"', b'"legacy"'), (b"[2,5]", b"[2,6]")],
)
def test_a_lie_in_published_json(log: Log, tmp_path: Path, old: bytes, new: bytes) -> None:
    members = log.members()
    assert old in members["data/published.json"]
    members["data/published.json"] = members["data/published.json"].replace(old, new, 1)
    assert_members_fail(members, tmp_path, "published")


def test_a_forged_disclosure(log: Log, tmp_path: Path) -> None:
    members = log.members()
    forged = h.b64url(h.jcs([h.b64url(b"\x07" * 32), "text", "It never happened."]))
    seq = log.find("claim.received").seq
    told = [*lines(members, "data/disclosures.jsonl"), h.jcs({"d": forged, "seq": seq}) + b"\n"]
    told.sort(key=lambda line: (int(line.split(b":")[-1][:-2]), line))
    found = assert_members_fail({**members, "data/disclosures.jsonl": b"".join(told)}, tmp_path, "disclosure")
    assert found[0].startswith(f"FAIL disclosure seq {seq}:")


@pytest.mark.parametrize(
    ("kind", "name"),
    [("claim.received", "text"), ("claim.received", "person"), ("vote.committed", "at"), ("vote.committed", "grade"),
     ("vote.committed", "range")],
)  # fmt: skip
def test_a_disclosure_left_out(log: Log, tmp_path: Path, kind: str, name: str) -> None:
    entry = log.find(kind, 1)
    entry.hide = (name,)
    assert_fails(log, tmp_path, "disclosure", entry)


@pytest.mark.parametrize(("name", "check"), [("codebooks", "codebook"), ("policies", "policy")])
def test_a_rule_that_no_event_vouches_for(log: Log, tmp_path: Path, name: str, check: str) -> None:
    members = log.members()
    data = members[f"data/{name}.json"]
    members[f"data/{name}.json"] = data.replace(b'"airwars/1"', b'"airwars/2"').replace(b'"required":3', b'"required":2')
    assert_members_fail(members, tmp_path, check)


def test_a_head_left_out(log: Log, tmp_path: Path) -> None:
    members = log.members()
    assert_members_fail({**members, "data/heads.jsonl": lines(members, "data/heads.jsonl")[0]}, tmp_path, "heads")


@pytest.mark.parametrize(("suffix", "check"), [(".tlog-proof", "inclusion"), (".consistency", "consistency")])
def test_a_proof_that_is_missing_or_proves_nothing(log: Log, tmp_path: Path, suffix: str, check: str) -> None:
    members = log.members(kept=[7])
    name = next(name for name in members if name.endswith(suffix))
    told = lines(members, name)
    place = next(place for place, line in enumerate(told) if len(line) == 45)
    told[place] = h.b64(h.sha(b"other")).encode() + b"\n"
    assert_members_fail({**members, name: b"".join(told)}, tmp_path, check)
    assert_members_fail({key: value for key, value in members.items() if key != name}, tmp_path, check)


# --- against what an auditor kept ----------------------------------------------------------------------------------


def kept_checkpoint(log: Log, size: int) -> bytes:
    log.build()
    top = root([entry.leaf for entry in log.entries[:size]])
    return note.Checkpoint(h.ORIGIN, size, top).signed(h.SEED).text.encode()


def test_a_rolled_back_log(tmp_path: Path) -> None:
    kept = kept_checkpoint(h.everything(), 80)
    older = h.started()
    h.agreed(older)
    older.end()
    found = failures(older.write(tmp_path / "bundle.zip"), since=kept)
    assert checks(found) == {"since"}
    assert "rolled back" in found[0]


def test_a_forked_log(log: Log, tmp_path: Path) -> None:
    kept = kept_checkpoint(h.everything(), 50)
    assert failures(log.write(tmp_path / "bundle.zip"), since=kept) == []
    log.find("claim.received").salt = "rewritten"
    found = failures(log.write(tmp_path / "bundle.zip"), since=kept)
    assert checks(found) == {"since"}
    assert "forked" in found[0]


def test_a_kept_checkpoint_that_nobody_signed(log: Log, tmp_path: Path) -> None:
    kept = kept_checkpoint(log, 50).replace(b"\n50\n", b"\n51\n")
    assert "since" in checks(failures(log.write(tmp_path / "bundle.zip"), since=kept))
