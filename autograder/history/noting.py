"""Compare the gradebook with what was last noted, and note what changed."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace

from autograder.history.entry import Entry, Event, Points
from autograder.history.ledger import append, read_history
from autograder.nbgrader_bridge.gradebook import Score, is_there, scores
from autograder.rules.coursefile import Course
from course_utils import __version__

FIRST = "It stood in the gradebook when its history began."
OUTSIDE = "It changed in the gradebook, and not by `course grade`: plain nbgrader, or a run that was cut off."
EXCUSED = "Excused in course.toml: it leaves the weighting, and is no zero."
NOT_EXCUSED = "It is no longer excused in course.toml."


class Chronicle:
    """The history of one assignment, open for writing; what is noted is on the disk when `note` returns."""

    def __init__(self, course: Course, assignment: str) -> None:
        self._course = course
        self._assignment = assignment
        self._last = dict(read_history(course, assignment).last)
        self._excused = {each.student_id for each in course.excuses if each.assignment == assignment}

    def note(self, score: Score, event: Event, reason: str, rests_on: Mapping[str, str] | None = None) -> Entry | None:
        """Note how a grade stands now, and why; nothing if it has not moved since it was last noted.

        `rests_on` is the fingerprint of what the grade was made from.
        """
        before, after = self._last.get(score.student), self._points(score)
        if before is not None and _rounded(before) == _rounded(after):
            return None
        if event is Event.GRADED and before is not None and before.raw is not None:
            event = Event.REGRADED
        entry = Entry(
            time=dt.datetime.now(dt.UTC).replace(microsecond=0),
            student=score.student,
            assignment=self._assignment,
            event=event,
            reason=reason,
            before=before,
            after=after,
            kit=__version__,
            fingerprint=_digest(rests_on) if rests_on else "",
        )
        append(self._course, entry)
        self._last[score.student] = after
        return entry

    def look(self, score: Score, because: str = "") -> Entry | None:
        """Note what changed in the gradebook since the last look: a mark by hand, or another program's work.

        `because` says why the rules' deductions may have moved, where they were just applied anew.
        """
        before, after = self._last.get(score.student), self._points(score)
        if before is None and after.raw is None and not after.cells:
            return None
        given = _given(before, after)
        others = {name: value for name, value in after.cells.items() if name not in given and name not in after.by_hand}
        had = before.cells if before is not None else {}
        has_moved = before is not None and any(had.get(name) != value for name, value in others.items())
        reasons = [*([f"A mark given by hand: {'; '.join(given.values())}."] if given else [])]
        event = Event.BY_HAND if given else Event.FOUND
        if before is not None and not given and _rounded(replace(before, final=after.final)) == _rounded(after):
            # the gradebook knows of no excuses: nothing changed there
            event, reasons = Event.RULES, [EXCUSED if after.final is None else NOT_EXCUSED]
        elif before is None:
            event, reasons = Event.FOUND, [FIRST, *reasons]
        elif has_moved:
            event, reasons = Event.FOUND, [OUTSIDE, *reasons]
        elif because:
            event = Event.BY_HAND if given else Event.RULES
            reasons = [*reasons, because]
        elif not given:
            reasons = [OUTSIDE]
        return self.note(score, event, " ".join(reasons))

    def _points(self, score: Score) -> Points:
        is_graded = any(value is not None for value in score.cells.values())
        is_counted = is_graded and score.student not in self._excused
        return Points(
            raw=score.raw if is_graded else None,
            penalty=score.penalty,
            final=score.final if is_counted else None,
            cells=dict(score.cells),
            by_hand=dict(score.by_hand),
        )


def look(course: Course, assignment: str, because: str = "") -> tuple[Entry, ...]:
    """Note what changed in the gradebook since the last look, for all students; return what was noted.

    Raises GradebookError if the gradebook cannot be reached, FolderError if the history cannot be written.
    """
    if not is_there(course):
        return ()
    chronicle = Chronicle(course, assignment)
    found = (chronicle.look(score, because) for score in scores(course, assignment))
    return tuple(entry for entry in found if entry is not None)


def _given(before: Points | None, after: Points) -> dict[str, str]:
    """Return in words the marks that a person gave, changed or took back."""
    had, has = (before.by_hand if before is not None else {}), after.by_hand
    old = before.cells if before is not None else {}
    words = {}
    for name in dict.fromkeys([*had, *has]):
        if had.get(name) != has.get(name):
            back = "" if name in has else " (the mark was taken back)"
            words[name] = f"{name} {_say(old.get(name))} → {_say(after.cells.get(name))}{back}"
    return words


def _say(value: float | None) -> str:
    return "not graded" if value is None else f"{value:g}"


def _rounded(points: Points) -> tuple[object, ...]:
    def short(value: float | None) -> float | None:
        return None if value is None else round(value, 6)

    cells = tuple(sorted((name, short(value)) for name, value in points.cells.items()))
    by_hand = tuple(sorted((name, short(value)) for name, value in points.by_hand.items()))
    return short(points.raw), short(points.penalty), short(points.final), cells, by_hand


def _digest(parts: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(dict(parts), sort_keys=True).encode()).hexdigest()[:12]
