"""The mark of what the public reads of an incident: kept on its row, in the transaction of the act."""

from __future__ import annotations

from collections.abc import Collection

from review.models.incidents import Incident
from review.rules.dossier import Dossier
from review.rules.told import Said, spoken, told


def tell(row: Incident, after: Dossier, events: Collection[Said]) -> None:
    """Bring the mark up to date with what these events of the incident changed."""
    if after.determination is not None:
        row.told = told(after)
        row.said = max(row.said or 0, spoken(events))
