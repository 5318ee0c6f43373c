"""The tree agrees with a foreign library at every size to 100 and on every proof."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from pymerkle import InmemoryTree, verify_consistency, verify_inclusion

from review.audit import tree
from review.audit.canonical import leaf_hash, read_line, unb64
from review.audit.note import parse_checkpoint, parse_consistency, parse_inclusion

SIZES = 100
LEAVES = [str(index).encode() for index in range(SIZES)]
HASHES = [leaf_hash(leaf) for leaf in LEAVES]
SHARED = Path(os.environ.get("ASSAY_DATA", Path(__file__).parents[2].parent / "shared" / "data")).parent / "audit-vectors"


@pytest.fixture(scope="module")
def oracle() -> InmemoryTree:
    other = InmemoryTree(algorithm="sha256")
    for leaf in LEAVES:
        other.append_entry(leaf)
    return other


@pytest.mark.parametrize("size", range(SIZES + 1))
def test_roots_agree_with_a_foreign_library(oracle: InmemoryTree, size: int) -> None:
    expected = oracle.get_root(size) if size else tree.EMPTY_ROOT
    edge = tree.Edge()
    for leaf in HASHES[:size]:
        edge.append(leaf)
    assert edge.root() == tree.root(HASHES[:size]) == expected
    assert tree.Tree(HASHES).root(size) == expected
    assert tree.Edge.from_list(size, json.loads(json.dumps(edge.to_list()))).root() == expected


@pytest.mark.parametrize("size", range(1, SIZES + 1))
def test_every_inclusion_path_agrees(oracle: InmemoryTree, size: int) -> None:
    whole = tree.Tree(HASHES)
    for index in range(size):
        path = tree.inclusion_path(HASHES[:size], index)
        proof = oracle.prove_inclusion(index + 1, size)
        assert [HASHES[index], *path] == list(proof.path)
        verify_inclusion(HASHES[index], tree.root(HASHES[:size]), proof)
        assert path == whole.inclusion_path(index, size)
        assert tree.check_inclusion(HASHES[index], index, size, path, oracle.get_root(size))


@pytest.mark.parametrize("size", range(1, SIZES + 1))
def test_every_consistency_path_agrees(oracle: InmemoryTree, size: int) -> None:
    whole = tree.Tree(HASHES)
    after = tree.root(HASHES[:size])
    for old in range(1, size + 1):
        before = tree.root(HASHES[:old])
        path = tree.consistency_path(HASHES[:size], old)
        assert path == whole.consistency_path(old, size) == by_the_book(oracle, old, 0, size, True)
        assert tree.check_consistency(old, size, oracle.get_root(old), oracle.get_root(size), path)
        # The library lays its proof out in another way; it must accept our roots all the same.
        verify_consistency(before, after, oracle.prove_consistency(old, size))


def by_the_book(oracle: InmemoryTree, old: int, low: int, high: int, whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962, section 2.1.2, word by word, its hashes from the foreign library."""
    size = high - low
    if old == size:
        return [] if whole else [oracle._get_root(low, high)]
    half = 1
    while half * 2 < size:
        half *= 2
    if old <= half:
        return [*by_the_book(oracle, old, low, low + half, whole), oracle._get_root(low + half, high)]
    return [*by_the_book(oracle, old - half, low + half, high, False), oracle._get_root(low, low + half)]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 33, 100])
def test_a_changed_proof_is_refused(size: int) -> None:
    root = tree.root(HASHES[:size])
    for index in range(size):
        path = tree.inclusion_path(HASHES[:size], index)
        assert not tree.check_inclusion(HASHES[index], index, size, [*path, HASHES[0]], root)
        assert not tree.check_inclusion(leaf_hash(b"other"), index, size, path, root)
        assert not tree.check_inclusion(HASHES[index], size, size, path, root)
        for place in range(len(path)):
            broken = [*path[:place], leaf_hash(b"other"), *path[place + 1:]]
            assert not tree.check_inclusion(HASHES[index], index, size, broken, root)
            assert not tree.check_inclusion(HASHES[index], index, size, path[:place], root)


def test_a_changed_history_has_no_consistency() -> None:
    fork = [*HASHES[:50], leaf_hash(b"fork"), *HASHES[51:]]
    for old in range(1, 100):
        path = tree.consistency_path(fork, old)
        holds = tree.check_consistency(old, 100, tree.root(HASHES[:old]), tree.root(fork), path)
        assert holds == (old <= 50)
    assert not tree.check_consistency(101, 100, tree.root(HASHES), tree.root(HASHES), [])
    assert tree.check_consistency(0, 100, tree.EMPTY_ROOT, tree.root(HASHES), [])
    assert not tree.check_consistency(3, 100, tree.root(HASHES[:3]), tree.root(HASHES), [])


def test_paths_read_on_demand_are_the_same() -> None:
    reads: list[tuple[int, int]] = []

    def leaves(low: int, high: int) -> list[bytes]:
        reads.append((low, high))
        return HASHES[low:high]

    reader = tree.Reader(100, leaves)
    assert [reader.inclusion_path(i) for i in range(100)] == [tree.inclusion_path(HASHES, i) for i in range(100)]
    assert [reader.consistency_path(i) for i in range(101)] == [tree.consistency_path(HASHES, i) for i in range(101)]
    assert len(reads) == len(set(reads))


def test_an_edge_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError):
        tree.Edge(3, [HASHES[0]])


def test_a_copied_edge_grows_alone() -> None:
    edge = tree.Edge()
    edge.append(HASHES[0])
    other = edge.copy()
    other.append(HASHES[1])
    assert edge.root() == HASHES[0] and other.size == 2


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"NOT TESTED: shared vectors are absent ({SHARED})")
def test_shared_roots_and_proofs() -> None:
    vectors = json.loads((SHARED / "merkle.json").read_text())
    for size, root in vectors["roots"].items():
        assert tree.root(HASHES[: int(size)]) == unb64(root)
    for case in vectors["inclusion"]:
        assert tree.inclusion_path(HASHES[: case["n"]], case["i"]) == list(map(unb64, case["path"]))
    for case in vectors["consistency"]:
        old, size = case["m"], case["n"]
        assert tree.consistency_path(HASHES[:size], old) == list(map(unb64, case["path"]))


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"NOT TESTED: shared vectors are absent ({SHARED})")
def test_the_shared_log_has_its_checkpoints() -> None:
    lines = (SHARED / "events.jsonl").read_bytes().splitlines()
    hashes = [leaf_hash(line) for line in lines if read_line(line)]
    for file in [SHARED / "checkpoint", *(SHARED / "checkpoints").iterdir()]:
        checkpoint = parse_checkpoint(file.read_text())
        assert tree.root(hashes[: checkpoint.size]) == checkpoint.root
    for file in (SHARED / "proofs").glob("*.tlog-proof"):
        index, path, note = parse_inclusion(file.read_text())
        checkpoint = parse_checkpoint(note)
        assert tree.check_inclusion(hashes[index], index, checkpoint.size, path, checkpoint.root)
    for file in (SHARED / "proofs").glob("*.consistency"):
        old, path, note = parse_consistency(file.read_text())
        assert path == tree.consistency_path(hashes[: parse_checkpoint(note).size], old)


def test_an_empty_edge_has_no_leaf() -> None:
    assert tree.Edge().size == 0


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 8, 9])
def test_a_tree_knows_its_size_and_its_root_by_itself(size: int) -> None:
    whole = tree.Tree(HASHES[:size])
    assert whole.size == size
    assert whole.root() == tree.root(HASHES[:size])


@pytest.mark.parametrize("index", [-1, 5, 6])
def test_no_path_leads_to_a_leaf_that_is_not_there(index: int) -> None:
    with pytest.raises(ValueError, match="no such leaf"):
        tree.inclusion_ranges(index, 5)
    assert tree.root_from_path(HASHES[0], index, 5, []) is None


@pytest.mark.parametrize("old", [-1, 6])
def test_no_proof_leads_from_a_size_that_never_was(old: int) -> None:
    with pytest.raises(ValueError, match="no such size"):
        tree.consistency_ranges(old, 5)
    assert tree.check_consistency(old, 5, tree.root(HASHES[:5]), tree.root(HASHES[:5]), []) is False


@pytest.mark.parametrize(("old", "before"), [(5, HASHES[:5]), (0, [])])
def test_where_nothing_is_to_be_proven_a_proof_is_empty_and_the_roots_are_what_they_must_be(
    old: int, before: list[bytes]
) -> None:
    first, last = tree.root(before), tree.root(HASHES[:5])
    assert tree.check_consistency(old, 5, first, last, [])
    assert tree.check_consistency(old, 5, first, last, [HASHES[0]]) is False
    assert tree.check_consistency(old, 5, HASHES[7], last, []) is False


@pytest.mark.parametrize("steps", [0, 1, 7])
def test_a_proof_of_another_length_proves_nothing(steps: int) -> None:
    first, last = tree.root(HASHES[:3]), tree.root(HASHES[:5])
    assert tree.check_consistency(3, 5, first, last, tree.consistency_path(HASHES[:5], 3))
    assert tree.check_consistency(3, 5, first, last, HASHES[:steps]) is False
