"""Write the rightly named copy beside the notebook; never over another person's work, nor over another notebook."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from course_utils.errors import HandInError
from course_utils.handing_in.cells import Cell
from course_utils.handing_in.place import Found, read_file

COPY_KEY = "first_descent_copy"
"""In the metadata of a copy: whose it is, of which notebook, and a hash of its cells as they were written."""
_MOST_COPIES = 99


def write_copy(found: Found, wanted: str, student: str, assignment: str) -> Path:
    """Write `found` under its wanted name and return the path; a notebook that has the name already is its own copy.

    A copy this function wrote earlier for the same student from the same notebook is written anew, unless somebody
    worked in it since. Any other file of that name stays, and the copy gets a number, which costs nothing.

    Raises:
        HandInError: the folder cannot be written.
    """
    if found.path.name == wanted and found.path.exists() and not found.is_live:
        return found.path
    mark = {"of": found.path.name, "student": student, "assignment": assignment, "cells": hash_of(found.cells)}
    metadata = found.data.get("metadata")
    marked = {**(metadata if isinstance(metadata, dict) else {}), COPY_KEY: mark}
    text = json.dumps({**found.data, "metadata": marked}, ensure_ascii=False, indent=1) + "\n"
    target = _free_place(found.path.with_name(wanted), mark)
    _write(target, text.encode("utf-8", "replace"))
    return target


def hash_of(cells: Sequence[Cell]) -> str:
    """Return a hash of what stands in the cells; outputs and numbers do not matter."""
    said = json.dumps([[cell["cell_type"], cell["source"]] for cell in cells])
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()


def _free_place(first: Path, mark: Mapping[str, Any]) -> Path:
    for number in range(1, _MOST_COPIES + 1):
        place = first if number == 1 else first.with_name(f"{first.stem} ({number}){first.suffix}")
        if not os.path.lexists(place) or _is_earlier_copy(place, mark):
            return place
    raise HandInError(f"There are {_MOST_COPIES} files called {first.stem} already.", "Move the old ones away.")


def _is_earlier_copy(place: Path, mark: Mapping[str, Any]) -> bool:
    if place.is_symlink():
        return False
    try:
        there = read_file(place)
    except HandInError:
        return False
    metadata = there.data.get("metadata")
    known = metadata.get(COPY_KEY) if isinstance(metadata, dict) else None
    if not isinstance(known, dict):
        return False
    is_same_work = all(known.get(key) == mark[key] for key in ("of", "student", "assignment"))
    return is_same_work and known.get("cells") == hash_of(there.cells)


def _write(target: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    try:
        handle, temporary = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
            os.chmod(temporary, 0o644)
            os.replace(temporary, target)
        except BaseException:  # Ctrl-C too
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise HandInError(
            f"{target.name} cannot be written to {target.parent}: {error.strerror or error}.",
            f"Download the notebook (File > Download) and name it {target.name}.",
        ) from None
