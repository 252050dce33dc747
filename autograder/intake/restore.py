"""Rebuild a submission from the released notebook: every graded cell there once, whole and in order.

restored = restore(submitted, released)
restored.notebook      # equal to `submitted` if nothing was wrong
restored.changes       # what was done, how sure; `needs_person` ones are listed, never guessed
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from nbformat import NotebookNode

from autograder.intake.cellids import renew_ids
from autograder.intake.changes import SURE_ENOUGH, Change, numbered
from autograder.intake.elsewhere import Found, belongs_elsewhere, is_empty_answer, renamed, settle
from autograder.intake.halves import is_cut_off, join_halves, lost_rests, take_texts_out
from course_utils.handing_in.cellmatch import Cells, Pair, Pairing, is_answer, pair_cells
from course_utils.handing_in.cellorder import moved_cells, order_cells
from course_utils.handing_in.cells import Cell, defined_names, grade_id, normal

_JOINED = "this cell and the next one were two halves of one and were joined"


@dataclass(frozen=True)
class Restored:
    """The rebuilt notebook and everything that was done to it."""

    notebook: NotebookNode
    changes: tuple[Change, ...]


def restore(submitted: NotebookNode, released: NotebookNode) -> Restored:
    """Rebuild a submission (format 4) from its released notebook; neither argument is changed."""
    wanted: Cells = released["cells"]
    joined = join_halves(take_texts_out(submitted["cells"], wanted))
    cells: Cells = joined.cells
    pairing = pair_cells(cells, wanted)
    found = settle(cells, wanted, pairing)
    changes = [Change("joined", grade_id(cells[at]), at + 1, _JOINED, sure) for at, sure in joined.sure.items()]
    owned = {pair.submitted: grade_id(wanted[pair.released]) for pair in pairing.pairs.values()}
    changes = [replace(change, grade_id=owned.get(change.cell - 1, change.grade_id)) for change in changes]
    for place in moved_cells(pairing):
        name, at = grade_id(wanted[place]), pairing.pairs[place].submitted + 1
        what = f"{name} stood in another place (cell {at}) and was moved back"
        changes.append(Change("moved", name, at, what, 0.95))
    owners = {pair.submitted: pair.released for pair in pairing.pairs.values()}
    rebuilt: list[NotebookNode] = []
    for is_submitted, place in order_cells(cells, wanted, pairing):
        if not is_submitted:
            rebuilt.append(_put_back(place, wanted, pairing, found, changes))
        elif place in owners:
            rebuilt += _mended(pairing.pairs[owners[place]], cells, wanted, found, changes)
        else:
            rebuilt += _extra(place, cells, wanted, pairing, found, changes)
    _ask_about_doubtful_answers(rebuilt, cells, wanted, changes)
    renew_ids(rebuilt, submitted, changes)
    metadata = _kernel(submitted, released, changes)
    if not changes:
        return Restored(submitted, ())
    notebook = NotebookNode({**submitted, "cells": rebuilt, "metadata": metadata})
    notebook["nbformat_minor"] = max(5, int(submitted.get("nbformat_minor", 0)))  # cell ids need 4.5
    changes.sort(key=lambda change: change.cell)
    return Restored(notebook, tuple(numbered(change, joined.places) for change in changes))


def _put_back(
    place: int, wanted: Cells, pairing: Pairing, found: Mapping[int, Found], changes: list[Change]
) -> NotebookNode:
    """Put back a cell that is not in the submission."""
    cell = _copy(wanted[place])
    name = grade_id(cell)
    if cell["cell_type"] == "code":
        cell["outputs"], cell["execution_count"] = [], None
    if not is_answer(cell):
        changes.append(Change("put back", name, 0, f"{name} was missing and was put back as released"))
    elif place in found:
        cell["source"] = found[place].piece.source
        changes.append(_transplanted(name, "was missing", found[place]))
    elif place in pairing.unsure:
        candidates = ", ".join(str(at + 1) for at in pairing.unsure[place])
        what = f"{name} was missing and was put back empty; its answer may be cell {candidates}"
        changes.append(Change("unsure", name, pairing.unsure[place][0] + 1, what, 0.4))
    else:
        changes.append(Change("put back", name, 0, f"{name} was missing and was put back unanswered", 0.95))
    return cell


def _ask_about_doubtful_answers(
    rebuilt: list[NotebookNode], cells: Cells, wanted: Cells, changes: list[Change]
) -> None:
    """List an answer that is as released, or cut off, although what may be its own stands in another cell."""
    rests = ", ".join(str(at + 1) for at in lost_rests(cells))
    for cell in rebuilt:
        if rests and grade_id(cell) and not is_empty_answer(cell, wanted) and defined_names(cell) and is_cut_off(cell):
            what = f"{grade_id(cell)} may be cut off: cell {rests} begins in the middle of something"
            changes.append(Change("unsure", grade_id(cell), int(rests.partition(",")[0]), what, 0.4))
    empty = {grade_id(cell) for cell in rebuilt if grade_id(cell) and is_empty_answer(cell, wanted)}
    asked = {change.grade_id for change in changes if change.needs_person}
    for original in wanted:
        name = grade_id(original)
        if name in empty - asked and (found := renamed(cells, original, wanted)):
            places = ", ".join(str(at + 1) for at in found)
            what = f"{name} is empty; its answer may be cell {places}, under another name"
            changes.append(Change("unsure", name, found[0] + 1, what, 0.4))


def _transplanted(name: str, why: str, found: Found) -> Change:
    at = found.piece.cell + 1
    what = f"{name} {why}; its answer stood in cell {at} and was put in its place"
    if found.others:
        what += f", but another one stands in cell {', '.join(str(other + 1) for other in found.others)}"
    return Change("merged", name, at, what, found.confidence)


def _mended(
    pair: Pair, cells: Cells, wanted: Cells, found: Mapping[int, Found], changes: list[Change]
) -> list[NotebookNode]:
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
    if pair.released in found:
        own = found[pair.released]
        if own.piece.cell != pair.submitted:
            changes.append(_transplanted(name, "did not hold its answer", own))
            is_other = is_empty_answer(cell, wanted) or belongs_elsewhere(cell, pair.released, wanted)
            before += [] if is_other or not normal(cell["source"]) else [_own_cell(cell)]
        elif cell["source"] != own.piece.source:
            note("code in a text", f"{name} held its answer as text; it is code again", 0.9)
        cell["source"] = own.piece.source
    elif is_answer(original) and belongs_elsewhere(cell, pair.released, wanted):
        note("metadata", f"{name} held other exercises' answers; it was put back unanswered", 0.9)
        cell["source"] = original["source"]
    if not is_answer(original) and cell["source"] != original["source"]:
        is_moved = any(each.piece.cell == pair.submitted for each in found.values())
        if (answered := _answers_in(cell, wanted)) and not is_moved:
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


def _extra(
    place: int, cells: Cells, wanted: Cells, pairing: Pairing, found: Mapping[int, Found], changes: list[Change]
) -> list[NotebookNode]:
    """Keep a cell of the student's own; grading metadata has no business there, nor has an empty answer."""
    cell = cells[place]
    if any(each.piece.cell == place and each.piece.is_whole for each in found.values()):
        return []  # it stands in its own place now
    is_copy = any(place in pair.copies for pair in pairing.pairs.values())
    if is_empty_answer(cell, wanted):  # run behind the answer, it would undo it
        if not is_copy:
            changes.append(Change("copy", "", place + 1, "an empty copy of an answer's cell was left out"))
        return []
    if "nbgrader" not in cell["metadata"]:
        return [_copy(cell)]
    kept = _copy(cell)
    del kept["metadata"]["nbgrader"]
    nbgrader = cell["metadata"]["nbgrader"]
    marked = isinstance(nbgrader, Mapping) and (grade_id(cell) or nbgrader.get("grade"))
    if not is_copy:
        name = grade_id(cell) or "a cell"
        what = f"{name} is no cell of this assignment; it stays as the student's own cell"
        changes.append(Change("foreign", grade_id(cell), place + 1, what, 0.9 if marked else 1.0))
    return [kept]


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
