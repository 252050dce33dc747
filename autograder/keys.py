"""Freeze the answer keys students get, and tell whether the frozen ones still say what the exercises say.

python -m autograder.keys          write course_utils/checks/keys/*.npz
python -m autograder.keys lab1     write only those of an assignment or an exercise
python -m autograder.keys --check  exit with 1 if a key is stale
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from autograder.errors import UnknownAssignmentError
from autograder.exercise import Exercise
from autograder.exercises import select_exercises
from course_utils.checks.answer_key import KEYS, AnswerKey, key_to_tree, load_key, save_key
from course_utils.checks.compare import looks_like
from course_utils.checks.response import Response
from course_utils.errors import AnswerKeyError


def freeze(folder: Path = KEYS, names: tuple[str, ...] = ()) -> list[Path]:
    """Write the keys of all exercises, remove those of exercises that are gone, return the changed files.

    With `names` (of exercises or assignments) only these are written, and none is removed. A key that still says the
    same is left as it is, so that it does not show as a change.
    """
    changed = []
    exercises = select_exercises(names)
    for exercise in exercises:
        if _why_stale(exercise, folder):
            changed.append(save_key(exercise.answer_key(), folder))
    for path in () if names else folder.glob("*.npz"):
        if path.stem not in {exercise.name for exercise in exercises}:
            path.unlink()
            changed.append(path)
    return changed


def stale(folder: Path = KEYS) -> dict[str, str]:
    """Return the exercises whose frozen key is missing, damaged or out of date, with the reason."""
    found = {exercise.name: _why_stale(exercise, folder) for exercise in select_exercises(())}
    found |= {path.stem: "has a key but is not declared" for path in folder.glob("*.npz") if path.stem not in found}
    return {name: reason for name, reason in found.items() if reason}


def _why_stale(exercise: Exercise, folder: Path) -> str:
    try:
        frozen = load_key(exercise.name, folder)
    except AnswerKeyError as error:
        return error.what
    return _difference(frozen, exercise.answer_key())


def _difference(frozen: AnswerKey, fresh: AnswerKey) -> str:
    """Compare two keys: words exactly, numbers up to the tolerance that judges students as well."""
    if _words(frozen) != _words(fresh):
        return "the contract, a case or a mistake has changed"
    specs = fresh.contract.parts
    pairs: list[tuple[Sequence[Response], Sequence[Response]]] = [(frozen.expected, fresh.expected)]
    pairs += [(old.responses, new.responses) for old, new in zip(frozen.mistakes, fresh.mistakes, strict=True)]
    for old, new in pairs:
        if not all(map(lambda a, b: looks_like(a, b, specs), old, new)):
            return "the expected numbers have changed"
    return ""


def _words(key: AnswerKey) -> object:
    tree = key_to_tree(key)
    return (
        tree["contract"],
        [(case.label, {name: str(value) for name, value in case.arguments.items()}) for case in key.cases],
        [(item["name"], item["idea"], item["look"], item["credit"]) for item in tree["mistakes"]],
        [[response.raised for response in mistake.responses] for mistake in key.mistakes],
    )


def main(arguments: list[str]) -> int:
    """Freeze the keys (of the exercises or assignments named), or with `--check` say which are stale."""
    if arguments == ["--check"]:
        reasons = stale()
        for name, reason in reasons.items():
            print(f"{name}: {reason}. Run `make keys` and commit what it writes.", file=sys.stderr)
        return 1 if reasons else 0
    try:
        changed = freeze(names=tuple(arguments))
    except UnknownAssignmentError as error:
        print(error, file=sys.stderr)
        return 1
    for path in changed:
        print(path.name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
