"""Cell ids of a rebuilt notebook: every cell has one, no two the same."""

from __future__ import annotations

import hashlib
import re

from nbformat import NotebookNode

from autograder.intake.changes import Change
from course_utils.handing_in.cells import grade_id

_CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def renew_ids(rebuilt: list[NotebookNode], submitted: NotebookNode, changes: list[Change]) -> None:
    """Give cells without an id of their own a fresh one made from their content: the same on every run."""
    if not changes and int(submitted.get("nbformat_minor", 0)) < 5:
        if not any("id" in cell for cell in rebuilt):
            return  # ids came with format 4.5; an older notebook without faults stays as it is
        what = "the cells have ids, which the notebook's format does not know: it is 4.5 now"
        changes.append(Change("id", "", 0, what))
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
