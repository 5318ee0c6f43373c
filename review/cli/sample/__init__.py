"""The synthetic sample of `flask demo`: invented people, places, parties and words, in both scripts."""

from __future__ import annotations

from review.cli.sample.people import ENTERER, LANGUAGES, LOG_ONLY_REASON, PAUSED_REASON, PEOPLE, STREAMS

__all__ = ["ENTERER", "LANGUAGES", "LOG_ONLY_REASON", "PAUSED_REASON", "PEOPLE", "STREAMS"]
