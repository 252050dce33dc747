"""Declare a quiz: questions with one right answer, and a misconception behind every wrong one.

    steps = number("quiz2_steps", "Steps of an epoch", "…", answer=math.ceil(13 / 4), why="…",
                   mistakes=[wrong(13 // 4, "dropped_the_last_batch", "…", "…")])

    level = choice("quiz1_level", "Level ground", "…",
                   right("A step leaves w as it is.", why="…"),
                   wrong("w is at the lowest point.", "took_level_for_lowest", "…", "…"))

A question is an exercise whose answer is a letter or a number. Its key for students is sealed: it says how to read
an answer and nothing of what is right. The judge's key, made for a grading run, says all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import torch

from autograder.errors import ExerciseError
from autograder.exercise import Exercise, Mistake, case
from course_utils.checks.answer_key import AnswerKey
from course_utils.checks.contract import PartSpec
from course_utils.checks.driving.given import CHOICE, NUMBER

POINTS = 10.0
"""What every question of a quiz is worth."""

TOLERANCE = 0.01
"""A number within this share of the right one is right; a whole number is to be exact."""

_EXACT = 1e-9
_LETTERS = "abcdef"


@dataclass(frozen=True)
class Answer:
    """One possible answer: an option's text or a number, and what it rests on.

    `name` is empty for the right one, whose `idea` says why it is right.
    """

    what: str | float
    name: str
    idea: str
    look: str = ""
    credit: float = 0.0

    @property
    def is_right(self) -> bool:
        """Whether this is the right answer."""
        return not self.name


def right(what: str, *, why: str) -> Answer:
    """Declare the right option; `why` is for staff, beside the solution in the source notebook."""
    return Answer(what, "", why)


def wrong(what: str | float, name: str, idea: str, look: str, *, credit: float = 0.0) -> Answer:
    """Declare a wrong option or a well-known wrong number: the misconception's name, the idea, one thing to look at."""
    return Answer(what, name, idea, look, credit)


class Question(Exercise):
    """An exercise that is answered by a letter or a number.

    `text` is what the notebook asks, in Markdown; `options` maps letters to the texts of a choice (empty where a
    number is asked for); `why` says why the right answer is right.
    """

    def __init__(
        self,
        name: str,
        title: str,
        text: str,
        *,
        solution: str | float,
        why: str,
        mistakes: Sequence[Mistake],
        options: Mapping[str, str],
        unit: str,
        tolerance: float,
    ) -> None:
        form = {"form": CHOICE, "letters": "".join(options)} if options else {"form": NUMBER}
        super().__init__(
            name,
            points=POINTS,
            ask=title,
            reference=solution,
            cases=[case("your answer")],
            parts=[PartSpec(kind="given", rtol64=tolerance)],
            driver="given",
            options=dict(form),
        )
        self.mistakes = list(mistakes)
        self.title, self.text, self.why, self.unit = title, text, why, unit
        self.options = MappingProxyType(dict(options))

    @property
    def is_whole(self) -> bool:
        """Whether an exact whole number is asked for."""
        return isinstance(self.reference, int)

    @property
    def right_answers(self) -> Mapping[str, Any]:
        """The right answer in the spellings that people use."""
        if self.options:
            letter = str(self.reference)
            capital = letter.upper()
            return {"letter": letter, "capital": capital, "spaces": f" {letter} ", "brackets": f"({capital})"}
        value = float(self.reference)
        exact = {
            "number": self.reference,
            "text": f"{value:.7g}",
            "tensor": torch.tensor([value], dtype=torch.float64),
            "NumPy number": np.float64(value),
        }
        return exact if self.is_whole else exact | {"three digits": float(f"{value:.3g}"), "fraction": f"{2 * value}/2"}

    def answer_key(self, secret: int | None = None) -> AnswerKey:
        """Return the judge's key if a secret is given (nothing is drawn from it), else the students', sealed."""
        key = super().answer_key(secret)
        return key.sealed() if secret is None else key


def choice(name: str, title: str, text: str, *options: Answer) -> Question:
    """Declare a question whose options are lettered in the order given.

    Raises ExerciseError unless exactly one option is right and all differ.
    """
    letters = _LETTERS[: len(options)]
    if not 2 <= len(options) <= len(_LETTERS):
        raise ExerciseError(f"Question {name!r} has {len(options)} options.", f"Give 2 to {len(_LETTERS)}.")
    rights = [letter for letter, option in zip(letters, options, strict=True) if option.is_right]
    if len(rights) != 1:
        raise ExerciseError(f"Question {name!r} has {len(rights)} right options.", "Give one right() and else wrong().")
    _refuse_twice(name, "option", [str(option.what) for option in options])
    mistakes = [
        _mistake(name, option, letter) for letter, option in zip(letters, options, strict=True) if not option.is_right
    ]
    _refuse_twice(name, "mistake", [mistake.name for mistake in mistakes])
    why = next(option.idea for option in options if option.is_right)
    texts = {letter: str(option.what) for letter, option in zip(letters, options, strict=True)}
    return Question(
        name,
        title,
        text,
        solution=rights[0],
        why=why,
        mistakes=mistakes,
        options=texts,
        unit="",
        tolerance=_EXACT,
    )


def number(
    name: str,
    title: str,
    text: str,
    *,
    answer: float,
    why: str,
    mistakes: Sequence[Answer],
    unit: str = "",
    tolerance: float = TOLERANCE,
) -> Question:
    """Declare a question that is answered by a number: exact if `answer` is an int, else up to a relative `tolerance`.

    Raises ExerciseError if two of the numbers, the right one among them, count as the same.
    """
    share = _EXACT if isinstance(answer, int) else tolerance
    known = [("the right answer", float(answer))]
    for mistake in mistakes:
        value = float(mistake.what)
        for other, taken in known:
            if abs(value - taken) <= 2 * share * max(abs(value), abs(taken)):
                raise ExerciseError(
                    f"In question {name!r} {mistake.name!r} gives {value:g} and {other} gives {taken:g}.",
                    "Change the question's numbers so that they can be told apart.",
                )
        known.append((repr(mistake.name), value))
    _refuse_twice(name, "mistake", [mistake.name for mistake in mistakes])
    solution: float = answer if isinstance(answer, int) else float(answer)
    return Question(
        name,
        title,
        text,
        solution=solution,
        why=why,
        mistakes=[_mistake(name, mistake, float(mistake.what)) for mistake in mistakes],
        options={},
        unit=unit,
        tolerance=share,
    )


@dataclass(frozen=True)
class Quiz:
    """A quiz: its name as in the course file, its title, what it is about, its questions in order."""

    name: str
    title: str
    about: str
    questions: tuple[Question, ...]

    def __post_init__(self) -> None:
        for question in self.questions:
            if not question.name.startswith(f"{self.name}_"):
                raise ExerciseError(
                    f"Question {question.name!r} stands in {self.name}.", f"Call it {self.name}_{question.name}."
                )


def _mistake(question: str, answer: Answer, given: Any) -> Mistake:
    if not answer.name.isidentifier() or not answer.idea or not answer.look:
        raise ExerciseError(
            f"A wrong answer to {question!r} ({answer.what!r}) lacks its name, idea or look.", "Give wrong() all three."
        )
    return Mistake(answer.name, answer.idea, answer.look, answer.credit, given)


def _refuse_twice(question: str, what: str, names: Sequence[str]) -> None:
    twice = next((each for each in names if names.count(each) > 1), None)
    if twice is not None:
        raise ExerciseError(f"Question {question!r} has the same {what} twice: {twice!r}.", "Change one.")
