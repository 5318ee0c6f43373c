"""A BagIt 1.0 bag as a zip whose bytes depend on its payload alone (AUDIT-FORMAT sections 7 and 11)."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

MOMENT = (1980, 1, 1, 0, 0, 0)
MODE = 0o100644
UNIX = 3
CHUNK = 1 << 18
LEVEL = 1
MAX_MEMBERS = 100_000
# Nothing is gained by packing hashes and media.
STORED = ("data/leaves.bin", "data/evidence/")
DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

Blocks = Iterable[bytes]


class TooManyFiles(RuntimeError):
    """A bag of more files than any verifier accepts."""


class Altered(RuntimeError):
    """A stored file whose bytes are no longer those that its SHA-256 names."""


@dataclass(frozen=True, slots=True)
class Member:
    """One payload file: its size is known before its bytes are read."""

    size: int
    read: Callable[[], Blocks]
    sha256: str | None = None  # what the bytes must hash to


class Bag:
    """The payload, spooled into a folder until everything that the first member says is known."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._members: dict[str, Member] = {}

    def put(self, name: str, blocks: Blocks) -> None:
        """Spool a payload file, block by block."""
        path = self._folder / str(len(self._members))
        with path.open("wb") as file:
            for block in blocks:
                file.write(block)
        self.adopt(name, path)

    def adopt(self, name: str, path: Path) -> None:
        """Take a finished file of the spool as a payload file."""
        self._members["data/" + name] = Member(path.stat().st_size, lambda: _blocks(path))

    def refer(self, name: str, size: int, sha256: str, read: Callable[[], Blocks]) -> None:
        """Take a payload file from elsewhere, read once when the bag is written."""
        self._members["data/" + name] = Member(size, read, sha256)

    def write(self, out: BinaryIO, day: str, profile: str) -> None:
        """Write the zip: names sorted, times and modes fixed."""
        if len(self._members) + 4 > MAX_MEMBERS:
            raise TooManyFiles(f"{len(self._members)} files")
        info = self._info(day, profile)
        tags = {"bag-info.txt": info, "bagit.txt": DECLARATION}
        with zipfile.ZipFile(out, "w", allowZip64=True) as packed:
            for name, content in sorted(tags.items()):
                _pack(packed, name, len(content), [content])
            listed = self._payload(packed)
            tags["manifest-sha256.txt"] = listed
            _pack(packed, "manifest-sha256.txt", len(listed), [listed])
            hashes = [(hashlib.sha256(content).hexdigest(), name) for name, content in sorted(tags.items())]
            manifest = _manifest(hashes)
            _pack(packed, "tagmanifest-sha256.txt", len(manifest), [manifest])

    def _info(self, day: str, profile: str) -> bytes:
        octets = sum(member.size for member in self._members.values())
        return (
            f"Bagging-Date: {day}\nPayload-Oxum: {octets}.{len(self._members)}\nProfile: {profile}\n"
        ).encode("ascii")

    def _payload(self, packed: zipfile.ZipFile) -> bytes:
        digests = []
        for name in sorted(self._members):
            member = self._members[name]
            digest = _pack(packed, name, member.size, member.read())
            if member.sha256 not in (None, digest):
                raise Altered(str(member.sha256))
            digests.append((digest, name))
        return _manifest(digests)


def _pack(packed: zipfile.ZipFile, name: str, size: int, blocks: Blocks) -> str:
    info = zipfile.ZipInfo(name, MOMENT)
    info.create_system, info.external_attr = UNIX, MODE << 16
    info.compress_type = zipfile.ZIP_STORED if name.startswith(STORED) else zipfile.ZIP_DEFLATED
    info.file_size = size
    info._compresslevel = LEVEL  # type: ignore[attr-defined]
    digest = hashlib.sha256()
    with packed.open(info, "w") as member:
        for block in blocks:
            digest.update(block)
            member.write(block)
    return digest.hexdigest()


def _manifest(entries: Iterable[tuple[str, str]]) -> bytes:
    return "".join(f"{digest}  {name}\n" for digest, name in entries).encode("ascii")


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(CHUNK):
            yield block
