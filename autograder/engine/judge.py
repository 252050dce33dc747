"""Decide outside the kernel: responses against keys made from fresh inputs that the kernel had never seen."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from nbformat import NotebookNode

from autograder.engine.execute import Execution, Probe
from autograder.engine.faults import FaultKind
from autograder.errors import UnknownAssignmentError
from autograder.exercises import exercises_of
from course_utils.checks.answer_key import AnswerKey
from course_utils.checks.codec import CodecError
from course_utils.checks.deadline import PATIENCE
from course_utils.checks.diagnose import diagnose
from course_utils.checks.probe import read_response, write_request
from course_utils.checks.recording import RECORD
from course_utils.checks.verdict import CaseLine, Outcome, Verdict

_SPARE_SECONDS = 10.0
"""A probe may take this much longer than the exercise's own limit, which is kept inside the kernel."""


UNREADABLE = "unreadable-response"
"""The mistake of an answer whose response was not written by the course's own code."""


@dataclass(frozen=True)
class Judge:
    """The keys of one assignment for one grading run, by exercise name."""

    assignment: str
    keys: Mapping[str, AnswerKey]

    @cached_property
    def probes(self) -> Mapping[str, Probe]:
        """What the kernel is to be asked: contracts and inputs, nothing of what is right."""
        return {
            name: Probe(write_request(key.contract, key.cases), key.contract.seconds * PATIENCE + _SPARE_SECONDS)
            for name, key in self.keys.items()
        }

    def verdicts(self, execution: Execution) -> dict[str, Verdict]:
        """Return a verdict for every exercise whose test cell is in the executed notebook."""
        present = {
            grade_id(cell) for cell in execution.notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")
        }
        return {
            name: self._verdict(name, key, execution) for name, key in self.keys.items() if name in present
        }

    def _verdict(self, name: str, key: AnswerKey, execution: Execution) -> Verdict:
        data = execution.responses.get(name)
        if data is None:
            return _silent(key, execution)
        try:
            responses = read_response(data, len(key.cases))
        except CodecError as error:
            idea = f"The response of {name} could not be read ({error})."
            return replace(_silent(key, execution), idea=idea, mistake=UNREADABLE)
        first = responses[0].raised
        if first is not None and first.type == "NameError" and not first.function and f"'{name}'" in first.message:
            return _undefined(key, execution)
        try:
            return diagnose(key, responses)
        except Exception as error:  # a forged response, or a slip of ours: no points, and a person looks at it
            idea = f"The response of {name} could not be judged ({type(error).__name__})."
            return replace(_blank(key), outcome=Outcome.BROKEN, idea=idea)


def make_judge(assignment: str, secret: int | None = None) -> Judge:
    """Return a judge for `assignment`; its hidden inputs come from `secret`, or from a fresh one.

    An assignment without declared exercises (a lab, classic nbgrader tests) gets a judge that judges nothing.
    """
    seed = secrets.randbits(31) if secret is None else secret
    try:
        exercises = exercises_of(assignment)
    except UnknownAssignmentError:
        exercises = {}
    return Judge(assignment, {name: exercise.answer_key(seed) for name, exercise in exercises.items()})


def grade_id(cell: NotebookNode) -> str:
    """Return the cell's grade_id, or "" if it has none."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def _blank(key: AnswerKey) -> Verdict:
    is_record = key.contract.driver == RECORD  # a lab's experiment has no cases to be right in
    lines = () if is_record else tuple(CaseLine(case.label, False, is_hidden=case.is_hidden) for case in key.cases)
    return Verdict(key.contract.name, Outcome.FAILED, 0.0, key.contract.points, lines=lines, on_completion=is_record)


def _silent(key: AnswerKey, execution: Execution) -> Verdict:
    """Return the verdict on an answer that never responded, with the fault that kept it from it."""
    name = key.contract.name
    sentence = next(
        (fault.sentence for fault in reversed(execution.faults) if fault.cell in (name, f"{name}-answer")),
        f"{name} gave no response.",
    )
    return replace(_blank(key), idea=sentence, mistake="no-response")


def _undefined(key: AnswerKey, execution: Execution) -> Verdict:
    """Return the verdict on an answer whose cell never defined it, with the error that kept it from it."""
    name = key.contract.name
    cell = next((cell for cell in execution.notebook.cells if grade_id(cell) == f"{name}-answer"), None)
    errors = [output for output in (cell.outputs if cell else ()) if output.output_type == "error"]
    if errors and errors[-1].ename in FaultKind.__members__:  # the run ended it, not the student's Python
        return _silent(key, execution)
    if not errors:
        return replace(
            _blank(key),
            idea=f"There is no {name} in your notebook.",
            look="Has the function been renamed, or its cell been deleted?",
            mistake="not-defined",
        )
    return replace(
        _blank(key),
        idea=f"The cell that defines {name} stopped with {errors[0].ename}.",
        saw=str(errors[0].evalue)[:200],
        look="Run the cell by itself and read the last line of its error.",
        mistake=f"raised-{errors[0].ename}",
    )
