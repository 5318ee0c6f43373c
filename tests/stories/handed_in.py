"""Two files that the admin uploaded: one still being looked at, one done, of which nothing could be taken."""

from __future__ import annotations

from io import BytesIO

from review.actions import import_runs
from tests import builders
from tests.actions.test_imports import PLAIN, rows, table


def put(desk: builders.Desk) -> list[str]:
    """The admin's pages of both."""
    draft = import_runs.receive(desk.admin, BytesIO(table(rows())), filename="incidents.csv")
    nameless = table([{**PLAIN, "code": ""}])
    done = import_runs.receive(desk.admin, BytesIO(nameless), filename="nameless.csv")
    import_runs.start(desk.admin, done)
    builders.work()
    at = "/desk/import"
    return [at, f"{at}/{draft}", f"{at}/{done}", f"{at}/{done}/rows?outcome=refused", f"{at}/{done}/rows?outcome=imported"]
