"""What the judge writes into a graded notebook, and how feedback and report read it back.

It stands in the notebook's metadata, so that it is there whichever road graded it: the `course` command
or plain `nbgrader autograde`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.engine.faults import Fault
from autograder.integrity.sighting import Sighting
from course_utils.checks.verdict import Verdict

_FIELD = "first_descent"


@dataclass(frozen=True)
class Marks:
    """The verdicts on one submission, the faults its run survived, the seconds it took, how it was isolated.

    `sightings` are for the instructor: what it did that an honest submission has no reason to do.
    """

    verdicts: tuple[Verdict, ...] = ()
    faults: tuple[Fault, ...] = ()
    seconds: float = 0.0
    isolation: str = ""
    sightings: tuple[Sighting, ...] = ()

    def verdict(self, exercise: str) -> Verdict | None:
        """Return the verdict on `exercise`, or None if it was not judged."""
        return next((verdict for verdict in self.verdicts if verdict.exercise == exercise), None)


def write_marks(notebook: NotebookNode, marks: Marks) -> None:
    """Put `marks` into the notebook's metadata, over whatever the student's file had there."""
    notebook.metadata[_FIELD] = {
        "verdicts": [verdict.to_json() for verdict in marks.verdicts],
        "faults": [fault.to_json() for fault in marks.faults],
        "seconds": round(marks.seconds, 3),
        "isolation": marks.isolation,
        "sightings": [sighting.to_json() for sighting in marks.sightings],
    }


def read_marks(notebook: NotebookNode | Path) -> Marks | None:
    """Return the marks in a graded notebook, or None if it was not graded by the kit."""
    if isinstance(notebook, Path):
        notebook = nbformat.read(notebook, as_version=4)
    data: dict[str, Any] | None = notebook.metadata.get(_FIELD)
    if not data or "verdicts" not in data:
        return None
    return Marks(
        tuple(Verdict.from_json(item) for item in data["verdicts"]),
        tuple(Fault.from_json(item) for item in data["faults"]),
        float(data["seconds"]),
        str(data["isolation"]),
        tuple(Sighting.from_json(item) for item in data.get("sightings", ())),  # older marks have none
    )
