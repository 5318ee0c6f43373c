"""The working screens: what each person finds on them, and what their forms do, without a script.

Sources, settlements and approvals have files of their own.
"""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from review.actions import drafts, people, sources, streams
from review.models import session
from review.notices import KINDS
from review.queries.inbox import TOLD
from review.rules.permissions import Actor
from tests import builders
from tests.web.sitting import Browser, hidden, sitting

BECAUSE = "Two accounts that do not copy one another."


@pytest.fixture
def world(staffed: builders.Desk) -> builders.Desk:
    return staffed


def at(world: builders.Desk, actor: Actor) -> Browser:
    return sitting(world.app, actor)


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def incident(client: Browser, ref: str = "KV412") -> str:
    answer = client.get(f"/desk/incidents/{ref}")
    assert answer.status_code == 200
    return text(answer)


def ballot(page: str, **changes: str | list[str]) -> dict[str, str | list[str]]:
    """The ballot as its page would send it."""
    known: dict[str, str | list[str]] = {
        "round": hidden(page, "round"),
        "seen": hidden(page, "seen"),
        "grade": "fair",
        "killed_min": "3",
        "killed_max": "5",
        "injured_min": "",
        "injured_max": "",
        "rationale": BECAUSE,
        "sources": ["1", "2"],
    }
    return {**known, **changes}


# --- the desk ----------------------------------------------------------------------------------------------


def test_the_desk_shows_what_is_on_ones_own_turn(world: builders.Desk) -> None:
    builders.round_opened(world)
    mine, others = at(world, world.voters[0]), at(world, world.spare)
    assert "Your vote is owed" in text(mine.get("/desk"))
    assert "KV412" in text(mine.get("/desk"))
    page = text(others.get("/desk"))
    assert "KV412" not in page
    assert "Nothing is on your turn" in page


def test_next_leads_to_an_incident_or_to_a_calm_sentence(world: builders.Desk) -> None:
    client = at(world, world.spare)
    nothing = client.post("/desk/next")
    assert (nothing.status_code, nothing.location) == (303, "/desk?nothing=1")
    assert "or stop here for today" in text(client.get(nothing.location))
    builders.round_opened(world, reviewers=())
    taken = client.post("/desk/next")
    assert taken.status_code == 303
    assert "Your ballot" in text(client.get(taken.location))


def test_every_kind_of_notice_has_its_sentence_on_the_desk() -> None:
    assert set(TOLD) == set(KINDS)


# --- the list ----------------------------------------------------------------------------------------------


def test_the_list_goes_on_by_keyset_and_narrows_by_its_filters(world: builders.Desk) -> None:
    for number in range(53):
        builders.opened(world, codes=(f"LP{number:03}",))
    client = at(world, world.auditor)
    first = text(client.get("/desk/incidents"))
    assert first.count("<tr>") == 51  # the head and fifty rows
    assert "LP052" in first and "LP002" not in first
    older = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = text(client.get(older))
    assert "LP002" in second and "LP003" not in second
    assert "LP007" in text(client.get("/desk/incidents?q=lp007"))
    assert "LP007" in text(client.get("/desk/incidents?q=marj&stage=logged&before=9"))
    assert "Nothing fits" in text(client.get("/desk/incidents?stage=published"))


def test_two_incidents_of_one_code_are_each_reached_by_name(world: builders.Desk) -> None:
    names = {builders.opened(world, codes=("TS631",)) for _time in range(2)}
    page = text(at(world, world.auditor).get("/desk/incidents"))
    assert all(f'href="/desk/incidents/{name}"' in page for name in names)


# --- the incident ------------------------------------------------------------------------------------------


def test_the_ballot_has_every_grade_in_ink_with_its_definition_and_warnings(world: builders.Desk) -> None:
    builders.round_opened(world, builders.with_sources(world, count=1))
    page = incident(at(world, world.voters[0]))
    for grade in ("confirmed", "fair", "weak", "contested", "discounted"):
        assert f'value="{grade}"' in page
    assert "Two or more credible sources" in page
    assert "This grade asks for two or more independent origins; 1 are recorded." in page
    assert "no_consensus" not in page
    assert "My vote rests on S1" in page


def test_a_vote_is_cast_from_its_page_and_the_next_is_one_press_away(world: builders.Desk) -> None:
    ref, number = builders.round_opened(world)
    voter = world.voters[0]
    client = at(world, voter)
    answer = client.post("/desk/incidents/KV412/vote", data=ballot(incident(client)))
    assert (answer.status_code, answer.location) == (303, "/desk")
    page = text(client.get("/desk"))
    assert "cast and sealed" in page
    assert "Take the next incident" in page
    vote = builders.view(ref).live_of(number, builders.who(voter, ref))
    assert vote and vote.ballot and (vote.ballot.grade, vote.ballot.sources) == ("fair", (1, 2))
    assert vote.ballot.casualties.injured.known is False
    again = incident(client)
    assert "You have voted." in again and BECAUSE in again


def test_arabic_digits_are_numbers(world: builders.Desk) -> None:
    ref, number = builders.round_opened(world)
    client = at(world, world.voters[0])
    client.post("/desk/incidents/KV412/vote", data=ballot(incident(client), killed_min="٣", killed_max="٥"))
    vote = builders.view(ref).live(number)[0]
    assert vote.ballot and vote.ballot.casualties.killed.as_list() == [3, 5]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"rationale": ""}, "Not answered yet. Say what you make of it, and on what it rests."),
        ({"killed_min": "many"}, "Only whole numbers of people"),
        ({"killed_min": "7"}, "The fewest is greater than the most."),
        ({"grade": ""}, "Choose one of the grades of this round."),
        ({"grade": "weak"}, "You may still cast it: say why."),
    ],
)
def test_what_cannot_be_taken_is_said_and_nothing_typed_is_lost(
    world: builders.Desk, changes: dict[str, str], sentence: str
) -> None:
    ref, number = builders.round_opened(world)
    client = at(world, world.voters[0])
    sent = ballot(incident(client), injured_min="11", **changes)
    answer = client.post("/desk/incidents/KV412/vote", data=sent)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert 'value="11"' in text(answer)
    if sent["rationale"]:
        assert BECAUSE in text(answer)
    assert builders.view(ref).live(number) == ()


def test_a_moved_incident_refuses_the_vote_and_keeps_it_as_a_draft(world: builders.Desk) -> None:
    ref, number = builders.round_opened(world)
    client = at(world, world.voters[0])
    sent = ballot(incident(client))
    sources.attach_source(world.enterer, ref, draft=builders.draft(7))
    answer = client.post("/desk/incidents/KV412/vote", data=sent)
    assert answer.status_code == 409
    assert "Source S3 was attached." in text(answer)
    assert BECAUSE in text(answer)
    assert builders.view(ref).live(number) == ()
    assert BECAUSE in incident(client)


def test_a_ballot_that_says_not_what_its_page_showed_is_never_fresh(world: builders.Desk) -> None:
    ref, number = builders.round_opened(world)
    client = at(world, world.voters[0])
    answer = client.post("/desk/incidents/KV412/vote", data=ballot(incident(client), seen=""))
    assert answer.status_code == 409
    assert builders.view(ref).live(number) == ()


def test_a_draft_is_kept_without_script_and_shown_to_its_writer_alone(world: builders.Desk) -> None:
    builders.round_opened(world)
    client = at(world, world.voters[0])
    sent = ballot(incident(client), rationale="Begun, not ended.")
    kept = client.post("/desk/incidents/KV412/draft", data={**sent, "kind": "vote"})
    assert kept.status_code == 303
    page = incident(client)
    assert "Begun, not ended." in page
    assert "Draft saved" in page
    assert "Begun, not ended." not in incident(at(world, world.voters[1]))


def test_a_script_keeps_a_draft_by_the_same_door(world: builders.Desk) -> None:
    builders.round_opened(world)
    client = at(world, world.voters[0])
    saved = client.post(
        "/desk/incidents/KV412/draft", data={"kind": "vote", "rationale": "Begun."}, headers={"Accept": "application/json"}
    )
    assert set(saved.get_json()) == {"saved"}
    assert "Begun." in incident(client)


def test_a_cast_vote_clears_its_draft(world: builders.Desk) -> None:
    ref, _number = builders.round_opened(world)
    client = at(world, world.voters[0])
    drafts.save_draft(world.voters[0].person or 0, ref, "vote", {"rationale": ["Begun."]})
    client.post("/desk/incidents/KV412/vote", data=ballot(incident(client)))
    session.rollback()
    assert drafts.draft(world.voters[0].person or 0, ref, "vote") is None


def test_one_may_answer_that_one_cannot_judge_or_step_back(world: builders.Desk) -> None:
    ref, number = builders.round_opened(world)
    one, other = at(world, world.voters[0]), at(world, world.voters[1])
    form = {"round": str(number), "reason": "I do not read the script.", "ground": "My village."}
    assert one.post("/desk/incidents/KV412/abstain", data=form).status_code == 303
    assert other.post("/desk/incidents/KV412/recuse", data=form).status_code == 303
    answers = dict(builders.view(ref).rounds[0].answers)
    assert answers[builders.who(world.voters[0], ref)] == "abstained"
    assert answers[builders.who(world.voters[1], ref)] == "recused"
    assert "You have stepped back from this round." in incident(other)
    empty = at(world, world.voters[2]).post("/desk/incidents/KV412/abstain", data={"round": "1", "rationale": "Typed."})
    assert empty.status_code == 422
    assert "Typed." in text(empty)


def test_a_vote_may_be_withdrawn_and_its_seq_stands_on_no_page(world: builders.Desk) -> None:
    ref, number = builders.round_opened(world)
    seq = builders.cast(world.voters[0], ref, number)
    client = at(world, world.voters[0])
    assert f">{seq}<" not in incident(client) and f'"{seq}"' not in incident(client)
    answer = client.post("/desk/incidents/KV412/withdraw-vote", data={"reason": "I misread S2."})
    assert answer.status_code == 303
    assert builders.view(ref).live(number) == ()
    assert "A vote of yours" not in incident(client)  # it is shown once the round has ended


def test_after_the_close_votes_stand_under_letters_and_ones_own_is_marked(world: builders.Desk) -> None:
    builders.agreed(world)
    page = incident(at(world, world.voters[2]))
    assert all(f"Reviewer {letter}" in page for letter in "ABC")
    assert page.count('>yours</span>') == 1
    assert "Your dissent" in page
    for name in (actor.name for actor in world.voters[:2]):
        assert name not in page
    outside = incident(at(world, world.spare))
    assert "Reviewer A" not in outside
    assert "You were not asked in it." in outside


# --- rounds ------------------------------------------------------------------------------------------------


def test_a_lead_opens_a_round_asks_releases_extends_and_abandons(world: builders.Desk) -> None:
    ref = builders.with_sources(world)
    client = at(world, world.lead)
    page = incident(client)
    assert world.enterer.name not in page.split("Whom to ask")[1].split("</fieldset>")[0]
    asked = [str(actor.person) for actor in world.voters]
    opened = client.post("/desk/incidents/KV412/rounds", data={"codebook": "airwars/1", "reviewers": asked})
    assert opened.status_code == 303
    base = "/desk/incidents/KV412/rounds/1"
    assert client.post(f"{base}/assign", data={"person": str(world.spare.person)}).status_code == 303
    release = {"person": str(world.spare.person), "reason": "Away."}
    assert client.post(f"{base}/release", data=release).status_code == 303
    assert client.post(f"{base}/extend", data={"hours": "24", "reason": "A feast."}).status_code == 303
    page = incident(client)
    assert "0 of 3, waiting for" in page
    early = client.post(f"{base}/close", data={"reason": "Now."})
    assert early.status_code == 409
    assert "enough-reviewers" in text(early)
    assert client.post(f"{base}/abandon", data={"reason": ""}).status_code in (409, 422)
    assert client.post(f"{base}/abandon", data={"reason": "Opened by mistake."}).status_code == 303
    assert builders.view(ref).rounds[0].result == "abandoned"


def test_a_lead_who_was_asked_is_not_shown_who_has_answered(world: builders.Desk) -> None:
    ref, number = builders.round_opened(world, reviewers=(*world.voters, world.leads[1]))
    builders.cast(world.voters[0], ref, number)
    outside, inside = incident(at(world, world.lead)), incident(at(world, world.leads[1]))
    assert "has answered" in outside and "1 of 3, waiting for" in outside
    assert "So you are not shown who has answered" in inside
    assert "has answered</td>" not in inside and "1 of 3" not in inside


def test_a_lead_closes_a_round_with_votes_enough_and_the_machine_does_it(world: builders.Desk) -> None:
    ref, number = builders.round_opened(world)
    builders.cast_all(world, ref, number, "fair", "fair", "fair")
    client = at(world, world.lead)
    asked = client.post(f"/desk/incidents/KV412/rounds/{number}/close", data={"reason": "All have answered."})
    assert asked.status_code == 303
    assert builders.view(ref).open_round is not None
    builders.work()
    assert builders.view(ref).stage == "approval"


# --- waiting -----------------------------------------------------------------------------------------------


def test_waiting_names_for_each_incident_what_is_in_the_way_and_whose_turn_it_is(world: builders.Desk) -> None:
    builders.round_opened(world)
    builders.with_sources(world, builders.opened(world, codes=("KV415",)))
    builders.opened(world, codes=("KV416",))
    builders.agreed(world, builders.with_sources(world, builders.opened(world, codes=("KV398",))))
    client = at(world, world.lead)
    on_you, on_others = (text(client.get(f"/desk/waiting?only={group}")) for group in ("you", "others"))
    assert "KV398" in on_you and "Nothing is in the way." in on_you
    assert "KV415" in on_you and "Sources ready: 2; independent origins: 2." in on_you
    assert "KV412" in on_others and "0 of 3, waiting for" in on_others
    assert "KV416" in on_others and "There is nothing to judge yet." in on_others
    assert not {"KV412", "KV416"} & set(on_you.split()) and not {"KV398", "KV415"} & set(on_others.split())
    everything = text(client.get("/desk/waiting"))
    assert all(code in everything for code in ("KV398", "KV412", "KV415", "KV416"))


def test_an_incident_of_a_stream_that_is_not_graded_waits_for_nobody(world: builders.Desk) -> None:
    builders.with_sources(world)
    streams.switch_stream(world.lead, world.stream, mode="log-only", reason="Few people.")
    client = at(world, world.lead)
    assert "KV412" not in text(client.get("/desk/waiting"))
    assert "Logged, not assessed." in incident(client)


def test_a_deactivated_reviewer_keeps_their_name_on_the_leads_panel(world: builders.Desk) -> None:
    ref, number = builders.round_opened(world)
    builders.cast(world.voters[0], ref, number)
    people.deactivate_person(world.admin, world.voters[0].person or 0, reason="Moved away.")
    assert world.voters[0].name in incident(at(world, world.lead))


# --- conflict, position ------------------------------------------------------------------------------------


def test_a_conflict_is_declared_and_lifted_on_the_page(world: builders.Desk) -> None:
    ref = builders.with_sources(world)
    client = at(world, world.spare)
    path = "/desk/incidents/KV412/conflict"
    assert client.post(path, data={"deed": "declare", "ground": ""}).status_code in (409, 422)
    assert client.post(path, data={"deed": "declare", "ground": "My cousins."}).status_code == 303
    assert builders.view(ref).conflicts
    assert "Lift my conflict" in incident(client)
    assert client.post(path, data={"deed": "lift", "ground": "Others of that name."}).status_code == 303
    assert not builders.view(ref).conflicts


def test_a_position_is_recorded_beside_the_grade(world: builders.Desk) -> None:
    builders.with_sources(world)
    client = at(world, world.lead)
    form = {"party": builders.PARTY, "position": "non_credible", "source": "1", "killed_min": "0"}
    assert client.post("/desk/incidents/KV412/position", data=form).status_code == 303
    page = incident(client)
    assert "non-credible" in page and "never changes a grade" in page
