"""No path reaches `published` without every guard.

People try verbs at random; whatever the requirements let through is done. At every published version the raw events
are judged again from scratch, without the rules.
"""

from collections import Counter

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from review.rules import approval, rounds, settlement
from review.rules.errors import DomainError
from review.rules.grades import AIRWARS_1
from review.rules.history import fold
from review.rules.permissions import may
from review.rules.policy import Policy
from review.rules.requirements import Deed, page_of, unmet
from tests.rules import cases
from tests.rules.cases import Case, viewer

PEOPLE = ("enterer", "amal", "bram", "cleo", "dara", "sana", "lead", "second", "admin")
GRADES = ("fair", "fair", "fair", "weak", "contested")
REASON = "S1 S2 S3 S4 S5 S6 S7 S8 S9: it follows."


class Desk:
    """One incident and the people around it; `attempt` does a verb iff role and requirements allow it."""

    def __init__(self, required: int) -> None:
        self.case = Case(Policy(required=required)).open()
        self.case.attach("dara")
        self.versions = 0

    def attempt(self, verb: str, who: str, grade: str, subject: str) -> bool:
        if who == "system" or not may(cases.role_of(who), verb):
            return False
        dossier = self.case.dossier
        deed = Deed(reason=REASON, seen=page_of(verb, dossier), vote=self._vote(subject))
        if verb == "exclude_vote" and deed.vote is None:
            return False
        if verb in ("assign_reviewer", "appoint_settler", "release_reviewer"):
            deed = Deed(reason=REASON, subject=subject, role=cases.role_of(subject))
        if unmet(verb, dossier, viewer(who), deed):
            return False
        try:
            DO[verb](self.case, who, grade, subject)
        except DomainError:
            return False
        return True

    def go_on(self, who: str, grade: str, subject: str) -> bool:
        """One step towards a published version, by whoever may do it, from `who` on."""
        place = PEOPLE.index(who)
        people = (*PEOPLE[place:], *PEOPLE[:place])
        return any(
            self.attempt(verb, one, grade, subject)
            for verb in ONWARD
            for one in people
            if not (verb == "cast_vote" and self._vote(one))
        )

    def _vote(self, who: str) -> int | None:
        live = [vote.seq for vote in self.case.dossier.votes if vote.voter == who and vote.state == "live"]
        return live[-1] if live else None

    def work(self) -> None:
        """What the worker does between two steps: close what is due, void what moved."""
        case = self.case
        if rounds.due(case.dossier):
            case.close()
        dossier = case.dossier
        if dossier.proposal and dossier.proposal.dossier != dossier.digest:
            case.void()
            if approval.proposed(case.opened):
                case.propose()


def _open(case, who, grade, subject):
    case.start(by=who)


def _assign(case, who, grade, subject):
    case.record("reviewer.assigned", who, round=case.number, who=subject)


def _take(case, who, grade, subject):
    case.record("reviewer.assigned", who, round=case.number, who=who)


def _cast(case, who, grade, subject):
    answer = cases.ballot(grade, sources=(1,), departs="It follows all the same.")
    case.cast(who, rounds.accept(case.dossier, case.number, who, answer))


def _exclude(case, who, grade, subject):
    case.exclude_vote([v.seq for v in case.dossier.votes if v.voter == subject and v.state == "live"][-1])
    if case.dossier.stage == "approval":
        case.void()
        if approval.proposed(case.opened):
            case.propose()


def _settle(case, who, grade, subject):
    case.settle(who, grade)


def _dissent(case, who, grade, subject):
    own = [seq for seq in settlement.dissenting(case.dossier) if case.dossier.vote(seq).voter == who]
    case.dissent(who, own[0])


def _return(case, who, grade, subject):
    case.give_back("settlement" if grade == "weak" else "round")


DO = {
    "open_round": _open,
    "assign_reviewer": _assign,
    "take_next": _take,
    "cast_vote": _cast,
    "withdraw_vote": lambda case, who, grade, subject: case.withdraw(who),
    "abstain": lambda case, who, grade, subject: case.answer(who, "abstained"),
    "recuse": lambda case, who, grade, subject: case.answer(who, "recused"),
    "release_reviewer": lambda case, who, grade, subject: case.release(subject),
    "abandon_round": lambda case, who, grade, subject: case.abandon(),
    "close_round": lambda case, who, grade, subject: case.close(),
    "exclude_vote": _exclude,
    "argue": lambda case, who, grade, subject: case.argue(who),
    "appoint_settler": lambda case, who, grade, subject: case.appoint(subject),
    "settle": _settle,
    "dissent": _dissent,
    "approve": lambda case, who, grade, subject: case.approve(who, REASON),
    "return_grade": _return,
    "reopen": lambda case, who, grade, subject: case.reopen(),
    "declare_conflict": lambda case, who, grade, subject: case.conflict(who),
    "describe_incident": lambda case, who, grade, subject: case.describe(who, cases.LIKELY),
    "attach_source": lambda case, who, grade, subject: case.attach(who),
}

ONWARD = ("approve", "settle", "appoint_settler", "open_round", "cast_vote", "take_next")
VERBS = tuple(DO)
# Most steps lead on, so that many paths come far; the others are whatever somebody tries.
steps = st.lists(
    st.tuples(
        st.sampled_from((*[None] * 2 * len(VERBS), *VERBS)),
        st.sampled_from(PEOPLE),
        st.sampled_from(GRADES),
        st.sampled_from(PEOPLE[:-1]),
    ),
    min_size=20,
    max_size=50,
)


def judged_again(case: Case) -> None:
    """Every published version, from the raw events alone."""
    for place, record in enumerate(case.records):
        if record.type == "grade.published":
            _judge(case, case.records[: place + 1])


def _judge(case, records):
    approved = next(r for r in records if r.seq == records[-1].body["of"])
    before = [r for r in records if r.seq < approved.seq]
    proposal = next(r for r in before if r.seq == approved.body["of"])
    number = proposal.body["round"]
    approver = approved.actor
    assert approved.role == "lead"
    assert approved.sealed["reason"].strip()
    assert approver not in _actors(before, "incident.opened", "incident.described", "vote.committed")
    assert approver not in {r.body["who"] for r in before if r.type == "settler.appointed"}
    assert approver not in _actors(before, "conflict.declared")
    assert not any(r.type in ("proposal.voided", "grade.returned") and r.body["of"] == proposal.seq for r in before)
    held = _live(case, before, number)
    assert len(held) >= 3
    assert not set(held) & _actors(before, "incident.opened")
    closed = next(r for r in before if r.type == "round.closed" and r.body["round"] == number)
    assert closed.seq < proposal.seq
    assert all(r.seq < closed.seq for r in before if r.type == "vote.committed" and r.body["round"] == number)
    counts = Counter(held.values())
    grade = proposal.body["grade"]
    if proposal.body["settlement"] is None or closed.body["result"] == "agreed":
        assert 3 * counts[grade] >= 2 * len(held)
        assert all(AIRWARS_1.within(grade, other, 1) for other in counts)
    else:
        ended = [r for r in before if r.type == "settlement.closed"][-1]
        assert grade in counts
        assert ended.actor not in _actors(before, "incident.opened", "vote.committed")
    assert sorted(proposal.body["minority"]) == sorted(
        vote.seq for vote in _fold(case, before).live(number) if held[vote.voter] != grade
    )
    _judge_freshness(before, proposal, approved, number)


def _judge_freshness(before, proposal, approved, number):
    live = {}
    for r in before:
        if r.type == "vote.committed" and r.body["round"] == number:
            live[r.actor] = r
    excluded = {r.body["of"] for r in before if r.type == "vote.excluded"}
    oldest = min(r.seq for r in live.values() if r.seq not in excluded)
    moved = [r.seq for r in before if r.judged == "E" and r.seq > oldest]
    assert list(approved.body["stale"]) == moved
    assert not any(r.judged in ("E", "D") and r.seq > proposal.seq for r in before)


def _fold(case, records):
    return fold(cases.INCIDENT, records, policies=case.policies, codebooks=case.codebooks, ballots=case.ballots)


def _actors(records, *types):
    return {r.actor for r in records if r.type in types and r.body.get("material") is not False}


def _live(case, records, number):
    """Voter -> grade: the latest commitment of each, neither withdrawn nor excluded."""
    gone = {r.body["of"] for r in records if r.type in ("vote.withdrawn", "vote.excluded")}
    latest = {r.actor: r.seq for r in records if r.type == "vote.committed" and r.body["round"] == number}
    return {who: case.ballots[seq].grade for who, seq in latest.items() if seq not in gone}


# One example takes a fifth of a second: also the long run stays within a test's five minutes.
@settings(max_examples=min(settings.default.max_examples, 600))
@given(st.integers(2, 4), steps)
def test_no_path_reaches_published_without_every_guard(required, drawn):
    desk = Desk(required)
    for verb, who, grade, subject in drawn:
        if verb:
            desk.attempt(verb, who, grade, subject)
        else:
            desk.go_on(who, grade, subject)
        desk.work()
    judged_again(desk.case)
    assert "admin" not in {record.actor for record in desk.case.records}
    event(f"versions: {desk.case.types().count('grade.published')}")
    event(f"stage: {desk.case.dossier.stage}")


def _play(desk, *moves):
    for verb, who, *rest in moves:
        grade, subject = (*rest, "fair", "sana")[:2]
        assert desk.attempt(verb, who, grade, subject), (verb, who)
        desk.work()


OPENED = (("open_round", "lead"), *(("take_next", who) for who in cases.VOTERS))


def test_the_straight_path_reaches_published_twice():
    desk = Desk(3)
    votes = tuple(("cast_vote", who, "fair") for who in cases.VOTERS)
    _play(desk, *OPENED, *votes, ("approve", "lead"), ("reopen", "second"), *OPENED, *votes, ("approve", "second"))
    assert desk.case.types().count("grade.published") == 2
    judged_again(desk.case)


def test_the_long_ladder_reaches_published():
    desk = Desk(3)
    apart = tuple(zip(["cast_vote"] * 3, cases.VOTERS, ("fair", "weak", "contested"), strict=True))
    _play(
        desk,
        *OPENED,
        *apart,
        ("argue", "cleo"),
        ("open_round", "lead"),
        *apart,
        ("appoint_settler", "lead", "fair", "sana"),
        ("settle", "sana", "weak"),
        ("dissent", "amal"),
        ("approve", "second"),
    )
    assert desk.case.dossier.determination.grade == "weak"
    judged_again(desk.case)


@pytest.mark.parametrize("required", [2])
def test_a_policy_for_the_desk_alone_never_reaches_published(required):
    desk = Desk(required)
    _play(desk, *OPENED[:3], ("cast_vote", "amal", "fair"), ("cast_vote", "bram", "fair"))
    assert desk.case.dossier.stage == "approval"
    assert not desk.attempt("approve", "lead", "fair", "sana")
