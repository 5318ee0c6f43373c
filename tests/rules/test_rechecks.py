"""A published version checked again: what rests on what, and who ends the check how."""

import pytest

from review.rules import approval, rechecks, rounds, settlement
from review.rules.requirements import unmet
from tests.rules import cases
from tests.rules.cases import viewer
from tests.rules.test_guards import YES, one


def _withdrawn(case, number=1):
    case.record("source.withdrawn", "amal", {"reason": "Its author asks for it."}, source=number)
    return case


def _citing():
    """A published version whose votes rest on S1."""
    case = cases.in_round()
    for who in cases.VOTERS:
        case.cast(who, cases.ballot("fair", sources=(1,)))
    return case.close().approve()


def _checked(case, by="lead"):
    standing = case.dossier.determination
    case.record("recheck.opened", by, {"reason": "Look again."}, version=standing.version, cause=standing.seq)
    return case


def test_every_vote_and_version_that_rests_on_a_withdrawn_source_is_listed():
    case = _withdrawn(_citing())
    (fallen,) = rechecks.fallen(case.opened)
    assert (fallen.source, len(fallen.votes)) == (1, 3)
    assert [version.version for version in fallen.versions] == [1]


def test_a_source_that_nobody_cites_or_that_stands_is_not_listed():
    case = _citing()
    assert rechecks.fallen(case.opened) == ()
    number = case.attach("dara")
    assert rechecks.fallen(_withdrawn(case, number).opened) == ()


def test_an_excluded_vote_bears_no_version():
    case = _citing()
    version = case.dossier.determination
    assert rechecks.rests_on(case.opened, version, 1)
    for vote in case.dossier.live(1):
        case.exclude_vote(vote.seq)
    assert not rechecks.rests_on(case.opened, version, 1)


def test_the_check_carries_its_cause_and_how_it_ended():
    case = _checked(cases.published())
    standing = case.dossier.determination
    under_way = rechecks.under_way(case.dossier)
    assert (under_way.version, under_way.cause, under_way.reason) == (1, standing.seq, "Look again.")
    case.record("recheck.closed", "lead", {"reason": "It holds."}, version=1, outcome="confirmed")
    assert rechecks.under_way(case.dossier) is None
    assert (case.dossier.rechecks[-1].outcome, case.dossier.rechecks[-1].why) == ("confirmed", "It holds.")


@pytest.mark.parametrize("who, met", [("lead", True), ("enterer", False), ("amal", False)])
def test_who_took_no_part_confirms(who, met):
    assert one("uninvolved", "confirm_recheck", _checked(cases.published()), who).met is met


def test_only_an_open_check_is_confirmed_and_only_one_is_open():
    case = cases.published()
    assert not one("in-recheck", "confirm_recheck", case, "lead").met
    assert one("no-recheck", "open_recheck", case, "lead").met
    _checked(case)
    assert one("in-recheck", "confirm_recheck", case, "lead").met
    assert not one("no-recheck", "open_recheck", case, "lead").met


def test_a_version_that_its_votes_no_longer_bear_is_reopened_not_confirmed():
    case = _checked(cases.published())
    assert unmet("confirm_recheck", case.dossier, viewer("lead"), YES) == ()
    case.exclude_vote(case.dossier.live(1)[0].seq)
    assert not approval.standing_borne(case.dossier)
    assert [need.name for need in unmet("confirm_recheck", case.dossier, viewer("lead"), YES)] == ["result-stands"]
    assert unmet("reopen", case.dossier, viewer("lead"), YES) == ()


# --- a conflict disclosed late, and a settlement that it leaves below quorum -------------------------------


def test_a_conflict_is_late_once_a_revealed_vote_of_its_owner_bears_something():
    case = cases.awaiting()
    assert rounds.disclosed_late(case.dossier, "amal")
    assert not rounds.disclosed_late(case.dossier, "dara")
    assert not rounds.disclosed_late(cases.voted("fair", "fair", "fair").dossier, "amal")


def test_an_exclusion_leaves_a_settlement_below_quorum():
    case = cases.disputed()
    assert not settlement.below_quorum(case.dossier)
    assert not one("quorum-lost", "abandon_settlement", case, "lead").met
    case.exclude_vote(case.dossier.live(1)[0].seq)
    assert settlement.below_quorum(case.dossier)
    assert one("quorum-lost", "abandon_settlement", case, "lead").met


def test_what_is_settled_below_quorum_is_proposed_and_stands_not():
    case = cases.waiting_for_settler()
    case.exclude_vote(case.dossier.live(2)[0].seq)
    case.appoint("dara").settle("dara", "no_consensus")
    proposal = case.dossier.proposal
    assert proposal is not None
    assert not approval.stands(case.dossier, proposal)
    assert {"enough-reviewers", "agreement"} == {need.name for need in unmet("approve", case.dossier, viewer("lead"), YES)}


def test_a_settler_needs_one_vote_at_least():
    case = cases.waiting_for_settler()
    assert one("votes-left", "settle", case, "dara").met
    for vote in case.dossier.live(2):
        case.exclude_vote(vote.seq)
    assert not one("votes-left", "settle", case, "dara").met
