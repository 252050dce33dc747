"""Drive a scalar autograd class: build a graph from its objects, call `backward()`, read the gradients."""

from __future__ import annotations

import math
from typing import Any

import torch

from course_utils.checks.drivers import driver
from course_utils.checks.expressions import build, leaves_of, read_steps


@driver("scalar_graph")
def drive_scalar_graph(answer: Any, arguments: dict[str, Any], options: dict[str, Any]) -> Any:
    """Return the value of the last node, and the gradients of all names in the program.

    Arguments: `program` (text, see `expressions`), one number for each leaf, and perhaps `backward_calls`
    (how often `backward()` is called on the last node, 1 if not given). The gradients are those of the
    leaves in order of first use, then those of the other names in the order they are made.

    A walk that goes too deep for Python's recursion limit is an answer like any other: its gradients are nan.
    """
    steps = read_steps(arguments["program"])
    names = leaves_of(steps)
    nodes = build(steps, {name: answer(arguments[name]) for name in names})
    root = nodes[steps[-1].name]
    value = _number(root, "data")
    try:
        for _ in range(arguments.get("backward_calls", 1)):
            root.backward()
    except RecursionError:
        return value, torch.full((len(nodes),), math.nan, dtype=torch.float64)
    return value, torch.tensor([_number(node, "grad") for node in nodes.values()], dtype=torch.float64)


def _number(node: Any, attribute: str) -> float:
    value = getattr(node, attribute)
    try:
        return float(value)
    except (TypeError, ValueError):
        raise TypeError(f".{attribute} is {type(value).__name__}, where a number is asked for") from None
