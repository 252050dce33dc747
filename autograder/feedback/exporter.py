"""Let plain `nbgrader generate_feedback`, and formgrader's button, make the kit's pages.

nbgrader hands a notebook to an exporter and writes what that returns; `nbgrader_bridge/config.py` names this one.
nbgrader's own page shows every test cell with what is hidden in it.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode

from autograder.errors import StaffError, UnknownAssignmentError
from autograder.feedback.page import feedback_page
from autograder.receipts import Receipt, graded_notebook, graded_path, receipts
from autograder.rules.coursefile import FILE_NAME, Course, load_course
from autograder.term import load_term

SECRET = "submission_secret.txt"


class FeedbackExporter(HTMLExporter):  # type: ignore[misc]
    """Make the kit's feedback page for work that course.toml lists; nbgrader's page for any other."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._receipts: dict[str, dict[str, Receipt]] = {}

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return the page and nbconvert's resources.

        Raises StaffError or one of its kinds if the page cannot be made; nbgrader names the student and goes on.
        """
        names = (resources or {}).get("nbgrader", {})
        course = _course_of(names)
        if course is None or resources is None:
            theirs: tuple[str, dict[str, Any]] = super().from_notebook_node(nb, resources, **kwargs)
            return theirs
        resources["output_extension"] = ".html"
        student, assignment = names["student"], names["assignment"]
        if assignment not in self._receipts:  # one exporter serves the whole class
            made = receipts(course, assignment, load_term(course))
            self._receipts[assignment] = {receipt.student: receipt for receipt in made}
        receipt = self._receipts[assignment].get(student)
        if receipt is None:
            raise StaffError(
                f"The gradebook knows of no submission of {student} for {assignment}; only a graded notebook is here.",
                f"Grade it again: nbgrader autograde {assignment} --student {student}",
            )
        graded = graded_path(course, assignment, student).parent
        if not (graded / SECRET).is_file():  # without one nbgrader's release stops for the whole class
            resources.setdefault("outputs", {})[SECRET] = secrets.token_hex(32).encode()
        return feedback_page(course, receipt, graded_notebook(course, assignment, student)), resources


def _course_of(names: dict[str, str]) -> Course | None:
    """Return the course that nbgrader is at work in, if it lists this notebook; nbgrader changes into its folder."""
    course = load_course(Path.cwd() / FILE_NAME)
    try:
        stem = course.notebook_stem(names.get("assignment", ""))
    except UnknownAssignmentError:
        return None
    return course if stem == names.get("notebook") else None
