"""Read a submission whatever state its file is in, and put its cells back as they were released.

Both roads come through here. What `course collect` restored is found sound; what came by nbgrader's exchange, or was
laid into `submitted` by hand, gets the same care. A file that cannot be graded at all waits for a person: it is no 0,
and it does not stop the class.
"""

from __future__ import annotations

import copy
import json
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.v4.rwbase import split_lines, strip_transient
from nbformat.validator import normalize
from nbgrader.nbgraderformat import SchemaTooNewError, SchemaTooOldError
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.engine.faults import Fault, FaultKind
from autograder.engine.judge import grade_id
from autograder.errors import StaffError, SubmissionError
from autograder.intake.intact import is_intact
from autograder.intake.notebookfile import read_notebook
from autograder.intake.restore import Change, restore
from autograder.intake.unpack import Caps, too_large
from autograder.nbgrader_bridge.gaveup import forget_given_up, note_given_up
from autograder.nbgrader_bridge.running import course_here
from course_utils.handing_in.cellmatch import is_answer

_FIELD = "first_descent_put_back"
_MOST_TOLD = 3
_IS_SILENT = ("id",)
"""Changes that no student can have noticed."""


def read_submission(path: Path) -> NotebookNode:
    """Return a submission's notebook, in format 4.

    Raises SubmissionError if the file is a link, too large or no notebook.
    """
    if path.is_symlink():  # it would be graded as this student's work, whoever wrote what it leads to
        raise SubmissionError("The notebook is a link to another file, and not a file of its own.")
    size, caps = path.stat().st_size, Caps()
    if size > caps.file_bytes:
        raise SubmissionError(too_large(size, caps))
    file = read_notebook(path.read_bytes(), path.name)
    if file.notebook is None:
        raise SubmissionError(file.problem)
    return NotebookNode(file.notebook)


class SubmissionExporter(NotebookExporter):  # type: ignore[misc]
    """nbgrader's own exporter, except that it mends what it reads, and keeps why a submission could not be graded.

    nbgrader drops such a submission with a traceback in its log, and whatever it wrote in an older format of its own
    stops the class.
    """

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return the notebook as text after the preprocessors' work.

        Raises SubmissionError if the submission cannot be graded as it is, or whatever a preprocessor raises.
        """
        names = (resources or {}).get("nbgrader", {})
        try:
            done: tuple[str, dict[str, Any]] = super().from_filename(filename, resources=resources, **kwargs)
        except (SchemaTooOldError, SchemaTooNewError) as error:
            problem = SubmissionError("Its cells carry grading metadata of another release of nbgrader.")
            _give_up(names, problem)
            raise problem from error
        except Exception as error:
            _give_up(names, error)
            raise
        course = course_here()
        if names and Path(filename).resolve().is_relative_to(course.autograded.resolve()):
            forget_given_up(course, names["assignment"], names["student"])  # this was the second step of two
        return done

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return the notebook as text after the preprocessors' work.

        Each cell is a line: nbformat's own text, indented throughout, takes json several times as long.
        """
        worked, resources = self.work_on(nb, resources)
        resources["output_suffix"] = ".nbconvert"
        return _as_text(worked), resources

    def work_on(self, nb: NotebookNode, resources: dict[str, Any] | None) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the notebook after the preprocessors' work as it is; `nb` stays what it was."""
        done: tuple[NotebookNode, dict[str, Any]] = self._preprocess(nb, self._init_resources(resources))
        return done

    def _preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Do the preprocessors' work on a copy of `nb`, which normalize makes."""
        _, worked = normalize(nb)
        for preprocessor in self._preprocessors:
            worked, resources = preprocessor(worked, resources)
            if not self.optimistic_validation:
                self._validate_preprocessor(worked, preprocessor)
        if self.optimistic_validation:
            self._validate_preprocessor(worked, "all of them")
        return worked, resources

    def from_file(
        self, file_stream: Any, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> tuple[str, dict[str, Any]]:
        """Read the file's bytes in place of its text, which need not be UTF-8."""
        notebook = read_submission(Path(file_stream.name))
        done: tuple[str, dict[str, Any]] = self.from_notebook_node(notebook, resources=resources, **kwargs)
        return done


def _as_text(notebook: NotebookNode) -> str:
    """Write a notebook as nbformat does, in fewer lines."""
    whole = strip_transient(split_lines(_for_writing(notebook)))
    encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ": ")).encode
    cells = ",\n  ".join(map(encode, whole.pop("cells")))
    rest = "".join(f',\n "{name}": {encode(value)}' for name, value in sorted(whole.items()))
    return f'{{\n "cells": [\n  {cells}\n ]{rest}\n}}\n'


def _for_writing(notebook: NotebookNode) -> NotebookNode:
    """Return a copy of all that nbformat changes as it writes, which is a small part of a notebook."""
    cells = []
    for cell in notebook.cells:
        fresh = NotebookNode(cell)
        fresh["metadata"] = NotebookNode(cell.metadata)
        if "attachments" in cell:
            fresh["attachments"] = copy.deepcopy(cell.attachments)
        if "outputs" in cell:
            fresh["outputs"] = [NotebookNode(output) for output in cell.outputs]
            for output in fresh["outputs"]:
                if "data" in output:
                    output["data"] = NotebookNode(output["data"])
        cells.append(fresh)
    whole = NotebookNode(notebook)
    whole["metadata"], whole["cells"] = NotebookNode(notebook.metadata), cells
    return whole


def _give_up(names: dict[str, str], error: Exception) -> None:
    if names:
        said = error.what if isinstance(error, StaffError) else f"Grading stopped with {type(error).__name__}."
        note_given_up(course_here(), names["assignment"], names["student"], said)


@dataclass(frozen=True)
class PutBack:
    """What was put back in a notebook before it ran, and the cells of which that is not surely right."""

    faults: tuple[Fault, ...] = ()
    unsure: frozenset[str] = frozenset()


class RestoreCells(NbGraderPreprocessor):  # type: ignore[misc]
    """Rebuild the notebook from the released one; an assignment without a released notebook stays as it is."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the notebook with every released cell there once, whole and in order.

        Raises SubmissionError if nothing in it comes from this assignment.
        """
        names = resources["nbgrader"]
        nb.metadata.pop(_FIELD, None)
        path = course_here().release / names["assignment"] / f"{names['notebook']}.ipynb"
        if not path.is_file():
            return nb, resources
        released = _released(path, path.stat().st_mtime_ns)
        if is_intact(nb, released):
            return nb, resources
        restored = restore(nb, released)
        if not restored.changes:
            return nb, resources
        missing = {change.grade_id for change in restored.changes if change.kind == "put back"}
        asked = {grade_id(cell) for cell in released.cells if grade_id(cell) and _matters(cell)}
        if asked and asked <= missing:
            name = names["assignment"]
            raise SubmissionError(f"Not one of its answers or tests comes from {name}: is it another notebook?")
        rebuilt = NotebookNode(restored.notebook)
        rebuilt.metadata[_FIELD] = [_as_json(change) for change in restored.changes if change.kind not in _IS_SILENT]
        for change in restored.changes:
            self.log.warning("Put back: %s", change.what)
        return rebuilt, resources


def take_put_back(*notebooks: NotebookNode) -> PutBack:
    """Return what RestoreCells left word of in the notebooks, and take that word away."""
    kept = [notebook.metadata.pop(_FIELD, []) for notebook in notebooks]
    by_kind: dict[str, list[Fault]] = defaultdict(list)
    for each in kept[0]:
        by_kind[each["kind"]].append(Fault(each["cell"], FaultKind.PUT_BACK, each["sentence"]))
    faults = []
    for found in by_kind.values():
        # An editor that loses its metadata loses it everywhere: nobody reads that thirty times.
        faults += found[:_MOST_TOLD]
        more = len(found) - _MOST_TOLD
        if more > 0:
            sentence = f"The same was mended in {more} more {'cell' if more == 1 else 'cells'}."
            faults.append(Fault(found[_MOST_TOLD].cell, FaultKind.PUT_BACK, sentence))
    unsure = {each["cell"].removesuffix("-answer") for each in kept[0] if each["unsure"]}
    return PutBack(tuple(faults), frozenset(unsure))


def _as_json(change: Change) -> dict[str, Any]:
    cell = change.grade_id or (f"cell {change.cell}" if change.cell else "notebook")
    sentence = f"{change.what[:1].upper()}{change.what[1:]}".rstrip(".") + "."
    if change.grade_id and change.what.startswith(change.grade_id):
        sentence = change.what.rstrip(".") + "."
    return {"kind": change.kind, "cell": cell, "sentence": sentence, "unsure": change.needs_person}


def _matters(cell: NotebookNode) -> bool:
    """Whether a released cell is an answer or carries points."""
    return is_answer(cell) or bool(cell.metadata["nbgrader"].get("grade"))


@lru_cache(maxsize=8)
def _released(path: Path, _written_at: int) -> NotebookNode:
    return read_submission(path)
