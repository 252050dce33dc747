"""Look for solutions in what is about to be published: nothing is written if there is one."""

from __future__ import annotations

import re
from collections.abc import Mapping

from nbformat import NotebookNode

from autograder.errors import PublishError

MARKS = (
    "### BEGIN SOLUTION",
    "### BEGIN HIDDEN TESTS",
    "=== BEGIN MARK SCHEME ===",
    "import autograder",
    "from autograder",
)
_SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.S)
_HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS", re.S)
_TELLING = 25  # characters: a shorter line, such as `return total`, can stand anywhere


def secret_lines(notebook: NotebookNode) -> frozenset[str]:
    """List the lines of a source notebook's solutions and hidden tests that could not stand elsewhere by chance.

    A line that the notebook also says outside its solutions is not secret.
    """
    text = "\n".join(str(cell.source) for cell in notebook.cells)
    hidden = _SOLUTION.findall(text) + _HIDDEN.findall(text)
    # An answer in words has no marks: nbgrader empties the whole cell.
    words = [str(c.source) for c in notebook.cells if _is_written_answer(c) and "BEGIN SOLUTION" not in c.source]
    shown = _HIDDEN.sub("", _SOLUTION.sub("", text))
    for cell in words:
        shown = shown.replace(cell, "")
    lines = {line.strip() for block in [*hidden, *words] for line in block.splitlines()}
    return frozenset(line for line in lines if len(line) >= _TELLING and line not in shown)


def _is_written_answer(cell: NotebookNode) -> bool:
    marks = cell.metadata.get("nbgrader", {})
    return bool(cell.cell_type == "markdown" and marks.get("solution"))


def refuse_leaks(files: Mapping[str, bytes], secrets: Mapping[str, frozenset[str]]) -> None:
    """Raise if a file holds a solution, a hidden test or the staff's code.

    Args:
        files: what is about to be published.
        secrets: the secret lines of each assignment, by its folder. (A lecture may well teach a line that some
            exercise asks for, so only the assignment's own files are searched for them.)

    Raises:
        PublishError: names the file and what it would show.
    """
    for path, data in files.items():
        text = data.decode("utf-8", "replace")
        shown = text.replace('\\"', '"').replace("\\\\", "\\")  # a notebook is JSON: its lines as they were written
        secret = next((lines for folder, lines in secrets.items() if path.startswith(f"{folder}/")), frozenset())
        found = next((mark for mark in MARKS if mark in text), None) or next(
            (line for line in sorted(secret) if line in shown), None
        )
        if found is not None:
            raise PublishError(
                f"{path} would show what students must not see: {found[:60]!r}. Nothing was published.",
                "Put it between ### BEGIN SOLUTION and ### END SOLUTION, or take the file out of the assignment.",
            )
