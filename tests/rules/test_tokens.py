"""Which role may hand on what, and until when a token holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from review.rules.permissions import PERMISSIONS
from review.rules.tokens import RIGHTS, SCOPES, ends, scopes_of, token_holds, written

NOON = datetime(2031, 3, 14, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("role", "scopes"),
    [
        ("reviewer", ("claims:write",)),
        ("lead", ("read:desk", "claims:write")),
        ("auditor", ("read:desk",)),
        ("admin", ("read:desk",)),
        (None, ()),
        ("system", ("read:desk", "claims:write")),
    ],
)
def test_a_role_hands_on_what_it_may_do_itself(role: str | None, scopes: tuple[str, ...]) -> None:
    assert scopes_of(role) == scopes


def test_every_scope_stands_on_a_right_that_there_is() -> None:
    assert set(SCOPES) == set(RIGHTS) and set(RIGHTS.values()) <= set(PERMISSIONS)


def test_scopes_are_written_once_each_in_their_order() -> None:
    assert written(["claims:write", "read:desk", "claims:write", "everything"]) == "read:desk claims:write"


def test_a_token_holds_until_its_moment_or_its_end() -> None:
    until = ends(30, NOON)
    assert token_holds(until, None, until - timedelta(seconds=1))
    assert not token_holds(until, None, until)
    assert not token_holds(until, NOON, NOON)
