"""`check()`: what a student runs under every exercise."""

from __future__ import annotations

import sys
from typing import Any

from course_utils.checks.answer_key import KEYS, AnswerKey, load_key
from course_utils.checks.diagnose import diagnose
from course_utils.checks.respond import respond
from course_utils.checks.show import VerdictView
from course_utils.checks.verdict import Verdict
from course_utils.errors import CheckError


def check(answer: Any, name: str | None = None) -> float:
    """Try `answer` on the visible cases of its exercise, show the verdict, and return the points it earns.

    `answer` is the function or class you wrote; the exercise is the one of the same name (or `name`). The
    points come back as a plain Python float, which nbgrader reads as partial credit.

    Raises CheckError if no exercise has that name.
    """
    exercise = name or _exercise_of(answer)
    verdict = judge_answer(load_key(exercise), answer)
    _display(verdict)
    return float(verdict.points)


def judge_answer(key: AnswerKey, answer: Any) -> Verdict:
    """Return the verdict on `answer` by `key`: respond in this process, then diagnose."""
    return diagnose(key, respond(key.contract, answer, key.cases))


def _exercise_of(answer: Any) -> str:
    """Find the exercise an answer belongs to: by its own name, else by the name the caller has it under."""
    own = getattr(answer, "__name__", "")
    if _is_exercise(own):
        return str(own)
    # A lambda, a decorated function or a partial: look which exercise's name it was given to.
    frame = sys._getframe(2)
    for name, value in {**frame.f_globals, **frame.f_locals}.items():
        if value is answer and _is_exercise(name):
            return name
    raise CheckError(
        f"No exercise is called {own or type(answer).__name__!r}.",
        "check() takes the function itself, under the name the exercise gives it: check(softmax), not check(softmax(x)).",
    )


def _is_exercise(name: object) -> bool:
    return isinstance(name, str) and name.isidentifier() and (KEYS / f"{name}.npz").is_file()


def _display(verdict: Verdict) -> None:
    """Show the verdict as HTML where there is a notebook, as text elsewhere."""
    if "IPython" in sys.modules:
        from IPython import get_ipython

        shell = get_ipython()
        if shell is not None and hasattr(shell, "kernel"):
            from IPython.display import display

            display(VerdictView(verdict))
            return
    print(VerdictView(verdict))
