"""What changed since, in sentences: each step once, with how often."""

from __future__ import annotations

from review.audit.events import TYPES
from review.queries.changes import SENTENCES, Change, once_each


def change(kind: str, **values: int) -> Change:
    return Change(SENTENCES[kind], values)


def test_every_sentence_is_of_an_event_that_there_is() -> None:
    assert [kind for kind in SENTENCES if kind not in TYPES] == []


def test_steps_of_two_rounds_are_two_and_what_names_nothing_is_counted() -> None:
    steps = [change("round.opened", round=2), change("vote.committed", seq=7), change("vote.committed", seq=8)]
    told = once_each([*steps, change("round.opened", round=3)])
    assert [(step.sentence % step.values, count) for step, count in told] == [
        ("Round 2 was opened.", 1),
        ("A vote was cast, sealed until the close.", 2),
        ("Round 3 was opened.", 1),
    ]
