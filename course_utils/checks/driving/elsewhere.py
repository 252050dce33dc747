"""A second device on machines that have none: it shows who forgets to move a batch.

Batches come as `OnHost` tensors. Moving one to a CUDA device gives a plain tensor, which then counts as being
there; everything is computed on the CPU all the same. So an answer that never moves its batches is found out
on any laptop, and nothing raises where a real device would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

DEVICE = torch.device("cuda", 0)
"""The device that answers are given; it need not exist."""

_FACTORIES = frozenset({"tensor", "as_tensor", "asarray"})


class OnHost(torch.Tensor):
    """A tensor in the computer's own memory, which a model on another device cannot read."""


def on_host(tensor: torch.Tensor) -> torch.Tensor:
    """Return the tensor as one that has to be moved."""
    return tensor.as_subclass(OnHost)  # type: ignore[no-any-return,unused-ignore]


def arrived(tensor: Any) -> Any:
    """Return the tensor as a plain one."""
    return tensor.as_subclass(torch.Tensor) if isinstance(tensor, OnHost) else tensor


def was_left_behind(tensor: Any) -> bool:
    """Whether a tensor is still where the loader put it."""
    return isinstance(tensor, OnHost)


class _Elsewhere(TorchFunctionMode):
    """Let calls that move to, or make on, a CUDA device stay on the CPU and count as moved."""

    def __torch_function__(self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        name = getattr(func, "__name__", "")
        if name == "cuda":
            return arrived(args[0])
        if name == "to" or name in _FACTORIES:
            return _move(func, args, kwargs)
        if _is_there(kwargs.get("device")):
            kwargs["device"] = "cpu"
        if func == torch.Tensor.device.__get__:
            return torch.device("cpu") if was_left_behind(args[0]) else DEVICE
        return func(*args, **kwargs)


def _move(func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call `to`, `tensor` or `as_tensor` without the device it names; the result has arrived if it named ours."""
    given = [*args[1:], *kwargs.values()]
    goes = any(_is_there(value) for value in given)
    goes |= any(isinstance(value, torch.Tensor) and not was_left_behind(value) for value in given)
    stays = [value for value in args[1:] if not (_is_there(value) or value is None or isinstance(value, bool))]
    named = {key: value for key, value in kwargs.items() if not _is_there(value)}
    source = arrived(args[0]) if goes else args[0]
    if func.__name__ == "to" and not stays and not set(named) - {"non_blocking", "copy"}:
        return source
    return func(source, *stays, **named)


def _is_there(value: Any) -> bool:
    if isinstance(value, str):
        return value.split(":")[0] == "cuda"
    return isinstance(value, torch.device) and value.type == "cuda"


@contextmanager
def elsewhere(is_elsewhere: bool) -> Iterator[torch.device]:
    """Yield the device to hand to an answer: one that has to be moved to, or the CPU."""
    if not is_elsewhere:
        yield torch.device("cpu")
        return
    with _Elsewhere():
        yield DEVICE


@contextmanager
def at_home() -> Iterator[None]:
    """Run the enclosed code of our own without the pretence (torch's optimisers ask where weights are)."""
    with torch._C.DisableTorchFunction():
        yield
