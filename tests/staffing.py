"""The smallest desk, made through the actions once for each engine, clock and day, and copied for each test.

A test gets files and a database of its own, with the same people and the same keys in them; what it does to them, no
other test sees. The desk itself is proven where it is built in full: wherever a test calls `builders.desk`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from review import clock, create_app
from review.extensions import db
from tests import builders, once


@dataclass(frozen=True)
class Staffed:
    """A desk that nobody uses any more: its home, its database and its people."""

    home: Path
    database: Path | str
    desk: builders.Desk


class Templates:
    """The desks to copy. A frozen clock has desks of its own, and so has each day: no test meets one of yesterday."""

    def __init__(self) -> None:
        self.made: dict[tuple[str, bool, str], Staffed] = {}

    def get(self, engine: str, frozen: bool, make: Callable[[], Staffed]) -> Staffed:
        key = (engine, frozen, clock.today())
        if key not in self.made:
            self.made[key] = make()
        return self.made[key]


def staffed(home: Path, database: Path | str, addresses: Mapping[str, str]) -> Staffed:
    """People of every role on the empty desk at these addresses; afterwards nothing holds its database open."""
    app = create_app({"ASSAY_HOME": str(home), **addresses, "TESTING": True})
    with app.app_context():
        once.share_statements(db.engine)
        built = builders.desk(app)
        db.session.remove()
        db.engine.dispose()
    return Staffed(home, database, built)
