"""The signatures of the published checkpoints, and the key that makes the next one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from review.audit import keyring, note


def secret(ring: keyring.KeyRing, seeds: Mapping[str, bytes]) -> Iterator[str]:
    """Whether the machine still holds the key that signs."""
    if ring.present is not None and ring.present.vkey not in seeds:
        yield "The signing key in the folder keys is not the one that the log names."


def checkpoint(size: int, text: str, counted: int, root: bytes, wanted: Sequence[str]) -> Iterator[str]:
    """Signed by the key that was in force at its size, and by the one before it where it is the first over a change."""
    try:
        told, known = note.parse_checkpoint(text), list(map(note.VerifierKey.parse, wanted))
        missing = set(known) - set(note.signers(told, known))
    except note.NoteError as error:
        yield f"The checkpoint of {size} events is malformed: {error}."
        return
    if missing and len(known) > 1:
        yield f"The checkpoint of {size} events is the first after a change of the key and bears not both signatures."
    elif missing or not known:
        yield f"The checkpoint of {size} events is not signed by this log's key."
    if (told.size, told.root) != (size, root) or counted != size:
        yield f"The checkpoint of {size} events has another root than the leaves."
