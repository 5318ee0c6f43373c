"""The pages around the bench: people, streams, policy, claims, facts, history, export, and the refusals."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from review.actions import approvals, claims, incidents, rounds, settlements, sources, streams
from review.models import Claim, Person, Stream, session
from review.queries.waiting import waiting
from review.rules.errors import Forbidden
from review.rules.facts import Casualties, Facts, Party, Place, Range
from review.rules.permissions import Actor
from tests import builders
from tests.web.sitting import Browser, browser, hidden, sitting
from tests.web.test_public_pages import plain

REASON = "Because the desk agreed on it."


@pytest.fixture
def team(staffed: builders.Desk) -> builders.Desk:
    return staffed


def seat(team: builders.Desk, actor: Actor) -> Browser:
    return sitting(team.app, actor)


def page(client: Browser, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, f"{path}: {answer.status_code}"
    return answer.get_data(as_text=True)


def fresh(model: type, **wanted: object) -> object:
    """A row as it is stored now."""
    session.rollback()
    return session.query(model).filter_by(**wanted).populate_existing().one()


# --- who may open what -------------------------------------------------------------------------------------

MAY_READ = {
    "/desk/people": {"lead", "admin"},
    "/desk/people/1": {"lead", "admin"},
    "/desk/streams": {"lead", "admin"},
    f"/desk/streams/{builders.STREAM}": {"lead", "admin"},
    "/desk/policy": {"reviewer", "lead", "admin", "auditor"},
    "/desk/export": {"lead", "admin", "auditor"},
    "/desk/claims": {"reviewer", "lead"},
    "/desk/claims/new": {"reviewer", "lead"},
    "/desk/incidents/new": {"reviewer", "lead"},
    "/desk/incidents/KV412/describe": {"reviewer", "lead"},
    "/desk/incidents/KV412/history": {"reviewer", "lead", "admin", "auditor"},
}


def test_each_page_is_for_those_whose_right_it_is(team: builders.Desk) -> None:
    builders.opened(team)
    for actor in (team.reviewers[0], team.lead, team.admin, team.auditor):
        client = seat(team, actor)
        for path, roles in MAY_READ.items():
            wanted = 200 if actor.role in roles else 403
            assert client.get(path).status_code == wanted, f"{actor.role} {path}"


def test_the_bar_offers_only_what_opens(team: builders.Desk) -> None:
    for actor in (team.reviewers[0], team.lead, team.admin, team.auditor):
        client = seat(team, actor)
        bar = page(client, "/desk/policy").split('<nav aria-label="Desk">')[1].split("</nav>")[0]
        paths = re.findall(r'href="([^"]+)"', bar)
        assert paths
        for path in paths:
            assert client.get(path).status_code == 200, f"{actor.role} is led to {path}"


def test_a_refusal_names_the_right_and_who_holds_it(team: builders.Desk) -> None:
    words = plain(page(seat(team, team.reviewers[0]), "/desk/people", 403))
    assert "Read the people page." in words
    assert "Lead editor, Admin" in words


# --- people ------------------------------------------------------------------------------------------------


def test_a_lead_with_nothing_on_their_turn_is_shown_how_much_waits_at_the_desk(team: builders.Desk) -> None:
    told = plain(page(seat(team, team.lead), "/desk"))
    assert "Nothing is on your turn" in told and "waits" not in told.split("Nothing is on your turn")[1].split("All incidents")[0]
    builders.agreed(team)
    builders.opened(team, codes=("KV2",))
    found = page(seat(team, team.lead), "/desk")
    assert '<a href="/desk/waiting">2 incidents wait</a> at the whole desk' in found
    assert f'{len(waiting(team.lead).rows)} incidents wait' in found
    assert "at the whole desk:" not in plain(page(seat(team, team.spare), "/desk"))


def test_the_first_page_of_an_admin_leads_to_people_until_there_are_enough(app: Flask) -> None:
    with app.app_context():
        admin = Actor(builders.first_admin(), "admin", "Tamsin Orrel")
        for name, role in (("A One", "reviewer"), ("B Two", "reviewer"), ("C Three", "reviewer"), ("D Four", "lead")):
            builders.add(admin, name, role)
        client = sitting(app, admin)
        assert 'id="too-small"' in page(client, "/desk")
        assert "Reviewers: 3. Lead editors: 1. Admins: 1." in plain(page(client, "/desk"))
        assert '<a href="/desk/people">' in page(client, "/desk").split('id="too-small"')[1].split("</div>")[0]
        builders.add(admin, "E Five", "reviewer")
        assert 'id="too-small"' not in page(client, "/desk")


def test_an_admin_invites_and_the_link_is_shown_once(team: builders.Desk) -> None:
    admin = seat(team, team.admin)
    answer = admin.post("/desk/people", data={"name": "Ada Venn", "email": "ada@desk.example", "role": "reviewer"})
    assert answer.status_code == 200
    link = re.search(r"/invitation/[\w-]{20,}", answer.get_data(as_text=True))[0]
    assert browser(team.app).get(link).status_code == 200
    later = page(admin, "/desk/people")
    assert link not in later
    assert "ada@desk.example" in later
    assert link not in page(seat(team, team.lead), "/desk/people")


def test_an_address_that_is_taken_is_said_beside_the_field_and_nothing_typed_is_lost(team: builders.Desk) -> None:
    typed = {"name": "Ada Venn", "email": "mara.teske@desk.invalid", "role": "lead"}
    answer = seat(team, team.admin).post("/desk/people", data=typed)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'id="email-error"' in text
    assert "Somebody of the desk has this e-mail address." in text
    assert 'value="Ada Venn"' in text
    assert re.search(r'<option value="lead" selected', text)


def test_a_role_changes_hands_with_a_reason_and_the_page_tells_how(team: builders.Desk) -> None:
    admin, person = seat(team, team.admin), team.spare.person
    address = f"/desk/people/{person}"
    assert admin.post(f"{address}/grant", data={"role": "lead", "reason": ""}).status_code == 422
    assert fresh(Person, id=person).role == "reviewer"
    assert admin.post(f"{address}/grant", data={"role": "lead", "reason": REASON}).status_code == 302
    assert fresh(Person, id=person).role == "lead"
    words = plain(page(admin, address))
    assert "Role revoked: Reviewer" in words
    assert "Role granted: Lead editor" in words
    assert REASON in words
    assert "By: Tamsin Orrel" in words
    admin.post(f"{address}/deactivate", data={"role": "lead", "reason": REASON})
    assert not fresh(Person, id=person).active
    admin.post(f"{address}/reactivate", data={"role": "reviewer", "reason": REASON})
    assert fresh(Person, id=person).role == "lead"
    admin.post(f"{address}/revoke", data={"role": "lead", "reason": REASON})
    assert fresh(Person, id=person).role is None


def test_nobody_changes_their_own_standing(team: builders.Desk) -> None:
    admin = seat(team, team.admin)
    assert "Grant this role" not in page(admin, f"/desk/people/{team.admin.person}")
    answer = admin.post(f"/desk/people/{team.admin.person}/grant", data={"role": "lead", "reason": REASON})
    assert answer.status_code == 409
    assert "not-oneself" in answer.get_data(as_text=True)
    assert REASON in answer.get_data(as_text=True)
    assert seat(team, team.lead).post(f"/desk/people/{team.spare.person}/grant", data={"role": "lead", "reason": REASON}).status_code == 403


# --- streams and policy ------------------------------------------------------------------------------------


def test_a_stream_is_defined_by_an_admin_and_switched_by_a_lead(team: builders.Desk) -> None:
    admin, lead = seat(team, team.admin), seat(team, team.lead)
    typed = {"name": "Tarn Brigades, Velmar", "slug": "tarn-velmar", "mode": "active", "reason": ""}
    assert admin.post("/desk/streams", data={**typed, "slug": "No Slug"}).status_code == 422
    assert admin.post("/desk/streams", data=typed).status_code == 302
    assert lead.post("/desk/streams", data=typed).status_code == 403
    switch = {"mode": "log-only", "reason": REASON}
    assert admin.post("/desk/streams/tarn-velmar", data=switch).status_code == 403
    assert lead.post("/desk/streams/tarn-velmar", data={**switch, "reason": " "}).status_code == 422
    assert lead.post("/desk/streams/tarn-velmar", data=switch).status_code == 302
    assert fresh(Stream, slug="tarn-velmar").mode == "log-only"
    assert REASON in page(lead, "/desk/streams")
    assert page(lead, "/desk/streams/no-such", 404)


def test_a_policy_is_set_whole_and_the_earlier_one_stays_readable(team: builders.Desk) -> None:
    admin = seat(team, team.admin)
    typed = {
        "required": "5", "share": "3", "of": "4", "max_distance": "0", "round": "96", "arguments": "48",
        "second_vote": "24", "settler": "120", "vote": "36", "reminder": "12", "hold": "20", "least": "5", "most": "15", "reason": REASON,
    }  # fmt: skip
    assert admin.post("/desk/policy", data={**typed, "share": "1"}).status_code == 422
    assert admin.post("/desk/policy", data={**typed, "required": "many"}).status_code == 422
    assert admin.post("/desk/policy", data=typed).status_code == 302
    words = plain(page(seat(team, team.reviewers[0]), "/desk/policy"))
    for told in ("At least 5 people", "3 of 4", "96 hours", "5 to 15 minutes", REASON, "At least 3 people"):
        assert told in words
    assert "Set this policy" not in words
    assert seat(team, team.lead).post("/desk/policy", data=typed).status_code == 403


# --- claims ------------------------------------------------------------------------------------------------


def received(team: builders.Desk, text: str) -> Claim:
    return fresh(Claim, seq=builders.received(team, text))


def test_a_claim_is_kept_as_it_came_and_its_reporter_is_for_leads(team: builders.Desk) -> None:
    reviewer = seat(team, team.reviewers[0])
    typed = {"text": "غارة قرب مرج إلوان\n\nفجر اليوم", "language": "ar", "reporter": "CANARY-REPORTER", "url": "javascript:alert(1)"}
    assert reviewer.post("/desk/claims/new", data={**typed, "text": " "}).status_code == 422
    assert reviewer.post("/desk/claims/new", data=typed).status_code == 302
    mine, theirs = page(reviewer, "/desk/claims"), page(seat(team, team.lead), "/desk/claims")
    assert "غارة قرب مرج إلوان" in mine
    assert 'lang="ar"' in mine
    assert 'href="javascript:' not in mine
    assert "CANARY-REPORTER" not in mine
    assert "CANARY-REPORTER" in theirs


def test_a_claim_finds_its_incident_and_is_grouped(team: builders.Desk) -> None:
    ref = builders.opened(team)
    claim = received(team, "The grain store at Marj Eluan was hit.")
    reviewer = seat(team, team.reviewers[0])
    assert 'name="near" value="KV412"' in page(reviewer, f"/desk/claims/{claim.name}")
    group = f"/desk/claims/{claim.name}/group"
    assert "Choose an incident" in reviewer.post(group, data={"reason": REASON}).get_data(as_text=True)
    lost = reviewer.post(group, data={"incident": "KV999", "reason": REASON})
    assert lost.status_code == 422
    assert REASON in lost.get_data(as_text=True)
    assert reviewer.post(group, data={"near": "KV412"}).status_code == 302
    assert builders.view(ref).claims[0].seq == claim.seq
    assert 'href="/desk/incidents/KV412"' in page(reviewer, f"/desk/claims/{claim.name}")
    assert claim.name not in page(reviewer, "/desk/claims")


def test_a_claim_is_set_aside_with_a_reason_and_waits_again(team: builders.Desk) -> None:
    one, other = received(team, "A strike at the mill."), received(team, "A strike at the mill, again.")
    lead = seat(team, team.lead)
    assert lead.post(f"/desk/claims/{other.name}/duplicate", data={"of": one.name}).status_code == 422
    assert lead.post(f"/desk/claims/{other.name}/duplicate", data={"of": "c-none", "reason": REASON}).status_code == 422
    assert lead.post(f"/desk/claims/{other.name}/duplicate", data={"of": one.name, "reason": REASON}).status_code == 302
    assert one.name in page(lead, f"/desk/claims/{other.name}")
    assert other.name in page(lead, "/desk/claims?stage=duplicate")
    assert lead.post(f"/desk/claims/{one.name}/dismiss", data={"reason": REASON}).status_code == 302
    for claim in (one, other):
        assert lead.post(f"/desk/claims/{claim.name}/restore", data={"reason": REASON}).status_code == 302
        assert fresh(Claim, seq=claim.seq).stage == "received"
    assert page(lead, "/desk/claims/c-nosuchclaim", 404)


# --- facts -------------------------------------------------------------------------------------------------


def typed_facts(**changes: object) -> dict[str, object]:
    """The form of the facts as a browser sends it."""
    return {
        "stream": builders.STREAM, "summary": "orchard wall", "date_type": "date", "date": "2031-03-20",
        "time_type": "window", "time": "4:30", "time_end": "05:15",
        "places-0-place_en": "Khor Bessan", "places-0-place_ar": "خور بسان", "places-0-region": "Bessan plain",
        "places-0-latitude": "33.98765", "places-0-longitude": "41.12345", "places-0-accuracy": "village",
        "strike_status": "likely", "strike_types": ["airstrike", "artillery"], "other_causes": "mines, old and new",
        "hit-education": "partial", "hit-residential": "hit", "codes": "NJ122 KV77",
        "parties-0-name": "Karsian Air Force", "parties-0-role": "suspected", "parties-0-tracked": "y",
        "parties-1-name": "Tarn Brigades", "parties-1-role": "known",
        "civilians-killed_min": "0", "civilians-killed_max": "2", "children-injured_min": "1", **changes,
    }  # fmt: skip


def test_an_incident_is_opened_from_a_claim_with_all_its_facts(team: builders.Desk) -> None:
    claim = received(team, "Orchard wall at Khor Bessan.")
    reviewer = seat(team, team.reviewers[0])
    address = f"/desk/incidents/new?claim={claim.name}"
    assert "Orchard wall at Khor Bessan." in page(reviewer, address)
    answer = reviewer.post(address, data=typed_facts())
    assert answer.status_code == 302
    found = builders.view(answer.location.rsplit("/", 1)[1])
    assert found.claims[0].seq == claim.seq
    facts = found.facts
    assert facts.places == (Place((("ar", "خور بسان"), ("en", "Khor Bessan")), "Bessan plain", (33.99, 41.12), "village"),)
    assert facts.parties == (Party("Karsian Air Force"), Party("Tarn Brigades", tracked=False, role="known"))
    assert dict(facts.ranges) == {
        "civilians": Casualties(Range(0, 2)),
        "children": Casualties(Range(), Range(1, None)),
    }
    assert facts.codes == ("NJ122", "KV77")
    assert facts.strike_types == ("airstrike", "artillery")
    assert facts.causes == ("mines, old and new",)
    assert (facts.time_type, facts.time, facts.time_end) == ("window", "04:30", "05:15")
    assert facts.hit == (("residential", None), ("education", "partial"))
    assert "33.98765" not in page(reviewer, f"/desk/incidents/{found.incident}/describe")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"stream": ""}, "stream"),
        ({"date": ""}, "date"),
        ({"time": "soon"}, "time"),
        ({"time_end": ""}, "time_end"),
        ({"time_type": "time_of_day"}, "time_of_day"),
        ({"places-0-latitude": "4239"}, "places-0-latitude"),
        ({"places-0-latitude": "north"}, "places-0-latitude"),
        ({"places-0-longitude": ""}, "places-0-longitude"),
        ({"places-1-place_en": "Qadir", "places-1-latitude": "1", "places-1-longitude": "2"}, "places-1-accuracy"),
        ({"places-1-latitude": "99", "places-1-longitude": "2", "primary": "places-1"}, "places-1-latitude"),
        ({"first_reported_url": "nowhere"}, "first_reported_url"),
        ({"civilians-killed_min": "9"}, "civilians-killed_min"),
        ({"journalists-injured_min": "2", "journalists-injured_max": "1"}, "journalists-injured_min"),
        ({"women-killed_min": "some"}, "women-killed_min"),
        ({"parties-1-name": "Karsian Air Force"}, "parties-0-name"),
    ],
)
def test_facts_that_cannot_be_are_said_beside_their_field(team: builders.Desk, changes: dict[str, str], field: str) -> None:
    answer = seat(team, team.reviewers[0]).post("/desk/incidents/new", data=typed_facts(**changes))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in text
    for typed in ("orchard wall", "خور بسان", "mines, old and new", "Bessan plain"):
        assert typed in text


def test_places_and_parties_come_and_go_without_a_script_and_nothing_typed_is_lost(team: builders.Desk) -> None:
    reviewer = seat(team, team.reviewers[0])
    one = reviewer.post("/desk/incidents/new", data=typed_facts(add="place"))
    sent = as_sent(one.get_data(as_text=True))
    assert one.status_code == 200
    assert sent["places-1-place_en"] == "" and sent["places-0-place_ar"] == "خور بسان"
    assert sent["strike_types"] == ["airstrike", "artillery"] and sent["hit-education"] == "partial"
    two = {**sent, "places-1-place_en": "Qadir bridge", "places-1-latitude": "33.5", "places-1-longitude": "41.5"}
    two |= {"places-1-accuracy": "within_100m", "places-1-note": "CANARY by the second pier", "primary": "places-1", "add": "party"}
    sent = as_sent(reviewer.post("/desk/incidents/new", data=two).get_data(as_text=True))
    assert sent["parties-2-name"] == "" and sent["primary"] == "places-1"
    less = reviewer.post("/desk/incidents/new", data={**sent, "remove": "parties-1"})
    sent = as_sent(less.get_data(as_text=True))
    assert [name for name in sent if name.endswith("-name")] == ["parties-0-name", "parties-2-name"]
    answer = reviewer.post("/desk/incidents/new", data=sent)
    found = builders.view(answer.location.rsplit("/", 1)[1])
    assert [place.name() for place in found.facts.places] == ["Qadir bridge", "Khor Bessan"]
    assert found.exact["points"] == [[33.5, 41.5], [33.98765, 41.12345]]
    assert found.exact["notes"] == ["CANARY by the second pier", None]
    assert [party.name for party in found.facts.parties] == ["Karsian Air Force"]
    assert "CANARY" not in str(found.facts.as_dict())


def test_nothing_is_written_while_the_form_is_given_another_place(team: builders.Desk) -> None:
    ref = builders.opened(team)
    enterer = seat(team, team.enterer)
    shown = as_sent(page(enterer, f"/desk/incidents/{ref}/describe"))
    before = builders.view(ref)
    answer = enterer.post(f"/desk/incidents/{ref}/describe", data={**shown, "add": "place", "summary": "Else."})
    assert answer.status_code == 200
    assert as_sent(answer.get_data(as_text=True))["seen"] == shown["seen"]
    assert builders.view(ref) == before


def test_the_form_gives_the_facts_back_as_they_stand(team: builders.Desk) -> None:
    """Opening the form and sending it unchanged changes nothing, not even a range nobody knows."""
    second = Place((("en", "Ayn Torrel"), ("he", "עין טורל")), None, (33.25, 41.5), "village")
    facts = builders.facts(
        places=(*builders.facts().places, second),
        earlier_codes=("KV9",),
        ranges=(("civilians", Casualties(Range(3, None))), ("journalists", Casualties(Range(1, 1))), ("men", Casualties(Range(0, 0)))),
        codes=("KV412", "ns 7"),
        strike_types=("Drone Strike", "airstrike"),
        causes=("Chemical, biological", "explosive"),
        infrastructure=("Car", "education"),
        damage=(("Car", "complete"), ("education", "partial")),
        observations=("double_tap", "arrests"),
    )
    ref = incidents.open_incident(
        team.enterer, stream=team.stream, facts=facts, exact={"notes": [None, "by the well"], "first_reported": {"by": "A cook"}}
    )
    enterer = seat(team, team.enterer)
    shown = page(enterer, f"/desk/incidents/{ref}/describe")
    answer = enterer.post(f"/desk/incidents/{ref}/describe", data={**as_sent(shown), "reason": REASON})
    assert answer.status_code == 422
    assert "Nothing was changed." in answer.get_data(as_text=True)
    answer = enterer.post(f"/desk/incidents/{ref}/describe", data={**as_sent(shown), "codes": "KV500", "reason": REASON})
    assert answer.status_code == 302
    now = builders.view(ref)
    assert now.facts.codes == ("KV500", "ns 7")
    assert now.facts.earlier_codes == ("KV9", "KV412")
    assert now.facts.places[1] == second
    assert now.facts.ranges == facts.ranges
    assert now.exact["points"] == [[33.12345, 41.87654], [33.25, 41.5]]
    assert now.exact["notes"] == [None, "by the well"]


def as_sent(shown: str) -> dict[str, object]:
    """What a browser would send for the form on this page."""
    form = shown.split('class="block facts-form"')[1].split("</form>")[0]
    sent: dict[str, object] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag)[1], re.search(r'value="([^"]*)"', tag)
        typed = unescape(value[1]) if value else ""
        if 'type="checkbox"' not in tag and 'type="radio"' not in tag:
            sent[name] = typed
        elif "checked" in tag:
            sent[name] = typed if name not in sent else [*([sent[name]] if isinstance(sent[name], str) else sent[name]), typed]
    for name, body in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        sent[name] = unescape(chosen[1]) if chosen else ""
    for name, body in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL):
        sent[name] = unescape(body)
    return sent


def test_facts_written_on_a_stale_page_are_refused_and_the_text_comes_back(team: builders.Desk) -> None:
    ref = builders.opened(team)
    enterer = seat(team, team.enterer)
    shown = page(enterer, "/desk/incidents/KV412/describe")
    sources.attach_source(team.reviewers[0], ref, draft=builders.draft(1))
    typed = {**as_sent(shown), "summary": "a quite new summary of it", "reason": REASON}
    answer = enterer.post("/desk/incidents/KV412/describe", data=typed)
    words = plain(answer.get_data(as_text=True))
    assert answer.status_code == 409
    assert "Source S1 was attached." in words
    assert "a quite new summary of it" in words
    assert 'href="/desk/incidents/KV412/describe"' in answer.get_data(as_text=True)
    assert hidden(page(enterer, "/desk/incidents/KV412/describe"), "seen") == builders.row(ref).evidence


def test_whoever_is_asked_to_vote_sees_why_they_may_not_describe(team: builders.Desk) -> None:
    ref, _number = builders.round_opened(team)
    voter = seat(team, team.voters[0])
    assert "unassigned" in page(voter, f"/desk/incidents/{ref}/describe")
    typed = as_sent(page(voter, f"/desk/incidents/{ref}/describe"))
    answer = voter.post(f"/desk/incidents/{ref}/describe", data={**typed, "date": "2031-03-15", "reason": REASON})
    assert answer.status_code == 409
    assert "unassigned" in answer.get_data(as_text=True)


# --- history -----------------------------------------------------------------------------------------------


def test_the_order_of_the_votes_tells_nobody_their_letters(team: builders.Desk) -> None:
    builders.disputed(team)
    told = plain(history(team, team.lead))
    assert "A reviewer cast a vote in round 1." in told
    assert re.search(r"Reviewer [A-C] cast a vote", told) is None
    assert all(f"Reviewer {letter}" in told for letter in "ABC")  # the reveal, in its random order, has them


def history(team: builders.Desk, actor: Actor, ref: str = "KV412") -> str:
    return page(seat(team, actor), f"/desk/incidents/{ref}/history")


def test_an_open_round_is_mute_to_everybody_and_not_counted(team: builders.Desk) -> None:
    ref = builders.with_sources(team)
    before = {actor: history(team, actor) for actor in (team.lead, team.admin, team.auditor, team.voters[0])}
    assert all("leaf" in shown for shown in before.values())
    _ref, number = builders.round_opened(team, ref)
    opened = {actor: history(team, actor) for actor in before}
    builders.cast(team.voters[0], ref, number)
    rounds.abstain(team.voters[1], ref, number, reason="The photographs are of my own street.")
    sources.attach_source(team.enterer, ref, draft=builders.draft(7))
    for actor, shown in opened.items():
        now = history(team, actor)
        assert "Sealed while round 1 is open" in plain(now)
        assert "leaf" not in plain(now)
        for kept_back in ("cast a vote", "assigned", "could not judge", "Source 7", "Source 3"):
            assert kept_back not in plain(now), f"{actor.role}: {kept_back}"
        assert re.sub(r'nonce="[^"]*"|value="[^"]*"', "", now) == re.sub(r'nonce="[^"]*"|value="[^"]*"', "", shown)


def test_after_the_close_votes_stand_under_letters_and_names_are_for_leads(team: builders.Desk) -> None:
    ref = builders.settled(team)
    minority = builders.view(ref).proposal.minority[0]
    settlements.dissent(team.voters[2], ref, minority, text="One account, and a partial one.")
    builders.approved(team, ref)
    lead, voter, spare, auditor = (
        re.sub("What .{3,20} holds against it.", "", plain(history(team, actor)))  # an argument that signs itself
        for actor in (team.leads[1], team.voters[0], team.spare, team.auditor)
    )
    assert "Lina Qassar" in lead
    assert "Ilse Marchetti approved the grade." in lead
    for name in (*builders.REVIEWERS, *builders.LEADS):
        assert name not in voter.replace(f"{team.voters[0].name} Reviewer", ""), name
        assert name not in auditor, name
    assert "You cast a vote in round 1." in voter
    assert "Reviewer A" in voter
    assert "A reviewer (you) was assigned in round 1." in voter
    assert "You was" not in voter
    assert voter.count(builders.BECAUSE) == 2, "one's own words, once a round"
    for words in (lead, voter, spare, auditor):
        assert "Version 1 was published." in words
        assert "S1 and S2 stand on their own." in words
        assert words is voter or builders.BECAUSE not in words
        assert "One account, and a partial one." in words


def test_what_a_round_amounted_to_is_kept_from_whoever_may_judge_the_next(team: builders.Desk) -> None:
    ref = builders.agreed(team)
    assert "was proposed: Fair" in plain(history(team, team.voters[0]))
    assert "was proposed: shown only to those who may see it." in plain(history(team, team.spare))
    assert "Fair" not in plain(history(team, team.spare))
    builders.approved(team, ref)
    assert "was proposed: Fair" in plain(history(team, team.spare))


def test_a_settlement_is_kept_from_outside_until_it_is_published(team: builders.Desk) -> None:
    ref = builders.settled(team)
    outside = seat(team, team.enterer)
    for address in ("history", "settlement"):
        told = plain(page(outside, f"/desk/incidents/KV412/{address}"))
        assert "Fair" not in told, address
        assert "stand on their own" not in told, address
    builders.approved(team, ref)
    assert "Fair" in plain(page(outside, "/desk/incidents/KV412/settlement"))
    assert "stand on their own" in plain(history(team, team.enterer))


def test_reasons_are_read_by_the_desk_but_grounds_stay_sealed(team: builders.Desk) -> None:
    ref = builders.published(team)
    incidents.declare_conflict(team.spare, ref, ground="CANARY-GROUND")
    approvals.reopen(team.lead, ref, ground="verdict", reason="S3 is new.", seen=builders.row(ref).digest)
    assert "S3 is new." in history(team, team.auditor)
    for actor in (team.lead, team.admin, team.auditor, team.voters[0]):
        assert "CANARY-GROUND" not in history(team, actor)
    assert "CANARY-GROUND" in history(team, team.spare)


def test_a_refused_attempt_is_shown_to_leads_and_to_its_own_author(team: builders.Desk) -> None:
    ref = builders.agreed(team)
    with pytest.raises(Forbidden):
        approvals.approve(team.voters[0], ref, reason=REASON, seen=builders.row(ref).digest)
    assert "was refused" in plain(history(team, team.lead))
    assert "was refused" in plain(history(team, team.voters[0]))
    assert "was refused" not in plain(history(team, team.voters[1]))


# --- export ------------------------------------------------------------------------------------------------


def test_the_export_page_says_how_and_shows_no_recipient(team: builders.Desk) -> None:
    words = plain(page(seat(team, team.auditor), "/desk/export"))
    assert "audit export OUT.zip" in words
    assert "None yet." in words


def test_claims_and_streams_can_be_made_before_any_incident(team: builders.Desk) -> None:
    claims.receive_claim(team.reviewers[0], text="A claim that finds no incident near it.")
    assert "No incident shares an address" in page(seat(team, team.lead), "/desk/claims")
    streams.switch_stream(team.lead, team.stream, mode="paused", reason=REASON)
    assert Facts() == Facts.from_dict(Facts().as_dict())
