"""What each case shares: a desk, and at its end a trail that a stranger's verifier takes and a database that fits it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from review import clock, config, store
from review.audit import keys
from review.audit.fsck import check
from review.models import LogHead, session
from tests import builders
from tests.audit import whole
from tests.audit.checking import failures


@pytest.fixture
def team(staffed: builders.Desk, tmp_path: Path) -> Iterator[builders.Desk]:
    """The smallest desk; whatever the case did on it is exported, verified and compared."""
    yield staffed
    with clock.reading(_after_the_last_event()):
        holds(tmp_path)


def _after_the_last_event() -> clock.Source:
    """A case may have gone ahead some days; the log's day does not go back."""
    session.rollback()
    last = session.scalars(select(LogHead.day)).one() or clock.today()
    moment = max(clock.now(), datetime.fromisoformat(last).replace(hour=12, tzinfo=UTC))
    return lambda: moment


def holds(folder: Path) -> None:
    """The whole trail verifies, and what is stored is what it amounts to.

    The verifier is asked within this process: that it says the same alone, in an empty folder, tests/audit proves.
    """
    bundle = folder / "bundle.zip"
    bundle.write_bytes(whole.bundle(whole.signed()))
    assert failures(bundle, key=whole.vkey()) == []
    assert list(check(session, keys.load(config.home()), store.objects())) == []
