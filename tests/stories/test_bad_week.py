"""A week in which nothing goes as planned, and the desk still offers the way on at every turn of it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect

from review.actions import passwords
from review.audit import verify
from tests import builders
from tests.clocks import Clock
from tests.stories.people import PASSWORD, Lead, Person, Reviewer

pytestmark = pytest.mark.story

Open = Callable[..., Any]
CODE = "KV412"
INCIDENT = f"/desk/incidents/{CODE}"
FRESH = "Noor Velan"
FAIR = "S1 and S2 do not copy one another."
DOUBT = "S1 and S2 were written by one hand."
ANYWAY = "No source says so outright; the wording of both gives it away."
KIN = "My brother lives beside the store."
APPROVED = "Three fresh votes, and none of them is near the place."


@pytest.mark.timeout(240)
def test_a_disputed_incident_with_an_absent_reviewer_a_substitute_and_a_late_conflict_walks_to_a_published_grade(
    time: Clock, team: builders.Desk, open_window: Open, tmp_path: Path
) -> None:
    builders.add(team.admin, FRESH, "reviewer", passwords.hash_password(PASSWORD))
    builders.with_sources(team)
    voters = [Reviewer(open_window(), name) for name in (*builders.REVIEWERS[:3], "Sunniva Brandt", FRESH)]
    mara, yusra, ben, sunniva, noor = voters
    leads = [Lead(open_window(), name) for name in builders.LEADS]
    ilse, davit = leads

    _sign_in(ilse, mara, yusra, ben)
    _one_of_three_never_answers(ilse, mara, yusra, ben)
    time.at += timedelta(hours=73)
    builders.work()
    _sign_in(*voters, *leads)
    _is_seen_to_be_late(ilse, ben)
    _asks_instead(ilse, ben.name, sunniva.name)
    _is_off_the_turn(ben)
    sunniva.votes("fair", (3, 4), "As S2 has it.", rests=(2,))
    builders.work()
    _is_argued_over(mara, yusra, sunniva)
    _discloses_a_conflict(yusra)
    _excludes_whose_owner_is_too_close(ilse, kept=(mara, sunniva))
    _ends_the_settlement(ilse)
    _asks_a_new_round(ilse, mara, sunniva, noor, barred=yusra)
    for person in (mara, sunniva, noor):
        person.votes("fair", (3, 5), FAIR, rests=(1, 2))
    builders.work()
    davit.approves(CODE, APPROVED)
    _the_public_reads([person.name for person in (*voters, *leads)], open_window)
    _a_stranger_verifies(team.app, tmp_path)


def _sign_in(*people: Person) -> None:
    """Nobody stays signed in over three days."""
    for person in people:
        person.signs_in()


def _one_of_three_never_answers(lead: Lead, mara: Reviewer, yusra: Reviewer, absent: Reviewer) -> None:
    lead.opens_a_round(CODE, asks=[mara.name, yusra.name, absent.name])
    mara.votes("fair", (3, 5), FAIR, rests=(1, 2))
    yusra.votes("discounted", (0, 0), DOUBT, rests=(1, 2), all_the_same=ANYWAY)
    absent.opens("/desk").reads("Your vote is owed").reads("due 27 Mar 2031")


def _is_seen_to_be_late(lead: Lead, absent: Reviewer) -> None:
    absent.opens("/desk").reads("late, was due 27 Mar 2031")
    lead.opens("/desk/waiting").reads("Late:").reads(absent.name).follows("Ask another")
    row = lead.page.locator(".answers tr", has_text=absent.name)
    expect(row).to_contain_text("late, was due 27 Mar 2031")
    assert not {"Fair", "Discounted"} & set(re.findall(r"\w+", lead.page.locator("#round").inner_text()))


def _asks_instead(lead: Lead, absent: str, substitute: str) -> None:
    """From the panel that the list led to: released and replaced in one press, with a reason."""
    form = "form[action$='/substitute']"
    lead.unfolds("Release somebody who has not answered")
    lead.chooses("Whom to release", absent, form).chooses("And ask instead", substitute, form)
    lead.fills("Why", "No answer in three days.", form).presses("Release and ask instead")
    lead.is_told("Released, and another asked in their place.")
    expect(lead.page.locator(".answers tr", has_text=absent)).to_contain_text("released")
    expect(lead.page.locator(".answers tr", has_text=substitute)).to_contain_text("30 Mar 2031")


def _is_off_the_turn(absent: Reviewer) -> None:
    absent.opens("/desk").reads("Nothing is on your turn")


def _is_argued_over(mara: Reviewer, yusra: Reviewer, sunniva: Reviewer) -> None:
    yusra.argues("Both accounts misspell the village in the same way.")
    mara.argues("So does the map that both of them used.")
    sunniva.argues("S2 gives an hour that S1 does not have.")


def _discloses_a_conflict(voter: Reviewer) -> None:
    voter.opens(INCIDENT).unfolds("I am too close to judge this")
    voter.fills("Ground", KIN, "#conflict").presses("Declare a conflict of interest")
    voter.is_told("Your conflict is declared. Others will judge this incident.")


def _excludes_whose_owner_is_too_close(lead: Lead, kept: tuple[Reviewer, ...]) -> None:
    """The desk tells the lead, leads them to the incident and says whose vote it is, by its letter alone."""
    lead.opens("/desk").follows(CODE, ".notices")
    notice = lead.page.locator("#exclude .notice").inner_text()
    letter = re.search(r"The owner of (\w+) says they are too close", notice)
    assert letter, notice
    lead.chooses("Which vote", f"Round 1, reviewer {letter[1]}", "#exclude")
    lead.chooses("Ground", "a conflict of interest", "#exclude")
    lead.fills("Why", "Disclosed after the close.", "#exclude").presses("Exclude this vote")
    lead.is_told("The vote is excluded, and the result is computed without it.")
    expect(lead.page.locator("#votes tr", has_text="excluded")).to_contain_text("Discounted")
    for voter in kept:
        expect(voter.opens(INCIDENT).page.locator("#votes tr", has_text="yours")).not_to_contain_text("excluded")


def _ends_the_settlement(lead: Lead) -> None:
    lead.opens("/desk/waiting").reads("Too few votes are left.").follows("End this disagreement")
    lead.reads("Exclusions left 2 of 3")
    lead.fills("Why", "Two votes decide nothing.", "form[action$='/abandon']").presses("End this disagreement")
    lead.is_told("The disagreement is ended without a result. A new round can be opened.")


def _asks_a_new_round(lead: Lead, *voters: Reviewer, barred: Reviewer) -> None:
    lead.opens("/desk/waiting").follows("Open a round")
    expect(lead.page.locator("#round").get_by_label(barred.name)).to_have_count(0)
    lead.opens_a_round(CODE, asks=[voter.name for voter in voters], number=3)


def _the_public_reads(names: list[str], open_window: Open) -> None:
    reader = Person(open_window(), "A reader").opens("/incidents").follows(CODE)
    expect(reader.page.locator(".det-grade")).to_contain_text("Fair")
    expect(reader.page.locator(".det-range .figure")).to_have_text("3–5")
    expect(reader.page.locator(".split li")).to_have_count(3)
    reader.reads(APPROVED)
    public = reader.page.content()
    assert [words for words in (*names, KIN, DOUBT, ANYWAY) if words in public] == []


def _a_stranger_verifies(app: Flask, folder: Path) -> None:
    """In an empty folder: the one file of the program, the bundle, and the key that the desk publishes."""
    empty = folder / "elsewhere"
    empty.mkdir()
    made = app.test_cli_runner().invoke(args=["audit", "export", str(empty / "bundle.zip")])
    assert made.exit_code == 0, made.output
    key = app.test_cli_runner().invoke(args=["audit", "key"]).stdout.strip()
    shutil.copyfile(verify.__file__, empty / "verify.py")
    command = [sys.executable, "-I", "-S", "verify.py", "bundle.zip", "--key", key]
    whole = subprocess.run(command, cwd=empty, env={}, capture_output=True, text=True, check=False)
    assert whole.returncode == 0, whole.stdout + whole.stderr
    assert "ALL THAT CAN BE CHECKED HOLDS." in whole.stdout
    assert "version 1: fair" in whole.stdout
