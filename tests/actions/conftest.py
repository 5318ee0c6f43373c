"""What tests of the actions share: a desk with people of every role."""

from __future__ import annotations

import pytest

from tests import builders


@pytest.fixture
def team(staffed: builders.Desk) -> builders.Desk:
    """The smallest desk, with the application's context open."""
    return staffed
