"""The signatures of the published checkpoints, and the key that makes the next one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from review.audit import keyring, note


class Root(NamedTuple):
    """A published checkpoint, the log it is of, and what the leaves amount to at its size."""

    size: int  # counted from this desk's first leaf
    base: int  # where its log begins
    text: str
    counted: int
    root: bytes
    wanted: tuple[str, ...]  # the keys that must have signed it


def secret(ring: keyring.KeyRing, seeds: Mapping[str, bytes]) -> Iterator[str]:
    """Whether the machine still holds the key that signs."""
    if ring.present is not None and ring.present.vkey not in seeds:
        yield "The signing key in the folder keys is not the one that the log names."


def checkpoint(one: Root) -> Iterator[str]:
    """Signed by the key that was in force at its size, and by the one before it where it is the first over a change."""
    size = one.size
    try:
        told, known = note.parse_checkpoint(one.text), list(map(note.VerifierKey.parse, one.wanted))
        missing = set(known) - set(note.signers(told, known))
    except note.NoteError as error:
        yield f"The checkpoint of {size} events is malformed: {error}."
        return
    if missing and len(known) > 1:
        yield f"The checkpoint of {size} events is the first after a change of the key and bears not both signatures."
    elif missing or not known:
        yield f"The checkpoint of {size} events is not signed by this log's key."
    if (told.size, told.root) != (size - one.base, one.root) or one.base + one.counted != size:
        yield f"The checkpoint of {size} events has another root than the leaves."
