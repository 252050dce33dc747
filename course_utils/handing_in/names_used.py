"""Which names a code cell makes, and which it needs at once, read from its text: nothing is run.

Only what is certain counts as needed: what stands in an `if`, in a `try` that catches, in a lambda or in a function
that is not called may never run. What may be made counts as made.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

_LONGEST = 200_000  # characters; a longer cell is a pasted table

Function = ast.FunctionDef | ast.AsyncFunctionDef
# Methods that are as good as called where the class is.
_CALLED_METHODS = frozenset({"__init__", "__call__", "__len__", "__getitem__", "forward"})
# Line magics that make no names, or that run the statement behind them.
_QUIET = re.compile(
    r"^(\s*)(?:[!?].*|[%](?:matplotlib|config|pip|conda|cd|pwd|ls|load_ext|reload_ext|autoreload|precision|whos?|env)\b.*)$",
    re.M,
)
_RUNNING = re.compile(r"^(\s*)%{1,2}(?:time|timeit|prun|memit)\b(?:[ \t]+-\w+(?:[ \t]+\d+)?)*[ \t]*", re.M)
_ASSIGNED = re.compile(r"^(\s*[\w, ]+=\s*)[!%].*$", re.M)
_HELP = re.compile(r"^(\s*)[\w.]+\?{1,2}\s*$", re.M)
_OTHER_MAGIC = re.compile(r"^(\s*)%.*$", re.M)
_OPENS_ANYTHING = frozenset({"exec", "eval", "globals", "locals", "vars", "get_ipython", "setattr", "__import__"})
_MAY_OPEN = re.compile(rf"\*|{'|'.join(sorted(_OPENS_ANYTHING))}")


@dataclass(frozen=True)
class Body:
    """What a function needs when it is called: names of the notebook, and notebook functions it calls itself."""

    needs: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()


@dataclass(frozen=True)
class CellNames:
    """What one cell makes and needs; `is_opaque` where it may make any name at all (a star import, exec, a magic)."""

    makes: frozenset[str] = frozenset()
    needs: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    functions: Mapping[str, Body] = field(default_factory=dict)
    is_opaque: bool = False


@lru_cache(maxsize=8192)
def names_used(source: str) -> CellNames:
    """Read a code cell; one that is not Python makes nothing that could be known, and needs nothing."""
    if len(source) > _LONGEST:
        return CellNames(is_opaque=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "\d" in a student's string
        tree, is_opaque = _parsed(source)
    if tree is None:
        return CellNames(is_opaque=is_opaque)
    reader = _Reader()
    try:
        reader.read(tree.body)
    except RecursionError:  # a sum of ten thousand terms
        return CellNames(is_opaque=True)
    opens = _MAY_OPEN.search(source) is not None and any(_opens_anything(node) for node in ast.walk(tree))
    return CellNames(
        makes=frozenset(reader.made),
        needs=tuple(reader.needs),
        calls=tuple(reader.calls),
        checks=tuple(reader.checks),
        functions=reader.functions,
        is_opaque=is_opaque or opens,
    )


def _opens_anything(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.names[0].name == "*"
    return isinstance(node, ast.Name) and node.id in _OPENS_ANYTHING


def _parsed(source: str) -> tuple[ast.Module | None, bool]:
    """Parse a cell, its magics taken out; say also whether one of them may make any name."""
    try:
        return ast.parse(source), False
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    text = _RUNNING.sub(r"\1", source)
    if text.lstrip().startswith("%%"):
        first, _, rest = text.lstrip().partition("\n")
        if not first.startswith("%%capture"):
            return None, False  # another language, or a file
        text = rest
    text = _HELP.sub(r"\1pass", _ASSIGNED.sub(r"\1None", _QUIET.sub(r"\1pass", text)))
    quiet = _OTHER_MAGIC.sub(r"\1pass", text)
    try:
        return ast.parse(quiet), quiet != text
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None, True


class _Reader:
    """Reads statements in order; `inner` are names of the scope itself, which are nobody else's business."""

    def __init__(self, inner: Iterable[str] = ()) -> None:
        self.inner = frozenset(inner)
        self.made: dict[str, None] = {}
        self.needs: dict[str, None] = {}
        self.calls: dict[str, None] = {}
        self.checks: dict[str, None] = {}
        self.functions: dict[str, Body] = {}

    def read(self, body: Iterable[ast.stmt]) -> None:
        """Read statements up to one that leaves for certain; what is made behind it counts all the same."""
        left = False
        for statement in body:
            if left:
                self._bind_all(statement)
                continue
            self._statement(statement)
            left = isinstance(statement, ast.Raise | ast.Return | ast.Break | ast.Continue)

    def _statement(self, node: ast.stmt) -> None:
        if isinstance(node, Function):
            self._evaluate(*node.decorator_list, *node.args.defaults, *node.args.kw_defaults)
            shared, is_generator = _looked_through(node)
            self.functions[node.name] = _body_of(node, shared, is_generator)
            self._bind(node.name, *shared)
        elif isinstance(node, ast.ClassDef):
            self._class(node)
        elif isinstance(node, ast.If | ast.While):
            self._evaluate(node.test)
            self._bind_all(node)
        elif isinstance(node, ast.Match):
            self._evaluate(node.subject)
            self._bind_all(node)
        elif isinstance(node, ast.For | ast.AsyncFor):
            self._evaluate(node.iter)
            self._bind_all(node.target)
            self.read(node.body)
            self._bind_all(node)
        elif isinstance(node, ast.Try | ast.TryStar):
            if not node.handlers:
                self.read(node.body)
            self._bind_all(node)
            self.read(node.finalbody)
        elif isinstance(node, ast.With | ast.AsyncWith):
            self._evaluate(*(item.context_expr for item in node.items))
            if not any("suppress" in ast.dump(item.context_expr) for item in node.items):
                for item in node.items:
                    self._bind_all(item.optional_vars)
                self.read(node.body)
            self._bind_all(node)
        else:
            self._simple(node)

    def _simple(self, node: ast.stmt) -> None:
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            self._need(node.target.id)
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            self._evaluate(node.value)  # before its targets; an annotation is left aside
            self._evaluate(*(node.targets if isinstance(node, ast.Assign) else (node.target,)))
        elif not isinstance(node, ast.Delete | ast.Global | ast.Nonlocal | ast.Import | ast.ImportFrom):
            self._evaluate(*ast.iter_child_nodes(node))
        self._bind_all(node)

    def _class(self, node: ast.ClassDef) -> None:
        self._evaluate(*node.decorator_list, *node.bases, *(each.value for each in node.keywords))
        inside = _Reader(self.inner | self.made.keys() | {node.name})
        inside.read(node.body)
        self._need(*(name for name in inside.needs))
        called = [body for name, body in inside.functions.items() if name in _CALLED_METHODS]
        self.functions[node.name] = Body(
            tuple(dict.fromkeys(name for body in called for name in body.needs)),
            tuple(dict.fromkeys(name for body in called for name in body.calls)),
        )
        self._bind(node.name)

    def _evaluate(self, *nodes: ast.AST | None) -> None:
        for node in nodes:
            if node is not None:
                self._expression(node)

    def _expression(self, node: ast.AST) -> None:
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Load):
                self._need(node.id)
            return
        if isinstance(node, ast.Lambda):
            self._evaluate(*node.args.defaults, *node.args.kw_defaults)
            return
        if isinstance(node, ast.BoolOp):
            self._expression(node.values[0])
            return
        if isinstance(node, ast.IfExp):
            self._expression(node.test)
            return
        if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            self._comprehension(node)
            return
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            self._call(node.func.id, node.args)
        for child in ast.iter_child_nodes(node):
            self._expression(child)
        if isinstance(node, ast.NamedExpr):
            self._bind_all(node.target)

    def _call(self, name: str, arguments: list[ast.expr]) -> None:
        self.calls[name] = None
        if name == "check":  # it calls what it is handed
            self.checks.update((each.id, None) for each in arguments if isinstance(each, ast.Name))

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> None:
        self._expression(node.generators[0].iter)
        if isinstance(node, ast.GeneratorExp):
            return  # runs when somebody asks
        own = {each.id for part in node.generators for each in ast.walk(part.target) if isinstance(each, ast.Name)}
        inside = _Reader(self.inner | self.made.keys() | own)
        elements = (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
        inside._evaluate(*elements)
        self._need(*inside.needs)
        self.calls.update(inside.calls)

    def _need(self, *names: str) -> None:
        self.needs.update((name, None) for name in names if name not in self.made and name not in self.inner)

    def _bind(self, *names: str) -> None:
        self.made.update(dict.fromkeys(names))

    def _bind_all(self, node: ast.AST | None) -> None:
        if node is not None:
            self._bind(*_bound_in(node))


def _bound_in(node: ast.AST) -> Iterable[str]:
    """Yield every name a piece of code may bind in its own scope."""
    if isinstance(node, Function | ast.ClassDef):
        yield node.name
        return
    if isinstance(node, ast.Lambda):
        return
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from ((each.asname or each.name).split(".")[0] for each in node.names)
    elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
        yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest
    for child in ast.iter_child_nodes(node):
        yield from _bound_in(child)


def _looked_through(node: Function) -> tuple[tuple[str, ...], bool]:
    """Give the names a function declares global, and whether it is a generator."""
    shared: list[str] = []
    is_generator = False
    for inside in ast.walk(node):
        if isinstance(inside, ast.Global):
            shared += inside.names
        elif isinstance(inside, ast.Yield | ast.YieldFrom):
            is_generator = True
    return tuple(shared), is_generator


def _body_of(node: Function, shared: Iterable[str], is_generator: bool) -> Body:
    """Read what calling a function needs of the notebook."""
    arguments = node.args
    own = {each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    own |= {each.arg for each in (arguments.vararg, arguments.kwarg) if each is not None}
    own |= {name for statement in node.body for name in _bound_in(statement)}
    own -= set(shared)
    reader = _Reader(own)
    if not is_generator:
        reader.read(node.body)  # a generator runs when somebody asks
    return Body(tuple(reader.needs), tuple(name for name in reader.calls if name not in own))
