"""nbgrader's own steps, driven from Python for one course: generate, release, register, open the gradebook."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.auth import Authenticator
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeError
from nbgrader.exchange.default import ExchangeReleaseAssignment
from sqlalchemy.exc import SAWarning, SQLAlchemyError
from traitlets.config import Config

from autograder.errors import FolderError, GradebookError
from autograder.nbgrader_bridge import address
from autograder.nbgrader_bridge.config import configure
from autograder.nbgrader_bridge.plainlog import PlainLines
from autograder.rules.coursefile import Course
from autograder.rules.roster import Student


def generate(course: Course, assignment: str) -> None:
    """Make the students' version of `assignment` (nbgrader generate_assignment) and enter it in the gradebook.

    Raises UnknownAssignmentError if its notebook is missing, GradebookError if nbgrader refuses.
    """
    course.source_notebook(assignment)
    with open_gradebook(course):
        pass  # made here, if it is new: nbgrader's own code stumbles where another grader makes it at the same moment
    with nbgrader_session(course, assignment) as (folders, config, log):
        converter = GenerateAssignment(coursedir=folders, config=config, log=log)
        converter.force = True
        converter.create_assignment = True
        start(converter, course, f"generate {assignment}")
    with open_gradebook(course) as gradebook:
        deadline = course.assignment(assignment).deadline
        if deadline is not None:
            # nbgrader keeps naive UTC; the course's deadline is a minute on the course's clock.
            moment = deadline if deadline.tzinfo else deadline.replace(tzinfo=course.time_zone)
            gradebook.update_or_create_assignment(assignment, duedate=moment.astimezone(UTC).replace(tzinfo=None))


def release(course: Course, assignment: str, exchange: Path) -> None:
    """Put the students' version into nbgrader's exchange folder (nbgrader release_assignment).

    Raises GradebookError if nbgrader refuses, FolderError if the folder cannot be made.
    """
    try:
        exchange.mkdir(parents=True, exist_ok=True)
        exchange.chmod(0o777)
    except OSError as error:
        raise FolderError(f"{exchange} cannot be made: {error.strerror}.", "Name a folder you may write.") from error
    with nbgrader_session(course, assignment) as (folders, config, log):
        config.Exchange.root = str(exchange)
        config.ExchangeReleaseAssignment.force = True
        step = ExchangeReleaseAssignment(
            coursedir=folders, authenticator=Authenticator(config=config), config=config, log=log
        )
        try:
            step.start()
        except ExchangeError as error:
            raise GradebookError(f"nbgrader could not release {assignment}: {error}") from error


def register_class(course: Course, students: Iterable[Student]) -> None:
    """Enter the roster into the gradebook."""
    with open_gradebook(course) as gradebook:
        for student in students:
            address.take_turns(gradebook, student.id)
            gradebook.update_or_create_student(
                student.id, first_name=student.first_name, last_name=student.last_name, email=student.email
            )


@contextmanager
def open_gradebook(course: Course) -> Iterator[Any]:
    """Open the course's gradebook.

    Raises GradebookError if the database cannot be reached or refuses.
    """
    with bin_on_path(), refusals(course), address.opened(lambda: Gradebook(course.gradebook, "")) as gradebook:
        yield gradebook


@contextmanager
def refusals(course: Course) -> Iterator[None]:
    """Turn what the database refuses into GradebookError."""
    with _quiet(), address.refusals(course.gradebook):
        yield


def start(converter: Any, course: Course, what: str) -> None:
    """Let one of nbgrader's converters do its work.

    Raises GradebookError if it gives up; its words are in the log then.
    """
    try:
        converter.start()
    except NbGraderException as error:
        raise GradebookError(
            f"nbgrader could not {what}: {str(error).splitlines()[0]}",
            f"Its words are in {log_path(course)}.",
        ) from error
    except SQLAlchemyError as error:
        raise GradebookError(f"The gradebook refused to {what}: {str(error).splitlines()[0]}.") from error


def log_path(course: Course) -> Path:
    """Return the file nbgrader's own words go to."""
    return course.records / "nbgrader.log"


@contextmanager
def nbgrader_session(
    course: Course, assignment: str, student: str = "*"
) -> Iterator[tuple[CourseDirectory, Config, logging.Logger]]:
    """Set nbgrader up for one course, assignment and student, with its words going to the course's log."""
    config = Config()
    configure(config, course.root)
    folders = CourseDirectory(config=config)
    folders.assignment_id = assignment
    folders.student_id = student
    with _log_file(course) as log, bin_on_path(), _quiet():
        yield folders, config, log


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep SQLAlchemy's remarks on nbgrader's own queries off the screen: nothing there is ours to mend."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


@contextmanager
def _log_file(course: Course) -> Iterator[logging.Logger]:
    """Send nbgrader's many lines to a file in place of the instructor's screen."""
    try:
        course.records.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(log_path(course), encoding="utf-8")
    except OSError as error:
        raise FolderError(
            f"{course.records} cannot be written: {error.strerror}.", "Check its permissions and the disk."
        ) from error
    handler.setFormatter(PlainLines("%(asctime)s %(levelname)s %(message)s"))
    log = logging.getLogger("first_descent.nbgrader")
    log.setLevel(logging.INFO)
    log.propagate = False
    log.addHandler(handler)
    try:
        yield log
    finally:
        log.removeHandler(handler)
        handler.close()


@contextmanager
def bin_on_path() -> Iterator[None]:
    """Put this Python's scripts on PATH: nbgrader calls a bare `alembic` when it makes or upgrades a database."""
    before = os.environ.get("PATH", "")
    here = str(Path(sys.prefix) / ("Scripts" if os.name == "nt" else "bin"))
    os.environ["PATH"] = os.pathsep.join([here, before])
    try:
        yield
    finally:
        os.environ["PATH"] = before
