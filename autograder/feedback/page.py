"""One feedback page: the receipt on top, then the student's notebook with a verdict beside each answer."""

from __future__ import annotations

from nbformat import NotebookNode

from autograder.feedback.cells import Block, BlockKind, blocks, code_colours, show_comment, unplaced
from autograder.receipts import Receipt, say_moment
from autograder.rules.coursefile import Course
from autograder.templates import render


def feedback_page(course: Course, receipt: Receipt, notebook: NotebookNode | None) -> str:
    """Return the page as HTML; without a graded notebook it is the receipt alone."""
    made = blocks(notebook, receipt) if notebook is not None else ()
    return render(
        "feedback.html.j2",
        course=course.name,
        receipt=receipt,
        blocks=made,
        comments=[(each.cell, show_comment(each)) for each in unplaced(notebook, receipt)],
        # a question is short, and its answer says little without it
        is_open=course.assignment(receipt.assignment).kind == "quiz",
        place_of=lambda cell: _place(cell, made),
        kinds=BlockKind,
        moment=say_moment,
        code_colours=code_colours(),
    )


def _place(cell: str, made: tuple[Block, ...]) -> str:
    """Return where on the page a cell stands ("gd_fit", "cell 14"), or "" if it has no place of its own."""
    exercise = cell.removesuffix("-answer")
    if any(block.exercise == exercise for block in made):
        return exercise
    name = cell.replace(" ", "-")
    return name if any(f'<div id="{name}">' in block.html for block in made) else ""
