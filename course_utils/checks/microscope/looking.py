"""Put a drawing of the graph to a verdict that says an answer differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from course_utils.checks.answer_key import AnswerKey
from course_utils.checks.compare import Departure, compare
from course_utils.checks.contract import Case
from course_utils.checks.messages import size_of
from course_utils.checks.microscope.drawing import as_svg, as_text
from course_utils.checks.microscope.reading import Reading, read
from course_utils.checks.response import Response
from course_utils.checks.verdict import Outcome, Verdict

DRAWN = (Departure.VALUES, Departure.NOT_FINITE, Departure.SHAPE)
"""Departures that a graph has something to say about, the most telling first."""


def look_closer(key: AnswerKey, responses: Sequence[Response], verdict: Verdict) -> Verdict:
    """Return the verdict with the graph drawn, where the exercise declares one and a visible case differs."""
    if verdict.outcome is not Outcome.FAILED or "graph" not in key.contract.options:
        return verdict
    reading = _read_smallest(key, responses, verdict.mistake)
    if reading is None:
        return verdict
    return replace(verdict, figure=as_svg(reading), figure_text=as_text(reading))


def _read_smallest(key: AnswerKey, responses: Sequence[Response], mistake: str) -> Reading | None:
    """Read the smallest visible case in which something in the graph departs."""
    found: list[tuple[int, int, int, Case]] = []
    for place, (case, given, expected) in enumerate(zip(key.cases, responses, key.expected, strict=True)):
        difference = None if case.is_hidden else compare(given, expected, key.contract.parts)
        if difference is not None and difference.departure in DRAWN:
            found.append((DRAWN.index(difference.departure), size_of(case), place, case))
    others = [
        (case, given)
        for case, given in zip(key.cases, responses, strict=True)
        if not case.is_hidden and given.raised is None and not given.structure
    ]
    for _, _, place, case in sorted(found, key=lambda item: item[:3]):
        try:
            return read(key.contract, case, responses[place], key.expected[place], mistake, others)
        except Exception:  # a drawing is an extra: whatever is odd about these responses, the verdict stands
            continue
    return None
