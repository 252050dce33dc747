"""Run one submission for nbgrader's pass: with which judge, which limits, which files."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from nbformat import NotebookNode

from autograder.engine.execute import Execution, Probe, execute
from autograder.engine.judge import Judge, grade_id, make_judge
from autograder.engine.limits import Limits
from autograder.rules.coursefile import FILE_NAME, Course, load_course

_judges: dict[str, Judge] = {}
_judges_lock = threading.Lock()


def judge_for(assignment: str) -> Judge:
    """Return this process's judge for `assignment`: made once, with one fresh secret, for all its submissions."""
    with _judges_lock:
        if assignment not in _judges:
            _judges[assignment] = make_judge(assignment)
        return _judges[assignment]


def course_here() -> Course:
    """Return the course nbgrader is at work in: it changes into the course's folder while it converts."""
    return load_course(Path.cwd() / FILE_NAME)


def limits_of(course: Course) -> Limits:
    """Return the engine's limits as the course file sets them."""
    rules = course.grading
    return Limits(cell_seconds=rules.cell_timeout_seconds, output_bytes=rules.max_output_bytes)


def probes_of(assignment: str, notebook: NotebookNode) -> dict[str, Probe]:
    """Return what a notebook is to be asked: the probes of the test cells it has."""
    present = {grade_id(cell) for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")}
    return {name: probe for name, probe in judge_for(assignment).probes.items() if name in present}


def folders_of(course: Course, assignment: str, student: str) -> tuple[Path, Path]:
    """Return the folders a submission's data files come from: the student's own, and then the assignment's."""
    return course.submitted / student / assignment, course.source / assignment


def run_submission(
    course: Course,
    assignment: str,
    student: str,
    notebook: NotebookNode,
    *,
    on_cell: Callable[[int, int], None] | None = None,
    is_stopped: Callable[[], bool] | None = None,
) -> Execution:
    """Run a submission's notebook and collect responses.

    Its data files are the student's own, under those of the assignment. They are taken from where they came
    in, not from nbgrader's copy: that follows links to wherever they lead.

    Raises RuntimeError if no kernel could be started, InterruptedError if it was stopped.
    """
    return execute(
        notebook,
        probes_of(assignment, notebook),
        limits_of(course),
        files=folders_of(course, assignment, student),
        on_cell=on_cell,
        is_stopped=is_stopped,
        skips_checks=True,  # the judge's verdict takes the place of whatever they show
    )
