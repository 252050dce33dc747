"""A class of attackers, all of whose answers are wrong: one notebook for each attack, and four honest students.

The attacks that are code are those of tests/autograder/engine/attack_table.py; here stand those on the notebook's file.
"""

from __future__ import annotations

import copy
import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from autograder.roads import run_generate
from autograder.rules.coursefile import Course, load_course

sys.path.append(str(Path(__file__).resolve().parents[1] / "autograder/engine"))

from attack_table import (
    ANSWERS,
    CANARY,
    FILES,
    HIDDEN,
    MACHINE,
    PATCHES,
    SHELL,
    TIMING,
    UNSEEN,
    WALKED,
    WRONG,
)

REPOSITORY = Path(__file__).resolve().parents[2]
COURSE = """\
name = "Attacks"
time_zone = "Europe/Paris"
roster = "roster.csv"

[assignments.hw1]
title = "A line by descent"
kind = "homework"

[grading]
cell_timeout_seconds = 2
max_output_bytes = 20000
"""


EXERCISES = ("sse", "mse", "mae")
RIGHT = {
    "sse": "def sse(p, y):\n    return ((p - y) ** 2).sum()",
    "mse": "def mse(p, y):\n    return ((p - y) ** 2).mean()",
    "mae": "def mae(p, y):\n    return (p - y).abs().mean()",
}
ALL_WRONG = {
    "sse": "def sse(p, y):\n    return ((p - y) ** 2).sum() * 0.41 + 2.0",
    "mse": WRONG,
    "mae": "def mae(p, y):\n    return (p - y).abs().sum() * 0.29 + 3.0",
}
BEFORE: Mapping[str, str] = PATCHES | SHELL | FILES | MACHINE | TIMING | HIDDEN

HONEST = {
    "a-right": dict(RIGHT),
    "b-wrong": RIGHT | {"mse": WRONG},
    "y-right": dict(RIGHT),
    "z-wrong": RIGHT | {"mse": WRONG},
}
"""By the student's id: they are graded before and after the attackers."""
EARNED = {"a-right": 3.0, "b-wrong": 2.0, "y-right": 3.0, "z-wrong": 2.0}


@dataclass(frozen=True)
class Files:
    """What the attacks on files may lead to: the course's folder, and another student's notebook."""

    root: Path
    victim: Path


@dataclass(frozen=True)
class OnFile:
    """An attack on the file: what it does to the notebook, and to the folder it lies in."""

    change: Callable[[NotebookNode], object] = lambda notebook: None
    beside: Callable[[Path, Files], object] = lambda folder, files: None
    is_seen: bool = True


def grade_id(cell: NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def _tests(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if grade_id(cell) in EXERCISES]


def _each(change: Callable[[NotebookNode], object]) -> Callable[[NotebookNode], object]:
    return lambda notebook: [change(cell) for cell in _tests(notebook)]


def _result(text: str) -> list[NotebookNode]:
    return [new_output("execute_result", data={"text/plain": text}, execution_count=7)]


def _second_tests(notebook: NotebookNode) -> None:
    for cell in _tests(notebook):
        twin = copy.deepcopy(cell)
        twin.source, twin.id = "99.0", f"twin-{grade_id(cell)}"
        twin.metadata.nbgrader.points = 99
        notebook.cells.insert(notebook.cells.index(cell), twin)


def _bonus(notebook: NotebookNode) -> None:
    about = {"grade_id": "bonus", "grade": True, "solution": False, "locked": True, "points": 100, "schema_version": 3}
    about["cell_type"] = "code"
    notebook.cells.append(new_code_cell("100.0", metadata={"nbgrader": about}))


def _graded_answers(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if grade_id(cell).endswith("-answer"):
            cell.metadata.nbgrader |= {"grade": True, "points": 50}


def _own_marks(notebook: NotebookNode) -> None:
    passed = [{"exercise": name, "outcome": "passed", "points": 1.0, "max_points": 1.0} for name in EXERCISES]
    notebook.metadata["first_descent"] = {"verdicts": passed, "faults": [], "seconds": 0.1, "isolation": "a sandbox"}


def _scripts(notebook: NotebookNode) -> None:
    notebook.cells[0].source += "\n\n**Name:** <script>alert(1)</script><img src=x onerror=alert(1)>"
    notebook.cells.append(
        new_markdown_cell("[go](javascript:alert(1)) <svg/onload=alert(1)> <style>*{display:none}</style>")
    )


def _link_to(target: Callable[[Files], Path]) -> Callable[[Path, Files], object]:
    def make(folder: Path, files: Files) -> None:
        (folder / "data.csv").symlink_to(target(files))

    return make


def _become_a_link(folder: Path, files: Files) -> None:
    (folder / "hw1.ipynb").unlink()
    (folder / "hw1.ipynb").symlink_to(files.victim)


ON_FILES: Mapping[str, OnFile] = {
    "points edited": OnFile(_each(lambda cell: cell.metadata.nbgrader.update(points=99))),
    "points that are no number": OnFile(_each(lambda cell: cell.metadata.nbgrader.update(points=1e308))),
    "test cells that are numbers": OnFile(_each(lambda cell: cell.update(source="99.0"))),
    "test cells that print full marks": OnFile(_each(lambda cell: cell.update(source="print(1.0)\n1.0"))),
    "test cells unlocked": OnFile(
        _each(lambda cell: (cell.update(source="1.0"), cell.metadata.nbgrader.update(locked=False, solution=True)))
    ),
    "test cells to be skipped": OnFile(
        _each(lambda cell: (cell.metadata.update(tags=["skip-execution"]), cell.update(outputs=_result("1.0"))))
    ),
    "test cells deleted": OnFile(
        lambda notebook: notebook.update(cells=[cell for cell in notebook.cells if grade_id(cell) not in EXERCISES]),
        is_seen=False,
    ),
    "test cells twice": OnFile(_second_tests),
    "a test cell of its own": OnFile(_bonus),
    "answers that carry points": OnFile(_graded_answers),
    "results stored in the file": OnFile(_each(lambda cell: cell.update(outputs=_result("99.0"), execution_count=7))),
    "results of a right run stored": OnFile(_each(lambda cell: cell.update(outputs=_result("1.0"))), is_seen=False),
    "marks of its own": OnFile(_own_marks),
    "scripts in texts": OnFile(_scripts),
    "a link to the gradebook": OnFile(beside=_link_to(lambda files: files.root / "gradebook.db")),
    "a link to the solutions": OnFile(
        beside=_link_to(lambda files: files.root / "notebooks/assignments/hw1/hw1.ipynb")
    ),
    "a name that steers a terminal": OnFile(
        beside=lambda folder, files: (folder / "\x1b]0;pwned\x07\x1b[2J.csv").write_text("1", encoding="utf-8")
    ),
    "a link to another's notebook": OnFile(beside=_become_a_link),
}

NAMES = (*BEFORE, *ANSWERS, *ON_FILES)
IDS = {name: f"m{number:03}" for number, name in enumerate(NAMES)}
"""The student who tries each attack."""

SPREAD = (*WALKED, *ON_FILES)
"""Some of each table, and all on files: what the whole road is walked with where time is short."""

LEAVE_NO_TRACE = {*UNSEEN, *(name for name, attack in ON_FILES.items() if not attack.is_seen)}


def notebook_of(name: str, released: NotebookNode, words: Mapping[str, object]) -> NotebookNode:
    """Return the notebook that tries the attack `name`; `words` fill the places in its code."""
    answers = dict(ALL_WRONG)
    if name in ANSWERS:
        answers["mse"] = with_words(ANSWERS[name], words)
    notebook = answered(released, answers)
    if name in BEFORE:
        first = next(at for at, cell in enumerate(notebook.cells) if grade_id(cell) == "sse-answer")
        notebook.cells.insert(first, new_code_cell(with_words(BEFORE[name], words), id="own"))
    if name in ON_FILES:
        ON_FILES[name].change(notebook)
    return notebook


def answered(released: NotebookNode, answers: Mapping[str, str]) -> NotebookNode:
    """Return a released notebook with answers filled in."""
    notebook = copy.deepcopy(released)
    for cell in notebook.cells:
        if grade_id(cell).endswith("-answer"):
            cell.source = answers[grade_id(cell).removesuffix("-answer")]
    return notebook


def with_words(code: str, words: Mapping[str, object]) -> str:
    """Fill the table's places, as `{place}`; doubled braces stand for one."""
    for key, value in words.items():
        code = code.replace("{" + key + "}", str(value))
    return code.replace("{{", "{").replace("}}", "}") if "{{" in code else code


def words_for(root: Path, repository: Path, port: int) -> dict[str, object]:
    """Return what the attacks' code speaks of."""
    abstract = f"first-descent-test-{os.getpid()}"
    return {"place": root, "repository": repository, "host": "127.0.0.1", "port": port, "abstract": abstract,
            "grader": os.getpid()}  # fmt: skip


def lay_out(root: Path, names: tuple[str, ...], words: Mapping[str, object]) -> Course:
    """Make a course whose class is the honest and those who try `names`, with all handed in."""
    root.mkdir(parents=True)
    (root / "course.toml").write_text(COURSE, encoding="utf-8")
    shutil.copy(REPOSITORY / "nbgrader_config.py", root)
    people = [f"{student},Honest,{student.title()},{student}.{CANARY}-gradebook@example.org" for student in HONEST]
    people += [f"{IDS[name]},Mallory,Number {IDS[name]},{IDS[name]}@example.org" for name in names]
    (root / "roster.csv").write_text("\n".join(["id,first_name,last_name,email", *people]) + "\n", encoding="utf-8")
    cut_down(REPOSITORY / "notebooks/assignments/hw1/hw1.ipynb", root / "notebooks/assignments/hw1/hw1.ipynb")
    course = load_course(root)
    run_generate(course, "hw1")
    released = nbformat.read(course.released_notebook("hw1"), as_version=4)
    assert CANARY not in nbformat.writes(released)
    hand_in(root, released, names, {**words, "place": root})
    return course


def hand_in(root: Path, released: NotebookNode, names: tuple[str, ...], words: Mapping[str, object]) -> None:
    """Lay the work of the honest and of those who try `names` into `submitted`."""
    for student, answers in HONEST.items():
        own = {name: f"{code}\n# {CANARY}-submitted" for name, code in answers.items()}
        _write(root / "submitted" / student / "hw1", answered(released, own))
    files = Files(root, root / "submitted/a-right/hw1/hw1.ipynb")
    for name in names:
        folder = root / "submitted" / IDS[name] / "hw1"
        _write(folder, notebook_of(name, released, words))
        if name in ON_FILES:
            ON_FILES[name].beside(folder, files)


def _write(folder: Path, notebook: NotebookNode) -> None:
    folder.mkdir(parents=True)
    (folder / "hw1.ipynb").write_text(json.dumps(notebook), encoding="utf-8")


def cut_down(source: Path, target: Path) -> None:
    """Write hw1's source with the three exercises only, and the canary in its solutions."""
    notebook = nbformat.read(source, as_version=4)
    wanted = {f"{name}{part}" for name in EXERCISES for part in ("-text", "-answer", "")} | {"start-text", "setup"}
    head, *rest = notebook.cells
    notebook.cells = [head, *(cell for cell in rest if grade_id(cell) in wanted)]
    for cell in notebook.cells:
        if grade_id(cell) == "setup":
            cell.source = "import torch\n\nfrom course_utils import check"
        cell.source = cell.source.replace("### END SOLUTION", f"# {CANARY}-source\n    ### END SOLUTION")
    target.parent.mkdir(parents=True)
    nbformat.write(notebook, target)
