"""The approval page: the case as it is read, approved, returned, left for its day; and a published grade reopened."""

from __future__ import annotations

import pytest

from review.actions import settlements
from tests import builders
from tests.web.sitting import hidden
from tests.web.test_working_screens import at, incident, text


@pytest.fixture
def world(staffed: builders.Desk) -> builders.Desk:
    return staffed


def test_a_lead_reads_the_case_and_approves_what_it_shows(world: builders.Desk) -> None:
    ref = builders.agreed(world)
    client = at(world, world.lead)
    page = text(client.get("/desk/incidents/KV412/approval"))
    assert "Approve as Fair, 3–5" in page
    assert "dissented, in no public words" in page
    assert "You opened a round" in page
    form = {"seen": hidden(page, "seen"), "reason": ""}
    silent = client.post("/desk/incidents/KV412/approval/approve", data=form)
    assert silent.status_code in (409, 422)
    done = client.post("/desk/incidents/KV412/approval/approve", data={**form, "reason": "Both origins stand."})
    assert done.status_code == 303
    assert builders.view(ref).stage == "published"


def test_a_case_that_moved_is_not_approved_and_what_changed_is_said(world: builders.Desk) -> None:
    ref = builders.agreed(world)
    client = at(world, world.lead)
    seen = hidden(text(client.get("/desk/incidents/KV412/approval")), "seen")
    vote = builders.view(ref).proposal.minority[0]
    settlements.dissent(world.voters[2], ref, vote, text="One account, told twice.")
    form = {"seen": seen, "reason": "Both origins stand, I hold."}
    answer = client.post("/desk/incidents/KV412/approval/approve", data=form)
    assert answer.status_code == 409
    assert "A dissent was written." in text(answer)
    assert "Both origins stand, I hold." in text(client.get("/desk/incidents/KV412/approval"))
    assert builders.view(ref).stage == "approval"


def test_who_voted_finds_out_why_they_cannot_approve_and_who_can(world: builders.Desk) -> None:
    builders.at_once(world)
    ref, number = builders.round_opened(world, reviewers=(*world.voters[:2], world.leads[1]))
    for actor in (*world.voters[:2], world.leads[1]):
        builders.cast(actor, ref, number)
    builders.work()
    page = text(at(world, world.leads[1]).get("/desk/incidents/KV412/approval"))
    assert "You voted on this incident, so you cannot approve it." in page
    assert world.lead.name in page
    waits = text(at(world, world.leads[1]).get("/desk/waiting?only=others"))
    assert "You voted on this incident, so you cannot approve it." in waits


def test_a_grade_is_returned_and_a_published_one_reopened(world: builders.Desk) -> None:
    ref = builders.agreed(world)
    client = at(world, world.lead)
    seen = hidden(text(client.get("/desk/incidents/KV412/approval")), "seen")
    form = {"seen": seen, "to": "round", "reason": "S2 copies S1."}
    assert client.post("/desk/incidents/KV412/approval/return", data=form).status_code == 303
    assert builders.view(ref).needs_round
    builders.agreed(world, ref)
    builders.approved(world, ref)
    seen = hidden(incident(client), "seen")
    bare = client.post("/desk/incidents/KV412/reopen", data={"seen": seen, "ground": "", "reason": "S9 is new."})
    assert bare.status_code == 422 and "S9 is new." in text(bare)
    again = {"seen": seen, "ground": "verdict", "reason": "S9 is new."}
    assert client.post("/desk/incidents/KV412/reopen", data=again).status_code == 303
    dossier = builders.view(ref)
    assert dossier.stage == "grading" and dossier.determination and dossier.determination.version == 1


def test_the_approval_can_wait_for_its_day(world: builders.Desk) -> None:
    ref = builders.agreed(world)
    client = at(world, world.lead)
    seen = hidden(text(client.get("/desk/incidents/KV412/approval")), "seen")
    form = {"seen": seen, "reason": "Both origins stand.", "not_before": "2199-01-01"}
    assert client.post("/desk/incidents/KV412/approval/approve", data=form).status_code == 303
    assert builders.view(ref).stage == "approval"
    assert "It is published on 1 January 2199" in text(client.get("/desk/incidents/KV412/approval"))
