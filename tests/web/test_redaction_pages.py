"""The pages of a removal: found by a phrase, ticked, asked for, seconded with the password, and marked where words stood."""

from __future__ import annotations

import html
import re
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from review.actions import claims, incidents, redactions, restrictions
from review.models import RedactionRequest, session
from review.queries.claims import name_of
from review.rules.errors import NotFound
from review.rules.redaction import Named
from tests import builders
from tests.actions.erased import asked, holds, last
from tests.web.sitting import Browser, sitting

SECRET = "Nadim the baker"


@pytest.fixture
def team(staffed: builders.Desk) -> builders.Desk:
    return staffed


@pytest.fixture
def ref(team: builders.Desk) -> str:
    """Facts that named somebody, described anew without the name."""
    ref = builders.opened(team, codes=("KV412",), summary=f"The house of {SECRET}.")
    incidents.describe_incident(team.enterer, ref, facts=builders.facts(summary="A house."), reason=f"{SECRET} asked for it.")
    return ref


def read(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.status_code
    return html.unescape(answer.get_data(as_text=True))


def boxes(page: str) -> list[str]:
    return re.findall(r'name="details" value="([^"]+)"', page)


def ask(browser: Browser, path: str, details: list[str], **changes: str) -> tuple[int, str]:
    form = {"details": details, "ground": "personal_data", "reason": "He is at risk.", **changes}
    answer = browser.post(path, data=form)
    return answer.status_code, html.unescape(answer.get_data(as_text=True))


def test_what_repeats_a_hidden_claim_is_found_by_nobody_who_may_not_see_it(team: builders.Desk, ref: str) -> None:
    first, second = (builders.received(team, text=f"{SECRET} saw it{more}.") for more in ("", " again"))
    claims.group_claim(team.enterer, ref, first)
    claims.duplicate_claim(team.enterer, second, of=first, reason=f"{SECRET} wrote twice.")
    places = [f"/desk/redactions/log?{urlencode({'q': q})}" for q in ("saw it", "wrote twice")]
    other = sitting(team.app, team.leads[1])
    assert [len(boxes(read(other, place))) for place in places] == [2, 1]
    restrictions.restrict_incident(team.lead, ref, people=[], reason="A witness is at risk.")
    assert [boxes(read(other, place)) for place in places] == [[], []]
    for seq, name in ((second, "text"), (last("claim.duplicated")["seq"], "reason")):
        with pytest.raises(NotFound):
            redactions.ask_redaction(team.leads[1], None, details=[Named(seq, name)], ground="error", reason="A mistake.")
    assert asked(team, None, Named(second, "text")), "for whom the incident is there the claim is"


def test_a_claim_that_moved_into_a_hidden_incident_is_not_read_out_in_the_one_it_left(team: builders.Desk, ref: str) -> None:
    claim = builders.received(team, text=f"{SECRET} saw it.")
    claims.group_claim(team.enterer, ref, claim)
    claims.ungroup_claim(team.enterer, ref, claim, reason="Another strike.")
    other, place = sitting(team.app, team.leads[1]), f"/desk/incidents/{ref}/removal?q=saw+it"
    assert len(boxes(read(other, place))) == 1
    secret = builders.opened(team, codes=("KV999",))
    claims.group_claim(team.enterer, secret, claim)
    restrictions.restrict_incident(team.lead, secret, people=[], reason="A witness is at risk.")
    assert boxes(read(other, place)) == []


def test_a_phrase_finds_every_entry_that_holds_it_and_no_other(team: builders.Desk, ref: str) -> None:
    lead = sitting(team.app, team.lead)
    whole, held = (read(lead, f"/desk/incidents/{ref}/removal?{urlencode({'q': q})}") for q in ("", "nadim THE"))
    assert len(boxes(held)) == 2
    assert len(boxes(whole)) > 2
    assert SECRET in held
    assert boxes(read(lead, f"/desk/incidents/{ref}/removal?q=Qamar")) == []


def test_the_facts_in_force_have_no_box_and_say_what_to_do(team: builders.Desk, ref: str) -> None:
    page = read(sitting(team.app, team.lead), f"/desk/incidents/{ref}/removal?q=A+house")
    assert boxes(page) == []
    assert "Describe the incident anew without them first" in page


def test_each_step_of_the_history_leads_a_lead_to_its_own_words(team: builders.Desk, ref: str) -> None:
    lead = sitting(team.app, team.lead)
    links = re.findall(r'href="([^"]+/removal\?entry=\d+)"', read(lead, f"/desk/incidents/{ref}/history"))
    assert [link.rpartition("=")[2] for link in links] == ["1", "0"]
    found = [set(boxes(read(lead, link))) for link in links]
    assert all(found)
    assert found[0].isdisjoint(found[1])
    assert "/removal" not in read(sitting(team.app, team.auditor), f"/desk/incidents/{ref}/history")


def test_it_is_asked_for_seconded_and_marked(team: builders.Desk, ref: str) -> None:
    lead, other = sitting(team.app, team.lead), sitting(team.app, team.leads[1])
    path = f"/desk/incidents/{ref}/removal?q=Nadim"
    code, _page = ask(lead, path, boxes(read(lead, path)))
    assert code == 303
    waiting = read(other, "/desk/redactions")
    assert SECRET in waiting
    assert "cannot be recalled" in waiting
    assert "Agree, and remove it" not in read(lead, "/desk/redactions")
    name = session.scalars(select(RedactionRequest.name)).one()
    answer = other.post(f"/desk/redactions/{name}/second", data={"reason": "I read it."})
    assert answer.status_code == 303
    assert holds(SECRET) == set()
    history = read(lead, f"/desk/incidents/{ref}/history")
    assert SECRET not in history
    assert "Removed: personal data" in history
    assert SECRET not in read(other, "/desk/redactions")
    assert "are gone" in read(lead, "/desk/inbox")


@pytest.mark.parametrize("missing", ["details", "ground", "reason"])
def test_what_is_missing_is_said_and_what_was_typed_is_kept(team: builders.Desk, ref: str, missing: str) -> None:
    lead = sitting(team.app, team.lead)
    path = f"/desk/incidents/{ref}/removal?q=Nadim"
    found = boxes(read(lead, path))
    changes: dict[str, str] = {} if missing == "details" else {missing: ""}
    code, page = ask(lead, path, [] if missing == "details" else found, **changes)
    assert code == 422
    assert "Not answered yet" in page
    assert ("He is at risk." in page) is (missing != "reason")
    assert ("checked" in page) is (missing != "details")


def test_a_decline_is_read_by_who_asked_and_put_away(team: builders.Desk, ref: str) -> None:
    seq = builders.row(ref).first_seq or 0
    name = asked(team, ref, Named(seq, "facts"))
    admin, lead = sitting(team.app, team.admin), sitting(team.app, team.lead)
    assert admin.post(f"/desk/redactions/{name}/decline", data={"reason": ""}).status_code == 422
    assert admin.post(f"/desk/redactions/{name}/decline", data={"reason": "It is known."}).status_code == 303
    assert "It is known." in read(lead, "/desk/redactions")
    assert "It is known." not in read(admin, "/desk/redactions")
    assert lead.post(f"/desk/redactions/{name}/withdraw").status_code == 303
    assert "It is known." not in read(lead, "/desk/redactions")


def test_a_claim_is_found_from_its_incident_from_its_page_and_from_the_log(team: builders.Desk) -> None:
    seq = builders.received(team, f"{SECRET} was struck.")
    ref = incidents.open_incident(team.enterer, stream=team.stream, facts=builders.facts(), claims=[seq])
    lead = sitting(team.app, team.lead)
    paths = (
        f"/desk/incidents/{ref}/removal?q=Nadim",
        f"/desk/redactions/log?claim={name_of(seq)}",
        "/desk/redactions/log?q=Nadim",
    )
    found = {tuple(boxes(read(lead, path))) for path in paths}
    assert len(found) == 1
    assert ask(lead, paths[0], list(found.pop()))[0] == 303
    session.rollback()
    name = session.scalars(select(RedactionRequest.name)).one()
    redactions.second_redaction(team.admin, name, reason="I read it.")
    assert holds(SECRET) == set()
    assert SECRET not in read(lead, f"/desk/claims/{name_of(seq)}")


def test_while_a_round_is_open_nothing_of_it_is_offered(team: builders.Desk) -> None:
    ref, number = builders.round_opened(team)
    builders.cast(team.voters[0], ref, number, builders.ballot(rationale=f"{SECRET} saw it."))
    lead = sitting(team.app, team.lead)
    before = read(lead, f"/desk/incidents/{ref}/removal")
    builders.cast(team.voters[1], ref, number, builders.ballot(rationale=f"{SECRET} saw it."))
    after = read(lead, f"/desk/incidents/{ref}/removal")
    assert SECRET not in before
    assert boxes(before) == boxes(after)


def test_a_votes_words_are_offered_under_its_letter_without_day_or_place(team: builders.Desk) -> None:
    ref = builders.agreed(team)
    page = read(sitting(team.app, team.lead), f"/desk/incidents/{ref}/removal?q=two+accounts")
    assert re.findall(r"The vote of reviewer (\w)", page) == ["A", "B", "C"]
    assert all(voter.name not in page for voter in team.voters)


def test_the_public_page_says_that_something_went_and_not_what(team: builders.Desk) -> None:
    ref = builders.published(team)
    seq = next(one for one in builders.view(ref).proposals if one.approval).approval.seq  # type: ignore[union-attr]
    redactions.second_redaction(team.leads[1], asked(team, ref, Named(seq, "reason"), ground="court_order"), reason="Read.")
    public = read(team.app.test_client(), f"/incidents/{ref}")  # type: ignore[arg-type]
    assert "Every guard is met." not in public
    assert "Removed: a court order" in public
    assert "The reason" in public


def test_what_was_never_public_leaves_no_public_mark(team: builders.Desk) -> None:
    ref = builders.published(team)
    vote = builders.view(ref).votes[0].seq
    redactions.second_redaction(team.leads[1], asked(team, ref, Named(vote, "rationale")), reason="Read.")
    assert "Removed:" not in read(team.app.test_client(), f"/incidents/{ref}")  # type: ignore[arg-type]


def test_a_request_about_a_hidden_incident_is_not_there_for_others(team: builders.Desk, ref: str) -> None:
    restrictions.restrict_incident(team.lead, ref, people=[], reason="At risk.")
    name = asked(team, ref, Named(builders.row(ref).first_seq or 0, "exact"))
    other = sitting(team.app, team.leads[1])
    assert name not in read(other, "/desk/redactions")
    assert other.post(f"/desk/redactions/{name}/second", data={"reason": "I read it."}).status_code == 404
    assert name in read(sitting(team.app, team.lead), "/desk/redactions")


def test_leaving_is_offered_to_admins_for_others_and_leaves_no_name(team: builders.Desk) -> None:
    spare = team.spare
    admin, lead = sitting(team.app, team.admin), sitting(team.app, team.lead)
    assert "Record that they left" not in read(lead, f"/desk/people/{spare.person}")
    assert "Record that they left" not in read(admin, f"/desk/people/{team.admin.person}")
    assert "Record that they left" in read(admin, f"/desk/people/{spare.person}")
    assert admin.post(f"/desk/people/{spare.person}/left").status_code == 303
    for path in ("/desk/people", f"/desk/people/{spare.person}"):
        page = read(admin, path)
        assert spare.name not in page
        assert "Somebody who left" in page
    assert admin.post(f"/desk/people/{spare.person}/left").status_code == 422


def test_somebody_needed_in_an_open_round_cannot_be_let_go_and_nothing_tells_of_their_vote(team: builders.Desk) -> None:
    ref, number = builders.round_opened(team)
    admin, voter = sitting(team.app, team.admin), team.voters[0]
    owing = admin.post(f"/desk/people/{voter.person}/left")
    builders.cast(voter, ref, number)
    voted = admin.post(f"/desk/people/{voter.person}/left")
    assert owing.status_code == voted.status_code == 422
    sentence = "This person was asked in a round that is still open"
    assert sentence in owing.get_data(as_text=True)
    assert sentence in voted.get_data(as_text=True)


def test_claims_have_words_to_find(team: builders.Desk) -> None:
    claims.receive_claim(team.enterer, text="A market was struck.", language="en")
    lead = sitting(team.app, team.lead)
    assert boxes(read(lead, "/desk/redactions/log?q=ma")) == []
    assert len(boxes(read(lead, "/desk/redactions/log?q=market"))) == 1
