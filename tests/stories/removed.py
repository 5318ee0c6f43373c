"""Words of the sample that were removed for good, others that are asked for, and somebody who left."""

from __future__ import annotations

from review.actions import incidents, leaving, people, redactions
from review.rules.redaction import Named
from tests import builders

CODE = "KV532"
ADMIN = ["/desk/redactions"]


def put(desk: builders.Desk) -> list[str]:
    """One removal that was seconded, one that waits, one that was declined, and the lead's pages of them."""
    ref = builders.opened(desk, codes=(CODE,), summary="the house of somebody named")
    first = builders.row(ref).first_seq or 0
    second = incidents.describe_incident(
        desk.enterer, ref, facts=builders.facts(codes=(CODE,), summary="a house"), reason="Somebody was named here."
    )
    removed = _asked(desk, ref, Named(first, "facts"))
    redactions.second_redaction(desk.admin, removed, reason="I have read it.")
    _asked(desk, ref, Named(second, "reason"))
    declined = _asked(desk, ref, Named(first, "exact"))
    redactions.decline_redaction(desk.admin, declined, reason="Nothing in it names anybody.")
    gone = people.add_person(desk.admin, email="gone@assay.invalid", name="Ottoline Farr", role="reviewer")
    leaving.let_leave(desk.admin, gone)
    ADMIN[1:] = [f"/desk/people/{gone}"]
    at = f"/desk/incidents/{CODE}"
    return [
        "/desk/redactions", "/desk/redactions/log", "/desk/redactions/log?q=grain", f"{at}/removal", f"{at}/removal?q=nothing",
        f"{at}/history",
    ]  # fmt: skip


def _asked(desk: builders.Desk, ref: str, *details: Named) -> str:
    return redactions.ask_redaction(
        desk.lead, ref, details=details, ground="source_at_risk", reason="Whoever was named is at risk."
    )
