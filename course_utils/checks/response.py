"""What an answer gave back for one case, as plain data that can leave the student's process.

A response holds arrays, numbers and short strings: nothing in it can run code where it is read.
"""

from __future__ import annotations

import numbers
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

MAX_ELEMENTS = 1_000_000
"""A larger answer is cut to this many elements before it is kept; no exercise asks for more."""


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
    """"error", "unwritten" (the stub), "deadline", "memory" or "exit"."""
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

    Tensors of any device and dtype become NumPy arrays (half precisions as float32, which holds them exactly).
    """
    if value is None:
        return Part("none", shown="None")
    if isinstance(value, torch.Tensor):
        return _describe_tensor(value)
    if isinstance(value, np.ndarray):
        if value.dtype.kind in "biuf":
            cut = np.array(value).reshape(-1)[:MAX_ELEMENTS]
            kept = cut.reshape(value.shape) if cut.size == value.size else cut
            return Part("array", kept, str(value.dtype), tuple(value.shape), "cpu")
        return Part("other", shown=f"a NumPy array of {value.dtype}")
    if isinstance(value, (bool, np.bool_)):
        return Part("number", np.array(bool(value)), "bool")
    if isinstance(value, numbers.Integral):
        return Part("number", np.array(_fits_int64(int(value))), type(value).__name__)
    if isinstance(value, numbers.Real):
        return Part("number", np.array(float(value)), type(value).__name__)
    if isinstance(value, (tuple, list)):
        return Part("sequence", shown=f"a {type(value).__name__} of {len(value)}")
    return Part("other", shown=f"{_article(type(value).__name__)} {type(value).__name__}")


def _describe_tensor(value: torch.Tensor) -> Part:
    dtype, shape, device = str(value.dtype).removeprefix("torch."), tuple(value.shape), value.device.type
    plain = value.detach()
    if plain.is_complex() or plain.layout != torch.strided:
        return Part("other", shown=f"a {dtype} tensor with layout {plain.layout}")
    if plain.dtype in (torch.float16, torch.bfloat16):
        plain = plain.float()
    flat = plain.cpu().reshape(-1)[:MAX_ELEMENTS].numpy().copy()
    kept = flat.reshape(shape) if flat.size == value.numel() else flat
    return Part("tensor", kept, dtype, shape, device)


def _fits_int64(number: int) -> int:
    return max(-(2**63), min(2**63 - 1, number))


def _article(noun: str) -> str:
    return "an" if noun[:1].lower() in "aeiou" else "a"


def say_part(part: Part) -> str:
    """Say in a few words what a part is: "a float32 tensor of shape (3, 2)"."""
    if part.kind in ("tensor", "array"):
        what = "tensor" if part.kind == "tensor" else "NumPy array"
        return f"{_article(part.dtype)} {part.dtype} {what} of shape {part.shape}"
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
