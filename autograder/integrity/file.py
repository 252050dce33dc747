"""Compare the file as it came in with what was handed out: points, marks, test cells, links beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from autograder.integrity.sighting import Kind, Sighting, quoted

MARKS = "first_descent"
"""Under this name the grader writes its marks into a graded notebook."""

MOST_BYTES = 20_000_000

_NUMBER = re.compile(r"[-+]?\d+(?:\.\d*)?(?:e[-+]?\d+)?", re.I)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

Cell = Mapping[str, Any]


def read_cells(data: bytes) -> Mapping[str, Any]:
    """Return a notebook's file as plain data; empty where it is none, or too large to be worth the time."""
    try:
        found = json.loads(data) if len(data) <= MOST_BYTES else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) and isinstance(found.get("cells"), list) else {}


def look_at_file(submitted: Mapping[str, Any], given: Mapping[str, Any]) -> tuple[Sighting, ...]:
    """Return what is seen in a file that came in beside the notebook that was handed out, both as plain data."""
    ours = {name: cell for cell in given.get("cells", ()) if (name := _grade_id(cell))}
    return (*_notebook(submitted), *(each for cell in submitted.get("cells", ()) for each in _cell(cell, ours)))


def look_beside(folder: Path) -> tuple[Sighting, ...]:
    """Return what is seen in the folder a submission came in: links, and names that would steer a terminal."""
    return tuple(_beside(folder)) if folder.is_dir() else ()


def _notebook(submitted: Mapping[str, Any]) -> Iterator[Sighting]:
    metadata = submitted.get("metadata")
    found = metadata.get(MARKS) if isinstance(metadata, dict) else None
    if isinstance(found, dict) and "verdicts" in found:  # what was handed out has the course's facts there
        yield Sighting(Kind.FILE, "", "The file came with marks in its metadata, where only the grader writes them.")


def _cell(cell: Any, ours: Mapping[str, Cell]) -> Iterator[Sighting]:
    name = _grade_id(cell)
    if "### BEGIN SOLUTION" in _source(cell) or "BEGIN HIDDEN TESTS" in _source(cell):
        sentence = "The cell holds the marks that stand round a solution in the instructor's version."
        yield Sighting(Kind.FILE, name, sentence)
    if not name:
        return
    after = cell["metadata"]["nbgrader"]
    before = ours[name]["metadata"]["nbgrader"] if name in ours else {}
    if ours and after.get("grade") and not before.get("grade"):
        sentence = f"In the file this cell claims {_points(after):g} points; handed out it had none."
        yield Sighting(Kind.FILE, name, sentence, quoted(_source(cell)))
    if name not in ours:
        return
    if before.get("grade") and _points(after) > _points(before):
        sentence = f"In the file this cell is worth {_points(after):g} points; handed out it was {_points(before):g}."
        yield Sighting(Kind.FILE, name, sentence)
    freed = [word for word in ("grade", "locked") if before.get(word) and after.get(word) is False]
    if freed:
        sentence = f"In the file this cell is no longer marked as {' and '.join(_WORDS[word] for word in freed)}."
        yield Sighting(Kind.FILE, name, sentence)
    tags = cell["metadata"].get("tags")
    if before.get("grade") and isinstance(tags, list) and "skip-execution" in tags:
        yield Sighting(
            Kind.FILE, name, "In the file this cell has a tag by which it would not be run; it was taken off."
        )
    if before.get("grade") and not before.get("solution"):
        yield from _test_cell(name, cell, ours[name])


_WORDS = {"grade": "graded", "locked": "locked"}


def _test_cell(name: str, cell: Cell, ours: Cell) -> Iterator[Sighting]:
    source, given = _source(cell).strip(), _source(ours).strip()
    if source != given:
        last = source.split("\n")[-1].strip()
        is_forged = bool(_NUMBER.fullmatch(last))  # emptied or altered it may be by a slip
        is_forged |= given not in source and bool(_SHOWS_NUMBER.fullmatch(last))
        sentence = "The test cell was changed in the file; the one that was handed out was run."
        yield Sighting(Kind.FILE, name, sentence, quoted(source), is_forged)
    most = _points(ours["metadata"]["nbgrader"])
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else ():
        data = output.get("data") if isinstance(output, dict) else None
        text = _joined(data.get("text/plain", "")).strip() if isinstance(data, dict) else ""
        if _NUMBER.fullmatch(text) and float(text) > most:
            sentence = f"The file shows a result of {float(text):g} for this cell, which is worth {most:g}."
            yield Sighting(Kind.FILE, name, sentence)


_SHOWS_NUMBER = re.compile(r"(?:print|display|float|check)?\s*\(?\s*[\"']?\d+(?:\.\d*)?[\"']?\s*\)?")


def _beside(folder: Path) -> Iterator[Sighting]:
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            sentence = "A link lay beside the notebook; it was not followed."
            yield Sighting(Kind.FILE, "", sentence, quoted(f"{name} → {path.readlink()}"))
        if _CONTROL.search(name):
            sentence = "A file's name holds characters that steer a terminal or turn the text round."
            yield Sighting(Kind.FILE, "", sentence, quoted(name))


def _grade_id(cell: Any) -> str:
    metadata = cell.get("metadata") if isinstance(cell, dict) else None
    about = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = about.get("grade_id") if isinstance(about, dict) else None
    return name if isinstance(name, str) else ""


def _source(cell: Any) -> str:
    return _joined(cell.get("source", "")) if isinstance(cell, dict) else ""


def _joined(text: Any) -> str:
    if isinstance(text, list):
        return "".join(line for line in text if isinstance(line, str))
    return text if isinstance(text, str) else ""


def _points(about: Mapping[str, Any]) -> float:
    value = about.get("points")
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else 0.0
