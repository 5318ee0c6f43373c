"""Asking for several incidents at once: by load, only these people, and why somebody is left out."""

from dataclasses import replace

import pytest

from review.rules import assignment, bulk
from review.rules.assignment import Reviewer
from review.rules.bulk import Wanting
from tests.rules import cases


def desk(*, owed=(0, 0, 0, 0), languages=("ar", "ar", "en", "")):
    """Four reviewers who took no part; the last has not said what they read."""
    return tuple(
        Reviewer(number, f"R{number}", f"r{number}", languages=frozenset({language} - {""}), owed=owes)
        for number, (owes, language) in enumerate(zip(owed, languages, strict=True), 1)
    )


def wanting(ref, case=None, *, seats=2, languages=(), members=None):
    return Wanting(ref, (case or cases.logged()).dossier, seats, languages, desk() if members is None else members)


def asked(plan):
    return {share.ref: tuple(one.person for one in share.asked) for share in plan.shares}


def test_what_the_plan_adds_is_counted_as_owed():
    everybody = desk(languages=("ar",) * 4)
    plan = bulk.by_load([wanting("A", members=everybody), wanting("B", members=everybody)])
    first, second = asked(plan).values()
    assert set(first).isdisjoint(second)
    assert plan.added == {1: 1, 2: 1, 3: 1, 4: 1}


def test_who_owes_much_is_asked_last():
    plan = bulk.by_load([wanting("A", members=desk(owed=(0, 5, 0, 0), languages=("ar",) * 4), seats=3)])
    assert set(asked(plan)["A"]) == {1, 3, 4}


def test_only_those_who_read_it_are_asked_by_load_and_empty_seats_are_said():
    share = bulk.by_load([wanting("A", languages=("tr",), members=desk(languages=("ar", "ar", "en", "tr")))]).shares[0]
    assert ([one.person for one in share.asked], share.missing) == ([4], 1)


def test_a_language_that_somebody_asked_already_reads_takes_no_seat_again():
    """Of the two who were asked one reads Turkish: the last seat is for the Arabic that nobody has read yet."""
    case = cases.logged().start("amal", "bruno", "carla").release("carla")
    seated = (Reviewer(8, "Amal", "amal", languages=frozenset({"tr"})), Reviewer(9, "Bruno", "bruno"))
    members = (*desk(owed=(0, 1, 1, 1), languages=("ar", "ar", "ar", "tr")), *seated)
    read = assignment.read_already(case.dossier, members)
    alone = Wanting("A", case.dossier, 1, ("tr", "ar"), members)
    assert asked(bulk.by_load([alone]))["A"] == (4,)
    assert asked(bulk.by_load([replace(alone, read=read)]))["A"] == (1,)


def test_only_these_people_whoever_owes_least_first():
    plan = bulk.of_these([wanting("A", members=desk(owed=(2, 1, 0, 0)), seats=1)], [1, 2])
    (share,) = plan.shares
    assert [one.person for one in share.asked] == [2]
    assert [(left.name, left.why) for left in share.left_out] == [("R1", bulk.FULL)]


def test_seats_that_these_people_cannot_fill_stay_empty():
    (share,) = bulk.of_these([wanting("A", seats=3)], [1]).shares
    assert (len(share.asked), share.missing) == (1, 2)


@pytest.mark.parametrize(
    ("build", "who", "languages", "why"),
    [
        (cases.logged, "amal", (), None),
        (cases.logged, "amal", ("ar", "en"), None),
        (cases.logged, "amal", ("en",), bulk.UNREADABLE),
        (cases.logged, "enterer", (), bulk.ENTERED),
        (lambda: cases.logged().conflict("amal"), "amal", (), bulk.CONFLICT),
        (cases.in_round, "amal", (), bulk.ASKED),
        (cases.in_round, "dara", (), None),
        (lambda: cases.settled().give_back("round"), "sana", (), bulk.SETTLES),
    ],
)
def test_why_somebody_is_left_out(build, who, languages, why):
    member = Reviewer(7, "Amal", who, languages=frozenset({"ar"}))
    assert bulk.why_not(wanting("A", build(), languages=languages), member) == why


@pytest.mark.parametrize(
    ("build", "held", "seats"),
    [
        (cases.logged, 0, 3),
        (lambda: cases.logged().start("amal"), 0, 2),
        (lambda: cases.logged().start("amal"), 1, 1),
        (lambda: cases.logged().start("amal"), 5, 0),
        (cases.in_round, 0, 0),
        (cases.awaiting, 0, 0),
        (cases.disputed, 0, 0),
        (lambda: cases.awaiting().give_back("round"), 0, 3),
    ],
)
def test_how_many_an_incident_wants(build, held, seats):
    assert bulk.seats(build().dossier, 3, held) == seats
