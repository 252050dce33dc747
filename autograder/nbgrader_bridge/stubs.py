"""What stands in the students' version in place of a solution."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import ClearSolutions

QUIET_STUB = "# YOUR CODE HERE"


class ClearAnswers(ClearSolutions):  # type: ignore[misc]
    """nbgrader's ClearSolutions, except that a solution outside of any function leaves a comment only.

    The usual stub raises NotImplementedError. Inside a function that is seen when the function is called; at the top of
    a cell it would stop a fresh notebook that is run from top to bottom.
    """

    def _replace_solution_region(self, cell: NotebookNode, language: str) -> bool:
        usual: Any = self.code_stub  # type: ignore[has-type]
        begins = [line for line in cell.source.splitlines() if self.begin_solution_delimeter in line]
        if cell.cell_type == "code" and begins and not any(line[:1].isspace() for line in begins):
            self.code_stub = {**usual, language: QUIET_STUB}
        try:
            replaced: Any = super()._replace_solution_region(cell, language)
        finally:
            self.code_stub = usual
        return bool(replaced)
