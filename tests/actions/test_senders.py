"""Who sent something in: sealed, in no bundle but the internal one, and what a receipt tells of what became of it."""

from __future__ import annotations

import base64
import re
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import select

from review.actions import claims, exits, redactions, restrictions, submissions
from review.audit import keys, profiles
from review.config import home, origin
from review.models import Claim, session
from review.queries import corrections as seen_corrections
from review.queries import submissions as seen
from review.rules.errors import NotFound
from review.rules.redaction import Named
from tests import builders, sent_in, trail
from tests.actions.test_commands import flask
from tests.actions.test_submissions import CANARY, everything_but_words, told
from tests.audit.checking import failures
from tests.builders import Desk
from tests.clocks import Clock


@pytest.fixture
def team(time: Clock, staffed: Desk) -> Desk:
    return staffed


# --- who sent it, and what a receipt tells ------------------------------------------------------------------


def test_nobody_who_sent_anything_is_in_a_bundle_but_where_the_internal_one_seals_reporters(
    team: Desk, time: Clock, tmp_path: Path
) -> None:
    ref = builders.published(team)
    waiting = {"text": "canarywaiting", "where": "canarywhere", "links": "https://canarylink.example", "contact": "canarykept"}
    sent_in.account(time, b"canaryfile", **waiting)
    sent_in.account(time, text="canaryclaim", contact="canarysender")
    submissions.accept_submission(team.spare, sent_in.last())
    sent_in.wish(time, ref, text="canarywish", contact="canarymiller")
    submissions.accept_correction(team.spare, sent_in.last())
    vkey, found = str(keys.load(home()).verifier(origin())), {}
    for profile in profiles.NAMES:
        bundle = tmp_path / f"{profile}.zip"
        assert flask(team.app, "audit", "export", str(bundle), "--profile", profile).exit_code == 0
        assert failures(bundle, key=vkey) == []
        with zipfile.ZipFile(bundle) as bag:
            found[profile] = {one for name in bag.namelist() for one in _canaries(bag.read(name))}
    assert found == {
        "internal": {"canaryclaim", "canarysender", "canarywish", "canarymiller"},
        "court": {"canaryclaim"},
        "public": set(),
    }


def _canaries(content: bytes) -> set[str]:
    texts = [content, *(base64.urlsafe_b64decode(one + b"=" * (-len(one) % 4)) for one in re.findall(rb'"d":"([\w-]+)"', content))]
    return {one.decode() for text in texts for one in CANARY.findall(text)}


def test_a_sender_who_wants_to_be_forgotten_is_removed_by_two(team: Desk, time: Clock) -> None:
    sent_in.account(time, contact="canarysender")
    submissions.accept_submission(team.spare, sent_in.last())
    seq = trail.last().seq
    asked = redactions.ask_redaction(
        team.lead, None, details=[Named(seq, "reporter")], ground="personal_data", reason="They ask for it."
    )
    redactions.second_redaction(team.leads[1], asked, reason="Rightly.")
    assert "reporter" not in next(leaf for leaf in trail.leaves() if leaf.seq == seq).sealed
    assert "canarysender" not in everything_but_words()


def test_a_receipt_leads_to_an_incident_only_once_its_version_was_published_with_the_claim(team: Desk, time: Clock) -> None:
    codes = [sent_in.account(time, text=f"Account {number}.") for number in range(2)]
    names = [submissions.accept_submission(team.spare, row.name) for row in sent_in.rows()]
    seqs = [session.scalar(select(Claim.seq).where(Claim.name == name)) for name in names]
    ref = builders.with_sources(team)
    claims.group_claim(team.enterer, ref, seqs[0])
    builders.agreed(team, ref)
    assert [told(code) for code in codes] == [("accepted", None)] * 2
    builders.approved(team, ref)
    assert [told(code) for code in codes] == [("accepted", "KV412"), ("accepted", None)]
    # What happens to the claims afterwards is work that is not published.
    claims.group_claim(team.enterer, ref, seqs[1])
    claims.ungroup_claim(team.enterer, ref, seqs[0], reason="Another mill.")
    assert [told(code) for code in codes] == [("accepted", "KV412"), ("accepted", None)]
    restrictions.restrict_incident(team.lead, ref, people=[team.lead.person or 0], reason="A family is in danger.")
    assert [told(code) for code in codes] == [("accepted", None)] * 2


def test_nobody_who_does_not_see_the_incident_finds_a_request_about_it(team: Desk, time: Clock) -> None:
    ref = builders.published(team)
    code, name = sent_in.wish(time, ref), sent_in.last()
    restrictions.restrict_incident(team.lead, ref, people=[team.lead.person or 0], reason="A family is in danger.")
    assert [row.name for row in seen.queue_page(team.lead).rows] == [name]
    assert seen.queue_page(team.leads[1]).rows == () and seen.at_the_door(team.leads[1]).waiting == 0
    for deed in (seen.submission_page, submissions.accept_correction):
        with pytest.raises(NotFound):
            deed(team.leads[1], name)
    session.rollback()
    assert told(code) == ("waiting", None)
    with pytest.raises(NotFound):
        sent_in.wish(time, ref)
    submissions.accept_correction(team.lead, name)
    assert seen_corrections.corrections_page(team.leads[1]).rows == ()
    assert seen_corrections.waiting(team.leads[1]).open == 0 and seen_corrections.waiting(team.lead).open == 1
    assert told(code) == ("accepted", None)
    session.rollback()
    exits.withdraw_incident(team.lead, ref, reason="It fell apart.")
    assert told(code) == ("accepted", None)
