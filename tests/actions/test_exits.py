"""The exits: merged, split, dismissed, withdrawn; each with its reason, readable both ways, each with its way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from review import clock
from review.actions import approvals, claims, exits, settlements, sources
from review.models import Claim, Event, session
from review.queries import determinations, public
from review.rules.errors import Forbidden, Invalid, Refused
from review.rules.merging import Part
from tests import builders
from tests.audit.checking import failures
from tests.builders import Desk

SAME = "The same strike, told by another paper."


def incident(team: Desk, code: str, *, first: int = 1, count: int = 2, **changes: object) -> str:
    """An incident with sources of its own and one claim."""
    claim = builders.received(team, text=f"What was said of {code}.")
    ref = builders.opened(team, codes=(code,), **changes)
    claims.group_claim(team.enterer, ref, claim)
    for number in range(first, first + count):
        sources.attach_source(team.enterer, ref, draft=builders.draft(number))
    return ref


def the_claims(ref: str) -> list[int]:
    return [claim.seq for claim in builders.view(ref).claims if claim.grouped]


def types(ref: str) -> list[str]:
    """The types of an incident's events, in order."""
    statement = select(Event.type).where(Event.incident_id == builders.row(ref).id).order_by(Event.iseq)
    return list(session.scalars(statement))


def checked(team: Desk, folder: Path, *profiles: str) -> None:
    """The whole log verifies at a stranger's, in each profile, and the database is what the trail amounts to."""
    runner = team.app.test_cli_runner()
    key = runner.invoke(args=["audit", "key"]).stdout.strip()
    for profile in profiles or ("internal", "court", "public"):
        bundle = folder / f"{profile}.zip"
        made = runner.invoke(args=["audit", "export", str(bundle), "--profile", profile])
        assert made.exit_code == 0, made.output
        assert failures(bundle, key=key) == [], profile
    stored = runner.invoke(args=["audit", "fsck"])
    assert stored.exit_code == 0, stored.output


def part(summary: str, code: str, **taken: tuple[int, ...]) -> Part:
    return Part(builders.facts(summary=summary, codes=(code,), ranges=()), **taken)


# --- every exit, from every stage, and back ----------------------------------------------------------------


def logged(team: Desk) -> str:
    return builders.with_sources(team)


def grading(team: Desk) -> str:
    ref, number = builders.round_opened(team)
    builders.cast(team.voters[0], ref, number)
    return ref


def needing_a_round(team: Desk) -> str:
    ref = builders.agreed(team)
    approvals.return_grade(team.lead, ref, to="round", reason="Look again.", seen=builders.row(ref).digest)
    return ref


def settlement(team: Desk) -> str:
    return builders.disputed(team)


def second_vote(team: Desk) -> str:
    ref = builders.disputed(team)
    settlements.open_second_vote(team.lead, ref)
    return ref


def approval(team: Desk) -> str:
    return builders.agreed(team)


def published(team: Desk) -> str:
    return builders.published(team)


def merged(team: Desk, ref: str) -> None:
    exits.merge_incident(team.lead, ref, into=builders.opened(team, codes=("KV777",)), reason=SAME)


def split(team: Desk, ref: str) -> None:
    exits.split_incident(team.lead, ref, parts=(part("mill", "A1"), part("bakery", "B1")), reason="Two strikes.")


def dismissal(team: Desk, ref: str) -> None:
    exits.dismiss_incident(team.lead, ref, reason="Outside of the stream.")


def withdrawal(team: Desk, ref: str) -> None:
    exits.withdraw_incident(team.lead, ref, reason="It endangers a family.")


EXITS = {"merged": merged, "split": split, "dismissed": dismissal, "withdrawn": withdrawal}
# Stage -> what it comes back to: an open round and an open settlement have ended by the exit.
STAGES = {
    logged: "logged", grading: "logged", needing_a_round: "grading", settlement: "logged", second_vote: "logged",
    approval: "approval", published: "published",
}  # fmt: skip


@pytest.mark.parametrize("exit_", EXITS)
@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.__name__)
def test_every_exit_is_walked_and_returned_from(
    team: Desk, tmp_path: Path, exit_: str, stage: Callable[[Desk], str]
) -> None:
    ref = stage(team)
    EXITS[exit_](team, ref)
    left = builders.view(ref)
    assert (left.stage, left.open_round, left.open_settlement) == (exit_, None, None)
    assert builders.row(ref).public is False
    exits.restore_incident(team.lead, ref, reason="By mistake.")
    assert builders.view(ref).stage == STAGES[stage]
    _goes_on(team, ref)
    checked(team, tmp_path, "internal")


def _goes_on(team: Desk, ref: str) -> None:
    """Nothing is stuck: whatever stage it came back to, the incident goes on to a published grade."""
    there = builders.view(ref)
    if there.stage == "published":
        return
    if there.stage != "approval":
        builders.agreed(team, ref)
    builders.approved(team, ref, by=team.leads[1])


@pytest.mark.parametrize("exit_", EXITS)
def test_an_exit_and_its_way_back_need_a_reason(team: Desk, exit_: str) -> None:
    ref = logged(team)
    for verb in (exits.dismiss_incident, exits.withdraw_incident):
        with pytest.raises(Invalid):
            verb(team.lead, ref, reason=None)
    EXITS[exit_](team, ref)
    with pytest.raises(Invalid):
        exits.restore_incident(team.lead, ref, reason=None)
    assert builders.view(ref).stage == exit_


@pytest.mark.parametrize("exit_", EXITS)
def test_who_is_no_lead_takes_nothing_off_the_desk(team: Desk, exit_: str) -> None:
    ref = logged(team)
    for actor in (team.spare, team.admin, team.auditor):
        with pytest.raises(Forbidden):
            EXITS[exit_](replace(team, leads=(actor,)), ref)
    assert builders.view(ref).stage == "logged"


def test_what_has_left_cannot_leave_again_and_what_is_there_cannot_be_restored(team: Desk) -> None:
    ref = logged(team)
    with pytest.raises(Refused) as refusal:
        exits.restore_incident(team.lead, ref, reason="By mistake.")
    assert [requirement.name for requirement in refusal.value.requirements] == ["exited"]
    dismissal(team, ref)
    with pytest.raises(Refused) as refusal:
        withdrawal(team, ref)
    assert [requirement.name for requirement in refusal.value.requirements] == ["not-exited"]


def test_an_open_round_is_abandoned_and_its_votes_stay_sealed(team: Desk) -> None:
    ref = grading(team)
    dismissal(team, ref)
    assert types(ref)[-2:] == ["round.closed", "incident.dismissed"]
    assert "vote.revealed" not in types(ref)
    assert [vote.ballot for vote in builders.view(ref).votes if vote.revealed] == []


def test_what_was_approved_for_a_later_day_waits_while_it_is_away(team: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ref = builders.agreed(team)
    start = clock.now()
    day = (start + timedelta(days=2)).date().isoformat()
    approvals.approve(team.lead, ref, reason="Embargoed.", seen=builders.row(ref).digest, not_before=day)
    dismissal(team, ref)
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(days=3))
    builders.work()
    assert builders.view(ref).stage == "dismissed"
    exits.restore_incident(team.lead, ref, reason="By mistake.")
    builders.work()
    assert builders.view(ref).stage == "published"


# --- withdrawn, publicly -----------------------------------------------------------------------------------


def test_a_withdrawn_grade_stays_readable_and_says_why(team: Desk, tmp_path: Path) -> None:
    ref = builders.published(team)
    withdrawal(team, ref)
    page = determinations.determination_page(ref)
    assert (page.exited, page.exit_reason) == ("withdrawn", "It endangers a family.")
    assert public.list_page().rows == ()
    checked(team, tmp_path)
    exits.restore_incident(team.lead, ref, reason="The danger has passed.")
    assert determinations.determination_page(ref).exited is None
    assert [row.ref for row in public.list_page().rows] == ["KV412"]


def test_a_claim_may_still_be_taken_out_of_what_has_left(team: Desk) -> None:
    ref = incident(team, "KV100")
    (claim,) = the_claims(ref)
    dismissal(team, ref)
    claims.ungroup_claim(team.enterer, ref, claim, reason="It belongs elsewhere.")
    assert session.get_one(Claim, claim).stage == "received"
