"""Backward through a whole network: linear, ReLU, linear, mean cross entropy."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
import torch.nn.functional as F

from autograder.draws import SINGLE, labels, normal, not_contiguous
from autograder.exercise import Exercise, case, scalar, tensor
from autograder.exercises.hw4.by_hand import BY_HAND, as_double


def _network(
    generator: torch.Generator,
    n: int,
    d: int,
    h: int,
    c: int,
    scale: float = 1.0,
    dtype: torch.dtype = torch.float64,
) -> dict[str, Any]:
    return {
        "x": normal(generator, n, d, dtype=dtype),
        "y": labels(generator, n, c),
        "W1": normal(generator, h, d, dtype=dtype),
        "b1": normal(generator, h, dtype=dtype),
        "W2": normal(generator, c, h, scale=scale, dtype=dtype),
        "b2": normal(generator, c, dtype=dtype),
    }


SMALL_NETWORK = {
    "W1": as_double([1, 0], [-1, 1]),
    "b1": as_double([0.5, 0]),
    "W2": as_double([1, -1], [0.5, 1]),
    "b2": as_double([0, 0.5]),
}
"""Two inputs, two hidden units, two classes: the first unit is off for the second row of the first case."""


def _forward(x, W1, b1, W2, b2):
    z1 = x @ W1.T + b1
    a1 = z1.clamp(min=0)
    return z1, a1, a1 @ W2.T + b2


def _walk_back(
    x, y, W1, b1, W2, b2, *, mask=None, loss=None, dz2=None, through=None, hidden=None, scale=None
) -> tuple[Any, ...]:
    """Do the whole exercise, with one step at a time replaced: the frame of the mistakes.

    Steps: `loss(z2, y)`, `dz2(z2, y)`, `through(dz2, W2)` to da1, `mask(z1, a1, da1)` to dz1, `hidden(z1, a1)` for
    the inputs that dW2 is made with, `scale(n)` by which all gradients are multiplied.
    """
    z1, a1, z2 = _forward(x, W1, b1, W2, b2)
    n = len(x)
    value = (loss or F.cross_entropy)(z2, y)
    d2 = dz2(z2, y) if dz2 else (torch.softmax(z2, dim=1) - F.one_hot(y, z2.shape[1]).to(z2.dtype)) / n
    if scale is not None:
        d2 = d2 * scale(n)
    da1 = d2 @ W2 if through is None else through(d2, W2)
    d1 = da1 * (z1 > 0) if mask is None else mask(z1, a1, da1)
    used = a1 if hidden is None else hidden(z1, a1)
    return value, d1.T @ x, d1.sum(dim=0), d2.T @ used, d2.sum(dim=0)


def _mlp_backward(x, y, W1, b1, W2, b2):
    z1, a1, z2 = _forward(x, W1, b1, W2, b2)
    d2 = (torch.softmax(z2, dim=1) - F.one_hot(y, z2.shape[1]).to(z2.dtype)) / len(x)
    d1 = (d2 @ W2) * (z1 > 0)
    return F.cross_entropy(z2, y), d1.T @ x, d1.sum(dim=0), d2.T @ a1, d2.sum(dim=0)


mlp_backward = Exercise(
    "mlp_backward",
    points=5,
    ask="The loss (mean cross entropy) of linear, ReLU, linear, and its gradients: (loss, dW1, db1, dW2, db2).",
    reference=_mlp_backward,
    cases=[
        case("two rows, all sizes two", x=as_double([1, 2], [-1, 1]), y=torch.tensor([0, 1]), **SMALL_NETWORK),
        case("one row", x=as_double([[-1, 0]]), y=torch.tensor([0]), **SMALL_NETWORK),
        case("three rows, two inputs, four hidden units, three classes", lambda g: _network(g, 3, 2, 4, 3)),
        case("a hidden unit at exactly 0", x=as_double([1, 1], [2, 1]), y=torch.tensor([1, 0]), **SMALL_NETWORK),
        case("rows of one class only", lambda g: {**_network(g, 5, 3, 4, 3), "y": torch.full((5,), 2)}),
        case("logits of a thousand", lambda g: _network(g, 4, 3, 5, 3, scale=700)),
        case("everything square", lambda g: _network(g, 4, 4, 4, 4)),
        case("float32", lambda g: _network(g, 5, 3, 4, 2, dtype=SINGLE)),
        case("tables that are not contiguous", not_contiguous(lambda g: _network(g, 4, 3, 5, 2))),
    ],
    hidden=[
        case("many rows", lambda g: _network(g, 64, 6, 12, 10)),
        case("a single row", lambda g: _network(g, 1, 5, 8, 4)),
        case("everything square, larger", lambda g: _network(g, 6, 6, 6, 6)),
        case("large logits", lambda g: _network(g, 8, 4, 6, 5, scale=900)),
        case("many rows in float32", lambda g: _network(g, 40, 5, 9, 4, dtype=SINGLE)),
        case("not contiguous, many rows", not_contiguous(lambda g: _network(g, 16, 4, 7, 3))),
    ],
    parts=[
        scalar("loss", rtol32=2e-5),
        tensor("dW1", rtol32=3e-5),
        tensor("db1", rtol32=3e-5),
        tensor("dW2", rtol32=3e-5),
        tensor("db2", rtol32=3e-5),
    ],
    forbid=BY_HAND,
    options={
        "graph": {
            "nodes": [
                {"name": "z1", "formula": "x W1ᵀ + b1", "op": "linear", "of": ["x", "W1", "b1"]},
                {"name": "a1", "formula": "relu(z1)", "op": "relu", "of": ["z1"]},
                {"name": "z2", "formula": "a1 W2ᵀ + b2", "op": "linear", "of": ["a1", "W2", "b2"]},
                {"name": "loss", "formula": "mean CE(z2, y)", "op": "cross_entropy", "of": ["z2", "y"]},
            ],
            "gradients": {"W1": "dW1", "b1": "db1", "W2": "dW2", "b2": "db2"},
            "values": {"loss": "loss"},
            "blames": {
                "used_the_rule_of_tanh": "z1",
                "multiplied_by_the_activation": "z1",
                "masked_by_the_gradients_sign": "z1",
                "counted_zero_as_positive": "z1",
                "masked_without_the_bias": "z1",
                "updated_the_last_layer_first": "a1",
                "skipped_the_last_layers_weights": "a1",
                "forgot_the_hidden_activation": "W2",
                "forgot_the_mean": "z2",
                "multiplied_by_the_slope_of_softmax": "z2",
                "multiplied_by_the_slope_of_sigmoid": "z2",
                "normalised_over_the_batch": "z2",
            },
        }
    },
)


@mlp_backward.mistake(
    "ReLU lets your gradient through unchanged: where a unit was off, nothing may come back.",
    look="Does the loss change with z1 where ReLU is flat?",
)
def forgot_the_mask(x, y, W1, b1, W2, b2):
    return _walk_back(x, y, W1, b1, W2, b2, mask=lambda z1, a1, da1: da1)


@mlp_backward.mistake(
    "The loss is a mean over N rows, so each row's gradient carries 1/N: yours are those of the sum.",
    look="What happens to the loss when every row is there twice?",
    credit=0.5,
)
def forgot_the_mean(x, y, W1, b1, W2, b2):
    return _walk_back(x, y, W1, b1, W2, b2, scale=lambda n: n)


@mlp_backward.mistake(
    "1 - a² is the slope of tanh: this network has ReLU.", look="What is the slope of ReLU where it is on?"
)
def used_the_rule_of_tanh(x, y, W1, b1, W2, b2):
    return _walk_back(x, y, W1, b1, W2, b2, mask=lambda z1, a1, da1: da1 * (1 - a1**2))


@mlp_backward.mistake(
    "a·(1 - a) is the slope of the sigmoid: this network has ReLU.",
    look="What is the slope of ReLU where it is on?",
)
def used_the_rule_of_the_sigmoid(x, y, W1, b1, W2, b2):
    return _walk_back(x, y, W1, b1, W2, b2, mask=lambda z1, a1, da1: da1 * a1 * (1 - a1))


@mlp_backward.mistake(
    "The hidden gradient is made with a W2 that has already moved: all gradients belong to the weights as given.",
    look="Which W2 was used on the way forward?",
)
def updated_the_last_layer_first(x, y, W1, b1, W2, b2):
    moved = W2 - 0.01 * _walk_back(x, y, W1, b1, W2, b2)[3]
    return _walk_back(x, y, W1, b1, W2, b2, through=lambda d2, _: d2 @ moved)


@mlp_backward.mistake(
    "The slope of ReLU at exactly 0 is 0 here (as in torch): your mask lets the gradient through.",
    look="> or ≥? And which numbers do you compare, z1 or a1?",
    credit=0.5,
)
def counted_zero_as_positive(x, y, W1, b1, W2, b2):
    return _walk_back(x, y, W1, b1, W2, b2, mask=lambda z1, a1, da1: da1 * (z1 >= 0))


@mlp_backward.mistake(
    "The gradient is multiplied by the activation itself: ReLU's slope is only 1 or 0.",
    look="How steep is relu at 5?",
)
def multiplied_by_the_activation(x, y, W1, b1, W2, b2):
    return _walk_back(x, y, W1, b1, W2, b2, mask=lambda z1, a1, da1: da1 * a1)


@mlp_backward.mistake(
    "ReLU is applied to the gradient: what counts is whether the unit was on, not the gradient's sign.",
    look="Which tensor decides your mask: z1, or what comes back?",
)
def masked_by_the_gradients_sign(x, y, W1, b1, W2, b2):
    return _walk_back(x, y, W1, b1, W2, b2, mask=lambda z1, a1, da1: da1.clamp(min=0))


@mlp_backward.mistake(
    "The mask is the wrong way round: the gradient passes where the unit was on.",
    look="Is ReLU flat below 0, or above?",
)
def turned_the_mask_round(x, y, W1, b1, W2, b2):
    return _walk_back(x, y, W1, b1, W2, b2, mask=lambda z1, a1, da1: da1 * (z1 <= 0))


@mlp_backward.mistake(
    "Your mask asks x W1ᵀ, without the bias: a unit is on when z1, bias included, is above 0.",
    look="Which number went into ReLU on the way forward?",
)
def masked_without_the_bias(x, y, W1, b1, W2, b2):
    return _walk_back(x, y, W1, b1, W2, b2, mask=lambda z1, a1, da1: da1 * (z1 - b1 > 0))


@mlp_backward.mistake(
    "dW2 is made with z1: the second layer was fed a1, after ReLU.",
    look="What stands beside W2 on the way forward?",
)
def used_the_pre_activation_for_the_weights(x, y, W1, b1, W2, b2):
    return _walk_back(x, y, W1, b1, W2, b2, hidden=lambda z1, a1: z1)


@mlp_backward.mistake(
    "The right class's 1 is not subtracted: at the logits the gradient is p minus the one-hot labels.",
    look="What must each row of dz2 sum to?",
)
def forgot_to_subtract_the_labels(x, y, W1, b1, W2, b2):
    return _walk_back(x, y, W1, b1, W2, b2, dz2=lambda z2, y: torch.softmax(z2, dim=1) / len(z2))


@mlp_backward.mistake(
    "All gradients point downhill: a gradient points uphill, and the step subtracts it.",
    look="p - y, or y - p?",
    credit=0.25,
)
def turned_the_signs(x, y, W1, b1, W2, b2):
    return _walk_back(x, y, W1, b1, W2, b2, scale=lambda n: -1)


@mlp_backward.mistake(
    "You divide by N twice: the mean is taken once.", look="Count the divisions on the way back.", credit=0.5
)
def divided_by_the_batch_twice(x, y, W1, b1, W2, b2):
    return _walk_back(x, y, W1, b1, W2, b2, scale=lambda n: 1 / n)


@mlp_backward.mistake(
    "You divide by N·C: the mean runs over the rows, not over rows and classes.",
    look="How many losses are averaged?",
    credit=0.5,
)
def divided_by_classes_as_well(x, y, W1, b1, W2, b2):
    return _walk_back(x, y, W1, b1, W2, b2, scale=lambda n: 1 / len(b2))


@mlp_backward.mistake(
    "The slope p(1 - p) is multiplied in again: with cross entropy it has already cancelled.",
    look="What is left when log's slope 1/p meets softmax's?",
)
def multiplied_by_the_slope_of_softmax(x, y, W1, b1, W2, b2):
    def dz2(z2, y):
        p = torch.softmax(z2, dim=1)
        return (p - F.one_hot(y, z2.shape[1])) * p * (1 - p) / len(z2)

    return _walk_back(x, y, W1, b1, W2, b2, dz2=dz2)


@mlp_backward.mistake(
    "The last layer goes through a sigmoid: cross entropy here takes a softmax over the classes.",
    look="What do the probabilities of a row sum to?",
)
def took_a_sigmoid_for_softmax(x, y, W1, b1, W2, b2):
    return _walk_back(x, y, W1, b1, W2, b2, dz2=lambda z2, y: (torch.sigmoid(z2) - F.one_hot(y, z2.shape[1])) / len(z2))


@mlp_backward.mistake(
    "The softmax on the way back runs down the batch: each row is a distribution of its own.",
    look="Which axis holds the classes?",
)
def normalised_over_the_batch(x, y, W1, b1, W2, b2):
    return _walk_back(
        x,
        y,
        W1,
        b1,
        W2,
        b2,
        dz2=lambda z2, y: (torch.softmax(z2, dim=0) - F.one_hot(y, z2.shape[1])) / len(z2),
    )


def _naive(z2, y):
    p = torch.exp(z2) / torch.exp(z2).sum(dim=1, keepdim=True)
    return p, -torch.log(p[torch.arange(len(y)), y]).mean()


@mlp_backward.mistake(
    "The formulas are right, but exp(1000) is inf, and inf divided by inf is nan.",
    look="What may be subtracted from a row of logits without changing its softmax?",
    credit=0.5,
)
def overflowed(x, y, W1, b1, W2, b2):
    return _walk_back(
        x,
        y,
        W1,
        b1,
        W2,
        b2,
        loss=lambda z2, y: _naive(z2, y)[1],
        dz2=lambda z2, y: (_naive(z2, y)[0] - F.one_hot(y, z2.shape[1])) / len(z2),
    )


@mlp_backward.mistake(
    "The loss takes the log of a probability that has become 0, which gives inf.",
    look="Can the log be taken before the probability is made?",
    credit=0.5,
)
def took_the_log_of_zero(x, y, W1, b1, W2, b2):
    def loss(z2, y):
        return -torch.log(torch.softmax(z2, dim=1)[torch.arange(len(y)), y]).mean()

    return _walk_back(x, y, W1, b1, W2, b2, loss=loss)


@mlp_backward.mistake(
    "The loss is the sum over the rows: the mean is asked for. (Your gradients are those of the mean.)",
    look="What happens to your loss when every row is there twice?",
    credit=0.5,
)
def summed_the_loss(x, y, W1, b1, W2, b2):
    return _walk_back(x, y, W1, b1, W2, b2, loss=partial(F.cross_entropy, reduction="sum"))


@mlp_backward.mistake(
    "Loss and gradients are those of the sum over the rows: the mean is asked for.",
    look="What happens to your loss when every row is there twice?",
    credit=0.5,
)
def took_the_sum_throughout(x, y, W1, b1, W2, b2):
    summed = partial(F.cross_entropy, reduction="sum")
    return _walk_back(x, y, W1, b1, W2, b2, loss=summed, scale=lambda n: n)


@mlp_backward.mistake(
    "The loss has the wrong sign: a log of a probability is below 0, and the loss is minus that.",
    look="Can a cross entropy be negative?",
    credit=0.5,
)
def forgot_the_minus_of_the_loss(x, y, W1, b1, W2, b2):
    return _walk_back(x, y, W1, b1, W2, b2, loss=lambda z2, y: -F.cross_entropy(z2, y))


@mlp_backward.mistake(
    "The loss goes through softmax twice: cross entropy takes the logits themselves.",
    look="What does cross_entropy do first?",
)
def gave_probabilities_to_the_loss(x, y, W1, b1, W2, b2):
    return _walk_back(x, y, W1, b1, W2, b2, loss=lambda z2, y: F.cross_entropy(torch.softmax(z2, dim=1), y))


@mlp_backward.mistake(
    "The hidden layer has no ReLU, neither forward nor back: two linear layers are one.",
    look="Where does relu come in?",
)
def forgot_the_hidden_activation(x, y, W1, b1, W2, b2):
    z2 = (x @ W1.T + b1) @ W2.T + b2
    d2 = (torch.softmax(z2, dim=1) - F.one_hot(y, z2.shape[1])) / len(x)
    d1 = d2 @ W2
    return F.cross_entropy(z2, y), d1.T @ x, d1.sum(0), d2.T @ (x @ W1.T + b1), d2.sum(0)


@mlp_backward.mistake(
    "The gradient skips W2: each hidden unit gets the same, whatever its weights are.",
    look="What is dz2 multiplied by on its way to a1?",
)
def skipped_the_last_layers_weights(x, y, W1, b1, W2, b2):
    def through(d2, W2):
        return d2.sum(dim=1, keepdim=True).expand(len(d2), W2.shape[1])

    return _walk_back(x, y, W1, b1, W2, b2, through=through)


@mlp_backward.mistake(
    "da1 uses W2ᵀ: the forward pass had it, so the way back has W2 itself. It is silent when W2 is square.",
    look="Write the shape under each factor of da1.",
)
def transposed_the_last_layers_weights(x, y, W1, b1, W2, b2):
    return _walk_back(x, y, W1, b1, W2, b2, through=lambda d2, W2: d2 @ W2.T)


@mlp_backward.mistake(
    "The biases' gradients still hold a row for each sample: the rows add up.",
    look="Print the shapes of b1 and db1.",
)
def kept_every_row_for_the_biases(x, y, W1, b1, W2, b2):
    z1, a1, z2 = _forward(x, W1, b1, W2, b2)
    d2 = (torch.softmax(z2, dim=1) - F.one_hot(y, z2.shape[1])) / len(x)
    d1 = (d2 @ W2) * (z1 > 0)
    return F.cross_entropy(z2, y), d1.T @ x, d1, d2.T @ a1, d2


@mlp_backward.mistake(
    "The biases' gradients are averaged over the rows: the 1/N of the mean is already in, the rows add up.",
    look="How often do you divide by N on the way to db2?",
    credit=0.5,
)
def averaged_the_biases_gradients(x, y, W1, b1, W2, b2):
    loss, dW1, db1, dW2, db2 = _walk_back(x, y, W1, b1, W2, b2)
    return loss, dW1, db1 / len(x), dW2, db2 / len(x)


@mlp_backward.mistake(
    "The weights' gradients carry 1/N, and the biases' do not: every gradient of a mean does.",
    look="How often do you divide by N on the way to db2?",
    credit=0.5,
)
def forgot_the_mean_for_the_biases(x, y, W1, b1, W2, b2):
    loss, dW1, db1, dW2, db2 = _walk_back(x, y, W1, b1, W2, b2)
    return loss, dW1, db1 * len(x), dW2, db2 * len(x)


@mlp_backward.mistake(
    "The weights' gradients are transposed: a gradient has the shape of its weight.",
    look="Print the shapes of W1 and dW1. It is silent when they are square.",
)
def transposed_the_weights_gradients(x, y, W1, b1, W2, b2):
    loss, dW1, db1, dW2, db2 = _walk_back(x, y, W1, b1, W2, b2)
    return loss, dW1.T, db1, dW2.T, db2


@mlp_backward.mistake(
    "The order is (loss, dW1, db1, dW2, db2): you return the last layer first.",
    look="In which order does the text ask for them?",
    credit=0.5,
)
def returned_the_last_layer_first(x, y, W1, b1, W2, b2):
    loss, dW1, db1, dW2, db2 = _walk_back(x, y, W1, b1, W2, b2)
    return loss, dW2, db2, dW1, db1


@mlp_backward.mistake(
    "The order is (loss, dW1, db1, dW2, db2): weights and biases are grouped in yours.",
    look="In which order does the text ask for them?",
    credit=0.5,
)
def returned_weights_then_biases(x, y, W1, b1, W2, b2):
    loss, dW1, db1, dW2, db2 = _walk_back(x, y, W1, b1, W2, b2)
    return loss, dW1, dW2, db1, db2


@mlp_backward.mistake(
    "Your code takes a step: the caller's weights are changed. Only the gradients are asked for.",
    look="What does -= do to a tensor somebody else holds?",
)
def took_a_step(x, y, W1, b1, W2, b2):
    found = _walk_back(x, y, W1, b1, W2, b2)
    for parameter, gradient in zip((W1, b1, W2, b2), found[1:], strict=True):
        parameter -= 0.1 * gradient
    return found
