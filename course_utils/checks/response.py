"""What an answer gave back for one case, as plain data that can leave the student's process.

A response holds arrays, numbers and short strings: nothing in it can run code where it is read.
"""

from __future__ import annotations

import math
import numbers
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

MAX_ELEMENTS = 1_000_000
"""Of a larger answer only shape and dtype are kept; no exercise asks for more."""

MAX_CHARACTERS = 300
"""The longest text of an answer's making (an error's message, a name) that is kept."""

MAX_PRINTED = 2_000
"""Characters of an answer's own prints that are kept to be shown with the verdict."""


@dataclass(frozen=True)
class Part:
    """One value an answer returned: `values` as a NumPy array, and what it was before."""

    kind: str
    """"tensor", "array", "number" (Python or NumPy), "none", "sequence" or "other"."""
    values: np.ndarray | None = None
    dtype: str = ""
    shape: tuple[int, ...] = ()
    device: str = ""
    shown: str = ""


@dataclass(frozen=True)
class Raised:
    """An exception that came out of an answer, with the student's own line."""

    kind: str
    """"error", "unwritten" (the stub), "malformed" (an answer that cannot be read), "deadline", "memory" or "exit"."""
    type: str
    message: str
    function: str = ""
    line_number: int = 0
    line: str = ""


@dataclass(frozen=True)
class Response:
    """What one case brought out of an answer.

    `structure` is not empty when what came back is not made of the parts asked for ("None", "one tensor").
    `changed` names the arguments that the answer modified. `remembers` is set when the same call, made
    again at the end, gave something else. `used` names forbidden calls that were seen at work.
    """

    parts: tuple[Part, ...] = ()
    raised: Raised | None = None
    structure: str = ""
    changed: tuple[str, ...] = ()
    remembers: bool = False
    used: tuple[str, ...] = field(default=())
    printed: str = ""


def describe(value: Any) -> Part:
    """Turn whatever an answer returned into a `Part`.

    Tensors of any device and dtype become NumPy arrays (half precisions as float32, which holds them all).
    """
    if value is None:
        return Part("none", shown="None")
    if isinstance(value, torch.Tensor):
        return _describe_tensor(value)
    if isinstance(value, np.ndarray):
        return _describe_array(value)
    if isinstance(value, (bool, np.bool_)):
        return Part("number", np.array(bool(value)), "bool")
    if isinstance(value, numbers.Integral):
        return Part("number", np.array(_fits_int64(int(value))), _type_name(value))
    if isinstance(value, numbers.Real):
        return Part("number", np.array(_to_float(value)), _type_name(value))
    if isinstance(value, (tuple, list)):
        return Part("sequence", shown=f"{_a(_type_name(value))} of {len(value)}")
    return Part("other", shown=_a(_type_name(value)))


def _describe_tensor(value: torch.Tensor) -> Part:
    # A subclass may answer for itself (__torch_function__): here it is asked as the tensor it is, unwatched.
    with torch._C.DisableTorchFunction():
        dtype = str(value.dtype).removeprefix("torch.")
        try:
            shape, device = tuple(value.shape), value.device.type
            is_small = value.numel() <= MAX_ELEMENTS
            plain = value.detach() if is_small else torch.empty(0)
            if plain.dtype in (torch.float16, torch.bfloat16):
                plain = plain.float()
            values = np.array(plain.cpu().resolve_conj().resolve_neg().numpy())
        except (RuntimeError, TypeError, NotImplementedError):  # sparse, nested, quantised, on "meta", …
            return Part("other", shown=f"{_a(dtype)} tensor that holds no plain numbers")
    if values.dtype.kind not in "biuf":
        return Part("other", shown=f"{_a(dtype)} tensor")
    return Part("tensor", values if is_small else None, dtype, shape, device)


def _describe_array(value: np.ndarray) -> Part:
    if value.dtype.kind not in "biuf":
        return Part("other", shown=f"a NumPy array of {value.dtype}")
    kept = np.array(value) if value.size <= MAX_ELEMENTS else None
    return Part("array", kept, str(value.dtype), tuple(value.shape), "cpu")


def _fits_int64(number: int) -> int:
    return max(-(2**63), min(2**63 - 1, number))


def _to_float(number: Any) -> float:
    try:
        return float(number)
    except OverflowError:  # a fraction of huge whole numbers
        return math.inf if number > 0 else -math.inf


def plain_text(text: object, longest: int = MAX_CHARACTERS) -> str:
    """Return text of an answer's making without control characters, cut to `longest`.

    A terminal would obey escape sequences in it.
    """
    kept = str(text)[:longest]
    return kept if kept.isprintable() else "".join(sign for sign in kept if sign.isprintable() or sign in "\n\t")


def _type_name(value: Any) -> str:
    return plain_text(type(value).__name__, longest=60)


def _a(noun: str) -> str:
    return f"{_article(noun)} {noun}"


def _article(noun: str) -> str:
    return "an" if noun[:1].lower() in "aeiou" else "a"


def say_part(part: Part) -> str:
    """Say in a few words what a part is: "a float32 tensor of shape (3, 2)"."""
    if part.kind in ("tensor", "array"):
        what = "tensor" if part.kind == "tensor" else "NumPy array"
        return f"{_a(part.dtype)} {what} of shape {part.shape}"
    if part.kind == "number":
        return f"the {part.dtype} {say_number(part.values)}"
    return part.shown


def say_number(value: Any) -> str:
    """Write a number as a person would: 4 significant digits, inf and nan by name."""
    array = np.asarray(value)
    if array.dtype.kind == "b":
        return str(bool(array))
    if array.dtype.kind in "iu":
        return str(int(array))
    number = float(array)
    if np.isnan(number):
        return "nan"
    if np.isinf(number):
        return "inf" if number > 0 else "-inf"
    return f"{number:.4g}"
