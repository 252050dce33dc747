"""Bring together what can be seen of one submission: its cells, its file, its kernel, its responses, its outputs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder.engine.execute import Execution
from autograder.engine.judge import UNREADABLE
from autograder.integrity.file import look_at_file, look_beside
from autograder.integrity.outputs import look_at_outputs
from autograder.integrity.rules import SCRIPT
from autograder.integrity.sighting import Kind, Sighting, quoted
from autograder.integrity.source import look_at_source
from course_utils.checks.verdict import Verdict

MOST = 40
"""A submission with more sightings than this is known well enough."""


@dataclass(frozen=True)
class Evidence:
    """What is known of one submission after its run.

    `submitted` is the file as it came in and `given` the notebook that was handed out, both as plain data, empty where
    there is none; `folder` is where the submission lies.
    """

    execution: Execution
    verdicts: Iterable[Verdict]
    submitted: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    folder: Path | None = None


def look(evidence: Evidence) -> tuple[Sighting, ...]:
    """Return what is seen in a submission, at most `MOST` sightings; nothing is run and nothing decided."""
    handed_out = {_as_text(cell).strip() for cell in evidence.given.get("cells", ()) if isinstance(cell, dict)}
    cells = evidence.execution.notebook.cells
    own = [
        (name, cell)
        for number, cell in enumerate(cells, start=1)
        if cell.cell_type == "code" and (name := _own_name(cell, number)) and cell.source.strip() not in handed_out
    ]
    found = [
        *look_at_file(evidence.submitted, evidence.given),
        *(look_beside(evidence.folder) if evidence.folder is not None else ()),
        *look_at_source((name, cell.source) for name, cell in own),
        *(each for number, cell in enumerate(cells, start=1) for each in _text(cell, number)),
        *_kernel(evidence.execution.changed),
        *_responses(evidence.verdicts),
        *(each for name, cell in own for each in look_at_outputs(name, cell.get("outputs") or ())),
    ]
    return tuple(sorted(found, key=lambda sighting: not sighting.is_clear)[:MOST])


def _own_name(cell: NotebookNode, number: int) -> str:
    """Return how a cell of the student's is called; "" for one that is not theirs to write."""
    about = cell.metadata.get("nbgrader", {})
    if about.get("locked") or (about.get("grade") and not about.get("solution")):
        return ""
    return str(about.get("grade_id") or f"cell {number}")


def _as_text(cell: Mapping[str, Any]) -> str:
    source = cell.get("source", "")
    return "".join(source) if isinstance(source, list) else str(source)


def _text(cell: NotebookNode, number: int) -> Iterator[Sighting]:
    """Look at a text cell of the student's."""
    found = SCRIPT.search(cell.source) if cell.cell_type == "markdown" else None
    if found is not None and (name := _own_name(cell, number)):
        quote = quoted(cell.source[max(0, found.start() - 30) : found.end() + 60])
        sentence = "A text cell holds a script for a browser; pages of feedback leave it out."
        yield Sighting(Kind.SOURCE, name, sentence, quote)


def _kernel(changed: Iterable[str]) -> Iterator[Sighting]:
    for name in changed:
        sentence = f"When the notebook had run, {quoted(name)} was no longer what it had been."
        yield Sighting(Kind.KERNEL, "", sentence)


def _responses(verdicts: Iterable[Verdict]) -> Iterator[Sighting]:
    for verdict in verdicts:
        if verdict.mistake == UNREADABLE:
            sentence = "What the kernel answered for this exercise was not written by the course's code."
            yield Sighting(Kind.RESPONSE, verdict.exercise, sentence, quoted(verdict.idea))
