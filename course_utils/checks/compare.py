"""Hold a response against the expected one and say how it departs, in the order a student should hear it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from course_utils.checks.contract import PartSpec
from course_utils.checks.response import Part, Response, say_number, say_part

TINY = 1e-300
"""Keeps a tolerance relative to the size of the numbers from being zero when they all are."""

LOOK_ALIKE = 10.0
"""How many tolerances a mistake's numbers may lie from the student's and still count as the same numbers."""


class Departure(IntEnum):
    """In which way a response departs; the lower comes first when several hold."""

    UNWRITTEN = 1
    RAISED = 2
    NONE = 3
    TYPE = 4
    SHAPE = 5
    DTYPE = 6
    DEVICE = 7
    CHANGED = 8
    REMEMBERS = 9
    NOT_FINITE = 10
    VALUES = 11


@dataclass(frozen=True)
class Difference:
    """The first departure found in one case, in words, with the two numbers side by side."""

    departure: Departure
    part: str = ""
    yours: str = ""
    expected: str = ""
    where: str = ""
    is_returned: bool = True


def compare(given: Response, expected: Response, specs: Sequence[PartSpec]) -> Difference | None:
    """Return how `given` departs from `expected`, or None if it does not.

    A scalar may be a 0-d tensor, a Python number or a NumPy number; numbers are compared in float64 with a
    tolerance relative to the largest expected number, so that tails next to large numbers need cases of their own.
    """
    if given.raised is not None:
        kind = Departure.UNWRITTEN if given.raised.kind == "unwritten" else Departure.RAISED
        return Difference(kind, yours=given.raised.type)
    wanted = _say_parts(expected, specs)
    if given.structure:
        kind = Departure.NONE if given.structure == "None" else Departure.TYPE
        return Difference(kind, yours=given.structure, expected=wanted)
    if len(given.parts) != len(specs):  # only in a response that our own code did not write
        return Difference(Departure.TYPE, yours=f"{len(given.parts)} values", expected=wanted)
    pairs = [
        (part, want, spec)
        for part, want, spec in zip(given.parts, expected.parts, specs, strict=True)
        if spec.kind != "clue"
    ]
    for check in (_type, _shape, _dtype, _device):
        for part, want, spec in pairs:
            found = check(part, want, spec)
            if found is not None:
                return replace(found, is_returned=spec.is_returned)
    if given.changed:
        return Difference(Departure.CHANGED, part=given.changed[0], yours=", ".join(given.changed))
    if given.remembers:
        return Difference(Departure.REMEMBERS)
    for check in (_finite, _values):
        for part, want, spec in pairs:
            found = check(part, want, spec)
            if found is not None:
                return replace(found, is_returned=spec.is_returned)
    return None


def looks_like(given: Response, mistake: Response, specs: Sequence[PartSpec]) -> bool:
    """Whether a student's response is the one that a mistake gives: the same numbers, the same faults."""
    if (given.raised is None) != (mistake.raised is None):
        return False
    if given.raised is not None and mistake.raised is not None:
        return given.raised.kind == mistake.raised.kind
    if given.structure or mistake.structure:
        return given.structure == mistake.structure
    if len(given.parts) != len(mistake.parts):
        return False
    if set(given.changed) != set(mistake.changed) or given.remembers != mistake.remembers:
        return False
    return all(
        part_looks_like(part, other, spec)
        for part, other, spec in zip(given.parts, mistake.parts, specs, strict=True)
    )


def part_looks_like(part: Part, other: Part, spec: PartSpec) -> bool:
    """Whether two parts hold the same numbers in the same shape, up to `LOOK_ALIKE` tolerances."""
    if part.values is None or other.values is None:
        return (part.kind, part.shown, part.shape) == (other.kind, other.shown, other.shape)
    if part.values.shape != other.values.shape:
        return False
    if spec.kind == "at_least_accuracy":  # no two runs of training predict alike: clues tell mistakes apart
        return True
    if spec.kind != "scalar" and part.kind != other.kind:
        return False
    if spec.kind != "scalar" and spec.keeps_dtype and part.dtype != other.dtype:
        return False
    slack = 1.0 if spec.kind == "given" else LOOK_ALIKE
    return bool(np.all(_is_close(part, other, spec, slack)))


def _type(part: Part, want: Part, spec: PartSpec) -> Difference | None:
    if part.kind == "none":
        return Difference(Departure.NONE, spec.name, "None", say_part(want))
    if spec.kind == "scalar":
        is_right = part.kind in ("tensor", "number") or (part.kind == "array" and part.shape == ())
    else:
        is_right = part.kind == want.kind
    return None if is_right else Difference(Departure.TYPE, spec.name, say_part(part), say_part(want))


def _shape(part: Part, want: Part, spec: PartSpec) -> Difference | None:
    if part.shape == want.shape:
        return None
    return Difference(Departure.SHAPE, spec.name, str(part.shape), str(want.shape))


def _dtype(part: Part, want: Part, spec: PartSpec) -> Difference | None:
    if part.dtype == want.dtype or spec.kind == "scalar" or not spec.keeps_dtype:
        return None
    return Difference(Departure.DTYPE, spec.name, part.dtype, want.dtype)


def _device(part: Part, want: Part, spec: PartSpec) -> Difference | None:
    if part.device == want.device or "" in (part.device, want.device):
        return None
    return Difference(Departure.DEVICE, spec.name, part.device, want.device)


def _finite(part: Part, want: Part, spec: PartSpec) -> Difference | None:
    yours, theirs = _numbers(part), _numbers(want)
    if np.isfinite(yours).all():
        return None
    bad = ~np.isfinite(yours) & ~((yours == theirs) | (np.isnan(yours) & np.isnan(theirs)))
    return _difference_at(bad, Departure.NOT_FINITE, part, want, spec) if bad.any() else None


def _values(part: Part, want: Part, spec: PartSpec) -> Difference | None:
    if spec.kind == "at_least_accuracy":
        return _too_few_right(part, want, spec)
    if np.array_equal(_numbers(part), _numbers(want)):
        return None
    bad = ~_is_close(part, want, spec)
    return _difference_at(bad, Departure.VALUES, part, want, spec) if bad.any() else None


def _too_few_right(part: Part, want: Part, spec: PartSpec) -> Difference | None:
    right = float(np.mean(_numbers(part) == _numbers(want)))
    if right >= spec.floor:
        return None
    return Difference(Departure.VALUES, spec.name, f"{right:.1%}", f"at least {spec.floor:.0%}")


def _difference_at(
    bad: np.ndarray, departure: Departure, part: Part, want: Part, spec: PartSpec
) -> Difference:
    index = tuple(int(i) for i in np.argwhere(bad)[0])
    yours, theirs = _numbers(part)[index], _numbers(want)[index]
    shown, wanted = say_number(yours), say_number(theirs)
    if shown == wanted:  # they differ beyond the fourth digit: show as many as it takes
        shown, wanted = f"{yours:.10g}", f"{theirs:.10g}"
    where = f"[{', '.join(map(str, index))}]" if index else ""
    return Difference(departure, spec.name, shown, wanted, where)


def tolerance(want: Part, spec: PartSpec) -> float:
    """Return the relative tolerance that holds for a part: the float32 one where float32 went in."""
    return spec.rtol32 if want.dtype in ("float32", "float16", "bfloat16") else spec.rtol64


def _is_close(part: Part, want: Part, spec: PartSpec, slack: float = 1.0) -> np.ndarray:
    yours, theirs = _numbers(part), _numbers(want)
    relative = tolerance(want, spec) * slack
    finite = theirs[np.isfinite(theirs)]
    scale = float(np.abs(finite).max()) if finite.size else 0.0
    with np.errstate(all="ignore"):
        near = np.asarray(np.abs(yours - theirs) <= relative * max(scale, TINY))
    if near.all():
        return near
    return np.asarray(near | (yours == theirs) | (np.isnan(yours) & np.isnan(theirs)))


def _numbers(part: Part) -> np.ndarray:
    if part.values is None:
        return np.array(np.nan)
    return np.asarray(part.values, dtype=np.float64)


def _say_parts(expected: Response, specs: Sequence[PartSpec]) -> str:
    """Say what an answer should have returned; what a driver measured is left out."""
    asked = [place for place, spec in enumerate(specs) if spec.is_returned]
    if len(asked) == 1:
        return say_part(expected.parts[asked[0]])
    return "(" + ", ".join(specs[place].name for place in asked) + ")"
