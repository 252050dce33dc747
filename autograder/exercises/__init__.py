"""The graded exercises, one module per assignment: `hw1.py` declares those of assignment `hw1`.

To add an assignment, add a module that lists its exercises in `EXERCISES`; nothing else has to know of it.
"""

from __future__ import annotations

import importlib
import pkgutil

from autograder.errors import UnknownAssignmentError
from autograder.exercise import Exercise


def assignments() -> tuple[str, ...]:
    """Return the names of the assignments that have declared exercises, in order."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def exercises_of(assignment: str) -> dict[str, Exercise]:
    """Return the exercises of `assignment` by name, in the order they stand in the notebook.

    Raises UnknownAssignmentError if no module declares them.
    """
    if assignment not in assignments():
        raise UnknownAssignmentError(
            f"No exercises are declared for {assignment!r}.",
            f"Known: {', '.join(assignments())}. Add autograder/exercises/{assignment}.py to declare some.",
        )
    module = importlib.import_module(f"{__name__}.{assignment}")
    return {exercise.name: exercise for exercise in module.EXERCISES}


def find_exercise(name: str) -> Exercise:
    """Return the exercise called `name`, whichever assignment it belongs to.

    Raises UnknownAssignmentError if there is none.
    """
    for assignment in assignments():
        found = exercises_of(assignment).get(name)
        if found is not None:
            return found
    raise UnknownAssignmentError(f"No exercise is called {name!r}.")


def select_exercises(names: tuple[str, ...]) -> tuple[Exercise, ...]:
    """Return the exercises called by name or by assignment, all of them if no name is given.

    Raises UnknownAssignmentError for a name that is neither.
    """
    if not names:
        return tuple(exercise for name in assignments() for exercise in exercises_of(name).values())
    found: list[Exercise] = []
    for name in names:
        found += exercises_of(name).values() if name in assignments() else [find_exercise(name)]
    return tuple(found)
