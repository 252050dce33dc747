"""One feedback page: the receipt on top, then the student's notebook with a verdict beside each answer."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.errors import UnknownAssignmentError
from autograder.feedback.cells import Block, BlockKind, blocks, code_colours, show_comment, unplaced
from autograder.receipts import Receipt, say_moment
from autograder.rules.coursefile import Course
from autograder.templates import render


def feedback_page(course: Course, receipt: Receipt, notebook: NotebookNode | None) -> str:
    """Return the page as HTML; without a graded notebook it is the receipt alone."""
    made = blocks(notebook, receipt, given_code(course, receipt.assignment)) if notebook is not None else ()
    return render(
        "feedback.html.j2",
        course=course.name,
        receipt=receipt,
        blocks=made,
        comments=[(each.cell, show_comment(each)) for each in unplaced(notebook, receipt)],
        # a question is short, and its answer says little without it
        asked={line.exercise for line in receipt.lines},
        is_open=course.assignment(receipt.assignment).kind == "quiz",
        place_of=lambda cell: _place(cell, made),
        kinds=BlockKind,
        moment=say_moment,
        code_colours=code_colours(),
    )


def given_code(course: Course, assignment: str) -> frozenset[str]:
    """Return the code of the cells that are handed out as they stand; empty where the source cannot be read."""
    try:
        path = course.source_notebook(assignment)
        return _given_code(path, path.stat().st_mtime_ns)
    except (UnknownAssignmentError, OSError):
        return frozenset()


@lru_cache(maxsize=16)
def _given_code(path: Path, changed_ns: int) -> frozenset[str]:
    """Read it once for the whole class, and again when it has changed."""
    try:
        cells = nbformat.read(path, as_version=4).cells
    except (ValueError, AttributeError, nbformat.ValidationError):
        return frozenset()
    return frozenset(cell.source.strip() for cell in cells if cell.cell_type == "code" and not _has_place(cell))


def _has_place(cell: NotebookNode) -> bool:
    """Whether nbgrader knows the cell by name: an answer's cell holds a solution here."""
    return bool(cell.metadata.get("nbgrader"))


def _place(cell: str, made: tuple[Block, ...]) -> str:
    """Return where on the page a cell stands ("gd_fit", "cell 14"), or "" if it has no place of its own."""
    exercise = cell.removesuffix("-answer")
    if any(block.exercise == exercise for block in made):
        return exercise
    name = cell.replace(" ", "-")
    return name if any(f'<div id="{name}">' in block.html for block in made) else ""
