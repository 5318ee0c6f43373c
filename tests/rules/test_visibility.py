"""The one visibility function: who sees what of a round, before and after its close."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.rules.permissions import Actor
from review.rules.requirements import Viewer
from review.rules.visibility import sight
from tests.rules import cases
from tests.rules.cases import viewer

EVERYBODY = ("amal", "dara", "enterer", "lead", "second", "admin", "auditor")
PUBLIC = Viewer(Actor(None, "public", "anybody"))


@pytest.mark.parametrize(
    "who, votes, answered",
    [
        ("amal", "own", False),
        ("dara", "none", False),
        ("enterer", "none", False),
        ("lead", "none", True),
        ("admin", "none", False),
        ("auditor", "none", False),
    ],
)
def test_an_open_round_shows_nobody_anothers_vote(who, votes, answered):
    seen = sight(cases.voted().dossier, viewer(who))
    assert (seen.votes, seen.answered, seen.tally, seen.rationales) == (votes, answered, False, False)


def test_casting_ones_own_vote_opens_nothing():
    case = cases.in_round()
    case.cast("bram")
    before = sight(case.dossier, viewer("amal"))
    own = case.cast("amal")
    after = sight(case.dossier, viewer("amal"))
    assert (before.votes, after.votes, after.own) == ("none", "own", (own,))
    assert (before.answered, after.answered, after.tally) == (False, False, False)


@pytest.mark.parametrize("last", ["assigned", "voted", "abstained", "recused", "released"])
def test_a_lead_who_was_ever_asked_does_not_see_who_has_answered(last):
    case = cases.in_round(people=(*cases.VOTERS, "second"))
    if last == "voted":
        case.cast("second")
    elif last == "released":
        case.release("second")
    elif last != "assigned":
        case.answer("second", last)
    assert not sight(case.dossier, viewer("second")).answered
    assert sight(case.dossier, viewer("lead")).answered


@pytest.mark.parametrize(
    "who, votes",
    [
        ("amal", "letters"),
        ("dara", "none"),
        ("enterer", "none"),
        ("lead", "letters"),
        ("auditor", "letters"),
        ("admin", "none"),
    ],
)
def test_after_the_close_those_who_answered_leads_and_auditors_see_letters(who, votes):
    assert sight(cases.disputed().dossier, viewer(who)).votes == votes


def test_after_the_close_the_settler_sees_letters():
    case = cases.waiting_for_settler()
    assert sight(case.dossier, viewer("sana")).votes == "none"
    case.appoint("sana")
    assert sight(case.dossier, viewer("sana")).votes == sight(case.dossier, viewer("sana"), 1).votes == "letters"


def test_an_abandoned_round_is_never_shown():
    case = cases.voted().abandon()
    assert [sight(case.dossier, viewer(who)).votes for who in ("lead", "auditor", "amal")] == ["none", "none", "own"]


def test_a_second_round_is_sealed_while_the_first_stays_open_to_those_inside():
    dossier = cases.second_vote("fair", "weak", "contested").dossier
    assert sight(dossier, viewer("amal"), 1).votes == "letters"
    assert sight(dossier, viewer("amal"), 2).votes == "own"
    assert sight(dossier, viewer("lead"), 2).votes == "none"


def test_sources_of_an_open_round_show_no_adder_and_no_time_to_anybody():
    case = cases.in_round()
    opened = next(record.seq for record in case.records if record.type == "round.opened")
    seen = [sight(case.dossier, viewer(who)).sources_since for who in EVERYBODY]
    assert seen == [opened] * len(EVERYBODY)
    assert sight(cases.awaiting().dossier, viewer("lead")).sources_since is None


def test_the_public_reads_the_split_only_of_what_is_published():
    assert not sight(cases.awaiting().dossier, PUBLIC).split
    shown = sight(cases.published().dossier, PUBLIC)
    assert (shown.split, shown.votes, shown.rationales, shown.answered) == (True, "none", False, False)


def test_an_incident_without_a_round_hides_nothing():
    assert sight(cases.logged().dossier, viewer("dara")).markers


answers = st.lists(
    st.tuples(st.sampled_from(("bram", "cleo")), st.sampled_from(("fair", "weak", "discounted", "withdraw"))),
    max_size=6,
)


@given(answers)
def test_no_answer_of_others_moves_what_a_reviewer_sees(steps):
    case = cases.in_round()
    case.cast("amal")
    before = {who: sight(case.dossier, viewer(who)) for who in ("amal", "dara", "enterer", "auditor")}
    for who, step in steps:
        if step != "withdraw":
            case.cast(who, step)
        elif case.dossier.live_of(1, who):
            case.withdraw(who)
    assert {who: sight(case.dossier, viewer(who)) for who in before} == before
