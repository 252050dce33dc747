"""Grade a class with nbgrader's own converter: made once, notebooks run ahead of it, several at a time.

Each notebook is sanitised by nbgrader's own steps and then runs; when it has run, its rows are written in one
transaction, by this process, in the class's order.
"""

from __future__ import annotations

import datetime
import gc
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from nbconvert.writers import FilesWriter
from nbformat import NotebookNode
from nbgrader.converters import Autograde
from nbgrader.utils import setenv

from autograder.engine.execute import Execution
from autograder.errors import GradebookError, StaffError, SubmissionError
from autograder.intake.fates import Fate
from autograder.nbgrader_bridge.gradebook import Score, score_rows
from autograder.nbgrader_bridge.one_session import one_gradebook
from autograder.nbgrader_bridge.places import Place, Submission
from autograder.nbgrader_bridge.preprocessors import PREPARED, Prepared
from autograder.nbgrader_bridge.reading import SubmissionExporter
from autograder.nbgrader_bridge.running import judge_for
from autograder.nbgrader_bridge.steps import nbgrader_session, start
from autograder.rules.coursefile import Course
from course_utils.errors import KitError

OnCell = Callable[[int, int], None]


@contextmanager
def _kept_in_memory(exporter: SubmissionExporter) -> Iterator[list[NotebookNode]]:
    """Have an exporter's work as the notebook it is: nbgrader writes it as text, only to read it at once."""
    done: list[NotebookNode] = []

    def keep(nb: NotebookNode, resources: dict[str, Any] | None = None, **kwargs: Any) -> tuple[str, dict[str, Any]]:
        worked, resources = exporter.work_on(nb, resources)
        done.append(worked)
        return "", resources

    exporter.from_notebook_node = keep  # type: ignore[method-assign]
    try:
        yield done
    finally:
        del exporter.from_notebook_node


class _ClassConverter(Autograde):  # type: ignore[misc]
    """nbgrader's converter, which takes notebooks that it sanitised earlier from memory."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.force = True
        self.config.Exporter.optimistic_validation = True  # look at the notebook after all steps, not after each
        self.prepared: dict[str, tuple[NotebookNode, Prepared]] = {}

    def sanitised(self, student: str) -> dict[str, NotebookNode]:
        """Return the student's notebooks by path as the second step will see them."""
        self.coursedir.student_id = student
        self._sanitizing = True  # says in which folder the notebooks lie
        self.exporter = self.exporter_class(parent=self, config=self.config)
        self.writer = FilesWriter(parent=self, config=self.config)
        self.init_notebooks()
        before = os.getcwd()
        os.chdir(self.coursedir.root)
        try:
            return {path: self._sanitised(path) for paths in self.assignments.values() for path in sorted(paths)}
        finally:
            os.chdir(before)

    def _sanitised(self, path: str) -> NotebookNode:
        self._init_preprocessors()
        with _kept_in_memory(self.exporter) as done:
            self.exporter.from_filename(path, resources=self.init_single_notebook_resources(path))
        return done[0]

    def convert_single_notebook(self, notebook_filename: str) -> None:
        """Do nbgrader's second step on a notebook prepared ahead; both steps on one that could not be."""
        if notebook_filename not in self.prepared:
            super().convert_single_notebook(notebook_filename)
            return
        notebook, prepared = self.prepared[notebook_filename]
        resources = self.init_single_notebook_resources(notebook_filename)
        written = Path(notebook_filename)
        today = datetime.datetime.now(datetime.UTC)
        resources["metadata"] = {
            "name": written.stem,
            "path": str(written.parent),
            "modified_date": f"{today:%B} {today.day}, {today.year}",
        }
        resources[PREPARED] = lambda: prepared  # a function: nbconvert makes deep copies of what it is handed
        self._sanitizing = False
        try:
            self._init_preprocessors()
            with setenv(NBGRADER_EXECUTION="autograde"):
                output, resources = self.exporter.from_notebook_node(notebook, resources=resources)
        finally:
            self._sanitizing = True
        self.write_single_notebook(output, resources)


@contextmanager
def _little_litter() -> Iterator[None]:
    """Keep the garbage collector from going through everything imported, torch and the judge's keys, time and again."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


class ClassPass:
    """One grading run over an assignment; use as a context manager, which stops what still runs.

    Raises GradebookError where the database cannot be reached.
    """

    def __init__(
        self, course: Course, assignment: str, fates: dict[str, Fate], place: AbstractContextManager[Place]
    ) -> None:
        self._course = course
        self._assignment = assignment
        self._fates = fates
        self._where = place
        self._begun: dict[str, dict[str, tuple[NotebookNode, Future[Execution]]]] = {}
        self._watched: tuple[str, OnCell | None] = ("", None)

    def __enter__(self) -> ClassPass:
        judge_for(self._assignment)  # here, so that the threads do not wait for each other at the start
        with ExitStack() as stack:
            folders, config, log = stack.enter_context(nbgrader_session(self._course, self._assignment))
            self._gradebook = stack.enter_context(one_gradebook(self._course))
            self._converter = _ClassConverter(coursedir=folders, config=config, log=log)
            self._place = stack.enter_context(self._where)
            stack.enter_context(_little_litter())
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def begin_ahead(self, students: Iterator[str]) -> None:
        """Begin the next ones of `students`, as many as it takes that no core waits while rows are written."""
        while len(self._begun) < 2 * self._place.at_a_time:
            student = next(students, None)
            if student is None:
                return
            self.begin(student)

    def begin(self, student: str) -> None:
        """Begin to run the student's submission; of what cannot be read, nbgrader's pass will complain."""
        try:
            notebooks = self._converter.sanitised(student)
        except StaffError as error:  # it says what is wrong with the file
            refused: Future[Execution] = Future()
            refused.set_exception(error)
            self._begun[student] = {"": (NotebookNode(), refused)}
            return
        except Exception:
            notebooks = {}
        finally:
            self._gradebook.forget()  # it only read
        self._begun[student] = {path: (notebook, self._run(student, notebook)) for path, notebook in notebooks.items()}

    def _run(self, student: str, notebook: NotebookNode) -> Future[Execution]:
        submission = Submission(self._course, self._assignment, student, notebook)
        try:
            return self._place.run(submission, lambda done, total: self._tell(student, done, total))
        except StaffError as error:  # too much to send, say: it is told when the submission's turn comes
            failed: Future[Execution] = Future()
            failed.set_exception(error)
            return failed

    def _tell(self, student: str, done: int, total: int) -> None:
        watched, on_cell = self._watched
        if watched == student and on_cell is not None:
            on_cell(done, total)

    def enter(self, student: str, on_cell: OnCell | None = None) -> None:
        """Wait until the student's submission has run, and write its grades: all its rows or none.

        What fails for no reason of its own, on a machine out of memory, say, is begun once more.

        Raises GradebookError if it could not be run, or nbgrader gives up on it.
        """
        self._watched = (student, on_cell)
        try:
            self._enter(student)
        except GradebookError as error:
            if isinstance(error.__cause__, (KitError, InterruptedError)):
                raise
            self._converter.log.warning("%s is begun once more: %s", student, error)
            self.begin(student)
            self._enter(student)

    def _enter(self, student: str) -> None:
        begun = self._begun.pop(student, {})
        for _, future in begun.values():
            _check(student, future.exception())  # waits
        fate = self._fates.get(student)
        deductions = fate.deductions if fate is not None else ()
        self._converter.prepared = {
            path: (notebook, Prepared(self._course, deductions, future.result))
            for path, (notebook, future) in begun.items()
        }
        self._converter.coursedir.student_id = student
        try:
            start(self._converter, self._course, f"autograde {self._assignment} of {student}")
            self._gradebook.save()
        except BaseException:
            self._gradebook.forget()
            raise

    def score(self, student: str) -> Score:
        """Return what the gradebook says of the student's submission now."""
        [row] = score_rows(self._gradebook, self._gradebook.find_assignment(self._assignment), student)
        return row


def _check(student: str, error: BaseException | None) -> None:
    """Raise what kept a notebook from running; no grade is made of it."""
    if error is None:
        return
    if isinstance(error, SubmissionError):
        raise GradebookError(error.what) from error
    if isinstance(error, KitError):
        raise GradebookError(f"{student}'s notebook was not run: {error}") from error
    if not isinstance(error, Exception):
        raise error
    raise GradebookError(f"{student}'s notebook could not be run ({type(error).__name__}: {error}).") from error
