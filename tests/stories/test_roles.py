"""What each role comes to the desk for: a volunteer with keys alone or without script, a lead who decides, an admin
who staffs it, an auditor and a stranger who read. The settler's story is test_settling.py, that of somebody who sends
in test_sending_in.py.

Each story is told at a desk in English here, and in both languages at both widths in `make soak`; at its end no page
may have complained in its console (conftest.open_window), which is where a broken content policy would be heard.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import expect

from review.actions import invitations
from tests import builders, chromium
from tests.stories.conftest import Sample
from tests.stories.people import PASSWORD, Lead, Person, Reviewer

pytestmark = pytest.mark.story

Open = Callable[..., Any]
CODE = "KV412"
CAST = f"Your vote on {CODE} is cast and sealed. You may replace it until the round closes."
WITHDRAWN = "Your vote is withdrawn. It stays sealed, and you owe an answer again. The ballot holds what it said."
BECAUSE = "S1 and S2 tell it apart. سمعنا الطائرة قبل الغروب."


@dataclass(frozen=True)
class Way:
    """How somebody sits there: the language of their browser, and how wide it is."""

    language: str
    width: int

    @property
    def window(self) -> dict[str, Any]:
        phone = {"has_touch": True, "is_mobile": True} if self.width < 600 else {}
        return {"locale": self.language, "viewport": {"width": self.width, "height": 800}, **phone}


def way_of(language: str, width: int, *marks: pytest.MarkDecorator) -> Any:
    return pytest.param(Way(language, width), id=f"{language}-{width}", marks=marks)


SOAK = pytest.mark.soak
OTHERS = (way_of("en", 390, SOAK), way_of("ar", 1280, SOAK), way_of("ar", 390, SOAK))
every_way = pytest.mark.parametrize("way", [way_of("en", 1280), *OTHERS])
every_way_in_soak = pytest.mark.parametrize("way", [way_of("en", 1280, SOAK), *OTHERS])


@every_way_in_soak  # tests/web/test_keys.py tells it on both kinds of board
def test_a_reviewer_gets_from_next_to_a_cast_vote_by_keys_alone(
    team: builders.Desk, open_window: Open, way: Way
) -> None:
    builders.round_opened(team, builders.with_sources(team, count=7))
    mara = Reviewer(open_window(**way.window), "Mara Teske", language=way.language).signs_in().opens("/desk")
    keys = mara.page.keyboard
    for key in ("n", "2", "j", "x", "h"):
        mara.page.locator("html.keys-heard").wait_for()
        keys.press(key)
        if key == "n":
            mara.page.wait_for_url(f"**/desk/incidents/{CODE}")
    for part in ("3", "Tab", "5", "Escape", "r"):
        keys.press(part)
    keys.insert_text(BECAUSE)
    keys.press("Control+Enter")
    mara.is_told(CAST)
    keys.press("u")
    mara.is_told(WITHDRAWN)
    expect(mara.page.get_by_label(mara.said("Killed, at most"))).to_have_value("5")
    expect(mara.page.locator("#ballot [name=rationale]")).to_have_value(BECAUSE)


@every_way
def test_a_reviewer_without_script_attaches_drafts_votes_and_finds_it_again(
    team: builders.Desk, open_window: Open, way: Way
) -> None:
    builders.round_opened(team, builders.with_sources(team, count=7))
    window = open_window(java_script_enabled=False, **way.window)
    mara = Reviewer(window, "Mara Teske", language=way.language).signs_in()
    mara.opens("/desk").follows("Vote").reads("7 independent origins")
    mara.attaches("KV412", "What the miller saw", "supports the harm", text="One wall stood. The dog was alive.")
    mara.fills_the_ballot("fair", (3, 5), BECAUSE, rests=(1, 8)).unfolds("Which sources are shown")
    mara.page.get_by_role("checkbox", name=mara.said("the time")).check()
    mara.chooses("Cited", "my vote rests on it").presses("Show these").reads("2 of 8 sources are shown.")
    expect(mara.page.locator(".source:visible")).to_have_count(2)
    _finds_it_again(mara)
    mara.presses("Keep as a draft", "#ballot").is_told("Your draft is kept. Only you can read it.")
    _finds_it_again(mara)
    mara.presses("Cast vote", "#ballot").is_told(CAST)
    mara.presses("Undo").is_told(WITHDRAWN)
    _finds_it_again(mara)
    mara.presses("Cast vote", "#ballot").is_told(CAST).follows("Read what you cast")
    _finds_it_again(mara.reads("You have voted."))


def _finds_it_again(reviewer: Reviewer) -> None:
    page = reviewer.page
    expect(page.locator("input[name=grade][value=fair]")).to_be_checked()
    expect(page.get_by_label(reviewer.said("Killed, at least"))).to_have_value("3")
    expect(page.locator("#ballot").get_by_label(reviewer.said("Rationale"))).to_have_value(BECAUSE)
    expect(page.get_by_role("checkbox", name=reviewer.said("the time"))).to_be_checked()
    expect(page.get_by_label(reviewer.said("My vote rests on S8"))).to_be_checked()
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


@every_way
def test_an_admin_sets_the_desk_up_invites_a_reviewer_and_says_how_it_works(
    live_server: chromium.Server, open_window: Open, way: Way
) -> None:
    with live_server.app.app_context():
        link = f"/setup/{invitations.first_link()}"
    admin = Person(open_window(**way.window), "Tamsin Orrel", language=way.language).opens(link)
    admin.fills("Your name", admin.name).fills("E-mail", admin.email)
    admin.fills("Password", PASSWORD).fills("The same password again", PASSWORD).presses("Set up the desk")
    _joins_by(_invited(admin, "Noor Velan"), open_window(**way.window), way.language)
    admin.opens("/desk/people").reads("Noor Velan")
    admin.opens("/desk/streams").fills("Belligerent and theatre", "Karsian Air Force, Velmar")
    admin.fills("Short name", "karsian-air-force-velmar").presses("Define the stream").reads(
        "Karsian Air Force, Velmar"
    )
    admin.opens("/desk/policy").fills("Votes required", "4").fills("Why", "A larger desk now.")
    admin.presses("Set this policy").reads("At least 4 people vote who did not enter the incident.")
    assert admin.page.goto("/desk/claims").status == 403


def _invited(admin: Person, name: str) -> str:
    admin.opens("/desk/people").fills("Name", name).fills("E-mail", builders.address(name)).chooses("Role", "Reviewer")
    admin.presses("Make an invitation link").reads("The link, shown once.")
    return admin.page.locator("main code[data-copy]").inner_text()


def _joins_by(link: str, window: Any, language: str) -> None:
    reviewer = Reviewer(window, "Noor Velan", language=language).opens(link)
    reviewer.fills("Password", PASSWORD).fills("The same password again", PASSWORD).presses("Join the desk")
    reviewer.opens("/desk").reads("Nothing is on your turn")
    assert reviewer.page.goto(link).status != 200, "the link works once"


@every_way
def test_an_auditor_reads_what_is_closed_and_writes_nothing(sample: Sample, open_window: Open, way: Way) -> None:
    email = "auditor@assay.invalid"
    auditor = Person(open_window(**way.window), "Rafe Linnard", email, way.language)
    auditor.signs_in(sample.passwords[email])
    auditor.opens("/desk/incidents").follows("NJ118").reads("How it was judged")
    assert _forms(auditor) == []
    auditor.follows("History").reads("Version 1 was published.")
    auditor.opens("/desk/export").reads("Published checkpoints")
    auditor.opens("/desk/policy").reads("An admin sets the policy.")
    assert _forms(auditor) == []
    token = auditor.page.locator("[name=csrf_token]").first.get_attribute("value") or ""
    claim = {"csrf_token": token, "text": "Not mine to receive."}
    assert auditor.page.request.post("/desk/claims/new", form=claim).status == 403
    refused = [auditor.page.goto(path).status for path in ("/desk/claims/new", "/desk/incidents/new", "/desk/people")]
    assert refused == [403, 403, 403]


@every_way
def test_a_lead_reads_what_waits_approves_and_sees_it_published(sample: Sample, open_window: Open, way: Way) -> None:
    email = "lead@assay.invalid"
    lead = Lead(open_window(**way.window), "Ilse Marchetti-Osei", email, way.language).signs_in(sample.passwords[email])
    lead.opens("/desk/waiting").follows("KV415").fills("Why", "Every guard is met.", "#decide")
    expect(lead.page.locator("#decide .requirements, .requirements").first).to_be_visible()
    with lead.page.expect_navigation():
        lead.page.locator("#decide button.primary").click()
    assert lead.page.goto("/incidents/KV415/1").status == 200
    lead.opens("/desk/waiting")
    expect(lead.page.locator("main").get_by_text("KV415")).to_have_count(0)


@every_way
def test_a_stranger_reads_a_grade_its_dissent_and_how_to_check_it(sample: Sample, open_window: Open, way: Way) -> None:
    reader = Person(open_window(**way.window), language=way.language)
    reader.opens("/").opens("/incidents?q=NJ118").follows("NJ118")
    expect(reader.page.locator("blockquote.dissent").first).to_be_visible()
    other = "en" if way.language == "ar" else "ar"
    reader.page.locator(f"a[hreflang={other}]").first.click()
    expect(reader.page.locator("html")).to_have_attribute("lang", other)
    assert reader.page.url.endswith("/incidents/NJ118"), "the same page in the other language"
    for path in ("/record", "/method", "/audit"):
        assert reader.page.goto(path).status == 200


def _forms(person: Person) -> list[str]:
    """Where the forms of this page would write to the record; how somebody reads the desk is their own matter."""
    found = person.page.locator("main form[method=post]").all()
    return [path for form in found if not (path := form.get_attribute("action") or "").startswith("/desk/account/")]
