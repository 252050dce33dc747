"""Why a submission has no grade: what is wrong with what was handed in, or what grading said when it gave up."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from autograder.nbgrader_bridge.gaveup import why_given_up
from autograder.plain import one_line
from autograder.rules.coursefile import Course

_AGAIN = "Open it in JupyterLab, save it and hand it in again."
_MOST_BYTES = 50_000_000


def why_ungraded(course: Course, assignment: str, student: str) -> str:
    """Return a sentence on why nothing could be graded; "" if nothing speaks against grading it."""
    folder = course.submitted / student / assignment
    path = folder / f"{course.notebook_stem(assignment)}.ipynb"
    if not folder.is_dir():
        return why_given_up(course, assignment, student)
    if not path.is_file():
        others = ", ".join(sorted(one_line(each.name, 60) for each in folder.glob("*.ipynb"))[:3])
        return f"There is no {path.name} in what was handed in{f', only {others}' if others else ''}."
    return _fault_of(path) or why_given_up(course, assignment, student)


def _fault_of(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            return f"{path.name} is too large to be graded. Clear its outputs and hand it in again."
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return f"{path.name} cannot be read as a notebook: it is cut off or is something else. {_AGAIN}"
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        return f"{path.name} holds no list of cells: it is no notebook of today's format. {_AGAIN}"
    names = Counter(_grade_id(cell) for cell in cells)
    twice = sorted(name for name, count in names.items() if name and count > 1)
    if twice:
        return f"Two cells of {path.name} carry the same label, {one_line(twice[0], 60)}: one is a copy of the other."
    return ""


def _grade_id(cell: dict[str, Any]) -> str:
    metadata = cell.get("metadata")
    about = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return str(about.get("grade_id", "")) if isinstance(about, dict) else ""
