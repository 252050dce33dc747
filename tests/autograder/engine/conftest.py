from __future__ import annotations

from collections.abc import Callable

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from autograder.demo.answers import RIGHT

Build = Callable[..., NotebookNode]


@pytest.fixture
def homework() -> Build:
    """Build a hw1 notebook: `homework(mse="def mse…")` takes right answers for what is not named.

    Only the named exercises are in it, in order; `before={"mse": "code"}` puts a cell before one.
    """

    def build(before: dict[str, str] | None = None, **answers: str | None) -> NotebookNode:
        cells = [new_code_cell("import torch\nfrom course_utils import check")]
        for name, answer in answers.items():
            if before and name in before:
                cells.append(new_code_cell(before[name]))
            source = RIGHT[name] if answer is None else answer
            cells.append(_cell(source, f"{name}-answer", solution=True))
            cells.append(_cell(f"check({name})", name, grade=True, points=1))
        return new_notebook(cells=cells)

    return build


def _cell(source: str, grade_id: str, **marks: object) -> NotebookNode:
    kept = {"grade": False, "solution": False, "locked": False, "schema_version": 3} | marks
    return new_code_cell(source, metadata={"nbgrader": {"grade_id": grade_id, **kept}})
