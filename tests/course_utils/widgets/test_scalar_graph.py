import math

import pytest
import torch

from course_utils.widgets.scalar_graph import ScalarGraph

NEURON = {"u": "w · x", "z": "u + b", "a": "σ(z)", "Δ": "y − a", "E": "½ Δ²"}


def neuron_in_torch(w, x, b, y):
    return 0.5 * (y - torch.sigmoid(w * x + b)) ** 2


def reused_in_torch(a, b):
    c = a * b
    d = torch.relu(c) + a
    return d * d - c


REUSED = {"c": "a · b", "r": "relu(c)", "d": "r + a", "s": "d · d", "L": "s − c"}
CASES = [
    (NEURON, neuron_in_torch, [0.8, 1.5, -0.2, 1.0]),
    (NEURON, neuron_in_torch, [3.0, 3.0, 3.0, -3.0]),
    (NEURON, neuron_in_torch, [0.0, 0.0, 0.0, 0.0]),
    (REUSED, reused_in_torch, [2.0, -3.0]),
    (REUSED, reused_in_torch, [2.0, 0.7]),
]


def gradients_of(graph: ScalarGraph, leaves: dict[str, float]) -> dict[str, float]:
    """Add up what the walk back hands over."""
    gradients = {graph.loss: 1.0}
    for handed in graph.backward(graph.forward(leaves)):
        for one in handed:
            assert one.amount == pytest.approx(one.slope * gradients[one.node])
            gradients[one.to] = gradients.get(one.to, 0.0) + one.amount
    return gradients


@pytest.mark.parametrize(("formulas", "in_torch", "numbers"), CASES)
def test_values_and_gradients_are_those_of_autograd(formulas, in_torch, numbers):
    graph = ScalarGraph(formulas)
    leaves = dict(zip(graph.leaves, numbers, strict=True))
    tensors = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in numbers]
    loss = in_torch(*tensors)
    loss.backward()
    assert graph.forward(leaves)[graph.loss] == pytest.approx(loss.item())
    gradients = gradients_of(graph, leaves)
    for name, tensor in zip(graph.leaves, tensors, strict=True):
        assert gradients[name] == pytest.approx(tensor.grad.item(), abs=1e-12)


def test_a_result_hands_on_only_when_all_of_its_gradient_has_arrived():
    walk = ScalarGraph(REUSED).backward(ScalarGraph(REUSED).forward({"a": 2.0, "b": 0.7}))
    assert [handed[0].node for handed in walk] == ["L", "s", "d", "r", "c"]
    assert [one.to for handed in walk for one in handed].index("c") < 5  # once from L, once from r, before c's own turn


def test_one_number_used_twice_in_one_formula_is_handed_both_parts():
    graph = ScalarGraph({"c": "a · a"})
    assert [one.amount for one in graph.backward(graph.forward({"a": 5.0}))[0]] == [5.0, 5.0]


def test_a_result_nobody_uses_hands_on_nothing():
    graph = ScalarGraph({"idle": "a · b", "L": "½ a²"})
    assert gradients_of_idle(graph) == [0.0, 0.0]


def gradients_of_idle(graph: ScalarGraph) -> list[float]:
    return [one.amount for one in graph.backward(graph.forward({"a": 2.0, "b": 3.0}))[-1]]


def test_the_sigmoid_does_not_overflow():
    graph = ScalarGraph({"a": "σ(z)"})
    assert graph.forward({"z": -1e4})["a"] == 0.0
    assert graph.forward({"z": 1e4})["a"] == 1.0
    assert graph.forward({"z": 1.0})["a"] == pytest.approx(1 / (1 + math.exp(-1)))


@pytest.mark.parametrize(
    ("formulas", "named"),
    [
        ({}, "at least one formula"),
        ({"c": "a * b"}, "none of the forms"),
        ({"c": "a · b · d"}, "none of the forms"),
        ({"c": "2 · a"}, "none of the forms"),
        ({"c": "c + a"}, "computed later or is itself"),
        ({"c": "d + a", "d": "a · a"}, "computed later or is itself"),
    ],
)
def test_a_graph_that_cannot_be_computed_is_refused(formulas, named):
    with pytest.raises(ValueError, match=named):
        ScalarGraph(formulas)
