"""What `submit()` has to know of the course: written into each notebook when it is handed out.

Students have no course file, and in Colab they have nothing but the notebook. So the notebook carries, in its metadata
under `first_descent`, the course's rules of form and its own cells as released. A notebook without them (copied cell by
cell into a new one) is read by the course's usual rules, once it is said which assignment it is: `submit("hw1")`.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from course_utils.handing_in.cells import Cell, marks
from course_utils.handing_in.rules import RULES
from course_utils.naming.convention import NAME_PATTERN

KEY = "first_descent"
_MOST_BYTES = 20_000_000  # what the released cells may unpack to


@dataclass(frozen=True)
class Work:
    """One assignment of the course: what has to be known to find it in a text."""

    name: str
    title: str
    kind: str


@dataclass(frozen=True)
class Facts:
    """What a notebook knows of its course; `released` are its cells as they were handed out."""

    assignment: str
    title: str = ""
    kind: str = ""
    name_pattern: str = NAME_PATTERN
    deductions: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(RULES, 5.0))
    max_percent: float = 20.0
    lab_answer_words: int = 15
    cell_timeout_seconds: float = 60.0
    works: tuple[Work, ...] = ()
    released: tuple[Cell, ...] = ()


def write_facts(facts: Facts) -> dict[str, Any]:
    """Return the facts as plain data for a notebook's metadata; the released cells are packed into one text."""
    cells = [
        {"cell_type": cell["cell_type"], "id": cell.get("id"), "source": cell["source"], "nbgrader": dict(marks(cell))}
        for cell in facts.released
    ]
    packed = zlib.compress(json.dumps(cells, ensure_ascii=False).encode(), 9)
    return {
        "version": 1,
        "assignment": facts.assignment,
        "title": facts.title,
        "kind": facts.kind,
        "name_pattern": facts.name_pattern,
        "deductions": dict(facts.deductions),
        "max_percent": facts.max_percent,
        "lab_answer_words": facts.lab_answer_words,
        "cell_timeout_seconds": facts.cell_timeout_seconds,
        "assignments": [[work.name, work.title, work.kind] for work in facts.works],
        "released": base64.b64encode(packed).decode(),
    }


def read_facts(metadata: Mapping[str, Any]) -> Facts | None:
    """Read the facts in a notebook's metadata; None if there are none, or somebody changed them beyond reading."""
    data = metadata.get(KEY)
    if not isinstance(data, Mapping):
        return None
    try:
        return Facts(
            assignment=str(data["assignment"]),
            title=str(data["title"]),
            kind=str(data["kind"]),
            name_pattern=str(data["name_pattern"]),
            deductions={str(rule): float(percent) for rule, percent in data["deductions"].items()},
            max_percent=float(data["max_percent"]),
            lab_answer_words=int(data["lab_answer_words"]),
            cell_timeout_seconds=float(data["cell_timeout_seconds"]),
            works=tuple(Work(*map(str, work)) for work in data["assignments"]),
            released=_unpacked(data["released"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, zlib.error):
        return None


def _unpacked(text: str) -> tuple[Cell, ...]:
    reader = zlib.decompressobj()
    cells: Sequence[Mapping[str, Any]] = json.loads(reader.decompress(base64.b64decode(text), _MOST_BYTES))
    return tuple(
        {
            "cell_type": str(cell["cell_type"]),
            "id": cell["id"],
            "source": str(cell["source"]),
            "metadata": {"nbgrader": dict(cell["nbgrader"])} if cell["nbgrader"] else {},
        }
        for cell in cells
    )
