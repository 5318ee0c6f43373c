"""A file that is attached while the same bytes are let go of, or removed for good: it is kept, and nobody waits for ever.

SQLite has one writer, and none of this can happen there.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import select

from review import config, jobs, store
from review.actions import erasing, redactions, sources
from review.actions.uploads import Upload
from review.audit import fsck, keys
from review.models import Capture, Event, session
from review.rules.redaction import Named
from tests import builders
from tests.actions.erased import asked

CONTENT = b"Statement 41 of the press office."
DIGEST = hashlib.sha256(CONTENT).hexdigest()
A_WHILE = 0.5  # seconds in which whoever need not wait is done

pytestmark = pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)


@pytest.fixture
def team(staffed: builders.Desk) -> builders.Desk:
    return staffed


class Beside:
    """Somebody else, in a process of their own as it were."""

    def __init__(self, team: builders.Desk, deed: Callable[[], object]) -> None:
        self._team, self._deed = team, deed
        self._thread = threading.Thread(target=self._do)
        self.failure: BaseException | None = None

    def _do(self) -> None:
        with self._team.app.app_context():
            try:
                self._deed()
            except Exception as error:
                self.failure = error
            finally:
                session.remove()

    def is_done(self, within: float = 30.0) -> bool:
        """Begin, or go on; whether it came to its end meanwhile."""
        if self._thread.ident is None:
            self._thread.start()
        self._thread.join(within)
        return not self._thread.is_alive()


def attached(team: builders.Desk, ref: str) -> int:
    draft = builders.draft(url=None, text=None, title="Statement 41")
    return sources.attach_source(team.enterer, ref, draft=draft, content=Upload(CONTENT))


def before_and_after(monkeypatch: pytest.MonkeyPatch, before: Callable[[], object], after: Callable[[], object]) -> None:
    """What happens just before and just after whoever attaches has hold of the files."""
    hold = sources.hold_files

    def held() -> None:
        before()
        hold()
        after()

    monkeypatch.setattr(sources, "hold_files", held)


def all_is_there() -> bool:
    session.rollback()
    found = list(fsck.check(session, keys.load(config.home()), store.objects()))
    session.rollback()
    assert found == []
    return store.objects().exists(DIGEST)


def test_bytes_that_were_let_go_of_before_somebody_has_hold_of_them_are_kept_again(
    team: builders.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = builders.opened(team)
    worker = Beside(team, lambda: erasing.discard(DIGEST))
    done: list[bool] = []
    before_and_after(monkeypatch, lambda: done.append(worker.is_done()), lambda: None)
    attached(team, ref)
    assert done == [True] and worker.failure is None
    assert all_is_there()


def test_whoever_lets_go_of_bytes_waits_for_whoever_attaches_them(
    team: builders.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = builders.opened(team)
    worker = Beside(team, lambda: erasing.discard(DIGEST))
    done: list[bool] = []
    before_and_after(monkeypatch, lambda: None, lambda: done.append(worker.is_done(A_WHILE)))
    attached(team, ref)
    assert (done, worker.is_done(), worker.failure) == ([False], True, None)
    assert all_is_there()


def test_what_is_removed_for_good_in_one_incident_stays_where_another_has_just_attached_it(
    team: builders.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They wait for each other in one order, and none of them for ever."""
    ref, other = builders.opened(team), builders.opened(team)
    attached(team, ref)
    session.rollback()
    captured = session.scalars(select(Event.seq).where(Event.type == "source.captured")).one()
    name = asked(team, ref, Named(captured, "file"))
    second = Beside(team, lambda: redactions.second_redaction(team.leads[1], name, reason="I have read it."))
    done: list[bool] = []
    before_and_after(monkeypatch, lambda: None, lambda: done.append(second.is_done(A_WHILE)))
    attached(team, other)
    assert (done, second.is_done(), second.failure) == ([False], True, None)
    jobs.run_due()
    session.rollback()
    assert session.get(Capture, DIGEST) is not None
    assert all_is_there()
