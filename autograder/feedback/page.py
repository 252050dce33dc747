"""One feedback page: the receipt on top, then the student's notebook with a verdict beside each answer."""

from __future__ import annotations

from nbformat import NotebookNode

from autograder.coursefile import Course
from autograder.feedback.cells import BlockKind, blocks, code_colours
from autograder.receipts import Receipt, say_moment
from autograder.templates import render


def feedback_page(course: Course, receipt: Receipt, notebook: NotebookNode | None) -> str:
    """Return the page as HTML; without a graded notebook it is the receipt alone."""
    return render(
        "feedback.html.j2",
        course=course.name,
        receipt=receipt,
        blocks=blocks(notebook, receipt) if notebook is not None else (),
        kinds=BlockKind,
        moment=say_moment,
        code_colours=code_colours(),
    )
