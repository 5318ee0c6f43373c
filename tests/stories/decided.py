"""Incidents of the sample on which a lead has decided something, for the pages that show it."""

from __future__ import annotations

from review.actions import approvals, overrides, rechecks, sources, votes
from review.rules.facts import Casualties, Range
from tests import builders

OTHER_GRADE = "KV503"  # another grade was asked for and waits for a second lead
LATER = "KV504"  # approved for a day to come
CHECKED = "KV505"  # published, a source withdrawn, being checked again
CONFIRMED = "KV506"  # published, checked by hand and confirmed
TOO_FEW = "KV507"  # disputed, and an exclusion left two votes


def put(desk: builders.Desk) -> None:
    """One incident each."""
    codes = (OTHER_GRADE, LATER, CHECKED, CONFIRMED, TOO_FEW)
    refs = {code: builders.with_sources(desk, builders.opened(desk, codes=(code,))) for code in codes}
    _other_grade(desk, builders.agreed(desk, refs[OTHER_GRADE]))
    _later(desk, builders.agreed(desk, refs[LATER]))
    for code in (CHECKED, CONFIRMED):
        builders.approved(desk, builders.agreed(desk, refs[code]))
    sources.withdraw_source(desk.enterer, refs[CHECKED], 1, reason="Its author asks for it.")
    seen = builders.row(refs[CONFIRMED]).digest
    rechecks.open_recheck(desk.lead, refs[CONFIRMED], reason="A reader points to another village.", seen=seen)
    seen = builders.row(refs[CONFIRMED]).digest
    rechecks.confirm_recheck(desk.lead, refs[CONFIRMED], reason="S1 names the village.", seen=seen)
    ref = builders.disputed(desk, refs[TOO_FEW])
    votes.exclude_vote(desk.lead, ref, builders.view(ref).live(1)[0].seq, ground="conflict", reason="Kin.")


def _other_grade(desk: builders.Desk, ref: str) -> None:
    overrides.override(
        desk.leads[1], ref, grade="weak", casualties=Casualties(Range(3, 4)), reason="S2 is an echo of S1.",
        seen=builders.row(ref).digest,
    )  # fmt: skip


def _later(desk: builders.Desk, ref: str) -> None:
    approvals.approve(
        desk.lead, ref, reason="It holds.", seen=builders.row(ref).digest, not_before="2199-03-14"
    )


def pages(at: str) -> list[str]:
    """What a lead opens of them."""
    return [
        f"{at}/{OTHER_GRADE}/approval", f"{at}/{OTHER_GRADE}", f"{at}/{LATER}/approval", f"{at}/{CHECKED}",
        f"{at}/{CONFIRMED}", f"{at}/{TOO_FEW}/settlement", f"{at}/{TOO_FEW}",
    ]  # fmt: skip


PUBLIC = (f"/incidents/{CHECKED}", f"/incidents/{CONFIRMED}")
