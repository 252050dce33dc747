"""Run submissions ahead of nbgrader's pass, several at a time; the pass itself stays nbgrader's and serial.

The notebook that nbgrader will want to run is made as it makes it (its own sanitising steps, without writing);
when its turn comes, RunNotebook finds the execution done, by the notebook's very contents.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any

import nbformat
from nbconvert.writers import FilesWriter
from nbformat import NotebookNode
from nbgrader.converters import Autograde

from autograder.engine.execute import Execution
from autograder.nbgrader_bridge.running import judge_for, run_submission
from autograder.nbgrader_bridge.steps import FindFinished, nbgrader_session
from autograder.rules.coursefile import Course


class _Sanitise(Autograde):  # type: ignore[misc]
    """nbgrader's first step on each notebook of a submission, kept in memory."""

    def sanitised(self) -> list[NotebookNode]:
        """Return the notebooks as the second step will see them."""
        self.init_notebooks()
        self.writer = FilesWriter(parent=self, config=self.config)
        self.exporter = self.exporter_class(parent=self, config=self.config)
        before = os.getcwd()
        os.chdir(self.coursedir.root)
        try:
            return [self._sanitised(path) for paths in self.assignments.values() for path in sorted(paths)]
        finally:
            os.chdir(before)

    def _sanitised(self, path: str) -> NotebookNode:
        self._sanitizing = True
        self._init_preprocessors()
        text, _ = self.exporter.from_filename(path, resources=self.init_single_notebook_resources(path))
        return nbformat.reads(text, as_version=4)


class Ahead:
    """Executions under way for one assignment; use as a context manager, which stops what still runs."""

    def __init__(self, course: Course, assignment: str, jobs: int) -> None:
        self._course = course
        self._assignment = assignment
        self._pool = ThreadPoolExecutor(jobs, thread_name_prefix="submission")
        self._stopped = threading.Event()
        self._running: dict[tuple[str, str], Future[Execution]] = {}
        judge_for(assignment)  # here, so that the threads do not wait for each other at the start

    def __enter__(self) -> Ahead:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def begin(self, student: str) -> None:
        """Begin to run the student's submission; what cannot be read is left to nbgrader's pass to complain of."""
        with contextlib.suppress(Exception), nbgrader_session(self._course, self._assignment, student) as (
            folders,
            config,
            log,
        ):
            for notebook in _Sanitise(coursedir=folders, config=config, log=log).sanitised():
                key = (student, digest(notebook))
                self._running[key] = self._pool.submit(
                    run_submission,
                    self._course,
                    self._assignment,
                    student,
                    notebook,
                    is_stopped=self._stopped.is_set,
                )

    def finder(self, student: str) -> FindFinished:
        """Return a function that gives the execution of a notebook of the student's, waiting for it.

        It gives None for one that was not begun, and raises what the execution raised.
        """

        # A function, not a bound method or a partial: nbconvert makes deep copies of what it is handed.
        def find(notebook: NotebookNode) -> Execution | None:
            future = self._running.pop((student, digest(notebook)), None)
            return future.result() if future is not None else None

        return find


def digest(notebook: NotebookNode) -> str:
    """Return a hash of what decides how a notebook runs: its cells' kinds, sources and grade_ids."""
    parts: list[Any] = [
        (cell.cell_type, cell.source, cell.metadata.get("nbgrader", {}).get("grade_id", "")) for cell in notebook.cells
    ]
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()
