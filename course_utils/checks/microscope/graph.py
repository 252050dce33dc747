"""A computation graph that torch runs and differentiates, from its declaration and one case's arguments.

The declaration is plain data, so that it travels in the answer key:

    {"nodes": [{"name": "z1", "formula": "x W1ᵀ + b1", "op": "linear", "of": ["x", "W1", "b1"]}, …],
     "gradients": {"W1": "dW1", …},     the part of the response that holds a node's gradient
     "values": {"loss": "loss"},        the part that holds a node's value
     "upstream": "dout",                the argument that is the last node's gradient (1 where there is none)
     "zeros": {"b": "dout"},            a leaf that is no argument, one number for each column of this one
     "blames": {"forgot_the_mask": "z1"}}   the node at which a named mistake first shows

or `{"program": "program", …}` where the nodes are the names in a small program (see `expressions`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F

from course_utils.checks.expressions import Step, build, leaves_of, read_steps
from course_utils.checks.guard import on_the_cpu

Compute = Callable[..., torch.Tensor]

OPERATIONS: dict[str, Compute] = {
    "sigmoid": torch.sigmoid,
    "relu": torch.relu,
    "normal_cdf": lambda x: 0.5 * (1 + torch.erf(x / 2**0.5)),
    "multiply": lambda a, b: a * b,
    "shifted_exp": lambda x: torch.exp(x - x.detach().amax(-1, keepdim=True)),
    "row_sum": lambda e: e.sum(-1, keepdim=True),
    "divide": lambda a, b: a / b,
    "linear": F.linear,
    "cross_entropy": F.cross_entropy,
}
"""Operations a declaration may name; each takes its inputs in the order of `of`."""


@dataclass(frozen=True)
class Node:
    """A node that is made from others: `name = formula`, computed from the nodes in `of`."""

    name: str
    formula: str
    of: tuple[str, ...]
    compute: Compute
    op: str = ""


@dataclass(frozen=True)
class Graph:
    """Leaves with their values, and the nodes made from them in order; the last one is differentiated."""

    leaves: Mapping[str, torch.Tensor]
    nodes: tuple[Node, ...]
    upstream: torch.Tensor | None
    gradients: Mapping[str, str]
    values: Mapping[str, str]
    blames: Mapping[str, str]
    is_single: bool
    """Whether the case is in float32, so that numbers agree to fewer digits."""
    gradient_form: str = "d{}"
    """How the gradient of a node is written."""

    def say_gradient(self, name: str) -> str:
        """Return how the gradient of `name` is written."""
        return self.gradient_form.format(name)

    def consumers(self, name: str) -> tuple[Node, ...]:
        """Return the nodes that use `name`."""
        return tuple(node for node in self.nodes if name in node.of)


def graph_of(options: Mapping[str, Any], arguments: Mapping[str, Any]) -> Graph:
    """Return the graph that `options["graph"]` declares, on one case's arguments, in float64."""
    declared = options["graph"]
    is_single = any(isinstance(value, torch.Tensor) and value.dtype == torch.float32 for value in arguments.values())
    if "program" in declared:
        return _from_program(declared, arguments)
    nodes = tuple(
        Node(item["name"], item["formula"], tuple(item["of"]), OPERATIONS[item["op"]], item["op"])
        for item in declared["nodes"]
    )
    made = {node.name for node in nodes}
    used = dict.fromkeys(name for node in nodes for name in node.of if name not in made)
    upstream = declared.get("upstream")
    return Graph(
        {name: _leaf(name, declared, arguments) for name in used},
        nodes,
        _in_double(arguments[upstream]) if upstream else None,
        declared["gradients"],
        declared.get("values", {}),
        declared.get("blames", {}),
        is_single,
    )


def _leaf(name: str, declared: Mapping[str, Any], arguments: Mapping[str, Any]) -> torch.Tensor:
    if name in arguments:
        return _in_double(arguments[name])
    return torch.zeros(arguments[declared["zeros"][name]].shape[-1], dtype=torch.float64)


def _from_program(declared: Mapping[str, Any], arguments: Mapping[str, Any]) -> Graph:
    steps = read_steps(arguments[declared["program"]])
    names = leaves_of(steps)
    leaves = {name: torch.tensor(float(arguments[name]), dtype=torch.float64) for name in names}
    nodes: list[Node] = []
    shown_as: dict[str, str] = {}
    for number, step in enumerate(steps):
        of = tuple(shown_as.get(name, name) for name in step.uses)
        is_made_again = any(later.name == step.name for later in steps[number + 1 :])
        shown_as[step.name] = f"{step.name}₀" if is_made_again else step.name
        nodes.append(Node(shown_as[step.name], _say_formula(step), of, partial(_run_step, step)))
    shown = dict.fromkeys((*names, *(step.name for step in steps)))
    return Graph(
        leaves,
        tuple(nodes),
        None,
        {name: f"{declared['gradients']}[{place}]" for place, name in enumerate(shown)},
        {nodes[-1].name: declared["values"]},
        declared.get("blames", {}),
        False,
        "{}.grad",
    )


def _run_step(step: Step, *inputs: torch.Tensor) -> torch.Tensor:
    made: torch.Tensor = build((step,), dict(zip(step.uses, inputs, strict=True)))[step.name]
    return made


def _say_formula(step: Step) -> str:
    said = step.formula.replace("**", "^").replace("*", "·")
    return f"{said} ({step.times} times)" if step.times > 1 else said


def gradients(graph: Graph, *, cut: tuple[str, str] | None = None, straight: str = "") -> dict[str, torch.Tensor]:
    """Return the gradient of every leaf and node by torch's autograd.

    `cut` names an arrow (from, to) along which no gradient flows back; `straight` a node through which it
    flows as if the node were not there. Both are ways to ask "what would come out if this were forgotten?".
    """
    with torch.inference_mode(False), torch.enable_grad(), on_the_cpu():
        found = {
            name: value.clone().requires_grad_() if value.is_floating_point() else value
            for name, value in graph.leaves.items()
        }
        for node in graph.nodes:
            inputs = [found[name].detach() if cut == (name, node.name) else found[name] for name in node.of]
            made = node.compute(*inputs)
            if straight == node.name:
                made = inputs[0] + (made - inputs[0]).detach()
            found[node.name] = made
        end = found[graph.nodes[-1].name]
        # One number to differentiate: handing an upstream gradient to autograd loads torch's compiler, 0.3 s.
        total = end.sum() if graph.upstream is None else (end * graph.upstream).sum()
        wanted = {name: value for name, value in found.items() if value.requires_grad}
        if not end.requires_grad:
            return {name: torch.zeros_like(value) for name, value in wanted.items()}
        got = torch.autograd.grad(total, list(wanted.values()), allow_unused=True)
    return {
        name: torch.zeros_like(value) if gradient is None else gradient
        for (name, value), gradient in zip(wanted.items(), got, strict=True)
    }


def values(graph: Graph) -> dict[str, torch.Tensor]:
    """Return the value of every leaf and node."""
    with torch.inference_mode(False), torch.no_grad(), on_the_cpu():
        found = dict(graph.leaves)
        for node in graph.nodes:
            found[node.name] = node.compute(*(found[name] for name in node.of))
    return found


@dataclass(frozen=True)
class Guess:
    """A step of the walk back that may have been forgotten, where that would show first, and a sentence on it."""

    place: str
    sentence: str
    nodes: tuple[str, ...]
    cut: tuple[str, str] | None = None
    straight: str = ""


def guesses(graph: Graph) -> Iterator[Guess]:
    """Yield what can be forgotten in this graph: an activation's slope, or one of several arrows into a node."""
    nodes = tuple(node.name for node in graph.nodes)
    for node in graph.nodes:
        if node.op in ("relu", "sigmoid"):
            sentence = f"Yours is what comes out if the gradient passes {node.name} = {node.formula} unchanged."
            yield Guess(node.of[0], sentence, nodes, straight=node.name)
    for node in graph.nodes:
        for name in node.of:
            if len(graph.consumers(name)) > 1:
                sentence = f"Yours is what comes out if nothing flows back from {node.name} to {name}."
                yield Guess(name, sentence, nodes, cut=(name, node.name))


def _in_double(value: torch.Tensor) -> torch.Tensor:
    value = value.detach().cpu()
    return value.double() if value.is_floating_point() else value
