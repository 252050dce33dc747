"""A class to time grading with: homeworks filled in with the right and wrong answers of the catalogue, no two alike."""

from __future__ import annotations

import copy
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.certify.catalogue import load_catalogue

REPOSITORY = Path(__file__).resolve().parent.parent
SCRIPTS = Path(sys.prefix) / "bin"

COURSE = """\
name = "Benchmark"
time_zone = "UTC"
[assignments.{assignment}]
title = "A homework to time"
kind = "homework"
"""

STOCK = """\
c = get_config()
c.CourseDirectory.root = {root!r}
c.CourseDirectory.source_directory = "notebooks/assignments"
c.ClearSolutions.code_stub = {{"python": "raise NotImplementedError()"}}
c.ExecutePreprocessor.timeout = 60
"""
"""nbgrader as it comes: its own Execute, its own scores (the test cells return points)."""

WRONG_SHARE = 0.25
"""So much of the class's answers is wrong."""

# Stock nbgrader drops a submission whose kernel ends, and a loop without end takes everybody the same minute.
_NOT_COMPARED = re.compile(r"os\._exit|while True|sys\.exit|input\(")


def student(number: int) -> str:
    """Return the id of a member of the class."""
    return f"s{number:05}"


def lay_out(root: Path, assignment: str, numbers: Sequence[int], *, stock: bool = False, copies_of: int = 0) -> None:
    """Make a course folder in `root` in which the class's members `numbers` have handed `assignment` in.

    With `copies_of` the class is made of so many distinct works, and copies of these.
    """
    source = root / "notebooks" / "assignments" / assignment
    source.parent.mkdir(parents=True)
    shutil.copytree(REPOSITORY / "notebooks" / "assignments" / assignment, source)
    (root / "course.toml").write_text(COURSE.format(assignment=assignment), encoding="utf-8")
    people = "".join(f"{student(number)},Student,Number {number},\n" for number in numbers)
    (root / "roster.csv").write_text(f"id,first_name,last_name,email\n{people}", encoding="utf-8")
    kit = (REPOSITORY / "nbgrader_config.py").read_text(encoding="utf-8")
    config = STOCK.format(root=str(root)) if stock else kit
    (root / "nbgrader_config.py").write_text(config, encoding="utf-8")
    command(root, "nbgrader", "generate_assignment", assignment, "--force")
    for number in numbers:
        folder = root / "submitted" / student(number) / assignment
        folder.mkdir(parents=True)
        work = work_of(root, assignment, number % copies_of if copies_of else number)
        nbformat.write(work, folder / f"{assignment}.ipynb")


def work_of(root: Path, assignment: str, number: int) -> NotebookNode:
    """Return what member `number` hands in: number 0 has everything right, the others a mixture."""
    notebook = nbformat.read(root / "release" / assignment / f"{assignment}.ipynb", as_version=4)
    solved = nbformat.read(root / "notebooks" / "assignments" / assignment / f"{assignment}.ipynb", as_version=4)
    answers = {_grade_id(cell): _without_marks(cell.source) for cell in solved.cells if _is_solution(cell)}
    known = load_catalogue()
    draw = random.Random(number)
    for cell in notebook.cells:
        if not _is_solution(cell):
            continue
        name = _grade_id(cell)
        cell.source = answers[name]
        others = [each for each in known if f"{each.exercise}-answer" == name and not _NOT_COMPARED.search(each.code)]
        is_wrong = number > 0 and draw.random() < WRONG_SHARE
        choice = [each.code for each in others if each.is_right is not is_wrong]
        if choice and number > 0 and (is_wrong or draw.random() < 0.5):
            cell.source = draw.choice(choice)
    notebook = copy.deepcopy(notebook)
    notebook.cells[0].source = notebook.cells[0].source.replace("**Name:**", f"**Name:** Number {number}")
    return notebook


def command(root: Path, *words: str) -> str:
    """Run a command of this environment in the course folder; return what it printed."""
    done = subprocess.run(
        [str(SCRIPTS / words[0]), *words[1:]], cwd=root, env=environment(), capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"{' '.join(words)} failed in {root}:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout


def environment() -> dict[str, str]:
    """Return this process's environment with its Python's scripts on PATH."""
    return os.environ | {"PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}"}


def _grade_id(cell: NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def _is_solution(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def _without_marks(source: str) -> str:
    return re.sub(r" *### (BEGIN|END) SOLUTION\n?", "", source)
