"""The pages around the bench: people, streams, policy, claims, history, export, and the refusals."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from review.actions import approvals, claims, incidents, rounds, settlements, sources, streams
from review.models import Claim, Person, Stream, session
from review.queries.waiting import waiting
from review.rules.errors import Forbidden
from review.rules.facts import Facts
from review.rules.permissions import Actor
from tests import builders
from tests.web.sitting import Browser, browser, sitting
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
