"""What `check()` must know to call an answer and read what it gives back: no solution is in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class PartSpec:
    """One value an answer must return.

    `kind`: "tensor" (torch tensor of the expected shape), "scalar" (0-d tensor, Python float or NumPy
    scalar alike), "at_least_accuracy" (class indices, of which at least the share `floor` must be the
    expected ones), "clue" (one number that is never judged: it only helps to recognise a mistake) or "given"
    (what a student typed: a mistake is recognised at the same tolerance at which an answer is right).
    `keeps_dtype`: a tensor's dtype must be the expected one. `rtol64` and `rtol32` are relative to the size
    of the expected numbers in float64 and in float32 cases. `is_returned`: the answer returned this part; if
    not, a driver measured it, and messages say "seen" in place of "returned".
    """

    name: str = ""
    kind: str = "tensor"
    keeps_dtype: bool = True
    rtol64: float = 1e-7
    rtol32: float = 1e-5
    is_returned: bool = True
    floor: float = 0.0


@dataclass(frozen=True)
class Contract:
    """One exercise as the student's side knows it."""

    name: str
    points: float
    ask: str
    parts: tuple[PartSpec, ...] = (PartSpec(),)
    driver: str = "function"
    forbid: tuple[str, ...] = ()
    seconds: float = 5.0
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """Inputs to try an answer on, under a label that a student may read.

    `arguments` are plain data: tensors, numbers, strings, booleans, or lists and dicts of these.
    """

    label: str
    arguments: dict[str, Any]
    is_hidden: bool = False
