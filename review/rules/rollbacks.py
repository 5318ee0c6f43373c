"""What a database lacks of the log that was published: a rollback, in a sentence that says who can mend it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from review.rules.words import N_

OLDER, EMPTIED, ANOTHER_HISTORY = "rolled-back", "emptied", "inconsistent"
ANOTHER_LOG, UNREADABLE = "another-log", "unreadable"

_MENDED = {
    OLDER: N_(
        "The database is older than what was published of its log: it holds %(held)s of %(published)s published "
        "entries. Missing: %(missing)s, from %(day)s on. Everything can be read and nothing is written until an admin "
        "brings back a newer backup or, where there is none, lets the log go on under a new name with flask audit "
        "continue."
    ),
    EMPTIED: N_(
        "The database is empty, and %(published)s entries of this desk's log were published. Nothing is written until "
        "an admin brings back a backup."
    ),
    ANOTHER_HISTORY: N_(
        "The log holds %(held)s entries, and its first %(published)s are not those that were published. Everything "
        "can be read and nothing is written until an admin brings back the database that was published."
    ),
    ANOTHER_LOG: N_(
        "The database holds the log %(log)s, and what was published here is of %(other)s. Everything can be read and "
        "nothing is written until an admin puts the right ASSAY_HOME and DATABASE_URL together."
    ),
    UNREADABLE: N_(
        "What this desk remembers of its last published checkpoint cannot be read. Everything else can be, and "
        "nothing is written until an admin puts a kept checkpoint into the file published of ASSAY_HOME."
    ),
}
SENTENCES: Mapping[str, str] = MappingProxyType(_MENDED)


@dataclass(frozen=True, slots=True)
class Head:
    """How far a log came: its name, its length, and its root or the day of its last entry where they are known."""

    log: str
    size: int
    root: bytes | None = None
    day: str | None = None


@dataclass(frozen=True, slots=True)
class Rollback:
    """Why nothing may be written: a key of SENTENCES and what its sentence names."""

    key: str
    values: Mapping[str, object]

    @property
    def words(self) -> str:
        """The sentence with its `%(name)s` still to be filled: for the translators."""
        return SENTENCES[self.key]

    @property
    def sentence(self) -> str:
        """The whole sentence, for whoever keeps the machine."""
        return self.words % self.values


def behind(held: Head | None, published: Head) -> Rollback | None:
    """What a database that holds this much of the log lacks of what was published; None where it lacks nothing.

    One that holds more may still have another history: its own root at the published size decides, `differs`.
    """
    if held is None or held.size == 0:
        return Rollback(EMPTIED, {"published": published.size})
    if held.log != published.log:
        return Rollback(ANOTHER_LOG, {"log": held.log, "other": published.log})
    if held.size < published.size:
        missing = published.size - held.size
        numbers = {"held": held.size, "published": published.size, "missing": missing}
        return Rollback(OLDER, {**numbers, "day": held.day})
    return None


def differs(held: Head, root_then: bytes | None, published: Head) -> Rollback | None:
    """A log that is long enough and whose root at the published size is another one, or cannot be told any more."""
    if root_then == published.root:
        return None
    return Rollback(ANOTHER_HISTORY, {"held": held.size, "published": published.size})
