"""What a party of the sample says of itself: its monthly reports, which do not all add up, and an admission."""

from __future__ import annotations

from review.cli.sample.cases import Document
from review.rules.ledger import Report

PARTY = "Northern Joint Command"
ADDRESS = "https://njc.example/assessment/"
# Month, figures. March does not add up, and April does not follow from it; of April nothing is said of duplicates.
MONTHS = (
    ("2026-01", Report(14, 8, 0, 6, 1, 16)),
    ("2026-02", Report(16, 11, 1, 7, 0, 19)),
    ("2026-03", Report(19, 13, 0, 9, 2, 24)),
    ("2026-04", Report(21, 4, 1, 5, None, 19)),
)
CORRECTED = ("2026-01", Report(14, 9, 0, 6, 1, 16))
WHY = "The annex lists one more that was received; the first reader had the summary alone."

ACCEPTED = "NJ104"
STATEMENT = Document(
    PARTY, "Monthly assessment: the ferry of Lower Sarn", f"{ADDRESS}2026-05", "en", "official", "official_statement",
    "2026-05-11", "Accepts that its shell fell beside the queue.", platform="web", affiliated=PARTY, code="B1",
    archived="content",
)  # fmt: skip
SAYING = "Its assessment of May accepts the shell and one dead."
