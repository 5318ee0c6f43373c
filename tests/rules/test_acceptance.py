"""A party accepts harm that is graded already: the grade stays, and the incident waits for a lead."""

from __future__ import annotations

import pytest

from review.rules import streams
from review.rules.acceptance import unconsidered
from tests.rules import cases
from tests.rules.cases import Case

PARTY = "Karsian Air Force"


def says(case: Case, position: str = "credible", party: str = PARTY) -> Case:
    sealed = {"party": party, "position": position, "conceded": None, "reason": None}
    case.record("position.recorded", "lead", sealed, source=None)
    return case


def accepts(case: Case) -> Case:
    """The party's own statement, and its position as credible."""
    case.attach("dara", role="official")
    return says(case)


def waits(case: Case) -> bool:
    return unconsidered(case.dossier) is not None


def test_an_admission_after_the_version_waits_and_changes_no_grade() -> None:
    case = cases.published()
    before = case.dossier
    accepts(case)
    position = unconsidered(case.dossier)
    assert position is not None and position.party == PARTY
    assert (case.dossier.stage, case.dossier.determination) == (before.stage, before.determination)


@pytest.mark.parametrize("position", ["non_credible", "open", "duplicate", "not_yet_assessed"])
def test_no_other_position_makes_it_wait(position: str) -> None:
    case = cases.published()
    case.attach("dara", role="official")
    assert not waits(says(case, position))


def test_without_an_official_statement_it_does_not_wait_until_there_is_one() -> None:
    case = says(cases.published())
    assert not waits(case)
    case.attach("dara", role="official")
    assert waits(case)


def test_a_party_that_is_not_named_makes_nothing_wait() -> None:
    case = cases.published()
    case.attach("dara", role="official")
    assert not waits(says(case, party="Tarn Brigades"))


def test_what_was_accepted_before_the_version_was_considered() -> None:
    case = accepts(cases.in_round())
    for who in cases.VOTERS:
        case.cast(who, cases.ballot("fair"))
    case.close().approve()
    assert not waits(case)
    assert not waits(says(case))  # the same said once more
    assert not waits(says(case, "non_credible"))
    assert waits(says(case))  # taken back, and accepted anew


def test_a_confirmed_version_waits_for_nothing() -> None:
    case = cases.in_round()
    for who in cases.VOTERS:
        case.cast(who, cases.ballot("confirmed", departs="It says so."))
    case.close().approve()
    assert case.dossier.determination is not None and case.dossier.determination.grade == "confirmed"
    assert not waits(accepts(case))


def test_it_waits_until_it_is_reopened_or_the_version_is_confirmed_again() -> None:
    case = accepts(cases.published())
    version = case.dossier.determination
    assert version is not None
    case.record("recheck.opened", "lead", {"reason": "It was accepted."}, version=1, cause=version.seq)
    assert waits(case)
    case.record("recheck.closed", "lead", {"reason": "It accepts another strike."}, version=1, outcome="confirmed")
    assert not waits(case)
    other = accepts(cases.published())
    assert not waits(other.reopen())


# --- a stream that was not assessed for a while ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("modes", "found"),
    [
        ([], (None, None)),
        (["active"], (None, None)),
        (["active", "log-only"], (1, None)),
        (["active", "log-only", "paused"], (1, None)),
        (["active", "log-only", "paused", "active"], (1, 3)),
        (["log-only", "active"], (0, 1)),
        (["active", "paused", "active", "log-only"], (3, None)),
        (["active", "paused", "active", "log-only", "active"], (3, 4)),
    ],
)
def test_when_a_stream_was_last_not_assessed(modes: list[str], found: tuple[int | None, int | None]) -> None:
    assert streams.away(enumerate(modes)) == found
