"""Witnesses: who may cosign a published checkpoint, and which of a note's lines are theirs (AUDIT-FORMAT 2)."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from review.audit.note import ALG_WITNESS, Checkpoint, NoteError, Signature, VerifierKey, parse_checkpoint, signers

LATEST = 253_402_300_799  # the last second of the year 9999


@dataclass(frozen=True, slots=True)
class Named:
    """The witnesses that a file names, and the numbers of the lines that name none."""

    keys: tuple[VerifierKey, ...]
    unread: tuple[int, ...] = ()


def named(path: str) -> Named:
    """The witnesses of a file: one verifier key a line; blank lines and lines after # say nothing.

    A file that is gone names nobody, and says so by line 0.
    """
    if not path:
        return Named(())
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return Named((), (0,))
    keys: dict[str, VerifierKey] = {}
    unread = []
    for number, line in enumerate(map(str.strip, lines), start=1):
        if not line or line.startswith("#"):
            continue
        try:
            key = VerifierKey.parse(line)
        except NoteError:
            key = None
        if key is None or key.algorithm != ALG_WITNESS:
            unread.append(number)
            continue
        keys[str(key)] = key
    return Named(tuple(keys.values()), tuple(unread))


def cosignatures(checkpoint: Checkpoint, known: Iterable[VerifierKey]) -> dict[VerifierKey, Signature]:
    """The lines of known witnesses, each checked; NoteError where one of them does not hold or is of no time."""
    by_claim = {(key.name, key.id): key for key in known}
    signers(checkpoint, by_claim.values())
    found: dict[VerifierKey, Signature] = {}
    for signature in checkpoint.signatures:
        key = by_claim.get((signature.name, signature.key_id))
        if key is None:
            continue
        if signed_at(signature) is None:
            raise NoteError(f"a cosignature of {key.name} names no time")
        found.setdefault(key, signature)
    return found


def signed_at(signature: Signature) -> datetime | None:
    """When the witness says that it signed, or None where that is no time."""
    (seconds,) = struct.unpack(">Q", signature.blob[:8])
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds <= LATEST else None


def with_lines(text: str, lines: Iterable[str]) -> str:
    """A checkpoint's file: the note as the log signed it, then the witnesses' lines, sorted."""
    return text + "".join(sorted(lines))


def line_names(lines: Iterable[str]) -> Mapping[str, datetime | None]:
    """Which witnesses signed, and when, by their lines."""
    parsed = (parse_line(line) for line in lines)
    return {signature.name: signed_at(signature) for signature in parsed}


def parse_line(line: str) -> Signature:
    """One line of a note that was kept."""
    return parse_checkpoint(f"kept.invalid/line\n1\n{'A' * 43}=\n\n{line}").signatures[0]
