"""The kit's steps inside nbgrader's own autograde: run, judge, save, apply the course's rules.

They replace `Execute` and `AssignLatePenalties`; everything else is nbgrader's. Both roads come through here:
plain `nbgrader autograde`, and `course grade`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from nbformat import NotebookNode, from_dict
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.engine.execute import Execution
from autograder.engine.faults import Fault, FaultKind
from autograder.engine.judge import grade_id
from autograder.intake.fates import Deduction
from autograder.integrity import Sighting, listed, look
from autograder.marks import Marks, read_marks, write_marks
from autograder.nbgrader_bridge.completion import SaveWritten
from autograder.nbgrader_bridge.evidence import evidence_of
from autograder.nbgrader_bridge.penalties import recorded_deductions, set_penalty
from autograder.nbgrader_bridge.reading import PutBack, take_put_back
from autograder.nbgrader_bridge.running import course_here, judge_for, run_submission
from autograder.rules.coursefile import Course
from course_utils.checks.show import as_html, as_text
from course_utils.checks.verdict import Outcome, Verdict

_EXECUTION = "first_descent_execution"
_PUT_BACK = "first_descent_put_back"

PREPARED = "first_descent_prepared"
"""Under this name a function in nbconvert's resources gives what is known of the notebook before."""


@dataclass(frozen=True)
class Prepared:
    """What a class's pass knows of a notebook: its course, what its file's form costs, and how it has run.

    `execution` raises what the run raised.
    """

    course: Course
    deductions: tuple[Deduction, ...]
    execution: Callable[[], Execution]


class RunNotebook(NbGraderPreprocessor):  # type: ignore[misc]
    """Run the notebook and collect responses: no cell, however it ends, stops the batch."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the executed notebook; the execution goes along in the resources."""
        prepared = _prepared(resources)
        if prepared is not None:
            execution = prepared.execution()
        else:
            names = resources["nbgrader"]
            execution = run_submission(course_here(), names["assignment"], names["student"], nb)
        resources[_EXECUTION] = execution
        resources[_PUT_BACK] = take_put_back(nb, execution.notebook)
        if not execution.isolation.is_sandbox:
            self.log.warning("Submissions run in %s.", execution.isolation.sentence)
        for fault in execution.faults:
            self.log.warning("%s: %s", fault.cell, fault.sentence)
        return execution.notebook, resources


class JudgeCells(NbGraderPreprocessor):  # type: ignore[misc]
    """Put the judge's verdict in place of whatever the test cells showed, so that nbgrader scores by it."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the notebook with verdicts as outputs and in its metadata."""
        execution: Execution | None = resources.get(_EXECUTION)
        if execution is None:
            raise RuntimeError("JudgeCells comes after RunNotebook")
        judge = judge_for(resources["nbgrader"]["assignment"])
        executed = replace(execution, notebook=nb)
        verdicts = judge.verdicts(executed)
        sightings = self._look(executed, verdicts.values(), resources)  # before verdicts take the outputs' place
        for cell in nb.cells:
            verdict = verdicts.get(grade_id(cell))
            if verdict is not None and cell.metadata.get("nbgrader", {}).get("grade"):
                cell.outputs = _shown(verdict)
        put_back: PutBack = resources[_PUT_BACK]
        faults = (*put_back.faults, *_said_once(execution.faults, verdicts))
        told = execution.isolation.sentence
        write_marks(nb, Marks(tuple(verdicts.values()), faults, execution.seconds, told, sightings))
        return nb, resources

    def _look(
        self, executed: Execution, verdicts: Iterable[Verdict], resources: dict[str, Any]
    ) -> tuple[Sighting, ...]:
        """Note for the instructor what an honest submission has no reason to do; no point hangs on it."""
        names, prepared = resources["nbgrader"], _prepared(resources)
        course = prepared.course if prepared is not None else course_here()
        sightings = listed(look(evidence_of(course, names, executed, verdicts)))
        for each in sightings:
            self.log.warning("Seen in %s: %s %s", each.cell or "the file", each.sentence, each.quote)
        return sightings


def _said_once(faults: tuple[Fault, ...], verdicts: dict[str, Verdict]) -> tuple[Fault, ...]:
    """Leave out an error of an answer's cell where its verdict tells it."""
    told = {f"{name}-answer" for name, verdict in verdicts.items() if verdict.outcome is not Outcome.PASSED}
    return tuple(fault for fault in faults if fault.kind is not FaultKind.CELL_ERROR or fault.cell not in told)


def _prepared(resources: dict[str, Any]) -> Prepared | None:
    find = resources.get(PREPARED)
    prepared: Prepared | None = find() if find is not None else None
    return prepared


def _shown(verdict: Verdict) -> list[NotebookNode]:
    """Return outputs that show the verdict, and end in the number nbgrader reads as the score."""
    shown = {"text/html": as_html(verdict), "text/plain": as_text(verdict)}
    score = {"text/plain": str(float(verdict.points))}
    # Not by new_output, which holds each against the schema: the whole notebook is, at the end.
    return [
        from_dict({"output_type": "display_data", "data": shown, "metadata": {}}),
        from_dict({"output_type": "execute_result", "data": score, "metadata": {}, "execution_count": None}),
    ]


class SaveGrades(SaveWritten):
    """nbgrader's own saving, except that what broke on our side waits for a person in place of scoring 0."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Save the scores of all graded cells."""
        marks = read_marks(nb)
        verdicts = marks.verdicts if marks is not None else ()
        self._broken = {verdict.exercise for verdict in verdicts if verdict.outcome is Outcome.BROKEN}
        self._unsure = resources[_PUT_BACK].unsure if _PUT_BACK in resources else frozenset()
        saved: tuple[NotebookNode, dict[str, Any]] = super().preprocess(nb, resources)
        return saved

    def _add_score(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        if grade_id(cell) not in self._broken:
            super()._add_score(cell, resources)
            if grade_id(cell) in self._unsure:
                self._leave_to_a_person(cell)
            return
        grade = self.gradebook.find_grade(grade_id(cell), self.notebook_id, self.assignment_id, self.student_id)
        grade.auto_score = None
        grade.needs_manual_grade = True
        self.gradebook.db.commit()

    def _leave_to_a_person(self, cell: NotebookNode) -> None:
        """Keep the points, and ask for somebody to look: it is not sure that this is the student's answer."""
        grade = self.gradebook.find_grade(grade_id(cell), self.notebook_id, self.assignment_id, self.student_id)
        grade.needs_manual_grade = True
        self.gradebook.db.commit()


class ApplyRules(NbGraderPreprocessor):  # type: ignore[misc]
    """Write the course's deductions (late, format) where nbgrader keeps its late penalty."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Set the penalty of this submission by the rules in course.toml."""
        names = resources["nbgrader"]
        prepared = _prepared(resources)
        course = prepared.course if prepared is not None else course_here()
        if any(each.name == names["assignment"] for each in course.assignments):
            with Gradebook(names["db_url"]) as gradebook:
                deductions = (
                    prepared.deductions
                    if prepared is not None
                    else recorded_deductions(course, names["assignment"], names["student"])
                )
                set_penalty(gradebook, course, names["assignment"], names["student"], deductions)
        else:
            self.log.warning("course.toml lists no %s: no rule of the course is applied", names["assignment"])
        return nb, resources
