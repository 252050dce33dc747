"""Undo slips of the keys: halves of a cell are joined again, a text that was merged into code is taken out."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from nbformat import NotebookNode

from course_utils.handing_in.cellmatch import Cells
from course_utils.handing_in.cells import defined_names, grade_id, is_python, parsed

_LONG = 40  # letters: a shorter text may stand in a comment
# How a text begins that is no code alone and may be the rest of whole code: indented, or a clause.
_GOES_ON = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*(?:[ \t]+\S|(?:else|elif|except|finally)\b)")


@dataclass(frozen=True)
class Joined:
    """Cells after joining, for each its place in the submission, and how sure each joined one is, by new place."""

    cells: list[NotebookNode]
    places: list[int]
    sure: dict[int, float]


def take_texts_out(cells: Cells, wanted: Cells) -> list[NotebookNode]:
    """Return the cells without released texts that stand beside code in one cell: merged, it is no code any more."""
    texts = [
        str(cell["source"])
        for cell in wanted
        if cell["cell_type"] == "markdown" and grade_id(cell) and len(str(cell["source"])) > _LONG
    ]
    clean = [NotebookNode(cell) for cell in cells]
    for cell in clean:
        source = str(cell["source"])
        if defined_names(cell) and not is_python(source):
            for text in texts:
                source = source.replace(text, "")
            if source != cell["source"]:
                cell["source"] = source.strip("\n")
    return clean


def lost_rests(cells: Cells) -> list[int]:
    """List the cells (from 0) that begin in the middle of something: the rest of an answer that stands elsewhere."""
    return [at for at, cell in enumerate(cells) if _is_indented(cell) and not is_python(str(cell["source"]))]


def is_cut_off(cell: NotebookNode) -> bool:
    """Say whether a cell's code may be a first half: it breaks off, or ends without giving anything back."""
    body = parsed(str(cell["source"]))
    if body is None:
        return True
    last = body[-1] if body else None
    return isinstance(last, ast.ClassDef) or (
        isinstance(last, ast.FunctionDef) and not isinstance(last.body[-1], ast.Return | ast.Raise)
    )


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
    if not two.strip() or not defined_names(first):
        return False
    if is_python(one) and (is_python(two) or not _GOES_ON.match(two)):
        return False  # most texts end here, without a parse of the two together
    return is_python(_together(first, second))


def _is_indented(cell: NotebookNode) -> bool:
    """Say whether a cell begins in the middle of something."""
    return str(cell["source"]).lstrip("\n")[:1] in (" ", "\t")


def _together(first: NotebookNode, second: NotebookNode) -> str:
    return f"{str(first['source']).rstrip()}\n{second['source']}"
