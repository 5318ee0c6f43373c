"""Every case under "Cases to get right" in DESIGN section 4 is a test that carries its name."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

CASES = (
    "source_withdrawn_after_approval", "even_split", "settlement_split", "absent_reviewer",
    "reviewer_deactivated_mid_round", "conflict_disclosed_late", "conflict_declared_early", "two_leads_at_once",
    "same_url_in_several_incidents", "double_submit_of_one_form", "a_code_that_repeats_changes_or_comes_in_several",
    "an_ordinary_mistake", "override", "recheck", "embargo",
)  # fmt: skip


def written() -> set[str]:
    """The names of the tests of the cases."""
    found: set[str] = set()
    for path in (Path(__file__).parent / "cases").glob("test_*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found |= {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    return found


@pytest.mark.parametrize("case", CASES)
def test_the_case_is_written(case: str) -> None:
    assert any(name.startswith(f"test_{case}") for name in written())
