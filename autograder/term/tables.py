"""Write tables as CSV that spreadsheets and learning platforms read as they were meant."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from autograder.errors import FolderError

# A spreadsheet takes a field that begins so for a formula, whoever wrote it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def number(value: float | None) -> str:
    """Write points or percent as a plain number; "" where there is none, for that is no 0."""
    return "" if value is None else f"{round(value, 4) + 0.0:.12g}"


def harmless(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula: an apostrophe goes before one."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def as_csv(rows: Iterable[Sequence[str]], *, for_spreadsheets: bool = False) -> str:
    """Return rows as CSV text, quoted where needed; lines end as RFC 4180 wants them."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    for row in rows:
        writer.writerow([harmless(cell) for cell in row] if for_spreadsheets else row)
    return text.getvalue()


def write_table(path: Path, text: str) -> Path:
    """Write a table in UTF-8, with the mark by which Excel knows it.

    Raises FolderError if it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8-sig", newline="")
    except OSError as error:
        raise FolderError(f"{path} cannot be written: {error.strerror}.") from error
    return path


def read_table(path: Path) -> list[list[str]]:
    """Read a CSV file that a learning platform exported: comma or semicolon, UTF-8, or what Excel made of it.

    Raises FolderError if it is missing, empty or no text.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FolderError(f"{path} cannot be read: {error.strerror}.") from error
    for encoding in ("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise FolderError(f"{path} is no text.", "Export it again as CSV.")
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(row)]
    except csv.Error as error:
        raise FolderError(f"{path} is no CSV file ({error}).", "Export it again as CSV.") from error
    if not rows:
        raise FolderError(f"{path} is empty.", "Export it again.")
    return rows
