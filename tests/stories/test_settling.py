"""What the settler comes for: a disagreement that two votes left open, read under letters, answered, and decided."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from review.actions import settlements
from tests import builders
from tests.stories.people import Person, Reviewer
from tests.stories.test_roles import SOAK, Open, Way, way_of

pytestmark = pytest.mark.story

CODE = "KV412"
ROOM = f"/desk/incidents/{CODE}/settlement"
ARGUED = ("S1 and S2 tell it apart.", "The store stood where S1 puts it.", "Both of them name armed men. رأيتهم بعيني.")
BECAUSE = "Two accounts of their own, and one hour. حسابان مستقلان."
ANSWER = "S1 names three of the dead; none of them bore arms."
DISSENT = "Who they were is not known, and the page should say so."
WHERE = [
    way_of("ar", 390), way_of("en", 1280, SOAK), way_of("en", 390, SOAK), way_of("ar", 1280, SOAK),
]  # fmt: skip


@pytest.mark.parametrize("way", WHERE)
def test_a_settler_answers_the_minority_decides_and_leaves_the_dissent_to_its_owner(
    team: builders.Desk, open_window: Open, way: Way
) -> None:
    ref = _waits_for_its_settler(team)
    sunniva = Reviewer(open_window(**way.window), "Sunniva Brandt", language=way.language).signs_in()
    sunniva.is_held_to_the_minority("fair", BECAUSE)
    expect(sunniva.page.locator("form.settle .arguments > li")).to_have_count(3)
    expect(sunniva.page.locator("form.settle .arguments > .unanswered")).to_have_count(1)
    expect(sunniva.page.locator("form.settle .unanswered .read")).to_have_text(ARGUED[2])
    assert [voter.name for voter in team.voters if voter.name in sunniva.text()] == []
    sunniva.answers_what_was_left(ANSWER).reads_typed(BECAUSE).reads_typed(ANSWER)
    expect(sunniva.page.locator("#dissent, form.settle")).to_have_count(0)

    owner, other = (
        Reviewer(open_window(**way.window), voter.name, language=way.language).signs_in()
        for voter in (team.voters[2], team.voters[0])
    )
    expect(other.opens(ROOM).page.locator("#dissent")).to_have_count(0)
    owner.dissents(CODE, DISSENT)
    other.opens(ROOM).reads_typed(DISSENT, "blockquote.dissent")
    builders.approved(team, ref)
    public = Person(open_window(**way.window), language=way.language).opens(f"/incidents/{CODE}")
    public.reads_typed(DISSENT, "blockquote.dissent").reads_typed(ANSWER).reads_typed(BECAUSE)


def _waits_for_its_settler(team: builders.Desk) -> str:
    """Two votes for Fair and one for Discounted, argued over, cast once more, and no nearer."""
    ref = builders.disputed(team)
    for actor, text in zip(team.voters, ARGUED, strict=True):
        settlements.argue(actor, ref, text=text)
    number = settlements.open_second_vote(team.lead, ref)
    builders.cast_all(team, ref, number, "fair", "fair", "discounted")
    builders.work()
    settlements.appoint_settler(team.lead, ref, team.spare.person or 0)
    return ref
