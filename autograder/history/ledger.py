"""The file of an assignment's history, `records/history/ASSIGNMENT.jsonl`: read whole, written by appending a line."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import FolderError
from autograder.history.entry import Entry, Points, from_line, to_line
from autograder.rules.coursefile import Course


@dataclass(frozen=True)
class Damage:
    """A line that cannot be read; all others can."""

    file: Path
    line: int
    is_last: bool
    is_cut: bool

    @property
    def sentence(self) -> str:
        """Say in a sentence what is lost, and that nothing else is."""
        why = "a run was cut off while it was written" if self.is_cut else "it is damaged"
        return (
            f"{self.file}, line {self.line}: {why}; all other lines are read, and the next look at the gradebook "
            "notes again what stood there."
        )


@dataclass(frozen=True)
class History:
    """All entries of an assignment, oldest first, and the lines that could not be read."""

    entries: tuple[Entry, ...] = ()
    damaged: tuple[Damage, ...] = ()

    @property
    def last(self) -> Mapping[str, Points]:
        """Return each student's grade as it was last noted."""
        return {entry.student: entry.after for entry in self.entries}


def history_path(course: Course, assignment: str) -> Path:
    """Return where an assignment's history is kept."""
    return course.records / "history" / f"{assignment}.jsonl"


def read_history(course: Course, assignment: str) -> History:
    """Read an assignment's history; there being none is an empty one.

    Raises FolderError if the file is there and cannot be read.
    """
    file = history_path(course, assignment)
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return History()
    except OSError as error:
        raise FolderError(f"{file} cannot be read: {error.strerror}.", "Check its permissions.") from None
    lines = data.split(b"\n")
    entries: list[Entry] = []
    damaged: list[Damage] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            entries.append(from_line(line))
        except ValueError:
            is_last = number == len(lines)
            # the next look goes on in a line of its own: what was cut off is not the last for long
            is_cut = is_last or (line.startswith(b"{") and not line.rstrip().endswith(b"}"))
            damaged.append(Damage(file, number, is_last, is_cut))
    return History(tuple(entries), tuple(damaged))


def append(course: Course, entry: Entry) -> None:
    """Add an entry at the end, in one write; what a cut-off run left there becomes a line of its own.

    Raises FolderError if it cannot be written.
    """
    file = history_path(course, entry.assignment)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # O_APPEND: two runs at the same time put whole lines one after the other
        handle = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            size = os.fstat(handle).st_size
            is_cut = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
            os.write(handle, (b"\n" if is_cut else b"") + to_line(entry))
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise FolderError(f"{file} cannot be written: {error.strerror}.", "Check permissions and the disk.") from None
