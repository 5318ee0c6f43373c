"""Whatever these actions record, a stranger's verifier takes: one desk on which each of them happened."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from review.actions import claims, imports, incidents, invitations, people, positions, sources, streams
from review.actions.uploads import Upload
from review.audit import verify
from review.rules.facts import Casualties, Range
from review.rules.sources import SourceDraft
from tests import builders
from tests.actions.test_imports import rows, table
from tests.builders import NO_PASSWORD, Desk


def everything(team: Desk, folder: Path) -> None:
    """Each action on claims, incidents, sources, positions, streams, people and imports, at least once."""
    one, other, third = (builders.received(team) for _ in range(3))
    claims.duplicate_claim(team.spare, other, of=one, reason="Word for word.")
    claims.restore_claim(team.spare, other, reason="Another street.")
    claims.dismiss_claim(team.spare, third, reason="No civilians.")
    ref = incidents.open_incident(team.enterer, stream=team.stream, facts=builders.facts(), claims=(one,))
    claims.group_claim(team.spare, ref, other)
    claims.ungroup_claim(team.spare, ref, other, reason="Another village after all.")
    builders.with_sources(team, ref, count=3)
    sources.attach_source(team.spare, ref, draft=SourceDraft(title="Log", text="Three dead.", role="context"))
    sources.capture_source(team.spare, ref, 1, upload=Upload(b"%PDF-1.7\n" + b"x" * 40))
    sources.group_sources(team.spare, ref, origin=1, sources=[2], reason="The same words.")
    sources.assess_source(team.spare, ref, 2, role="context", publishable=True, credibility="B2")
    sources.withdraw_source(team.spare, ref, 3, reason="Asked for by its author.")
    positions.record_position(
        team.lead, ref, party=builders.PARTY, position="open", source=1, conceded=Casualties(Range(1, 1))
    )
    incidents.declare_conflict(team.spare, ref, ground="A relative.")
    incidents.lift_conflict(team.spare, ref, ground="Another street.")
    incidents.describe_incident(team.enterer, ref, facts=builders.facts(time="18:40"), reason="A clock was named.")
    builders.agreed(team, ref)
    sources.attach_source(team.spare, ref, draft=builders.draft(9))
    streams.switch_stream(team.lead, team.stream, mode="log-only", reason="Too few people.")
    the_people(team)
    path = folder / "incidents.csv"
    path.write_bytes(table(rows()))
    imports.import_incidents(team.admin, path)


def the_people(team: Desk) -> None:
    token = people.invite(team.admin, email="nadim@desk.invalid", name="Nadim", role="lead")
    joined = people.join(token, name="Nadim", password_hash=NO_PASSWORD)
    people.grant_role(team.admin, joined, "reviewer", reason="He asked to vote.")
    people.revoke_role(team.admin, joined, reason="On leave.")
    people.grant_role(team.admin, joined, "lead", reason="Back.")
    people.deactivate_person(team.admin, joined, reason="On leave again.")
    people.reactivate_person(team.admin, joined, reason="Back again.")
    assert invitations.first_link() is None


def test_the_trail_of_all_of_it_verifies(team: Desk, tmp_path: Path) -> None:
    everything(team, tmp_path)
    runner = team.app.test_cli_runner()
    key = runner.invoke(args=["audit", "key"]).stdout.strip()
    bundle = tmp_path / "bundle.zip"
    made = runner.invoke(args=["audit", "export", str(bundle)])
    assert made.exit_code == 0, made.output
    done = subprocess.run(
        [sys.executable, "-I", "-S", verify.__file__, str(bundle), "--key", key],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    stored = runner.invoke(args=["audit", "fsck"])
    assert stored.exit_code == 0, stored.output
