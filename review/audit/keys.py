"""The log's two keys, kept in `keys/` of the home folder and never in the database or a backup.

`signing` is the Ed25519 seed of the checkpoints; `master` encrypts person keys and the votes of open rounds.

While the signing key is being changed `signing.next` stands beside it, and what is in force is for the log to say
(`keyring.py`): the new seed is on the disk before any event names it, and the old one goes only after the checkpoint
that both signed was published, in the one rename that puts the new in its place. Killed anywhere between, both are
there. Of a key that was replaced its public half stays, as `signing.<id>.vkey`. The master key is never changed: the
old one would still open every earlier backup, and all that it sealed would have to be sealed anew in one go.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from review.audit.canonical import b64, unb64
from review.audit.note import VerifierKey, verifier_key

NONCE = 12
SIGNING, NEXT, MASTER = "signing", "signing.next", "master"
RETIRED = re.compile(r"signing\.[0-9a-f]{8}\.vkey")


class MissingKey(RuntimeError):
    """The log has events but its key file is not here: restore it before anything else."""


class Keys:
    """The two secrets of this desk."""

    def __init__(self, signing: bytes, master: bytes) -> None:
        self.signing = signing
        self._cipher = AESGCM(master)

    def seal(self, text: bytes, label: str) -> bytes:
        """Encrypt under the master key, bound to `label`."""
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._cipher.encrypt(nonce, text, label.encode())

    def open(self, sealed: bytes, label: str) -> bytes:
        """Decrypt what `seal` made under the same label."""
        return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], label.encode())

    def seal_text(self, text: str, label: str) -> str:
        return b64(self.seal(text.encode(), label))

    def open_text(self, sealed: str, label: str) -> str:
        return self.open(unb64(sealed), label).decode()

    def verifier(self, origin: str) -> VerifierKey:
        """The public key that a stranger pins."""
        return verifier_key(origin, self.signing)


def make(home: Path) -> None:
    """Make both keys where they are missing; only for a log that is still empty."""
    folder = home / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in (SIGNING, MASTER):
        _write_once(folder / name, b64(secrets.token_bytes(32)))
    load.cache_clear()


@lru_cache(maxsize=8)
def load(home: Path) -> Keys:
    """The keys of this home; MissingKey where one is gone."""
    folder = home / "keys"
    try:
        return Keys(unb64((folder / SIGNING).read_text().strip()), unb64((folder / MASTER).read_text().strip()))
    except FileNotFoundError as missing:
        raise MissingKey(str(missing.filename)) from missing


# --- changing the signing key -----------------------------------------------------------------------------


def seeds(home: Path, origin: str) -> dict[str, bytes]:
    """Every signing seed of this home, read anew, by the verifier key that strangers know it by."""
    found = [path for path in (home / "keys" / SIGNING, home / "keys" / NEXT) if path.exists()]
    read = [unb64(path.read_text().strip()) for path in found]
    return {str(verifier_key(origin, seed)): seed for seed in read}


def next_seed(home: Path) -> bytes:
    """The seed that a change of the key will bring into force, on the disk before anybody hears of it.

    One that an earlier attempt left behind was never named by an event, and is taken.
    """
    path = home / "keys" / NEXT
    with _alone(home):
        _write_once(path, b64(secrets.token_bytes(32)))
        return unb64(path.read_text().strip())


def promote(home: Path, origin: str, present: str) -> bool:
    """Put the next seed in the place of the old one if it is the `present` key; the old one is gone after this."""
    folder = home / "keys"
    if not (folder / NEXT).exists():
        return False
    with _alone(home):
        if not (folder / NEXT).exists() or str(_public(folder / NEXT, origin)) != present:
            return False
        old = _public(folder / SIGNING, origin)
        _write_once(folder / f"{SIGNING}.{old.id.hex()}.vkey", str(old))
        os.replace(folder / NEXT, folder / SIGNING)
        _to_disk(folder)
    load.cache_clear()
    return True


def retired(home: Path) -> dict[str, str]:
    """The verifier keys that signed this log before, by the name of their file."""
    found = (path for path in sorted((home / "keys").glob("signing.*.vkey")) if RETIRED.fullmatch(path.name))
    return {path.name: path.read_text("ascii").strip() for path in found}


def _public(path: Path, origin: str) -> VerifierKey:
    return verifier_key(origin, unb64(path.read_text().strip()))


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Nobody else on this machine changes the files of the signing key meanwhile."""
    handle = os.open(home / "keys", os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


# --- files ------------------------------------------------------------------------------------------------


def install(home: Path, kept: Mapping[str, bytes]) -> None:
    """Put what a key file holds into a home that has no keys."""
    folder = home / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, value in kept.items():
        _write_once(folder / name, value.decode("ascii") if RETIRED.fullmatch(name) else b64(value))
    load.cache_clear()


def _write_once(path: Path, text: str) -> None:
    """Whole or not at all, and on the disk before anything rests on it; what is there already stays."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
    _to_disk(path.parent)


def _to_disk(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
