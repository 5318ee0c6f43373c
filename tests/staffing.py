"""A desk with its people, made through the actions once for each engine, clock and day, and copied for each test.

A test gets files and a database of its own, with the same people and the same keys in them; what it does to them, no
other test sees. The desk itself is proven where it is built in full: wherever a test calls `builders.desk`.

A module whose tests all start from the same incidents overrides the fixture `filling` by what makes them; they are
made once too, and copied with their files; a clock that was moved for them is moved as far for each copy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from review import clock, create_app
from review.extensions import db
from tests import builders, once
from tests.clocks import Clock


@dataclass(frozen=True)
class Staffed:
    """A desk that nobody uses any more: its home, its database and its people."""

    home: Path
    database: Path | str
    desk: builders.Desk
    filled: Any
    took: timedelta


Filling = Callable[[builders.Desk, Clock | None], Any]


def nothing(_desk: builders.Desk, _time: Clock | None) -> None:
    """The smallest desk: its people and no incident."""


class Templates:
    """The desks to copy. A frozen clock has desks of its own, and so has each day: no test meets one of yesterday."""

    def __init__(self) -> None:
        self.made: dict[tuple[str, bool, str, Filling], Staffed] = {}

    def get(self, engine: str, frozen: bool, filling: Filling, make: Callable[[], Staffed]) -> Staffed:
        key = (engine, frozen, clock.today(), filling)
        if key not in self.made:
            self.made[key] = make()
        return self.made[key]


def staffed(
    home: Path, database: Path | str, addresses: Mapping[str, str], filling: Filling, time: Clock | None
) -> Staffed:
    """People of every role on the empty desk at these addresses, and what fills it; afterwards nothing holds it open."""
    app = create_app({"ASSAY_HOME": str(home), **addresses, "TESTING": True})
    began = time.at if time else None
    with app.app_context():
        once.share_statements(db.engine)
        built = builders.desk(app)
        filled = filling(built, time)
        db.session.remove()
        db.engine.dispose()
    took = time.at - began if time and began else timedelta()
    if time and began:
        time.at = began
    return Staffed(home, database, built, filled, took)
