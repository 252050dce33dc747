"""What a notebook's cells say about themselves: nbgrader's id, their source, the functions they define."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

Cell = Mapping[str, Any]


def grade_id(cell: Cell) -> str:
    """Give the cell's nbgrader id, or "" if it has none."""
    identifier = marks(cell).get("grade_id")
    return identifier if isinstance(identifier, str) else ""


def marks(cell: Cell) -> Mapping[str, Any]:
    """Give what nbgrader wrote on the cell; empty if it wrote nothing, or nothing that makes sense."""
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return nbgrader if isinstance(nbgrader, dict) else {}


def normal(source: str) -> str:
    """Give the source without differences in white space."""
    return " ".join(source.split())


def defined_names(cell: Cell) -> tuple[str, ...]:
    """List the functions and classes a code cell defines at its top level, in order."""
    return _defined_in(str(cell.get("source", "")))


@lru_cache(maxsize=256)  # a notebook's cells are asked about in one go; trees are large, and nobody changes one
def parsed(source: str) -> list[ast.stmt] | None:
    """Give the statements of a text, or None if it is not whole Python."""
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@lru_cache(maxsize=8192)
def is_python(source: str) -> bool:
    """Say whether a text is whole Python."""
    return parsed(source) is not None


@lru_cache(maxsize=8192)  # most cells of a class read alike, and each is asked about several times
def _defined_in(source: str) -> tuple[str, ...]:
    body = parsed(source)
    if body is None:
        # magics, or a student's slip: the lines that start a definition still say what was meant
        return tuple(re.findall(r"^(?:async\s+)?(?:def|class)\s+(\w+)", source, re.MULTILINE))
    return tuple(node.name for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef))
