"""Read an answer that is a value and no function: the letter or the number a student set a name to.

Whoever types "B", " b " or "(b)" means b, and 0.5, "0.5", "1/2", tensor(0.5) are one number. What cannot be
read is no wrong answer: it raises AnswerFormError, which says how to mend it.
"""

from __future__ import annotations

import math
import numbers
import re
from typing import Any

import numpy as np
import torch

from course_utils.checks.drivers import driver
from course_utils.checks.response import plain_text
from course_utils.errors import AnswerFormError

CHOICE, NUMBER = "choice", "number"
"""The two forms of a question, as `options["form"]` names them."""

_LETTER = re.compile(r"[\s(\[\"']*([A-Za-z])[\s)\]\"'.:]*")
_LONGEST = 60


@driver("given")
def read_given(answer: Any, arguments: dict[str, Any], options: dict[str, Any]) -> float:
    """Return the chosen option's place (0 for "a") or the number given.

    Raises NotImplementedError where nothing was put in place of the dots, AnswerFormError where what stands
    there is neither.
    """
    if answer is None or answer is ... or (isinstance(answer, str) and answer.strip() in ("", "...")):
        raise NotImplementedError
    if options["form"] == CHOICE:
        return read_letter(answer, options["letters"])
    return read_number(answer)


def read_letter(answer: Any, letters: str) -> int:
    """Return the place of the letter in `letters`, however it is written; raises AnswerFormError."""
    mend = f'Write one letter in quotes, such as "{letters[1]}".'
    if not isinstance(answer, str):
        raise AnswerFormError(f"Your answer is {_what(answer)}.", mend)
    found = _LETTER.fullmatch(answer)
    if found is None:
        raise AnswerFormError(f'Your answer is "{_short(answer)}".', mend)
    letter = found[1].lower()
    if letter not in letters:
        raise AnswerFormError(f'There is no option "{letter}" here, only {letters[0]} to {letters[-1]}.', mend)
    return letters.index(letter)


def read_number(answer: Any) -> float:
    """Return the one number in `answer`, whatever holds it; raises AnswerFormError."""
    value = _read_text(answer) if isinstance(answer, str) else _read_value(answer)
    if math.isnan(value):
        raise AnswerFormError("Your answer is nan, which is no number.", _SUCH_AS)
    return value


_SUCH_AS = "Write one number, such as 0.25 or -3."


def _read_value(answer: Any) -> float:
    is_flag = isinstance(answer, (bool, np.bool_)) or getattr(answer, "dtype", None) in (torch.bool, np.bool_)
    if isinstance(answer, numbers.Real) and not is_flag:
        try:
            return float(answer)
        except OverflowError:
            raise AnswerFormError("Your number has more than 300 digits.", _SUCH_AS) from None
    if isinstance(answer, (torch.Tensor, np.ndarray)) and not is_flag:
        size = answer.numel() if isinstance(answer, torch.Tensor) else answer.size
        if size != 1:
            raise AnswerFormError(f"Your answer holds {size} numbers.", _SUCH_AS)
        try:
            return float(answer.reshape(()).item())
        except (TypeError, ValueError):  # complex numbers, objects
            pass
    raise AnswerFormError(f"Your answer is {_what(answer)}.", _SUCH_AS)


def _read_text(answer: str) -> float:
    text = answer.strip().replace("\N{MINUS SIGN}", "-")
    top, slash, bottom = text.partition("/")
    try:
        return float(top) / float(bottom) if slash else float(text)
    except (ValueError, ZeroDivisionError):
        pass
    if "," in text:
        mend = "Write the point as a point and leave out commas: 0.5, or 1200."
    elif text.endswith("%"):
        mend = "Write it without the percent sign: 50 % is 0.5."
    else:
        mend = f"{_SUCH_AS} No unit, no words."
    raise AnswerFormError(f'"{_short(answer)}" cannot be read as a number.', mend)


def _what(answer: Any) -> str:
    """Say what kind of thing an answer is; nothing of its own is asked, so none of its code runs."""
    if isinstance(answer, (bool, np.bool_)):
        return str(bool(answer))
    if isinstance(answer, (int, float)):
        return f"the number {_short(str(answer))}"
    if callable(answer):
        return "a function or a class, and the answer itself is asked for"
    name = plain_text(type(answer).__name__, longest=_LONGEST)
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def _short(text: str) -> str:
    line = " ".join(plain_text(text, longest=_LONGEST).split())
    return line if len(text) <= _LONGEST else f"{line}…"
