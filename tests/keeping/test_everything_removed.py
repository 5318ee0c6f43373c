"""An incident of which everything that may go was removed, and whose voters all left: it still reads, folds and proves."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from sqlalchemy import select

from review.actions import exits, leaving, log, redactions, settlements
from review.audit.details import all_details
from review.models import Event, session
from review.rules.facts import Facts
from review.rules.redaction import obstacle
from tests import builders
from tests.actions.erased import found
from tests.audit.whole import bundle, checked, signed, vkey
from tests.web.sitting import sitting


def test_what_is_left_still_reads_folds_and_proves(desk: Flask, tmp_path: Path) -> None:
    team = builders.desk(desk)
    ref = builders.settled(team)
    minority = builders.view(ref).proposal.minority[0]  # type: ignore[union-attr]
    owner = next(one for one in team.voters if builders.who(one, ref) == builders.view(ref).vote(minority).voter)  # type: ignore[union-attr]
    settlements.dissent(owner, ref, minority, text="The crater points the other way.")
    builders.approved(team, ref)
    exits.withdraw_incident(team.lead, ref, reason="It should not have been recorded.")
    removed(team, ref)
    for one in team.reviewers:
        leaving.let_leave(team.admin, one.person or 0)
    builders.work()
    view = builders.view(ref)
    assert (view.facts, view.stage, view.determination is not None) == (Facts(), "withdrawn", True)
    lead, public = sitting(desk, team.leads[1]), desk.test_client()
    for path in ("", "/history", "/settlement", "/sources/1", "/removal"):
        assert lead.get(f"/desk/incidents/{ref}{path}").status_code == 200, path
    assert public.get(f"/incidents/{ref}").status_code == 200
    exits.restore_incident(team.lead, ref, reason="It belongs here after all.")
    assert found() == []
    log.record_heads()
    checkpoint = signed()
    session.rollback()
    for profile in ("internal", "court", "public"):
        done = checked(bundle(checkpoint, profile), tmp_path, vkey())
        assert (done.returncode, done.stderr) == (0, ""), done.stdout


def removed(team: builders.Desk, ref: str) -> None:
    """Everything of the incident that may go, the desk's own marks too."""
    id_ = builders.row(ref).id
    seqs = list(session.scalars(select(Event.seq).where(Event.incident_id == id_)))
    details = [detail.named for detail in all_details(session, id_, seqs).values() if obstacle(detail) is None]
    assert len(details) > 60
    for start in range(0, len(details), 100):
        name = redactions.ask_redaction(
            team.lead, ref, details=details[start : start + 100], ground="court_order", reason="All of it."
        )
        redactions.second_redaction(team.admin, name, reason="All of it.")
