"""Codebooks: the log of a running desk learns of one that a later release ships, and none ever changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from review.actions import act, log_end
from review.rules.grades import AIRWARS_1, CODEBOOKS, Codebook
from tests import builders, trail


@pytest.fixture
def people(staffed: builders.Desk) -> builders.Desk:
    return staffed


def released(monkeypatch: pytest.MonkeyPatch, book: Codebook) -> None:
    """The next release ships `book`, and a process of it starts."""
    kept = tuple(one for one in CODEBOOKS if one.id != book.id)
    monkeypatch.setattr(log_end, "CODEBOOKS", (*kept, book))
    act._OPENED.clear()


def defined() -> list[str]:
    return [leaf.body["id"] for leaf in trail.leaves() if leaf.type == "codebook.defined"]


def test_a_new_codebook_is_defined_at_the_first_write_and_only_then(
    people: builders.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = defined()
    released(monkeypatch, replace(AIRWARS_1, id="airwars/2"))
    builders.opened(people)
    builders.opened(people, codes=("KV413",))
    assert defined() == [*before, "airwars/2"]


def test_a_codebook_that_was_defined_never_changes(people: builders.Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    released(monkeypatch, replace(AIRWARS_1, grades=AIRWARS_1.grades[:4], distances=AIRWARS_1.distances[:1]))
    with pytest.raises(log_end.CodebookChanged, match="airwars/1"):
        builders.opened(people)
