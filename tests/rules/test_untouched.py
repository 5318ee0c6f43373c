"""An import that nobody touched: the short fold says what the whole fold says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from review.rules.dossier import Dossier, Record
from review.rules.facts import Facts, Party, Place
from review.rules.history import fold, untouched

FACTS = Facts(
    date_type="date", date="2024-03-01", places=(Place((("en", "Marj Eluan"),)),), parties=(Party("Karsian Air Force"),),
    codes=("AR1",), summary="A strike on the market.",
)  # fmt: skip
RANGE = {"injured": [None, None], "killed": [3, 5]}
CODEBOOKS = {1: "airwars/1"}


def _record(iseq: int, type_: str, body: dict[str, Any], sealed: dict[str, Any], judged: str | None) -> Record:
    return Record(7 + iseq, iseq, "2024-03-02", type_, "a" * 16, "admin", body, sealed, bytes(32), judged)


IMPORTED = _record(0, "incident.imported", {"stream": "karsian", "source": "csv"}, {"facts": FACTS.as_dict()}, "E")
BLANK = replace(IMPORTED, sealed={})
GRADED = _record(1, "grade.imported", {"grade": "fair", "range": RANGE, "codebook": 1}, {}, None)
CLAIMED = _record(1, "claim.grouped", {"claim": 3}, {}, "E")


def _but_its_leaves(dossier: Dossier) -> Dossier:
    return replace(dossier, evidence="", digest="", marks=(), size=0, last=-1)


@pytest.mark.parametrize("chain", [[IMPORTED], [BLANK], [IMPORTED, GRADED]], ids=["facts", "redacted", "graded"])
def test_the_short_fold_is_the_fold(chain: list[Record]) -> None:
    whole = fold("i-" + "a" * 16, chain, policies={}, codebooks=CODEBOOKS)
    assert untouched(whole.incident, chain, CODEBOOKS) == _but_its_leaves(whole)


@pytest.mark.parametrize("chain", [[], [GRADED], [IMPORTED, CLAIMED], [IMPORTED, GRADED, CLAIMED]])
def test_whatever_was_touched_is_left_to_the_fold(chain: list[Record]) -> None:
    assert untouched("i-" + "a" * 16, chain, CODEBOOKS) is None
