"""A class of 120 for a whole term: who hands in what and when, and a place that runs equal work once."""

from __future__ import annotations

import copy
import hashlib
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Assignment, Comment, Grade, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import Table, create_engine, select

from autograder.demo.answers import WRONG
from autograder.engine.execute import Execution
from autograder.nbgrader_bridge.places import Place, Submission, here
from autograder.rules.coursefile import Course

HOMEWORK = ("hw1", "hw2", "hw3", "hw4", "hw5", "hw6")
LABS = ("lab1", "lab2", "lab3", "lab4", "lab5", "lab6")
QUIZZES = ("quiz1", "quiz2", "quiz3", "quiz4", "quiz5")
BY_INBOX = ("hw1", "hw6")

FIRST = """Ada Bruno Chiara Dmitri Elif Farid Greta Hanna Ines Jonas Karim Leonie Mehmet Nadia Oskar Paula Quentin Rosa
Stefan Tamara Ulrich Viola Wanda Xaver Yusuf Zoë José Søren Łukasz Anaïs""".split()  # noqa: SIM905
LAST = """Abernathy Bokelmann Cavalcanti Dombrowski Eriksson Fitzgerald Gutowski Hashimoto Ivanchuk Jankovic Kowalczyk
Lindqvist Mendelssohn Nakagawa Okonkwo Papadakis Quispe Rasmussen Sandoval Thibodeaux Ueda Villanueva Wojcik Xanthis
Yamaguchi Zellweger Aristide Bellamy Czernin Delacroix Estrada Feuerbach Giordano Huxtable Iglesias Jefferson Kilpatrick
Lombardi Montague Nordstrom""".split()  # noqa: SIM905


@dataclass(frozen=True)
class Person:
    """A student: names in no two people alike."""

    id: str
    first: str
    last: str


PEOPLE = tuple(
    Person(f"s{number + 1:03}", FIRST[(number * 7 + number // 40) % len(FIRST)], f"{LAST[number % 40]}{tail}")
    for number, tail in ((n, ("", "-Ferreira", "-Oyelaran")[n // 40]) for n in range(120))
)

LEAVES_OUT = {"hw2": "mlp_forward", "hw3": "accuracy", "hw4": "Value", "hw5": "evaluate", "hw6": "count_params"}
"""The exercise that the work called "part" leaves as it was released: 3, 3, 3, 3 and 1 points."""

RIGHT_IN_PART = 7
"""So many of a quiz's ten questions are answered in the work called "part"."""


def work(course: Course, assignment: str, kind: str, name: str = "") -> NotebookNode:
    """Make a distinct work from the released notebook: `kind` is "full" or "part"; `name` goes under the title."""
    answers = {
        cell.metadata.nbgrader.grade_id: re.sub(r" *### (BEGIN|END) SOLUTION\n?", "", cell.source)
        for cell in nbformat.read(course.source_notebook(assignment), as_version=4).cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    notebook = nbformat.read(course.released_notebook(assignment), as_version=4)
    seen = 0
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if grade_id not in answers:
            continue
        seen += 1
        exercise = grade_id.removesuffix("-answer")
        if kind == "part":
            if assignment == "hw1" and exercise in WRONG["no bias"]:
                cell.source = WRONG["no bias"][exercise]
                continue
            if exercise == LEAVES_OUT.get(assignment):
                continue
            if assignment in LABS and cell.cell_type == "code":
                continue  # only its four questions are answered
            if assignment in QUIZZES and seen > RIGHT_IN_PART:
                continue
        cell.source = answers[grade_id]
    if name:
        notebook.cells[0].source = notebook.cells[0].source.replace("**Name:**", f"**Name:** {name}", 1)
    return notebook


class _Once:
    """Runs a notebook unless one with the same code has run: then its outputs and responses stand for both."""

    def __init__(self, inner: Place) -> None:
        self._inner = inner
        self._done: dict[tuple[str, str], Future[Execution]] = {}
        self.at_a_time = inner.at_a_time

    def run(self, submission: Submission, on_cell: Callable[[int, int], None]) -> Future[Execution]:
        code = "\0".join(cell.source for cell in submission.notebook.cells if cell.cell_type == "code")
        key = (submission.assignment, hashlib.sha256(code.encode()).hexdigest())
        if key not in self._done:
            self._done[key] = self._inner.run(submission, on_cell)
            return self._done[key]
        ran = self._done[key].result()
        notebook = copy.deepcopy(submission.notebook)
        code_cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        for cell, twin in zip(code_cells, (c for c in ran.notebook.cells if c.cell_type == "code"), strict=True):
            cell.outputs, cell.execution_count = copy.deepcopy(twin.outputs), twin.execution_count
        future: Future[Execution] = Future()
        future.set_result(replace(ran, notebook=notebook))
        return future


@contextmanager
def once_each(jobs: int = 2) -> Iterator[Place]:
    """Run each distinct work once on this machine."""
    with here(jobs) as place:
        yield _Once(place)


def hand_in(course: Course, assignment: str, student: str, notebook: NotebookNode, when: datetime) -> None:
    """Put a notebook where nbgrader's collect would, with its time stamp."""
    folder = course.submitted / student / assignment
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{assignment}.ipynb")
    (folder / "timestamp.txt").write_text(f"{when.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC\n")


def copy_rows(course: Course, assignment: str, kinds: Mapping[str, str], times: Mapping[str, datetime]) -> None:
    """Enter for everybody the rows of the one who handed in the same work: `kinds` is student -> whose rows."""
    tables = [model.__table__ for model in (SubmittedAssignment, SubmittedNotebook, Grade, Comment)]
    handed_in, notebooks, grades, comments = tables
    fresh: dict[str, list[dict[str, Any]]] = {table.name: [] for table in tables}
    engine = create_engine(course.gradebook)
    with engine.begin() as link:

        def rows(table: Table, **wanted: str) -> list[dict[str, Any]]:
            query = select(table).where(*(table.c[name] == value for name, value in wanted.items()))
            return [dict(row) for row in link.execute(query).mappings()]

        [about] = rows(Assignment.__table__, name=assignment)
        for student, whose in kinds.items():
            if student == whose:
                continue
            [submission] = rows(handed_in, assignment_id=about["id"], student_id=whose)
            [notebook] = rows(notebooks, assignment_id=submission["id"])
            new, inside = uuid.uuid4().hex, uuid.uuid4().hex
            moment = times[student].astimezone(UTC).replace(tzinfo=None)
            fresh[handed_in.name].append({**submission, "id": new, "student_id": student, "timestamp": moment})
            fresh[notebooks.name].append({**notebook, "id": inside, "assignment_id": new})
            for table in (grades, comments):
                for row in rows(table, notebook_id=notebook["id"]):
                    fresh[table.name].append({**row, "id": uuid.uuid4().hex, "notebook_id": inside})
        for table in tables:
            if fresh[table.name]:
                link.execute(table.insert(), fresh[table.name])
    engine.dispose()


def local(course: Course, assignment: str, *, days: float = 0, minutes: int = -90) -> datetime:
    """Return the moment `days` and `minutes` after the assignment's deadline, on the course's clock."""
    deadline = course.assignment(assignment).deadline
    assert deadline is not None
    return (deadline + timedelta(days=days, minutes=minutes)).replace(tzinfo=course.time_zone)


def write_course(root: Path, repository: Path, rules: str) -> None:
    """Write the course of the repository, with the deadlines of a term that is over, and `rules` in addition."""
    text = (repository / "course.toml").read_text(encoding="utf-8").replace('"2027-', '"2024-')
    text = text.replace("[drop_lowest]\n", "[drop_lowest]\nlabs = 1\nquizzes = 1\n")
    (root / "course.toml").write_text(text + rules, encoding="utf-8")
    rows = [f"{person.id},{person.first},{person.last},{person.id}@example.edu" for person in PEOPLE]
    (root / "roster.csv").write_text("\n".join(["id,first_name,last_name,email", *rows, ""]), encoding="utf-8")
