"""Signed notes (C2SP): checkpoints, verifier keys, cosignatures, and the text of proofs (AUDIT-FORMAT 2, 11)."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from review.audit.canonical import ProfileError, b64, unb64

ALG_LOG = 0x01
ALG_WITNESS = 0x04
DASH = "\u2014"
PROOF_HEADER = "c2sp.org/tlog-proof@v1"
MAX_NOTE = 65_536


class NoteError(ValueError):
    """A note, key or proof that is malformed, or whose signature does not hold."""


# --- keys -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """The public half of a log's or a witness's key, with the name it signs under."""

    name: str
    algorithm: int
    public: bytes

    @property
    def id(self) -> bytes:
        """The first 4 bytes of SHA-256(name || newline || algorithm || public key)."""
        text = self.name.encode("utf-8") + b"\n" + bytes([self.algorithm]) + self.public
        return hashlib.sha256(text).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64(bytes([self.algorithm]) + self.public)}"

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """The key of `name+hex8+base64(alg || key)`; refused unless its id is its own."""
        parts = text.split("+", 2)
        if len(parts) != 3:
            raise NoteError("a verifier key is name+id+key")
        name, identity, packed = parts
        data = _decoded(packed)
        if not is_name(name) or len(data) != 33 or data[0] not in (ALG_LOG, ALG_WITNESS):
            raise NoteError("a verifier key that is malformed")
        key = cls(name, data[0], data[1:])
        if key.id.hex() != identity:
            raise NoteError("a verifier key whose id is not its own")
        return key

    def holds(self, message: bytes, signature: bytes) -> bool:
        """Whether the signature is this key's, over the message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


def is_name(name: str) -> bool:
    """A key's name: not empty, no space and no plus sign."""
    return bool(name) and "+" not in name and not any(c.isspace() or c < " " for c in name)


def verifier_key(name: str, seed: bytes, algorithm: int = ALG_LOG) -> VerifierKey:
    """The verifier key of a 32-byte seed."""
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return VerifierKey(name, algorithm, public)


def _decoded(text: str) -> bytes:
    try:
        return unb64(text)
    except ProfileError as error:
        raise NoteError(str(error)) from error


# --- checkpoints ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line of a note."""

    name: str
    key_id: bytes
    blob: bytes

    def __str__(self) -> str:
        return f"{DASH} {self.name} {b64(self.key_id + self.blob)}\n"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's origin, size and root, with whoever signed them."""

    origin: str
    size: int
    root: bytes
    signatures: tuple[Signature, ...] = ()

    @property
    def body(self) -> bytes:
        """The signed bytes: three lines with their newlines."""
        return body(self.origin, self.size, self.root).encode("utf-8")

    @property
    def text(self) -> str:
        """The whole note."""
        return self.body.decode("utf-8") + "\n" + "".join(map(str, self.signatures))

    def signed(self, seed: bytes) -> Checkpoint:
        """The same with the log's own signature added."""
        return self._with(sign(self.body, verifier_key(self.origin, seed), seed))

    def cosigned(self, name: str, seed: bytes, time: int) -> Checkpoint:
        """The same with a witness's cosignature added."""
        return self._with(cosign(self.body, verifier_key(name, seed, ALG_WITNESS), seed, time))

    def _with(self, signature: Signature) -> Checkpoint:
        return Checkpoint(self.origin, self.size, self.root, (*self.signatures, signature))


def body(origin: str, size: int, root: bytes) -> str:
    """The three lines that are signed."""
    return f"{origin}\n{size}\n{b64(root)}\n"


def sign(message: bytes, key: VerifierKey, seed: bytes) -> Signature:
    """The log's signature over a note's body."""
    blob = Ed25519PrivateKey.from_private_bytes(seed).sign(message)
    return Signature(key.name, key.id, blob)


def cosign(message: bytes, key: VerifierKey, seed: bytes, time: int) -> Signature:
    """A witness's timestamped cosignature over a note's body."""
    blob = Ed25519PrivateKey.from_private_bytes(seed).sign(_cosigned(message, time))
    return Signature(key.name, key.id, struct.pack(">Q", time) + blob)


def _cosigned(message: bytes, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n".encode() + message


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint of a note's text; its signatures are well-formed but not yet checked."""
    if len(text) > MAX_NOTE or not text.endswith("\n") or "\r" in text:
        raise NoteError("a note ends in a newline and stays small")
    lines = text[:-1].split("\n")
    if len(lines) < 5 or lines[3] != "":
        raise NoteError("a checkpoint is three lines, a blank one and its signatures")
    origin, size, root = lines[0], lines[1], _decoded(lines[2])
    if not is_name(origin) or not is_count(size) or len(root) != 32:
        raise NoteError("a checkpoint whose lines are malformed")
    return Checkpoint(origin, int(size), root, tuple(map(_signature, lines[4:])))


def _signature(line: str) -> Signature:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != DASH or not is_name(parts[1]):
        raise NoteError("a signature line that is malformed")
    data = _decoded(parts[2])
    if len(data) < 5:
        raise NoteError("a signature that is too short")
    return Signature(parts[1], data[:4], data[4:])


def is_count(text: str) -> bool:
    """A whole number in ASCII digits without leading zeros, at most 17 of them."""
    return text.isascii() and text.isdigit() and len(text) <= 17 and (text == "0" or text[0] != "0")


def signers(checkpoint: Checkpoint, known: Iterable[VerifierKey]) -> list[VerifierKey]:
    """The known keys that signed; a line that claims one of them and fails, fails the note."""
    by_claim = {(key.name, key.id): key for key in known}
    found = []
    for signature in checkpoint.signatures:
        key = by_claim.get((signature.name, signature.key_id))
        if key is None:
            continue
        if not _holds(checkpoint.body, key, signature.blob):
            raise NoteError(f"a signature of {key.name} does not hold")
        found.append(key)
    return found


def _holds(message: bytes, key: VerifierKey, blob: bytes) -> bool:
    if key.algorithm == ALG_LOG:
        return len(blob) == 64 and key.holds(message, blob)
    if len(blob) != 72:
        return False
    (time,) = struct.unpack(">Q", blob[:8])
    return key.holds(_cosigned(message, time), blob[8:])


def verify_checkpoint(text: str, key: VerifierKey, witnesses: Sequence[VerifierKey] = ()) -> Checkpoint:
    """The checkpoint, signed by the pinned key and by every witness asked for."""
    checkpoint = parse_checkpoint(text)
    if checkpoint.origin != key.name:
        raise NoteError("the checkpoint is of another log")
    found = signers(checkpoint, [key, *witnesses])
    for wanted in (key, *witnesses):
        if wanted not in found:
            raise NoteError(f"{wanted.name} has not signed")
    return checkpoint


# --- proofs ---------------------------------------------------------------------------------------


def inclusion_text(index: int, path: Sequence[bytes], checkpoint: str) -> str:
    """A tlog-proof file."""
    return f"{PROOF_HEADER}\nindex {index}\n{_hash_lines(path)}\n{checkpoint}"


def consistency_text(old: int, path: Sequence[bytes], checkpoint: str) -> str:
    """A consistency file."""
    return f"old {old}\n{_hash_lines(path)}\n{checkpoint}"


def _hash_lines(path: Sequence[bytes]) -> str:
    return "".join(b64(step) + "\n" for step in path)


def parse_inclusion(text: str) -> tuple[int, list[bytes], str]:
    """Index, path and checkpoint text of a tlog-proof file."""
    head, _, rest = text.partition("\n")
    if head != PROOF_HEADER:
        raise NoteError("not a tlog-proof")
    return _numbered(rest, "index ")


def parse_consistency(text: str) -> tuple[int, list[bytes], str]:
    """Old size, path and checkpoint text of a consistency file."""
    return _numbered(text, "old ")


def _numbered(text: str, word: str) -> tuple[int, list[bytes], str]:
    lines, blank, checkpoint = text.partition("\n\n")
    head, *hashes = lines.split("\n")
    if not blank or not head.startswith(word) or not is_count(head[len(word):]):
        raise NoteError("a proof that is malformed")
    path = [_decoded(line) for line in hashes]
    if len(path) > 64 or any(len(step) != 32 for step in path):
        raise NoteError("a proof whose hashes are malformed")
    return int(head[len(word):]), path, checkpoint
