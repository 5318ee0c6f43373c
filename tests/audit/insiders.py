"""What an insider changes in a log that holds, each change under the check that catches it."""

from __future__ import annotations

from collections.abc import Callable

from tests.audit.histories import Entry, Log

Change = Callable[[Log], Entry]


class Changes(list[tuple[Change, str]]):
    """The changes of one file of tests."""

    def caught_as(self, check: str) -> Callable[[Change], Change]:
        """The change below fails this check at the event that it returns."""

        def note(change: Change) -> Change:
            self.append((change, check))
            return change

        return note

    @property
    def names(self) -> list[str]:
        """What each is called in the list of tests."""
        return [change.__name__ for change, _check in self]
