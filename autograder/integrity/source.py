"""Read the student's own cells for what an honest answer has no use for; the program is read, not run."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from autograder.integrity import rules
from autograder.integrity.names import IMPORTERS, full_name, imported_names, imports, is_in
from autograder.integrity.sighting import Kind, Sighting, quoted

MOST_CHARACTERS = 200_000
"""A longer cell is not read: parsing it would take the grader's time."""

_KEPT = 256
"""What was seen in so many cells is kept: most of a class's cells are those that were handed out."""

_TELLING = (
    ast.Name, ast.Attribute, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Call, ast.FunctionDef, ast.AsyncFunctionDef,
    ast.Constant, ast.Import, ast.ImportFrom,
)  # fmt: skip

_NOTEBOOK_LINE = re.compile(r"(?m)^([ \t]*)[%!?].*$")
_FOREIGN_CELL = re.compile(r"\s*%%(?!time|timeit|capture|prun)")
_NOTEBOOK_VALUE = re.compile(r"(?m)(=[ \t]*)[%!][^\n]*$")


def look_at_source(cells: Iterable[tuple[str, str]]) -> tuple[Sighting, ...]:
    """Return what is seen in `cells`: pairs of a cell's name and its source."""
    readable = [(name, source) for name, source in cells if len(source) <= MOST_CHARACTERS]
    imported: dict[str, str] = {}
    for _, source in readable:
        imported |= _imported(source)
    known = tuple(imported.items())
    return tuple(
        Sighting(Kind.SOURCE, name, sentence, line, is_clear)
        for name, source in readable
        for sentence, line, is_clear in _in_cell(source, known)
    )


@lru_cache(maxsize=_KEPT)
def _nodes(source: str) -> tuple[ast.AST, ...]:
    """Return all nodes of the cell's program, the outermost first."""
    tree = _parse(source)
    return () if tree is None else tuple(ast.walk(tree))


def _parse(source: str) -> ast.Module | None:
    """Return the cell's program, without what only a notebook understands; what is none, as a text in a program."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "\d" in a student's text
            try:
                if _FOREIGN_CELL.match(source):
                    return ast.parse(f"cell = {source!r}")
                return ast.parse(_NOTEBOOK_LINE.sub(r"\1pass", _NOTEBOOK_VALUE.sub(r"\1None", source)))
            except SyntaxError:
                return ast.parse(f"cell = {source!r}")
    except (ValueError, RecursionError, MemoryError):  # a null byte, or nested too deep
        return None


@lru_cache(maxsize=_KEPT)
def _imported(source: str) -> Mapping[str, str]:
    return imported_names(_nodes(source))


@lru_cache(maxsize=_KEPT)
def _in_cell(source: str, known: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str, bool], ...]:
    """Return what is seen in one cell: a sentence, the line, whether it is clear; `known` is what its imports mean."""
    lines, imported = source.split("\n"), dict(known)
    found: dict[str, tuple[str, str, bool]] = {}
    nodes = _nodes(source)
    documents = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if not isinstance(node, _TELLING) or (isinstance(node, ast.Constant) and id(node) in documents):
            continue  # a docstring does nothing
        for sentence, is_clear in _seen(node, imported):
            if sentence not in found:
                line = quoted(_line(node, lines, getattr(node, "lineno", 1)))
                found[sentence] = (sentence, line, is_clear)
    return tuple(found.values())


def _line(node: ast.AST, lines: list[str], number: int) -> str:
    """Return the line of the program; of a very long one, what is meant."""
    line = lines[number - 1] if number <= len(lines) else ""
    start = getattr(node, "col_offset", 0)
    return line if len(line) <= 150 else "…" + line[max(0, start - 40) :]


def _seen(node: ast.AST, imported: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """Yield sentences about one node of the program, and whether each is clear."""
    yield from _imports(node)
    if isinstance(node, (ast.Name, ast.Attribute)):
        yield from _uses(node, imported)
    elif isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            yield from _puts(target, node.value, imported)
    elif isinstance(node, ast.Call):
        yield from _calls(node, imported)
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        yield from _defines(node)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        for pattern, what in rules.TEXTS:
            if pattern.search(node.value):
                yield f"In a text of the program {what}.", True
        if rules.LOCAL_ADDRESS.match(node.value):
            yield "It names an address on the grader's own machine or network.", True


def _imports(node: ast.AST) -> Iterator[tuple[str, bool]]:
    for name in imports(node):
        if is_in(name, rules.CHECKER) and name != "course_utils.checks.check":
            yield f"It reaches into the grading code: {quoted(name)}.", True
        for known, what in rules.IMPORTED.items():
            if is_in(name, (known,)):
                yield f"With {known} {what}.", True
        for known, what in rules.FAINTLY_IMPORTED.items():
            if is_in(name, (known,)):
                yield f"With {known} {what}.", False


def _uses(node: ast.Name | ast.Attribute, imported: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    name = full_name(node, imported)
    if name in rules.USED:
        yield f"With {name} {rules.USED[name]}.", True
    if isinstance(node, ast.Attribute):
        if node.attr in rules.SHELL:
            yield f"With {node.attr} {rules.SHELL[node.attr]}.", True
        elif name == "get_ipython().kernel":
            yield "It gets hold of the kernel that runs it.", True
        elif node.attr == "__file__" and is_in(name, ("course_utils", "autograder")):
            yield "It asks where the course's own code lies.", True


def _puts(target: ast.AST, value: ast.AST | None, imported: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """Look at where a value is put."""
    if isinstance(target, (ast.Tuple, ast.List)):
        for each in target.elts:
            yield from _puts(each, value, imported)
    elif isinstance(target, ast.Subscript):
        place = full_name(target.value, imported)
        if place == "sys.modules":
            yield "It puts a module of its own in the place of another.", True
        elif place in ("vars()", "builtins.vars()") or place.endswith(".__dict__"):
            yield "It writes into a module's or a class's own names.", True
    elif isinstance(target, ast.Attribute):
        name = full_name(target, imported)
        is_setting = is_in(name, rules.SETTINGS) or isinstance(value, ast.Constant)
        if is_in(name, rules.PATCHED) and not is_setting:
            yield f"It puts something of its own in the place of {quoted(name)}.", True
    elif isinstance(target, ast.Name) and target.id == "check":
        yield "It gives the name check another meaning.", False


def _calls(node: ast.Call, imported: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    called = full_name(node.func, imported)
    first = full_name(node.args[0], imported) if node.args else ""
    if called in ("setattr", "delattr") and is_in(first, rules.PATCHED):
        yield f"It puts something of its own into {quoted(first)}.", True
    if called in IMPORTERS and node.args and not isinstance(node.args[0], ast.Constant):
        yield "It imports a module whose name it puts together as it runs.", True
    if called in ("exec", "eval", "compile"):
        inner = {full_name(each.func, imported) for each in ast.walk(node) if isinstance(each, ast.Call)}
        if any(is_in(name, rules.UNPACKERS) for name in inner):
            yield "It runs a program that it unpacks first.", True
        else:
            yield f"It runs a text as a program ({called}).", False
    if is_in(called, rules.STARTERS):
        words = " ".join(
            each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)
        )
        is_clear = bool(rules.COMMANDS.search(words))
        yield f"It starts another program{' that an exercise has no use for' if is_clear else ''}.", is_clear


def _defines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[str, bool]]:
    if node.name in rules.METHODS:
        yield f"With {node.name} {rules.METHODS[node.name]}.", True
    last = node.body[-1]
    is_true = isinstance(last, ast.Return) and isinstance(last.value, ast.Constant) and last.value.value is True
    if node.name == "__eq__" and is_true:
        yield "It defines an object that is equal to everything.", True
    if node.name == "check":
        yield "It gives the name check another meaning.", False
