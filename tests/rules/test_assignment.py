"""Next: what comes first for a person; whom a lead is advised to ask; and who may be asked at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.rules.assignment import (
    Candidate,
    Reviewer,
    eligible,
    may_approve,
    may_settle,
    next_incident,
    ordered,
    queue,
    short,
    suggest,
    taken_up,
)
from review.rules.facts import Casualties, Facts, Range
from review.rules.policy import Policy
from review.rules.requirements import requirements
from tests.rules import cases

OWED = Candidate("i-owed", owed=True, age=9, eligible=False)
TURN = Candidate("i-turn", turn=True, age=1, eligible=False)
HELD = Candidate("i-held", held=True, age=9, eligible=False)
GRAVE = Candidate("i-grave", queue=0, age=8)
OLD = Candidate("i-old", queue=1, age=2)
NEW = Candidate("i-new", queue=1, age=7)
UNREAD = Candidate("i-unread", reads=False, queue=0, age=1)
OTHERS = Candidate("i-others", queue=0, age=1, eligible=False)


@given(st.permutations([OWED, TURN, HELD, GRAVE, OLD, NEW, UNREAD, OTHERS]))
def test_what_is_owed_then_ones_turn_then_what_is_held_then_what_one_reads_by_harm_and_age(candidates):
    assert ordered(candidates) == (OWED, TURN, HELD, GRAVE, OLD, NEW, UNREAD)
    assert next_incident(candidates) == OWED


def test_nothing_may_wait():
    assert next_incident([OTHERS]) is None


@pytest.mark.parametrize(
    "killed, wanted",
    [
        (Range(10, 20), 0), (Range(None, 10), 0), (Range(12, None), 0), (Range(3, 9), 1), (Range(1, None), 1),
        (Range(0, 0), 2), (Range(), 2),
    ],
)  # fmt: skip
def test_many_killed_come_before_some_and_some_before_none_known(killed, wanted):
    assert queue(Facts(ranges=(("civilians", Casualties(killed)),))) == wanted
    assert queue(Facts()) == 2


@pytest.mark.parametrize(
    "then, seats",
    [
        (lambda case: case, 0),
        (lambda case: case.release("amal"), 1),
        (lambda case: case.answer("amal", "abstained"), 1),
        (lambda case: case.cast("amal"), 0),
        (lambda case: case.assign("dara"), 0),
    ],
)
def test_a_round_is_short_of_whoever_it_asked_and_lost_but_not_of_who_has_voted(then, seats):
    case = cases.in_round()
    then(case)
    assert short(case.dossier) == seats


def test_a_second_vote_is_short_of_nobody():
    case = cases.disputed().start().release("amal")
    assert short(case.dossier) == 0


def test_a_seat_taken_up_is_one_less():
    case = cases.in_round(people=("amal", "bram"))
    after = taken_up(case.dossier, "dara")
    assert (short(case.dossier), short(after), after.open_round.answer("dara")) == (1, 0, "assigned")
    assert taken_up(cases.logged().dossier, "dara") == cases.logged().dossier


# --- whom to ask -------------------------------------------------------------------------------------------

ARABIC, ENGLISH = frozenset({"ar"}), frozenset({"en"})


def reviewers(**changes):
    """The reviewers of the desk, each changed where a test says so: languages and what they owe."""
    people = [who for who, role in cases.ROLES.items() if role in ("reviewer", "lead")]
    return [
        Reviewer(place, cases.NAMES[who], who, cases.ROLES[who], *changes.get(who, (frozenset(), 0)))
        for place, who in enumerate(people)
    ]


def names(suggestion):
    return [one.reviewer.who for one in suggestion.people]


def test_it_asks_who_reads_the_material_and_owes_least():
    case = cases.logged()
    people = reviewers(amal=(ARABIC, 2), bram=(ENGLISH, 0), cleo=(ARABIC, 1), dara=(ARABIC, 0), sana=(ARABIC, 3))
    found = suggest(case.dossier, people, ("ar",), seats=3)
    assert names(found) == ["dara", "cleo", "amal"]
    assert [(one.reads, one.reviewer.owed) for one in found.people] == [(("ar",), 0), (("ar",), 1), (("ar",), 2)]
    assert (found.missing, found.told) == (0, ())


def test_each_language_of_the_material_gets_somebody_who_reads_it():
    case = cases.logged()
    people = reviewers(amal=(ENGLISH, 0), bram=(ENGLISH, 0), cleo=(ENGLISH, 0), dara=(ARABIC, 5))
    found = suggest(case.dossier, people, ("ar", "en"), seats=3)
    assert "dara" in names(found)
    assert len(names(found)) == 3
    read = suggest(case.dossier, people, ("ar", "en"), seats=3, read_already=ARABIC)
    assert "dara" not in names(read)


def test_who_has_not_said_what_they_read_comes_after_those_who_have_and_who_reads_none_of_it_not_at_all():
    case = cases.logged()
    found = suggest(case.dossier, reviewers(amal=(ARABIC, 7), bram=(ENGLISH, 0)), ("ar",), seats=2)
    assert names(found)[0] == "amal"
    assert "bram" not in names(suggest(case.dossier, reviewers(bram=(ENGLISH, 0)), ("ar",), seats=9))


def test_a_lead_is_not_suggested_for_who_votes_cannot_approve():
    assert not {"lead", "second"} & set(names(suggest(cases.logged().dossier, reviewers(), (), seats=9)))


def test_a_panel_that_cannot_be_filled_says_whom_to_invite():
    case = cases.in_round(people=("amal", "bram"))
    people = reviewers(cleo=(ENGLISH, 0), dara=(ENGLISH, 0), sana=(ENGLISH, 0))
    found = suggest(case.dossier, people, ("ar",), seats=1)
    assert (names(found), found.missing, found.unread) == ([], 1, ("ar",))
    ((sentence, values),) = found.told
    assert sentence % values == (
        "Still needed: 1, and nobody else here is free who reads ('ar',). Invite a reviewer who does."
    )
    everybody = suggest(case.dossier, reviewers(), (), seats=9)
    ((sentence, values),) = everybody.told
    assert sentence % values == "Still needed: 6, and nobody else here is free. Invite a reviewer."


def test_a_language_that_nobody_asked_reads_is_told():
    found = suggest(cases.logged().dossier, reviewers(amal=(ENGLISH, 0)), ("en", "ar"), seats=1)
    ((sentence, values),) = found.told
    assert (found.missing, values["languages"]) == (0, ("ar",))
    assert sentence.startswith("None of them")


def test_equal_loads_are_drawn_anew_in_every_round_and_not_by_id():
    first, later = cases.logged(), cases.logged().start("amal").abandon()
    people = reviewers()
    found = {tuple(names(suggest(case.dossier, people, (), seats=9))) for case in (first, later)}
    assert len(found) == 2
    assert all(list(one) != sorted(one, key=list(cases.ROLES).index) for one in found)


PEOPLE = tuple(who for who, role in cases.ROLES.items() if role in ("reviewer", "lead"))
desks = st.lists(
    st.builds(
        lambda who, read, owed: Reviewer(PEOPLE.index(who), cases.NAMES[who], who, cases.ROLES[who], read, owed),
        st.sampled_from(PEOPLE),
        st.frozensets(st.sampled_from(["ar", "en", "tr"])),
        st.integers(0, 3),
    ),
    unique_by=lambda one: one.who,
)
written = st.lists(st.sampled_from(["ar", "en", "tr"]), unique=True).map(tuple)


def case_after(deeds):
    """A round in which things have happened to people, or none at all."""
    case = cases.logged().conflict("sana")
    if deeds is None:
        return case
    case.start("amal", "bram", "cleo")
    for who, deed in deeds.items():
        {"abstained": case.answer, "recused": case.answer}.get(deed, lambda one, _deed: case.release(one))(who, deed)
    return case


doings = st.none() | st.dictionaries(st.sampled_from(["amal", "bram"]), st.sampled_from(["abstained", "recused", "released"]))


@given(desks, written, doings, st.integers(0, 6))
def test_nobody_is_suggested_who_may_not_be_asked(people, languages, deeds, seats):
    dossier = case_after(deeds).dossier
    found = suggest(dossier, people, languages, seats=seats)
    chosen = [one.reviewer for one in found.people]
    assert len(chosen) + found.missing == seats
    assert len({one.person for one in chosen}) == len(chosen)
    for one in chosen:
        assert one.role == "reviewer"
        assert one.who not in dossier.entered | dossier.conflicts
        assert dossier.open_round is None or eligible(dossier, one.who)
        assert not languages or not one.languages or one.languages & set(languages)


@given(desks, written, doings, st.integers(0, 6), st.randoms(use_true_random=False))
def test_the_order_in_which_people_stand_changes_nothing(people, languages, deeds, seats, chance):
    dossier = case_after(deeds).dossier
    shuffled = chance.sample(people, len(people))
    assert suggest(dossier, people, languages, seats=seats) == suggest(dossier, shuffled, languages, seats=seats)


@given(desks, doings, st.integers(1, 6))
def test_nobody_who_owes_more_goes_before_somebody_who_owes_less(people, deeds, seats):
    dossier = case_after(deeds).dossier
    alike = [Reviewer(one.person, one.name, one.who, one.role, frozenset(), one.owed) for one in people]
    found = suggest(dossier, alike, (), seats=seats)
    left = set(names(suggest(dossier, alike, (), seats=99))) - set(names(found))
    most = max((one.reviewer.owed for one in found.people), default=0)
    assert all(one.owed >= most for one in alike if one.who in left)


def test_a_smaller_panel_is_short_of_fewer():
    case = cases.in_round(Policy(required=2), people=("amal",))
    assert short(case.dossier) == 1


# --- who may -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "then, who, answer",
    [
        (lambda case: case, "dara", True),
        (lambda case: case, None, True),
        (lambda case: case, "lead", True),
        (lambda case: case, "enterer", False),
        (lambda case: case, "amal", False),
        (lambda case: case.cast("amal"), "amal", False),
        (lambda case: case.answer("amal", "abstained"), "amal", False),
        (lambda case: case.answer("amal", "recused"), "amal", False),
        (lambda case: case.release("amal"), "amal", True),
        (lambda case: case.conflict("dara"), "dara", False),
        (lambda case: case.abandon(), "dara", False),
        (lambda case: case.describe("dara", cases.LIKELY), "dara", False),
        (lambda case: case.describe("dara", cases.LIKELY, material=False), "dara", True),
    ],
)
def test_who_may_be_asked(then, who, answer):
    case = cases.in_round()
    then(case)
    assert eligible(case.dossier, who) is answer


@pytest.mark.parametrize("who, answer", [("amal", True), ("dara", False), (None, False)])
def test_a_second_round_asks_nobody_new(who, answer):
    case = cases.disputed().start()
    if who == "amal":
        case.release("amal")
    assert eligible(case.dossier, who) is answer


def test_who_was_appointed_to_settle_does_not_vote_on_it_later():
    case = cases.settled().give_back("round").start("amal")
    assert not eligible(case.dossier, "sana")
    assert eligible(case.dossier, "dara")


@pytest.mark.parametrize("may", [may_settle, may_approve])
def test_who_took_part_does_not_tell_who_has_voted_in_an_open_round(may):
    case = cases.in_round()
    before = {who: may(case.dossier, who) for who in cases.ROLES}
    case.cast("amal")
    case.answer("bram", "abstained")
    assert {who: may(case.dossier, who) for who in cases.ROLES} == before
    assert may(case.dossier, "dara")
    case.abandon()
    assert not may(case.dossier, "amal")
    assert may(case.dossier, "cleo")


def test_a_refused_approval_names_the_same_colleagues_before_and_after_they_voted():
    case = cases.in_round(people=(*cases.VOTERS, "lead", "second"))
    case.cast("lead")
    before = requirements("approve", case.dossier, cases.viewer("lead"))
    case.cast("second")
    assert requirements("approve", case.dossier, cases.viewer("lead")) == before
