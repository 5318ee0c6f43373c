"""The blindness proof: until a round closes, no answer of the desk moves with another person's vote.

Between two published checkpoints every address of the application is asked by everybody the guard `blind` speaks of,
before and after others have voted, voted again, taken back, abstained and stepped back. The answers, status and headers
included, are the same to the byte; only CSRF tokens and nonces are masked. The rounds run under the default grace.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from review.actions import (
    approvals,
    assignments,
    bundles,
    care,
    checkpoints,
    claims,
    log,
    policies,
    public_bundles,
    rounds,
    settlements,
    sources,
    votes,
)
from review.models import Bundle, Checkpoint, Claim, Event, session
from review.rules.policy import Policy
from review.views.pacing import Pace
from tests import builders, staffing
from tests.clocks import Clock
from tests.web.addresses import filled, rules
from tests.web.sitting import Browser, browser, masked, sitting

# They move with one's own visit, and hold nothing of anybody else: when one was last seen, a secret made anew.
ONES_OWN = {"/desk/account", "/desk/account/second-factor"}
QUERIES = {
    "/desk/incidents": (
        "", "?stage=grading", "?stage=settlement", "?q=Eluan", "?q=dusk", "?view=map", f"?stream={builders.STREAM}",
    ),
    "/desk/incidents.csv": ("", "?stage=grading"),
    "/desk/incidents.json": ("", "?q=dusk"),
    "/desk/incidents/KV412": ("", "?only-cited=yes", "?only-kind=news_article"),
    "/desk/assign": ("", f"?stream={builders.STREAM}"),
    "/desk/claims": ("", "?stage=grouped", "?q=dusk&stage=grouped"),
    "/incidents": ("", "?q=Eluan", "?view=map"),
    "/desk/inbox": ("", "?page=2"),
    "/desk/after-the-vote": ("", "?page=2"),
    "/desk/incidents/KV412/history": ("", "?kind=votes", "?kind=sources", "?by=you"),
    "/desk/incidents/NJ118/history": ("", "?kind=votes", "?kind=settlement", "?by=reviewer"),
    "/desk/waiting": ("", "?only=you", "?only=others", "?only=time", "?stage=grading", "?stage=settlement"),
}  # fmt: skip


@dataclass
class World:
    """Three incidents with an open round each: a first one, a second vote, and another on a published incident.

    And one without: its page suggests whom to ask, by what each person owes.
    """

    desk: builders.Desk
    refs: dict[str, str]
    numbers: dict[str, int]
    logged: str = "KV600"

    def rounds(self) -> Iterator[tuple[str, int]]:
        for code, ref in self.refs.items():
            yield ref, self.numbers[code]


@pytest.fixture
def filling() -> staffing.Filling:
    return three_open_rounds


@pytest.fixture
def world(staffed: builders.Desk, filled: World, time: Clock) -> World:
    """The same three rounds for each test, on a database and in files of its own."""
    return replace(filled, desk=staffed)


def three_open_rounds(built: builders.Desk, time: Clock) -> World:
    first = builders.with_sources(built, builders.opened(built, codes=("KV412",)))
    second = _disputed(built, time, builders.with_sources(built, builders.opened(built, codes=("NJ118",))))
    again = builders.agreed(built, builders.with_sources(built, builders.opened(built, codes=("KV371",))))
    builders.approved(built, again)
    approvals.reopen(built.leads[1], again, ground="verdict", reason="S9 is new.", seen=builders.row(again).digest)
    # That round closed at once; from here on the default policy, with its grace, is in force.
    policies.set_policy(built.admin, policy=Policy(), reason="Back to the default.")
    settlements.argue(built.voters[2], second, text="S6 reports mortar fire from the ridge.")
    claim = builders.received(built)
    claims.group_claim(built.enterer, first, claim)
    builders.received(built, "A second account, not placed yet.")
    asked = [actor.person for actor in (*built.voters, built.leads[1]) if actor.person]
    numbers = {
        "KV412": rounds.open_round(built.lead, first, reviewers=asked),
        "NJ118": settlements.open_second_vote(built.lead, second),
        "KV371": rounds.open_round(built.lead, again, reviewers=asked),
    }
    world = World(built, {"KV412": first, "NJ118": second, "KV371": again}, numbers)
    builders.with_sources(built, builders.opened(built, codes=(world.logged,)))
    for ref, number in world.rounds():
        builders.cast(built.voters[1], ref, number, builders.ballot("weak", 1, 2))
    builders.work()
    log.record_heads()
    public_bundles.follow(checkpoints.publish_checkpoint())
    builders.work()
    public_bundles.ask_for_incident("KV371")
    for actor in (built.auditor, built.leads[1]):
        bundles.ask(actor, profile="internal", ref=None, recipient="The tribunal", purpose="Case 4")
    builders.work()
    return world


def _disputed(desk: builders.Desk, time: Clock, ref: str) -> str:
    """A disputed round in which a lead voted too, so that the lead is asked again in the second vote."""
    people = (*desk.voters, desk.leads[1])
    number = rounds.open_round(desk.lead, ref, reviewers=[actor.person for actor in people if actor.person])
    for actor, grade in zip(people, ("fair", "fair", "discounted", "contested"), strict=True):
        builders.cast(actor, ref, number, builders.ballot(grade))
    time.at += timedelta(minutes=31)
    builders.work()
    return ref


def viewers(world: World) -> dict[str, Browser]:
    """Everybody the proof speaks of, each with their own browser."""
    desk = world.desk
    named = {
        "assigned, not voted": desk.voters[0],
        "voted": desk.voters[1],
        "not assigned": desk.spare,
        "assigned lead": desk.leads[1],
        "auditor": desk.auditor,
        "admin": desk.admin,
    }
    return {"public": browser(desk.app), **{name: sitting(desk.app, actor) for name, actor in named.items()}}


def addresses(world: World) -> list[str]:
    """Every address that answers GET, for every thing that this desk holds."""
    asked_for = select(Bundle.name).where(Bundle.person_id.is_not(None))
    places = {
        "ref": [*world.refs, world.logged],
        "number": (1, 2),
        "version": (1, 2),
        "iseq": (1, 9, 14),
        "seq": list(session.scalars(select(Event.seq).where(Event.type == "grade.published"))),
        **{place: list(session.scalars(select(Checkpoint.size))) for place in ("size", "old", "new")},
        "name": [*session.scalars(select(Claim.name)), *session.scalars(asked_for)],
        "person": [world.desk.voters[2].person],
        "slug": (world.desk.stream,),
        "token": ("no-such-token", care.stop_token(world.desk.voters[2].person or 0)),
    }
    asked_for = [rule for rule in rules(world.desk.app, "GET") if rule.rule not in ONES_OWN]
    found = [address for rule in asked_for for address in filled(rule, places)]
    session.rollback()
    return [address + query for address in found for query in QUERIES.get(address, ("",))]


def asked(world: World, people: dict[str, Browser], paths: list[str]) -> dict[tuple[str, str], str]:
    """Every answer that everybody gets."""
    return {(name, path): masked(client.get(path)) for name, client in people.items() for path in paths}


def differences(before: dict[tuple[str, str], str], after: dict[tuple[str, str], str]) -> list[str]:
    found = []
    for key, earlier in before.items():
        later = after[key]
        if earlier == later:
            continue
        pairs = zip(earlier.splitlines(), later.splitlines(), strict=False)
        first = next(((one, other) for one, other in pairs if one != other), ("", "one is longer"))
        found.append(f"{key[0]} at {key[1]}: {first[0].strip()[:160]!r} became {first[1].strip()[:160]!r}")
    return found


def others_answer(world: World) -> None:
    """What others do while one waits: a vote, another in its place, one taken back, one who cannot judge."""
    third = world.desk.voters[2]
    for code in ("KV412", "NJ118"):
        ref, number = world.refs[code], world.numbers[code]
        seq = builders.cast(third, ref, number, builders.ballot("discounted", 0, 0, rationale="No. " * 400))
        votes.withdraw_vote(third, ref, seq, reason="I misread S2.")
        builders.cast(third, ref, number, builders.ballot("confirmed", 9, 40, sources=(1, 2)))
    rounds.abstain(third, world.refs["KV371"], world.numbers["KV371"], reason="The script is beyond me.")


def everybody_answers(world: World) -> None:
    """The last answers that are owed: from now on each round is due to close, some time within its grace."""
    for ref, number in world.rounds():
        for actor in (world.desk.voters[0], world.desk.leads[1]):
            builders.cast(actor, ref, number, builders.ballot("fair"))


LAST_CHECKPOINT = re.compile(r"<strong>Checkpoint</strong> The last new one, of \d+ entries, was published at (?:<bdi>)?[^<]*(?:</bdi>)?")
WAITING = ("assigned, not voted", "assigned lead")


def test_everybody_can_take_what_the_proof_looks_at(world: World) -> None:
    """The bundles are there while the rounds are open: what the proof below compares is no page that says "later"."""
    for name, client in viewers(world).items():
        for path in ("/audit/bundle.zip", "/incidents/KV371/bundle.zip"):
            assert client.get(path).status_code == 200, (name, path)
    own = session.scalars(select(Bundle.name).where(Bundle.person_id == world.desk.auditor.person)).one()
    session.rollback()
    assert sitting(world.desk.app, world.desk.auditor).get(f"/desk/export/{own}/bundle.zip").status_code == 200


def test_a_bundle_asked_for_after_the_votes_is_the_one_from_before(world: World, time: Clock) -> None:
    before = session.scalars(select(Bundle.sha256).where(Bundle.person_id == world.desk.auditor.person)).one()
    time.at += timedelta(minutes=4)
    others_answer(world)
    name = bundles.ask(world.desk.auditor, profile="internal", ref=None, recipient="The tribunal", purpose="Case 4")
    builders.work()
    assert session.scalars(select(Bundle.sha256).where(Bundle.name == name)).one() == before


@pytest.fixture(autouse=True)
def unhurried(world: World) -> None:
    """How often programs may ask is proven elsewhere; here everybody asks for everything from one address."""
    world.desk.app.extensions["api-pace"] = Pace(each=100_000, all=100_000)


def test_no_answer_moves_with_the_votes_of_others(world: World, time: Clock) -> None:
    people, paths = viewers(world), addresses(world)
    before = asked(world, people, paths)
    time.at += timedelta(minutes=4)
    others_answer(world)
    builders.work()
    assert differences(before, asked(world, people, paths)) == []

    # The last vote names nobody either: the close waits a random while, and nothing says that it is due.
    everybody_answers(world)
    time.at += timedelta(minutes=4)
    builders.work()
    assert [builders.view(ref).open_round is not None for ref, _number in world.rounds()] == [True] * 3
    others = {name: client for name, client in people.items() if name not in WAITING}
    after = asked(world, others, paths)
    assert differences({key: text for key, text in before.items() if key in after}, after) == []


def test_a_lead_outside_the_round_sees_who_answered_and_never_which_way(world: World, time: Clock) -> None:
    """For the one exception of the guard: who has answered is shown, and another vote in its place changes nothing."""
    others_answer(world)
    people = {"lead": sitting(world.desk.app, world.desk.lead)}
    paths = addresses(world)
    before = asked(world, people, paths)
    time.at += timedelta(minutes=4)
    for ref, number in world.rounds():
        other = builders.ballot("contested", 7, 70, rationale="Otherwise. " * 90)
        builders.cast(world.desk.voters[1], ref, number, other)
    builders.work()
    assert differences(before, asked(world, people, paths)) == []


def test_a_reminder_tells_nobody_but_the_one_who_owes(world: World, time: Clock) -> None:
    """Two days later whoever owes is reminded; nobody else's desk, inbox or count has moved, nor any lead's who judges.

    But for the keeper's line on the last checkpoint: it is there for everybody to take, and two days publish new ones.
    """
    own = ["/desk", "/desk/inbox", "/desk/workload"]
    before = asked(world, viewers(world), own)
    time.at += timedelta(hours=48)
    builders.work()
    after = asked(world, viewers(world), own)
    moved = {key[0] for key, text in before.items() if LAST_CHECKPOINT.sub("", after[key]) != LAST_CHECKPOINT.sub("", text)}
    assert moved == set(WAITING)
    assert {path for (name, path), text in before.items() if name == "assigned lead" and after[name, path] != text} == {
        "/desk", "/desk/inbox",
    }  # fmt: skip


def test_a_seat_that_is_held_moves_nobodys_page(world: World, time: Clock) -> None:
    """Nobody but a lead outside the round sees that somebody took "next"."""
    asked_few = [actor.person for actor in (world.desk.voters[0], world.desk.leads[1]) if actor.person]
    short = builders.with_sources(world.desk, builders.opened(world.desk, codes=("KV601",)))
    rounds.open_round(world.desk.lead, short, reviewers=asked_few)
    people = {name: client for name, client in viewers(world).items() if name != "not assigned"}
    paths = ["/desk", "/desk/inbox", "/desk/incidents", "/desk/incidents/KV601", "/desk/incidents/KV601/history", "/desk/waiting"]
    before = asked(world, people, paths)
    time.at += timedelta(minutes=4)
    assert assignments.take_next(world.desk.spare) == short
    assert differences(before, asked(world, people, paths)) == []


REFUSED = (
    ("/desk/incidents/KV412/vote", {"round": "1", "grade": "fair", "rationale": "Because."}),
    ("/desk/incidents/KV412/rounds/1/close", {"reason": "It is time."}),
    ("/desk/incidents/KV412/rounds/1/release", {"person": "3", "reason": "Away."}),
    ("/desk/incidents/KV412/rounds/1/substitute", {"person": "3", "by": "6", "reason": "Away."}),
    ("/desk/waiting/KV412/rounds/1/substitute", {"person": "3", "by": "6"}),
    ("/desk/incidents/KV412/pass", {"round": "1"}),
    ("/desk/assign/preview", {"incident": "KV412", "how": "load"}),
    ("/desk/incidents/KV412/exclude", {"vote": "1", "ground": "conflict", "reason": "Too close."}),
    ("/desk/incidents/NJ118/exclude", {"vote": "1", "ground": "conflict", "reason": "Too close."}),
    ("/desk/incidents/KV412/rounds/1/assign", {"person": "3"}),
    ("/desk/incidents/KV412/rounds/1/panel", {"people": "3"}),
    ("/desk/incidents/NJ118/settlement/argue", {"text": "And yet."}),
    ("/desk/incidents/NJ118/settlement/appoint", {"person": "6"}),
    ("/desk/incidents/KV412/settlement/appoint", {"person": "4"}),
    ("/desk/incidents/KV412/approval/approve", {"reason": "Yes."}),
)


def test_no_refusal_moves_with_the_votes_of_others(world: World, time: Clock) -> None:
    """What a guard answers to somebody who may not act is built from what they may see."""
    people = {name: client for name, client in viewers(world).items() if name in ("not assigned", "auditor", "assigned lead")}

    def answers() -> dict[tuple[str, str], str]:
        found = {}
        for name, client in people.items():
            for path, form in REFUSED:
                if name == "assigned lead" and path.endswith(("/vote", "/release", "/pass")):
                    continue  # these the lead may do
                found[name, path] = masked(client.post(path, data=form))
        return found

    before = answers()
    assert all(re.match(r"4\d\d ", answer) for answer in before.values()), before
    time.at += timedelta(minutes=4)
    others_answer(world)
    builders.work()
    assert differences(before, answers()) == []


def leaks() -> list[tuple[str, Callable[[World], None]]]:
    return [
        ("a source attached moves the pages", lambda world: _attach(world)),
        ("the close of a round moves the pages", lambda world: _close(world)),
    ]


def _attach(world: World) -> None:
    sources.attach_source(world.desk.enterer, world.refs["KV412"], draft=builders.draft(8))


def _close(world: World) -> None:
    for actor in (world.desk.voters[0], world.desk.voters[2], world.desk.leads[1]):
        builders.cast(actor, world.refs["NJ118"], world.numbers["NJ118"], builders.ballot("weak"))
    rounds.close_due(world.refs["NJ118"], world.numbers["NJ118"])


@pytest.mark.parametrize(("what", "act"), leaks(), ids=[name for name, _act in leaks()])
def test_the_proof_can_fail(world: World, what: str, act: Callable[[World], None]) -> None:
    people = {"voted": sitting(world.desk.app, world.desk.voters[1])}
    paths = ["/desk/incidents/KV412", "/desk/incidents/NJ118"]
    before = asked(world, people, paths)
    act(world)
    assert differences(before, asked(world, people, paths)), what
