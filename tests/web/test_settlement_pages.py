"""The settlement's page: from the arguments to a settler's word, and what whoever was not asked reads of it."""

from __future__ import annotations

import pytest

from review.actions import settlements
from tests import builders
from tests.web.sitting import hidden
from tests.web.test_working_screens import at, text


@pytest.fixture
def world(staffed: builders.Desk) -> builders.Desk:
    return staffed


def test_a_settlement_goes_from_arguments_to_a_settler_on_its_page(world: builders.Desk) -> None:
    ref = builders.disputed(world)
    path = "/desk/incidents/KV412/settlement"
    minority = at(world, world.voters[2])
    page = text(minority.get(path))
    assert page.count("differs</span>") >= 1 and "Add my argument" in page
    assert minority.post(f"{path}/argue", data={"text": "S6 reports mortar fire."}).status_code == 303
    lead = at(world, world.lead)
    assert lead.post(f"{path}/second-vote").status_code == 303
    builders.cast_all(world, ref, 2, "fair", "fair", "discounted")
    builders.work()
    page = text(lead.get(path))
    assert "Name a settler" in page and world.voters[0].name not in page
    assert lead.post(f"{path}/appoint", data={"person": str(world.spare.person)}).status_code == 303
    settler = at(world, world.spare)
    assert "Settle it" in text(settler.get("/desk"))
    page = text(settler.get(path))
    form = {"seen": hidden(page, "seen"), "grade": "fair", "rationale": "S6 lies elsewhere."}
    unanswered = settler.post(f"{path}/settle", data=form)
    assert unanswered.status_code == 422
    assert "Say what you make of it, even if it changes nothing." in text(unanswered)
    assert "S6 lies elsewhere." in text(unanswered)
    argument = builders.view(ref).settlements[0].arguments[0].seq
    done = settler.post(f"{path}/settle", data={**form, f"reply-{argument}": "It lies 3 km away."})
    assert done.status_code == 303
    assert builders.view(ref).stage == "approval"
    dissent = minority.post(f"{path}/dissent", data={"copy": "y", "text": ""})
    assert dissent.status_code == 303
    assert builders.view(ref).dissents[0].text == builders.BECAUSE


def test_who_was_not_asked_is_shown_neither_votes_nor_arguments(world: builders.Desk) -> None:
    ref = builders.disputed(world)
    settlements.argue(world.voters[2], ref, text="S6 reports mortar fire.")
    page = text(at(world, world.spare).get("/desk/incidents/KV412/settlement"))
    assert "Open to those inside" in page
    assert "mortar" not in page and "Reviewer A" not in page
