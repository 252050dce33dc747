"""The declaration all else comes from: a right answer, inputs to try it on, wrong answers that have names.

    mse = Exercise("mse", points=1, ask="…", reference=…, cases=[…], hidden=[…], parts=[scalar()])

    @mse.mistake("This is the sum of the squares, not their mean.", look="How many numbers went in?")
    def summed(p, y):
        return ((p - y) ** 2).sum()

Grading, diagnosis, the answer key students get and the certificate are all made from it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, overload

import torch

from autograder.errors import ExerciseError
from course_utils.checks.answer_key import AnswerKey, KnownMistake
from course_utils.checks.compare import compare
from course_utils.checks.contract import Case, Contract, PartSpec
from course_utils.checks.respond import in_turn, respond
from course_utils.checks.response import Raised, Response, say_part

VISIBLE_SEED = 20260901
"""Visible cases are the same for everybody, each time."""

Make = Callable[[torch.Generator], dict[str, Any]]


@dataclass(frozen=True)
class CaseMaker:
    """A label that students may read, and a function that draws the inputs from a seeded generator."""

    label: str
    make: Make


@dataclass(frozen=True)
class Mistake:
    """A wrong answer as code, the sentences for whoever makes it, and the share of the points it keeps."""

    name: str
    idea: str
    look: str
    credit: float
    answer: Callable[..., Any]


def case(label: str, make: Make | None = None, /, **arguments: Any) -> CaseMaker:
    """Declare a case: either fixed arguments by name, or a function that draws them from a generator."""
    if make is not None and arguments:
        raise ExerciseError(f"Case {label!r} has both a maker and fixed arguments.", "Give one of the two.")
    return CaseMaker(label, make or (lambda generator: dict(arguments)))


def tensor(name: str = "", **tolerances: Any) -> PartSpec:
    """Say that a part is a tensor of the reference's shape and dtype."""
    return PartSpec(name, "tensor", **tolerances)


def scalar(name: str = "", **tolerances: Any) -> PartSpec:
    """Say that a part is one number: a 0-d tensor, a Python float or a NumPy number."""
    return PartSpec(name, "scalar", **tolerances)


def seen(name: str, **tolerances: Any) -> PartSpec:
    """Say that a part is one number which the driver measured: the answer did not return it."""
    return PartSpec(name, "scalar", is_returned=False, **tolerances)


def clue(name: str) -> PartSpec:
    """Say that a part is one number which is never judged: it only tells mistakes apart."""
    return PartSpec(name, "clue", is_returned=False)


def _without_code(response: Response) -> Response:
    """Leave out where and how a mistake's code stopped: a key is in students' hands."""
    if response.raised is None:
        return replace(response, printed="")
    return replace(response, printed="", raised=Raised(response.raised.kind, response.raised.type, ""))


class _Tried(Sequence[Response]):
    """A mistake's responses, each made when it is first asked for: most mistakes differ from an answer early.

    The first one is known for good only after the last. Which calls a mistake makes is not watched, for nobody asks.
    """

    def __init__(self, contract: Contract, answer: Any, cases: tuple[Case, ...]) -> None:
        self._count = len(cases)
        self._steps = in_turn(replace(contract, forbid=()), answer, cases)
        self._made: list[Response] = []

    @overload
    def __getitem__(self, place: int) -> Response: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Response, ...]: ...

    def __getitem__(self, place: int | slice) -> Response | tuple[Response, ...]:
        if isinstance(place, slice):
            return tuple(self[each] for each in range(*place.indices(self._count)))
        at = range(self._count)[place]
        known = at or self._count  # the last step says what the first response is
        while len(self._made) <= known:
            self._made.append(_without_code(next(self._steps)))
        return self._made[known]

    def __len__(self) -> int:
        return self._count


class Exercise:
    """One graded exercise: contract, reference, cases and named mistakes.

    `forbid` names torch calls that the answer must not make (seen at run time). `seconds` is the time limit
    for all cases together. `options` are handed to the driver.
    """

    def __init__(
        self,
        name: str,
        *,
        points: float,
        ask: str,
        reference: Any,
        cases: Sequence[CaseMaker],
        hidden: Sequence[CaseMaker] = (),
        parts: Sequence[PartSpec] = (PartSpec(),),
        driver: str = "function",
        forbid: Iterable[str] = (),
        seconds: float = 5.0,
        options: dict[str, Any] | None = None,
    ) -> None:
        labels = [maker.label for maker in (*cases, *hidden)]
        twice = sorted({label for label in labels if labels.count(label) > 1})
        if twice:
            raise ExerciseError(f"Exercise {name!r} has two cases called {twice[0]!r}.", "Give each its own label.")
        if not name.isidentifier():
            raise ExerciseError(f"{name!r} is not a Python name.", "An exercise is called as its function is.")
        self.contract = Contract(
            name, float(points), ask, tuple(parts), driver, tuple(forbid), seconds, dict(options or {})
        )
        self.reference = reference
        self.mistakes: list[Mistake] = []
        self._visible = tuple(cases)
        self._hidden = tuple(hidden)

    def __repr__(self) -> str:
        return f"<Exercise {self.name}: {len(self.mistakes)} mistakes>"

    @property
    def name(self) -> str:
        """The name of the function or class that students write."""
        return self.contract.name

    @property
    def right_answers(self) -> Mapping[str, Any]:
        """Right answers other than the reference, by a label, for the certificate."""
        return {}

    def mistake(
        self, idea: str, *, look: str = "", credit: float = 0.0
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Declare the decorated wrong answer as a mistake; its name is the function's (or class's).

        `idea` says which belief it rests on, `look` one thing to look at, `credit` the share of the points
        that this mistake keeps. Both sentences are read by students: no solution code, no blame.
        """

        def register(answer: Callable[..., Any]) -> Callable[..., Any]:
            name = answer.__name__
            if any(known.name == name for known in self.mistakes):
                raise ExerciseError(f"Exercise {self.name!r} has two mistakes called {name!r}.", "Rename one.")
            if not 0 <= credit < 1:
                raise ExerciseError(f"Mistake {name!r} of {self.name!r} has credit {credit}.", "Give 0 ≤ credit < 1.")
            self.mistakes.append(Mistake(name, idea, look, credit, answer))
            return answer

        return register

    def cases(self, secret: int | None = None) -> tuple[Case, ...]:
        """Return the visible cases and, given a secret seed, the hidden ones drawn from it."""
        made = [Case(maker.label, maker.make(self._generator(maker, VISIBLE_SEED))) for maker in self._visible]
        if secret is not None:
            made += [
                Case(maker.label, maker.make(self._generator(maker, secret)), is_hidden=True) for maker in self._hidden
            ]
        return tuple(made)

    def answer_key(self, secret: int | None = None) -> AnswerKey:
        """Return the key for the visible cases, or for these and hidden ones drawn from `secret`.

        Raises ExerciseError if the reference fails on a case of its own.
        """
        cases = self.cases(secret)
        expected = respond(self.contract, self.reference, cases)
        for made, response in zip(cases, expected, strict=True):
            fault = compare(response, response, self.contract.parts)
            odd = [part for part in response.parts if part.values is None]
            if fault is not None or response.used or odd:
                kind = say_part(odd[0]) if odd else "it uses a forbidden call"
                raise ExerciseError(
                    f"The reference of {self.name!r} does not hold in case {made.label!r}: "
                    f"{fault.departure.name.lower() if fault else kind} "
                    f"{response.raised or ''}".strip()
                    + "."
                )
        mistakes = tuple(
            KnownMistake(each.name, each.idea, each.look, each.credit, _Tried(self.contract, each.answer, cases))
            for each in self.mistakes
        )
        return AnswerKey(self.contract, cases, expected, mistakes)

    @staticmethod
    def _generator(maker: CaseMaker, seed: int) -> torch.Generator:
        mixed = zlib.crc32(maker.label.encode()) ^ seed
        return torch.Generator().manual_seed(mixed)
