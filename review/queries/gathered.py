"""The sources of an incident as they were put together last: a long list is gone through anew only where it differs.

What is kept is used again only for a list that was made of the very same: nobody is shown anything that was put
together for another, and nothing is out of date.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

MOST = 64  # lists a database


class Gathered(NamedTuple):
    """What a list was made of, and the list."""

    of: tuple[Any, ...]
    found: Any


_KEPT: WeakKeyDictionary[Any, OrderedDict[Hashable, Gathered]] = WeakKeyDictionary()
_LOCK = Lock()


def gathered(database: Any, place: Hashable, of: tuple[Any, ...], make: Callable[[], Any]) -> Any:
    """The list of this place: that of the last time where it was made of the same, else a new one."""
    with _LOCK:
        shelf = _KEPT.setdefault(database, OrderedDict())
        known = shelf.get(place)
        if known is not None:
            shelf.move_to_end(place)
    if known is not None and known.of == of:
        return known.found
    made = make()
    with _LOCK:
        shelf[place] = Gathered(of, made)
        shelf.move_to_end(place)
        while len(shelf) > MOST:
            shelf.popitem(last=False)
    return made
