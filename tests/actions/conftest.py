"""What tests of the actions share: a desk with people of every role."""

from __future__ import annotations

import pytest
from flask import Flask

from tests import builders


@pytest.fixture
def team(desk: Flask) -> builders.Desk:
    """The smallest desk, with the application's context open."""
    return builders.desk(desk)
