"""What a notebook's cells say about themselves: nbgrader's id, their source, the functions they define."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from typing import Any

Cell = Mapping[str, Any]


def grade_id(cell: Cell) -> str:
    """Give the cell's nbgrader id, or "" if it has none."""
    identifier = marks(cell).get("grade_id")
    return identifier if isinstance(identifier, str) else ""


def marks(cell: Cell) -> Mapping[str, Any]:
    """Give what nbgrader wrote on the cell; empty if it wrote nothing, or nothing that makes sense."""
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, Mapping) else None
    return nbgrader if isinstance(nbgrader, Mapping) else {}


def normal(source: str) -> str:
    """Give the source without differences in white space."""
    return " ".join(source.split())


def defined_names(cell: Cell) -> tuple[str, ...]:
    """List the functions and classes a code cell defines at its top level, in order."""
    source = str(cell.get("source", ""))
    try:
        body: Iterable[ast.stmt] = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # magics, or a student's slip: the lines that start a definition still say what was meant
        return tuple(re.findall(r"^(?:async\s+)?(?:def|class)\s+(\w+)", source, re.MULTILINE))
    return tuple(node.name for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef))


def signatures(cell: Cell) -> dict[str, tuple[str, ...]]:
    """Give what a code cell defines at its top level with what it takes: a function's parameters, a class's bases."""
    try:
        body = ast.parse(str(cell.get("source", ""))).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            given = node.args
            found[node.name] = tuple(each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs))
        elif isinstance(node, ast.ClassDef):
            found[node.name] = ("class", *(ast.unparse(base) for base in node.bases))
    return found
