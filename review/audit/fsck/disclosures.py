"""The disclosures of a run of events, read and hashed together: what is as it should be is not looked at singly."""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Mapping, Sequence, Set
from hashlib import sha256
from typing import Any

from sqlalchemy import Integer, select, type_coerce

from review.audit import canonical
from review.audit.events import TYPES
from review.models import Disclosure

_DISCLOSURE = Disclosure.__table__.c
_URL = bytes.maketrans(b"+/", b"-_")
AFTER_SALT = 60  # characters of a disclosure that hold [ " and the salt


class _Beginnings(dict[str, str]):
    """Name -> how a disclosure of that name goes on after its salt: `","name"`, as far as base64 says it alone."""

    def __missing__(self, name: str) -> str:
        said = f'","{name}"'.encode()
        self[name] = canonical.b64url(said)[: len(said) * 8 // 6]
        return self[name]


BEGINNING = _Beginnings()
SEALS: Mapping[Any, Set[str]] = {kind: frozenset(kind.all_seals()) for kind in TYPES.values()}


class Sealed:
    """The disclosures of a run of events, their digests made all at once."""

    def __init__(self, connection: Any, low: int, high: int) -> None:
        # As a number: a hundred thousand booleans are not to be made one by one.
        sealed = type_coerce(_DISCLOSURE.sealed, Integer)
        columns = (_DISCLOSURE.seq, _DISCLOSURE.digest, _DISCLOSURE.name, _DISCLOSURE.text, sealed)
        statement = select(*columns).where(_DISCLOSURE.seq >= low, _DISCLOSURE.seq <= high)
        self.of: dict[int, list[Any]] = {}
        clear = []
        self.encrypted: set[int] = set()
        for row in connection.execute(statement).all():
            self.of.setdefault(row[0], []).append(row)
            if row[4]:
                self.encrypted.add(row[0])
            else:
                clear.append(row)
        self.proven = _all_hold(clear)

    def stand_in_clear(self, seq: int, digests: Sequence[str], names: Set[str]) -> bool:
        """Whether an event's disclosures are all there, each what was sealed under its name, none encrypted."""
        rows = self.of.get(seq, ())
        return (
            self.proven
            and seq not in self.encrypted
            and len(rows) == len(names)
            and {row[2] for row in rows} == names
            and sorted([row[1] for row in rows]) == digests
        )


def _all_hold(rows: Sequence[Any]) -> bool:
    """Whether every one of these texts has the digest and bears the name that its columns say."""
    # A zero byte after each digest, and each begins at a border of base64: 43 characters, and one that says nothing.
    hashed = b"".join([sha256(row[3].encode()).digest() + b"\0" for row in rows])
    written = b2a_base64(hashed, newline=False).translate(_URL).decode()
    if [row[1] for row in rows] != [written[at : at + 43] for at in range(0, len(written), 44)]:
        return False
    # A list is told in half the time of a generator, and nearly always all of it is needed.
    return all([row[3].startswith(BEGINNING[row[2]], AFTER_SALT) for row in rows])  # noqa: C419
