"""Small changes to a reference, one at a time: a grader that lets one pass has a case too few.

Operators, constants, comparisons, axes and keepdim, sums and means, detach and no_grad, the order of
statements, dropped lines. Each mutant is described by what stood there and what stands there now.
"""

from __future__ import annotations

import ast
import copy
import inspect
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType
from typing import Any

_OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
}
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt,),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt,),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}
_METHODS = {
    "sum": ("mean",),
    "mean": ("sum",),
    "max": ("min",),
    "min": ("max",),
    "amax": ("amin",),
    "argmax": ("argmin",),
    "abs": ("square",),
    "train": ("eval",),
    "eval": ("train",),
    "exp": ("expm1",),
    "log": ("log2",),
    "log1p": ("log",),
    "sqrt": ("square",),
    "zeros_like": ("ones_like",),
    "ones_like": ("zeros_like",),
}
_DROPPED_CALLS = frozenset({"detach", "clone", "contiguous", "abs", "sqrt", "mean", "sum", "exp", "log", "item"})


@dataclass(frozen=True)
class Mutant:
    """A changed reference: what was changed, and the code that makes the changed answer."""

    change: str
    tree: ast.Module
    name: str
    namespace: dict[str, Any]

    def load(self) -> Any:
        """Build the changed function or class."""
        namespace = dict(self.namespace)
        exec(compile(self.tree, f"<mutant: {self.change}>", "exec"), namespace)
        return namespace[self.name]


def mutants_of(reference: Callable[..., Any]) -> Iterator[Mutant]:
    """Yield the mutants of a reference: a function, a lambda or a class defined in a module's source.

    A lambda that only hands its arguments on to a function of the same module stands for that function. The reference
    of an experiment is a value: there is no code to change in it, and it has no mutants.
    """
    if not callable(reference):
        return
    node, namespace = _definition(_behind(reference))
    node = _Bare().visit(node)
    name = "mutant" if isinstance(node, ast.Lambda) else node.name
    seen = set()
    for change, changed in _changes(node):
        module = _module(changed, name)
        text = ast.unparse(module)
        if text in seen or text == ast.unparse(_module(node, name)):
            continue
        seen.add(text)
        yield Mutant(change, module, name, namespace)


class _Bare(ast.NodeTransformer):
    """Take off what does nothing when it runs: annotations and docstrings."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        """Take an argument's annotation off."""
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt | None:
        """Make an annotated assignment a plain one."""
        if node.value is None:
            return None
        return ast.copy_location(ast.Assign([node.target], self.visit(node.value)), node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Take annotations and docstring off a function."""
        node.returns = None
        return self.visit_ClassDef(node)

    def visit_ClassDef(self, node: ast.ClassDef | ast.FunctionDef) -> ast.AST:
        """Take the docstring off a class."""
        if len(node.body) > 1 and _is_docstring(node.body[0]):
            del node.body[0]
        return self.generic_visit(node)


def _behind(reference: Callable[..., Any]) -> Callable[..., Any]:
    if inspect.isclass(reference) or reference.__name__ != "<lambda>":
        return reference
    body = _definition(reference)[0].body
    if isinstance(body, ast.Call) and isinstance(body.func, ast.Name) and not body.keywords:
        called = reference.__globals__.get(body.func.id)
        if inspect.isfunction(called) and all(isinstance(argument, ast.Name) for argument in body.args):
            return called
    return reference


Definition = ast.FunctionDef | ast.Lambda | ast.ClassDef


def _module(node: Definition, name: str) -> ast.Module:
    body: ast.stmt = ast.Assign([ast.Name(name, ast.Store())], node) if isinstance(node, ast.Lambda) else node
    if isinstance(body, (ast.FunctionDef, ast.ClassDef)):
        body.decorator_list = []
    return ast.fix_missing_locations(ast.Module([copy.deepcopy(body)], []))


def _definition(reference: Callable[..., Any]) -> tuple[Definition, dict[str, Any]]:
    if inspect.isclass(reference):
        statement = ast.parse(textwrap.dedent(inspect.getsource(reference))).body[0]
        module = inspect.getmodule(reference)
        if not isinstance(statement, ast.ClassDef) or module is None:
            raise TypeError(f"{reference} is not a class with source")
        return statement, vars(module)
    code: CodeType = reference.__code__
    for node in ast.walk(_parsed(code.co_filename)):
        if isinstance(node, (ast.Lambda, ast.FunctionDef)) and _starts_at(node, code):
            return copy.deepcopy(node), reference.__globals__
    raise TypeError(f"the source of {reference} cannot be found")


@lru_cache(maxsize=16)
def _parsed(path: str) -> ast.Module:
    with open(path, encoding="utf-8") as stream:
        return ast.parse(stream.read())


def _starts_at(node: ast.Lambda | ast.FunctionDef, code: CodeType) -> bool:
    if isinstance(node, ast.FunctionDef):
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        return node.name == code.co_name and first == code.co_firstlineno
    names = tuple(argument.arg for argument in node.args.args)
    return code.co_name == "<lambda>" and node.lineno == code.co_firstlineno and names == code.co_varnames[: len(names)]


def _changes(root: Definition) -> Iterator[tuple[str, Definition]]:
    places = [node for node in ast.walk(root) if hasattr(node, "lineno") or isinstance(node, ast.arguments)]
    for place in range(len(places)):
        for replacement in _replacements(places[place]):
            changed = copy.deepcopy(root)
            twin = [n for n in ast.walk(changed) if hasattr(n, "lineno") or isinstance(n, ast.arguments)][place]
            if isinstance(twin, ast.expr):
                if twin is changed:
                    continue
                changed = _Swap(twin, replacement).visit(changed)
                yield f"{ast.unparse(places[place])} → {ast.unparse(replacement)}", changed
    yield from _statement_changes(root)


class _Swap(ast.NodeTransformer):
    """Put one expression in the place of another."""

    def __init__(self, old: ast.expr, new: ast.expr) -> None:
        self._old, self._new = old, new

    def visit(self, node: ast.AST) -> Any:
        """Replace the one node, leave all others."""
        if node is self._old:
            return copy.deepcopy(self._new)
        return self.generic_visit(node)


def _replacements(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp):
        for operator in _OPERATORS.get(type(node.op), ()):
            yield ast.BinOp(node.left, operator(), node.right)
        if isinstance(node.op, (ast.Add, ast.Sub, ast.Mult, ast.Div)):
            yield node.left
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.Not)):
        yield node.operand
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        for comparison in _COMPARISONS.get(type(node.ops[0]), ()):
            yield ast.Compare(node.left, [comparison()], node.comparators)
    elif isinstance(node, ast.Constant):
        yield from (ast.Constant(value) for value in _other_constants(node.value))
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        yield from _other_calls(node, node.func)
    elif isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
        yield node.value
    elif isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load) and len(node.elts) == 2:
        yield ast.Tuple([node.elts[1], node.elts[0]], ast.Load())
    elif isinstance(node, (ast.GeneratorExp, ast.ListComp, ast.SetComp)):
        yield from _other_filters(node)
    elif isinstance(node, ast.IfExp):
        yield node.body
        yield node.orelse
    elif isinstance(node, ast.BoolOp):
        yield from node.values


def _other_filters(node: ast.GeneratorExp | ast.ListComp | ast.SetComp) -> Iterator[ast.expr]:
    for place, loop in enumerate(node.generators):
        for number in range(len(loop.ifs)):
            changed = copy.deepcopy(node)
            del changed.generators[place].ifs[number]
            yield changed


def _other_constants(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return sorted({value + 1, value - 1, 0} - {value})
    if isinstance(value, float):
        return [value * 2, value + 1.0, 0.0] if value else [1.0]
    return []


def _other_calls(node: ast.Call, called: ast.Attribute) -> Iterator[ast.expr]:
    for other in _METHODS.get(called.attr, ()):
        yield ast.Call(ast.Attribute(called.value, other, ast.Load()), node.args, node.keywords)
    is_module = isinstance(called.value, ast.Name) and called.value.id in (
        "torch",
        "F",
        "nn",
        "functional",
        "math",
    )
    if called.attr in _DROPPED_CALLS:
        if not is_module:
            yield called.value
        elif len(node.args) == 1:
            yield node.args[0]
    for place, keyword in enumerate(node.keywords):
        if keyword.arg in ("keepdim", "dim", "unbiased", "correction", "dtype"):
            yield ast.Call(called, node.args, [k for n, k in enumerate(node.keywords) if n != place])


def _statement_changes(root: Definition) -> Iterator[tuple[str, Definition]]:
    if isinstance(root, ast.Lambda):
        return
    count = sum(1 for _ in _bodies(root))
    for number in range(count):
        body = list(_bodies(root))[number]
        for place, statement in enumerate(body):
            said = ast.unparse(statement).splitlines()[0]
            if not isinstance(statement, (ast.Return, ast.FunctionDef)) and not _is_docstring(statement):
                changed = copy.deepcopy(root)
                twin = list(_bodies(changed))[number]
                twin[place] = ast.Pass()
                yield f"dropped: {said}", changed
            if place + 1 < len(body) and not isinstance(body[place + 1], ast.FunctionDef):
                changed = copy.deepcopy(root)
                twin = list(_bodies(changed))[number]
                twin[place], twin[place + 1] = twin[place + 1], twin[place]
                yield f"swapped: {said} ↔ {ast.unparse(body[place + 1]).splitlines()[0]}", changed
            if isinstance(statement, ast.With):
                changed = copy.deepcopy(root)
                twin = list(_bodies(changed))[number]
                inner = twin[place]
                if isinstance(inner, ast.With):
                    twin[place : place + 1] = inner.body
                yield f"without: {said}", changed


def _bodies(root: ast.AST) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(root):
        for field in ("body", "orelse"):
            body = getattr(node, field, None)
            if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
                yield body


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
