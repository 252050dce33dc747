"""Declare an experiment of a lab: an exercise whose answer is a value that the student's run leaves.

    lowest = experiment(
        "lowest_by_hand", points=1, ask="The smallest MSE you reached by hand.", example=21.4,
        bounds=[Bound("below_the_best", "No line gets under 18.60 on these scores.", "…", breaks=12.0, low=18.59)],
    )

It is graded on completion: a result that a run can give earns the points. A bound is what every honest run keeps;
whoever breaks it gets its sentence, as the maker of a named mistake does elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autograder.errors import ExerciseError
from autograder.exercise import Exercise, Mistake, case, tensor
from course_utils.checks.recording import RECORD

Place = tuple[int | None, ...]
"""Where a bound looks: an index for each axis, None for the whole axis."""


@dataclass(frozen=True)
class Bound:
    """What every honest run keeps, and the sentences for whoever breaks it.

    It looks at the entries at `at` (all if None), less those at `minus` if given, or at their `of="spread"`
    (largest less smallest), and wants them from `low` to `high`; or not within `closer_than` of `other_than`, a number
    that the text already tells. `breaks` is a result that breaks this bound and none before it.
    """

    name: str
    idea: str
    look: str
    breaks: Any
    low: float | None = None
    high: float | None = None
    at: Place | None = None
    minus: Place | None = None
    of: str = "entries"
    other_than: float | None = None
    closer_than: float = 0.0

    def fields(self) -> dict[str, Any]:
        """Return what the student's side needs of it, as plain data."""
        return {
            "name": self.name,
            "idea": self.idea,
            "look": self.look,
            "low": self.low,
            "high": self.high,
            "at": None if self.at is None else list(self.at),
            "minus": None if self.minus is None else list(self.minus),
            "of": self.of,
            "other_than": self.other_than,
            "closer_than": self.closer_than,
        }


def at_least(count: int) -> int:
    """Say in a shape that an axis has `count` entries or more."""
    return -count


def experiment(
    name: str,
    *,
    points: float,
    ask: str,
    example: Any,
    shape: Sequence[int] = (),
    form: str = "",
    bounds: Sequence[Bound] = (),
    choices: Sequence[str] = (),
    is_finite: bool = True,
) -> Exercise:
    """Declare an experiment whose result stands under `name`.

    `example` is a result of an honest run. `shape` is () for one number; `form` says it in words ("three numbers:
    w, b and the MSE"). Where `choices` are given, the result is one of these words, or a list of them.

    Raises ExerciseError if two bounds have one name, or one bounds nothing.
    """
    for bound in bounds:
        if bound.low is None and bound.high is None and bound.other_than is None:
            raise ExerciseError(f"Bound {bound.name!r} of {name!r} bounds nothing.", "Give low, high or other_than.")
        if bound.of not in ("entries", "spread"):
            raise ExerciseError(f"Bound {bound.name!r} of {name!r} looks at {bound.of!r}.", "Say entries or spread.")
    known = [_word_bound(name, shape, choices), *bounds] if choices else [*bounds]
    names = [bound.name for bound in known]
    twice = next((each for each in names if names.count(each) > 1), None)
    if twice is not None:
        raise ExerciseError(f"Experiment {name!r} has two bounds called {twice!r}.", "Rename one.")
    made = Exercise(
        name,
        points=points,
        ask=ask,
        reference=example,
        cases=[case("your run")],
        parts=[tensor()],
        driver=RECORD,
        options={
            "shape": list(shape),
            "form": form or _say_shape(shape),
            "is_finite": is_finite,
            "choices": list(choices),
            "bounds": [bound.fields() for bound in known],
        },
    )
    made.mistakes += [Mistake(bound.name, bound.idea, bound.look, 0.0, bound.breaks) for bound in known]
    return made


def _word_bound(name: str, shape: Sequence[int], choices: Sequence[str]) -> Bound:
    """Return the bound that every word is one of the choices."""
    breaks: Any = "none of them"
    for size in reversed(shape):
        breaks = [breaks] * abs(size)
    listed = ", ".join(f"`{choice}`" for choice in choices)
    return Bound(
        "another_word",
        f"A word in `{name}` is none of the choices.",
        f"The choices are {listed}.",
        breaks=breaks,
        low=0.0,
    )


def _say_shape(shape: Sequence[int]) -> str:
    if not shape:
        return "one number"
    sizes = [f"at least {-size}" if size < 0 else str(size) for size in shape]
    return f"{sizes[0]} numbers" if len(shape) == 1 else f"a table of {' by '.join(sizes)} numbers"
