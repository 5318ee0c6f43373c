"""A dissent whose words are removed before the approval: its owner hears of it, and who removed it does not approve."""

from __future__ import annotations

import html

import pytest
from sqlalchemy import select

from review import clock
from review.actions import approvals, redactions, settlements
from review.models import Notice, session
from review.queries.approvals import approval_page
from review.rules import redaction
from review.rules.errors import Invalid, Refused
from review.rules.permissions import Actor
from review.rules.redaction import Named
from tests import builders
from tests.actions.erased import asked, found
from tests.builders import Desk
from tests.web.sitting import sitting

WORDS = "I hold that it was one account."
WHY = "It holds."


def proposed(team: Desk) -> tuple[str, Actor, int]:
    """A result with a minority of one, whoever that is, and the vote."""
    ref = builders.agreed(team)
    (weak,) = [vote for vote in builders.view(ref).votes if vote.ballot and vote.ballot.grade == "weak"]
    return ref, team.voters[2], weak.seq


def dissented(team: Desk) -> tuple[str, Actor, int]:
    ref, owner, vote = proposed(team)
    return ref, owner, settlements.dissent(owner, ref, vote, text=WORDS)


def taken(team: Desk, *, by: Actor | None = None) -> tuple[str, Actor]:
    """Asked for by the first lead, seconded by the admin."""
    ref, owner, seq = dissented(team)
    redactions.second_redaction(by or team.admin, asked(team, ref, Named(seq, "text")), reason="I have read it.")
    session.rollback()
    return ref, owner


def told(person: Actor) -> list[str]:
    session.rollback()
    statement = select(Notice.kind).where(Notice.person_id == person.person, Notice.kind == "words_removed")
    return list(session.scalars(statement))


def approve(actor: Actor, ref: str, not_before: str | None = None) -> None:
    approvals.approve(actor, ref, reason=WHY, seen=builders.row(ref).digest, not_before=not_before)


def refused(actor: Actor, ref: str) -> list[str]:
    with pytest.raises(Refused) as refusal:
        approve(actor, ref)
    return [one.name for one in refusal.value.requirements]


def test_whose_words_are_removed_is_told_and_nobody_else(team: Desk) -> None:
    _ref, owner = taken(team)
    assert told(owner) == ["words_removed"]
    others = [one for one in (*team.voters, *team.leads, team.admin, team.spare, team.auditor) if one != owner]
    assert [one for one in others if told(one)] == []


def test_who_wrote_in_the_log_itself_is_told_as_well(team: Desk) -> None:
    seq = builders.received(team)
    redactions.second_redaction(team.admin, asked(team, None, Named(seq, "text")), reason="I have read it.")
    receiver = session.scalars(select(Notice.person_id).where(Notice.kind == "words_removed")).all()
    assert receiver == [team.reviewers[0].person]


def test_whoever_asked_does_not_approve_it(team: Desk) -> None:
    ref, _owner = taken(team)
    assert refused(team.lead, ref) == ["dissent-untouched"]
    approve(team.leads[1], ref)
    assert builders.view(ref).determination is not None
    assert found() == []


def test_whoever_seconded_does_not_approve_it(team: Desk) -> None:
    ref, _owner = taken(team, by=team.leads[1])
    assert refused(team.leads[1], ref) == ["dissent-untouched"]
    with pytest.raises(Refused) as refusal:
        approve(team.lead, ref)
    assert refusal.value.requirements[0].invite == "lead", "neither of the two, so it takes a third"
    approve(builders.add(team.admin, "Noor Vantor", "lead"), ref)


def test_a_dissent_that_stands_keeps_nobody_from_approving(team: Desk) -> None:
    ref, _owner, _seq = dissented(team)
    approve(team.lead, ref)


def test_written_anew_it_still_names_who_removed_it(team: Desk) -> None:
    ref, owner, vote = proposed(team)
    seq = settlements.dissent(owner, ref, vote, text=WORDS)
    redactions.second_redaction(team.admin, asked(team, ref, Named(seq, "text")), reason="I have read it.")
    settlements.dissent(owner, ref, vote, text="One account, and no more.")
    assert refused(team.lead, ref) == ["dissent-untouched"]


def test_the_page_says_that_a_dissent_was_removed_and_on_what_ground(team: Desk) -> None:
    ref, _owner = taken(team)
    page = approval_page(team.leads[1], ref)
    ((letter, ground),) = page.taken
    assert (ground, page.dissents, page.silent) == ("personal_data", (), ())
    answer = sitting(team.app, team.leads[1]).get(f"/desk/incidents/{ref}/approval")
    assert f"dissent of reviewer {letter} were removed for good: personal data." in html.unescape(answer.get_data(True))


def test_what_one_has_approved_for_a_later_day_keeps_its_dissent(team: Desk) -> None:
    """Else it would go out as whoever approved it never read it."""
    ref, _owner, seq = dissented(team)
    waits = asked(team, ref, Named(seq, "text"))
    approve(team.lead, ref, clock.day(clock.now().replace(year=clock.now().year + 1)))
    for attempt in (
        lambda: asked(team, ref, Named(seq, "text")),
        lambda: redactions.second_redaction(team.admin, waits, reason="I have read it."),
    ):
        with pytest.raises(Invalid) as refusal:
            attempt()
        assert refusal.value.problems == {"details": redaction.OF_AN_APPROVAL}
    name = redactions.ask_redaction(
        team.leads[1], ref, details=[Named(seq, "text")], ground="personal_data", reason="It names a child."
    )
    redactions.second_redaction(team.admin, name, reason="I have read it.")
