"""The object store: files kept once under their SHA-256, in a folder or wherever OBJECT_STORE_URL says."""

from __future__ import annotations

import errno
import hashlib
import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, ObjectStore, from_url

BLOCK = 1024 * 1024
NO_ROOM = os.strerror(errno.ENOSPC)
_DIGEST = re.compile(r"[0-9a-f]{64}")


class MissingObject(LookupError):
    """No file with that digest is kept here."""


class Store:
    """Content-addressed and append-only: a digest names the same bytes for ever."""

    def __init__(self, url: str) -> None:
        self._objects = _open(url)

    def put_once(self, content: bytes | BinaryIO) -> str:
        """Keep the bytes, once however often they come; answers their SHA-256 in hex."""
        data = content if isinstance(content, bytes) else content.read()
        digest = hashlib.sha256(data).hexdigest()
        try:
            obstore.put(self._objects, _path(digest), data, mode="create", use_multipart=False)
        except AlreadyExistsError:
            pass
        except BaseError as problem:
            if NO_ROOM in str(problem):
                raise OSError(errno.ENOSPC, NO_ROOM) from problem
            raise
        return digest

    def get(self, digest: str) -> bytes:
        """All bytes of a kept file."""
        with _Absence(digest):
            return bytes(obstore.get(self._objects, _path(digest)).bytes())

    def stream(self, digest: str) -> Iterator[bytes]:
        """The bytes of a kept file, block by block."""
        with _Absence(digest):
            result = obstore.get(self._objects, _path(digest))
        for block in result.stream(min_chunk_size=BLOCK):
            yield bytes(block)

    def range(self, digest: str, start: int, end: int) -> bytes:
        """The bytes from `start` up to, not including, `end`."""
        with _Absence(digest):
            return bytes(obstore.get_range(self._objects, _path(digest), start=start, end=end))

    def size(self, digest: str) -> int:
        """The length of a kept file."""
        with _Absence(digest):
            return int(obstore.head(self._objects, _path(digest))["size"])

    def exists(self, digest: str) -> bool:
        """Whether a file with that digest is kept."""
        try:
            self.size(digest)
        except MissingObject:
            return False
        return True

    def names(self, before: datetime) -> Iterator[str]:
        """The digest of every kept file that was put here before a moment: a younger one may still find its row."""
        for page in obstore.list(self._objects):
            for one in page:
                if one["last_modified"] < before:
                    yield one["path"].rpartition("/")[2]

    def discard(self, digest: str) -> None:
        """Remove a file for good: only a redaction that the trail records may ask for it."""
        with _Absence(digest):
            obstore.delete(self._objects, _path(digest))


class _Absence:
    """Turns the store's own word for absence into ours."""

    def __init__(self, digest: str) -> None:
        self._digest = digest

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, FileNotFoundError):
            raise MissingObject(self._digest) from error


_current: Store | None = None


def configure(url: str) -> Store:
    """Open the store of this process; called once when the application is made."""
    global _current
    _current = Store(url)
    return _current


def objects() -> Store:
    """The store of this process."""
    if _current is None:
        raise RuntimeError("the object store is opened by create_app")
    return _current


def _open(url: str) -> ObjectStore:
    parts = urlsplit(url)
    if parts.scheme != "file":
        return from_url(url)
    folder = Path(unquote(parts.path))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return LocalStore(prefix=folder)


def _path(digest: str) -> str:
    if not _DIGEST.fullmatch(digest):
        raise MissingObject(digest)
    return f"{digest[:2]}/{digest}"
