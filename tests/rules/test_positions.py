"""Official positions beside the party: the last word stands, the earlier ones stay readable."""

from __future__ import annotations

from review.rules.dossier import Position
from review.rules.facts import Casualties, Party
from review.rules.positions import by_party

KARSA, TARN = Party("Karsian Air Force"), Party("Tarn Brigades", False, "targeted")


def said(seq: int, party: str, position: str) -> Position:
    return Position(seq, party, position, None, Casualties())


def test_every_party_named_stands_with_its_latest_word_and_those_before():
    found = by_party((KARSA, TARN), (said(1, KARSA.name, "open"), said(2, KARSA.name, "non_credible"), said(3, KARSA.name, "credible")))
    assert [(one.name, one.party) for one in found] == [(KARSA.name, KARSA), (TARN.name, TARN)]
    assert found[0].latest and found[0].latest.position == "credible"
    assert [one.position for one in found[0].earlier] == ["non_credible", "open"]
    assert (found[1].latest, found[1].earlier) == (None, ())


def test_a_party_that_is_named_no_more_keeps_what_it_said():
    found = by_party((TARN,), (said(1, KARSA.name, "open"),))
    assert [(one.name, one.party) for one in found] == [(TARN.name, TARN), (KARSA.name, None)]
