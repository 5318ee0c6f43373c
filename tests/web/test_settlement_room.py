"""The settlement room: votes side by side, whose turn it is, every argument answered, and what becomes of one's vote."""

from __future__ import annotations

import re

import pytest

from review.actions import approvals, settlements
from review.queries.settlements import SettlementPage, settlement_page
from review.rules.permissions import Actor
from tests import builders
from tests.web.sitting import Browser, sitting
from tests.web.test_public_pages import plain

HERE = "/desk/incidents/KV412/settlement"


@pytest.fixture
def team(staffed: builders.Desk) -> builders.Desk:
    return staffed


def at(team: builders.Desk, actor: Actor) -> Browser:
    return sitting(team.app, actor)


def read(client: Browser, path: str = HERE) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def room(actor: Actor) -> SettlementPage:
    builders.session.rollback()
    return settlement_page(actor, "KV412")


def differing(team: builders.Desk) -> str:
    """Two against one, in the grade and the range; S1 carries all, S2 one alone. In the order in which they vote."""
    builders.at_once(team)
    ref, number = builders.round_opened(team)
    fair = builders.ballot("fair", 3, 5, sources=(1,))
    builders.cast(team.voters[0], ref, number, fair)
    builders.cast(team.voters[1], ref, number, fair)
    builders.cast(team.voters[2], ref, number, builders.ballot("discounted", 1, 5, sources=(1, 2)))
    builders.work()
    return ref


# --- side by side ------------------------------------------------------------------------------------------


def test_where_the_votes_differ_is_said_in_words_and_marked_in_shape(team: builders.Desk) -> None:
    differing(team)
    page = read(at(team, team.voters[0]))
    rows = dict(re.findall(r'<tr[^>]*><th scope="row">([A-Z][a-z ]+?)\s*<(.*?)</tr>', page, re.S))
    rows.pop("Against its definition", None)
    assert {name: "differs" in row for name, row in rows.items()} == {
        "Grade": True, "Killed": True, "Injured": False, "Rests on": True,
    }  # fmt: skip
    assert {name: row.count("stands apart") for name, row in rows.items()} == {
        "Grade": 1, "Killed": 1, "Injured": 0, "Rests on": 0,
    }  # fmt: skip
    assert rows["Grade"].count('class="odd"') == 1 and rows["Injured"].count('class="odd"') == 0
    assert rows["Rests on"].count("nobody else") == 1


def test_the_sources_are_told_apart_by_how_many_votes_rest_on_them(team: builders.Desk) -> None:
    differing(team)
    words = plain(read(at(team, team.voters[0]))).split("What the votes rest on")[1].split("In their words")[0]
    everybody, alone = words.split("One alone")
    assert "All of them" in everybody and "S1" in everybody and "S2" not in everybody
    assert re.search(r"S2 .* by [ABC]", alone)


def test_why_the_round_is_disputed_names_the_grades_and_the_distance(team: builders.Desk) -> None:
    differing(team)
    words = plain(read(at(team, team.lead)))
    assert "Disputed: 2 of 3 say Fair. Discounted lies 3 from it, and this round allows 1." in words


def test_letters_stand_where_names_would(team: builders.Desk) -> None:
    builders.undecided(team)
    for actor in (team.lead, team.voters[0]):
        page = read(at(team, actor))
        main = page.split("<main")[1]
        shown = [one.name for one in team.voters if one.name in plain(main) and one != actor]
        # The builder writes the names of the voters into their arguments, and nothing else does.
        assert all(f"What {name} holds" in plain(main) for name in shown)
        assert not any(re.search(rf"<th[^>]*>[^<]*{name}", main) for name in shown)


# --- whose turn --------------------------------------------------------------------------------------------


def test_at_each_rung_everybody_is_told_whose_turn_it_is(team: builders.Desk) -> None:
    ref = differing(team)
    first, lead, settler = team.voters[0], team.lead, team.spare

    def yours() -> tuple[bool, bool]:
        return tuple("Your turn." in plain(read(at(team, actor))) for actor in (first, lead))  # type: ignore[return-value]

    assert yours() == (True, False)
    for actor in team.voters:
        settlements.argue(actor, ref, text="Mortars, from the ridge.")
    assert yours() == (False, True)
    number = settlements.open_second_vote(lead, ref)
    assert yours() == (True, False)
    builders.cast(first, ref, number)
    assert yours() == (False, False)
    builders.cast(team.voters[1], ref, number)
    builders.cast(team.voters[2], ref, number, builders.ballot("discounted"))
    builders.work()
    assert yours() == (False, True)
    settlements.appoint_settler(lead, ref, settler.person or 0)
    assert yours() == (False, False)
    assert "Your turn." in plain(read(at(team, settler)))


def test_in_the_second_vote_the_room_does_not_move_with_the_votes_of_others(team: builders.Desk) -> None:
    ref = differing(team)
    number = settlements.open_second_vote(team.lead, ref)
    people = {name: at(team, actor) for name, actor in {"lead": team.lead, "voter": team.voters[0]}.items()}
    before = {name: plain(read(client)) for name, client in people.items()}
    builders.cast(team.voters[1], ref, number, builders.ballot("weak", 9, 90))
    builders.cast(team.voters[2], ref, number, builders.ballot("confirmed", 9, 90))
    assert {name: plain(read(client)) for name, client in people.items()} == before


# --- answered one by one -----------------------------------------------------------------------------------


def to_settle(team: builders.Desk) -> str:
    ref = builders.undecided(team)
    settlements.appoint_settler(team.lead, ref, team.spare.person or 0)
    return ref


def test_a_settler_is_told_which_arguments_are_unanswered_and_keeps_what_was_typed(team: builders.Desk) -> None:
    ref = to_settle(team)
    client = at(team, team.spare)
    arguments = room(team.spare).arguments
    (asked,) = [one for one in arguments if "fair" in one.needed]
    others = [one for one in arguments if one != asked]
    form = {"seen": seen(read(client)), "grade": "fair", f"reply-{others[0].handle}": "Heard.", "rationale": ""}
    refused = client.post(f"{HERE}/settle", data=form)
    words = plain(refused.get_data(as_text=True))
    assert refused.status_code == 422
    assert f"Argument {asked.number}, of {asked.letter}, has no answer yet." in words
    assert not any(f"Argument {one.number}, of {one.letter}, has no answer yet." in words for one in others)
    assert "Say why this grade follows" in words, "everything that is missing is said at once"
    assert f'href="#settle-reply-{asked.handle}"' in refused.get_data(as_text=True)
    assert "Heard." in read(client), "kept as a draft, for another evening"
    done = client.post(f"{HERE}/settle", data={**form, f"reply-{asked.handle}": "It lies elsewhere.", "rationale": "So."})
    assert done.status_code == 303
    assert builders.view(ref).stage == "approval"


def test_each_argument_says_to_which_results_it_must_be_answered(team: builders.Desk) -> None:
    to_settle(team)
    needed = sorted(one.needed for one in room(team.spare).arguments)
    assert needed == [("discounted", "no_consensus"), ("discounted", "no_consensus"), ("fair", "no_consensus")]
    assert "Asked for where you settle as: Fair, No consensus." in plain(read(at(team, team.spare)))


def test_an_answer_stands_under_the_argument_that_it_answers(team: builders.Desk) -> None:
    builders.settled(team)
    page = read(at(team, team.lead))
    blocks = re.findall(r'<article class="argument".*?</article>', page, re.S)
    assert [("Heard; S2 says otherwise." in one, "no answer was asked for" in one) for one in blocks].count((True, False)) == 1
    assert [("Heard; S2 says otherwise." in one, "no answer was asked for" in one) for one in blocks].count((False, True)) == 2


# --- dissent -----------------------------------------------------------------------------------------------


def test_a_dissent_says_how_long_it_is_open_and_its_draft_is_kept(team: builders.Desk) -> None:
    ref = builders.settled(team)
    client = at(team, team.voters[2])
    assert "Open until the approval." in plain(read(client))
    kept = client.post("/desk/incidents/KV412/draft", data={"kind": "dissent", "text": "One account, told twice."})
    assert kept.status_code == 303
    assert "One account, told twice." in read(client)
    assert "One account, told twice." not in read(at(team, team.lead)), "a draft is its writer's alone"
    client.post(f"{HERE}/dissent", data={"text": "One account, told three times."})
    assert "One account, told three times." in read(at(team, team.lead))
    builders.approved(team, ref)
    assert "Your words for the public" not in read(client)


# --- after the vote ----------------------------------------------------------------------------------------


def test_nothing_is_said_of_a_result_before_there_is_one(team: builders.Desk) -> None:
    to_settle(team)
    client = at(team, team.voters[2])
    for path in (HERE, "/desk", "/desk/after-the-vote", "/desk/incidents/KV412"):
        assert "Your vote and the result" not in read(client, path)
        assert "The result:" not in plain(read(client, path))


def test_who_was_outvoted_reads_where_and_why_on_the_desk_and_on_the_incident(team: builders.Desk) -> None:
    ref = builders.settled(team)
    builders.approved(team, ref)
    outvoted, agreeing = at(team, team.voters[2]), at(team, team.voters[0])
    assert "Where the result differs from your vote" in plain(read(outvoted, "/desk"))
    assert "Where the result differs from your vote" not in plain(read(agreeing, "/desk"))
    words = plain(read(outvoted, "/desk/incidents/KV412")).split("Your vote and the result")[1]
    assert "The result differs from your vote in the grade." in words
    for said in ("S1 and S2 stand on their own.", "Heard; S2 says otherwise.", "Every guard is met."):
        assert said in words
    assert "The result is what you voted" in plain(read(agreeing, "/desk/incidents/KV412"))


def test_the_page_after_the_vote_holds_ones_own_votes_and_no_sum_of_them(team: builders.Desk) -> None:
    builders.settled(team)
    page = plain(read(at(team, team.voters[2]), "/desk/after-the-vote").split("<main")[1])
    assert "You: Discounted" in page and "The result: Fair" in page
    assert "waits for approval" in page
    assert not re.search(r"\d+ ?%|\d+ of \d+", page)
    assert all(one.name not in page for one in (*team.voters, team.spare, *team.leads))
    assert "No result yet" in plain(read(at(team, team.spare), "/desk/after-the-vote"))


def test_a_new_round_says_nothing_of_the_earlier_vote_beside_the_ballot(team: builders.Desk) -> None:
    ref = builders.settled(team)
    builders.approved(team, ref)
    approvals.reopen(team.leads[1], ref, ground="verdict", reason="S9 is new.", seen=builders.row(ref).digest)
    client = at(team, team.voters[2])
    assert "Your vote and the result" in read(client, "/desk/incidents/KV412")
    builders.rounds.open_round(team.lead, ref, reviewers=[one.person for one in team.voters if one.person])
    assert "Your vote and the result" not in read(client, "/desk/incidents/KV412")
