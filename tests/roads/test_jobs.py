"""`course grade -j 2`: the same rows as one at a time, in the same order, and it can be stopped half-way."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from small_term import fill

from autograder.engine.execute import Execution
from autograder.grading import Graded, Status, grade
from autograder.marks import read_marks
from autograder.nbgrader_bridge.gradebook import scores
from autograder.nbgrader_bridge.places import Place, Submission, here
from autograder.nbgrader_bridge.steps import generate
from autograder.rules.coursefile import Course, load_course

pytestmark = pytest.mark.slow

WORK = {
    "ada": ("", ()),
    "emmy": ("", ("no bias", "half")),
    "kurt": ("while True:\n    pass", ("mean for sum",)),
    "lise": ("import os\nos._exit(1)", ()),
    "sofja": ("print(open('table.csv').read(), open('own.csv').read())", ("no abs",)),
}


@pytest.fixture(scope="module")
def course(course_folder: Path) -> Course:
    (course_folder / "notebooks/assignments/hw1/table.csv").write_text("1,2\n")
    course = load_course(course_folder)
    generate(course, "hw1")
    for student, (cell, kinds) in WORK.items():
        folder = course.submitted / student / "hw1"
        folder.mkdir(parents=True)
        shutil.copy(course.released_notebook("hw1"), folder / "hw1.ipynb")
        fill(folder / "hw1.ipynb", *kinds, name=student)
        (folder / "table.csv").write_text("tampered")
        (folder / "own.csv").write_text(f"{student}'s own")
        if cell:
            notebook = nbformat.read(folder / "hw1.ipynb", as_version=4)
            notebook.cells.insert(3, new_code_cell(cell))
            nbformat.write(notebook, folder / "hw1.ipynb")
    return course


def rows(course: Course) -> list[tuple[str, float, float, dict]]:
    return [(row.student, row.raw, row.penalty, dict(row.cells)) for row in scores(course, "hw1")]


@pytest.fixture(scope="module")
def one_at_a_time(course: Course) -> tuple[list[Graded], list]:
    return list(grade(course, "hw1")), rows(course)


def test_the_class_is_graded_as_worked_out_by_hand(one_at_a_time, course: Course) -> None:
    graded, written = one_at_a_time
    assert [item.status for item in graded] == [Status.GRADED] * 5
    points = {student: raw for student, raw, _, _ in written}
    assert points["ada"] == points["kurt"] + 1 == points["lise"] == 15


def test_two_at_a_time_write_the_same_rows_in_the_same_order(one_at_a_time, course: Course) -> None:
    graded, written = one_at_a_time
    again = list(grade(course, "hw1", force=True, jobs=2))
    assert [(item.student, item.status) for item in again] == [(item.student, item.status) for item in graded]
    assert rows(course) == written


def test_data_files_are_the_assignments_own_beside_the_students(one_at_a_time, course: Course) -> None:
    notebook = nbformat.read(course.autograded / "sofja/hw1/hw1.ipynb", as_version=4)
    assert "1,2\n sofja's own" in str(notebook.cells[3].outputs[0].text)


def test_stopping_half_way_keeps_what_is_done_and_ends_what_runs(one_at_a_time, course: Course) -> None:
    run = grade(course, "hw1", force=True, jobs=2)
    assert next(run).student == "ada"  # kurt's endless loop is running ahead by now, for 8 seconds
    before = time.monotonic()
    run.close()
    assert time.monotonic() - before < 5
    reasons = {item.student: item.status for item in grade(course, "hw1", students=["ada"])}
    assert reasons == {"ada": Status.UNCHANGED}
    assert rows(course) == one_at_a_time[1]


@contextmanager
def on_a_machine_that_fails(times: int) -> Iterator[Place]:
    """Run where the first `times` notebooks cannot be run, as on a machine that is out of memory."""
    with here(1) as place:

        class Failing:
            at_a_time = 1
            left = times

            def run(self, submission: Submission, on_cell: Callable[[int, int], None]) -> Future[Execution]:
                self.left -= 1
                if self.left < 0:
                    return place.run(submission, on_cell)
                failed: Future[Execution] = Future()
                failed.set_exception(RuntimeError("no kernel: no memory for it"))
                return failed

        yield Failing()


def test_what_the_machine_could_not_run_is_begun_once_more(one_at_a_time, course: Course) -> None:
    [done] = grade(course, "hw1", students=["ada"], force=True, place=on_a_machine_that_fails(1))
    assert done.status is Status.GRADED
    assert rows(course) == one_at_a_time[1]
    [done] = grade(course, "hw1", students=["ada"], force=True, place=on_a_machine_that_fails(2))
    assert done.status is Status.NEEDS_PERSON
    assert "no memory for it" in done.reason
    assert rows(course) == one_at_a_time[1], "the grade it had is gone"
    [done] = grade(course, "hw1", students=["ada"])
    assert (done.status, rows(course)) == (Status.GRADED, one_at_a_time[1])


def test_how_it_ran_is_written_beside_the_verdicts(one_at_a_time, course: Course) -> None:
    marks = read_marks(course.autograded / "ada/hw1/hw1.ipynb")
    assert marks is not None
    assert marks.isolation.startswith(("a sandbox of their own", "ordinary "))


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="no way to make a machine that refuses namespaces")
def test_a_required_sandbox_that_cannot_be_had_refuses_before_anything_runs(one_at_a_time, course: Course) -> None:
    refusing = 'echo 0 > /proc/sys/user/max_user_namespaces; exec setpriv --bounding-set=-all --inh-caps=-all "$@"'
    wrapper = ["unshare", "--user", "--map-root-user", "sh", "-c", refusing, "sh"]
    if subprocess.run([*wrapper, "true"], capture_output=True).returncode:
        pytest.skip("no user namespace to try it in")
    command = [str(Path(sys.prefix) / "bin" / "course"), "grade", "hw1", "--force", "--require-sandbox"]
    done = subprocess.run([*wrapper, *command], cwd=course.root, capture_output=True, text=True, timeout=200)
    assert done.returncode == 2
    words = " ".join(done.stderr.split())
    assert "A sandbox is required" in words
    assert "not isolated from this machine" in words
    assert "Traceback" not in done.stderr
    assert rows(course) == one_at_a_time[1]
