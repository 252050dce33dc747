"""A small class graded for real: notebooks of hw1, verdicts by the answer keys, rows in nbgrader's database."""

from __future__ import annotations

import base64
import shutil
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import torch
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output

from autograder.engine.faults import Fault, FaultKind
from autograder.engine.sandbox.isolation import UNISOLATED
from autograder.exercises import exercises_of
from autograder.marks import Marks, write_marks
from autograder.nbgrader_bridge.steps import open_gradebook
from autograder.rules.coursefile import Course, load_course
from course_utils.checks import judge_answer
from course_utils.checks.answer_key import AnswerKey
from course_utils.checks.verdict import Outcome, Verdict

SOURCE = Path(__file__).parents[2] / "notebooks" / "assignments" / "hw1" / "hw1.ipynb"
DEADLINE = "2027-02-05 23:59"
SECRET = 20270205


@cache
def keys() -> Mapping[str, AnswerKey]:
    return {name: exercise.answer_key(SECRET) for name, exercise in exercises_of("hw1").items()}


@dataclass(frozen=True)
class Work:
    """What one student wrote: source and function per exercise; what is missing is the right answer."""

    id: str
    first_name: str
    last_name: str
    answers: Mapping[str, str] = field(default_factory=dict)
    submitted_at: datetime = datetime(2027, 2, 5, 20, 15, tzinfo=UTC)
    penalty: float = 0.0
    faults: tuple[Fault, ...] = ()
    extra: tuple[NotebookNode, ...] = ()
    seconds: float = 11.5
    is_graded: bool = True
    breaks: tuple[str, ...] = ()


ONE_PIXEL = base64.b64encode(
    b"\x89PNG\r\n\x1a\n"
    + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in (
            (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
            (b"IDAT", zlib.compress(b"\0\x80")),
            (b"IEND", b""),
        )
    )
).decode()

NO_BIAS = "def linear_predict(X, w, b):\n    return X @ w\n"
SUM_FOR_MEAN = "def mse(p, y):\n    return ((p - y) ** 2).sum()\n"
NO_ABS = "def mae(p, y):\n    return (p - y).mean()\n"
NOT_WRITTEN = "def rmse(p, y):\n    raise NotImplementedError()\n"
NOBODYS_IDEA = "def sse(p, y):\n    return ((p - y) ** 2).sum() + 0.37 * p.abs().max() ** 3 - 0.11 * y.sum()\n"
NO_TWO = "def mse_grad(X, y, w, b):\n    e = X @ w + b - y\n    return X.T @ e / len(y), e.mean()\n"
COLUMN = (
    "def least_squares(X, y):\n    A = torch.cat([X, torch.ones_like(X[:, :1])], dim=1)\n"
    "    s = torch.linalg.lstsq(A, y[:, None]).solution\n    return s[:-1], s[-1, 0]\n"
)
UPHILL = "def gd_step(w, b, dw, db, lr):\n    return w + lr * dw, b + lr * db\n"

CLASS = (
    Work("s001", "Zoë", "Müller"),
    Work("s002", "José Ángel", "García Márquez", {"linear_predict": NO_BIAS, "mae": NO_ABS}),
    Work("s003", "Siobhán", "O'Connor", {"linear_predict": NO_BIAS, "rmse": NOT_WRITTEN}, penalty=1.2,
         submitted_at=datetime(2027, 2, 6, 12, 0, tzinfo=UTC)),
    Work("s004", "Sukarno", "", {"mse": SUM_FOR_MEAN, "mse_grad": NO_TWO, "sse": NOBODYS_IDEA}),
    Work("s005", "Thị Minh Khai", "Nguyễn", {"mse_grad": NO_TWO, "least_squares": COLUMN}, seconds=61.0,
         faults=(Fault("cell 34", FaultKind.DEADLINE, "This cell was stopped after 60 seconds."),)),
    Work("s006", "Wei", "Zhang", {"mse_grad": NO_TWO, "gd_step": UPHILL, "linear_predict": NO_BIAS}),
    Work("s007", "Olga", "<b>Ivanova</b>", breaks=("gd_fit",)),
    Work("s008", "Kwame", "Mensah", is_graded=False),
)  # fmt: skip


def build_course(root: Path, works: tuple[Work, ...] = CLASS) -> Course:
    """Write a course folder in which `works` have been handed in, graded and entered in the gradebook."""
    folder = root / "notebooks" / "assignments" / "hw1"
    folder.mkdir(parents=True)
    shutil.copy(SOURCE, folder / "hw1.ipynb")
    rows = [f'{work.id},"{work.first_name}","{work.last_name}",{work.id}@example.edu' for work in works]
    rows = ["id,first_name,last_name,email", *rows, "s099,Nina,Absent,n@example.edu\n"]
    (root / "roster.csv").write_text("\n".join(rows))
    (root / "course.toml").write_text(
        'name = "First Descent"\ntime_zone = "America/New_York"\n'
        f'[assignments.hw1]\ntitle = "A line by descent"\nkind = "homework"\ndeadline = "{DEADLINE}"\n'
    )
    course = load_course(root)
    notebooks = {work.id: notebook_of(work) for work in works}
    with open_gradebook(course) as gradebook:
        gradebook.add_assignment("hw1")
        gradebook.add_notebook("hw1", "hw1")
        for cell in nbformat.read(SOURCE, as_version=4).cells:
            about = cell.metadata.get("nbgrader", {})
            if about.get("grade"):
                gradebook.add_grade_cell(about["grade_id"], "hw1", "hw1", max_score=about["points"], cell_type="code")
            if about.get("solution"):  # nbgrader keeps a place for a comment on each of these
                gradebook.add_solution_cell(about["grade_id"], "hw1", "hw1")
        for work in works:
            _enter(gradebook, course, work, notebooks[work.id])
    return course


def copy_course(course: Course, root: Path) -> Course:
    """Copy a built course, to change it: making a gradebook takes seconds, copying one does not."""
    shutil.copytree(course.root, root, dirs_exist_ok=True)
    return load_course(root)


def _enter(gradebook: Any, course: Course, work: Work, notebook: NotebookNode) -> None:
    handed_in = course.submitted / work.id / "hw1"
    handed_in.mkdir(parents=True)
    nbformat.write(notebook, handed_in / "hw1.ipynb")
    if not work.is_graded:
        return
    graded = course.autograded / work.id / "hw1"
    graded.mkdir(parents=True)
    (graded / "timestamp.txt").write_text("2027-02-05 20:15:00 UTC")
    (graded / "submission_secret.txt").write_text(f"secret-{work.id}")
    verdicts = tuple(_verdicts(work))
    write_marks(notebook, Marks(verdicts, work.faults, work.seconds, UNISOLATED.sentence))
    nbformat.write(notebook, graded / "hw1.ipynb")
    gradebook.add_student(work.id, first_name=work.first_name, last_name=work.last_name)
    gradebook.add_submission("hw1", work.id, timestamp=work.submitted_at.replace(tzinfo=None))
    for verdict in verdicts:
        grade = gradebook.find_grade(verdict.exercise, "hw1", "hw1", work.id)
        is_broken = verdict.outcome is Outcome.BROKEN
        grade.auto_score = None if is_broken else verdict.points
        grade.needs_manual_grade = is_broken
    gradebook.find_submission("hw1", work.id).notebooks[0].late_submission_penalty = work.penalty
    gradebook.db.commit()


def _verdicts(work: Work) -> Any:
    for name, key in keys().items():
        if name in work.breaks:
            yield Verdict(name, Outcome.BROKEN, 0.0, key.contract.points, idea="The check itself failed.")
        else:
            yield judge_answer(key, function(name, work.answers.get(name, "")))


def function(name: str, source: str) -> Callable[..., Any]:
    """Return the student's function, or the reference where there is no source."""
    if not source:
        return exercises_of("hw1")[name].reference
    space: dict[str, Any] = {"torch": torch}
    exec(compile(source, "answer", "exec"), space)
    return space[name]


def notebook_of(work: Work) -> NotebookNode:
    notebook = nbformat.read(SOURCE, as_version=4)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "").removesuffix("-answer")
        if cell.cell_type == "markdown" and "**Name:**" in cell.source:
            cell.source = cell.source.replace("**Name:**", f"**Name:** {work.first_name} {work.last_name}")
        if cell.metadata.get("nbgrader", {}).get("solution"):
            right = cell.source.replace("    ### BEGIN SOLUTION\n", "").replace("    ### END SOLUTION", "")
            cell.source = work.answers.get(name, right.rstrip())
    alt = {"image/png": {"alt": "My dots and a line."}}
    picture = new_output("display_data", {"image/png": ONE_PIXEL}, metadata=alt)
    printed = new_output("stream", text="\x1b[31m17.9\x1b[0m\n")
    notebook.cells.append(new_code_cell("print(mse)\nplot()", outputs=[printed, picture]))
    notebook.cells.extend(work.extra)
    return notebook


def comment(course: Course, student: str, cell: str, text: str) -> None:
    """Write a comment beside a cell, as formgrader does: a person's word in nbgrader's own column."""
    with open_gradebook(course) as gradebook:
        gradebook.find_comment(cell, "hw1", "hw1", student).manual_comment = text
        gradebook.db.commit()
