"""What a grade depends on, in hashes: a second run grades only what would come out differently."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import course_utils
from autograder.intake.fates import Fate
from autograder.rules.coursefile import Course

_WORDS = {
    "submission": "the notebook or its time stamp",
    "assignment": "the assignment's own notebook",
    "exercises": "an exercise, a case or a mistake",
    "kit": "the course kit",
    "rules": "a rule in course.toml",
    "limits": "a limit in course.toml, [grading]",
    "format": "what the file's name and form cost",
}


class Fingerprints:
    """Fingerprints of an assignment's submissions; what all of them share is read once.

    `fates` are the accepted fates of the assignment by student id.
    """

    def __init__(self, course: Course, assignment: str, fates: Mapping[str, Fate]) -> None:
        self.fates = dict(fates)
        self.assignment = assignment
        self._course = course
        self._shared = {
            "assignment": _files([course.source_notebook(assignment)]),
            "exercises": _files(_exercise_files(assignment)),
            "kit": _files(_kit_files()),
        }

    def of(self, student: str) -> dict[str, str]:
        """Return a hash of everything that the grade of the student's submission depends on, by what it is."""
        folder = self._course.submitted / student / self.assignment
        fate = self.fates.get(student)
        return {
            "submission": _files(sorted(path for path in folder.rglob("*") if path.is_file())),
            **self._shared,
            "rules": _text(_rules(self._course, self.assignment, student)),
            "limits": _text(repr(asdict(self._course.grading))),
            "format": _text(repr(fate.deductions if fate is not None else ())),
        }


def why_changed(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """Say in words what differs between two fingerprints; "" if nothing does."""
    if not before:
        return "not graded before"
    changed = [words for part, words in _WORDS.items() if before.get(part) != now.get(part)]
    return f"{' and '.join(changed)} changed" if changed else ""


def changes_rules_only(before: Mapping[str, str], now: Mapping[str, str]) -> bool:
    """Whether only what the course's rules take may differ: the notebook need not run again for that."""
    changed = {part for part in _WORDS if before.get(part) != now.get(part)}
    return bool(before) and bool(changed) and changed <= {"rules", "format"}


def record_path(course: Course, assignment: str, student: str) -> Path:
    """Return where the fingerprint of a grade is kept."""
    return course.records / "grades" / assignment / f"{student}.json"


def read_record(path: Path) -> dict[str, str]:
    """Return the fingerprint recorded at `path`; empty if there is none that can be read."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in data.items()} if isinstance(data, dict) else {}


def write_record(path: Path, parts: Mapping[str, str]) -> None:
    """Record a fingerprint, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(dict(parts), indent=1), encoding="utf-8")
    os.replace(fresh, path)


def _rules(course: Course, assignment: str, student: str) -> str:
    extensions = [repr(item) for item in (*course.extensions, *course.excuses) if item.student_id == student]
    rule = course.late_rule(course.assignment(assignment).kind)
    return repr(
        (
            course.assignment(assignment),
            rule,
            course.format,
            course.caps.work,
            extensions,
            course.time_zone.key,
        )
    )


def _exercise_files(assignment: str) -> list[Path]:
    here = Path(__file__).parent
    declared = here / "exercises"
    modules = sorted((declared / assignment).rglob("*.py")) or [declared / f"{assignment}.py"]
    return [*modules, here / "exercise.py", here / "experiment.py", here / "questions.py", here / "draws.py"]


def _kit_files() -> list[Path]:
    here = Path(__file__).parent
    checks = Path(course_utils.__file__).parent / "checks"
    return sorted(
        [
            *checks.rglob("*.py"),
            *(here / "engine").rglob("*.py"),
            *(here / "nbgrader_bridge").glob("*.py"),
            here / "rules" / "completion.py",
            here / "rules" / "policies.py",
        ]
    )


def _files(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode())
        digest.update(path.read_bytes() if path.is_file() else b"missing")
    return digest.hexdigest()


def _text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
