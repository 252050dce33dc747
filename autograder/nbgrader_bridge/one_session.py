"""Let nbgrader's own code write through one database session, in one transaction for each submission.

nbgrader opens the database about ten times for a submission and commits about forty times; its rows are what counts,
so its code stays as it is, and only the names it finds the database (and a schema check) under stand for quicker ones
while a class is graded.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import jsonschema
from jsonschema.validators import validator_for
from nbgrader.api import Gradebook
from nbgrader.converters import autograde
from nbgrader.nbgraderformat import common
from nbgrader.preprocessors import overwritecells, overwritekernelspec, saveautogrades
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from autograder.nbgrader_bridge import preprocessors
from autograder.nbgrader_bridge.address import opened, take_turns
from autograder.nbgrader_bridge.steps import bin_on_path, refusals
from autograder.rules.coursefile import Course

_OPEN_GRADEBOOKS = (autograde, overwritecells, overwritekernelspec, saveautogrades, preprocessors)


class _PatientSession(Session):
    """A session that keeps its changes together until they are saved in one go."""

    def commit(self) -> None:
        """Send the changes into the open transaction, and read anew what is asked for next, as after a commit."""
        self.flush()
        self.expire_all()

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

    def update_or_create_student(self, student_id: str, **kwargs: Any) -> Any:
        """Begin with a student's rows, which nbgrader does here, when no other grader is at them."""
        take_turns(self, student_id)
        return super().update_or_create_student(student_id, **kwargs)

    def close(self) -> None:
        """Stay open."""

    def save(self) -> None:
        """Make what was written since the last time count."""
        self.db().save()

    def forget(self) -> None:
        """Undo what was written since the last time."""
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
    error = jsonschema.exceptions.best_match(_validator(json.dumps(schema)).iter_errors(instance))
    if error is not None:
        raise error


@functools.lru_cache
def _validator(schema: str) -> Any:
    parsed = json.loads(schema)
    kind = validator_for(parsed)
    kind.check_schema(parsed)
    return kind(parsed)
