"""What an insider with the key writes into the log itself: of its people, its streams, its clock, its copies."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.audit.continuing import Continued
from tests.audit.forge import ADA, LIO
from tests.audit.removing import _leaving as somebody_leaves
from tests.audit.test_insider_writes import BECAUSE, XAN, judged


@pytest.fixture
def log() -> Continued:
    return Continued()


@dataclass(frozen=True)
class Turn:
    """What is done to somebody, after they joined and were made a reviewer."""

    before: tuple[str, ...]
    last: str


TURNS = {
    "granted": Turn(("role.revoked",), "role.granted"),
    "granted beside another": Turn((), "role.granted"),
    "granted behind a closed log-in": Turn(("person.deactivated", "role.revoked"), "role.granted"),
    "closed": Turn((), "person.deactivated"),
    "closed twice": Turn(("person.deactivated",), "person.deactivated"),
    "opened": Turn(("person.deactivated", "role.revoked"), "person.reactivated"),
    "opened while it is open": Turn((), "person.reactivated"),
    "granted again": Turn(("person.deactivated", "role.revoked", "person.reactivated"), "role.granted"),
    "opened with its role": Turn(("person.deactivated",), "person.reactivated"),
    "closed again": Turn(("person.deactivated", "role.revoked", "person.reactivated"), "person.deactivated"),
}
LAWFUL = ("granted", "closed", "opened", "granted again", "opened with its role", "closed again")


@pytest.mark.parametrize("turn", TURNS)
def test_people_come_and_go_one_step_at_a_time(log: Continued, turn: str) -> None:
    """A role that is granted beside another would hide that the other was taken back."""
    who = XAN.in_("log")
    log.add("person.joined", ADA, who=who, name="Xan")
    log.add("role.granted", ADA, who=who, role="reviewer", reason=BECAUSE)
    for type_ in (*TURNS[turn].before, TURNS[turn].last):
        more = {"role": "reviewer", "reason": BECAUSE} if type_.startswith("role.") else {"name": "Xan"}
        seq = log.add(type_, ADA, who=who, **more)
    assert judged(log) == (([], []) if turn in LAWFUL else ([f"person {seq}"],) * 2)


def test_somebody_who_leaves_as_the_desk_writes_it(log: Continued) -> None:
    somebody_leaves(log)
    assert judged(log) == ([], [])


@pytest.mark.parametrize("type_", ["export.made", "backup.made"])
@pytest.mark.parametrize("more", [0, 1])
def test_what_was_taken_of_the_log_is_no_longer_than_the_log(log: Continued, type_: str, more: int) -> None:
    values = {"profile": "public"} if type_ == "export.made" else {}
    seq = log.add(type_, ADA, size=log.append.size + more, **values)
    assert judged(log) == (([f"log {seq}"],) * 2 if more else ([], []))


@pytest.mark.parametrize("more", [0, 1])
def test_a_copy_is_of_the_log_that_tells_of_it(log: Continued, more: int) -> None:
    """Of a log that another one continues so many leaves were there, and are not of this one."""
    log.go_on()
    own = log.append.size - log.base
    seq = log.add("backup.made", ADA, size=own + more)
    log.verifier.finish()
    assert [failure.check for failure in log.failures.all] == ["log"] * more
    assert [problem.seq for problem in log.replayed().problems] == [seq] * more


@pytest.mark.parametrize("modes", ["paused", "active", "paused active", "paused paused"])
def test_a_stream_is_switched_to_another_mode(log: Continued, modes: str) -> None:
    for mode in modes.split():
        seq = log.add("stream.switched", LIO, stream="karsia-air", mode=mode, name="Karsian Air Force", reason=BECAUSE)
    assert judged(log) == (([f"stream {seq}"],) * 2 if modes in ("active", "paused paused") else ([], []))


@pytest.mark.parametrize(("since", "to"), [("2026-03-01", "2026-03-20"), ("2026-02-20", "2026-03-20"), ("2026-03-01", "2026-03-19")])
def test_a_clock_steps_from_the_day_of_the_log_to_its_own(log: Continued, since: str, to: str) -> None:
    log.append.day, log.append.at = "2026-03-20", "2026-03-20T09:00:00.000Z"
    seq = log.add("clock.stepped", ADA, **{"from": since, "to": to}, reason=BECAUSE)
    right = (since, to) == ("2026-03-01", "2026-03-20")
    assert judged(log) == (([], []) if right else ([f"day {seq}"],) * 2)
