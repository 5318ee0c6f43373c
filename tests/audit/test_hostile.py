"""A bundle made to harm ends in a named failure, soon and in little memory."""

from __future__ import annotations

import re
import struct
import zipfile
from pathlib import Path

import pytest

from tests.audit import histories as h
from tests.audit.checking import assert_members_fail, checks, failures
from tests.audit.histories import write_zip

SECONDS, BYTES = 10, 300 << 20


@pytest.fixture(scope="module")
def members() -> dict[str, bytes]:
    return h.everything().members(kept=[7])


@pytest.fixture(scope="module")
def bag(tmp_path_factory: pytest.TempPathFactory, members: dict[str, bytes]) -> Path:
    return h.write_bag(tmp_path_factory.mktemp("bag") / "bundle.zip", members)


def read(bag: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(bag) as source:
        return {name: source.read(name) for name in source.namelist()}


# --- the zip ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip" * 100, b"PK\x05\x06" + bytes(18)], ids=range(4))
def test_what_is_no_zip(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "bundle.zip").write_bytes(data)
    assert checks(failures(tmp_path / "bundle.zip")) <= {"bundle", "manifest"}
    assert failures(tmp_path / "bundle.zip")


def test_a_cut_zip_at_every_kilobyte(tmp_path: Path, bag: Path) -> None:
    data = bag.read_bytes()
    for end in range(0, len(data), 1024):
        (tmp_path / "cut.zip").write_bytes(data[:end])
        assert checks(failures(tmp_path / "cut.zip")) == {"bundle"}


def test_any_changed_byte_of_a_member_is_noticed(tmp_path: Path, bag: Path) -> None:
    data = bag.read_bytes()
    with zipfile.ZipFile(bag) as source:
        starts = [(info.header_offset + 30 + len(info.filename), info.compress_size) for info in source.infolist()]
    for start, size in starts:
        for place in (start + size // 3, start + size // 2):
            changed = bytearray(data)
            changed[place] ^= 0x41
            (tmp_path / "changed.zip").write_bytes(bytes(changed))
            assert failures(tmp_path / "changed.zip"), place


def with_member(bag: Path, tmp_path: Path, name: str, **change: object) -> list[str]:
    """The bag with one more member, or one written in another way."""
    path = tmp_path / "changed.zip"
    content = {**read(bag), **({} if name in read(bag) else {name: b"x"})}
    with zipfile.ZipFile(path, "w") as target:
        for each in sorted(content):
            info = zipfile.ZipInfo(each, (1980, 1, 1, 0, 0, 0))
            info.external_attr = 0o644 << 16
            if each == name:
                for field, value in change.items():
                    setattr(info, field, value)
            target.writestr(info, content[each])
    return failures(path)


@pytest.mark.parametrize(
    "name",
    ["data/../../etc/passwd", "/data/x", "data/", "data/logs/0/events.jsonl", "data/unknown", "data/événement", "extra.txt",
     "data\\x", "data/view/a/b", "data/evidence/" + "A" * 64, "data/checkpoints/07"],
)  # fmt: skip
def test_a_member_without_a_place(tmp_path: Path, bag: Path, name: str) -> None:
    assert checks(with_member(bag, tmp_path, name)) == {"bundle"}


@pytest.mark.parametrize(
    "change",
    [{"date_time": (2026, 1, 1, 0, 0, 0)}, {"external_attr": 0o755 << 16}, {"external_attr": 0o120644 << 16},
     {"compress_type": zipfile.ZIP_BZIP2}],
    ids=["time", "mode", "link", "bzip2"],
)  # fmt: skip
def test_a_member_of_another_kind(tmp_path: Path, bag: Path, change: dict[str, object]) -> None:
    assert checks(with_member(bag, tmp_path, "data/published.json", **change)) == {"bundle"}


def test_a_member_twice_or_out_of_order(tmp_path: Path, bag: Path) -> None:
    content = read(bag)
    for names in ([*sorted(content), "data/verify.py", "data/verify.py"], sorted(content, reverse=True)):
        path = tmp_path / "changed.zip"
        with pytest.warns() if len(names) > len(content) else pytest.MonkeyPatch.context(), zipfile.ZipFile(path, "w") as target:
            for name in names:
                info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                info.external_attr = 0o644 << 16
                target.writestr(info, content.get(name, b"x"))
        assert checks(failures(path)) == {"bundle"}


def test_something_after_the_end(tmp_path: Path, bag: Path) -> None:
    (tmp_path / "changed.zip").write_bytes(bag.read_bytes() + b"more")
    assert checks(failures(tmp_path / "changed.zip")) == {"bundle"}


def test_a_directory_that_lies_about_its_length(tmp_path: Path, bag: Path) -> None:
    data = bag.read_bytes()
    for place, value in ((-12, struct.pack("<H", 60_000)), (-10, struct.pack("<L", 1 << 30)), (-6, struct.pack("<L", 4))):
        changed = data[: len(data) + place] + value + data[len(data) + place + len(value):]
        (tmp_path / "changed.zip").write_bytes(changed)
        assert checks(failures(tmp_path / "changed.zip")) <= {"bundle", "manifest"}
        assert failures(tmp_path / "changed.zip")


def test_members_that_share_their_bytes(tmp_path: Path, bag: Path) -> None:
    """The trick of a small bomb: many entries of the directory point at one packed stream."""
    data = bytearray(bag.read_bytes())
    second = [match.start() for match in re.finditer(b"PK\x01\x02", data)][1]
    data[second + 42: second + 46] = struct.pack("<L", 0)
    (tmp_path / "changed.zip").write_bytes(bytes(data))
    assert checks(failures(tmp_path / "changed.zip")) == {"bundle"}


# --- the bag ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"])
def test_a_changed_or_missing_tag_file(tmp_path: Path, bag: Path, name: str) -> None:
    content = read(bag)
    del content[name]
    found = checks(failures(write_zip(tmp_path / "a.zip", content)))
    assert found <= {"manifest", "bundle"}
    assert found
    changed = {**read(bag), name: read(bag)[name] + b"more: 1\n"}
    assert "manifest" in checks(failures(write_zip(tmp_path / "b.zip", changed)))


@pytest.mark.parametrize(
    ("old", "new"), [(b"Profile: internal", b"Profile: secret"), (b"Oxum: ", b"Oxum: 9"), (b"2026-03-01", b"2026-03-02"), (b"Profile", b"Kind")]
)
def test_bag_info_that_is_not_true(tmp_path: Path, bag: Path, old: bytes, new: bytes) -> None:
    content = read(bag)
    content["bag-info.txt"] = content["bag-info.txt"].replace(old, new)
    tags = {name: content[name] for name in ("bagit.txt", "bag-info.txt", "manifest-sha256.txt")}
    content["tagmanifest-sha256.txt"] = h.manifest(tags)
    found = checks(failures(write_zip(tmp_path / "a.zip", content)))
    assert found <= {"manifest", "profile"}
    assert found


@pytest.mark.parametrize(
    "name",
    ["data/checkpoint", "data/events.jsonl", "data/disclosures.jsonl", "data/leaves.bin", "data/published.json",
     "data/codebooks.json", "data/policies.json", "data/heads.jsonl"],
)  # fmt: skip
def test_a_missing_or_empty_file(tmp_path: Path, members: dict[str, bytes], name: str) -> None:
    assert failures(h.write_bag(tmp_path / "a.zip", {key: value for key, value in members.items() if key != name}))
    assert failures(h.write_bag(tmp_path / "b.zip", {**members, name: b""}))


# --- lines --------------------------------------------------------------------------------------------------------------


LINES = [
    (b'"v":1}', b'"v":2}', "line"), (b'"v":1}', b'"v":true}', "line"), (b'"v":1}', b'"v":1,"w":1}', "line"),
    (b'"v":1}', b'"v": 1}', "line"), (b'"seq":3', b'"seq":03', "line"), (b'"seq":3', b'"seq":3.0', "line"),
    (b'"seq":3', b'"seq":333333333333333333', "line"), (b'"log":"desk', b'"log":"disk', "line"),
    (b'"actor":"system"', b'"actor":"System"', "actor"), (b'"type":"person.joined"', b'"type":"person.danced"', "type"),
    (b'"role":"system"', b'"role":"owner"', "line"), (b'"day":"2026-03-01"', b'"day":"2026-02-30"', "day"),
    (b'"who":"', b'"extra":1,"who":"', "body"), (b'"incident":null', b'"incident":"x"', "line"),
    (b'{"actor"', b'{"Actor"', "line"), (b'"iseq":null', b'"iseq":0', "line"), (b'"sd":["', b'"sd":["","', "sealed"),
    (b'"prev":null', b'"prev":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]', "line"),
    (b'"prev":null', b'"prev":"\xff"', "line"), (b'"prev":null', b'"prev":NaN', "line"),
    (b'"prev":null', b'"prev":' + b"[" * 20_000, "line"), (b'"prev":null', b'"prev":"\\ud800"', "line"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "check"), LINES, ids=range(len(LINES)))
def test_a_malformed_line_is_named(tmp_path: Path, members: dict[str, bytes], old: bytes, new: bytes, check: str) -> None:
    lines = members["data/events.jsonl"].splitlines(keepends=True)
    assert old in lines[3]
    lines[3] = lines[3].replace(old, new, 1)
    found = assert_members_fail({**members, "data/events.jsonl": b"".join(lines)}, tmp_path, check)
    assert any(line.startswith(f"FAIL {check} seq 3:") for line in found), found


@pytest.mark.parametrize(
    "change",
    [lambda data: data[:-1], lambda data: b"\xef\xbb\xbf" + data, lambda data: data.replace(b"\n", b"\r\n", 1),
     lambda data: data + b"\n", lambda data: b"\n" + data, lambda data: data.replace(b"\n", b"x" * 40_000 + b"\n", 1),
     lambda data: data + b"x" * 1_000_000],
    ids=["no last newline", "BOM", "CRLF", "an empty last line", "an empty first line", "long", "endless"],
)  # fmt: skip
def test_lines_that_are_none(tmp_path: Path, members: dict[str, bytes], change: object) -> None:
    data = change(members["data/events.jsonl"])  # type: ignore[operator]
    assert_members_fail({**members, "data/events.jsonl": data}, tmp_path, "line")


DISCLOSED = [b'{"d":"AB","seq":0}\n', b'{"d":"","seq":0}\n', b'{"d":"A","seq":0}\n', b'{"d":"A=","seq":0}\n', b"x\n", b'{"seq":0,"d":"AA"}\n']


@pytest.mark.parametrize("line", DISCLOSED)
def test_a_malformed_disclosure_is_named(tmp_path: Path, members: dict[str, bytes], line: bytes) -> None:
    data = line + members["data/disclosures.jsonl"]
    assert_members_fail({**members, "data/disclosures.jsonl": data}, tmp_path, "disclosure")


def test_disclosures_twice_out_of_order_or_of_nothing(tmp_path: Path, members: dict[str, bytes]) -> None:
    lines = members["data/disclosures.jsonl"].splitlines(keepends=True)
    for changed in ([lines[0], *lines], [lines[1], lines[0], *lines[2:]], [*lines, b'{"d":"AA","seq":99999}\n']):
        assert_members_fail({**members, "data/disclosures.jsonl": b"".join(changed)}, tmp_path, "disclosure")


@pytest.mark.parametrize("text", [b"[" * 100_000, b'{"codebooks":' + b"[" * 5000 + b"]" * 5000 + b"}", b"null", b'{"codebooks":{}}', b"1" * 5000])
def test_deep_or_strange_json(tmp_path: Path, members: dict[str, bytes], text: bytes) -> None:
    assert failures(h.write_bag(tmp_path / "a.zip", {**members, "data/codebooks.json": text}))
    assert failures(h.write_bag(tmp_path / "b.zip", {**members, "data/published.json": text}))
