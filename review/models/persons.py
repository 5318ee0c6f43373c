"""Finding people: their keys, and who is active at the desk."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import bindparam, select

from review.models.people import Person, PersonKey


class Opener(Hashable, Protocol):
    """Whatever can decrypt under the master key."""

    def open(self, sealed: bytes, label: str) -> bytes: ...


KEY_LABEL = "person"
_KEY = select(PersonKey.key).where(PersonKey.person_id == bindparam("person"))


def person_key(session: Any, opener: Opener, person: int) -> bytes:
    """The key of a person's pseudonyms; LookupError once they have left."""
    sealed = session.execute(_KEY, {"person": person}).scalar_one_or_none()
    if sealed is None:
        raise LookupError(f"person {person} has no key")
    return opened_key(opener, bytes(sealed))


def person_keys(session: Any, opener: Opener, people: Collection[int]) -> dict[int, bytes]:
    """The keys of several people by one look; whoever has left is not among them."""
    if not people:
        return {}
    rows = session.execute(select(PersonKey.person_id, PersonKey.key).where(PersonKey.person_id.in_(people)))
    return {person: opened_key(opener, bytes(sealed)) for person, sealed in rows}


@lru_cache(maxsize=1024)
def opened_key(opener: Opener, sealed: bytes) -> bytes:
    """A person's key in clear."""
    return opener.open(sealed, KEY_LABEL)


def member_rows(session: Any) -> Sequence[Any]:
    """Everybody who may act: id, name and role, in the order they joined."""
    statement = select(Person.id, Person.name, Person.role).where(Person.active, Person.role.is_not(None))
    return session.execute(statement.order_by(Person.id)).all()
