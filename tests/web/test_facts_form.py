"""The form of an incident's facts: opened from a claim, described anew, refused where it is stale or cannot be."""

from __future__ import annotations

import re
from html import unescape

import pytest

from review.actions import incidents, sources
from review.rules.facts import Casualties, Party, Place, Range
from tests import builders
from tests.web.sitting import hidden
from tests.web.test_desk_pages import REASON, page, received, seat
from tests.web.test_public_pages import plain


@pytest.fixture
def team(staffed: builders.Desk) -> builders.Desk:
    return staffed


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
