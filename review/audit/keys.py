"""The log's two keys, kept in `keys/` of the home folder and never in the database or a backup.

`signing` is the Ed25519 seed of the checkpoints; `master` encrypts person keys and the votes of open rounds.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from review.audit.canonical import b64, unb64
from review.audit.note import VerifierKey, verifier_key

NONCE = 12


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
    for name in ("signing", "master"):
        _write_once(folder / name, secrets.token_bytes(32))
    load.cache_clear()


@lru_cache(maxsize=8)
def load(home: Path) -> Keys:
    """The keys of this home; MissingKey where one is gone."""
    folder = home / "keys"
    try:
        return Keys(unb64((folder / "signing").read_text().strip()), unb64((folder / "master").read_text().strip()))
    except FileNotFoundError as missing:
        raise MissingKey(str(missing.filename)) from missing


def _write_once(path: Path, secret: bytes) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(b64(secret) + "\n")
        file.flush()
        os.fsync(file.fileno())


def install(home: Path, secrets_by_name: Mapping[str, bytes]) -> None:
    """Put both keys of a key file into a home that has none."""
    folder = home / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, secret in secrets_by_name.items():
        _write_once(folder / name, secret)
    load.cache_clear()
