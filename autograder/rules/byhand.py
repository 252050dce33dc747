"""Read the marks that a person gives for a whole category, such as professionalism: a CSV file with id and percent."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from pathlib import Path

from autograder.errors import CourseFileError

_COLUMNS = "id,percent"


def read_by_hand(files: Mapping[str, Path]) -> dict[str, dict[str, float]]:
    """Return category -> student id -> percent from the CSV files of `[by_hand]`.

    A student without a row, or with an empty field, has no mark yet. A file that is not there yet has no marks.

    Raises:
        CourseFileError: a file cannot be read, a column is missing, a mark is no number from 0 to 100, or a
            student comes twice.
    """
    return {category: _read(category, file) for category, file in files.items() if file.exists()}


def _read(category: str, file: Path) -> dict[str, float]:
    try:
        text = file.read_text(encoding="utf-8-sig")
        table = csv.DictReader(io.StringIO(text, newline=""), skipinitialspace=True)
        names = [(name or "").strip().casefold() for name in table.fieldnames or ()]
        table.fieldnames = names
        rows = list(table)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CourseFileError(f"{file}, the marks for {category}, cannot be read ({error}).") from None
    if not {"id", "percent"} <= set(names):
        raise CourseFileError(f"{file}, the marks for {category}, has the columns {names}.", f"Expected {_COLUMNS}.")
    marks: dict[str, float] = {}
    for number, row in enumerate(rows, start=2):
        student, said = (row["id"] or "").strip(), (row["percent"] or "").strip().rstrip("%").strip()
        if not student or not said:
            continue
        if student in marks:
            raise CourseFileError(f"{file}, line {number}: {student} comes twice.", "Each student has one line.")
        marks[student] = _percent(file, number, said)
    return marks


def _percent(file: Path, number: int, said: str) -> float:
    try:
        value = float(said)
    except ValueError:
        value = math.nan
    if not 0 <= value <= 100:
        raise CourseFileError(f"{file}, line {number}: percent is {said!r}.", "Expected a number from 0 to 100.")
    return value
