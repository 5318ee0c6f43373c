"""What stands around the record: the triggers that refuse a change, and the files kept by their SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select, text

from review.models import Capture
from review.store import MissingObject, Store

FACTS = (
    "event", "checkpoint", "policy", "codebook_version", "round", "round_closing", "vote", "settlement",
    "settlement_closing", "approval", "determination",
)  # fmt: skip
SQLITE = {
    *(f"{table}_refuses_{what}" for table in (*FACTS, "disclosure") for what in ("update", "delete", "replace")),
    "event_refuses_order",
}
POSTGRESQL = {
    *(f"{table}_refuses_{what}" for table in FACTS for what in ("change", "truncate")),
    *(f"disclosure_refuses_{what}" for what in ("delete", "truncate", "update")),
    "event_refuses_order",
}
# 'A' is ENABLE ALWAYS: a replica's session cannot switch it off.
_ALWAYS = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A'"
_PRESENT = "SELECT name FROM sqlite_master WHERE type = 'trigger'"


def triggers(session: Any) -> Iterator[str]:
    """Every guard of the record that is not in its place."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    wanted, statement = (SQLITE, _PRESENT) if sqlite else (POSTGRESQL, _ALWAYS)
    present = set(session.scalars(text(statement)))
    for name in sorted(wanted - present):
        yield f"The trigger {name} is gone: the record can be changed past the doorway."


def files(session: Any, objects: Store) -> Iterator[str]:
    """Every kept file that is gone, or whose bytes are not those that its name promises."""
    for sha256, size in session.execute(select(Capture.sha256, Capture.size).order_by(Capture.sha256)):
        digest, count = hashlib.sha256(), 0
        try:
            for block in objects.stream(sha256):
                digest.update(block)
                count += len(block)
        except MissingObject:
            yield f"The file {sha256} is recorded and not kept."
            continue
        if digest.hexdigest() != sha256 or count != size:
            yield f"The file {sha256} is not the one that was recorded."
