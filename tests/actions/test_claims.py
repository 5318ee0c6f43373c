"""Claims: kept as received, grouped, set aside, restored; a mistake is undone by a further event."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from review.actions import claims, incidents
from review.models import Claim, session
from review.rules.errors import Forbidden, Invalid, NotFound, Refused
from tests import builders, trail
from tests.builders import Desk


def stage(claim: int) -> str:
    return session.get_one(Claim, claim, populate_existing=True).stage


def test_a_claim_is_kept_word_for_word_and_its_reporter_apart(team: Desk) -> None:
    claim = claims.receive_claim(
        team.reviewers[0], text="  قصف على المخزن \r\nفي المساء ", language="ar", translation="A strike at dusk.",
        url="https://eluan-monitor.example/1", reporter="a neighbour",
    )  # fmt: skip
    leaf = trail.last()
    assert (leaf.seq, leaf.type) == (claim, "claim.received")
    assert leaf.sealed["text"] == "قصف على المخزن \nفي المساء"
    assert (leaf.sealed["language"], leaf.sealed["reporter"]) == ("ar", "a neighbour")
    assert set(leaf.body) == {"claim"}
    assert stage(claim) == "received"


def test_the_actor_of_a_claim_is_named_for_that_claim_alone(team: Desk) -> None:
    builders.received(team)
    first = trail.last()
    builders.received(team)
    assert first.actor != trail.last().actor
    assert first.sealed["person"] == trail.last().sealed["person"]


@pytest.mark.parametrize(
    "given", [{"text": " \n "}, {"text": "x" * 8_001}, {"text": "x", "url": "https://a.example/" + "x" * 2_000}]
)
def test_what_cannot_be_kept_is_said_by_field(team: Desk, given: dict[str, str]) -> None:
    before = trail.size()
    with pytest.raises(Invalid) as refusal:
        claims.receive_claim(team.reviewers[0], **given)
    assert set(refusal.value.problems) == {list(given)[-1]}
    assert trail.size() == before


def test_grouping_moves_the_evidence_and_ungrouping_moves_it_on(team: Desk) -> None:
    ref, claim = builders.opened(team), builders.received(team)
    seen = [trail.dossier(ref).evidence]
    claims.group_claim(team.reviewers[0], ref, claim)
    assert stage(claim) == "grouped"
    seen.append(trail.dossier(ref).evidence)
    claims.ungroup_claim(team.reviewers[1], ref, claim, reason="Another village.")
    seen.append(trail.dossier(ref).evidence)
    assert len(set(seen)) == 3
    assert stage(claim) == "received"
    assert trail.types(ref) == ["incident.opened", "claim.grouped", "claim.ungrouped"]
    assert not trail.dossier(ref).claims[0].grouped


def test_an_incident_is_opened_from_its_claims_in_one_act(team: Desk) -> None:
    one, other = builders.received(team), builders.received(team)
    ref = incidents.open_incident(
        team.enterer, stream=team.stream, facts=builders.facts(), claims=(other, one, one)
    )
    assert trail.types(ref) == ["incident.opened", "claim.grouped", "claim.grouped"]
    assert [claim.seq for claim in trail.dossier(ref).claims] == [one, other]


def test_one_claim_is_in_one_incident(team: Desk) -> None:
    ref, other, claim = builders.opened(team), builders.opened(team), builders.received(team)
    claims.group_claim(team.reviewers[0], ref, claim)
    with pytest.raises(Invalid):
        claims.group_claim(team.reviewers[0], other, claim)
    with pytest.raises(Refused) as refusal:
        claims.ungroup_claim(team.reviewers[0], other, claim, reason="A mistake.")
    assert [requirement.name for requirement in refusal.value.requirements] == ["claim-grouped"]


def duplicate(team: Desk, claim: int, other: int) -> None:
    claims.duplicate_claim(team.reviewers[0], claim, of=other, reason="Word for word.")


def dismiss(team: Desk, claim: int, _other: int) -> None:
    claims.dismiss_claim(team.reviewers[0], claim, reason="No civilians are spoken of.")


def withdraw(team: Desk, claim: int, _other: int) -> None:
    claims.withdraw_claim(team.reviewers[0], claim, reason="Whoever sent it takes it back.")


SetAside = Callable[[Desk, int, int], None]


def set_aside_and_restored(team: Desk, set_aside: SetAside, to: str) -> list[trail.Leaf]:
    """The two events of a claim that was set aside and waits again; its stage is read in between."""
    claim, other = builders.received(team), builders.received(team)
    set_aside(team, claim, other)
    assert stage(claim) == to
    aside = trail.last()
    claims.restore_claim(team.reviewers[1], claim, reason="It names another street.")
    assert stage(claim) == "received"
    assert session.get_one(Claim, claim).of is None
    assert trail.last().body == {"claim": claim, "of": None}
    assert aside.body == {"claim": claim, "of": other if to == "duplicate" else None}
    return [aside, trail.last()]


def test_duplicate_and_restore(team: Desk) -> None:
    aside, back = set_aside_and_restored(team, duplicate, "duplicate")
    assert (aside.type, back.type) == ("claim.duplicated", "claim.restored")


def test_dismiss_and_restore(team: Desk) -> None:
    aside, back = set_aside_and_restored(team, dismiss, "dismissed")
    assert (aside.type, back.type) == ("claim.dismissed", "claim.restored")


def test_withdraw(team: Desk) -> None:
    aside, back = set_aside_and_restored(team, withdraw, "withdrawn")
    assert (aside.type, back.type) == ("claim.withdrawn", "claim.restored")
    assert aside.sealed["reason"] == "Whoever sent it takes it back."


def test_a_claim_withdrawn_once_is_not_withdrawn_again(team: Desk) -> None:
    claim = builders.received(team)
    withdraw(team, claim, claim)
    with pytest.raises(Invalid):
        withdraw(team, claim, claim)
    claims.restore_claim(team.reviewers[1], claim, reason="Sent in again.")
    withdraw(team, claim, claim)


def test_group_and_ungroup(team: Desk) -> None:
    ref, claim = builders.opened(team), builders.received(team)
    claims.group_claim(team.reviewers[0], ref, claim)
    claims.ungroup_claim(team.reviewers[1], ref, claim, reason="Another village.")
    claims.group_claim(team.reviewers[2], ref, claim)
    assert stage(claim) == "grouped"
    assert trail.types(ref)[1:] == ["claim.grouped", "claim.ungrouped", "claim.grouped"]


@pytest.mark.parametrize("set_aside", [duplicate, dismiss, withdraw])
def test_a_claim_in_an_incident_is_not_set_aside(team: Desk, set_aside: SetAside) -> None:
    ref, claim, other = builders.opened(team), builders.received(team), builders.received(team)
    claims.group_claim(team.reviewers[0], ref, claim)
    with pytest.raises(Invalid):
        set_aside(team, claim, other)
    assert stage(claim) == "grouped"


def test_a_claim_repeats_another_one_that_stands(team: Desk) -> None:
    claim, other, third = (builders.received(team) for _ in range(3))
    with pytest.raises(Invalid):
        duplicate(team, claim, claim)
    duplicate(team, claim, other)
    with pytest.raises(Invalid):
        duplicate(team, third, claim)
    duplicate(team, third, other)
    assert session.get_one(Claim, third).of == other


@pytest.mark.parametrize("reason", ["", "  "])
def test_setting_aside_needs_a_reason(team: Desk, reason: str) -> None:
    claim = builders.received(team)
    with pytest.raises(Invalid) as refusal:
        claims.dismiss_claim(team.reviewers[0], claim, reason=reason)
    assert set(refusal.value.problems) == {"reason"}
    claims.dismiss_claim(team.reviewers[0], claim, reason=reason + "Out of scope.")


def test_who_may_not_is_refused_and_traced_once_a_day(team: Desk) -> None:
    ref, claim = builders.opened(team), builders.received(team)
    for _ in range(2):
        with pytest.raises(Forbidden):
            claims.group_claim(team.auditor, ref, claim)
    traces = [leaf for leaf in trail.leaves(ref) if leaf.type == "attempt.refused"]
    assert [trace.body for trace in traces] == [{"verb": "group_claim", "requirements": ["right"]}]
    assert stage(claim) == "received"


def test_a_claim_that_is_not_there_is_not_found(team: Desk) -> None:
    with pytest.raises(NotFound):
        claims.dismiss_claim(team.reviewers[0], 999_999, reason="Nothing here.")
