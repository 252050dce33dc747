"""What the `course` command shows: tables and progress on a terminal, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from course_utils.errors import KitError

# Results go to standard output; progress and errors to standard error, so that `--json | …` stays clean.
# A pipe or a log has no width of its own: give tables room there.
_WIDE = 150
out = Console(highlight=False, width=None if sys.stdout.isatty() else _WIDE)
err = Console(stderr=True, highlight=False, width=None if sys.stderr.isatty() else _WIDE)


def show_json(data: Any) -> None:
    """Print plain data as JSON."""
    print(json.dumps(data, ensure_ascii=False, indent=2, default=str))


def show_error(error: KitError) -> None:
    """Print an error as the sentence it is."""
    err.print(f"[bold red]course:[/] {escape(str(error))}", soft_wrap=True)


def say(text: str) -> None:
    """Print a plain line; what stands in brackets in a student's name stays as it is."""
    out.print(escape(text))


def show_table(columns: Sequence[str], rows: Iterable[Sequence[str]], title: str = "") -> None:
    """Print a table; text from files and students is shown as it is, without markup or control characters."""
    table = Table(title=title or None, title_justify="left", header_style="bold")
    for column in columns:
        # Folded, nothing is lost on a narrow terminal; the last column says why and takes what room there is.
        table.add_column(column, overflow="fold", ratio=1 if column == columns[-1] else None)
    for row in rows:
        table.add_row(*(escape(printable(cell)) for cell in row))
    out.print(table)


def printable(text: str) -> str:
    """Return the text without control characters: a file's name must not steer the terminal."""
    return "".join(letter if letter.isprintable() or letter == "\n" else "\N{REPLACEMENT CHARACTER}" for letter in text)


def number(value: float | None) -> str:
    """Write points, or a dash where there is no grade: not graded is not 0."""
    return "–" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


@contextmanager
def progress() -> Iterator[Progress]:
    """Show progress bars with elapsed and remaining time while the enclosed code works."""
    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=err,
        transient=True,
    )
    with bars:
        yield bars
