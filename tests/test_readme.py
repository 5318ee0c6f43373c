"""The README says what the code does: its tables are compared with the code they speak of."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from review.config import ENVIRONMENT
from review.rules.grades import CODEBOOKS
from review.rules.workflow import BACK, BEFORE, STAGES, TRANSITIONS

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(title: str) -> list[list[str]]:
    lines = [line for line in section(title).splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def test_the_stage_table_is_the_workflow_table() -> None:
    moved = {label: set() for label in STAGES.values()}
    for row in TRANSITIONS:
        if row.to not in (BACK, BEFORE):
            moved[STAGES[row.to]].add(row.event)
    assert [row[0] for row in rows("The stages of an incident")] == list(STAGES.values())
    told = {row[0]: set(re.findall(r"`([\w.]+)`", row[2])) for row in rows("The stages of an incident")}
    assert told == moved


def test_the_grade_table_is_the_codebooks() -> None:
    known = [[book.id, grade.label, grade.definition] for book in CODEBOOKS for grade in book.grades]
    assert rows("The grades") == known


def test_every_setting_is_in_the_configuration_table() -> None:
    told = {name for row in rows("Configuration") for name in re.findall(r"`([A-Z_]+)`", row[0])}
    assert told == set(ENVIRONMENT)


def test_the_sum_of_the_verifier_is_the_one_printed() -> None:
    sha256 = hashlib.sha256((ROOT / "review" / "audit" / "verify.py").read_bytes()).hexdigest()
    assert re.findall(r"^    ([0-9a-f]{64})$", README, re.M) == [sha256]


def test_every_make_target_that_is_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"`?make (\w+)", section("Commands")))
    assert {name for name in named if not re.search(rf"^{name}:", makefile, re.M)} == set()


def test_every_picture_is_there() -> None:
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README)
    assert pictures
    assert [picture for picture in pictures if not (ROOT / picture).is_file()] == []
