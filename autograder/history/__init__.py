"""The history of every grade: what it was, what it became, when and why; a file that only ever grows.

    look(course, "hw1")                    # note what changed in the gradebook since the last look
    for entry in read_history(course, "hw1").entries:
        print(entry.time, entry.student, entry.before, entry.after, entry.reason)

`course grade` notes each grade as it enters it; a mark given in formgrader is noted at the next look.
"""

from __future__ import annotations

from autograder.history.entry import Entry, Event, Points
from autograder.history.ledger import Damage, History, read_history
from autograder.history.noting import Chronicle, look

__all__ = ["Chronicle", "Damage", "Entry", "Event", "History", "Points", "look", "read_history"]
