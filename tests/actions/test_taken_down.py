"""A request for a correction that came by telephone or letter: written down here, sealed and kept like any other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from review.actions import approvals, corrections, restrictions, submissions, submitting, taking_down
from review.actions.taking_down import enter_correction
from review.models import Incident, SubmissionTaken, session
from review.queries import corrections as seen
from review.queries.receipts import receipt
from review.queries.submissions import submission_page
from review.rules import submissions as rules
from review.rules.errors import Forbidden, Invalid
from review.rules.permissions import Actor
from tests import builders, sent_in, staffing, trail
from tests.builders import Desk
from tests.clocks import Clock

CALL = {**sent_in.WISH, "way": "telephone", "day": "2031-03-20"}


@pytest.fixture
def filling() -> staffing.Filling:
    return lambda team, _time: builders.published(team)


@pytest.fixture
def team(time: Clock, staffed: Desk) -> Desk:
    return staffed


def entered(who: Actor, ref: str | None = "KV412", stamp: str | None = None, **changes: str) -> str:
    return enter_correction(who, stamp or submitting.new_stamp(), ref, {**CALL, **changes})


def test_it_lies_in_quarantine_sealed_with_who_took_it_and_its_receipt_follows(
    team: Desk, filled: str, time: Clock
) -> None:
    size, stamp = trail.size(), submitting.new_stamp()
    code = entered(team.spare, stamp=stamp)
    assert entered(team.spare, stamp=stamp) == code, "a second press is the same request"
    (row,) = sent_in.rows()
    assert trail.size() == size and row.state == "waiting" and "mill" not in (row.words or "")
    assert (receipt(code).received, receipt(code).state) == ("2031-03-20", "waiting")
    name = row.name
    for reader, contact in ((team.spare, None), (team.lead, "The miller")):
        page = submission_page(reader, name)
        assert page.contact == contact and page.taken is not None
        assert (page.taken.by, page.taken.way, page.taken.day) == (team.spare.name, "telephone", "2031-03-20")
    submissions.accept_correction(team.enterer, name)
    leaf = trail.last(filled)
    assert leaf.type == "correction.received" and leaf.sealed["reporter"] == "The miller"
    assert leaf.sealed["text"].endswith("Taken down: by telephone, 2031-03-20")
    assert seen.correction_page(team.lead, name).taken is not None
    corrections.decline_correction(team.lead, name, reason="It stands.")
    session.rollback()
    assert (receipt(code).outcome, receipt(code).answer) == ("declined", "It stands.")
    time.at += rules.RECEIPT_KEPT + timedelta(days=2)
    session.rollback()
    submissions.sweep()
    assert sent_in.rows() == [] and session.scalar(select(func.count()).select_from(SubmissionTaken)) == 0


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (lambda team: entered(team.lead, way="pigeon"), "way"),
        (lambda team: entered(team.lead, day="2031-03-25"), "day"),
        (lambda team: entered(team.lead, text=" "), "text"),
        (lambda team: entered(team.lead, ref="KV999"), "incident"),
        (lambda team: entered(team.lead, ref=None), "incident"),
        (lambda team: entered(team.lead, stamp="1.2.3"), "form"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_its_field(
    team: Desk, filled: str, wrong: Callable[[Desk], str], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        wrong(team)
    assert list(refusal.value.problems) == [field] and sent_in.rows() == []


def test_only_those_who_receive_what_is_sent_in_write_it_down(team: Desk, filled: str) -> None:
    for who in (team.admin, team.auditor):
        with pytest.raises(Forbidden):
            entered(who)
    assert sent_in.rows() == []
    entered(team.lead)
    assert len(sent_in.rows()) == 1


def meanwhile(monkeypatch: pytest.MonkeyPatch, deed: Callable[[], object]) -> None:
    """Somebody else acts on the incident after its page was found and before it is locked."""
    found = taking_down._public

    def then(ref: str | None) -> Incident:
        page = found(ref)
        deed()
        return page

    monkeypatch.setattr(taking_down, "_public", then)


def test_it_speaks_of_the_version_that_stands_when_it_is_kept(
    team: Desk, filled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(monkeypatch, lambda: builders.approved(team, again(team, filled)))
    entered(team.spare)
    assert [row.version for row in sent_in.rows()] == [2]


def test_of_a_page_that_is_restricted_meanwhile_nothing_is_kept(
    team: Desk, filled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(monkeypatch, lambda: restrictions.restrict_incident(team.lead, filled, people=[], reason="In danger."))
    with pytest.raises(Invalid) as refusal:
        entered(team.lead)
    session.rollback()
    assert refusal.value.problems == {"incident": rules.NO_PUBLIC_PAGE} and sent_in.rows() == []


def again(team: Desk, ref: str) -> str:
    approvals.reopen(team.lead, ref, ground="verdict", reason="A witness came.", seen=builders.row(ref).digest)
    return builders.agreed(team, ref)
