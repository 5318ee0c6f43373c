"""A whole desk through the real actions: something in every table, and something of everything that stays unsaid."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from review import config, create_app, store
from review.actions import (
    approvals,
    checkpoints,
    claims,
    incidents,
    log,
    rounds,
    settlements,
    sources,
    spooling,
    streams,
    votes,
)
from review.actions.uploads import Upload
from review.audit import keyring, keys, verify
from review.audit.export import export
from review.audit.stored import StoredTrail
from review.extensions import db
from review.models import session
from review.rules.errors import Refused
from tests import builders, once

VERIFIER = Path(verify.__file__)
PHOTOGRAPH = b"\x89PNG\r\n\x1a\n" + b"Marj Eluan, eastern edge" * 40


@dataclass(frozen=True)
class Whole:
    """The desk, and the incidents by what happened to them."""

    desk: builders.Desk
    published: str
    settled: str
    again: str
    abandoned: str
    open: str


def populated(app: Flask) -> Whole:
    """Published, settled with a dissent, published twice, abandoned, and open with a sealed vote."""
    desk = builders.desk(app)
    whole = Whole(desk, _published(desk), _settled(desk), _again(desk), _abandoned(desk), _open(desk))
    streams.switch_stream(desk.lead, desk.stream, mode="log-only", reason="nobody is free this week")
    return whole


def _published(desk: builders.Desk) -> str:
    builders.at_once(desk)
    ref = builders.with_sources(desk)
    claims.group_claim(desk.enterer, ref, builders.received(desk))
    ref, number = builders.round_opened(desk, ref)
    builders.cast(desk.voters[0], ref, number, builders.ballot("weak"))
    withdrawn = builders.cast(desk.voters[1], ref, number, builders.ballot("discounted"))
    votes.withdraw_vote(desk.voters[1], ref, withdrawn, reason="read S2 again")
    for voter in desk.voters:
        builders.cast(voter, ref, number)
    builders.work()
    builders.approved(desk, ref)
    checkpoints.publish_checkpoint()
    return ref


def _settled(desk: builders.Desk) -> str:
    ref = builders.settled(desk)
    view = builders.view(ref)
    assert view.proposal is not None
    (vote,) = view.proposal.minority
    (owner,) = [actor for actor in desk.voters if builders.who(actor, ref) == view.vote(vote).voter]
    settlements.dissent(owner, ref, vote, text="The crater points the other way.")
    builders.approved(desk, ref)
    log.record_heads()
    checkpoints.publish_checkpoint()
    return ref


def _again(desk: builders.Desk) -> str:
    ref = builders.published(desk)
    approvals.reopen(desk.lead, ref, ground="verdict", reason="a second statement came in", seen=builders.row(ref).digest)
    sources.attach_source(desk.enterer, ref, draft=builders.draft(9))
    upload = Upload(PHOTOGRAPH, "eluan.png")
    sources.capture_source(desk.enterer, ref, 1, upload=upload)
    builders.agreed(desk, ref)
    builders.approved(desk, ref, by=desk.leads[1])
    return ref


def _abandoned(desk: builders.Desk) -> str:
    ref, number = builders.round_opened(desk)
    builders.cast(desk.voters[0], ref, number)
    rounds.abandon_round(desk.lead, ref, number, reason="opened too early")
    return ref


def _open(desk: builders.Desk) -> str:
    ref, number = builders.round_opened(desk)
    builders.cast(desk.voters[0], ref, number, builders.ballot("discounted"))
    sources.attach_source(desk.enterer, ref, draft=builders.draft(7))
    incidents.declare_conflict(desk.leads[1], ref, ground="a relative lives there")
    with pytest.raises(Refused):
        rounds.close_round(desk.lead, ref, number, reason="soon")
    return ref


@contextmanager
def sqlite_desk(folder: Path, template: Path) -> Iterator[Flask]:
    """A migrated, empty desk on SQLite for the tests of a whole module."""
    folder.mkdir(mode=0o700)
    path = folder / "assay.db"
    shutil.copyfile(template, path)
    url = f"sqlite:///{path}"
    app = create_app(
        {"ASSAY_HOME": str(folder), "DATABASE_URL": url, "MIGRATION_DATABASE_URL": url, "TESTING": True}
    )
    with app.app_context():
        once.share_statements(db.engine)
        yield app
        db.session.remove()
        db.engine.dispose()


def vkey() -> str:
    """The verifier key of the desk."""
    signer = keyring.ring(session).present
    assert signer is not None
    return signer.vkey


def bundle(checkpoint: str, profile: str = "internal") -> bytes:
    """The bundle of the desk under a checkpoint."""
    out = io.BytesIO()
    trail = StoredTrail(session, keys.load(config.home()))
    with spooling.spool() as spool:
        export(trail, checkpoint, out, objects=store.objects(), spool=spool, profile=profile)
    session.rollback()
    return out.getvalue()


def checked(packed: bytes, folder: Path, key: str, *options: str) -> subprocess.CompletedProcess[str]:
    """What verify.py says of a bundle in an empty folder, without this program and without site packages."""
    alone = folder / "alone"
    alone.mkdir(exist_ok=True)
    (alone / "verify.py").write_bytes(VERIFIER.read_bytes())
    (alone / "bundle.zip").write_bytes(packed)
    command = [sys.executable, "-I", "-S", "verify.py", "bundle.zip", "--key", key, *options]
    return subprocess.run(command, cwd=alone, capture_output=True, text=True, check=False)


def signed() -> str:
    """Fix the heads, then sign and publish."""
    log.record_heads()
    checkpoint = checkpoints.publish_checkpoint()
    assert checkpoint is not None
    return checkpoint
