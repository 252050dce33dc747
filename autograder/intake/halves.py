"""Join again what a slip of the keys split in two: half a function does not run, nor does the other half."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache

from nbformat import NotebookNode

from course_utils.handing_in.cellmatch import Cells
from course_utils.handing_in.cells import defined_names, grade_id


@dataclass(frozen=True)
class Joined:
    """Cells after joining, for each its place in the submission, and how sure each joined one is, by new place."""

    cells: list[NotebookNode]
    places: list[int]
    sure: dict[int, float]


def join_halves(cells: Cells) -> Joined:
    """Join a code cell with the next one where the next is its rest: alone it is no code, together they are.

    A rest that stands further down is joined too, but that is for a person to look at.
    """
    whole: list[NotebookNode] = []
    places: list[int] = []
    sure: dict[int, float] = {}
    for at, cell in enumerate(cells):
        farthest = 0 if _is_indented(cell) else max(0, len(whole) - 1)
        first = next((back for back in range(len(whole) - 1, farthest - 1, -1) if _is_rest(whole[back], cell)), -1)
        is_next = first == len(whole) - 1
        if first < 0:
            whole.append(NotebookNode(cell))
            places.append(at)
            continue
        whole[first] = _join(whole[first], cell)
        sure[first] = min(sure.get(first, 1.0), 0.9 if is_next else 0.6)
    return Joined(whole, places, sure)


def _join(first: NotebookNode, second: NotebookNode) -> NotebookNode:
    named = first if grade_id(first) or not grade_id(second) else second
    whole = NotebookNode({**first, "cell_type": "code", "metadata": NotebookNode(named["metadata"])})
    if named is second and "id" in second:
        whole["id"] = second["id"]
    whole["source"] = _together(first, second)
    whole.pop("attachments", None)
    whole.setdefault("outputs", [])
    whole.setdefault("execution_count", None)
    return whole


def _is_rest(first: NotebookNode, second: NotebookNode) -> bool:
    """Say whether the second cell goes on where the first breaks off."""
    if grade_id(first) and grade_id(second) and grade_id(first) != grade_id(second):
        return False
    one, two = str(first["source"]), str(second["source"])
    if not two.strip() or (_is_code(one) and _is_code(two)) or not defined_names(first):
        return False
    return _is_code(_together(first, second))


def _is_indented(cell: NotebookNode) -> bool:
    """Say whether a cell begins in the middle of something."""
    return str(cell["source"]).lstrip("\n")[:1] in (" ", "\t")


def _together(first: NotebookNode, second: NotebookNode) -> str:
    return f"{str(first['source']).rstrip()}\n{second['source']}"


@lru_cache(maxsize=1024)
def _is_code(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
