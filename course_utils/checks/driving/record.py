"""Read what an experiment of a lab left behind: a value, where other exercises ask for a function."""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np
import torch

from course_utils.checks.drivers import driver

UNKNOWN = -1
"""Stands for a word that is none of the choices."""

MOST_NUMBERS = 100_000
"""A list with more numbers is no result of an experiment; it is described, not read."""


@driver("record")
def read_record(answer: Any, arguments: dict[str, Any], options: dict[str, Any]) -> Any:
    """Return the result as one float64 tensor, or as it is where it is not made of numbers.

    A number, a tensor, a NumPy array, and lists and tuples of these all count alike. Where the experiment asks for
    words, `options["choices"]` lists them, and each is read as its place in that list.
    """
    try:
        found = _numbers(answer, tuple(options.get("choices", ())))
    except (RuntimeError, TypeError, ValueError, OverflowError):  # rows of different lengths, sparse tensors, …
        found = None
    return answer if found is None else found


def _numbers(value: Any, choices: tuple[str, ...]) -> torch.Tensor | None:
    """Return the numbers in `value`, or None if anything else is in it."""
    if isinstance(value, torch.Tensor):
        return value.detach().cpu().double()
    if isinstance(value, np.ndarray):
        return torch.from_numpy(value.astype(np.float64)) if value.dtype.kind in "biuf" else None
    if isinstance(value, (numbers.Real, np.bool_)):
        return torch.tensor(float(value), dtype=torch.float64)
    if isinstance(value, str):
        if not choices:
            return None
        word = value.strip().casefold()
        places = [place for place, choice in enumerate(choices) if choice.casefold() == word]
        return torch.tensor(float(places[0] if places else UNKNOWN), dtype=torch.float64)
    if isinstance(value, (list, tuple)) and 0 < len(value) <= MOST_NUMBERS:
        rows = [_numbers(item, choices) for item in value]
        known = [row for row in rows if row is not None]
        return torch.stack(known) if len(known) == len(rows) else None
    return None
