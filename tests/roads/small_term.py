"""A real course folder for the roads: hw1, a small class, the kit's nbgrader configuration."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.demo.answers import RIGHT, WRONG

REPOSITORY = Path(__file__).resolve().parents[2]

COURSE = """\
name = "A test course"
time_zone = "Europe/Paris"
roster = "roster.csv"

[assignments.hw1]
title = "A line by descent"
kind = "homework"
deadline = "2026-09-18 23:59"

[grading]
cell_timeout_seconds = 8
max_output_bytes = 50000
"""

ROSTER = """\
id,first_name,last_name,email
ada,Ada,Lovelace,ada@example.org
emmy,Emmy,Noether,emmy@example.org
sofja,Софья,Ковалевская,sofja@example.org
"""

def lay_out(root: Path) -> Path:
    """Put course file, roster, configuration and hw1 into `root`."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "course.toml").write_text(COURSE, encoding="utf-8")
    (root / "roster.csv").write_text(ROSTER, encoding="utf-8")
    config = (REPOSITORY / "nbgrader_config.py").read_text(encoding="utf-8")
    exchange = f"\nget_config().Exchange.root = {str(root / 'exchange')!r}\n"
    (root / "nbgrader_config.py").write_text(config + exchange, encoding="utf-8")
    shutil.copytree(REPOSITORY / "notebooks/assignments/hw1", root / "notebooks/assignments/hw1")
    return root


def copy_kit(folder: Path) -> Path:
    """Copy the kit's packages and data into `folder`, what is compiled included, to change something there."""
    for part in ("autograder", "course_utils", "data"):
        # A module that another process compiles just now has a name of this form until it is done.
        shutil.copytree(REPOSITORY / part, folder / part, ignore=shutil.ignore_patterns("*.pyc.*"))
    return folder


def answered(notebook: NotebookNode, *kinds: str, name: str = "") -> NotebookNode:
    """Fill a released notebook with right answers, and wrong ones of the kinds named."""
    answers = dict(RIGHT)
    for kind in kinds:
        answers |= WRONG[kind]
    for cell in notebook.cells:
        exercise = str(cell.metadata.get("nbgrader", {}).get("grade_id", "")).removesuffix("-answer")
        if cell.metadata.get("nbgrader", {}).get("solution") and answers.get(exercise):
            cell.source = answers[exercise]
    notebook.cells[0].source = notebook.cells[0].source.replace("**Name:**", f"**Name:** {name}")
    return notebook


def fill(path: Path, *kinds: str, name: str = "") -> None:
    """Answer the released notebook at `path` in place."""
    path.chmod(0o644)
    nbformat.write(answered(nbformat.read(path, as_version=4), *kinds, name=name), path)
