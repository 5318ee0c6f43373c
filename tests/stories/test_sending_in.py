"""What somebody outside comes for: to say what they saw, and to learn what became of it; without an account or a script."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from review.actions import claims
from review.models import Claim, session
from tests import builders
from tests.clocks import Clock
from tests.stories.people import Reviewer, Submitter
from tests.stories.test_roles import Open, Way, every_way

pytestmark = pytest.mark.story

SAW = "انفجاران عند الطاحونة قبل الفجر. Two explosions by the mill."
ADVERTISED = "Cheap tiles, delivered."
NOTHING_IN_IT = "An advertisement."
FEW_SECONDS = timedelta(seconds=10)


@every_way
def test_what_a_stranger_sends_in_is_looked_through_and_the_receipt_says_what_became_of_it(
    time: Clock, team: builders.Desk, open_window: Open, way: Way
) -> None:
    sender = Submitter(open_window(java_script_enabled=False, **way.window), language=way.language)
    sender.opens("/").follows("Send in", "body").reads("Think of your own safety first")
    sender.fills("What happened", SAW).fills("Where it was", "Beit Arun, the mill").presses("Send to the desk")
    expect(sender.page.get_by_label(sender.said("What happened"), exact=True)).to_have_value(SAW)
    time.at += FEW_SECONDS  # at first it came faster than anybody types
    seen, advertised = sender.sends(SAW), _sends_another(sender, time)
    sender.asks_what_became_of(seen).reads("It waits.", "#state")

    lina = Reviewer(open_window(**way.window), team.enterer.name, language=way.language).signs_in()
    _looks_through(lina, SAW).presses("Take it in").is_told("It was taken in as a claim. It waits to be placed.")
    _looks_through(lina, ADVERTISED).fills("Why", NOTHING_IN_IT).presses("Turn it away")
    sender.asks_what_became_of(advertised).reads("It was not taken up.", "#state")
    expect(sender.page.locator("#state")).not_to_contain_text(NOTHING_IN_IT)
    sender.asks_what_became_of(seen).reads("It was passed on to the desk.", "#state")

    _is_graded_and_published(team)
    sender.asks_what_became_of(seen).follows("What you sent belongs to an incident that was published")
    assert sender.page.url.endswith("/incidents/KV412")
    assert sender.page.context.cookies() == [], "nothing is left on the machine of whoever sends in"


def _sends_another(sender: Submitter, time: Clock) -> str:
    sender.opens("/submit")
    time.at += FEW_SECONDS
    return sender.sends(ADVERTISED)


def _looks_through(reviewer: Reviewer, words: str) -> Any:
    return reviewer.opens("/desk/submissions").follows(words[:10]).reads_typed(words)


def _is_graded_and_published(team: builders.Desk) -> None:
    ref = builders.with_sources(team)
    (claim,) = session.scalars(select(Claim.seq))
    claims.group_claim(team.enterer, ref, claim)
    builders.approved(team, builders.agreed(team, ref))
