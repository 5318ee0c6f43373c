"""The log goes on under another name: what was in flight falls, what was decided and who took part stands."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from review.audit.events import TYPES
from review.rules import places
from review.rules.dossier import Dossier
from review.rules.errors import Refused
from review.rules.history import fold
from tests.rules import cases
from tests.rules.cases import Case

KINDS = ("seq", "seq?", "[seq]")


def crossed(case: Case, joint: int = 10_000) -> Dossier:
    """The incident as it stands once the log went on at `joint`."""
    return fold(
        cases.INCIDENT, case.records, policies=case.policies, codebooks=case.codebooks, joints=(joint,)
    )


def reopened() -> Case:
    case = cases.published()
    case.record("grade.reopened", "lead", {"reason": "A second statement."}, version=1, ground="verdict")
    return case


def dismissed(case: Case) -> Case:
    case.record("incident.dismissed", "lead", {"reason": "A duplicate."})
    return case


STAGES: list[tuple[str, Callable[[], Case], str]] = [
    ("logged", cases.logged, "logged"),
    ("a round without votes", cases.in_round, "logged"),
    ("a round with votes", cases.voted, "logged"),
    ("a settlement", cases.disputed, "logged"),
    ("a second vote", lambda: cases.second_vote("fair", "fair", "fair"), "logged"),
    ("a settler wanted", cases.waiting_for_settler, "logged"),
    ("an approval", cases.awaiting, "logged"),
    ("a settled approval", cases.settled, "logged"),
    ("published", cases.published, "published"),
    ("reopened", reopened, "published"),
    ("a new round over a version", lambda: reopened().start(*cases.VOTERS), "published"),
    ("an exit", lambda: dismissed(cases.logged()), "dismissed"),
]


@pytest.mark.parametrize(("case", "stage"), [one[1:] for one in STAGES], ids=[one[0] for one in STAGES])
def test_nothing_is_in_flight_any_more(case: Callable[[], Case], stage: str) -> None:
    before, after = case().dossier, crossed(case())
    assert after.stage == stage
    assert (after.open_round, after.open_settlement, after.proposal, after.reopened) == (None, None, None, None)
    assert not after.needs_round
    assert [one.number for one in after.rounds] == [one.number for one in before.rounds]
    for name in ("determinations", "entered", "voted", "settled", "conflicts", "sources", "claims", "evidence", "digest"):
        assert getattr(after, name) == getattr(before, name), name


def test_no_vote_of_a_fallen_round_is_known() -> None:
    assert all(vote.ballot is None and vote.revealed is None for vote in crossed(cases.voted()).votes)


def test_what_is_restored_behind_the_joint_is_not_in_flight_either() -> None:
    case = dismissed(cases.awaiting())
    joint = case.records[-1].seq + 1
    case.record("incident.restored", "lead", {"reason": "It was none."})
    assert crossed(case, joint).stage == "logged"
    assert case.dossier.stage == "approval"


def test_a_round_behind_the_joint_is_counted_on_and_stays_open() -> None:
    case = cases.voted()
    joint = case.records[-1].seq + 1
    body = {"round": 2, "kind": "again", "of": None, "policy": 1, "codebook": 0, "evidence": case.dossier.evidence}
    case.record("round.opened", "lead", {"reason": None}, **body)
    after = crossed(case, joint)
    assert after.stage == "grading"
    assert after.open_round is not None and after.open_round.number == 2


# --- places ---------------------------------------------------------------------------------------------------


def test_every_field_that_names_a_place_is_counted_on() -> None:
    declared = {name: tuple(field for field, kind in type_.body.items() if kind in KINDS) for name, type_ in TYPES.items()}
    assert {name: fields for name, fields in declared.items() if fields} == dict(places.NAMING)


def test_a_line_counts_from_its_own_log_and_the_desk_from_its_first_leaf() -> None:
    body = {"of": 105, "override": None, "dossier": "d", "stale": [101, 102], "not_before": None}
    said = places.moved("grade.approved", body, -100)
    assert said == {**body, "of": 5, "stale": [1, 2]}
    event = {"type": "grade.approved", "seq": 7, "body": said}
    assert places.here(event, 107) == {"type": "grade.approved", "seq": 107, "body": body}
    assert places.sealed_here("settlement.closed", {"replies": {"4": "Heard."}}, 100) == {"replies": {"104": "Heard."}}


@pytest.mark.parametrize(("place", "fails"), [(100, False), (99, True)], ids=["its first entry", "the one before"])
def test_a_place_before_the_log_cannot_be_named(place: int, fails: bool) -> None:
    if not fails:
        assert places.moved("claim.grouped", {"claim": place}, -100) == {"claim": 0}
        return
    with pytest.raises(Refused) as refused:
        places.moved("claim.grouped", {"claim": place}, -100)
    assert [one.name for one in refused.value.requirements] == ["same-log"]
