"""A computation graph of single numbers: values on the way forward, gradients on the way back, step by step."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_NAME = r"([^\W\d]\w*)"  # letters of any alphabet, so that Δ is a name


@dataclass(frozen=True)
class Operation:
    """Hold how one kind of formula is read, computed, and differentiated.

    Attributes:
        pattern: what the formula looks like; its groups are the names of the arguments.
        value: arguments -> result.
        slopes: arguments -> one local slope for each argument.
    """

    pattern: str
    value: Callable[..., float]
    slopes: Callable[..., tuple[float, ...]]


def _sigmoid(z: float) -> float:
    return 0.5 * (1 + math.tanh(z / 2))  # never overflows


OPERATIONS = (
    Operation(rf"{_NAME} · {_NAME}", lambda p, q: p * q, lambda p, q: (q, p)),
    Operation(rf"{_NAME} \+ {_NAME}", lambda p, q: p + q, lambda p, q: (1.0, 1.0)),
    Operation(rf"{_NAME} − {_NAME}", lambda p, q: p - q, lambda p, q: (1.0, -1.0)),
    Operation(rf"σ\({_NAME}\)", _sigmoid, lambda p: (_sigmoid(p) * (1 - _sigmoid(p)),)),
    Operation(rf"relu\({_NAME}\)", lambda p: max(p, 0.0), lambda p: (1.0 if p > 0 else 0.0,)),
    Operation(rf"½ {_NAME}²", lambda p: 0.5 * p * p, lambda p: (p,)),
)


@dataclass(frozen=True)
class Handover:
    """Hold what one node hands back to one of those it was made from.

    Attributes:
        node: who hands on.
        to: who receives; the same name twice where a node was used twice in one formula.
        slope: the local slope of `node` with respect to `to`.
        amount: slope times the gradient of `node`.
    """

    node: str
    to: str
    slope: float
    amount: float


class ScalarGraph:
    """Read formulas in the order in which they are computed; the last one is the loss.

    Args:
        formulas: name of the result -> formula, such as `{"u": "w · x", "z": "u + b", "a": "σ(z)"}`.

    Raises:
        ValueError: there is no formula, one has an unknown form, or one uses a result that comes after it.
    """

    def __init__(self, formulas: Mapping[str, str]) -> None:
        if not formulas:
            raise ValueError("A graph needs at least one formula.")
        self.formulas = dict(formulas)
        self.made_from: dict[str, tuple[str, ...]] = {}
        self._operations: dict[str, Operation] = {}
        self.leaves: list[str] = []
        for name, formula in self.formulas.items():
            arguments, operation = _read(formula)
            for argument in arguments:
                if argument in self.formulas and argument not in self.made_from:
                    raise ValueError(f"{name} = {formula} uses {argument}, which is computed later or is itself.")
                if argument not in self.formulas and argument not in self.leaves:
                    self.leaves.append(argument)
            self.made_from[name], self._operations[name] = arguments, operation

    @property
    def order(self) -> list[str]:
        """The names of the results, in the order in which they are computed."""
        return list(self.formulas)

    @property
    def loss(self) -> str:
        """The name of the last result."""
        return self.order[-1]

    def forward(self, leaves: Mapping[str, float]) -> dict[str, float]:
        """Return the value of every leaf and every result."""
        values = {leaf: float(leaves[leaf]) for leaf in self.leaves}
        for name in self.order:
            values[name] = self._operations[name].value(*(values[earlier] for earlier in self.made_from[name]))
        return values

    def backward(self, values: Mapping[str, float]) -> list[list[Handover]]:
        """Return the walk back: for each result, the loss first, what it hands to those it was made from."""
        gradients = {self.loss: 1.0}
        walk = []
        for name in reversed(self.order):
            # A result that nobody used gets no gradient; the loss depends on it not at all.
            arrived = gradients.get(name, 0.0)
            slopes = self._operations[name].slopes(*(values[earlier] for earlier in self.made_from[name]))
            handed = [
                Handover(name, earlier, slope, slope * arrived)
                for earlier, slope in zip(self.made_from[name], slopes, strict=True)
            ]
            for one in handed:
                gradients[one.to] = gradients.get(one.to, 0.0) + one.amount
            walk.append(handed)
        return walk


def _read(formula: str) -> tuple[tuple[str, ...], Operation]:
    """Find the operation that a formula shows, and the names of its arguments."""
    for operation in OPERATIONS:
        if found := re.fullmatch(operation.pattern, formula):
            return found.groups(), operation
    forms = "p · q, p + q, p − q, σ(p), relu(p), ½ p²"
    raise ValueError(f"The formula {formula!r} has none of the forms {forms}.")
