"""Small programs over scalars, as text: `c = a * b; L = c + a`. Read with `ast`, never executed as code.

The same text builds a graph from a student's `Value` objects, from torch scalars, or from plain floats.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from course_utils.errors import CheckError

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Pow: operator.pow,
}


@dataclass(frozen=True)
class Step:
    """One statement: `name = formula`, done `times` times, from the names in `uses`."""

    name: str
    uses: tuple[str, ...]
    times: int
    node: ast.expr

    @property
    def formula(self) -> str:
        """The expression as text, in Python's own spacing."""
        return ast.unparse(self.node)


def read_steps(program: str) -> tuple[Step, ...]:
    """Return the statements of `program`, parted by `;` or by lines.

    A statement is `name = expression`, or `for _ in range(n): name = expression`. An expression has names,
    numbers, `+ - * **`, minus signs, brackets and `.relu()`.

    Raises CheckError for anything else.
    """
    try:
        body = ast.parse(program.replace("; ", "\n")).body
    except SyntaxError as error:
        raise CheckError(f"The expression {program!r} cannot be read: {error.msg}.") from None
    return tuple(_step(statement, program) for statement in body)


def leaves_of(steps: tuple[Step, ...]) -> tuple[str, ...]:
    """Return the names that are used but never made before: the graph's inputs, in order of first use."""
    made: set[str] = set()
    leaves: dict[str, None] = {}
    for step in steps:
        leaves.update((name, None) for name in step.uses if name not in made)
        made.add(step.name)
    return tuple(leaves)


def build(steps: tuple[Step, ...], leaves: Mapping[str, Any]) -> dict[str, Any]:
    """Run the statements on `leaves` and return every name with what it stands for at the end."""
    found = dict(leaves)
    for step in steps:
        calculate = _calculator(step.node)
        for _ in range(step.times):
            found[step.name] = calculate(found)
    return found


def _step(statement: ast.stmt, program: str) -> Step:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return Step(name, _uses(value), 1, value)
        case ast.For(
            iter=ast.Call(func=ast.Name(id="range"), args=[ast.Constant(value=int(times))]),
            body=[ast.Assign(targets=[ast.Name(id=name)], value=value)],
        ):
            return Step(name, _uses(value), times, value)
    raise CheckError(f"The expression {program!r} holds {ast.unparse(statement)!r}, which is no step.")


def _uses(node: ast.expr) -> tuple[str, ...]:
    names = [part for part in ast.walk(node) if isinstance(part, ast.Name)]
    names.sort(key=lambda part: (part.lineno, part.col_offset))
    return tuple(dict.fromkeys(part.id for part in names))


def _calculator(node: ast.expr) -> Callable[[Mapping[str, Any]], Any]:
    """Return a function that works the expression out for given names: a step may be done hundreds of times."""
    match node:
        case ast.Name(id=name):
            return operator.itemgetter(name)
        case ast.Constant(value=int() | float() as number):
            return lambda names: number
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            opposite = -number
            return lambda names: opposite
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = _calculator(operand)
            return lambda names: -inner(names)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            join, first, second = _BINARY[type(op)], _calculator(left), _calculator(right)
            return lambda names: join(first(names), second(names))
        case ast.Call(func=ast.Attribute(value=value, attr="relu"), args=[], keywords=[]):
            inside = _calculator(value)
            return lambda names: inside(names).relu()
    raise CheckError(f"{ast.unparse(node)!r} is nothing an expression may hold.")
