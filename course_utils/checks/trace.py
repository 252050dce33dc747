"""See which torch calls an answer really makes: on what ran, not on the text of the code."""

from __future__ import annotations

import dis
import types
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

AUTOGRAD = "autograd"
"""The name under which differentiation by torch is seen, whichever of its many doors was used.

Names alone would not do: a helper of the student's own may well be called `backward` or `grad`.
"""

_PLAIN_NAMES = ("LOAD_GLOBAL", "LOAD_NAME")


class _NamedCalls(TorchFunctionMode):
    """Note the public name of each torch function called from Python (`torch.softmax`, `Tensor.softmax`)."""

    def __init__(self, seen: set[str]) -> None:
        super().__init__()
        self._seen = seen

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        name = getattr(func, "__name__", "")
        self._seen.add(AUTOGRAD if name == "_make_dual" else name)  # forward mode: jvp, jacfwd
        return func(*args, **(kwargs or {}))


class _Operators(TorchDispatchMode):
    """Note each operator that reaches torch's core, whatever Python name it was called by (`aten::_softmax`)."""

    def __init__(self, seen: set[str]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._seen = seen

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # True would import torch's compiler at the first call: more than a second

    def __torch_dispatch__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        if torch._C._current_graph_task_id() != -1:  # a walk backward: these calls are torch's own
            self._seen.add(AUTOGRAD)
        else:
            self._seen.add(str(getattr(func, "__name__", "")).split(".")[0].lstrip("_"))
        return func(*args, **(kwargs or {}))


@contextmanager
def watching(forbidden: Iterable[str], seen: set[str] | None = None) -> Iterator[set[str]]:
    """Yield a set, `seen` if it is given, that fills with the names of the torch calls made in the enclosed code.

    Nothing is watched, at no cost, when nothing is forbidden.
    """
    seen = set() if seen is None else seen
    if not tuple(forbidden):
        yield seen
        return
    with _NamedCalls(seen), _Operators(seen):
        yield seen


def names_in(code: types.CodeType, own: frozenset[str] = frozenset()) -> set[str]:
    """Return the global and attribute names a function's code mentions, its inner functions' included.

    `own` names functions that the student wrote: called by their plain name they do not count, so that a
    `sigmoid` may call itself and a `cross_entropy` a `log_softmax` from an earlier cell.
    """
    found = {
        step.argval
        for step in dis.get_instructions(code)
        if step.argval in code.co_names and not (step.opname in _PLAIN_NAMES and step.argval in own)
    }
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            found |= names_in(constant, own)
    return found
