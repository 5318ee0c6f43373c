"""A person's own notes on the sources of an incident: shown to them and to nobody else."""

from __future__ import annotations

from collections.abc import Mapping

from review.models import Draft
from review.models.work import NOTE
from review.queries.drafts import opened
from review.queries.reading import Reading
from review.rules.permissions import may


def own_notes(reading: Reading, typed: Mapping[str, Draft]) -> dict[int, str] | None:
    """Source number -> what the viewer noted on it; None for whoever judges nothing here."""
    if not may(reading.viewer.role, "cast_vote"):
        return None
    noted = {kind: row for kind, row in typed.items() if kind.startswith(NOTE)}
    return {int(kind.removeprefix(NOTE)): opened(row)["note"][0] for kind, row in noted.items()}
