"""Hostile bundles that are measured from outside: bombs, long lines, deep JSON, a million names, links that climb."""

from __future__ import annotations

import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest

from tests.audit import histories as h
from tests.audit.checking import VERIFY
from tests.audit.histories import write_zip
from tests.audit.test_hostile import BYTES, SECONDS, read


@pytest.fixture(scope="module")
def bag(tmp_path_factory: pytest.TempPathFactory, members: dict[str, bytes]) -> Path:
    return h.write_bag(tmp_path_factory.mktemp("bag") / "bundle.zip", members)


@pytest.fixture(scope="module")
def members() -> dict[str, bytes]:
    return h.everything().members(kept=[7])


# --- bombs: measured from outside -----------------------------------------------------------------------------------------


# Of a small process of its own: what a child took counts that of the process which started it.
MEASURED = f"""
import resource, subprocess, sys
resource.setrlimit(resource.RLIMIT_DATA, ({4 * BYTES}, {4 * BYTES}))
resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))
code = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(code)
"""


def verify_within_limits(path: Path) -> str:
    """Run the file under the limits of AUDIT-FORMAT section 8; its answer must be a failure.

    The memory is what it took, not what it was allowed: on another machine nothing would stop it. The seconds are of
    the processor, so that a busy machine is no failure.
    """
    line = [sys.executable, "-I", "-S", str(VERIFY), str(path), "--key", str(h.KEY)]
    command = [sys.executable, "-I", "-S", "-c", MEASURED, *line]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "FAIL " in done.stdout
    assert int(done.stderr) * 1024 < BYTES  # and nothing else was said there
    return done.stdout


def test_a_bomb_in_a_small_member(tmp_path: Path, members: dict[str, bytes]) -> None:
    bomb = {**members, "data/published.json": b"[" * (70 << 20)}
    path = h.write_bag(tmp_path / "a.zip", bomb, packing=zipfile.ZIP_DEFLATED)
    assert "200 times its packed size" in verify_within_limits(path)


def test_a_bomb_in_a_streamed_member(tmp_path: Path, members: dict[str, bytes]) -> None:
    path = h.write_bag(tmp_path / "a.zip", {**members, "data/events.jsonl": b" " * (90 << 20)})
    assert "FAIL line" in verify_within_limits(path)


def test_a_great_many_members(tmp_path: Path, members: dict[str, bytes]) -> None:
    many = {f"data/checkpoints/{number}": b"x" for number in range(1, 99_000)}
    path = h.write_bag(tmp_path / "a.zip", {**members, **many})
    verify_within_limits(path)
    path = h.write_bag(tmp_path / "b.zip", {**members, **many, **{f"data/view/{number}": b"" for number in range(1100)}})
    assert "members" in verify_within_limits(path)


def test_a_great_many_incidents_that_lead_nowhere(tmp_path: Path) -> None:
    log = h.started()
    started = len(log.entries)
    for number in range(3):
        log.add("incident.opened", "Dina", h.incident_id(str(number)), {"stream": "karsian-air-force"}, facts={}, exact=None)
    members = log.members()
    lines = members["data/events.jsonl"].splitlines(keepends=True)
    pattern = lines[started].replace(b'"seq":%d' % started, b'"seq":%d').replace(h.incident_id("0").encode(), b"i-%s")
    many = [pattern % (h.b32(h.sha(b"%d" % seq))[:16].encode(), seq) for seq in range(started, 100_000)]
    members["data/events.jsonl"] = b"".join(lines[:started] + many)
    members["data/disclosures.jsonl"] = b"".join(
        line for line in members["data/disclosures.jsonl"].splitlines(keepends=True) if int(line.split(b":")[-1][:-2]) < started
    )
    hashes = [h.sha(b"\x00" + line.rstrip()) for line in lines[:started] + many]
    members["data/leaves.bin"] = b"".join(hashes)
    from review.audit import note, tree

    checkpoint = note.Checkpoint(h.ORIGIN, len(hashes), tree.root(hashes)).signed(h.SEED).text.encode()
    members["data/checkpoint"] = checkpoint
    verify_within_limits(h.write_bag(tmp_path / "a.zip", members))


# --- the list of the issue ------------------------------------------------------------------------------------------------


LONG = b"x" * (100 << 20) + b"\n"


@pytest.mark.parametrize(
    ("name", "said"),
    [("events", "a line of data/events.jsonl is longer than"), ("disclosures", "a line of disclosures.jsonl is too long")],
)
@pytest.mark.parametrize("place", [0, 1], ids=["first", "second"])
def test_a_line_of_100_megabytes(tmp_path: Path, members: dict[str, bytes], name: str, said: str, place: int) -> None:
    lines = members[f"data/{name}.jsonl"].splitlines(keepends=True)
    data = b"".join([*lines[:place], LONG, *lines[place:]])
    assert said in verify_within_limits(h.write_bag(tmp_path / "a.zip", {**members, f"data/{name}.jsonl": data}))


@pytest.mark.parametrize("name", ["published.json", "codebooks.json", "policies.json", "incident.json", "heads.jsonl"])
@pytest.mark.parametrize("deep", [31, 100, 2_000_000], ids=["31", "100", "2 million"])
def test_json_that_goes_deep(tmp_path: Path, members: dict[str, bytes], name: str, deep: int) -> None:
    text = b'{"codebooks":' + b"[" * deep + b"]" * deep + b"}"
    verify_within_limits(h.write_bag(tmp_path / "a.zip", {**members, f"data/{name}": text}))


@pytest.mark.parametrize("name", ["published.json", "codebooks.json", "policies.json"])
@pytest.mark.parametrize("piece", [b"[],", b"{},", b"0,", b'"",'], ids=["lists", "objects", "numbers", "texts"])
def test_json_that_goes_wide(tmp_path: Path, members: dict[str, bytes], name: str, piece: bytes) -> None:
    """As wide as a file of its kind may be long: a few bytes there are many in memory."""
    key = name.split(".")[0].encode()
    text = b'{"' + key + b'":[' + piece * ((8 << 20) // len(piece) - 20) + piece[:-1] + b"]}"
    verify_within_limits(h.write_bag(tmp_path / "a.zip", {**members, f"data/{name}": text}))


@pytest.mark.parametrize("target", ["/etc/passwd", "../../../etc/passwd", "data/events.jsonl"])
def test_a_link_leads_nowhere(tmp_path: Path, bag: Path, target: str) -> None:
    path = tmp_path / "linked.zip"
    with zipfile.ZipFile(path, "w") as out:
        for name, data in sorted(read(bag).items()):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.external_attr = (0o120644 if name == "data/published.json" else 0o100644) << 16
            out.writestr(info, target.encode() if name == "data/published.json" else data)
    assert "is no plain file" in verify_within_limits(path)


@pytest.mark.parametrize("name", ["../../../tmp/x", "data/../../x", "data/evidence/../../../x", "/tmp/x", "C:\\x", "data/evidence/..\\x"])
def test_a_name_that_climbs_out(tmp_path: Path, bag: Path, name: str) -> None:
    path = tmp_path / "climbing.zip"
    content = {**read(bag), name: b"x"}
    with zipfile.ZipFile(path, "w") as out:
        for each in sorted(content):
            info = zipfile.ZipInfo(each, (1980, 1, 1, 0, 0, 0))
            info.external_attr = 0o644 << 16
            out.writestr(info, content[each])
    before = sorted(tmp_path.iterdir())
    assert "has no place in a bundle" in verify_within_limits(path)
    assert {one.name for one in tmp_path.iterdir()} == {one.name for one in before}


def a_million_names(path: Path, *, said: int) -> Path:
    """A zip whose directory names a million empty members and whose end says that there are `said`."""
    with path.open("wb") as out:
        length = 0
        for number in range(1_000_000):
            name = b"data/view/%06d" % number
            head = (0x02014B50, 0x314, 20, 0, 0, 0, 0x21, 0, 0, 0, len(name), 0, 0, 0, 0, 0o100644 << 16, 0)
            length += out.write(struct.pack("<LHHHHHHLLLHHHHHLL", *head) + name)
        out.write(struct.pack("<LQHHLLQQQQ", 0x06064B50, 44, 45, 45, 0, 0, said, said, length, 0))
        out.write(struct.pack("<LLQL", 0x07064B50, 0, length, 1))
        out.write(struct.pack("<LHHHHLLH", 0x06054B50, 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0))
    return path


@pytest.mark.parametrize("said", [1_000_000, 99_000, 3])
def test_a_million_names_in_the_directory(tmp_path: Path, said: int) -> None:
    assert "members or a directory over 32 MiB" in verify_within_limits(a_million_names(tmp_path / "a.zip", said=said))


@pytest.mark.parametrize("name", ["manifest-sha256.txt", "tagmanifest-sha256.txt"])
def test_a_million_names_in_a_manifest(tmp_path: Path, bag: Path, name: str) -> None:
    content = read(bag)
    folder = "data/view/" if name.startswith("manifest") else "x/"
    more = "".join(f"{'0' * 64}  {folder}{number:06d}\n" for number in range(1_000_000)).encode()
    content[name] = b"".join(sorted((content[name] + more).splitlines(keepends=True), key=lambda line: line[66:]))
    tags = {tag: content[tag] for tag in ("bagit.txt", "bag-info.txt", "manifest-sha256.txt")}
    if name.startswith("manifest"):
        content["tagmanifest-sha256.txt"] = h.manifest(tags)
    assert "FAIL manifest" in verify_within_limits(write_zip(tmp_path / "a.zip", content))


def test_a_million_heads(tmp_path: Path, members: dict[str, bytes]) -> None:
    lines = b"".join(b'["i-%016d",1,"%s"]\n' % (number, b"A" * 43 + b"=") for number in range(1_000_000))
    verify_within_limits(h.write_bag(tmp_path / "a.zip", {**members, "data/heads.jsonl": lines}))


@pytest.fixture(scope="module")
def gigabyte() -> tuple[bytes, int, int]:
    """Zeros of more than a gigabyte, packed: the bytes, how many they become and their checksum.

    Each mebibyte stands for itself, so that one is packed and written over and over.
    """
    zeros, turns = bytes(1 << 20), 1100
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    each = packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = 0
    for _turn in range(turns):
        checksum = zlib.crc32(zeros, checksum)
    return each * turns + packer.flush(), turns << 20, checksum


@pytest.mark.parametrize("name", ["data/disclosures.jsonl", "data/leaves.bin", "data/evidence/" + "0" * 64, "data/checkpoint", "data/proofs/7.tlog-proof"])
def test_a_zip_bomb_wherever_it_lies(tmp_path: Path, members: dict[str, bytes], gigabyte: tuple[bytes, int, int], name: str) -> None:
    """A gigabyte and more of zeros in a megabyte."""
    packed, length, checksum = gigabyte
    path = tmp_path / "bomb.zip"
    plain = read(h.write_bag(tmp_path / "plain.zip", {**members, name: b""}))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for each in sorted(plain):
            info = zipfile.ZipInfo(each, (1980, 1, 1, 0, 0, 0))
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            if each != name:
                out.writestr(info, plain[each])
                continue
            info.compress_type = zipfile.ZIP_STORED
            out.writestr(info, packed)
            info.compress_type, info.file_size, info.CRC = zipfile.ZIP_DEFLATED, length, checksum
            out.fp.seek(info.header_offset)
            out.fp.write(info.FileHeader(zip64=False))
            out.fp.seek(out.start_dir)
    with zipfile.ZipFile(path) as bomb, bomb.open(name) as unpacked:
        assert unpacked.read(4096) == bytes(4096)
    assert "200 times its packed size" in verify_within_limits(path)
