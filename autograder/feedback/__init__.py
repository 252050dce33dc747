"""Feedback pages: for each submission one HTML file that needs no network, no script and no account.

    write_feedback(course, "hw1")     # feedback/s001/hw1/hw1.html, …

They lie where `nbgrader release_feedback` looks for them.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from autograder.coursefile import Course
from autograder.errors import FolderError
from autograder.feedback.page import feedback_page
from autograder.receipts import graded_notebook, graded_path, receipts
from autograder.templates import write_page

__all__ = ["feedback_page", "write_feedback"]

_FOR_RELEASE = ("timestamp.txt", "submission_secret.txt")
"""`nbgrader release_feedback` names the released page by these two."""


def write_feedback(
    course: Course, assignment: str, *, on_page: Callable[[int, int], None] | None = None
) -> tuple[Path, ...]:
    """Write a page for every submission of `assignment` and return the paths; unchanged ones are left alone.

    `on_page(done, total)` reports progress.

    Raises:
        UnknownAssignmentError: no such assignment.
        RosterError: the roster is missing or cannot be read.
        GradebookError: the gradebook cannot be reached.
        FolderError: the feedback folder cannot be written.
    """
    pages = []
    stem = course.notebook_stem(assignment)
    made = receipts(course, assignment)
    for number, receipt in enumerate(made):
        folder = course.feedback / receipt.student / assignment
        page = folder / f"{stem}.html"
        notebook = graded_notebook(course, assignment, receipt.student)
        write_page(page, feedback_page(course, receipt, notebook))
        _copy_for_release(graded_path(course, assignment, receipt.student).parent, folder)
        pages.append(page)
        if on_page is not None:
            on_page(number + 1, len(made))
    return tuple(pages)


def _copy_for_release(graded: Path, folder: Path) -> None:
    for name in _FOR_RELEASE:
        try:
            if (graded / name).is_file():
                shutil.copy2(graded / name, folder / name)
        except OSError as error:
            raise FolderError(f"{folder / name} cannot be written: {error.strerror}.") from error
