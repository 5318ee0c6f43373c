"""At least 95 in 100 small faults of verify.py and tree.py are noticed by the tests of this folder.

The full count is for the soak, in parts that go on where they stopped; the machinery itself is tested every time.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.mutation import operators, plugin

ROOT = Path(__file__).parents[2]
SHARE = 0.95
PARTS = 24
OF_THE_VERIFIER = (
    "test_altered", "test_decisions", "test_ed25519", "test_every_byte", "test_hostile", "test_insider",
    "test_profiles_verified", "test_tampering", "test_verify", "test_verify_command", "test_verify_report",
    "test_claims_verified", "test_joint", "test_honest_desk", "test_insider_hides", "test_insider_keeps_back",
    "test_insider_of_the_log", "test_insider_own_events", "test_insider_writes", "test_reasons", "test_verify_elsewhere",
    "test_foreign_desks", "test_insider_undoes",
)  # fmt: skip
SOURCE = """
def share(part, whole):
    if not whole:
        return 0
    return part + 1 if part < whole else part
"""


def test_every_fault_is_another_program_and_is_taken_back() -> None:
    program = operators.Program(SOURCE, "share.py")
    told = [mutant.name for mutant in program.mutants]
    assert told == [
        "share: without not",
        "share: nothing for return 0",
        "share: 1 in return 0",
        "share: nothing for return part + 1 if part < whole else part",
        "share: LtE in part < whole",
        "share: Sub in part + 1",
        "share: 2 in part + 1",
    ]
    right = compile(program.tree, "share.py", "exec")
    for mutant in program.mutants:
        assert program.compiled(mutant) != right
        assert compile(program.tree, "share.py", "exec") == right


def test_a_fault_reaches_whoever_took_the_function_before() -> None:
    module = ModuleType("share")
    module.__file__ = "share.py"
    exec(SOURCE, module.__dict__)
    taken = module.share
    assert taken(1, 2) == 2
    program = operators.Program(SOURCE, "share.py")
    (fault,) = [mutant for mutant in program.mutants if mutant.name == "share: Sub in part + 1"]
    plugin.put_into(module, program.compiled(fault))
    assert taken(1, 2) == 0


@pytest.mark.soak
@pytest.mark.parametrize(
    ("target", "part", "tests"),
    [
        pytest.param("tree.py", "1/1", ("test_tree",), id="tree.py"),
        *(pytest.param("verify.py", f"{n}/{PARTS}", OF_THE_VERIFIER, id=f"verify.py-{n}") for n in range(1, PARTS + 1)),
    ],
)
def test_at_least_95_in_100_faults_are_noticed(target: str, part: str, tests: tuple[str, ...]) -> None:
    files = [f"tests/audit/{name}.py" for name in tests]
    command = [sys.executable, "-m", "pytest", "-q", "-k", "not postgresql", "-p", "no:cacheprovider"]
    command += ["-p", "tests.mutation.plugin", "--mutate", target, "--part", part, "--told", ".soak/faults", *files]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    told = re.search(r"(\d+) faults, (\d+) noticed, (\d+) explained, (\d+) survived", done.stdout)
    assert told, done.stdout + done.stderr
    faults, noticed, explained, _survived = map(int, told.groups())
    assert faults > 100
    assert (noticed + explained) / faults >= SHARE, done.stdout
