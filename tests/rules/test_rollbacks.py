"""What a database lacks of what was published, and the sentence that says so."""

from __future__ import annotations

import pytest

from review.rules import rollbacks
from review.rules.rollbacks import ANOTHER_HISTORY, ANOTHER_LOG, EMPTIED, OLDER, Head, behind, differs

LOG = "desk.example/log1"
ROOT, OTHER = b"\1" * 32, b"\2" * 32
PUBLISHED = Head(LOG, 52, ROOT)


@pytest.mark.parametrize(
    ("held", "key"),
    [
        (Head(LOG, 52, ROOT, "2026-03-01"), None),
        (Head(LOG, 60, OTHER, "2026-03-01"), None),
        (Head(LOG, 51, OTHER, "2026-03-01"), OLDER),
        (Head(LOG, 0, OTHER), EMPTIED),
        (None, EMPTIED),
        (Head("desk.example/log2", 60, OTHER, "2026-03-01"), ANOTHER_LOG),
    ],
)
def test_a_database_lacks_what_was_published_and_it_does_not_hold(held: Head | None, key: str | None) -> None:
    found = behind(held, PUBLISHED)
    assert (found.key if found else None) == key


def test_what_is_missing_is_said_exactly() -> None:
    found = behind(Head(LOG, 40, OTHER, "2026-03-01"), PUBLISHED)
    assert found is not None
    assert "it holds 40 of 52 published entries. Missing: 12, from 2026-03-01 on." in found.sentence
    assert "an admin brings back a newer backup or, where there is none" in found.sentence
    assert "with flask audit continue" in found.sentence


def test_a_longer_log_with_another_root_is_another_history() -> None:
    held = Head(LOG, 60, OTHER, "2026-03-01")
    assert differs(held, ROOT, PUBLISHED) is None
    for root_then in (OTHER, None):
        found = differs(held, root_then, PUBLISHED)
        assert found is not None
        assert (found.key, "its first 52 are not those" in found.sentence) == (ANOTHER_HISTORY, True)


def test_every_sentence_says_who_mends_it() -> None:
    assert [key for key, words in rollbacks.SENTENCES.items() if "until an admin" not in words] == []
