"""Time `course grade` against stock `nbgrader autograde` on the same class, in turns on the same machine.

    python benchmarks/grading.py                        4 submissions of hw1, 2 rounds
    python benchmarks/grading.py -n 30 --rounds 3 -j 2

Both grade the same files, each in a course folder of its own. Stock nbgrader runs without the kit's configuration:
its own Execute, its own scores (the test cells return points). The ratio of whole runs contains what each starts
with (about 3 s for nbgrader, the worker's imports and the judge's keys for the kit); the ratio per further
submission, from runs on all and on one, is what a large class sees. Figures are ratios within a round, for a
machine's load changes between rounds.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat

from autograder.demo.answers import LOOPS, RIGHT, WRONG
from autograder.nbgrader_bridge.gradebook import scores
from autograder.rules.coursefile import load_course

REPOSITORY = Path(__file__).resolve().parents[1]
SCRIPTS = Path(sys.prefix) / "bin"
ASSIGNMENT = "hw1"

COURSE = """\
name = "Benchmark"
time_zone = "UTC"
[assignments.hw1]
title = "A line by descent"
kind = "homework"
"""

STOCK = """\
c = get_config()
c.CourseDirectory.root = {root!r}
c.CourseDirectory.source_directory = "notebooks/assignments"
c.ClearSolutions.code_stub = {{"python": "raise NotImplementedError()"}}
c.ExecutePreprocessor.timeout = 60
"""


@dataclass(frozen=True)
class Round:
    """Seconds that each took on all submissions and on one."""

    stock_all: float
    stock_one: float
    kit_all: float
    kit_one: float

    def whole(self) -> float:
        """Return how many times as long stock nbgrader took."""
        return self.stock_all / self.kit_all

    def per_submission(self, count: int) -> tuple[float, float]:
        """Return the seconds that each further submission took: stock, kit."""
        further = max(count - 1, 1)
        return (self.stock_all - self.stock_one) / further, (self.kit_all - self.kit_one) / further


def lay_out(root: Path, config: str, count: int) -> None:
    """Make a course folder with `count` submissions of hw1, right and wrong in turn."""
    source = root / "notebooks" / "assignments" / ASSIGNMENT
    source.parent.mkdir(parents=True)
    shutil.copytree(REPOSITORY / "notebooks" / "assignments" / ASSIGNMENT, source)
    (root / "course.toml").write_text(COURSE, encoding="utf-8")
    people = "".join(f"s{number:04},Student,Number {number},\n" for number in range(count))
    (root / "roster.csv").write_text(f"id,first_name,last_name,email\n{people}", encoding="utf-8")
    (root / "nbgrader_config.py").write_text(config, encoding="utf-8")
    run(root, "nbgrader", "generate_assignment", ASSIGNMENT, "--force")
    released = root / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    # Stock nbgrader drops a submission whose kernel ends: the class compared has none.
    # An endless loop takes both the same minute.
    styles = [{}, LOOPS, *(work for work in WRONG.values() if not re.search("exit|while True", str(work)))]
    for number in range(count):
        notebook = nbformat.read(released, as_version=4)
        answers = RIGHT | styles[number % len(styles)]
        for cell in notebook.cells:
            about = cell.metadata.get("nbgrader", {})
            name = str(about.get("grade_id", "")).removesuffix("-answer")
            if about.get("solution") and name in answers:
                cell.source = answers[name]
        folder = root / "submitted" / f"s{number:04}" / ASSIGNMENT
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{ASSIGNMENT}.ipynb")


def run(root: Path, *words: str) -> float:
    """Run a command in the course folder; return its seconds."""
    environment = os.environ | {"PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}"}
    started = time.perf_counter()
    command = [str(SCRIPTS / words[0]), *words[1:]]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(words)} failed in {root}:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return time.perf_counter() - started


def measure(stock: Path, kit: Path, jobs: int, kit_first: bool) -> Round:
    """Run both on all and on one submission, in turns."""
    commands = {
        "stock_all": (stock, "nbgrader", "autograde", ASSIGNMENT, "--force"),
        "kit_all": (kit, "course", "grade", ASSIGNMENT, "--force", "-j", str(jobs)),
        "stock_one": (stock, "nbgrader", "autograde", ASSIGNMENT, "--force", "--student", "s0000"),
        "kit_one": (kit, "course", "grade", ASSIGNMENT, "--force", "-j", str(jobs), "--student", "s0000"),
    }
    order = ["kit_all", "stock_all", "kit_one", "stock_one"] if kit_first else list(commands)
    taken = {name: run(commands[name][0], *commands[name][1:]) for name in order}
    return Round(**taken)


def rows(root: Path) -> dict[str, dict[str, float | None]]:
    """Return every cell's score by student, from nbgrader's database."""
    return {row.student: dict(row.cells) for row in scores(load_course(root), ASSIGNMENT)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Time course grade against stock nbgrader autograde.")
    parser.add_argument("-n", "--submissions", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("-j", "--jobs", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="grading-") as folder:
        stock, kit = Path(folder) / "stock", Path(folder) / "kit"
        lay_out(stock, STOCK.format(root=str(stock)), given.submissions)
        lay_out(kit, (REPOSITORY / "nbgrader_config.py").read_text(encoding="utf-8"), given.submissions)
        print(f"{given.submissions} submissions of {ASSIGNMENT}, {given.jobs} at a time, {os.cpu_count()} cores")
        rounds = []
        for number in range(given.rounds):
            taken = measure(stock, kit, given.jobs, kit_first=number % 2 == 1)
            rounds.append(taken)
            slow, fast = taken.per_submission(given.submissions)
            print(
                f"round {number + 1}: stock {taken.stock_all:.1f} s, kit {taken.kit_all:.1f} s,"
                f" {taken.whole():.1f} times; per further submission {slow:.2f} s and {fast:.2f} s,"
                f" {slow / fast:.1f} times"
            )
        pairs = [taken.per_submission(given.submissions) for taken in rounds]
        print(f"whole runs: {statistics.median(taken.whole() for taken in rounds):.1f} times (median)")
        print(f"per further submission: {statistics.median(a / b for a, b in pairs):.1f} times (median)")
        theirs, ours = rows(stock), rows(kit)
        same = sum(theirs[student] == ours[student] for student in ours)
        print(f"grades of all cells agree for {same} of {len(ours)} submissions")


if __name__ == "__main__":
    main()
