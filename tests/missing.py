"""How a test says what could not be tested here: a loud box names it, REQUIRE_ALL=1 makes it a failure."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

NOT_TESTED = "NOT TESTED: "
NEVER_REQUIRED = "NOT TESTED (needs real data): "


def not_tested(what: str) -> NoReturn:
    """A tool is missing here: skip, loudly."""
    pytest.skip(NOT_TESTED + what)


def no_real_data(what: str) -> NoReturn:
    """The real data is not beside this clone: skip, named in the box, never a failure."""
    pytest.skip(NEVER_REQUIRED + what)


def everything_required() -> bool:
    """Whether a missing tool fails the run."""
    return os.environ.get("REQUIRE_ALL") == "1"
