"""What the verifier says of a bag, a manifest, a line or a disclosure that is not as the format has it."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from review.audit import verify
from tests.audit import histories as h
from tests.audit.checking import assert_holds, assert_members_fail, failures
from tests.audit.histories import Entry, Log
from tests.audit.test_profiles_verified import public
from tests.audit.verdicts import Change, Row, Table, assert_judged, assert_told, names, verdict

Members = dict[str, bytes]
PAGE = b"a page, kept"
TAGS = ("bagit.txt", "bag-info.txt", "manifest-sha256.txt")
TABLE = Table()


@pytest.fixture(scope="module")
def members() -> Members:
    return h.everything().members(kept=[7])


def said(check: str, sentence: str) -> str:
    return verdict(check, None, sentence)


# --- the bag ------------------------------------------------------------------------------------------------------


@pytest.fixture
def content(tmp_path: Path, members: Members) -> Members:
    """Every file of a bag that holds, the tag files too."""
    path = h.write_bag(tmp_path / "whole.zip", {**members, "data/README.txt": b"read me"})
    assert failures(path) == []
    with zipfile.ZipFile(path) as held:
        return {name: held.read(name) for name in held.namelist()}


def told(content: Members, folder: Path) -> list[str]:
    return failures(h.write_zip(folder / "changed.zip", content))


def fitting(content: Members) -> Members:
    """The same with a tag manifest that fits it."""
    return {**content, "tagmanifest-sha256.txt": h.manifest({name: content[name] for name in TAGS})}


def by_path(manifest: list[bytes]) -> bytes:
    """The lines of a manifest in its order."""
    ordered = sorted(manifest, key=lambda line: line[66:])
    return b"".join(ordered)


def lines(data: bytes) -> list[bytes]:
    return data.splitlines(keepends=True)


def test_a_file_that_the_manifest_does_not_list(content: Members, tmp_path: Path) -> None:
    kept = [line for line in lines(content["manifest-sha256.txt"]) if b"README" not in line]
    found = told(fitting({**content, "manifest-sha256.txt": b"".join(kept)}), tmp_path)
    assert found == [
        said("manifest", "'data/README.txt' is not both in the bag and in its manifest"),
        said("manifest", "the hash of 'data/README.txt' is not the one in the manifest"),
    ]


@pytest.mark.parametrize("count", [1, 3, 4])
def test_files_that_only_the_manifest_has(content: Members, tmp_path: Path, count: int) -> None:
    """Three of them are named; more would only say the same."""
    more = [b"%s  data/view/%d\n" % (b"0" * 64, number) for number in range(count)]
    listed = by_path([*lines(content["manifest-sha256.txt"]), *more])
    found = told(fitting({**content, "manifest-sha256.txt": listed}), tmp_path)
    missing = [said("manifest", f"'data/view/{number}' is not both in the bag and in its manifest") for number in range(count)]
    assert found == missing[:3]


@pytest.mark.parametrize("change", ["less", "more"])
def test_a_tag_manifest_of_other_files(content: Members, tmp_path: Path, change: str) -> None:
    listed = {name: content[name] for name in TAGS}
    tags = {name: data for name, data in listed.items() if name != "bagit.txt"} if change == "less" else {**listed, "fetch.txt": b""}
    found = told({**content, "tagmanifest-sha256.txt": h.manifest(tags)}, tmp_path)
    assert said("manifest", "the tag manifest does not list the three tag files") in found


def test_a_manifest_that_is_not_the_one_of_the_tag_manifest(content: Members, tmp_path: Path) -> None:
    tags = h.manifest({**{name: content[name] for name in TAGS}, "manifest-sha256.txt": b"another"})
    found = told({**content, "tagmanifest-sha256.txt": tags}, tmp_path)
    assert found == [said("manifest", "the hash of the manifest is not the one in the tag manifest")]


@pytest.mark.parametrize(("count", "too_many"), [(100_001, False), (100_002, True)])
def test_a_manifest_of_more_files_than_a_bundle_may_hold(content: Members, tmp_path: Path, count: int, too_many: bool) -> None:
    """The three tag files are counted with them."""
    own = lines(content["manifest-sha256.txt"])
    more = [b"%s  data/view/%06d\n" % (b"0" * 64, number) for number in range(count - len(own) - len(TAGS))]
    found = told(fitting({**content, "manifest-sha256.txt": by_path([*own, *more])}), tmp_path)
    limit = said("manifest", "manifest-sha256.txt lists more than 100000 files")
    assert (found == [limit]) is too_many, found[-1]


@pytest.mark.parametrize("line", [b"no colon\n", b"Profile: internal\n", b"Bagging-Date:2026-03-01\n"], ids=["none", "twice", "no space"])
def test_bag_info_that_is_malformed(content: Members, tmp_path: Path, line: bytes) -> None:
    found = told(fitting({**content, "bag-info.txt": content["bag-info.txt"] + line}), tmp_path)
    assert said("manifest", "bag-info.txt is malformed") in found


# --- how large a file may be --------------------------------------------------------------------------------------


def padded(members: Members, size: int) -> Members:
    """The bundle's checkpoint made this long by a signature of somebody unknown."""
    top = members["data/checkpoint"]
    line = "\u2014 %s AAAAAAA=\n".encode()
    more = line % (b"w" * (size - len(top) - len(line) + 2))
    return {name: data.replace(top, top + more) for name, data in members.items()}


def test_a_checkpoint_may_have_64_kib(members: Members, tmp_path: Path) -> None:
    fits = padded(members, 1 << 16)
    assert len(fits["data/checkpoint"]) == 1 << 16
    assert failures(h.write_bag(tmp_path / "a.zip", fits)) == []
    found = failures(h.write_bag(tmp_path / "b.zip", padded(members, (1 << 16) + 1)))
    assert found == [said("bundle", "'data/checkpoint' is larger than it can be")]


@pytest.mark.parametrize(("name", "check"), [("codebooks", "codebooks"), ("policies", "policies")])
def test_a_small_file_may_have_8_mib(members: Members, tmp_path: Path, name: str, check: str) -> None:
    """And is its own canonical text."""
    member = f"data/{name}.json"
    data = members[member]
    for size, sentence in (
        (8 << 20, said(check, f"{member} is malformed: 'it is not canonical'")),
        ((8 << 20) + 1, said("bundle", f"'{member}' is larger than it can be")),
    ):
        found = failures(h.write_bag(tmp_path / "bundle.zip", {**members, member: data.ljust(size)}))
        assert found == [sentence]


# --- the lines of disclosures.jsonl -------------------------------------------------------------------------------


def test_disclosures_that_do_not_end_in_a_newline(members: Members, tmp_path: Path) -> None:
    found = assert_members_fail({**members, "data/disclosures.jsonl": members["data/disclosures.jsonl"][:-1]}, tmp_path, "line")
    assert said("line", "the last line of disclosures.jsonl does not end in a newline") in found


LONGEST = (1 << 16) + 64


@pytest.mark.parametrize(
    ("length", "sentence"),
    [
        (LONGEST, said("line", "the last line of disclosures.jsonl does not end in a newline")),
        (LONGEST + 1, said("disclosure", "a line of disclosures.jsonl is too long")),
    ],
    ids=["long", "too long"],
)  # fmt: skip
def test_a_line_without_end(members: Members, tmp_path: Path, length: int, sentence: str) -> None:
    data = members["data/disclosures.jsonl"] + b"x" * length
    assert failures(h.write_bag(tmp_path / "a.zip", {**members, "data/disclosures.jsonl": data})) == [sentence]


# --- what is sealed -----------------------------------------------------------------------------------------------


def everything() -> Log:
    return h.everything()


@TABLE.broken(everything, "disclosure", "a disclosure is malformed: an integer of more than 17 digits")
def a_sealed_value_that_is_no_json_of_ours(log: Log) -> Entry:
    log.find("grade.approved").sealed["reason"] = 10**18
    return log.find("grade.approved")


@TABLE.broken(everything, "sealed", "grade.approved does not seal 'reasons', or seals it once")
def a_disclosure_of_another_name(log: Log) -> Entry:
    approved = log.find("grade.approved")
    approved.sealed = {"reasons": approved.sealed["reason"]}
    return approved


def file_is(value: object) -> Change:
    def change(log: Log) -> Entry:
        log.find("source.captured").sealed["file"] = value
        return log.find("source.captured")

    return change


DIGEST = hashlib.sha256(PAGE).hexdigest()
for value in (DIGEST, [DIGEST, 12], {"sha256": DIGEST}, {"size": 12}, {"sha256": 12, "size": 12}, {"sha256": DIGEST, "size": "12"},
              {"sha256": DIGEST, "size": True}, {"sha256": DIGEST, "size": 12.0}):  # fmt: skip
    TABLE.add(f"a file that is {value!r:.40}", everything, file_is(value), "evidence", "its file does not say sha256 and size")


def disputed() -> Log:
    log = h.started()
    h.disputed(log)
    return log


@TABLE.broken(disputed, "replay", "it cannot be judged after what came before it (KeyError)")
def an_event_that_cannot_be_judged(log: Log) -> Entry:
    """The settlement that is closed was opened for a round that never was, and nothing else was voted on."""
    log.find("settlement.opened").body["round"] = 9
    first, closed = log.entries.index(log.find("round.opened", 1)), log.find("settlement.closed")
    log.entries = [*log.entries[:first], closed]
    return closed


@pytest.mark.parametrize("row", TABLE.rows, ids=names(TABLE.rows))
def test_what_an_event_seals(tmp_path: Path, row: Row) -> None:
    assert_judged(row, tmp_path)


def test_the_file_of_an_import_is_a_name(tmp_path: Path) -> None:
    log = h.started()
    log.add("import.made", "Osei", None, {"rows": 1, "refused": 0}, file="incidents.csv")
    assert_holds(log, tmp_path)


def test_one_detail_sealed_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many digests as the type has, and one of its details is missing."""
    log = h.everything()
    stream = log.find("stream.defined")
    assert_holds(log, tmp_path)
    honest = Log._seal

    def seal(self: Log, entry: Entry) -> None:
        honest(self, entry)
        if entry is stream:
            entry.texts["name"] = h.b64url(h.jcs([h.b64url(bytes(32)), "reason", "another"]))

    monkeypatch.setattr(Log, "_seal", seal)
    assert_told(log, tmp_path, "sealed", stream, "stream.defined does not seal 'reason', or seals it once")


def test_digests_that_do_not_ascend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = h.started()
    stream = log.find("stream.defined")
    assert_holds(log, tmp_path)
    honest = Log._build

    def build(self: Log, entry: Entry, chains: dict[str, tuple[int, bytes | None]]) -> None:
        honest(self, entry, chains)
        if entry is stream:
            event = verify.parse(entry.line)
            entry.line = h.jcs({**event, "sd": event["sd"][::-1]})
            entry.leaf = h.sha(b"\x00" + entry.line)

    monkeypatch.setattr(Log, "_build", build)
    assert_told(log, tmp_path, "sealed", stream, "its digests do not ascend")


@pytest.mark.parametrize(("size", "holds"), [(len(PAGE), True), (len(PAGE) + 1, False), (len(PAGE) - 1, False)])
def test_one_file_has_one_size(tmp_path: Path, size: int, holds: bool) -> None:
    """Both incidents captured the same page."""
    log = h.everything()
    second = log.find("source.captured", 1)
    second.sealed["file"] = {"media": "text/plain", "sha256": DIGEST, "size": size}
    found = failures(log.write(tmp_path / "bundle.zip", evidence=[PAGE]))
    assert found == ([] if holds else [verdict("evidence", second, "its file is of another size than stated before")])


# --- what is withheld ---------------------------------------------------------------------------------------------


def abandoned(log: Log, place: str) -> tuple[Entry, Entry]:
    """A round with one vote, set aside; the vote, which nobody is shown, and the close."""
    name = h.incident(log, place)
    h.open_round(log, name, 1)
    h.assign(log, name, 1, "Amal")
    vote = h.vote(log, name, 1, "Amal", "weak")
    closed = h.close(log, name, 1, [], "abandoned", superseded=[vote])
    closed.who, closed.role = "Marj", "lead"
    return vote, closed


def voting(log: Log, place: str) -> Entry:
    """A round that is open to the end, and its only vote, which nothing shown follows."""
    name = h.incident(log, place)
    h.open_round(log, name, 1)
    h.assign(log, name, 1, "Amal")
    return h.vote(log, name, 1, "Amal", "weak")


@pytest.mark.parametrize(
    "other",
    [lambda log, vote: h.sha(b"none"), lambda log, vote: log.entries[vote.seq - 1].leaf, lambda log, vote: log.find("vote.committed").leaf,
     lambda log, vote: log.find("vote.committed", 2).leaf],
    ids=["no leaf", "a leaf that is shown", "a withheld leaf before the gap", "a withheld leaf after it"],
)  # fmt: skip
def test_a_link_over_a_gap_that_meets_no_withheld_leaf(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: Callable[[Log, Entry], bytes]
) -> None:
    log = h.started()
    voting(log, "Wadi Karsa")
    vote, closed = abandoned(log, "Tel Asmar")
    voting(log, "Karsa")
    assert_holds(log, tmp_path)
    leaf = other(log, vote)
    honest = Log._build

    def build(self: Log, entry: Entry, chains: dict[str, tuple[int, bytes | None]]) -> None:
        if entry is closed:
            chains[str(entry.incident)] = (chains[str(entry.incident)][0], leaf)
        honest(self, entry, chains)

    monkeypatch.setattr(Log, "_build", build)
    assert_told(log, tmp_path, "chain", closed, f"its link is not the hash of any withheld leaf after event {vote.seq - 1}")


def test_two_gaps_that_end_in_the_same_leaf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = h.started()
    _vote, closed = abandoned(log, "Tel Asmar")
    another, _closed = abandoned(log, "Karsa")
    assert_holds(log, tmp_path)
    leaf, honest = another.leaf, Log._build

    def build(self: Log, entry: Entry, chains: dict[str, tuple[int, bytes | None]]) -> None:
        if entry is closed:
            chains[str(entry.incident)] = (chains[str(entry.incident)][0], leaf)
        honest(self, entry, chains)

    monkeypatch.setattr(Log, "_build", build)
    assert_told(log, tmp_path, "chain", _closed, "another gap ends in the same leaf")


@pytest.mark.parametrize("heads", [False, True])
def test_a_leaf_withheld_without_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, heads: bool) -> None:
    log = h.started()
    vote, _ = abandoned(log, "Tel Asmar")
    claim = log.add("claim.received", "Dina", None, {"claim": "c-" + "a" * 16}, **dict.fromkeys(["text", "language", "translation", "url", "reporter"]))
    if heads:
        log.end()
    assert_holds(log, tmp_path)
    monkeypatch.setattr(Log, "muted", lambda self: {vote.seq, claim.seq})
    assert_told(log, tmp_path, "withheld", claim, "leaves are withheld without a reason")


# --- the public profile -------------------------------------------------------------------------------------------


def publicly(log: Log, folder: Path) -> list[str]:
    return failures(h.write_bag(folder / "bundle.zip", public(log), profile="public"))


def test_a_source_that_is_not_publishable_is_not_shown_to_the_public(tmp_path: Path) -> None:
    log = h.everything()
    assert publicly(log, tmp_path) == []
    source, captured = log.find("source.attached"), log.find("source.captured")
    source.sealed["publishable"] = False
    sentence = "the public profile shows a source only where it is marked publishable"
    assert publicly(log, tmp_path) == [verdict("profile", one, sentence) for one in (source, captured)]
    members = public(log)
    hidden = [line_of(one, name) for one in (source, captured) for name in one.texts if name != "publishable"]
    kept = [line for line in lines(members["data/disclosures.jsonl"]) if line not in hidden]
    members["data/disclosures.jsonl"] = b"".join(kept)
    assert failures(h.write_bag(tmp_path / "bundle.zip", members, profile="public")) == []


def line_of(entry: Entry, name: str) -> bytes:
    return h.jcs({"d": entry.texts[name], "seq": entry.seq}) + b"\n"


def test_a_claim_that_nothing_shown_refers_to_is_not_shown_to_the_public(tmp_path: Path) -> None:
    log = h.everything()
    log.drop(log.find("claim.grouped"))
    assert publicly(log, tmp_path) == [
        verdict("profile", log.find("claim.received"), "the public profile withholds claim.received that no shown event refers to")
    ]
