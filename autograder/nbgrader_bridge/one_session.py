"""Let nbgrader's own code write through one database session, in one transaction for each submission.

nbgrader opens the database about ten times for a submission and commits about forty times; its rows are what counts,
so its code stays as it is, and only the names it finds the database (and a schema check) under stand for quicker ones
while a class is graded.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import jsonschema
from jsonschema.validators import validator_for
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.converters import autograde
from nbgrader.nbgraderformat import common
from nbgrader.preprocessors import overwritecells, overwritekernelspec, saveautogrades
from sqlalchemy import inspect
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from autograder.nbgrader_bridge import preprocessors
from autograder.nbgrader_bridge.address import opened, take_turns
from autograder.nbgrader_bridge.steps import bin_on_path, refusals
from autograder.rules.coursefile import Course

_OPEN_GRADEBOOKS = (autograde, overwritecells, overwritekernelspec, saveautogrades, preprocessors)


_ONE_BY_ONE = (Grade, Comment)


class _PatientSession(Session):
    """A session that keeps its changes together until they are saved in one go."""

    def commit(self) -> None:
        """Send the changes into the open transaction, and read anew what is asked for next, as after a commit.

        Points and comments, which come one by one, wait for the next question and go together; they are not read anew,
        for nobody but this process writes them meanwhile.
        """
        if self.new or self.deleted or not all(isinstance(each, _ONE_BY_ONE) for each in self.dirty):
            self.flush()
        for each in self.identity_map.values():
            if not isinstance(each, _ONE_BY_ONE):
                self.expire(each)

    def save(self) -> None:
        """End the transaction: everything since the last one counts from now."""
        super().commit()


class OneGradebook(Gradebook):  # type: ignore[misc]
    """nbgrader's gradebook, kept open: whoever closes it leaves it to the next."""

    db: Any

    def __init__(self, course: Course) -> None:
        super().__init__(course.gradebook, "")
        self.db.remove()
        self.db = scoped_session(sessionmaker(autoflush=True, bind=self.engine, class_=_PatientSession))
        self._released: dict[tuple[str, ...], SimpleNamespace] = {}
        self._of_one: dict[tuple[Any, ...], dict[str, Any]] = {}

    def update_or_create_student(self, student_id: str, **kwargs: Any) -> Any:
        """Begin with a student's rows, which nbgrader does here, when no other grader is at them."""
        take_turns(self, student_id)
        return super().update_or_create_student(student_id, **kwargs)

    def find_source_cell(self, name: str, notebook: str, assignment: str) -> SimpleNamespace:
        """Return a released cell's row, asked for once: it stays as it is while a class is graded."""
        return self._kept("source", super().find_source_cell, name, notebook, assignment)

    def find_graded_cell(self, name: str, notebook: str, assignment: str) -> SimpleNamespace:
        """Return the row of a cell with points, asked for once."""
        return self._kept("graded", super().find_graded_cell, name, notebook, assignment)

    def _kept(self, kind: str, find: Callable[..., Any], *where: str) -> SimpleNamespace:
        if (kind, *where) not in self._released:
            found = find(*where)
            columns = {each.key: getattr(found, each.key) for each in inspect(type(found)).mapper.column_attrs}
            self._released[kind, *where] = SimpleNamespace(**columns)
        return self._released[kind, *where]

    def find_grade(self, grade_cell: str, notebook: str, assignment: str, student: str) -> Any:
        """Return the row of one cell's points; those of the whole notebook are asked for together."""
        found = self._rows(Grade, notebook, assignment, student).get(grade_cell)
        return found or super().find_grade(grade_cell, notebook, assignment, student)

    def find_comment(self, solution_cell: str, notebook: str, assignment: str, student: str) -> Any:
        """Return the row of one cell's comment, likewise."""
        found = self._rows(Comment, notebook, assignment, student).get(solution_cell)
        return found or super().find_comment(solution_cell, notebook, assignment, student)

    def _rows(self, model: Any, *where: str) -> dict[str, Any]:
        if (model, *where) not in self._of_one:
            notebook, assignment, student = where
            rows = (
                self.db.query(model, BaseCell.name)
                .join(BaseCell, BaseCell.id == model.cell_id)
                .join(SubmittedNotebook, SubmittedNotebook.id == model.notebook_id)
                .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
                .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
                .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
                .filter(Notebook.name == notebook, Assignment.name == assignment)
                .filter(SubmittedAssignment.student_id == student)
                .order_by(BaseCell.type.desc())  # of two cells of one name nbgrader takes the one that is no task
            )
            self._of_one[model, *where] = {name: row for row, name in rows}
        return self._of_one[model, *where]

    def close(self) -> None:
        """Stay open."""

    def save(self) -> None:
        """Make what was written since the last time count."""
        self._of_one.clear()
        self.db().save()

    def forget(self) -> None:
        """Undo what was written since the last time."""
        self._of_one.clear()
        self.db.rollback()

    def close_for_good(self) -> None:
        """Let go of the database."""
        super().close()


@contextmanager
def one_gradebook(course: Course) -> Iterator[OneGradebook]:
    """Have all of nbgrader's code in this process use one gradebook, which saves only when told to.

    Raises GradebookError if the database cannot be reached or refuses.
    """
    with bin_on_path(), refusals(course):
        gradebook = opened(lambda: OneGradebook(course))
        names: list[tuple[Any, str, Any]] = [
            (module, "Gradebook", lambda *_, **__: gradebook) for module in _OPEN_GRADEBOOKS
        ]
        names.append((common, "jsonschema", SimpleNamespace(validate=_validate)))
        before = [(module, name, getattr(module, name)) for module, name, _ in names]
        try:
            for module, name, quicker in names:
                setattr(module, name, quicker)
            yield gradebook
        finally:
            for module, name, own in before:
                setattr(module, name, own)
            gradebook.close_for_good()


def _validate(instance: Any, schema: dict[str, Any]) -> None:
    """Do what jsonschema.validate does, without checking the same schema again for every cell."""
    error = _first_error(json.dumps(instance, sort_keys=True), json.dumps(schema))
    if error is not None:
        raise jsonschema.ValidationError.create_from(error)  # one that was raised keeps the notebook it was raised for


@functools.lru_cache(maxsize=4096)
def _first_error(instance: str, schema: str) -> jsonschema.ValidationError | None:
    """Return what is wrong, found once for the metadata that all submissions share."""
    error = jsonschema.exceptions.best_match(_validator(schema).iter_errors(json.loads(instance)))
    return error


@functools.lru_cache
def _validator(schema: str) -> Any:
    parsed = json.loads(schema)
    kind = validator_for(parsed)
    kind.check_schema(parsed)
    return kind(parsed)
