"""Lay what a student returned beside the graph: which node's value or gradient is the first to depart?

Most gradients inside a graph are not among what an answer returns. Three things tell about them: a gradient that is
right cannot come from a wrong one; the gradients of a layer's weights and bias hold the gradient they were made from;
and if a forgotten step gives just these numbers, that step is the place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from course_utils.checks.contract import Case, Contract
from course_utils.checks.messages import listed
from course_utils.checks.microscope.graph import Graph, Guess, gradients, graph_of, guesses, values
from course_utils.checks.patterns import find_pattern
from course_utils.checks.response import Part, Response, say_number

RIGHT, WRONG, UNSEEN = "right", "departs", "not returned"


@dataclass(frozen=True)
class Mark:
    """What is known of one value or gradient: `state` is "right", "departs" or "not returned"."""

    state: str
    note: str = ""


@dataclass(frozen=True)
class NodeReading:
    """One node: what it is, and what is known of its value and of its gradient (None: not asked for)."""

    name: str
    formula: str
    of: tuple[str, ...]
    value: Mark | None
    gradient: Mark | None
    is_first: bool = False


@dataclass(frozen=True)
class Reading:
    """A graph with its marks, in the order values are made; `first` is the first node to depart."""

    case: str
    nodes: tuple[NodeReading, ...]
    backward: tuple[str, ...]
    first: str
    reason: str
    gradient_form: str = "d{}"

    def say_gradient(self, name: str) -> str:
        """Return how the gradient of `name` is written."""
        return self.gradient_form.format(name)

    def node(self, name: str) -> NodeReading:
        """Return the node called `name`."""
        return next(node for node in self.nodes if node.name == name)


def read(
    contract: Contract,
    case: Case,
    given: Response,
    expected: Response,
    mistake: str = "",
    others: Sequence[tuple[Case, Response]] = (),
) -> Reading:
    """Return the reading of one visible case.

    `mistake` is the named mistake that was found, if one was; `others` are further visible cases with their
    responses: a guess at a forgotten step has to hold in them as well.

    Raises ValueError if no value and no gradient of the graph departs in this case.
    """
    graph = graph_of(contract.options, case.arguments)
    seen = _parts_by_name(contract, given, expected)
    returned = {node: seen[part][0] for node, part in graph.gradients.items() if part in seen}
    value_marks = {node: _mark(graph, *seen[part]) for node, part in graph.values.items()}
    marks = {node: _mark(graph, *seen[part]) for node, part in graph.gradients.items() if part in seen}
    marks.setdefault(graph.nodes[-1].name, Mark(RIGHT, "given"))
    _follow_right_ones_up(graph, marks)
    from_layer = _look_inside_layers(graph, marks, returned)
    backward = _backward_order(graph)
    departing = [name for name in backward if name in marks and marks[name].state == WRONG]
    first = next((node for node, mark in value_marks.items() if mark.state == WRONG), "")
    if first:
        reason = _about_value(graph, first, departing)
    elif departing:
        place, sentence = _forgotten_step(contract, graph, returned, others)
        first = place or graph.blames.get(mistake, "") or departing[0]
        reason = sentence or from_layer.get(first, "") or _about_gap(graph, marks, backward, first)
        marks[first] = Mark(WRONG, marks[first].note if first in marks else "")
    else:
        raise ValueError(f"nothing in the graph of {contract.name} departs for {case.label}")
    leaves = [NodeReading(name, "", (), None, marks.get(name), name == first) for name in graph.leaves]
    made = [
        NodeReading(
            node.name,
            node.formula,
            node.of,
            value_marks.get(node.name),
            marks.get(node.name, Mark(UNSEEN)),
            node.name == first,
        )
        for node in graph.nodes
    ]
    return Reading(case.label, (*leaves, *made), backward, first, reason, graph.gradient_form)


def _parts_by_name(contract: Contract, given: Response, expected: Response) -> dict[str, tuple[Part, Part]]:
    """Return each part, and each element of a part with one axis, under its name: "dW1", "grads[2]"."""
    found = {}
    for spec, mine, right in zip(contract.parts, given.parts, expected.parts, strict=True):
        found[spec.name] = (mine, right)
        if right.values is not None and right.values.ndim == 1 and "program" in contract.options["graph"]:
            for place in range(len(right.values)):
                is_there = mine.values is not None and mine.values.shape == right.values.shape
                one = mine.values[place] if is_there and mine.values is not None else np.array(np.nan)
                found[f"{spec.name}[{place}]"] = (_number(one), _number(right.values[place]))
    return found


def _number(value: object) -> Part:
    return Part("number", np.array(float(np.asarray(value))), "float64")


def _mark(graph: Graph, mine: Part, right: Part) -> Mark:
    if mine.values is None or mine.shape != right.shape or mine.values.shape != right.shape:
        shape = f"shape {mine.shape}" if mine.values is not None else mine.shown
        return Mark(WRONG, f"yours {shape}, autograd's {right.shape}")
    if right.values is None or _agrees(graph, mine.values, right.values):
        return Mark(RIGHT)
    return Mark(WRONG, _say_gap(np.asarray(mine.values, dtype=float), np.asarray(right.values, dtype=float)))


def _say_gap(yours: np.ndarray, theirs: np.ndarray) -> str:
    """Return the two numbers that lie furthest apart, side by side."""
    with np.errstate(invalid="ignore"):
        gaps = np.where(np.isfinite(yours), np.abs(yours - theirs), np.inf)
    place = np.unravel_index(int(gaps.argmax()), gaps.shape)
    where = f"[{', '.join(str(int(index)) for index in place)}] " if gaps.ndim else ""
    return f"{where}yours {say_number(yours[place])}, autograd's {say_number(theirs[place])}"


def _agrees(graph: Graph, mine: np.ndarray, right: np.ndarray) -> bool:
    if mine.shape != right.shape:
        return False
    yours, theirs = np.asarray(mine, dtype=float), np.asarray(right, dtype=float)
    scale = float(np.abs(theirs[np.isfinite(theirs)]).max(initial=0.0))
    with np.errstate(invalid="ignore"):
        return bool(np.all(np.abs(yours - theirs) <= (1e-4 if graph.is_single else 1e-6) * max(scale, 1e-300)))


def _follow_right_ones_up(graph: Graph, marks: dict[str, Mark]) -> None:
    """Mark as right what a right gradient was made from: it cannot come from a wrong one."""
    for node in graph.nodes:
        if node.name not in marks and any(name in marks and marks[name].state == RIGHT for name in node.of):
            marks[node.name] = Mark(RIGHT)


def _look_inside_layers(graph: Graph, marks: dict[str, Mark], returned: Mapping[str, Part]) -> dict[str, str]:
    """Mark a layer's own gradient as departing where its weights' and bias' gradients both hold the same wrong one.

    Returns a sentence for each node so marked.
    """
    sentences = {}
    for node in graph.nodes:
        if node.op != "linear" or node.name in marks or not all(name in returned for name in node.of[1:]):
            continue
        inputs = values(graph)[node.of[0]]
        dw, db = (returned[name] for name in node.of[1:])
        held = _gradient_held_in(inputs, dw, db, graph.is_single)
        if held is None:
            continue
        right = gradients(graph)[node.name].numpy()
        weights, bias = (graph.say_gradient(name) for name in node.of[1:])
        marks[node.name] = Mark(WRONG, _say_gap(held, right))
        sentences[node.name] = (
            f"Your {weights} and {bias} fit together: both come from one {graph.say_gradient(node.name)}, "
            f"and that is not the right one. {_say_pattern(held, right)}"
        ).strip()
    return sentences


def _say_pattern(held: np.ndarray, right: np.ndarray) -> str:
    """Return a relation between the two that is too simple to be chance, or ""."""
    pattern = find_pattern(held, right)
    is_telling = np.count_nonzero(right) > 2 and ("opposite" in pattern or " times" in pattern or "/" in pattern)
    return pattern if is_telling and "." not in pattern[:-1] else ""


def _gradient_held_in(inputs: torch.Tensor, weights: Part, bias: Part, is_single: bool) -> np.ndarray | None:
    """Return the gradient (N, O) that a layer's dW (O, D) and db (O,) were both made from, if there is one."""
    if weights.values is None or bias.values is None or weights.values.ndim != 2 or bias.values.ndim != 1:
        return None
    u, dw, db = inputs.numpy(), weights.values.astype(float), bias.values.astype(float)
    if dw.shape != (len(db), u.shape[1]) or not (np.isfinite(dw).all() and np.isfinite(db).all()):
        return None
    held: np.ndarray = db[None, :] if len(u) == 1 else (dw @ np.linalg.pinv(u)).T
    slack = (1e-3 if is_single else 1e-6) * max(float(np.abs(dw).max()), float(np.abs(db).max()), 1e-300)
    is_one = np.linalg.matrix_rank(u) == len(u)
    fits = np.allclose(held.T @ u, dw, rtol=0, atol=slack) and np.allclose(held.sum(0), db, rtol=0, atol=slack)
    return held if is_one and fits else None


def _forgotten_step(
    contract: Contract, graph: Graph, returned: Mapping[str, Part], others: Sequence[tuple[Case, Response]]
) -> tuple[str, str]:
    """Return (node, sentence) of the step whose being forgotten gives just these gradients, else two times ""."""
    for guess in guesses(graph):
        if _gives(graph, guess, returned) and all(_holds(contract, guess, case, given) for case, given in others):
            return guess.place, guess.sentence
    return "", ""


def _holds(contract: Contract, guess: Guess, case: Case, given: Response) -> bool:
    """Whether a guess also gives what was returned for another case."""
    graph = graph_of(contract.options, case.arguments)
    if [node.name for node in graph.nodes] != list(guess.nodes):
        return True  # a case with a graph of its own says nothing about this one
    parts = {spec.name: part for spec, part in zip(contract.parts, given.parts, strict=True)}
    found = {node: parts[part] for node, part in graph.gradients.items() if part in parts}
    return _gives(graph, guess, found)


def _gives(graph: Graph, guess: Guess, returned: Mapping[str, Part]) -> bool:
    found = gradients(graph, cut=guess.cut, straight=guess.straight)
    return all(
        part.values is not None and name in found and _agrees(graph, part.values, found[name].numpy())
        for name, part in returned.items()
    )


def _backward_order(graph: Graph) -> tuple[str, ...]:
    """Return nodes from the last to the first, each leaf where the walk back has met all who use it."""
    order: list[str] = []
    for place in range(len(graph.nodes) - 1, -1, -1):
        node = graph.nodes[place]
        order.append(node.name)
        earlier = {name for other in graph.nodes[:place] for name in other.of}
        order += [name for name in dict.fromkeys(node.of) if name in graph.leaves and name not in earlier]
    return tuple(order)


def _about_value(graph: Graph, first: str, departing: list[str]) -> str:
    if not departing:
        return "The gradients are right: only this value is not."
    return "A value that departs on the way forward spoils what comes back: look at this first."


def _about_gap(graph: Graph, marks: Mapping[str, Mark], backward: tuple[str, ...], first: str) -> str:
    """Say between which two places the fault must lie."""
    made = [node.name for node in graph.nodes][::-1]
    before = backward[: backward.index(first)]
    right = [name for name in before if name in made and name in marks and marks[name].state == RIGHT]
    unseen = [name for name in before if name in made and name not in marks]
    if not right:
        return ""
    last, place = graph.say_gradient(right[-1]), graph.say_gradient(first)
    if not unseen:
        return f"Up to {last} all is right on the way back: look at the step from there to {place}."
    between = listed([graph.say_gradient(name) for name in unseen])
    is_or_are = "is" if len(unseen) == 1 else "are"
    return f"Up to {last} all is right on the way back. {between} {is_or_are} not returned: look there, too."
