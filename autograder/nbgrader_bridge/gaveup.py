"""Keep why a submission could not be graded, so that its page and the class report can say so."""

from __future__ import annotations

from pathlib import Path

from autograder.errors import FolderError
from autograder.rules.coursefile import Course


def note_given_up(course: Course, assignment: str, student: str, reason: str) -> None:
    """Keep the reason; an earlier one is replaced.

    Raises FolderError if the records cannot be written.
    """
    path = _path(course, assignment, student)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(reason, encoding="utf-8", errors="replace")
    except OSError as error:
        raise FolderError(f"{path} cannot be written: {error.strerror}.", "Check the disk.") from error


def forget_given_up(course: Course, assignment: str, student: str) -> None:
    """Forget the reason: it could be graded after all."""
    _path(course, assignment, student).unlink(missing_ok=True)


def why_given_up(course: Course, assignment: str, student: str) -> str:
    """Return the reason, or "" if none is on record, or if the submission was graded since by another road."""
    path = _path(course, assignment, student)
    try:
        noted = path.stat().st_mtime_ns
        graded = course.autograded / student / assignment
        if any(notebook.stat().st_mtime_ns > noted for notebook in graded.glob("*.ipynb")):
            return ""
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _path(course: Course, assignment: str, student: str) -> Path:
    return course.records / "gave_up" / assignment / f"{student}.txt"
