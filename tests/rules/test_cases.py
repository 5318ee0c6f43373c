"""The builders themselves stand where they say."""

import pytest

from tests.rules import cases


@pytest.mark.parametrize(
    "build, stage",
    [
        (cases.logged, "logged"),
        (cases.in_round, "grading"),
        (cases.voted, "grading"),
        (cases.awaiting, "approval"),
        (cases.disputed, "settlement"),
        (cases.waiting_for_settler, "settlement"),
        (cases.settled, "approval"),
        (cases.published, "published"),
    ],
)
def test_a_case_stands_at_its_stage(build, stage):
    assert build().dossier.stage == stage
