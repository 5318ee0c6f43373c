"""Every step of a claim, through the real actions and through verify.py, which knows nothing of them."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from review.actions import claims
from review.models import session
from tests import builders
from tests.audit.whole import bundle, checked, signed, vkey

BECAUSE = "The desk agreed on it."


def test_every_way_of_a_claim_and_its_way_back_are_legal(desk: Flask, tmp_path: Path) -> None:
    team = builders.desk(desk)
    ref = builders.opened(team)
    one, other = builders.received(team), builders.received(team)
    claims.group_claim(team.enterer, ref, one)
    claims.ungroup_claim(team.lead, ref, one, reason=BECAUSE)
    claims.withdraw_claim(team.lead, one, reason=BECAUSE)
    claims.restore_claim(team.enterer, one, reason=BECAUSE)
    claims.dismiss_claim(team.enterer, one, reason=BECAUSE)
    claims.restore_claim(team.enterer, one, reason=BECAUSE)
    claims.duplicate_claim(team.enterer, one, of=other, reason=BECAUSE)
    claims.restore_claim(team.enterer, one, reason=BECAUSE)
    claims.group_claim(team.enterer, ref, one)
    checkpoint = signed()
    session.rollback()
    told = checked(bundle(checkpoint), tmp_path, vkey())
    assert (told.returncode, told.stderr) == (0, ""), told.stdout
