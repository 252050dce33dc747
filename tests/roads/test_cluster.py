"""`course grade --scheduler`: a real Dask scheduler and two real workers on this machine, one killed half-way."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import Client
from small_term import fill

from autograder.errors import ClusterError
from autograder.grading import Status, grade
from autograder.marks import read_marks
from autograder.nbgrader_bridge.gradebook import scores
from autograder.nbgrader_bridge.steps import generate
from autograder.rules.coursefile import Course, load_course

pytestmark = pytest.mark.slow

DASK = str(Path(sys.prefix) / "bin" / "dask")
STUDENTS = [f"s{number:02}" for number in range(8)]
WRONG = {"s01": ("no bias",), "s04": ("no bias", "half"), "s06": ("no abs",)}


@pytest.fixture(scope="module")
def course(course_folder: Path) -> Course:
    (course_folder / "notebooks/assignments/hw1/table.csv").write_text("1,2\n")
    course = load_course(course_folder)
    generate(course, "hw1")
    for student in STUDENTS:
        folder = course.submitted / student / "hw1"
        folder.mkdir(parents=True)
        shutil.copy(course.released_notebook("hw1"), folder / "hw1.ipynb")
        fill(folder / "hw1.ipynb", *WRONG.get(student, ()), name=student)
        (folder / "own.csv").write_text(f"{student}'s own")
    return course


def start(log: Path, *words: str) -> subprocess.Popen[bytes]:
    """Start a part of the cluster; what it says stands in `log`."""
    with log.open("wb") as said:
        return subprocess.Popen([DASK, *words], stderr=said, stdout=said, start_new_session=True)


def start_scheduler(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    where = folder / "scheduler.json"  # written when it listens
    process = start(
        folder / "scheduler.log", "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show",
        "--scheduler-file", str(where),
    )  # fmt: skip
    for _ in range(600):
        if where.exists() and where.read_text().strip().endswith("}"):
            return process, str(json.loads(where.read_text())["address"])
        assert process.poll() is None, (folder / "scheduler.log").read_text()
        time.sleep(0.1)  # it tells no one when it is ready
    raise AssertionError((folder / "scheduler.log").read_text())


def end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(20)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    scheduler, address = start_scheduler(tmp_path)
    parts = [scheduler]
    try:
        for number in range(2):
            parts.append(
                start(
                    tmp_path / f"worker{number}.log", "worker", address, "--host", "127.0.0.1", "--nthreads", "1",
                    "--no-nanny", "--no-dashboard", "--local-directory", str(tmp_path / f"worker{number}"),
                )
            )  # fmt: skip
        with Client(address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
        yield address, parts[1:]
    finally:
        for part in reversed(parts):
            end(part)


def rows(course: Course) -> dict[str, tuple[float, dict[str, float | None]]]:
    return {row.student: (row.raw, dict(row.cells)) for row in scores(course, "hw1")}


def test_a_cluster_grades_as_one_machine_does_though_a_worker_is_killed_half_way(
    course: Course, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, workers = cluster
    done = []
    for graded in grade(course, "hw1", scheduler=address):
        done.append(graded)
        if len(done) == 3:
            end(workers[0])
    assert Counter(item.student for item in done) == Counter(STUDENTS)  # each once, none lost
    assert {item.status for item in done} == {Status.GRADED}
    points = {student: raw for student, (raw, _) in rows(course).items()}
    assert points["s00"] == 15
    assert points["s01"] == 13
    assert points["s04"] == 12
    by_cluster = rows(course)
    marks = read_marks(course.autograded / "s00/hw1/hw1.ipynb")
    assert marks is not None
    assert marks.isolation.startswith(("a sandbox of their own", "ordinary "))
    assert [item.status for item in grade(course, "hw1")] == [Status.UNCHANGED] * len(STUDENTS)
    again = list(grade(course, "hw1", students=["s00", "s01", "s04"], force=True, jobs=2))
    assert {item.status for item in again} == {Status.GRADED}
    assert rows(course) == by_cluster


def test_no_scheduler_is_one_sentence_and_nothing_is_graded(course: Course) -> None:
    for address in ("tcp://127.0.0.1:1", "nonsense", "tcp://"):
        with pytest.raises(ClusterError, match="No Dask scheduler answers at"):
            list(grade(course, "hw1", force=True, scheduler=address))


def test_a_scheduler_without_workers_is_one_sentence(course: Course, tmp_path: Path) -> None:
    scheduler, address = start_scheduler(tmp_path)
    try:
        with pytest.raises(ClusterError, match="has no workers"):
            list(grade(course, "hw1", force=True, scheduler=address))
    finally:
        end(scheduler)
