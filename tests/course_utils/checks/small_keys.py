"""Small answer keys made on the spot, so that a test says itself what is right, wrong and hidden."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from course_utils.checks.answer_key import AnswerKey, KnownMistake
from course_utils.checks.contract import Case, Contract, PartSpec
from course_utils.checks.respond import respond

SCALAR = (PartSpec("", "scalar"),)
TENSOR = (PartSpec(),)


def contract(parts: Sequence[PartSpec] = TENSOR, **settings: Any) -> Contract:
    """Return a contract for an exercise called `thing`, worth 4 points."""
    return Contract("thing", 4.0, "Do the thing.", tuple(parts), **settings)


def case(label: str = "a case", *, is_hidden: bool = False, **arguments: Any) -> Case:
    """Return a case with these arguments."""
    return Case(label, arguments, is_hidden)


def vector(*numbers: float) -> torch.Tensor:
    """Return a float64 tensor (N,)."""
    return torch.tensor(numbers, dtype=torch.float64)


def key(
    reference: Callable[..., Any],
    cases: Sequence[Case],
    *mistakes: Callable[..., Any],
    parts: Sequence[PartSpec] = TENSOR,
    credit: float = 0.0,
    **settings: Any,
) -> AnswerKey:
    """Return the key of an exercise: what the reference and each mistake answer to the cases."""
    deal = contract(parts, **settings)
    known = tuple(
        KnownMistake(
            wrong.__name__, f"The idea of {wrong.__name__}.", "Look here.", credit, respond(deal, wrong, cases)
        )
        for wrong in mistakes
    )
    return AnswerKey(deal, tuple(cases), respond(deal, reference, cases), known)
