"""Notebooks as students get them: the course's own with their facts, and a small one that needs no torch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.nbgrader_bridge.handing_in import facts_of
from autograder.nbgrader_bridge.stubs import ClearAnswers
from autograder.rules.coursefile import load_course
from course_utils.handing_in.facts import KEY, Facts, Work, write_facts

ROOT = Path(__file__).resolve().parents[3]
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}  # without one JupyterLab asks for it
MARKERS = ("### BEGIN SOLUTION", "### END SOLUTION")
GRADED = sorted(path.stem for path in (ROOT / "notebooks/assignments").glob("*/*.ipynb"))


def of_the_course(name: str, student: str = "Ada Lovelace", *, solved: bool = False) -> NotebookNode:
    """Give a graded notebook as it is handed out, with a name at its top; `solved` has the course's own answers."""
    source = ROOT / "notebooks/assignments" / name / f"{name}.ipynb"
    released, _ = ClearAnswers().preprocess(nbformat.read(source, as_version=4), {})
    facts = write_facts(facts_of(load_course(ROOT), name, released))
    notebook = nbformat.read(source, as_version=4) if solved else released
    for cell in notebook.cells if solved else ():
        cell.source = "\n".join(line for line in cell.source.splitlines() if line.strip() not in MARKERS)
    notebook.cells[0].source = notebook.cells[0].source.replace("**Name:**", f"**Name:** {student}")
    notebook.metadata[KEY] = facts
    return notebook


def _graded(name: str, **marks: Any) -> dict[str, Any]:
    usual = {"grade": False, "grade_id": name, "locked": True, "schema_version": 3, "solution": False, "task": False}
    return {"nbgrader": usual | marks}


@cache
def _small_cells() -> str:
    cells = [
        new_markdown_cell("# A small one\n\n**Name:**\n\n**Assignment:** hw1", id="top"),
        new_markdown_cell("## double\n\nWrite `double`.", metadata=_graded("double-text"), id="double-text"),
        new_code_cell(
            "def double(x):\n    raise NotImplementedError",
            metadata=_graded("double-answer", locked=False, solution=True),
            id="double-answer",
        ),
        new_code_cell(
            "2.0 if double(3) == 6 else 0.0", metadata=_graded("double", grade=True, points=2), id="double-test"
        ),
        new_markdown_cell("## In words", metadata=_graded("words-text"), id="words-text"),
        new_markdown_cell(
            "YOUR ANSWER HERE", metadata=_graded("words", grade=True, points=1, locked=False, solution=True), id="words"
        ),
        new_code_cell("from course_utils.handing_in import submit\n\nsubmit()", id="last"),
    ]
    return json.dumps(cells)


def small(
    student: str = "Ada Lovelace", answer: str = "def double(x):\n    return 2 * x", words: str = "", **more: Any
) -> dict[str, Any]:
    """Give a small notebook, answered; `more` changes its facts."""
    cells = json.loads(_small_cells())
    works = (Work("hw1", "A small one", "homework"), Work("hw2", "Another", "homework"))
    settings = {"assignment": "hw1", "title": "A small one", "kind": "homework", "works": works, "released": cells}
    facts = Facts(**(settings | more))
    made = json.loads(_small_cells())
    made[0]["source"] = made[0]["source"].replace("**Name:**", f"**Name:** {student}")
    made[2]["source"] = answer
    made[5]["source"] = words or "Twice as much, I think."
    metadata = {KEY: json.loads(json.dumps(write_facts(facts))), "kernelspec": KERNEL}
    notebook = new_notebook(cells=made, metadata=metadata)
    return dict(json.loads(nbformat.writes(nbformat.from_dict(notebook))))


def save(path: Path, notebook: Mapping[str, Any]) -> Path:
    """Write a notebook's file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1), encoding="utf-8")
    return path
