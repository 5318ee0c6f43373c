"""A pytest plugin that runs the collected tests against one fault after another, each in a forked process.

The faults go into the loaded module by exchanging the code of its functions, so that whoever imported one by name runs
the faulty one too. Only tests that reached the fault's lines are run, those first that noticed the most faults so far.
"""

from __future__ import annotations

import hashlib
import importlib
import inspect
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from tests.mutation.operators import Mutant, Program
from tests.mutation.survivors import EXPLAINED

SLOWER, LEAST = 20, 5.0  # a test that takes this many times its own time, and this many seconds, hangs
TESTS = Path(__file__).parents[1] / "audit"
MODULES = {"verify.py": "review.audit.verify", "tree.py": "review.audit.tree"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--mutate", choices=sorted(MODULES), required=True)
    parser.addoption("--part", default="1/1", help="which part of how many")
    parser.addoption("--sample", type=int, default=0, help="only so many of the part, drawn with a fixed seed")
    parser.addoption("--told", type=Path, required=True, help="a folder that keeps what is known, to go on from")


class Reach:
    """Which lines of one file each test runs."""

    def __init__(self, filename: str) -> None:
        self.filename = filename
        self.lines: set[int] = set()

    def __enter__(self) -> Reach:
        self.lines = set()
        sys.settrace(self._call)
        return self

    def __exit__(self, *_problem: object) -> None:
        sys.settrace(None)

    def _call(self, frame: FrameType, _event: str, _argument: Any) -> Any:
        return self._line if frame.f_code.co_filename == self.filename else None

    def _line(self, frame: FrameType, _event: str, _argument: Any) -> Any:
        self.lines.add(frame.f_lineno)
        return self._line


class Run:
    """All faults of one part against the collected tests."""

    def __init__(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        self.config, self.items = config, items
        self.module = importlib.import_module(MODULES[config.getoption("--mutate")])
        self.path = str(self.module.__file__)
        self.program = Program(Path(self.path).read_text(encoding="utf-8"), self.path)
        self.folder: Path = config.getoption("--told") / _state(self.path)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.reached: dict[str, set[int]] = {}
        self.seconds: dict[str, float] = {}
        self.noticed: Counter[tuple[str, str]] = Counter()

    def baseline(self) -> None:
        """Which lines each test reaches, and how long it takes: known from before, or run once."""
        kept = self.folder / "reached.json"
        if not kept.exists():
            self._run_once()
            rows = {name: [self.seconds[name], sorted(lines)] for name, lines in self.reached.items()}
            draft = kept.with_suffix(f".{os.getpid()}")
            draft.write_text(json.dumps(rows), encoding="utf-8")
            draft.replace(kept)
        for name, (seconds, lines) in json.loads(kept.read_text(encoding="utf-8")).items():
            self.seconds[name], self.reached[name] = seconds, set(lines)

    def _run_once(self) -> None:
        """Every test as it is: it must pass."""
        reach = Reach(self.path)
        for place, item in enumerate(self.items):
            began = time.perf_counter()
            with reach:
                failed = _fails(item, self.items[place + 1] if place + 1 < len(self.items) else None)
            if failed:
                raise pytest.UsageError(f"{item.nodeid} fails without any fault")
            self.seconds[item.nodeid] = time.perf_counter() - began
            self.reached[item.nodeid] = reach.lines

    def part(self) -> list[Mutant]:
        which, of = map(int, self.config.getoption("--part").split("/"))
        chosen = [one for one in self.program.mutants if one.number % of == which - 1]
        wanted = self.config.getoption("--sample")
        return random.Random(which).sample(chosen, min(wanted, len(chosen))) if wanted else chosen

    def judge(self, mutant: Mutant) -> str:
        """The test that noticed the fault, or nothing."""
        tests = self._reaching(mutant)
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            self._in_the_child(mutant, tests, writer)
        os.close(writer)
        with os.fdopen(reader) as told:
            noticed = told.read()
        os.waitpid(child, 0)
        by = noticed.split("\n")[-1]
        if by.startswith("="):
            self.noticed[mutant.function, by[1:]] += 1
            return by[1:]
        return by if by != "-" else ""

    def _reaching(self, mutant: Mutant) -> list[pytest.Item]:
        lines = set(range(mutant.line, mutant.last_line + 1))
        everywhere = "." not in mutant.function and mutant.function == "module"
        tests = [item for item in self.items if everywhere or self.reached[item.nodeid] & lines]
        return sorted(tests, key=lambda item: (-self.noticed[mutant.function, item.nodeid], self.seconds[item.nodeid]))

    def _in_the_child(self, mutant: Mutant, tests: list[pytest.Item], writer: int) -> None:
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        try:
            put_into(self.module, self.program.compiled(mutant))
        except BaseException as problem:
            _tell(writer, f"cannot be loaded: {type(problem).__name__}")
        for place, item in enumerate(tests):
            # Told before it runs: a test that never ends is killed by the alarm, and its name stands last.
            os.write(writer, f"\n{item.nodeid} never ended".encode())
            signal.alarm(int(max(LEAST, SLOWER * self.seconds[item.nodeid])))
            if _fails(item, tests[place + 1] if place + 1 < len(tests) else None):
                _tell(writer, f"\n={item.nodeid}")
        _tell(writer, "\n-")


def _tell(writer: int, word: str) -> None:
    os.write(writer, word.encode())
    os._exit(0)


def _fails(item: pytest.Item, following: pytest.Item | None) -> bool:
    return any(report.failed for report in runtestprotocol(item, log=False, nextitem=following))


def put_into(module: ModuleType, code: CodeType) -> None:
    """Let the module's own functions run the faulty code, and its constants have the faulty values."""
    faulty: dict[str, Any] = {"__name__": module.__name__, "__file__": module.__file__}
    scratch = ModuleType(module.__name__)
    scratch.__dict__.update(faulty)
    exec(code, scratch.__dict__)
    for name, new in vars(scratch).items():
        old = vars(module).get(name)
        if inspect.isclass(old) and old.__module__ == module.__name__:
            _exchange_class(old, new)
        elif not _exchanged(old, new) and not name.startswith("__") and not inspect.isclass(old):
            setattr(module, name, new)


def _exchange_class(old: type, new: type) -> None:
    for name, value in vars(new).items():
        before = vars(old).get(name)
        if _exchanged(_function(before), _function(value)) or name.startswith("__"):
            continue
        if isinstance(value, int | str | bytes | tuple | dict | frozenset) and before != value:
            setattr(old, name, value)


def _exchanged(old: Any, new: Any) -> bool:
    old, new = getattr(old, "__wrapped__", old), getattr(new, "__wrapped__", new)
    if not isinstance(old, FunctionType) or not isinstance(new, FunctionType):
        return False
    old.__code__, old.__defaults__ = new.__code__, new.__defaults__
    return True


def _function(value: Any) -> Any:
    if isinstance(value, property):
        return value.fget
    return getattr(value, "__func__", value)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """Instead of the tests: the tests against each fault."""
    run = Run(session.config, list(session.items))
    run.baseline()
    survivors = [mutant for mutant, by in _judged(run) if not by]
    explained = [one for one in survivors if one.name in EXPLAINED]
    faults = len(run.part())
    rest = [one for one in survivors if one.name not in EXPLAINED]
    for one in rest:
        print(f"SURVIVED line {one.line}  {one.name}")
    print(f"{faults} faults, {faults - len(survivors)} noticed, {len(explained)} explained, {len(rest)} survived")
    session.testsfailed = 0
    return True


def _judged(run: Run) -> Iterator[tuple[Mutant, str]]:
    told = run.folder / f"faults-{run.config.getoption('--part').replace('/', '-of-')}.jsonl"
    before = _known(told)
    for mutant in run.part():
        if mutant.number in before:
            yield mutant, before[mutant.number]
            continue
        by = run.judge(mutant)
        row = {"number": mutant.number, "line": mutant.line, "name": mutant.name, "by": by}
        with told.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        yield mutant, by


def _state(path: str) -> str:
    """The file and its tests as they are: another of either is judged anew."""
    digest = hashlib.sha256(Path(path).read_bytes())
    for test in sorted(TESTS.glob("*.py")):
        digest.update(test.read_bytes())
    return f"{Path(path).stem}-{digest.hexdigest()[:12]}"


def _known(told: Path) -> dict[int, str]:
    if not told.exists():
        return {}
    rows = map(json.loads, told.read_text(encoding="utf-8").splitlines())
    return {row["number"]: row["by"] for row in rows}
