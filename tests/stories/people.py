"""The people of the stories, each at a window of their own: what they do, in the field's verbs."""

from __future__ import annotations

import re
from typing import Any, Self

from playwright.sync_api import Locator, Page, expect

from tests import builders
from tests.stories.spoken import spoken

PASSWORD = "seven quiet herons by the weir"


class Person:
    """Somebody at a browser."""

    def __init__(self, page: Page, name: str = "", email: str | None = None, language: str = "en") -> None:
        self.page = page
        self.name = name
        self.email = email or builders.address(name)
        self.language = language

    def said(self, words: str) -> str:
        """These words of the desk in the language of this window."""
        return spoken(words, self.language)

    def opens(self, path: str) -> Self:
        """Go to an address of the desk."""
        self.page.goto(path)
        return self

    def signs_in(self, password: str = PASSWORD) -> Self:
        """Through the log-in page, to the desk."""
        self.opens("/login")
        self.fills("E-mail", self.email)
        self.fills("Password", password)
        self.presses("Sign in")
        expect(self.page).to_have_url(re.compile("/desk"))
        return self

    def fills(self, label: str, text: str, within: str = "main") -> Self:
        """Type into the field of this label."""
        self.page.locator(within).get_by_label(self.said(label), exact=True).fill(text)
        return self

    def chooses(self, label: str, choice: str, within: str = "main") -> Self:
        """Choose from the list of this label what begins with these words."""
        offered = self.page.locator(within).get_by_label(self.said(label), exact=True)
        wanted = offered.locator("option").filter(has_text=re.compile("^\u2068?" + re.escape(self.said(choice)))).first
        offered.select_option(wanted.get_attribute("value"))
        return self

    def unfolds(self, summary: str) -> Self:
        """Open a part that is folded away."""
        self.page.locator("summary").get_by_text(self.said(summary), exact=True).click()
        return self

    def presses(self, button: str, within: str = "body") -> Self:
        """Press the button whose words begin so, and wait for the page that it leads to."""
        return self._leaves_by(
            self.page.locator(within).get_by_role("button", name=re.compile("^" + re.escape(self.said(button))))
        )

    def follows(self, link: str, within: str = "main") -> Self:
        """Follow the first link whose words begin so."""
        return self._leaves_by(
            self.page.locator(within).get_by_role("link", name=re.compile("^" + re.escape(self.said(link)))).first
        )

    def _leaves_by(self, way: Locator) -> Self:
        with self.page.expect_navigation():
            way.click()
        return self

    def is_told(self, words: str) -> Self:
        """The page says on top what has been done."""
        expect(self.page.locator(".flashes")).to_contain_text(self.said(words))
        return self

    def reads(self, words: str, within: str = "main") -> Self:
        """These words stand on the page."""
        expect(self.page.locator(within).first).to_contain_text(self.said(words))
        return self

    def reads_typed(self, words: str, within: str = "main") -> Self:
        """What somebody typed stands on the page, word for word in every language."""
        expect(self.page.locator(within).first).to_contain_text(words)
        return self

    def text(self) -> str:
        """Everything that can be read on the page."""
        return str(self.page.locator("body").inner_text())


class Submitter(Person):
    """Somebody outside, without an account."""

    def sends(self, text: str) -> str:
        """Send what is in the form; answers the code of the receipt, shown this once."""
        self.fills("What happened", text).presses("Send to the desk")
        return str(self.page.locator(".receipt-code .code").inner_text())

    def asks_what_became_of(self, code: str) -> Self:
        """On the page of receipts."""
        return self.opens("/submit/receipt").fills("The code of your receipt", code).presses("Show")


class Reviewer(Person):
    """A volunteer."""

    def receives_a_claim(self, text: str, **more: str) -> Self:
        """Keep a claim as it came."""
        self.opens("/desk/claims/new")
        self.page.locator("[name=text]").fill(text)
        if language := more.pop("language", None):
            self.page.locator("[name=language]").select_option(language)
        for name, value in more.items():
            self.page.locator(f"[name={name}]").fill(value)
        return self.presses("Keep the claim").is_told("The claim was received.")

    def opens_an_incident_from_it(self, *, stream: str, place: str, party: str, status: str, code: str) -> Self:
        """Open an incident from the claim that waits."""
        self.opens("/desk/claims").follows("Open a new incident from it")
        self.chooses("Stream", stream).fills("What is reported", "A grain store and two houses are reported hit.")
        self.fills("Codes", code).fills("Day, or first day", "2031-03-14").fills("Place in English", place)
        self.page.locator("[name=parties-0-name]").fill(party)
        self.chooses("Strike status", status)
        for bound, people in {"killed_min": 3, "killed_max": 5, "injured_min": 6, "injured_max": 8}.items():
            self.page.locator(f"[name=civilians-{bound}]").fill(str(people))
        return self.presses("Open the incident").is_told("The incident was opened.")

    def attaches(self, ref: str, title: str, role: str, **fields: str) -> Self:
        """Attach a source by its address, or by its text."""
        self.opens(f"/desk/incidents/{ref}").follows("Attach a source")
        form = self.page.locator("main")
        form.get_by_label(self.said("Title")).fill(title)
        for name, value in fields.items():
            form.locator(f"[name={name}]").fill(value)
        form.get_by_label(self.said("What it does here")).select_option(label=self.said(role))
        form.get_by_label(self.said("It may be shown to the public")).check()
        self.presses("Attach this source")
        expect(self.page.locator(".source-name", has_text=title)).to_be_visible()
        return self

    def fills_the_ballot(
        self, grade: str, killed: tuple[int, int], because: str, rests: tuple[int, ...], all_the_same: str | None = None
    ) -> Self:
        """Everything that a ballot asks, not yet cast."""
        page: Any = self.page
        page.locator(f".grades label:has(input[value={grade}])").click()
        expect(page.locator(f"input[name=grade][value={grade}]")).to_be_checked()
        for label, people in zip(("Killed, at least", "Killed, at most"), killed, strict=True):
            page.locator("#ballot").get_by_label(self.said(label)).fill(str(people))
        for number in rests:
            page.get_by_label(self.said(f"My vote rests on S{number}")).check()
        if all_the_same:
            self.fills("Why this grade all the same", all_the_same, "#ballot")
        return self.fills("Rationale", because, "#ballot")

    def votes(self, grade: str, killed: tuple[int, int], because: str, **more: Any) -> Self:
        """From the desk to the ballot, and cast it."""
        self.opens("/desk").follows("Vote").fills_the_ballot(grade, killed, because, **more)
        return self.presses("Cast vote", "#ballot").is_told("is cast and sealed")

    def argues(self, text: str) -> Self:
        """Add an argument to the settlement that waits on the desk."""
        self.opens("/desk").follows("Argue").fills("What the others may have missed", text)
        return self.presses("Add my argument").is_told("Your argument stands")

    def is_held_to_the_minority(self, grade: str, because: str) -> Self:
        """Try to settle without an answer: told which argument has none, and nothing typed is lost."""
        self.opens("/desk").follows("Settle it").reads("Your turn.")
        self.page.locator(f".settle label:has(input[value={grade}])").click()
        self.fills("Why", because, ".settle").presses("Settle this disagreement")
        expect(self.page.locator(".settle .notice").get_by_role("link")).not_to_have_count(0)
        expect(self.page.locator(".settle").get_by_label(self.said("Why"), exact=True)).to_have_value(because)
        return self

    def answers_what_was_left(self, answer: str) -> Self:
        """Go from what the page says is missing to the box of each argument, answer it there, and settle."""
        for way in self.page.locator(".settle .notice").get_by_role("link").all():
            self.page.locator(way.get_attribute("href") or "").fill(answer)
        return self.presses("Settle this disagreement").is_told("It is settled. A lead editor who took no part approves it next.")

    def settles(self, grade: str, because: str, answer: str) -> Self:
        """Answer everything that was argued, and decide."""
        self.opens("/desk").follows("Settle it")
        for box in self.page.locator(".settle [name^=reply-]").all():
            box.fill(answer)
        self.page.locator(f".settle label:has(input[value={grade}])").click()
        self.fills("Why", because, ".settle")
        return self.presses("Settle this disagreement").is_told("It is settled. A lead editor who took no part approves it next.")

    def reads_what_became_of_the_vote(self, ref: str) -> Self:
        """From the desk to where the result differs from one's own vote."""
        return self.opens("/desk").follows(ref, "[aria-labelledby=differing]")

    def dissents(self, ref: str, text: str) -> Self:
        """Write the public words of one's minority vote."""
        self.opens(f"/desk/incidents/{ref}/settlement").fills("Your words for the public", text)
        return self.presses("Write my dissent").is_told("Your dissent goes out with the grade, word for word. You may change it until the approval.")


class Lead(Person):
    """A lead editor."""

    def opens_a_round(self, ref: str, *, asks: list[str], number: int = 1) -> Self:
        """Open a round and ask these people, whoever the desk suggests."""
        self.opens(f"/desk/incidents/{ref}")
        offered = self.page.locator("#round")
        for box in offered.get_by_role("checkbox").all():
            box.uncheck()
        for name in asks:
            offered.get_by_label(name).check()
        return self.presses("Open a round").reads(f"Round {number} is open")

    def opens_the_second_vote(self, ref: str) -> Self:
        """Have the same people vote once more."""
        return (
            self.opens(f"/desk/incidents/{ref}/settlement")
            .presses("Open the second vote")
            .is_told("The second vote is open")
        )

    def appoints(self, ref: str, name: str) -> Self:
        """Ask somebody who took no part to settle it."""
        self.opens(f"/desk/incidents/{ref}/settlement").chooses("Settler", name)
        return self.presses("Ask this person to settle it").is_told("Asked.")

    def approves(self, code: str, because: str) -> Self:
        """From the list of what waits to the decision."""
        self.opens("/desk/waiting").follows(code).fills("Why", because, "#decide")
        return self.presses("Approve as", "#decide")
