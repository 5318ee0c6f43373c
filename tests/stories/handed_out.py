"""Bundles in the sample: one that stopped, one that is given to nobody any more, one ready, one that waits."""

from __future__ import annotations

from typing import Any

from review.actions import bundles, checkpoints, log, restrictions
from tests import builders

FOR: dict[str, Any] = {"ref": None, "recipient": "The tribunal of Marj Eluan", "purpose": "Case 4, count 2"}
SECRET = "KV531"  # shown to few, after bundles that tell of it were asked for


def put(desk: builders.Desk) -> list[str]:
    """Ask for four; answers the admin's pages of them."""
    ref = builders.opened(desk, codes=(SECRET,))
    _publish()
    silenced = bundles.ask(desk.admin, profile="internal", **FOR)
    builders.work()
    stopped = bundles.ask(desk.admin, profile="court", **FOR)
    restrictions.restrict_incident(desk.lead, ref, people=[], reason="A source is at risk.")
    builders.work()
    _publish()
    ready = bundles.ask(desk.admin, profile="internal", **FOR)
    builders.work()
    waiting = bundles.ask(desk.admin, profile="public", **FOR)
    return [*(f"/desk/export/{name}" for name in (silenced, stopped, ready, waiting)), "/desk/inbox"]


def _publish() -> None:
    log.record_heads()
    checkpoints.publish_checkpoint()
