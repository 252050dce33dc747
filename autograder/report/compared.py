"""Which notebooks of a course are compared, and what everybody has and is left out of it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from autograder.errors import UnknownAssignmentError
from autograder.exercises import exercises_of
from autograder.receipts import Receipt, graded_notebook
from autograder.report.similar import Pair, similar
from autograder.rules.coursefile import Course

LECTURES = Path("notebooks", "lectures")
"""Where in a course's folder the lectures are, if it has them."""


def similar_of(course: Course, assignment: str, made: Sequence[Receipt]) -> tuple[Pair, ...]:
    """Return the graded submissions to look at side by side."""
    notebooks = {receipt.student: graded_notebook(course, assignment, receipt.student) for receipt in made}
    present = {student: notebook for student, notebook in notebooks.items() if notebook is not None}
    return similar(present, (*_known(course, assignment), usual_answers(assignment)))


def usual_answers(assignment: str) -> NotebookNode:
    """Return the declared answers to `assignment`, right and wrong ones, as a notebook: many write these."""
    try:
        exercises = exercises_of(assignment)
    except UnknownAssignmentError:  # without declared exercises
        exercises = {}
    declared = [
        function
        for exercise in exercises.values()
        for function in (exercise.reference, *(mistake.answer for mistake in exercise.mistakes))
    ]
    return new_notebook(cells=[new_code_cell(source) for source in map(_source_of, declared) if source])


def _source_of(answer: object) -> str:
    """Return the code of a declared answer; a letter or a number has none."""
    try:
        return inspect.getsource(answer)  # type: ignore[arg-type]
    except (OSError, TypeError):
        return ""


def _known(course: Course, assignment: str) -> Iterator[NotebookNode]:
    """Yield what everybody may have: the assignment as released, its model answers, the lectures."""
    paths = sorted((course.root / LECTURES).glob("*.ipynb"))
    with suppress(UnknownAssignmentError):  # its source is not here
        paths += [course.source_notebook(assignment), course.released_notebook(assignment)]
    for path in paths:
        try:
            yield nbformat.read(path, as_version=4)
        except (OSError, ValueError, nbformat.ValidationError):  # not there, or not a notebook: it explains nothing
            continue
