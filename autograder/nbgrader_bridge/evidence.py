"""Gather what is known of a submission besides its run: the file as it came in, and what was handed out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from autograder.engine.execute import Execution
from autograder.intake.fates import ACCEPTED, LEDGER, load_ledger
from autograder.intake.store import find_original
from autograder.integrity import Evidence
from autograder.integrity.file import read_cells
from autograder.rules.coursefile import Course
from course_utils.checks.verdict import Verdict


def evidence_of(
    course: Course, names: Mapping[str, str], execution: Execution, verdicts: Iterable[Verdict]
) -> Evidence:
    """Bring together a run and its submission's file, on both roads: collected by the kit, or by nbgrader.

    `names` are nbgrader's: of the student, the assignment and the notebook.
    """
    assignment, file = names["assignment"], f"{names['notebook']}.ipynb"
    folder = course.submitted / names["student"] / assignment
    submitted = _original(course.records, assignment, names["student"]) or _read(folder / file)
    # A source has the same cells as its release, and is there before there is one.
    given = _given(course.release / assignment / file) or _given(course.source / assignment / file)
    return Evidence(execution, tuple(verdicts), submitted, given, folder)


def _original(records: Path, assignment: str, student: str) -> Mapping[str, Any]:
    """Return what came in before anything in it was put back; empty if it is not kept."""
    path = records / LEDGER
    if not path.is_file():
        return {}
    digest = _digests(path, path.stat().st_mtime_ns).get((student, assignment))
    data = find_original(records, digest) if digest else None
    return read_cells(data) if data is not None else {}


@lru_cache(maxsize=2)
def _digests(ledger: Path, _written_at: int) -> dict[tuple[str | None, str | None], str]:
    counting = [fate for fate in load_ledger(ledger).fates if fate.fate == ACCEPTED]
    return {(fate.student_id, fate.assignment): fate.digest for fate in counting}


def _given(path: Path) -> Mapping[str, Any]:
    return _read_given(path, path.stat().st_mtime_ns) if path.is_file() else {}


@lru_cache(maxsize=4)
def _read_given(path: Path, _written_at: int) -> Mapping[str, Any]:
    return _read(path)


def _read(path: Path) -> Mapping[str, Any]:
    try:
        return read_cells(path.read_bytes())
    except OSError:
        return {}
