"""Judge the result of an experiment: is it there, of the right make-up, and one that a run can give?

A lab is graded on completion. Nothing here asks whether a result is the right one; its bounds are what every
honest run keeps, and each bound has a sentence for whoever breaks it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from course_utils.checks.answer_key import AnswerKey
from course_utils.checks.response import Part, Response, say_number, say_part
from course_utils.checks.verdict import Outcome, Verdict

RECORD = "record"
"""The driver of experiments; a contract that names it is judged here."""

MOST_SHOWN = 8
"""Numbers of a result that a verdict repeats."""


def judge_record(key: AnswerKey, responses: Sequence[Response]) -> Verdict:
    """Return the verdict on the result of an experiment: all points, or none and what is missing.

    The contract's options say what to expect: `shape` (a negative size means "at least so many"), `form` (the same
    in words), `is_finite`, and `bounds`, a list of fields as `autograder.experiment.Bound` writes them.
    """
    contract, response = key.contract, responses[0]
    options, name = contract.options, contract.name
    verdict = Verdict(name, Outcome.PASSED, contract.points, contract.points, on_completion=True)
    failed = replace(verdict, outcome=Outcome.FAILED, points=0.0)
    if response.raised is not None:
        return replace(
            failed,
            idea=f"`{name}` could not be read: it stopped with {response.raised.type}.",
            look=f"Asked for: {options['form']}.",
            mistake=f"raised-{response.raised.type}",
        )
    part = response.parts[0] if response.parts else Part("other", shown=response.structure)
    if part.kind == "none" or part.shown == "an ellipsis":
        return replace(
            failed,
            outcome=Outcome.NOT_ATTEMPTED,
            idea=f"Nothing recorded yet: `{name}` is still {'None' if part.kind == 'none' else 'three dots'}.",
            look="Run the experiment in the cell above and leave its result under this name.",
        )
    values = part.values
    if part.kind != "tensor" or values is None or not _has_shape(values.shape, options["shape"]):
        return replace(
            failed,
            idea=f"`{name}` is {_say_make(part)}, where {options['form']} is asked for.",
            look=_about_make(part),
            mistake="wrong-form",
        )
    seen = f"Recorded: {say_values(values, options.get('choices', ()))}."
    if options["is_finite"] and not np.isfinite(values).all():
        return replace(
            failed,
            idea="There is an inf or nan in your result: this experiment does not give one.",
            saw=seen,
            look="Which setting makes a number grow without end, or divides by zero?",
            mistake="not-finite",
        )
    for bound in options["bounds"]:
        if _is_broken(values, bound):
            return replace(failed, idea=bound["idea"], saw=seen, look=bound["look"], mistake=bound["name"])
    return replace(verdict, saw=seen)


def _has_shape(shape: tuple[int, ...], wanted: Sequence[int]) -> bool:
    if len(shape) != len(wanted):
        return False
    return all(size == want if want >= 0 else size >= -want for size, want in zip(shape, wanted, strict=True))


def _is_broken(values: np.ndarray, bound: dict[str, Any]) -> bool:
    """Whether the numbers a bound looks at lie outside of it."""
    looked_at = _view(values, bound["at"])
    if bound["minus"] is not None:
        looked_at = looked_at - _view(values, bound["minus"])
    if bound["other_than"] is not None:
        return bool(np.allclose(looked_at, bound["other_than"], rtol=0.0, atol=bound["closer_than"]))
    if bound["of"] == "spread":
        looked_at = np.max(looked_at) - np.min(looked_at)
    # Not finite numbers pass where they are allowed at all: `is_finite` has been asked before.
    low = bound["low"] is not None and bool(np.any(looked_at < bound["low"]))
    return low or (bound["high"] is not None and bool(np.any(looked_at > bound["high"])))


def _view(values: np.ndarray, at: Sequence[int | None] | None) -> np.ndarray:
    """Return the entries at a place; None in it stands for the whole axis, None for everything."""
    if at is None:
        return values
    return np.asarray(values[tuple(slice(None) if place is None else place for place in at)])


def say_values(values: np.ndarray, choices: Sequence[str] = ()) -> str:
    """Say a result in a few numbers: all of a short one, shape and ends of a long one."""

    def say(number: Any) -> str:
        if not choices:
            return say_number(number)
        return choices[int(number)] if 0 <= number < len(choices) else "another word"

    if values.size <= MOST_SHOWN:
        return _nested(values, say)
    flat = values.reshape(-1)
    first, last = ", ".join(map(say, flat[:3])), ", ".join(map(say, flat[-2:]))
    return f"{values.size} numbers of shape {values.shape}, {first}, …, {last}"


def _nested(values: np.ndarray, say: Any) -> str:
    if values.ndim == 0:
        return str(say(values[()]))
    return "[" + ", ".join(_nested(row, say) for row in values) + "]"


def _say_make(part: Part) -> str:
    """Say what was left: numbers by how many they are, all else by its type."""
    if part.kind != "tensor":
        return say_part(part)
    if part.shape in ((), (1,)):
        return "one number" if not part.shape else "one number in brackets"
    return f"{part.shape[0]} numbers" if len(part.shape) == 1 else f"a table of shape {part.shape}"


def _about_make(part: Part) -> str:
    if part.kind == "tensor":
        return "Is something left out, or one pair of brackets too many?"
    if part.shown.endswith(("function", "method")):
        return "A function waits to be called: keep what it gives back."
    if part.kind == "sequence":
        return "Do all its rows have the same length, and are all its entries numbers?"
    return "Print it: is it what your experiment measured?"
