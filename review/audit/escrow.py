"""Both secret keys under a passphrase: what is kept apart from every backup.

A key file is JSON: `format` is `assay/keys/1`; `sealed` is base64 of AES-256-GCM over the secret with `nonce` (12
bytes) and the format as its label, under the key that scrypt (N 2^17, r 8, p 1, 32 bytes) makes of the passphrase and
`salt` (16 bytes). The secret is a JSON object of file names of the folder `keys` and base64: `signing` and `master`
always, 32 bytes each; `signing.next` while a change of the signing key is not finished; and `signing.<id>.vkey`, the
ASCII text of each verifier key that signed before, by which a backup from before the change is known to be of the log.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from review.audit import keys
from review.audit.canonical import b64, unb64
from review.audit.note import verifier_key

FORMAT = "assay/keys/1"
NAMES = (keys.SIGNING, keys.MASTER)
EXPORTED = "exported"
COST, BLOCK, LANES = 2**17, 8, 1


def sealed_keys(home: Path, phrase: str) -> str:
    """The text of a key file: scrypt and AES-256-GCM over the two keys of this home."""
    folder = home / "keys"
    names = [*NAMES, *([keys.NEXT] if (folder / keys.NEXT).exists() else [])]
    told = {name: (folder / name).read_text("ascii").strip() for name in names}
    told |= {name: b64(vkey.encode("ascii")) for name, vkey in keys.retired(home).items()}
    secret = json.dumps(told)
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    sealed = AESGCM(_key(phrase, salt)).encrypt(nonce, secret.encode(), FORMAT.encode())
    file = {"format": FORMAT, "nonce": b64(nonce), "salt": b64(salt), "sealed": b64(sealed)}
    return json.dumps(file, indent=1, sort_keys=True) + "\n"


def opened_keys(text: str, phrase: str) -> dict[str, bytes]:
    """What a key file holds, by file name; InvalidTag where the passphrase is another."""
    told = json.loads(text)
    if told["format"] != FORMAT:
        raise ValueError("not a key file of this program")
    key = _key(phrase, unb64(told["salt"]))
    secret = AESGCM(key).decrypt(unb64(told["nonce"]), unb64(told["sealed"]), FORMAT.encode())
    held = {name: unb64(value) for name, value in json.loads(secret).items()}
    strange = [name for name in held if name not in (*NAMES, keys.NEXT) and not keys.RETIRED.fullmatch(name)]
    if strange or not held.keys() >= set(NAMES):
        raise ValueError("not the keys of this program")
    return held


def verifier_keys(held: Mapping[str, bytes], origin: str) -> set[str]:
    """Every verifier key of this log that a key file knows: what it could sign as, and what signed before."""
    seeds = [held[name] for name in (keys.SIGNING, keys.NEXT) if name in held]
    former = {value.decode("ascii") for name, value in held.items() if keys.RETIRED.fullmatch(name)}
    return former | {str(verifier_key(origin, seed)) for seed in seeds}


def note_export(home: Path) -> None:
    """Remember in the home that its keys stand elsewhere too: `flask doctor` asks."""
    (home / "keys" / EXPORTED).touch(mode=0o600)


def is_exported(home: Path) -> bool:
    """Whether these keys were ever written to a key file or came from one."""
    signing, note = (home / "keys" / keys.SIGNING), (home / "keys" / EXPORTED)
    return note.exists() and signing.exists() and note.stat().st_mtime >= signing.stat().st_mtime


def _key(phrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=COST, r=BLOCK, p=LANES).derive(phrase.encode())
