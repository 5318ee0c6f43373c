"""The pages of the exits, without a script: merge beside the other, split, leave, come back, shown to few."""

from __future__ import annotations

import re

import pytest

from review.models import session
from tests import builders
from tests.actions.test_exits import incident, the_claims
from tests.web.sitting import Browser, browser, sitting

AT = "/desk/incidents"


@pytest.fixture
def team(staffed: builders.Desk) -> builders.Desk:
    return staffed


@pytest.fixture
def lead(team: builders.Desk) -> Browser:
    return sitting(team.app, team.lead)


def text(client: Browser, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    session.rollback()
    return answer.get_data(as_text=True)


def send(client: Browser, path: str, **form: object) -> tuple[int, str]:
    answer = client.post(path, data=form)
    session.rollback()
    return answer.status_code, answer.location or answer.get_data(as_text=True)


def test_a_merge_lays_both_side_by_side_and_leads_both_ways(team: builders.Desk, lead: Browser) -> None:
    one, other = incident(team, "KV100", summary="mill"), incident(team, "KV200", first=5, summary="bakery")
    page = text(lead, f"{AT}/KV100/merge?into=KV200")
    assert "mill" in page
    assert "bakery" in page
    (name,) = re.findall(r'name="claims" value="(c-[a-z2-7]{16})"', page)
    assert len(re.findall(r'name="sources" value="\d+" checked', page)) == 2
    form = {"into": "KV200", "claims": name, "sources": ["1", "2"], "reason": "The same strike."}
    assert send(lead, f"{AT}/KV100/merge", **form) == (303, f"{AT}/{other}")
    assert len(the_claims(other)) == 2
    reader = sitting(team.app, team.spare)
    assert f'href="{AT}/KV200"' in text(reader, f"{AT}/{one}").split('id="exit"')[1]
    assert f'href="{AT}/KV100"' in text(reader, f"{AT}/KV200").split('id="absorbed"')[1]


@pytest.mark.parametrize(
    ("into", "sentence"), [("", "Name the incident"), ("KV404", "No incident answers"), ("KV100", "into itself")]
)
def test_a_merge_that_cannot_be_made_says_so_beside_the_code(
    team: builders.Desk, lead: Browser, into: str, sentence: str
) -> None:
    incident(team, "KV100")
    code, page = send(lead, f"{AT}/KV100/merge", into=into, reason="The same.")
    assert code == 422
    assert sentence in page.split('id="into-error"')[1].split("</p>")[0]


def test_what_was_typed_in_a_merge_is_kept(team: builders.Desk, lead: Browser) -> None:
    incident(team, "KV100")
    incident(team, "KV200", first=5)
    code, page = send(lead, f"{AT}/KV100/merge", into="KV200", sources="2", reason="")
    assert code == 422
    assert re.findall(r'name="sources" value="(\d+)" checked', page) == ["2"]
    assert "Say why" in page


def test_a_split_says_what_each_new_one_is_and_what_it_takes(team: builders.Desk, lead: Browser) -> None:
    ref = incident(team, "KV100", count=3)
    page = text(lead, f"{AT}/KV100/split")
    (name,) = re.findall(r'name="claim-(c-[a-z2-7]{16})"', page)
    form = {
        "parts": "2", "reason": "Two strikes.", f"claim-{name}": "2",
        "part-1-summary": "mill", "part-1-code": "KV101", "part-1-sources": ["1", "2"],
        "part-2-summary": "bakery", "part-2-date": "2031-03-15", "part-2-killed_min": "٢", "part-2-sources": ["3"],
    }  # fmt: skip
    assert send(lead, f"{AT}/KV100/split", **form)[0] == 303
    mill, bakery = (builders.view(part) for part in builders.view(ref).passage.parts)
    assert (mill.facts.summary, mill.facts.codes, mill.facts.date) == ("mill", ("KV101",), "2031-03-14")
    assert (bakery.facts.date, bakery.facts.civilians.killed.minimum) == ("2031-03-15", 2)
    assert not mill.facts.civilians.killed.known
    assert (len(mill.attached), len(bakery.attached), len(the_claims(bakery.incident))) == (2, 1, 1)
    assert 'id="split-from"' in text(lead, f"{AT}/KV101")


def test_a_split_into_one_is_refused_and_keeps_what_was_typed(team: builders.Desk, lead: Browser) -> None:
    incident(team, "KV100")
    form = {"parts": "3", "reason": "Two.", "part-1-summary": "mill", "part-1-killed_min": "many"}
    code, page = send(lead, f"{AT}/KV100/split", **form)
    assert code == 422
    assert 'value="mill"' in page
    assert "Only whole numbers" in page
    code, page = send(lead, f"{AT}/KV100/split", **{**form, "part-1-killed_min": "1"})
    assert code == 422
    assert "at least two incidents" in page
    assert "New incident 3" in page


def test_one_more_new_incident_keeps_what_was_typed(team: builders.Desk, lead: Browser) -> None:
    ref = incident(team, "KV100")
    form = {"parts": "2", "reason": "Three strikes.", "part-1-summary": "mill"}
    code, page = send(lead, f"{AT}/KV100/split", more="1", **form)
    assert (code, 'value="mill"' in page, "Three strikes." in page, "New incident 3" in page) == (200, True, True, True)
    _code, last = send(lead, f"{AT}/KV100/split", more="1", **{**form, "parts": "8"})
    assert "New incident 9" in last
    assert 'name="more"' not in last
    assert builders.view(ref).stage == "logged"


@pytest.mark.parametrize(("verb", "stage"), [("dismiss", "Dismissed"), ("withdraw", "Withdrawn")])
def test_what_left_says_so_with_its_reason_and_its_way_back(
    team: builders.Desk, lead: Browser, verb: str, stage: str
) -> None:
    ref = incident(team, "KV100")
    assert 'id="exits"' in text(lead, f"{AT}/KV100")
    code, page = send(lead, f"{AT}/KV100/{verb}", reason="")
    assert (code, "Say why" in page) == (422, True)
    assert send(lead, f"{AT}/KV100/{verb}", reason="It is elsewhere.") == (303, f"{AT}/{ref}")
    banner = text(lead, f"{AT}/KV100").split('id="exit"')[1].split("</details>")[0]
    assert stage in banner
    assert "It is elsewhere." in banner
    assert f'action="{AT}/{ref}/restore"' in banner
    assert "Restore" not in text(sitting(team.app, team.spare), f"{AT}/KV100")
    assert send(lead, f"{AT}/{ref}/restore", reason="By mistake.")[0] == 303
    assert 'id="exit"' not in text(lead, f"{AT}/KV100")


def test_the_buttons_are_a_leads(team: builders.Desk) -> None:
    incident(team, "KV100")
    for actor in (team.spare, team.admin, team.auditor):
        assert 'id="exits"' not in text(sitting(team.app, actor), f"{AT}/KV100")


def test_an_incident_is_restricted_changed_and_shown_again_by_a_form(team: builders.Desk, lead: Browser) -> None:
    ref = incident(team, "KV100")
    code, _page = send(lead, f"{AT}/KV100/restrict", deed="restrict", people=str(team.spare.person), reason="In danger.")
    assert code == 303
    page = text(lead, f"{AT}/{ref}")
    assert team.spare.name in page.split('id="restricted"')[1].split("</div>")[0]
    assert f'value="{team.spare.person}" checked' in page
    assert sitting(team.app, team.voters[0]).get(f"{AT}/{ref}").status_code == 404
    assert text(sitting(team.app, team.spare), f"{AT}/{ref}")
    assert send(lead, f"{AT}/{ref}/restrict", deed="lift", reason="")[0] == 422
    assert send(lead, f"{AT}/{ref}/restrict", deed="lift", reason="Out of danger.")[0] == 303
    assert text(sitting(team.app, team.voters[0]), f"{AT}/KV100")


def test_a_restricted_incident_is_marked_wherever_it_is_listed(team: builders.Desk, lead: Browser) -> None:
    incident(team, "KV100")
    builders.round_opened(team, "KV100", reviewers=(team.spare,))
    pages = ((lead, "/desk/waiting"), (lead, AT), (sitting(team.app, team.spare), "/desk"))
    assert not any("shown to few" in text(client, path) for client, path in pages)
    send(lead, f"{AT}/KV100/restrict", deed="restrict", people=str(team.spare.person), reason="In danger.")
    assert all("shown to few" in text(client, path) for client, path in pages)


def test_the_public_address_of_what_was_merged_leads_to_the_other(team: builders.Desk, lead: Browser) -> None:
    one = incident(team, "KV100")
    builders.approved(team, builders.agreed(team, one))
    other = incident(team, "KV200", first=5)
    reader = browser(team.app)
    send(lead, f"{AT}/KV100/merge", into="KV200", reason="The same.")
    assert "Merged into another" in text(reader, "/incidents/KV100")  # the other is not public yet
    builders.approved(team, builders.agreed(team, other), by=team.leads[1])
    answer = reader.get("/incidents/KV100")
    assert (answer.status_code, answer.location) == (302, "/incidents/KV200")
    assert 'href="/incidents/KV200"' in text(reader, "/incidents/KV100/1").split('id="merged"')[1]
    assert "KV100" in text(reader, "/incidents/KV200").split('id="absorbed"')[1].split("</div>")[0]
    assert "KV200" in text(reader, "/incidents?q=KV100")


def test_a_withdrawn_grade_says_so_publicly_with_the_reason(team: builders.Desk, lead: Browser) -> None:
    builders.published(team)
    send(lead, f"{AT}/KV412/withdraw", reason="It endangers a family.")
    reader = browser(team.app)
    notice = text(reader, "/incidents/KV412").split('id="withdrawn"')[1].split("</div>")[0]
    assert "It endangers a family." in notice
    assert 'href="/incidents/KV412"' not in text(reader, "/incidents")
