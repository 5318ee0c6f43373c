"""`flask backup`: one file that holds the desk, taken while it works. It holds no keys."""

from __future__ import annotations

import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from io import RawIOBase
from pathlib import Path
from typing import Any, BinaryIO

from review import clock
from review.audit import keyring
from review.keeping import archive
from review.keeping.archive import Manifest, Member
from review.keeping.snapshot import Snapshot, take
from review.models import session
from review.store import MissingObject, Store


class NotBackedUp(RuntimeError):
    """No backup could be made, with the reason in a sentence."""


def write(out: Path, *, database: str, objects: Store) -> Manifest:
    """Write the backup to `out`, whole or not at all, readable by its owner alone."""
    if out.exists():
        raise NotBackedUp(f"{out} is there already: a backup is never written over.")
    with tempfile.TemporaryDirectory(prefix=".assay-backup-", dir=out.parent) as folder:
        # The copy first, the files after it: a file stands in the store before any row names it.
        copy = take(database, Path(folder))
        manifest = _manifest(copy, objects)
        with _whole(out) as file, tarfile.open(fileobj=file, mode="w") as tar:
            archive.put_bytes(tar, archive.MANIFEST, manifest.to_json())
            for part in copy.parts:
                with part.path.open("rb") as source:
                    archive.put(tar, part.name, part.size, source)
                part.path.unlink()
            for member in manifest.members:
                if member.is_object:
                    _put_object(tar, member, objects)
    return manifest


@contextmanager
def _whole(out: Path) -> Iterator[BinaryIO]:
    draft = out.with_name(out.name + ".part")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, out)
    finally:
        draft.unlink(missing_ok=True)


def _manifest(copy: Snapshot, objects: Store) -> Manifest:
    members = [Member(part.name, part.sha256, part.size, part.columns) for part in copy.parts]
    absent = []
    for digest in copy.objects:
        try:
            members.append(Member(f"objects/{digest}", digest, objects.size(digest)))
        except MissingObject:
            absent.append(digest)
    return Manifest(
        engine=copy.engine,
        revision=copy.revision,
        made=clock.stamp(clock.now()),
        log=copy.head,
        vkey=_vkey(copy.head.size) if copy.head else None,
        members=tuple(members),
        absent=tuple(absent),
    )


def _vkey(size: int) -> str | None:
    """The key in force for the log of the copy, whatever was written since."""
    signer = keyring.ring(session).at(size)
    return signer.vkey if signer else None


def _put_object(tar: tarfile.TarFile, member: Member, objects: Store) -> None:
    stream = _Stream(objects.stream(member.sha256))
    archive.put(tar, member.name, member.size, stream)  # type: ignore[arg-type]
    if stream.digest.hexdigest() != member.sha256:
        raise NotBackedUp(f"The kept file {member.sha256} is not the one that was recorded. Run flask audit fsck.")


class _Stream(RawIOBase):
    """A kept file as tar reads it, hashed on the way."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks, self._rest = blocks, b""
        self.digest = sha256()

    def read(self, size: int = -1) -> Any:
        """The next `size` bytes."""
        while len(self._rest) < size:
            block = next(self._blocks, b"")
            if not block:
                break
            self.digest.update(block)
            self._rest += block
        found, self._rest = self._rest[:size], self._rest[size:]
        return found
