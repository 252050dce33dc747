"""Grade the written answers of a lab: on completion, unless a person has given a mark."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import SaveAutoGrades

from autograder.marks import Marks, read_marks, write_marks
from autograder.nbgrader_bridge.running import course_here
from autograder.rules.coursefile import Course
from course_utils.checks.verdict import Outcome, Verdict
from course_utils.handing_in.own_words import own_words, why_incomplete


def words_asked(course: Course, assignment: str) -> int | None:
    """Return how many words make a written answer of `assignment`; None if a person grades them all."""
    kinds = {each.name: each.kind for each in course.assignments}
    return course.grading.lab_answer_words if kinds.get(assignment) == "lab" else None


def is_written_answer(cell: NotebookNode) -> bool:
    """Whether a cell is a text that the student writes and that carries points."""
    about = cell.metadata.get("nbgrader", {})
    return cell.cell_type == "markdown" and bool(about.get("grade")) and bool(about.get("solution"))


def judge_written(cell: NotebookNode, notebook: NotebookNode, released: str, least: int) -> Verdict:
    """Return the verdict on one written answer; `released` is what stood in its cell."""
    about = cell.metadata["nbgrader"]
    worth = float(about["points"])
    given = "\n".join(each.source for each in notebook.cells if each.metadata.get("nbgrader", {}).get("locked"))
    reason = why_incomplete(cell.source, released=released, given=given, least=least)
    if not reason:
        words = own_words(cell.source, released, given)
        saw = f"An answer of {words} words is there."
        return Verdict(about["grade_id"], Outcome.PASSED, worth, worth, saw=saw, on_completion=True)
    is_blank = cell.source.strip() in ("", released.strip())
    return Verdict(
        about["grade_id"],
        Outcome.NOT_ATTEMPTED if is_blank else Outcome.FAILED,
        0.0,
        worth,
        idea=reason,
        look="Say in your own words what you saw, and what you think it comes from.",
        mistake="as-released" if is_blank else "too-short",
        on_completion=True,
    )


class GradedTexts:
    """The written answers of one student as they were last graded, by hash: marks given by hand are for these."""

    def __init__(self, path: Path, before: dict[str, str]) -> None:
        self._path = path
        self._before = before
        self._now: dict[str, str] = {}

    @classmethod
    def read(cls, path: Path) -> GradedTexts:
        """Read what was graded last; a record that is missing or damaged knows of nothing."""
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            data = {}
        return cls(path, data if isinstance(data, dict) else {})

    def note(self, name: str, text: str) -> bool:
        """Note the text of an answer; return whether it is another one than was graded last."""
        self._now[name] = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        return self._before.get(name) != self._now[name]

    def write(self) -> None:
        """Keep what was noted."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps(self._now, indent=1), encoding="utf-8")


class SaveWritten(SaveAutoGrades):  # type: ignore[misc]
    """nbgrader's own saving, except that the written answers of a lab get their points by completion.

    These stand in nbgrader's column for automatic points: a mark that a person gives in formgrader stands beside them,
    wins, and stays when the submission is graded again. Only if the answer itself has changed since then does it wait
    for a person once more.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Save the scores of all graded cells; the verdicts on written answers join the judge's."""
        self._notebook = nb
        self._written: dict[str, Verdict] = {}
        names = resources["nbgrader"]
        course = course_here() if any(map(is_written_answer, nb.cells)) else None
        self._words = words_asked(course, names["assignment"]) if course is not None else None
        if course is None or self._words is None:
            self._graded = None
            return _as_pair(super().preprocess(nb, resources))
        self._graded = GradedTexts.read(course.records / "answers" / names["assignment"] / f"{names['student']}.json")
        saved = _as_pair(super().preprocess(nb, resources))
        self._graded.write()
        marks = read_marks(saved[0]) or Marks()
        write_marks(saved[0], replace(marks, verdicts=(*marks.verdicts, *self._written.values())))
        return saved

    def _add_score(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        if self._words is None or self._graded is None or not is_written_answer(cell):
            super()._add_score(cell, resources)
            return
        where = (cell.metadata["nbgrader"]["grade_id"], self.notebook_id, self.assignment_id)
        released = self.gradebook.find_source_cell(*where).source
        verdict = self._written[where[0]] = judge_written(cell, self._notebook, released, self._words)
        grade = self.gradebook.find_grade(*where, self.student_id)
        is_changed = self._graded.note(where[0], cell.source)
        by_hand = grade.manual_score is not None
        grade.auto_score = verdict.points
        grade.needs_manual_grade = by_hand and (grade.needs_manual_grade or is_changed)
        self.gradebook.db.commit()

    def _add_comment(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        """Say in nbgrader's own feedback, too, why a written answer earned nothing."""
        super()._add_comment(cell, resources)
        name = cell.metadata["nbgrader"]["grade_id"]
        if name in self._written:
            comment = self.gradebook.find_comment(name, self.notebook_id, self.assignment_id, self.student_id)
            comment.auto_comment = self._written[name].idea or None
            self.gradebook.db.commit()


def _as_pair(saved: Any) -> tuple[NotebookNode, dict[str, Any]]:
    notebook, resources = saved
    return notebook, resources
