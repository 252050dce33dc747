"""The course's data: the thirteen scores and the small digits, both shipped with the kit.

The files lie in `data/` of a clone, and in `course_utils/_bundled/` of an installed wheel.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from course_utils.errors import DataError

if TYPE_CHECKING:
    import torch

_PACKAGE = Path(__file__).resolve().parent
_FOLDERS = (_PACKAGE / "_bundled", _PACKAGE.parent / "data")


@dataclass(frozen=True)
class Digits:
    """Hold pictures of handwritten digits and what they show.

    Attributes:
        images: (N, H, W) floats, 0 is paper and 1 is ink.
        labels: (N,) int64, the digit 0 to 9 in each picture.
        source: one line that says where the pictures come from.
    """

    images: torch.Tensor
    labels: torch.Tensor
    source: str

    def __len__(self) -> int:
        """Count the pictures."""
        return len(self.labels)


def find_bundled(name: str, folders: tuple[Path, ...] = _FOLDERS) -> Path:
    """Return the path of a data file that ships with the kit.

    Raises:
        DataError: the file is in none of the folders.
    """
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    looked_in = " and ".join(str(folder) for folder in folders)
    raise DataError(
        f"The data file {name} that ships with the course was not found (looked in {looked_in}).",
        "Install the course again, or copy the file back from the repository's data folder.",
    )


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


def load_digits_small(dtype: torch.dtype | None = None, path: str | Path | None = None) -> Digits:
    """Load the 1,797 handwritten digits of 8×8 pixels that ship with the kit.

    Args:
        dtype: of the images, `torch.float32` unless told otherwise.
        path: another `.npz` file with `images` (N, 8, 8) of 0 to 16 and `labels` (N,).

    Returns:
        images (1797, 8, 8) from 0 to 1, labels (1797,).

    Raises:
        DataError: the file is missing or damaged.
    """
    import zipfile

    import numpy as np
    import torch

    file = Path(path) if path is not None else find_bundled("digits_8x8.npz")
    try:
        with file.open("rb") as raw, np.load(raw, allow_pickle=False) as arrays:
            images, labels = arrays["images"], arrays["labels"]
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as problem:
        raise DataError(
            f"The digits file {file} cannot be read ({type(problem).__name__}: {problem}).",
            "Copy it again from the course's data folder.",
        ) from problem
    return Digits(
        images=torch.from_numpy(images).to(dtype or torch.float32) / 16,
        labels=torch.from_numpy(labels).to(torch.int64),
        source="1,797 digits of 8×8 pixels, UCI Machine Learning Repository, as shipped by scikit-learn",
    )


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
