"""Say quickly that a submission needs no restoring: what most of a class hands in is as it should be.

A quick no is always allowed, and a quick yes never wrong: `restore` would change nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from course_utils.handing_in.cellmatch import Cells, is_answer
from course_utils.handing_in.cells import Cell, defined_names, grade_id, is_python

_CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DEFINES = re.compile(r"^\s*(?:async\s+def|def|class)\b", re.MULTILINE)


def is_intact(submitted: Mapping[str, Any], released: Mapping[str, Any]) -> bool:
    """Say whether every graded cell stands where it was released, whole, and answers what is asked there.

    Cells of the student's own may stand between them, as long as none could be an answer or a half of one.
    """
    if not _has_good_ids(submitted) or not _has_our_kernel(submitted, released):
        return False
    wanted: Cells = [cell for cell in released["cells"] if grade_id(cell)]
    given: Cells = [cell for cell in submitted["cells"] if grade_id(cell)]
    others: Cells = [cell for cell in submitted["cells"] if not grade_id(cell)]
    if [grade_id(cell) for cell in given] != [grade_id(cell) for cell in wanted]:
        return False
    asked = {name for cell in wanted if is_answer(cell) for name in defined_names(cell)}
    if not all(_is_whole(cell, original, asked) for cell, original in zip(given, wanted, strict=True)):
        return False
    if not all("nbgrader" not in cell["metadata"] and _is_no_answer(cell, asked) for cell in others):
        return False
    answers = [pair for pair in zip(given, wanted, strict=True) if is_answer(pair[1]) and defined_names(pair[1])]
    if all(cell["source"] != original["source"] for cell, original in answers):
        return True
    # beside an empty answer, a function of another name may be the missing one
    return not any(defined_names(cell) for cell in others) and all(
        set(defined_names(cell)) == set(defined_names(original)) for cell, original in answers
    )


def _is_whole(cell: Cell, original: Cell, asked: set[str]) -> bool:
    """Say whether a graded cell is as released, or answers what is asked in it and nothing else."""
    if cell["cell_type"] != original["cell_type"]:
        return False
    if cell["metadata"].get("nbgrader") != original["metadata"]["nbgrader"]:
        return False
    is_same = cell["source"] == original["source"]
    if not is_answer(original):
        return is_same and bool(cell["metadata"].get("tags", []) == original["metadata"].get("tags", []))
    own = set(defined_names(original))
    if cell["cell_type"] != "code" or not own:
        return is_same or _is_no_answer(cell, asked)
    made = set(defined_names(cell))
    return is_python(str(cell["source"])) and own <= made and not made & (asked - own)


def _is_no_answer(cell: Cell, asked: set[str]) -> bool:
    """Say whether a cell holds nothing that could be an answer or the half of one."""
    source = str(cell["source"])
    if cell["cell_type"] == "code":
        return is_python(source) and not asked & set(defined_names(cell))
    return not _DEFINES.search(source) and not source.lstrip("\n").startswith((" ", "\t"))


def _has_good_ids(submitted: Mapping[str, Any]) -> bool:
    ids = [cell.get("id") for cell in submitted["cells"]]
    if submitted.get("nbformat_minor", 0) < 5:
        return not any(ids)
    return len(set(ids)) == len(ids) and all(isinstance(each, str) and _CELL_ID.fullmatch(each) for each in ids)


def _has_our_kernel(submitted: Mapping[str, Any], released: Mapping[str, Any]) -> bool:
    ours, theirs = (each["metadata"].get("kernelspec") for each in (released, submitted))
    return not ours or theirs is None or (isinstance(theirs, Mapping) and theirs.get("name") == ours.get("name"))
