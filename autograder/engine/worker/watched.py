"""Remember in the worker what grading calls by name, and say in a kernel what of it is something else by now.

It runs beside the student's code, so it proves nothing: what it says is for a person to read. What it does not say is
no proof of honesty either; marks never rest on it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_PLACES = (
    "torch", "torch.nn.functional", "torch.linalg", "torch.testing", "torch.Tensor", "numpy", "numpy.testing", "math",
    "time", "signal", "os", "pathlib.Path",
)  # fmt: skip
_CHECKS = "course_utils.checks."
_SHELL_LISTS = ("ast_transformers", "input_transformers_post", "input_transformers_cleanup")
_CHANGING = ("_", "exit", "input", "quit")
"""These the shell itself changes whenever a cell runs."""
_MOST = 40

_before: dict[str, dict[str, Any]] = {}
_shell_before: dict[str, Any] = {}


def remember() -> None:
    """Note what the watched names stand for; called once, before the first fork."""
    for place, names in _watched([*_PLACES, *(name for name in sys.modules if name.startswith(_CHECKS))]):
        _before[place] = {name: value for name, value in names.items() if callable(value)}


def remember_shell(shell: Any) -> None:
    """Note how a fresh kernel runs a cell, and what Python's own names stand for in it."""
    _before["builtins"] = {
        name: value
        for name, value in vars(sys.modules["builtins"]).items()
        if callable(value) and name not in _CHANGING
    }
    _shell_before.update(_shell_state(shell))


def changed() -> list[str]:
    """Return the names that stand for something else than in the beginning, or have gone."""
    now = dict(_watched(list(_before)))
    now["builtins"] = vars(sys.modules["builtins"])
    found = [
        f"{place}.{name}"
        for place, names in _before.items()
        for name, value in names.items()
        if now.get(place, {}).get(name) is not value
    ]
    if "check" in now["builtins"]:
        found.append("builtins.check")
    if _shell_before:
        from IPython.core.getipython import get_ipython

        state = _shell_state(get_ipython())
        found += [name for name, value in _shell_before.items() if state[name] != value]
    return found[:_MOST]


def tell(path: str) -> None:
    """Write the changed names to a new file, as JSON."""
    data = json.dumps(changed()).encode("ascii")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        os.write(descriptor, data)
    finally:
        os.close(descriptor)


def _watched(places: Sequence[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the names of each place that there is; going through all modules would copy a page for each."""
    for place in places:
        outer, _, name = place.rpartition(".")
        owner = sys.modules.get(place) or getattr(sys.modules.get(outer), name, None)
        if owner is not None:
            yield place, vars(owner)


def _shell_state(shell: Any) -> dict[str, Any]:
    """Return what decides how a cell is run, each as a number that changes with it."""
    kernel = getattr(shell, "kernel", None)
    state = {f"get_ipython().{name}": len(getattr(shell, name, ())) for name in _SHELL_LISTS}
    state["get_ipython().run_cell"] = "run_cell" in vars(shell)
    state["get_ipython().kernel.do_execute"] = "do_execute" in vars(kernel) if kernel is not None else False
    state["get_ipython().custom_exceptions"] = bool(getattr(shell, "custom_exceptions", ()))
    state["sys.gettrace()"] = id(sys.gettrace())
    state["sys.getprofile()"] = id(sys.getprofile())
    return state
