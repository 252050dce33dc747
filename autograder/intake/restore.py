"""Rebuild a submission from the released notebook: every graded cell there once, whole and in order.

restored = restore(submitted, released)
restored.notebook      # equal to `submitted` if nothing was wrong
restored.changes       # what was done, how sure; `needs_person` ones are listed, never guessed
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from nbformat import NotebookNode

from course_utils.handing_in.cellmatch import Cells, Pair, Pairing, is_answer, pair_cells
from course_utils.handing_in.cellorder import moved_cells, order_cells
from course_utils.handing_in.cells import Cell, defined_names, grade_id, normal

SURE_ENOUGH = 0.75  # below this a change is for a person to look at
_CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Change:
    """One thing that was done: its kind, the released cell, the submission's (from 1; 0: none), how sure."""

    kind: str
    grade_id: str
    cell: int
    what: str
    confidence: float = 1.0

    @property
    def needs_person(self) -> bool:
        """Whether somebody should look at it."""
        return self.confidence < SURE_ENOUGH


@dataclass(frozen=True)
class Restored:
    """The rebuilt notebook and everything that was done to it."""

    notebook: NotebookNode
    changes: tuple[Change, ...]


def restore(submitted: NotebookNode, released: NotebookNode) -> Restored:
    """Rebuild a submission (format 4) from its released notebook; neither argument is changed."""
    cells: Cells = submitted["cells"]
    wanted: Cells = released["cells"]
    pairing = pair_cells(cells, wanted)
    changes: list[Change] = []
    for place in moved_cells(pairing):
        name, at = grade_id(wanted[place]), pairing.pairs[place].submitted + 1
        what = f"{name} stood in another place (cell {at}) and was moved back"
        changes.append(Change("moved", name, at, what, 0.95))
    owners = {pair.submitted: pair.released for pair in pairing.pairs.values()}
    rebuilt: list[NotebookNode] = []
    for is_submitted, place in order_cells(cells, wanted, pairing):
        if not is_submitted:
            rebuilt.append(_put_back(place, cells, wanted, pairing, changes))
        elif place in owners:
            rebuilt += _mended(pairing.pairs[owners[place]], cells, wanted, changes)
        else:
            rebuilt.append(_extra(place, cells, changes, pairing))
    _renew_ids(rebuilt, submitted, changes)
    metadata = _kernel(submitted, released, changes)
    if not changes:
        return Restored(submitted, ())
    notebook = NotebookNode({**submitted, "cells": rebuilt, "metadata": metadata})
    notebook["nbformat_minor"] = max(5, int(submitted.get("nbformat_minor", 0)))  # cell ids need 4.5
    changes.sort(key=lambda change: change.cell)
    return Restored(notebook, tuple(changes))


def _put_back(place: int, cells: Cells, wanted: Cells, pairing: Pairing, changes: list[Change]) -> NotebookNode:
    """Put back a cell that is not in the submission."""
    cell = _copy(wanted[place])
    name = grade_id(cell)
    if cell["cell_type"] == "code":
        cell["outputs"], cell["execution_count"] = [], None
    if not is_answer(cell):
        changes.append(Change("put back", name, 0, f"{name} was missing and was put back as released"))
        return cell
    names = set(defined_names(cell))
    elsewhere = [at for at, other in enumerate(cells) if names & set(defined_names(other))]
    if elsewhere:
        # the released stub, run after the student's cell, would wipe out the answer
        at = elsewhere[-1] + 1
        cell["source"] = f"# {', '.join(sorted(names))} is defined in another cell of this notebook."
        changes.append(Change("merged", name, at, f"{name} was missing; its answer stands in cell {at}", 0.9))
    elif place in pairing.unsure:
        candidates = ", ".join(str(at + 1) for at in pairing.unsure[place])
        what = f"{name} was missing and was put back empty; its answer may be cell {candidates}"
        changes.append(Change("unsure", name, pairing.unsure[place][0] + 1, what, 0.4))
    else:
        changes.append(Change("put back", name, 0, f"{name} was missing and was put back unanswered", 0.95))
    return cell


def _mended(pair: Pair, cells: Cells, wanted: Cells, changes: list[Change]) -> list[NotebookNode]:
    """Mend a found cell: type, source of locked cells, metadata. Answers keep the student's words."""
    cell, original = _copy(cells[pair.submitted]), wanted[pair.released]
    name, at = grade_id(original), pair.submitted + 1
    before: list[NotebookNode] = []

    def note(kind: str, what: str, confidence: float = 1.0) -> None:
        changes.append(Change(kind, name, at, what, min(confidence, pair.confidence)))

    if pair.copies:
        places = ", ".join(str(copy + 1) for copy in pair.copies)
        note(
            "copy",
            f"{name} was there {len(pair.copies) + 1} times; cell {at} counts ({pair.how}), not {places}",
        )
    if cell["cell_type"] != original["cell_type"]:
        note("retyped", f"{name} was turned into {cell['cell_type']} and is {original['cell_type']} again")
        cell = _retyped(cell, original["cell_type"])
    if not is_answer(original) and cell["source"] != original["source"]:
        if answered := _answers_in(cell, wanted):
            before.append(_own_cell(cell))
            note("text put back", f"{name} held the answer {answered}; it has a cell of its own now", 0.9)
        elif normal(cell["source"]) != normal(original["source"]):
            note("text put back", f"{name} was changed and reads as released again")
        else:
            note("text put back", f"{name} differed in white space and reads as released again")
        cell["source"] = original["source"]
    if cell["metadata"].get("nbgrader") != original["metadata"]["nbgrader"]:
        lost = not grade_id(cells[pair.submitted])
        what = f"lost its grading metadata (found by {pair.how})" if lost else "had its metadata changed"
        note("metadata", f"{name} {what}; it was put back")
        cell["metadata"]["nbgrader"] = NotebookNode(original["metadata"]["nbgrader"])
    if not is_answer(original) and cell["metadata"].get("tags", []) != original["metadata"].get("tags", []):
        note("metadata", f"{name} had its tags changed; they were put back")
        cell["metadata"].pop("tags", None)
        if "tags" in original["metadata"]:
            cell["metadata"]["tags"] = list(original["metadata"]["tags"])
    return [*before, cell]


def _answers_in(cell: Cell, wanted: Cells) -> str:
    """Name the functions a changed locked cell defines that some exercise asks for."""
    asked = {name for other in wanted if grade_id(other) and is_answer(other) for name in defined_names(other)}
    return ", ".join(sorted(asked & set(defined_names(cell))))


def _own_cell(cell: Cell) -> NotebookNode:
    own = _copy(cell)
    own["metadata"].pop("nbgrader", None)
    own["outputs"], own["execution_count"] = [], None
    # a call to check() would be counted twice, and only the locked cell's counts
    lines = str(own["source"]).splitlines()
    own["source"] = "\n".join(line for line in lines if not line.lstrip().startswith("check("))
    own.pop("id", None)
    return own


def _retyped(cell: NotebookNode, kind: str) -> NotebookNode:
    cell["cell_type"] = kind
    if kind == "code":
        cell.pop("attachments", None)
        cell["outputs"], cell["execution_count"] = [], None
    else:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)
    return cell


def _extra(place: int, cells: Cells, changes: list[Change], pairing: Pairing) -> NotebookNode:
    """Keep a cell of the student's own; grading metadata has no business there."""
    cell = cells[place]
    if "nbgrader" not in cell["metadata"]:
        return _copy(cell)
    kept = _copy(cell)
    del kept["metadata"]["nbgrader"]
    is_copy = any(place in pair.copies for pair in pairing.pairs.values())
    nbgrader = cell["metadata"]["nbgrader"]
    marked = isinstance(nbgrader, Mapping) and (grade_id(cell) or nbgrader.get("grade"))
    if not is_copy:
        name = grade_id(cell) or "a cell"
        what = f"{name} is no cell of this assignment; it stays as the student's own cell"
        changes.append(Change("foreign", grade_id(cell), place + 1, what, 0.9 if marked else 1.0))
    return kept


def _renew_ids(rebuilt: list[NotebookNode], submitted: NotebookNode, changes: list[Change]) -> None:
    """Give cells without an id of their own a fresh one made from their content: the same on every run."""
    if not changes and int(submitted.get("nbformat_minor", 0)) < 5:
        return  # ids came with format 4.5; an older notebook without faults stays as it is
    seen: set[str] = set()
    for place, cell in enumerate(rebuilt):
        identifier = cell.get("id")
        if not isinstance(identifier, str) or not _CELL_ID.fullmatch(identifier) or identifier in seen:
            if identifier is not None:
                what = f"the cell's id {str(identifier)[:40]!r} was not unique or not valid and was renewed"
                changes.append(Change("id", grade_id(cell), place + 1, what))
            elif not changes:
                changes.append(Change("id", grade_id(cell), place + 1, "missing cell ids were put in"))
            salt = f"{place}\0{cell['source']}"
            cell["id"] = hashlib.sha256(salt.encode("utf-8", "replace")).hexdigest()[:12]
        seen.add(cell["id"])


def _kernel(submitted: NotebookNode, released: NotebookNode, changes: list[Change]) -> NotebookNode:
    """Put back the released kernel: one of another name does not exist where grading happens."""
    metadata = NotebookNode(submitted["metadata"])
    ours = released["metadata"].get("kernelspec")
    theirs = metadata.get("kernelspec")
    name = theirs.get("name") if isinstance(theirs, Mapping) else None
    if ours and theirs is not None and name != ours.get("name"):
        changes.append(Change("kernel", "", 0, f"the kernel was {name!r} and is {ours.get('name')!r} again"))
        metadata["kernelspec"] = NotebookNode(ours)
    return metadata


def _copy(cell: Cell) -> NotebookNode:
    """Copy a cell so that neither it nor its metadata is shared with the original."""
    copy = NotebookNode(cell)
    copy["metadata"] = NotebookNode(cell["metadata"])
    return copy


__all__ = ["SURE_ENOUGH", "Change", "Restored", "restore"]
