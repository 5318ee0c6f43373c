"""A lead's second sign-in sets an authenticator up; from then on the desk asks for its code, once each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from playwright.sync_api import expect

from review import clock
from review.actions import second_factors
from review.rules.second_factors import ASKED
from tests import builders, chromium
from tests.stories.people import PASSWORD, Lead

pytestmark = pytest.mark.story

Open = Callable[..., Any]
STEP = timedelta(seconds=30)


@pytest.fixture
def asking(team: builders.Desk) -> Iterator[builders.Desk]:
    """The desk with its setting as a new desk has it."""
    second_factors.switch(team.admin, ASKED)
    return team


def test_a_leads_second_sign_in_sets_it_up_and_the_third_takes_its_code(asking: builders.Desk, open_window: Open) -> None:
    ilse = Lead(open_window(java_script_enabled=True), "Ilse Marchetti").signs_in()
    ilse.opens("/desk/waiting").presses("Sign out")
    ilse.signs_in()
    expect(ilse.page).to_have_url(re.compile("/desk/account/second-factor"))
    ilse.reads("Before anything else.")
    assert chromium.violations(ilse.page) == []
    ilse.opens("/desk/waiting").reads("Before anything else.")
    phone = pyotp.TOTP(ilse.page.locator("#secret").inner_text().replace(" ", ""))
    expect(ilse.page.locator("figure svg path").first).to_be_visible()
    ilse.fills("Six-figure code", "000000").presses("Use this authenticator").reads("This is not the code of the moment.")
    # The picture is the same one: the phone has scanned it.
    ilse.fills("Six-figure code", phone.at(clock.now())).presses("Use this authenticator").reads("Shown once.")
    assert chromium.violations(ilse.page) == []
    recovery = ilse.page.locator("#recovery-codes code").first.inner_text()
    ilse.follows("I have kept them")
    expect(ilse.page).to_have_url(re.compile("/desk/waiting$"))
    ilse.presses("Sign out")
    code = phone.at(clock.now() + STEP)
    _tries(ilse, code)
    expect(ilse.page).to_have_url(re.compile("/desk$"))
    ilse.presses("Sign out")
    _tries(ilse, code).reads("Not signed in.")
    _tries(ilse, recovery)
    expect(ilse.page).to_have_url(re.compile("/desk$"))
    ilse.opens("/desk/account").reads("Recovery codes left: 9.")


def _tries(lead: Lead, code: str) -> Lead:
    lead.opens("/login").fills("E-mail", lead.email).fills("Password", PASSWORD).fills("Six-figure code", code)
    lead.presses("Sign in")
    return lead


def test_the_password_is_asked_for_again_without_script_and_the_approval_goes_on(
    team: builders.Desk, open_window: Open
) -> None:
    builders.agreed(team)
    moment = clock.now()
    moving = [moment]
    with clock.reading(lambda: moving[0]):
        ilse = Lead(open_window(java_script_enabled=False), "Ilse Marchetti").signs_in()
        ilse.opens("/desk/waiting").follows("KV412").fills("Why", "Every guard is met.", "#decide")
        moving[0] = moment + timedelta(minutes=11)
        ilse.presses("Approve as", "#decide").reads("Your password again")
        ilse.fills("Password", PASSWORD).presses("Go on").is_told("Version 1 is approved and published.")
