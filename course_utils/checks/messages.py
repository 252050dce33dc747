"""The sentences of a verdict: what was seen, without blame, without solution code, without hidden inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from course_utils.checks.compare import Departure, Difference
from course_utils.checks.contract import Case, Contract
from course_utils.checks.patterns import find_pattern
from course_utils.checks.response import Raised, Response, say_number

LONGEST_INPUT = 60
"""Inputs longer than this many characters are left to the table."""


@dataclass(frozen=True)
class Message:
    """A generic message: a short name for the report, then idea, what was seen, one thing to look at."""

    name: str
    idea: str
    saw: str = ""
    look: str = ""


def say_numbers(case: Case, difference: Difference) -> str:
    """Say the student's number beside the right one, with the inputs where these are short."""
    if case.is_hidden:
        return f"It shows in a hidden case ({case.label})."
    inputs = say_inputs(case)
    given = f"With {inputs} you" if inputs else f"For {case.label} you"
    part = f"{difference.part}{difference.where}" if difference.part or difference.where else ""
    part = f"result{part}" if part.startswith("[") else part
    match difference.departure:
        case Departure.RAISED | Departure.UNWRITTEN:
            return f"For {case.label} your code stopped with {difference.yours}."
        case Departure.CHANGED:
            return f"After the call {difference.part} was no longer what it was before."
        case Departure.REMEMBERS:
            return "The same call, made again, gave another result."
        case Departure.NONE:
            return f"{given} returned None."
        case Departure.SHAPE:
            what = f"{difference.part} with shape" if difference.part else "shape"
            if not difference.is_returned:
                return f"For {case.label}: {what} {difference.yours}; expected {difference.expected}."
            return f"{given} returned {what} {difference.yours}; expected {difference.expected}."
        case _ if not difference.is_returned:
            return f"For {case.label}: {part} = {difference.yours}; expected {difference.expected}."
        case _:
            what = f"{part} = {difference.yours}" if part else difference.yours
            return f"{given} returned {what}; expected {difference.expected}."


def side_by_side(difference: Difference) -> tuple[str, str]:
    """Return the two columns of the table for a case that is not right."""
    match difference.departure:
        case Departure.UNWRITTEN:
            return "not written yet", ""
        case Departure.RAISED:
            return f"stopped: {difference.yours}", ""
        case Departure.CHANGED:
            return f"changed {difference.yours}", "arguments as they were"
        case Departure.REMEMBERS:
            return "another result the second time", "the same result"
        case Departure.SHAPE:
            part = f"{difference.part} " if difference.part else ""
            return f"{part}shape {difference.yours}", f"{part}shape {difference.expected}"
        case _:
            part = f"{difference.part}{difference.where}" or ""
            label = f"{part} = " if difference.part else (f"{part} " if part else "")
            return f"{label}{difference.yours}", f"{label}{difference.expected}"


def generic(
    contract: Contract, case: Case, given: Response, expected: Response, difference: Difference
) -> Message:
    """Return the message for a departure that no named mistake explains."""
    name, part = contract.name, difference.part or "the result"
    seen = say_numbers(case, difference)
    match difference.departure:
        case Departure.UNWRITTEN | Departure.RAISED:
            if given.raised is None:
                raise ValueError("a response that raised says what it raised")
            return _stopped(contract, case, given.raised)
        case Departure.NONE:
            return Message(
                "returned-none",
                f"{name} gave back None.",
                seen,
                "Does every path end in a return with a value?",
            )
        case Departure.TYPE if case.is_hidden:
            return Message(
                "wrong-type",
                f"{name} does not always give back what is asked for.",
                seen,
                "What does the text above say the function returns, and does every path return it?",
            )
        case Departure.TYPE:
            return Message(
                "wrong-type",
                f"{name} gave back {difference.yours}, where {difference.expected} is asked for.",
                "",
                "What does the text above say the function returns?",
            )
        case Departure.SHAPE:
            pattern = _pattern(contract, case, given, expected, difference)
            return Message(
                "wrong-shape",
                f"{part[:1].upper()}{part[1:]} has the wrong shape.",
                " ".join(filter(None, (seen, pattern))),
                "Write the shape of each step beside it, from the inputs on.",
            )
        case Departure.DTYPE:
            return Message(
                "wrong-dtype",
                f"Your answer turns {difference.expected} into {difference.yours}.",
                "",
                "Make new tensors with the dtype of the input (zeros_like, dtype=x.dtype).",
            )
        case Departure.DEVICE:
            return Message(
                "wrong-device",
                f"Your answer is on {difference.yours}, the inputs are on {difference.expected}.",
                "",
                "Make new tensors on the device of the input.",
            )
        case Departure.CHANGED:
            return Message(
                "changed-its-argument",
                f"Your code changes {difference.yours}, which belongs to the caller.",
                seen,
                "Look for +=, -=, functions that end in _, and assignments into an argument.",
            )
        case Departure.REMEMBERS:
            return Message(
                "remembers-earlier-calls",
                "Your answer depends on what was called before.",
                seen,
                "Look for a global or an attribute that lives on between calls.",
            )
        case Departure.NOT_FINITE:
            return Message(
                "not-finite",
                "A number became inf or nan on the way.",
                seen,
                "Which step can overflow, divide by zero, or take the log of zero?",
            )
        case _:
            pattern = _pattern(contract, case, given, expected, difference)
            return Message(
                _pattern_name(pattern),
                pattern or "The numbers differ.",
                seen,
                "Work this case out by hand and print each step.",
            )


def _stopped(contract: Contract, case: Case, raised: Raised) -> Message:
    if raised.kind == "deadline":
        return Message(
            "too-slow",
            f"Your code was still running after {contract.seconds:g} seconds.",
            "",
            "Does every loop come to an end?",
        )
    if raised.kind == "memory":
        return Message(
            "too-much-memory",
            "Your code asked for more memory than this exercise may take.",
            _at_line(raised),
            "Is a table built that grows with the square of the inputs, or a list that never stops growing?",
        )
    if raised.kind == "exit":
        return Message("called-exit", "Your code called exit().", "", "Return a value in place of leaving.")
    text = "" if case.is_hidden or not raised.message else f": {raised.message}"
    where = f"in a hidden case ({case.label})" if case.is_hidden else f"for {case.label}"
    return Message(
        f"raised-{raised.type}",
        f"Your code stopped with {raised.type}{text} ({where}).",
        _at_line(raised),
        _about(raised),
    )


def _at_line(raised: Raised) -> str:
    if not raised.line:
        return ""
    return f"Your line {raised.line_number}: `{raised.line}`"


def _about(raised: Raised) -> str:
    """Point at the usual cause of an exception, where there is one."""
    if raised.type == "NameError":
        return "Is that name spelled as where it was made, and has its cell been run?"
    if "shape" in raised.message or "size of tensor" in raised.message:
        return "Print the shapes of the two tensors that meet in this line."
    if "dtype" in raised.message or "scalar type" in raised.message:
        return "Print the dtypes of the tensors that meet in this line."
    if raised.type == "TypeError":
        return "Do the arguments stand in the order that the text gives?"
    return ""


def _pattern(
    contract: Contract, case: Case, given: Response, expected: Response, difference: Difference
) -> str:
    if case.is_hidden:
        return ""
    for part, want, spec in zip(given.parts, expected.parts, contract.parts, strict=True):
        if spec.name == difference.part and part.values is not None and want.values is not None:
            return find_pattern(np.asarray(part.values), np.asarray(want.values))
    return ""


_PATTERN_NAMES = {
    "All your numbers are 0.": "all-zero",
    "Your numbers are all the same.": "all-the-same",
    "Every number has the opposite sign.": "opposite-sign",
    "It is the transpose of what is asked for.": "transposed",
    "The numbers are right but stand in another order.": "other-order",
}


def _pattern_name(pattern: str) -> str:
    if not pattern:
        return ""
    return _PATTERN_NAMES.get(pattern, "off-by-a-constant" if "off by" in pattern else "off-by-a-factor")


def say_inputs(case: Case) -> str:
    """Write the case's inputs on one short line, or return "" if they are too long for one."""
    said = ", ".join(f"{name} = {_say_value(value)}" for name, value in case.arguments.items())
    return said if len(said) <= LONGEST_INPUT else ""


def _say_value(value: Any) -> str:
    if isinstance(value, torch.Tensor):
        return _say_array(value.detach().cpu().numpy())
    if isinstance(value, float):
        return say_number(value)
    return repr(value)


def _say_array(array: np.ndarray) -> str:
    if array.size > 12:
        return "…" * LONGEST_INPUT
    if array.ndim == 0:
        return say_number(array)
    return "[" + ", ".join(_say_array(row) for row in array) + "]"


def size_of(case: Case) -> int:
    """Return how many numbers a case holds: the smallest case that shows a mistake is the one to show."""
    return sum(
        value.numel() if isinstance(value, torch.Tensor) else 1 for value in case.arguments.values()
    )


def listed(names: Sequence[str]) -> str:
    """Join names as prose: "a", "a and b", "a, b and c"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
