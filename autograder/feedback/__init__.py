"""Feedback pages: for each submission one HTML file that needs no network, no script and no account.

    write_feedback(course, "hw1")     # feedback/s001/hw1/hw1.html, …

They lie where `nbgrader release_feedback` looks for them.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from autograder.errors import FolderError
from autograder.feedback.asked import receipt_page, receipt_text
from autograder.feedback.page import feedback_page
from autograder.receipts import graded_notebook, graded_path, receipts
from autograder.rules.coursefile import Course
from autograder.templates import write_page
from autograder.term import load_term

__all__ = ["feedback_page", "receipt_page", "receipt_text", "write_feedback"]


def write_feedback(
    course: Course, assignment: str, *, on_page: Callable[[int, int], None] | None = None
) -> tuple[Path, ...]:
    """Write a page for every submission of `assignment` and return the paths; unchanged ones are left alone.

    `on_page(done, total)` reports progress.

    Raises:
        UnknownAssignmentError: no such assignment.
        RosterError: there is a roster that cannot be read.
        GradebookError: the gradebook cannot be reached.
        FolderError: the feedback folder cannot be written.
    """
    pages = []
    stem = course.notebook_stem(assignment)
    made = receipts(course, assignment, load_term(course))
    for number, receipt in enumerate(made):
        folder = course.feedback / receipt.student / assignment
        page = folder / f"{stem}.html"
        notebook = graded_notebook(course, assignment, receipt.student)
        write_page(page, feedback_page(course, receipt, notebook))
        _ready_for_release(graded_path(course, assignment, receipt.student).parent, folder)
        pages.append(page)
        if on_page is not None:
            on_page(number + 1, len(made))
    return tuple(pages)


def _ready_for_release(graded: Path, folder: Path) -> None:
    """Lay beside a page what `nbgrader release_feedback` names the released page by.

    Work that came by another way than nbgrader's exchange has no secret, and one that is missing would stop the
    release for the whole class: it gets one that nobody knows.
    """
    for name, otherwise in (("timestamp.txt", ""), ("submission_secret.txt", secrets.token_hex(32))):
        try:
            if (graded / name).is_file():
                shutil.copy2(graded / name, folder / name)
            elif not (folder / name).exists():
                (folder / name).write_text(otherwise, encoding="utf-8")
        except OSError as error:
            raise FolderError(f"{folder / name} cannot be written: {error.strerror}.") from error
