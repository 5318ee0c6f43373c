"""Requests for a correction: received in the incident's chain, taken on, and ended with an outcome that is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from review.actions import approvals, corrections, rechecks, restrictions, sources, submissions
from review.audit import keys
from review.config import home, origin
from review.models import session
from review.queries import corrections as seen
from review.queries.receipts import Receipt, receipt
from review.rules.corrections import HAS_ENDED
from review.rules.errors import Forbidden, Invalid, NotFound, Refused, Stale
from tests import builders, sent_in, staffing, trail
from tests.actions.test_commands import flask
from tests.actions.test_concurrency import at_once
from tests.audit.checking import failures
from tests.builders import Desk
from tests.clocks import Clock

NOTE = "The mill had closed in autumn; nobody worked there."


@pytest.fixture
def filling() -> staffing.Filling:
    return lambda team, _time: builders.published(team)


@pytest.fixture
def team(time: Clock, staffed: Desk) -> Desk:
    return staffed


def taken_in(team: Desk, time: Clock, ref: str) -> tuple[str, str]:
    """A request that the desk has taken in: its code and its name."""
    code = sent_in.wish(time, ref)
    submissions.accept_correction(team.spare, sent_in.last())
    return code, sent_in.last()


def told(code: str) -> Receipt:
    session.rollback()
    found = receipt(code)
    session.rollback()
    return found


def test_a_request_is_received_in_the_chain_sealed_and_waits_for_a_lead(team: Desk, time: Clock, filled: str) -> None:
    code = sent_in.wish(time, filled)
    before = trail.size()
    assert told(code).state == "waiting" and trail.size() == before
    submissions.accept_correction(team.spare, sent_in.last())
    leaf = trail.last(filled)
    assert (leaf.type, leaf.role, leaf.body) == ("correction.received", "reviewer", {})
    assert leaf.sealed["text"] == "The mill had closed.\n\nWhat would be right: Nobody worked there.\n\nSource: I kept it."
    assert leaf.sealed["reporter"] == "The miller"
    (row,) = seen.corrections_page(team.lead).rows
    assert (row.ref, row.owner, row.outcome, row.days) == ("KV412", None, None, 0)
    page = seen.correction_page(team.lead, row.name)
    assert (page.text, page.reporter, page.version) == (leaf.sealed["text"], "The miller", 1)
    with pytest.raises(Forbidden):
        seen.correction_page(team.spare, row.name)
    assert told(code) == Receipt("correction", "2031-03-24", "accepted", ref="KV412")


def test_a_note_is_public_beside_the_version_and_the_receipt_says_so(
    team: Desk, time: Clock, filled: str, tmp_path: Path
) -> None:
    code, name = taken_in(team, time, filled)
    received = trail.last(filled)
    corrections.take_correction(team.lead, name)
    before = builders.row(filled).digest
    corrections.publish_correction(team.leads[1], name, text=NOTE, seen=before)
    leaf = trail.last(filled)
    assert (leaf.type, leaf.body, leaf.sealed["text"]) == ("correction.published", {"of": received.seq, "version": 1}, NOTE)
    assert builders.row(filled).digest == before
    page = seen.correction_page(team.lead, name)
    assert (page.outcome, page.note, page.owner, page.mine) == ("published", NOTE, "Ilse Marchetti", True)
    assert told(code) == Receipt("correction", "2031-03-24", "accepted", "KV412", "published", "2031-03-24")
    vkey = str(keys.load(home()).verifier(origin()))
    for profile in ("public", "internal"):
        bundle = tmp_path / f"{profile}.zip"
        assert flask(team.app, "audit", "export", str(bundle), "--profile", profile).exit_code == 0
        assert failures(bundle, key=vkey) == []
    checked = flask(team.app, "audit", "fsck")
    assert checked.exit_code == 0, checked.output


def test_a_new_check_because_of_it_ends_confirmed_or_reopened_and_the_receipt_follows(
    team: Desk, time: Clock, filled: str
) -> None:
    code, name = taken_in(team, time, filled)
    received = trail.last(filled)
    corrections.recheck_correction(team.lead, name, reason="The mill has to be looked at.", seen=builders.row(filled).digest)
    assert trail.last(filled).body == {"version": 1, "cause": received.seq}
    assert (told(code).outcome, told(code).check) == ("rechecked", None)
    rechecks.confirm_recheck(team.leads[1], filled, reason="It holds.", seen=builders.row(filled).digest)
    assert told(code).check == "confirmed"
    code, name = taken_in(team, time, filled)
    corrections.recheck_correction(team.lead, name, reason="Again.", seen=builders.row(filled).digest)
    approvals.reopen(team.lead, filled, ground="verdict", reason="It fell.", seen=builders.row(filled).digest)
    assert told(code).check == "reopened"


def test_what_is_declined_is_told_with_its_reason_and_is_no_event(team: Desk, time: Clock, filled: str) -> None:
    code, name = taken_in(team, time, filled)
    before = trail.size()
    with pytest.raises(Invalid):
        corrections.decline_correction(team.lead, name, reason=None)
    corrections.decline_correction(team.lead, name, reason="Three sources say otherwise.")
    assert trail.size() == before
    assert (told(code).outcome, told(code).answer) == ("declined", "Three sources say otherwise.")
    assert seen.waiting(team.lead).open == 0 and len(seen.corrections_page(team.lead, ended=True).rows) == 1


def shown() -> str | None:
    """The digest of the dossier that a page of the one incident shows now."""
    session.rollback()
    return trail.row("KV412").digest


def test_a_decision_on_a_page_that_shows_another_dossier_is_refused(team: Desk, time: Clock, filled: str) -> None:
    _code, name = taken_in(team, time, filled)
    earlier = shown()
    sources.withdraw_source(team.enterer, filled, 2, reason="It was of another day.")
    for decide in (
        lambda seen: corrections.publish_correction(team.leads[1], name, text=NOTE, seen=seen),
        lambda seen: corrections.recheck_correction(team.leads[1], name, reason="Look again.", seen=seen),
    ):
        with pytest.raises(Stale):
            decide(earlier)
    assert corrections.publish_correction(team.leads[1], name, text=NOTE, seen=shown()) > 0


ENDINGS: tuple[Callable[..., object], ...] = (
    lambda who, name: corrections.publish_correction(who, name, text=NOTE, seen=shown()),
    lambda who, name: corrections.recheck_correction(who, name, reason="Look again.", seen=shown()),
    lambda who, name: corrections.decline_correction(who, name, reason="It stands."),
    corrections.take_correction,
)


def test_a_request_has_one_outcome_from_a_lead_and_none_before_it_is_taken_in(team: Desk, time: Clock, filled: str) -> None:
    sent_in.wish(time, filled)
    for deed in ENDINGS:
        with pytest.raises(NotFound):
            deed(team.lead, sent_in.last())
    submissions.accept_correction(team.spare, sent_in.last())
    for deed in ENDINGS:
        with pytest.raises(Forbidden):
            deed(team.spare, sent_in.last())
    corrections.decline_correction(team.lead, sent_in.last(), reason="It stands.")
    for deed in ENDINGS:
        with pytest.raises(Invalid) as refusal:
            deed(team.leads[1], sent_in.last())
        assert refusal.value.problems == {"text": HAS_ENDED}


def test_two_leads_at_once_publish_one_note(team: Desk, time: Clock, filled: str) -> None:
    _code, name = taken_in(team, time, filled)
    page = shown()
    deeds = [
        lambda who=who: corrections.publish_correction(who, name, text=NOTE, seen=page)
        for who in (*team.leads, *team.leads)
    ]
    answers = at_once(team.app, deeds)
    session.rollback()
    assert len([one for one in answers if isinstance(one, int)]) == 1, answers
    assert trail.types(filled).count("correction.published") == 1


def test_while_one_check_is_open_no_request_opens_another(team: Desk, time: Clock, filled: str) -> None:
    _code, first = taken_in(team, time, filled)
    _code, second = taken_in(team, time, filled)
    corrections.recheck_correction(team.lead, first, reason="Look again.", seen=shown())
    with pytest.raises(Refused) as refusal:
        corrections.recheck_correction(team.lead, second, reason="Look again.", seen=shown())
    assert [one.name for one in refusal.value.requirements] == ["no-recheck"]


def test_who_may_not_is_not_told_whether_there_is_one(team: Desk, filled: str) -> None:
    for deed in ENDINGS:
        with pytest.raises(Forbidden):
            deed(team.spare, "s-000000000000")


def test_who_does_not_see_the_incident_ends_no_request(team: Desk, time: Clock, filled: str) -> None:
    _code, name = taken_in(team, time, filled)
    restrictions.restrict_incident(team.lead, filled, people=[team.lead.person or 0], reason="A family is in danger.")
    size, other = trail.size(), team.leads[1]
    assert seen.corrections_page(other).rows == ()
    for deed in (*ENDINGS, seen.correction_page):
        with pytest.raises(NotFound):
            deed(other, name)
        session.rollback()
    assert trail.size() == size
