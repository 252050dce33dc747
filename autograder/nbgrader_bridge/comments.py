"""What people wrote beside cells in formgrader, and nbgrader's own remarks there, as the gradebook has them."""

from __future__ import annotations

from dataclasses import dataclass

from nbgrader.api import MissingEntry

from autograder.nbgrader_bridge.steps import open_gradebook
from autograder.rules.coursefile import Course


@dataclass(frozen=True)
class Comment:
    """A comment on a cell (its grade_id): what a person wrote, or else what was put there in grading."""

    cell: str
    text: str
    is_by_person: bool


def comments(course: Course, assignment: str) -> dict[str, tuple[Comment, ...]]:
    """Return the comments on `assignment` by student; a person's stands in place of nbgrader's own.

    Raises GradebookError if the gradebook cannot be reached.
    """
    with open_gradebook(course) as gradebook:
        try:
            submissions = gradebook.find_assignment(assignment).submissions
        except MissingEntry:
            return {}
        found = {}
        for submission in submissions:
            written = [each for notebook in submission.notebooks for each in notebook.comments]
            kept = [
                Comment(str(each.name), text, each.manual_comment is not None)
                for each in written
                if (text := str(each.comment or "").strip())
            ]
            if kept:
                found[str(submission.student.id)] = tuple(kept)
        return found
