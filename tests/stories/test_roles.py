"""What each role comes to the desk for: a volunteer without script, an admin who staffs it, an auditor who reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from review.actions import invitations
from tests import builders, chromium
from tests.stories.conftest import Sample
from tests.stories.people import PASSWORD, Person, Reviewer

pytestmark = pytest.mark.story

Open = Callable[..., Any]
BECAUSE = "S1 and S2 tell it apart. سمعنا الطائرة قبل الغروب."


def test_a_reviewer_without_script_attaches_drafts_votes_and_finds_it_again(
    team: builders.Desk, open_window: Open
) -> None:
    builders.round_opened(team, builders.with_sources(team, count=7))
    mara = Reviewer(open_window(java_script_enabled=False), "Mara Teske").signs_in()
    mara.opens("/desk").follows("Vote").reads("7 independent origins")
    mara.attaches("KV412", "What the miller saw", "supports the harm", text="One wall stood. The dog was alive.")
    mara.fills_the_ballot("fair", (3, 5), BECAUSE, rests=(1, 8)).unfolds("Which sources are shown")
    mara.page.get_by_role("checkbox", name="the time").check()
    mara.chooses("Cited", "my vote rests on it").presses("Show these").reads("2 of 8 sources are shown.")
    expect(mara.page.locator(".source:visible")).to_have_count(2)
    _finds_it_again(mara)
    mara.presses("Keep as a draft", "#ballot").is_told("Your draft is kept.")
    _finds_it_again(mara)
    mara.presses("Cast vote", "#ballot").is_told("is cast and sealed")
    mara.presses("Undo").is_told("Your vote is withdrawn.")
    _finds_it_again(mara)
    mara.presses("Cast vote", "#ballot").is_told("is cast and sealed").follows("Read what you cast")
    _finds_it_again(mara.reads("You have voted."))


def _finds_it_again(reviewer: Reviewer) -> None:
    page = reviewer.page
    expect(page.locator("input[name=grade][value=fair]")).to_be_checked()
    expect(page.get_by_label("Killed, at least")).to_have_value("3")
    expect(page.locator("#ballot").get_by_label("Rationale")).to_have_value(BECAUSE)
    expect(page.get_by_role("checkbox", name="the time")).to_be_checked()
    expect(page.get_by_label("My vote rests on S8")).to_be_checked()
    expect(page.locator("#s2 input[name=sources]")).not_to_be_checked()


def test_a_ballot_that_is_not_whole_comes_back_without_script_with_every_word(
    team: builders.Desk, open_window: Open
) -> None:
    builders.round_opened(team)
    mara = Reviewer(open_window(java_script_enabled=False), "Mara Teske").signs_in()
    mara.opens("/desk/incidents/KV412").fills_the_ballot("fair", (5, 3), BECAUSE, rests=(1,))
    mara.presses("Cast vote", "#ballot").reads("Not taken yet.")
    expect(mara.page.locator("#ballot").get_by_label("Rationale")).to_have_value(BECAUSE)
    expect(mara.page.get_by_label("Killed, at least")).to_have_value("5")
    expect(mara.page.get_by_label("My vote rests on S1")).to_be_checked()


def test_an_admin_sets_the_desk_up_invites_a_reviewer_and_says_how_it_works(
    live_server: chromium.Server, open_window: Open
) -> None:
    with live_server.app.app_context():
        link = f"/setup/{invitations.first_link()}"
    admin = Person(open_window(), "Tamsin Orrel").opens(link)
    admin.fills("Your name", admin.name).fills("E-mail", admin.email)
    admin.fills("Password", PASSWORD).fills("The same password again", PASSWORD).presses("Set up the desk")
    _joins_by(_invited(admin, "Noor Velan"), open_window)
    admin.opens("/desk/people").reads("Noor Velan")
    admin.opens("/desk/streams").fills("Belligerent and theatre", "Karsian Air Force, Velmar")
    admin.fills("Short name", "karsian-air-force-velmar").presses("Define the stream").reads(
        "Karsian Air Force, Velmar"
    )
    admin.opens("/desk/policy").fills("Votes required", "4").fills("Why", "A larger desk now.")
    admin.presses("Set this policy").reads("At least 4 people vote")
    assert admin.page.goto("/desk/claims").status == 403


def _invited(admin: Person, name: str) -> str:
    admin.opens("/desk/people").fills("Name", name).fills("E-mail", builders.address(name)).chooses("Role", "Reviewer")
    admin.presses("Make an invitation link").reads("The link, shown once.")
    return admin.page.locator("main code[data-copy]").inner_text()


def _joins_by(link: str, open_window: Open) -> None:
    reviewer = Reviewer(open_window(), "Noor Velan").opens(link)
    reviewer.fills("Password", PASSWORD).fills("The same password again", PASSWORD).presses("Join the desk")
    reviewer.opens("/desk").reads("Nothing is on your turn")
    assert reviewer.page.goto(link).status != 200, "the link works once"


def test_an_auditor_reads_what_is_closed_and_writes_nothing(sample: Sample, open_window: Open) -> None:
    email = "auditor@assay.invalid"
    auditor = Person(open_window(), "Rafe Linnard", email)
    auditor.signs_in(sample.passwords[email])
    auditor.opens("/desk/incidents").follows("NJ118").reads("How it was judged")
    assert _forms(auditor) == []
    auditor.follows("History").reads("published")
    auditor.opens("/desk/export").reads("Published checkpoints")
    auditor.opens("/desk/policy").reads("An admin sets the policy.")
    assert _forms(auditor) == []
    token = auditor.page.locator("[name=csrf_token]").first.get_attribute("value") or ""
    claim = {"csrf_token": token, "text": "Not mine to receive."}
    assert auditor.page.request.post("/desk/claims/new", form=claim).status == 403
    refused = [auditor.page.goto(path).status for path in ("/desk/claims/new", "/desk/incidents/new", "/desk/people")]
    assert refused == [403, 403, 403]


def _forms(person: Person) -> list[str]:
    """Where the forms of this page would write to the record; how somebody reads the desk is their own matter."""
    found = person.page.locator("main form[method=post]").all()
    return [path for form in found if not (path := form.get_attribute("action") or "").startswith("/desk/account/")]
