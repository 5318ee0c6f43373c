"""The faults: one small change of the syntax tree each, made, compiled and taken back."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType
from typing import Any

COMPARISONS: dict[type, type] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
ARITHMETIC: dict[type, type] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitAnd, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
}  # fmt: skip
Lines = tuple[int, int]
Change = tuple[str, Callable[[], None], Callable[[], None]]


@dataclass(frozen=True)
class Mutant:
    """One fault: where it is, what it is, and how it is made and taken back."""

    number: int
    function: str
    line: int
    last_line: int
    what: str
    make: Callable[[], None]
    undo: Callable[[], None]

    @property
    def name(self) -> str:
        """The function and the change: stays the same where lines move."""
        return f"{self.function}: {self.what}"


class Program:
    """A source file and every fault that can be made in it, always in the same order."""

    def __init__(self, source: str, filename: str) -> None:
        self.tree, self.filename = ast.parse(source), filename
        self.mutants = [
            Mutant(number, *found) for number, found in enumerate(_walk(self.tree, "", _Place(self.tree, "body", 0)))
        ]

    def compiled(self, mutant: Mutant) -> CodeType:
        """The program with this one fault."""
        mutant.make()
        try:
            return compile(self.tree, self.filename, "exec")
        finally:
            mutant.undo()


@dataclass(frozen=True)
class _Place:
    """Where a node stands in its parent, so that another can stand there instead."""

    parent: ast.AST
    name: str
    index: int | None

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.name, node)
        else:
            getattr(self.parent, self.name)[self.index] = node


def _walk(node: ast.AST, function: str, place: _Place, lines: Lines | None = None) -> Iterator[tuple[Any, ...]]:
    if _is_entry(node) or _is_docstring(node):
        return
    for what, make, undo in _changes(node, place):
        yield function or "module", *(lines or _lines(node)), what, make, undo
    inside = function
    if isinstance(node, ast.arguments):
        lines = _lines(place.parent)  # a default is read when the function is made and used wherever it runs
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        inside = f"{function}.{node.name}" if function else node.name
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "bases", "keywords") and not isinstance(node, ast.Call):
            continue
        if isinstance(value, ast.AST):
            yield from _walk(value, inside, _Place(node, name, None), lines)
        elif isinstance(value, list):
            for index, one in enumerate(value):
                if isinstance(one, ast.AST):
                    yield from _walk(one, inside, _Place(node, name, index), lines)


def _lines(node: Any) -> Lines:
    return node.lineno, node.end_lineno


def _is_entry(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'"


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _changes(node: ast.AST, place: _Place) -> Iterator[Change]:
    if isinstance(node, ast.Compare):
        for index, operator in enumerate(node.ops):
            yield _swapped(node.ops, index, COMPARISONS[type(operator)](), ast.unparse(node))
    elif isinstance(node, ast.BoolOp):
        yield _set(node, "op", ast.Or() if isinstance(node.op, ast.And) else ast.And(), ast.unparse(node))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield _put(place, node, node.operand, "without not")
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in ARITHMETIC:
        yield _set(node, "op", ARITHMETIC[type(node.op)](), ast.unparse(node))
    elif isinstance(node, ast.Constant):
        yield from _constants(node, place)
    elif isinstance(node, ast.stmt):
        yield from _statements(node, place)


def _constants(node: ast.Constant, place: _Place) -> Iterator[Change]:
    if isinstance(node.value, bool):
        yield _set(node, "value", not node.value, ast.unparse(place.parent))
    elif isinstance(node.value, int):
        yield _set(node, "value", node.value + 1, ast.unparse(place.parent))
    elif isinstance(node.value, str) and isinstance(place.parent, ast.Compare | ast.Subscript):
        yield _set(node, "value", node.value + "x", ast.unparse(place.parent))


def _statements(node: ast.stmt, place: _Place) -> Iterator[Change]:
    told = ast.unparse(node).split("\n")[0]
    nothing = ast.copy_location(ast.Pass(), node)
    if isinstance(node, ast.Expr | ast.AugAssign | ast.Raise) or _keeps(node):
        yield _put(place, node, nothing, f"without {told}")
    elif isinstance(node, ast.Return) and node.value is not None and ast.unparse(node.value) != "None":
        yield _put(place, node, ast.copy_location(ast.Return(value=None), node), f"nothing for {told}")
    elif isinstance(node, ast.Continue):
        yield _put(place, node, ast.copy_location(ast.Break(), node), "break for continue")
    elif isinstance(node, ast.Break):
        yield _put(place, node, ast.copy_location(ast.Continue(), node), "continue for break")
    elif isinstance(node, ast.If | ast.While) and not isinstance(node.test, ast.Compare | ast.BoolOp | ast.UnaryOp):
        turned = ast.copy_location(ast.UnaryOp(op=ast.Not(), operand=node.test), node.test)
        yield _put(_Place(node, "test", None), node.test, turned, f"not: {told}")


def _keeps(node: ast.stmt) -> bool:
    """An assignment to an attribute or an item: what goes on to be read elsewhere."""
    return isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute | ast.Subscript)


def _swapped(held: list[Any], index: int, new: ast.AST, told: str) -> Change:
    old = held[index]
    return f"{type(new).__name__} in {told}", lambda: held.__setitem__(index, new), lambda: held.__setitem__(index, old)


def _set(node: ast.AST, name: str, new: Any, told: str) -> Change:
    old = getattr(node, name)
    word = new if not isinstance(new, ast.AST) else type(new).__name__
    return f"{word} in {told}", lambda: setattr(node, name, new), lambda: setattr(node, name, old)


def _put(place: _Place, old: ast.AST, new: ast.AST, told: str) -> Change:
    return told, lambda: place.put(new), lambda: place.put(old)
