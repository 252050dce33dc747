"""`check()`: what a student runs under every exercise."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

from course_utils.checks.answer_key import KEYS, AnswerKey, load_key
from course_utils.checks.diagnose import diagnose
from course_utils.checks.guard import plain_torch
from course_utils.checks.respond import respond
from course_utils.checks.show import VerdictView
from course_utils.checks.verdict import Verdict
from course_utils.errors import CheckError


def check(answer: Any, name: str | None = None) -> float:
    """Try `answer` on the visible cases of its exercise, show the verdict, and return the points it earns.

    `answer` is the function or class you wrote; the exercise is the one of the same name (or `name`). The
    points come back as a plain Python float, which nbgrader reads as partial credit. An answer to a quiz's
    question is only recorded here: right or wrong is not known before it has been handed in.

    Raises CheckError if no exercise has that name.
    """
    exercise = name or _exercise_of(answer, sys._getframe(1))
    with plain_torch():  # a key read under inference_mode would stay unusable outside it
        key = load_key(exercise)
    verdict = judge_answer(key, answer)
    _display(verdict)
    return Ungraded(verdict.points) if key.is_sealed else float(verdict.points)


class Ungraded(float):
    """The 0.0 of a quiz's question, which is graded elsewhere: nbgrader reads the number, a notebook does not show it.

    No number at all would be full marks to nbgrader.
    """

    def _repr_html_(self) -> str:
        return "<span></span>"


def judge_answer(key: AnswerKey, answer: Any) -> Verdict:
    """Return the verdict on `answer` by `key`: respond in this process, then diagnose."""
    return diagnose(key, respond(key.contract, answer, key.cases))


def _exercise_of(answer: Any, caller: FrameType) -> str:
    """Find the exercise an answer belongs to: by the name it was handed over under, else by its own name."""
    known = {**caller.f_globals, **caller.f_locals}
    under = [name for name, value in known.items() if value is answer and _is_exercise(name)]
    written = [name for name in under if name in (*caller.f_code.co_names, *caller.f_code.co_varnames)]
    own = getattr(answer, "__name__", "")
    found = [*written, *([own] if _is_exercise(own) else []), *under]
    if found:
        return str(found[0])
    called = own if isinstance(own, str) and own else type(answer).__name__
    raise CheckError(
        f"No exercise is called {called!r}.",
        "check() takes the function itself, under the name the exercise gives it: "
        "check(softmax), not check(softmax(x)).",
    )


def _is_exercise(name: object) -> bool:
    return isinstance(name, str) and name.isidentifier() and (KEYS / f"{name}.npz").is_file()


def _display(verdict: Verdict) -> None:
    """Show the verdict as HTML where there is a notebook, as text elsewhere."""
    view = VerdictView(verdict)
    if "IPython" in sys.modules:
        from IPython.core.getipython import get_ipython

        shell = get_ipython()
        if shell is not None and hasattr(shell, "kernel"):
            from IPython.display import display

            display(view)
            return
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(str(view).encode(encoding, "replace").decode(encoding))  # not every terminal has ✓ and η
