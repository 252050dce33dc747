"""Where a class's notebooks run: on this machine, several at a time, or on the workers of a Dask cluster."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import nbformat
from nbformat import NotebookNode

from autograder.engine.execute import Execution
from autograder.engine.task import Task, read_files, run_task
from autograder.errors import ClusterError
from autograder.nbgrader_bridge.running import folders_of, limits_of, probes_of, run_submission
from autograder.rules.coursefile import Course

_CONNECT_SECONDS = 15


@dataclass(frozen=True)
class Submission:
    """One student's notebook for one assignment, sanitised, ready to run."""

    course: Course
    assignment: str
    student: str
    notebook: NotebookNode


class Place(Protocol):
    """Something that runs notebooks; `at_a_time` is how many."""

    @property
    def at_a_time(self) -> int:
        """How many notebooks run at the same time."""

    def run(self, submission: Submission, on_cell: Callable[[int, int], None]) -> Future[Execution]:
        """Begin to run a notebook; where this is another machine, `on_cell` is not called."""


class _Here:
    def __init__(self, pool: Executor, jobs: int, is_stopped: Callable[[], bool]) -> None:
        self._pool = pool
        self._is_stopped = is_stopped
        self.at_a_time = jobs

    def run(self, submission: Submission, on_cell: Callable[[int, int], None]) -> Future[Execution]:
        return self._pool.submit(
            run_submission,
            submission.course,
            submission.assignment,
            submission.student,
            submission.notebook,
            on_cell=on_cell,
            is_stopped=self._is_stopped,
        )


@contextmanager
def here(jobs: int) -> Iterator[Place]:
    """Run `jobs` notebooks at a time on this machine; on leaving, what still runs is stopped."""
    stopped = threading.Event()
    pool = ThreadPoolExecutor(jobs, thread_name_prefix="submission")
    try:
        yield _Here(pool, jobs, stopped.is_set)
    finally:
        stopped.set()
        pool.shutdown(wait=True, cancel_futures=True)


class _Cluster:
    def __init__(self, client: Any, executor: Any, needs_sandbox: bool) -> None:
        self._client = client
        self._executor = executor
        self._needs_sandbox = needs_sandbox

    @property
    def at_a_time(self) -> int:
        return max(1, sum(int(threads) for threads in self._client.nthreads().values()))  # workers come and go

    def run(self, submission: Submission, on_cell: Callable[[int, int], None]) -> Future[Execution]:
        task = Task(
            nbformat.writes(submission.notebook),
            probes_of(submission.assignment, submission.notebook),
            limits_of(submission.course),
            read_files(folders_of(submission.course, submission.assignment, submission.student)),
            self._needs_sandbox,
        )
        future: Future[Execution] = self._executor.submit(run_task, task)
        return future


@contextmanager
def cluster(address: str, *, needs_sandbox: bool = False) -> Iterator[Place]:
    """Run notebooks on the workers of the Dask scheduler at `address`, such as tcp://10.0.0.5:8786.

    The workers need this package and a sandbox of their own, and no access to the course's folders: notebook,
    inputs and data files are sent to them. A notebook whose worker dies is run again by another one.

    Raises ClusterError if the scheduler does not answer or has no worker.
    """
    from distributed import Client

    try:
        client = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise ClusterError(
            f"No Dask scheduler answers at {address} ({type(error).__name__}).",
            "Start one with: dask scheduler   and workers with: dask worker " + address,
        ) from error
    try:
        if not client.nthreads():
            raise ClusterError(f"The scheduler at {address} has no workers.", f"Start one: dask worker {address}")
        executor = client.get_executor(pure=False)
        try:
            yield _Cluster(client, executor, needs_sandbox)
        finally:
            executor.shutdown(wait=False)
    finally:
        client.close()
