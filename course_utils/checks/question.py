"""The verdict on an answer to a quiz's question: a letter or a number, under a name.

With a student's key, which is sealed, an answer is *recorded*: it can be read, and nothing more is known. The
judge's key tells right from wrong and names the misconception behind a wrong letter or a well-known wrong number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from course_utils.checks.answer_key import AnswerKey
from course_utils.checks.compare import compare, looks_like
from course_utils.checks.contract import Contract
from course_utils.checks.response import Raised, Response
from course_utils.checks.verdict import Outcome, Verdict

NEARLY = 0.05
"""A number that is off by less than this share was rounded too early, most likely."""


def judge_given(key: AnswerKey, responses: Sequence[Response]) -> Verdict:
    """Return the verdict on a letter or number; the right one is never in it, so that a quiz can be taken again."""
    contract, response = key.contract, responses[0]
    blank = Verdict(contract.name, Outcome.FAILED, 0.0, contract.points)
    if response.raised is not None:
        return _unread(blank, response.raised)
    said = say_given(contract, response)
    if not said:
        return replace(blank, idea="Your answer could not be read.", mistake="malformed")
    if key.is_sealed:
        saw = f"Your answer: {said}. Until you hand in, you may change it."
        return replace(blank, outcome=Outcome.RECORDED, saw=saw)
    answered = f"You answered {said}."
    specs = contract.parts
    if compare(response, key.expected[0], specs) is None:
        return replace(blank, outcome=Outcome.PASSED, points=contract.points, saw=answered)
    for mistake in key.mistakes:
        if looks_like(response, mistake.responses[0], specs):
            return replace(
                blank,
                points=round(mistake.credit * contract.points, 4),
                idea=mistake.idea,
                saw=answered,
                look=mistake.look,
                mistake=mistake.name,
            )
    if _is_nearly(_number(response), _number(key.expected[0])):
        return replace(
            blank,
            idea="Your number is close to the right one, but not close enough.",
            saw=answered,
            look="Keep all digits until the end, and give at least three of them.",
            mistake="rounded-too-early",
        )
    return replace(
        blank,
        idea="This is not the number asked for, and no usual slip leads to it.",
        saw=answered,
        look="Write each step on a line of its own, with its number, and compare it with the lecture's formula.",
    )


def say_given(contract: Contract, response: Response) -> str:
    """Say an answer as the student might have written it: a letter or a number; "" if it is neither."""
    value = _number(response)
    letters = contract.options.get("letters", "")
    if not letters:
        return "" if math.isnan(value) else f"{value:.10g}"
    is_place = value in range(len(letters))
    return letters[int(value)] if is_place else ""


def _unread(blank: Verdict, raised: Raised) -> Verdict:
    if raised.kind == "unwritten":
        return replace(
            blank,
            outcome=Outcome.NOT_ATTEMPTED,
            idea="Not answered yet.",
            look="Put your answer in place of the three dots.",
        )
    if raised.kind == "malformed":
        return replace(blank, idea=raised.message, mistake="malformed")
    return replace(
        blank,
        idea=f"Your answer could not be read ({raised.type}).",
        look="Is it one letter in quotes, or one number?",
        mistake=f"raised-{raised.type}",
    )


def _number(response: Response) -> float:
    if len(response.parts) != 1:
        return math.nan
    values = response.parts[0].values
    return math.nan if values is None or values.shape != () else float(values)


def _is_nearly(given: float, expected: float) -> bool:
    # Whole numbers are counts: one off is another number, not a rounded one.
    if float(expected).is_integer() or not math.isfinite(given):
        return False
    return abs(given - expected) <= NEARLY * abs(expected)
