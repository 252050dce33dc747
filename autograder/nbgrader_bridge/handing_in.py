"""Write into the students' version what `submit()` has to know of the course."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.nbgrader_bridge.running import course_here
from autograder.rules.coursefile import Course
from course_utils.handing_in.facts import KEY, Facts, Work, write_facts


def facts_of(course: Course, assignment: str, notebook: NotebookNode) -> Facts:
    """Return what a released notebook knows of its course: rules of form, limits, assignments, its own cells."""
    about = course.assignment(assignment)
    return Facts(
        assignment=about.name,
        title=about.title,
        kind=about.kind,
        name_pattern=course.format.name_pattern,
        deductions=dict(course.format.deductions),
        max_percent=course.format.max_percent,
        lab_answer_words=course.grading.lab_answer_words,
        cell_timeout_seconds=course.grading.cell_timeout_seconds,
        works=tuple(Work(each.name, each.title, each.kind) for each in course.assignments),
        released=tuple(notebook["cells"]),
    )


class WriteFacts(NbGraderPreprocessor):  # type: ignore[misc]
    """The last step of making the students' version: its cells are as students get them."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the notebook with the facts in its metadata; an assignment the course file does not list has none."""
        course, assignment = course_here(), resources["nbgrader"]["assignment"]
        if any(each.name == assignment for each in course.assignments):
            nb.metadata[KEY] = write_facts(facts_of(course, assignment, nb))
        return nb, resources
