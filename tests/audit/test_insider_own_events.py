"""What an insider with the key writes into the log itself: of its people and its streams."""

from __future__ import annotations

import pytest

from tests.audit.continuing import Continued
from tests.audit.forge import ADA
from tests.audit.removing import _leaving as somebody_leaves
from tests.audit.test_insider_writes import BECAUSE, XAN, judged


@pytest.fixture
def log() -> Continued:
    return Continued()


def test_somebody_who_leaves_as_the_desk_writes_it(log: Continued) -> None:
    somebody_leaves(log)
    assert judged(log) == ([], [])


@pytest.mark.parametrize("mode", ["active", "paused"])
def test_a_stream_that_is_defined_anew_is_not_switched_by_it(log: Continued, mode: str) -> None:
    """A lead switches a stream, an admin defines one."""
    seq = log.add("stream.defined", ADA, stream="karsia-air", mode=mode, name="Karsian Air Force")
    assert judged(log) == (([], []) if mode == "active" else ([f"stream {seq}"],) * 2)


@pytest.mark.parametrize("role", ["reviewer", "auditor", "lead"])
def test_a_role_ends_that_is_held_or_that_another_took_the_place_of(log: Continued, role: str) -> None:
    who = XAN.in_("log")
    log.add("person.joined", ADA, who=who, name="Xan")
    for granted in ("auditor", "reviewer"):
        log.add("role.granted", ADA, who=who, role=granted, reason=BECAUSE)
    seq = log.add("role.revoked", ADA, who=who, role=role, reason=BECAUSE)
    assert judged(log)[0] == ([f"role {seq}"] if role == "lead" else [])
    log.incident(1, XAN)
    opened = next(row.seq for row in log.rows if row.type == "incident.opened")
    assert (f"role {opened}" in judged(log)[0]) is (role == "reviewer")
    assert (f"right {opened}" in judged(log)[1]) is (role == "reviewer")


@pytest.mark.parametrize("last", ["reviewer", "auditor"])
def test_a_role_that_another_took_the_place_of_ends_once(log: Continued, last: str) -> None:
    """One that is granted twice took the place of none."""
    who = XAN.in_("log")
    log.add("person.joined", ADA, who=who, name="Xan")
    for granted in ("auditor", last):
        log.add("role.granted", ADA, who=who, role=granted, reason=BECAUSE)
    for _ in range(2):
        seq = log.add("role.revoked", ADA, who=who, role="auditor", reason=BECAUSE)
    assert judged(log)[0] == [f"role {seq}"]
