"""A small course on disk, for the tests of the road from a downloads folder to `submitted/`.

The released notebooks have the shape of the real ones: an unlocked title cell with the header, then for each
exercise a locked text cell NAME-text, an answer cell NAME-answer and a locked test cell NAME.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.rules.coursefile import Course, load_course
from course_utils.handing_in.cells import grade_id

ROSTER = """id,first_name,last_name,email
s001,Ada,Lovelace,ada@example.edu
s002,Grace,Hopper,grace@example.edu
s003,José,Muñoz,jose@example.edu
s004,Seán,O’Brien,sean@example.edu
s005,María José,García López,mariajose@example.edu
s006,María,García,maria@example.edu
s007,Wei,Chen,wei1@example.edu
s008,Wei,Chen,wei2@example.edu
s009,Suharto,,suharto@example.edu
s010,小明,王,xiaoming@example.edu
s011,Jürgen,Müller-Lüdenscheidt,juergen@example.edu
s012,Jean-Luc,de la Cruz,jeanluc@example.edu
s013,Олена,Коваленко,olena@example.edu
s014,Anna,Schmidt,anna@example.edu
s015,Anne,Schmidt,anne@example.edu
s016,Łukasz,Wójcik,lukasz@example.edu
"""

COURSE = """
name = "Small course"
time_zone = "America/New_York"
[assignments.hw1]
title = "A line by descent"
kind = "homework"
deadline = "2027-02-05 23:59"
[assignments.hw2]
title = "Forward"
kind = "homework"
deadline = "2027-02-19 23:59"
[assignments.hw3]
title = "Not written yet"
kind = "homework"
[assignments.lab1]
title = "What learns?"
kind = "lab"
deadline = "2027-01-29 17:00"
"""

HW1 = ("linear_predict", "sse", "mse", "gd_step")
HW2 = ("sigmoid", "relu", "softmax")


def graded(name: str, *, locked: bool, solution: bool, points: int | None = None) -> dict[str, Any]:
    data: dict[str, Any] = {
        "grade": points is not None,
        "grade_id": name,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
        "checksum": f"{len(name):032x}",
    }
    if points is not None:
        data["points"] = points
    return {"nbgrader": data}


def released_notebook(name: str, title: str, exercises: tuple[str, ...]) -> NotebookNode:
    """Make a released notebook: one exercise per function, then a text answer graded by hand."""
    header = f"# {name.upper()}: {title}\n\n**Name:**\n\n**Assignment:** {name}"
    cells = [
        new_markdown_cell(header, id=f"{name}-header"),
        new_code_cell("import torch\n\nfrom course_utils import check", id=f"{name}-imports"),
    ]
    for exercise in exercises:
        text = f"## {exercise}\n\nWrite `{exercise}(x)`. It is the {exercise} of the lecture on {title.lower()}."
        says = f'"""Return the {exercise} of x."""'
        stub = f"def {exercise}(x):\n    {says}\n    # YOUR CODE HERE\n    raise NotImplementedError()"
        cells += [
            new_markdown_cell(
                text, id=f"{exercise}-text", metadata=graded(f"{exercise}-text", locked=True, solution=False)
            ),
            new_code_cell(
                stub,
                id=f"{exercise}-answer",
                metadata=graded(f"{exercise}-answer", locked=False, solution=True),
            ),
            new_code_cell(
                f"check({exercise})",
                id=f"{exercise}-test",
                metadata=graded(exercise, locked=True, solution=False, points=2),
            ),
        ]
    cells += [
        new_markdown_cell(
            f"## In your own words\n\nWhat surprised you in {name}?",
            id=f"{name}-reflection-text",
            metadata=graded(f"{name}-reflection-text", locked=True, solution=False),
        ),
        new_markdown_cell(
            "YOUR ANSWER HERE",
            id=f"{name}-reflection",
            metadata=graded(f"{name}-reflection", locked=False, solution=True, points=3),
        ),
        new_markdown_cell(f"That was {name}. Save it and hand it in.", id=f"{name}-end"),
    ]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return new_notebook(cells=cells, metadata=metadata)


def at(notebook: NotebookNode, name: str) -> int:
    """Find the place of the cell with a grade id."""
    return [grade_id(cell) for cell in notebook.cells].index(name)


def answered(released: NotebookNode, name: str = "Ada Lovelace", **answers: str) -> NotebookNode:
    """Fill in a released notebook as a student does: the header, every answer, outputs from having run it."""
    notebook = copy.deepcopy(released)
    notebook.cells[0].source = notebook.cells[0].source.replace("**Name:**", f"**Name:** {name}")
    for count, cell in enumerate(notebook.cells, start=1):
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if cell.cell_type == "code":
            cell.execution_count = count
        if grade_id.endswith("-answer"):
            exercise = grade_id.removesuffix("-answer")
            cell.source = answers.get(exercise, f"def {exercise}(x):\n    return x * {len(exercise)}")
        elif grade_id.endswith("-reflection"):
            cell.source = answers.get("reflection", "That a line can learn at all.")
        elif cell.cell_type == "code" and cell.source.startswith("check("):
            cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "2.0"}, execution_count=count)]
    return notebook


def as_bytes(notebook: Mapping[str, Any]) -> bytes:
    return (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode()


def make_course(root: Path, roster: str = ROSTER) -> Course:
    """Lay out a course whose hw1, hw2 are released and whose hw3, lab1 have no notebook yet."""
    (root / "course.toml").write_text(COURSE, encoding="utf-8")
    (root / "roster.csv").write_text(roster, encoding="utf-8")
    for name, title, exercises in (("hw1", "A line by descent", HW1), ("hw2", "Forward", HW2)):
        for folder in (root / "notebooks" / "assignments" / name, root / "release" / name):
            folder.mkdir(parents=True)
            (folder / f"{name}.ipynb").write_bytes(as_bytes(released_notebook(name, title, exercises)))
    (root / "inbox").mkdir()
    return load_course(root)


def released(course: Course, name: str) -> NotebookNode:
    return nbformat.read(course.released_notebook(name), as_version=4)


def drop(course: Course, name: str, data: bytes | NotebookNode, when: str = "2027-02-05 12:00") -> Path:
    """Put a file into the inbox with a modification time, on the UTC clock."""
    file = course.inbox / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data if isinstance(data, bytes) else as_bytes(data))
    stamp = dt.datetime.fromisoformat(when).replace(tzinfo=dt.UTC).timestamp()
    os.utime(file, (stamp, stamp))
    return file


Damage = Callable[[NotebookNode], None]


def snapshot(*folders: Path) -> dict[str, tuple[bytes, int]]:
    """Take down every file's bytes and modification time."""
    return {
        str(file): (file.read_bytes(), file.stat().st_mtime_ns)
        for folder in folders
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
