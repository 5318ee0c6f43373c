"""What a party says of itself: its monthly reports, and an admission that nobody has taken up yet."""

from __future__ import annotations

from review.actions import ledger, positions
from review.cli.sample import official
from review.cli.scenes.desk import Desk, attach
from review.rules.facts import Casualties, Range


def reports(desk: Desk) -> None:
    """Four months as the party published them, one of them corrected."""
    for month, report in official.MONTHS:
        ledger.record_report(desk.lead, party=official.PARTY, month=month, report=report, url=official.ADDRESS + month)
    month, report = official.CORRECTED
    ledger.record_report(
        desk.other_lead, party=official.PARTY, month=month, report=report, url=official.ADDRESS + month, seen=1,
        why=official.WHY,
    )  # fmt: skip


def accepted(desk: Desk) -> None:
    """Published as Fair; the party accepts it since, and a lead has yet to say whether it is judged again."""
    source = attach(desk["lina"], official.ACCEPTED, official.STATEMENT)
    positions.record_position(
        desk.lead, official.ACCEPTED, party=official.PARTY, position="credible", source=source,
        conceded=Casualties(Range(1, 1), Range()), reason=official.SAYING,
    )  # fmt: skip
