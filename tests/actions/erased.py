"""What a test asks of an erasure: the request, what is gone of an event, and every place that still holds a word."""

from __future__ import annotations

import base64
from typing import Any

import orjson
from sqlalchemy import select

from review import config, store
from review.actions import redactions
from review.audit import fsck, keys
from review.audit.events import TYPES
from review.models import Base, Disclosure, Event, session
from review.rules.redaction import Named
from tests import builders


def asked(team: builders.Desk, ref: str | None, *details: Named, ground: str = "personal_data") -> str:
    """The first lead asks for these details."""
    return redactions.ask_redaction(team.lead, ref, details=details, ground=ground, reason="It names a child.")


def removed(seq: int) -> set[str]:
    """The details that an event sealed and that are gone."""
    session.rollback()
    type_ = session.scalars(select(Event.type).where(Event.seq == seq)).one()
    left = set(session.scalars(select(Disclosure.name).where(Disclosure.seq == seq)))
    return set(TYPES[type_].all_seals()) - left


def last(type_: str) -> Any:
    """The latest event of this type."""
    session.rollback()
    statement = select(Event.line).where(Event.type == type_).order_by(Event.seq.desc()).limit(1)
    return orjson.loads(session.scalars(statement).one())


def found() -> list[str]:
    """What fsck says."""
    session.rollback()
    return list(fsck.check(session, keys.load(config.home()), store.objects()))


def holds(word: str) -> set[str]:
    """Every column of every table that holds a word, disclosures opened."""
    session.rollback()
    places = set()
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(table)).mappings():
            places |= {f"{table.name}.{column}" for column, value in row.items() if word.casefold() in _text(value)}
    return places


standing = holds


def _text(value: Any) -> str:
    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    opened = ""
    if len(text) > 60 and text.isascii() and " " not in text:
        try:
            opened = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("utf-8", "ignore")
        except ValueError:
            opened = ""
    return (text + opened).casefold()
