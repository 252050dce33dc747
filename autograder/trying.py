"""Judge the answers in Python files and notebooks: what would the kit say to this?

The files run in a kernel, as a submission does, and the verdicts are made outside of it.
"""

from __future__ import annotations

import ast
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from autograder.engine.execute import execute
from autograder.engine.faults import Fault
from autograder.engine.judge import Judge
from autograder.engine.limits import Limits
from autograder.errors import FolderError, StaffError
from autograder.exercises import select_exercises
from course_utils.checks.verdict import Verdict

_SECRET_BITS = 31


@dataclass(frozen=True)
class Tried:
    """One file that was tried: the verdicts on the exercises it answers, and the faults of its run."""

    path: Path
    verdicts: tuple[Verdict, ...]
    faults: tuple[Fault, ...]


def try_answers(path: Path, secret: int | None = None, limits: Limits | None = None) -> Tried:
    """Judge every exercise that the file defines, on its visible and on fresh hidden cases.

    Raises FolderError if the file cannot be read, StaffError if it answers no exercise.
    """
    sources = _sources(path)
    defined = {name for source in sources for name in _defined(source)}
    chosen = [exercise for exercise in select_exercises(()) if exercise.name in defined]
    if not chosen:
        raise StaffError(
            f"{path} defines no exercise.", "An answer is a function or class under the exercise's own name."
        )
    seed = secrets.randbits(_SECRET_BITS) if secret is None else secret
    judge = Judge(str(path), {exercise.name: exercise.answer_key(seed) for exercise in chosen})
    execution = execute(_notebook(sources, [e.name for e in chosen]), judge.probes, limits or Limits())
    return Tried(path, tuple(judge.verdicts(execution).values()), execution.faults)


def _notebook(sources: Sequence[str], names: Sequence[str]) -> NotebookNode:
    """Put the file's code into one notebook, with an empty test cell for each exercise it answers."""
    cells = [new_code_cell(source) for source in sources]
    for cell in cells:
        answered = [name for name in names if name in _defined(cell.source)]
        if len(answered) == 1:
            cell.metadata["nbgrader"] = {
                "grade_id": f"{answered[0]}-answer",
                "solution": True,
                "grade": False,
            }
    cells += [new_code_cell("", metadata={"nbgrader": {"grade_id": name, "grade": True}}) for name in names]
    return new_notebook(cells=cells)


def _sources(path: Path) -> list[str]:
    try:
        if path.suffix == ".ipynb":
            notebook = nbformat.read(path, as_version=4)
            return [cell.source for cell in notebook.cells if cell.cell_type == "code" and not _is_check(cell)]
        return [path.read_text(encoding="utf-8-sig")]
    except OSError as error:
        raise FolderError(f"{path} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, nbformat.reader.NotJSONError, nbformat.ValidationError, ValueError) as error:
        kind = "a notebook" if path.suffix == ".ipynb" else "UTF-8 text"
        raise FolderError(f"{path} is not {kind}.", "Save it again from the program that made it.") from error


def _is_check(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("grade"))


def _defined(source: str) -> set[str]:
    """Return the names a piece of code defines at its top level, as far as it can be read."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        # Notebook magics are not Python: look line by line for definitions.
        return {
            line.split("(")[0].split(":")[0].split()[1]
            for line in source.splitlines()
            if line.startswith(("def ", "class ")) and len(line.split()) > 1
        }
    names: set[str] = set()
    for statement in body:
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            names.add(statement.name)
        elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
        elif isinstance(statement, (ast.Import, ast.ImportFrom)):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in statement.names}
    return names
