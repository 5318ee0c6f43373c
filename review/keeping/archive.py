"""The backup as a file: a tar with its manifest first, then the database, then the kept files by their SHA-256."""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from review.keeping.snapshot import POSTGRESQL, SQLITE, Head

FORMAT = "assay/backup/1"
MANIFEST = "manifest.json"
LARGEST_MANIFEST = 256 * 1024 * 1024
BLOCK = 1024 * 1024
_ROWS = re.compile(r"rows/[a-z][a-z0-9_]*\.copy")
_OBJECT = re.compile(r"objects/[0-9a-f]{64}")


class NotABackup(ValueError):
    """A file that is none of ours, or is damaged; the sentence says which."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the backup and what it must hash to."""

    name: str
    sha256: str
    size: int
    columns: tuple[str, ...] = ()

    @property
    def is_object(self) -> bool:
        """Whether it is a kept file and no part of the database."""
        return self.name.startswith("objects/")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the backup holds, of which log, and when it was made."""

    engine: str
    revision: str
    made: str
    log: Head | None
    vkey: str | None
    members: tuple[Member, ...]
    absent: tuple[str, ...] = ()  # kept files that the record names and the store no longer had

    @property
    def objects(self) -> int:
        """How many kept files there are in it."""
        return sum(member.is_object for member in self.members)

    def to_json(self) -> bytes:
        """The manifest as it stands in the backup."""
        return (json.dumps({"format": FORMAT, **asdict(self)}, indent=1, sort_keys=True) + "\n").encode()


def parse(text: bytes) -> Manifest:
    """The manifest of a backup; NotABackup where it is none of ours."""
    try:
        told: dict[str, Any] = json.loads(text)
        if told.pop("format") != FORMAT or told["engine"] not in (SQLITE, POSTGRESQL):
            raise NotABackup("This backup was made by another version of the program.")
        members = [Member(**{**one, "columns": tuple(one["columns"])}) for one in told.pop("members")]
        log, absent = told.pop("log"), tuple(told.pop("absent"))
        manifest = Manifest(**told, log=Head(**log) if log else None, members=tuple(members), absent=absent)
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        if isinstance(problem, NotABackup):
            raise
        raise NotABackup("Its manifest cannot be read.") from problem
    strange = next((member.name for member in members if not _known(member.name)), None)
    if strange is not None:
        raise NotABackup(f"It holds a file that no backup has: {strange!r}.")
    return manifest


def _known(name: str) -> bool:
    return name == "assay.db" or bool(_ROWS.fullmatch(name) or _OBJECT.fullmatch(name))


def put(archive: tarfile.TarFile, name: str, size: int, file: BinaryIO) -> None:
    """Add one file under this name, readable by its owner alone."""
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    archive.addfile(entry, file)


def put_bytes(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    """Add these bytes under this name."""
    put(archive, name, len(content), io.BytesIO(content))


@contextmanager
def opened(path: Path) -> Iterator[tuple[Manifest, Iterator[tuple[Member, BinaryIO]]]]:
    """The manifest of a backup and, in its order, every other file that stands in it."""
    try:
        with tarfile.open(path, "r:") as archive:
            first = archive.next()
            if first is None or first.name != MANIFEST or first.size > LARGEST_MANIFEST:
                raise NotABackup(f"{path.name} is no backup of this program.")
            manifest = parse(_file(archive, first).read())
            yield manifest, _members(archive, manifest.members)
    except tarfile.TarError as problem:
        raise NotABackup(f"{path.name} is no backup of this program, or is cut off.") from problem


def _members(archive: tarfile.TarFile, expected: Sequence[Member]) -> Iterator[tuple[Member, BinaryIO]]:
    for member in expected:
        entry = archive.next()
        if entry is None or entry.name != member.name or not entry.isfile() or entry.size != member.size:
            raise NotABackup(f"{member.name} is missing in it or is not as long as it was.")
        yield member, _file(archive, entry)


def _file(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> BinaryIO:
    file = archive.extractfile(entry)
    if file is None:
        raise NotABackup(f"{entry.name} is no file.")
    return file  # type: ignore[return-value]


def check(path: Path) -> Manifest:
    """Read the whole backup once and compare every byte with its manifest; nothing is written."""
    with opened(path) as (manifest, members):
        for member, file in members:
            digest = hashlib.sha256()
            while block := file.read(BLOCK):
                digest.update(block)
            if digest.hexdigest() != member.sha256:
                raise NotABackup(f"{member.name} is damaged: it is not what was backed up.")
    return manifest


def by_table(members: Sequence[Member]) -> Mapping[str, Member]:
    """The members that hold rows, by the name of their table."""
    return {member.name[5:-5]: member for member in members if member.name.startswith("rows/")}
