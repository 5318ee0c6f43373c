"""Both secret keys under a passphrase: what is kept apart from every backup."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from review.audit.canonical import b64, unb64

FORMAT = "assay/keys/1"
NAMES = ("signing", "master")
EXPORTED = "exported"
COST, BLOCK, LANES = 2**17, 8, 1


def sealed_keys(home: Path, phrase: str) -> str:
    """The text of a key file: scrypt and AES-256-GCM over the two keys of this home."""
    secret = json.dumps({name: (home / "keys" / name).read_text("ascii").strip() for name in NAMES})
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    sealed = AESGCM(_key(phrase, salt)).encrypt(nonce, secret.encode(), FORMAT.encode())
    told = {"format": FORMAT, "nonce": b64(nonce), "salt": b64(salt), "sealed": b64(sealed)}
    return json.dumps(told, indent=1, sort_keys=True) + "\n"


def opened_keys(text: str, phrase: str) -> dict[str, bytes]:
    """The two keys of a key file; InvalidTag where the passphrase is another."""
    told = json.loads(text)
    if told["format"] != FORMAT:
        raise ValueError("not a key file of this program")
    key = _key(phrase, unb64(told["salt"]))
    secret = AESGCM(key).decrypt(unb64(told["nonce"]), unb64(told["sealed"]), FORMAT.encode())
    return {name: unb64(value) for name, value in json.loads(secret).items()}


def note_export(home: Path) -> None:
    """Remember in the home that its keys stand elsewhere too: `flask doctor` asks."""
    (home / "keys" / EXPORTED).touch(mode=0o600)


def is_exported(home: Path) -> bool:
    """Whether these keys were ever written to a key file or came from one."""
    keys, note = (home / "keys" / "signing"), (home / "keys" / EXPORTED)
    return note.exists() and keys.exists() and note.stat().st_mtime >= keys.stat().st_mtime


def _key(phrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=COST, r=BLOCK, p=LANES).derive(phrase.encode())
