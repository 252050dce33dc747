"""For an honest class the gradebook is the same, row by row, whoever wrote it: stock nbgrader or the kit.

Three copies of one course folder, graded by (1) `nbgrader autograde` without the kit's configuration, (2) `nbgrader
autograde` with it, (3) `course grade`. Compared is every column of every table that grading writes, but these: the keys
(`id`, and the `…_id` that point to one), which nbgrader draws at random for each row; what they point to is compared
by its name. Nothing in these tables says when a row was written: `timestamp` is when the work was handed in.

By default hw1 and a class of two; with FIRST_DESCENT_FULL=1 hw4 as well, and a larger class.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Comment, Grade, SubmittedAssignment, SubmittedNotebook
from small_term import REPOSITORY
from sqlalchemy import create_engine, text

from autograder.demo.answers import LOOPS, WRONG
from autograder.nbgrader_bridge.steps import generate, register_class
from autograder.rules.coursefile import load_course
from autograder.rules.roster import load_roster

pytestmark = pytest.mark.slow

IS_FULL = bool(os.environ.get("FIRST_DESCENT_FULL"))

# The kit's late rule and stock nbgrader's "zero" take the same here: all of it, from the first late day on.
COURSE = """\
name = "Equal rows"
time_zone = "Europe/Paris"
roster = "roster.csv"

[assignments.{assignment}]
title = "A homework"
kind = "homework"
deadline = "2026-09-18 23:59"

[late.homework]
percent_per_day = 100
"""

STOCK = """\
c = get_config()
c.CourseDirectory.root = {root!r}
c.CourseDirectory.source_directory = "notebooks/assignments"
c.ExecutePreprocessor.timeout = 60
c.LateSubmissionPlugin.penalty_method = "zero"
"""

ON_TIME, LATE = "2026-09-17 10:00:00.000000 UTC", "2026-09-19 10:00:00.000000 UTC"

# student: (answers in place of the right ones, handed in); an empty answer leaves the cell as it was released
HW1 = {
    "ada": (WRONG["no bias"] | WRONG["half"] | WRONG["unfinished"], ON_TIME),
    "sofja": (LOOPS | WRONG["in place"] | WRONG["one after the other"], LATE),
}
MORE = {"emmy": (LOOPS, ON_TIME)} | {
    f"more{number}": (WRONG[kind], ON_TIME)
    for number, kind in enumerate(kind for kind in WRONG if kind not in ("hangs", "kills"))
}
HW4 = {
    "ada": ({}, ON_TIME),
    "emmy": (
        {
            "relu_grad": "def relu_grad(x):\n    return torch.ones_like(x)",
            "linear_backward": "def linear_backward(dout, x, W):\n    return dout @ W, dout.T @ x, dout.mean(0)",
            "Value": "",
        },
        LATE,
    ),
}
CLASSES = {"hw1": HW1 | MORE, "hw4": HW4} if IS_FULL else {"hw1": HW1}
ROADS = {
    "stock nbgrader": ("nbgrader", "autograde"),
    "nbgrader with the kit's configuration": ("nbgrader", "autograde"),
    "the kit": ("course", "grade"),
}

JOINS = """\
    FROM {table} AS t
    {to_notebook}
    JOIN submitted_assignment AS handed_in ON handed_in.id = {handed_in}
    JOIN assignment ON assignment.id = handed_in.assignment_id
    {to_cell}
"""
TO_NOTEBOOK = "JOIN submitted_notebook AS work ON work.id = {work} JOIN notebook ON notebook.id = work.notebook_id"
WHO = "handed_in.student_id AS student, assignment.name AS assignment"

# table: (columns by name in place of the keys, how to get there); the keys of each are left out
TABLES = {
    SubmittedAssignment: (WHO, {"to_notebook": "", "handed_in": "t.id", "to_cell": ""}),
    SubmittedNotebook: (
        f"{WHO}, notebook.name AS notebook",
        {"to_notebook": TO_NOTEBOOK.format(work="t.id"), "handed_in": "work.assignment_id", "to_cell": ""},
    ),
    **dict.fromkeys(
        (Grade, Comment),
        (
            f"{WHO}, notebook.name AS notebook, cell.name AS cell, cell.type AS type",
            {
                "to_notebook": TO_NOTEBOOK.format(work="t.notebook_id"),
                "handed_in": "work.assignment_id",
                "to_cell": "JOIN base_cell AS cell ON cell.id = t.cell_id",
            },
        ),
    ),
}
KEYS = {"id", "assignment_id", "student_id", "notebook_id", "cell_id"}


def rows(folder: Path) -> dict[str, list[tuple]]:
    """Read what grading wrote: a sorted list of named values for each table."""
    engine = create_engine(f"sqlite:///{folder / 'gradebook.db'}")
    found = {}
    with engine.connect() as link:
        for model, (names, joins) in TABLES.items():
            table = model.__tablename__
            own = [f"t.{column.name}" for column in model.__table__.columns if column.name not in KEYS]
            query = f"SELECT {names}, {', '.join(own)} {JOINS.format(table=table, **joins)}"
            found[table] = sorted((tuple(row._mapping.items()) for row in link.execute(text(query))), key=repr)
    engine.dispose()
    return found


def lay_out(root: Path, assignment: str) -> Path:
    """Make the course folder all roads start from: released, with everybody's work handed in."""
    shutil.copytree(REPOSITORY / "notebooks/assignments" / assignment, root / "notebooks/assignments" / assignment)
    (root / "course.toml").write_text(COURSE.format(assignment=assignment), encoding="utf-8")
    people = "".join(f"{name},{name.title()},Student,{name}@example.org\n" for name in CLASSES[assignment])
    (root / "roster.csv").write_text(f"id,first_name,last_name,email\n{people}", encoding="utf-8")
    shutil.copy(REPOSITORY / "nbgrader_config.py", root)
    course = load_course(root)
    generate(course, assignment)
    register_class(course, load_roster(course.roster))
    solved = nbformat.read(course.source_notebook(assignment), as_version=4)
    right = {
        cell.metadata.nbgrader.grade_id: re.sub(r" *### (BEGIN|END) SOLUTION\n?", "", cell.source)
        for cell in solved.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    for name, (answers, moment) in CLASSES[assignment].items():
        notebook = nbformat.read(course.released_notebook(assignment), as_version=4)
        for cell in notebook.cells:
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            if grade_id in right:
                cell.source = answers.get(grade_id.removesuffix("-answer"), right[grade_id]) or cell.source
        folder = course.submitted / name / assignment
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{assignment}.ipynb")
        (folder / "timestamp.txt").write_text(moment)
    return root


@pytest.fixture(scope="module", params=CLASSES)
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, run) -> dict[str, dict]:
    """Grade the same folder on every road; return each one's rows."""
    start = lay_out(tmp_path_factory.mktemp("start") / "term", request.param)
    found = {}
    for road, words in ROADS.items():
        folder = tmp_path_factory.mktemp("road") / "term"
        shutil.copytree(start, folder)
        if road == "stock nbgrader":
            (folder / "nbgrader_config.py").write_text(STOCK.format(root=str(folder)))
        run(*words, request.param, cwd=folder)
        found[road] = rows(folder)
    return found


@pytest.mark.parametrize("table", [model.__tablename__ for model in TABLES])
@pytest.mark.parametrize("road", [road for road in ROADS if road != "stock nbgrader"])
def test_the_rows_are_those_of_stock_nbgrader(written: dict[str, dict], road: str, table: str) -> None:
    theirs = written["stock nbgrader"][table]
    assert theirs
    assert written[road][table] == theirs


def test_the_class_has_everything_that_could_differ(written: dict[str, dict]) -> None:
    theirs = written["stock nbgrader"]
    scores = [dict(row)["auto_score"] for row in theirs["grade"]]
    assert 0.0 in scores
    assert max(scores) >= 3
    if {dict(row)["assignment"] for row in theirs["grade"]} == {"hw1"}:
        assert {0.5} <= {score % 1 for score in scores}  # part of the points for a small slip
        assert {dict(row)["auto_comment"] for row in theirs["comment"]} == {None, "No response."}
    penalties = {dict(row)["student"]: dict(row)["late_submission_penalty"] for row in theirs["submitted_notebook"]}
    assert penalties["ada"] is None
    assert max(penalty or 0.0 for penalty in penalties.values()) > 5


def test_no_column_that_grading_writes_is_left_out_by_oversight() -> None:
    compared = {model.__tablename__: {c.name for c in model.__table__.columns} - KEYS for model in TABLES}
    assert compared == {
        "submitted_assignment": {"timestamp", "extension"},
        "submitted_notebook": {"flagged", "late_submission_penalty"},
        "grade": {"auto_score", "manual_score", "extra_credit", "needs_manual_grade"},
        "comment": {"auto_comment", "manual_comment"},
    }
