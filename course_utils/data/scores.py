"""The scores of thirteen students, which lectures 2 to 4 fit a line through."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from course_utils.data.bundled import find_bundled
from course_utils.errors import DataError

if TYPE_CHECKING:
    import torch


def load_scores(
    dtype: torch.dtype | None = None, path: str | Path | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Load the quiz and final scores of thirteen students.

    Args:
        dtype: `torch.float64` unless told otherwise; `torch.float32` is the other usual choice.
        path: another CSV file with the columns `quiz` and `final`.

    Returns:
        `quiz` (13,) and `final` (13,), in points.

    Raises:
        DataError: the file is missing, has other columns, or a field is not a number.
    """
    import torch

    file = Path(path) if path is not None else find_bundled("scores.csv")
    rows = _read_two_columns(file, "quiz", "final")
    quiz, final = zip(*rows, strict=True)
    dtype = dtype or torch.float64
    return torch.tensor(quiz, dtype=dtype), torch.tensor(final, dtype=dtype)


def _read_two_columns(file: Path, first: str, second: str) -> list[tuple[float, float]]:
    """Read two columns of numbers from a CSV file with a header, naming the line of a bad field."""
    mend = f"It should be a CSV file with the columns {first},{second} and a number in every field."
    try:
        with file.open(newline="", encoding="utf-8-sig") as text:
            table = csv.DictReader(text)
            if not {first, second} <= set(table.fieldnames or ()):
                raise DataError(f"{file} has the columns {table.fieldnames}, not {first} and {second}.", mend)
            rows = [_two_numbers(file, table.line_num, row, first, second) for row in table]
    except (OSError, UnicodeDecodeError) as problem:
        raise DataError(f"{file} cannot be read ({problem}).", mend) from problem
    if not rows:
        raise DataError(f"{file} has a header and no rows.", mend)
    return rows


def _two_numbers(
    file: Path, line: int, row: dict[str, str | None], first: str, second: str
) -> tuple[float, float]:
    """Turn one row into two floats."""
    try:
        return float(row[first] or ""), float(row[second] or "")
    except ValueError:
        raise DataError(
            f"{file}, line {line}: {first}={row[first]!r}, {second}={row[second]!r} are not two numbers.",
            "Write a plain number such as 8.4 in each field.",
        ) from None
