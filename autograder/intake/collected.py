"""What was collected for whom: the fate of the file that counts, by student."""

from __future__ import annotations

from autograder.intake.fates import ACCEPTED, LEDGER, Fate, load_ledger
from autograder.rules.coursefile import Course


def accepted(course: Course, assignment: str) -> dict[str, Fate]:
    """Return the accepted fates of `assignment` by student id; empty where nbgrader collected.

    Raises FolderError if the record of fates is damaged.
    """
    return {
        fate.student_id: fate
        for fate in load_ledger(course.records / LEDGER).fates
        if fate.fate == ACCEPTED and fate.assignment == assignment and fate.student_id
    }
