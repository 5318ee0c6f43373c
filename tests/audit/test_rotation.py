"""A changed key as a stranger judges it: followed where both keys signed, and nowhere else, whoever signs again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from review.audit.note import Checkpoint, Signature, parse_checkpoint, verifier_key
from review.store import Store
from tests.audit.checking import checks, failures
from tests.audit.forge import ADA, LAST_SEED, LIO, NEXT_SEED, ORIGIN, SEED, Forge, vkey

OLD, NEW, LAST = vkey(SEED), vkey(NEXT_SEED), vkey(LAST_SEED)


@pytest.fixture
def objects(tmp_path: Path) -> Store:
    return Store((tmp_path / "objects").as_uri())


def begun(number: int = 1) -> Forge:
    log = Forge()
    log.open_log()
    graded(log, number)
    log.publish()
    return log


def graded(log: Forge, number: int) -> None:
    name = log.incident(number)
    log.agree(name)
    log.approve(name)


def rotated(*joint: bytes) -> Forge:
    """A grade before the change and one after it; the first checkpoint between is signed by `joint`."""
    log = begun()
    log.rotate(SEED, NEXT_SEED)
    log.publish(*joint)
    graded(log, 2)
    return log


def found(log: Forge, objects: Store, folder: Path, pinned: str, *seeds: bytes, since: str | None = None) -> list[str]:
    """What verify.py says of the bundle under a checkpoint that these keys sign, with this one pinned."""
    log.heads()
    path = folder / "bundle.zip"
    path.write_bytes(log.bundle(objects, log.publish(*seeds or (NEXT_SEED,))))
    return failures(path, key=pinned, since=since.encode() if since else None)


@pytest.mark.parametrize("pinned", [OLD, NEW])
def test_both_signatures_lead_from_one_key_to_the_other(objects: Store, tmp_path: Path, pinned: str) -> None:
    assert found(rotated(SEED, NEXT_SEED), objects, tmp_path, pinned) == []


@pytest.mark.parametrize("joint", [(NEXT_SEED,), (SEED,), (LAST_SEED, NEXT_SEED), (SEED, LAST_SEED)], ids=["new", "old", "other and new", "old and other"])
@pytest.mark.parametrize("pinned", [OLD, NEW])
def test_a_joint_without_one_of_them_leads_nowhere(
    objects: Store, tmp_path: Path, joint: tuple[bytes, ...], pinned: str
) -> None:
    said = found(rotated(*joint), objects, tmp_path, pinned)
    assert "the first checkpoint after the rotation does not bear both signatures" in said[0]
    assert checks(said) == {"key"}


def test_a_joint_that_comes_second_is_none(objects: Store, tmp_path: Path) -> None:
    """Only the first checkpoint over the change counts: a later one could be signed by whoever found the old key."""
    log = rotated(NEXT_SEED)
    log.publish(SEED, NEXT_SEED)
    graded(log, 3)
    assert checks(found(log, objects, tmp_path, OLD)) == {"key"}


def test_the_bundles_own_checkpoint_may_be_the_joint(objects: Store, tmp_path: Path) -> None:
    log = begun()
    log.rotate(SEED, NEXT_SEED)
    assert found(log, objects, tmp_path, OLD, SEED, NEXT_SEED) == []
    log = begun()
    log.rotate(SEED, NEXT_SEED)
    assert checks(found(log, objects, tmp_path, NEW, NEXT_SEED)) == {"key"}


@pytest.mark.parametrize("pinned", [OLD, NEW, LAST])
def test_a_second_change_is_followed_like_the_first(objects: Store, tmp_path: Path, pinned: str) -> None:
    log = rotated(SEED, NEXT_SEED)
    log.rotate(NEXT_SEED, LAST_SEED)
    log.publish(NEXT_SEED, LAST_SEED)
    graded(log, 3)
    assert found(log, objects, tmp_path, pinned, LAST_SEED) == []


def test_a_second_change_without_its_joint_breaks_the_way(objects: Store, tmp_path: Path) -> None:
    log = rotated(SEED, NEXT_SEED)
    second = log.rotate(NEXT_SEED, LAST_SEED)
    log.publish(SEED, LAST_SEED)
    said = found(log, objects, tmp_path, OLD, LAST_SEED)
    assert [line.split(":")[0] for line in said] == [f"FAIL key seq {second}"]


def test_a_change_must_begin_at_the_present_key(objects: Store, tmp_path: Path) -> None:
    """The retired key cannot name another successor."""
    log = rotated(SEED, NEXT_SEED)
    second = log.rotate(SEED, LAST_SEED)
    log.publish(SEED, NEXT_SEED, LAST_SEED)
    said = found(log, objects, tmp_path, OLD, LAST_SEED)
    assert f"FAIL key seq {second}: the key that it retires is not the present one" in said


@pytest.mark.parametrize("seeds", [(SEED,), (LAST_SEED,)], ids=["the old key", "an unknown key"])
def test_after_the_change_only_the_new_key_signs(objects: Store, tmp_path: Path, seeds: tuple[bytes, ...]) -> None:
    said = found(rotated(SEED, NEXT_SEED), objects, tmp_path, OLD, *seeds)
    assert "FAIL checkpoint seq -: the present key of the log has not signed the checkpoint" in said


def test_a_key_of_another_name_is_no_successor(objects: Store, tmp_path: Path) -> None:
    log = begun()
    log.add("key.rotated", ADA, old=OLD, new=str(verifier_key("desk.example/log2", NEXT_SEED)))
    log.publish(SEED, NEXT_SEED)
    assert "key" in checks(found(log, objects, tmp_path, OLD))


# --- an insider who signs again ----------------------------------------------------------------------------


def claims_the_old_signature(log: Forge) -> str:
    """A joint whose old signature is the one of an earlier checkpoint, moved over."""
    earlier = parse_checkpoint(log.published[0][1])
    now = Checkpoint(ORIGIN, log.append.size, log.append.edge.root(), earlier.signatures).signed(LAST_SEED)
    return now.text


def invents_the_old_signature(log: Forge) -> str:
    """A joint with a line that says it is the old key's."""
    line = Signature(ORIGIN, verifier_key(ORIGIN, SEED).id, bytes(64))
    return Checkpoint(ORIGIN, log.append.size, log.append.edge.root(), (line,)).signed(LAST_SEED).text


def signs_alone(log: Forge) -> str:
    return Checkpoint(ORIGIN, log.append.size, log.append.edge.root()).signed(LAST_SEED).text


@pytest.mark.parametrize("forged", [claims_the_old_signature, invents_the_old_signature, signs_alone])
@pytest.mark.parametrize("pinned", [OLD, LAST])
def test_who_holds_the_database_and_no_old_key_cannot_bring_in_their_own(
    objects: Store, tmp_path: Path, forged: Callable[[Forge], str], pinned: str
) -> None:
    """They record a change to a key of theirs, recompute every hash and sign from there on."""
    log = begun()
    change = log.rotate(SEED, LAST_SEED)
    log.published.append((log.append.size, forged(log)))
    graded(log, 2)
    said = found(log, objects, tmp_path, pinned, LAST_SEED)
    assert any(line.startswith(f"FAIL key seq {change}:") for line in said)


def test_who_writes_the_whole_log_anew_under_their_own_key_is_not_the_pinned_one(objects: Store, tmp_path: Path) -> None:
    log = Forge()
    log.add("log.opened", format="assay/1", vkey=LAST, continues=None)
    log.rotate(LAST_SEED, SEED)
    log.publish(LAST_SEED)
    log.rotate(SEED, LAST_SEED)
    log.publish(LAST_SEED)
    assert {"key"} <= checks(found(log, objects, tmp_path, OLD, LAST_SEED))
    log = Forge()
    log.add("log.opened", format="assay/1", vkey=LAST, continues=None)
    said = found(log, objects, tmp_path, OLD, LAST_SEED)
    assert "the key that you pinned is not one that this log was opened with or rotated to" in said[0]


# --- with a checkpoint that was kept -----------------------------------------------------------------------


@pytest.mark.parametrize("pinned", [OLD, NEW])
@pytest.mark.parametrize("place", [0, 1, 2], ids=["before", "joint", "after"])
def test_a_checkpoint_kept_at_any_time_is_followed(objects: Store, tmp_path: Path, pinned: str, place: int) -> None:
    log = rotated(SEED, NEXT_SEED)
    log.publish(NEXT_SEED)
    kept = log.published[place][1]
    graded(log, 3)
    assert found(log, objects, tmp_path, pinned, since=kept) == []


@pytest.mark.parametrize("pinned", [OLD, NEW])
@pytest.mark.parametrize(("place", "seed"), [(0, NEXT_SEED), (2, SEED), (0, LAST_SEED)], ids=["new before", "old after", "another"])
def test_a_checkpoint_kept_under_a_key_that_was_not_in_force_is_none_of_the_logs(
    objects: Store, tmp_path: Path, pinned: str, place: int, seed: bytes
) -> None:
    log = rotated(SEED, NEXT_SEED)
    log.publish(NEXT_SEED)
    told = parse_checkpoint(log.published[place][1])
    kept = Checkpoint(ORIGIN, told.size, told.root).signed(seed).text
    graded(log, 3)
    assert checks(found(log, objects, tmp_path, pinned, since=kept)) == {"since"}


@pytest.mark.parametrize("pinned", [OLD, NEW])
def test_a_fork_behind_the_change_contradicts_what_was_kept(objects: Store, tmp_path: Path, pinned: str) -> None:
    log = rotated(SEED, NEXT_SEED)
    kept = log.publish(NEXT_SEED)
    fork = rotated(SEED, NEXT_SEED)
    fork.add("stream.defined", LIO, stream="other", mode="active", name="Other")
    graded(fork, 3)
    assert "since" in checks(found(fork, objects, tmp_path, pinned, since=kept))
