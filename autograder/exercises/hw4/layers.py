"""Backward through softmax and through a linear layer."""

from __future__ import annotations

from typing import Any

import torch

from autograder.draws import SINGLE, normal, not_contiguous
from autograder.exercise import Exercise, case, tensor
from autograder.exercises.hw4.by_hand import BY_HAND, as_double

# --- softmax_backward -----------------------------------------------------------------------------------------


def _scores(
    generator: torch.Generator, n: int, c: int, scale: float = 1.5, dtype: torch.dtype = torch.float64
) -> dict[str, Any]:
    return {
        "x": normal(generator, n, c, scale=scale, dtype=dtype),
        "dout": normal(generator, n, c, dtype=dtype),
    }


def _large_scores(generator: torch.Generator, n: int, c: int) -> dict[str, Any]:
    """Draw rows near +900 or -900, whose probabilities are still of one size."""
    made = _scores(generator, n, c)
    return {**made, "x": made["x"] + 900 * torch.sign(normal(generator, n, 1))}


def _softmax_backward(x: torch.Tensor, dout: torch.Tensor) -> torch.Tensor:
    p = torch.softmax(x, dim=1)
    return p * (dout - (p * dout).sum(dim=1, keepdim=True))


softmax_backward = Exercise(
    "softmax_backward",
    points=3,
    ask="From scores x (N, C) and the gradient dout (N, C) of softmax(x), the gradient dx (N, C). Safe for ±1000.",
    reference=_softmax_backward,
    cases=[
        case("two rows, two classes", x=as_double([0, 0], [0, 1]), dout=as_double([1, 0], [2, -1])),
        case("one row, three classes", x=as_double([[0, 1, 2]]), dout=as_double([[1, 0, 0]])),
        case(
            "a square table",
            x=as_double([1, 0, 2], [0, 3, 1], [-1, 1, 0]),
            dout=as_double([1, 2, 0], [0, 1, -1], [2, 0, 1]),
        ),
        case("two rows, four classes", lambda g: _scores(g, 2, 4)),
        case("four rows, two classes", lambda g: _scores(g, 4, 2)),
        case(
            "scores of a thousand",
            x=as_double([1000, 999, 998], [-1000, -1001, 0]),
            dout=as_double([1, 2, 3], [1, -1, 2]),
        ),
        case("float32", lambda g: _scores(g, 5, 3, dtype=SINGLE)),
        case("tables that are not contiguous", not_contiguous(lambda g: _scores(g, 3, 4))),
    ],
    hidden=[
        case("many rows", lambda g: _scores(g, 64, 10)),
        case("a single row", lambda g: _scores(g, 1, 7)),
        case("another square table", lambda g: _scores(g, 5, 5)),
        case("large scores", lambda g: _large_scores(g, 6, 4)),
        case("many rows in float32", lambda g: _scores(g, 40, 6, dtype=SINGLE)),
        case("not contiguous, many rows", not_contiguous(lambda g: _scores(g, 12, 5))),
    ],
    # A float32 difference of two numbers of one size loses a digit.
    parts=[tensor("dx", rtol32=3e-5)],
    forbid=BY_HAND,
    options={
        "graph": {
            "nodes": [
                {"name": "e", "formula": "exp(x)", "op": "shifted_exp", "of": ["x"]},
                {"name": "s", "formula": "row sum of e", "op": "row_sum", "of": ["e"]},
                {"name": "p", "formula": "e / s", "op": "divide", "of": ["e", "s"]},
            ],
            "gradients": {"x": "dx"},
            "upstream": "dout",
        }
    },
)


@softmax_backward.mistake(
    "You treat softmax like sigmoid, one number at a time: but each score changes all probabilities of its row.",
    look="If one score rises, what happens to the other probabilities?",
)
def kept_only_the_diagonal(x, dout):
    p = torch.softmax(x, dim=1)
    return dout * p * (1 - p)


@softmax_backward.mistake(
    "p minus something is the gradient of softmax and cross entropy together: here softmax stands alone.",
    look="Is dout a target here, or a gradient?",
)
def used_the_formula_of_cross_entropy(x, dout):
    return torch.softmax(x, dim=1) - dout


@softmax_backward.mistake(
    "The sum runs over the batch: rows have nothing to do with each other.",
    look="Which axis is one row's classes?",
)
def summed_over_the_batch(x, dout):
    p = torch.softmax(x, dim=1)
    return p * (dout - (p * dout).sum(dim=0, keepdim=True))


@softmax_backward.mistake("Your softmax makes columns sum to 1: rows must.", look="Which axis is one row's classes?")
def normalised_over_the_batch(x, dout):
    p = torch.softmax(x, dim=0)
    return p * (dout - (p * dout).sum(dim=1, keepdim=True))


@softmax_backward.mistake(
    "Softmax and sum both run over the batch: each row is a distribution of its own.",
    look="Which axis is one row's classes?",
)
def took_columns_for_rows(x, dout):
    p = torch.softmax(x, dim=0)
    return p * (dout - (p * dout).sum(dim=0, keepdim=True))


@softmax_backward.mistake(
    "The sum runs over the whole table: rows have nothing to do with each other.",
    look="How many sums do N rows need?",
)
def summed_over_everything(x, dout):
    p = torch.softmax(x, dim=1)
    return p * (dout - (p * dout).sum())


@softmax_backward.mistake(
    "dout is not used: the chain rule multiplies by what comes from above.", look="Where does dout come in?"
)
def ignored_what_comes_from_above(x, dout):
    p = torch.softmax(x, dim=1)
    return p * (1 - p)


@softmax_backward.mistake(
    "Inside the brackets dout is summed bare: each entry is weighted by its probability first.",
    look="Should a class with p = 0 have a say?",
)
def forgot_the_weights_in_the_sum(x, dout):
    p = torch.softmax(x, dim=1)
    return p * (dout - dout.sum(dim=1, keepdim=True))


@softmax_backward.mistake(
    "You average over the classes: the sum is weighted by p, and that already makes it a mean.",
    look="What do the p of a row add up to?",
)
def averaged_over_classes(x, dout):
    p = torch.softmax(x, dim=1)
    return p * (dout - (p * dout).mean(dim=1, keepdim=True))


@softmax_backward.mistake("The second part is added: it is subtracted.", look="What must a row of dx sum to?")
def added_the_second_part(x, dout):
    p = torch.softmax(x, dim=1)
    return p * (dout + (p * dout).sum(dim=1, keepdim=True))


@softmax_backward.mistake("The factor p before the brackets is missing.", look="What must a row of dx sum to?")
def forgot_the_outer_factor(x, dout):
    p = torch.softmax(x, dim=1)
    return dout - (p * dout).sum(dim=1, keepdim=True)


@softmax_backward.mistake(
    "This is p·dout only: raising one score also lowers the other probabilities.",
    look="What must a row of dx sum to?",
)
def forgot_the_other_classes(x, dout):
    return torch.softmax(x, dim=1) * dout


@softmax_backward.mistake("This is the backward pass of log softmax.", look="Is there a logarithm in the forward pass?")
def went_back_through_a_logarithm(x, dout):
    return dout - torch.softmax(x, dim=1) * dout.sum(dim=1, keepdim=True)


@softmax_backward.mistake(
    "x is used as if it were probabilities: x are the scores, before softmax.",
    look="What do the rows of x sum to?",
)
def took_scores_for_probabilities(x, dout):
    return x * (dout - (x * dout).sum(dim=1, keepdim=True))


@softmax_backward.mistake(
    "Softmax is applied twice before the formula.", look="x are scores: how often do they go through softmax?"
)
def applied_softmax_twice(x, dout):
    return _softmax_backward(torch.softmax(x, dim=1), dout)


@softmax_backward.mistake(
    "The sign is turned: every entry has the opposite one.",
    look="If dout favours a class, should its score rise?",
)
def turned_the_sign(x, dout):
    return -_softmax_backward(x, dout)


@softmax_backward.mistake(
    "You divide by N: the mean over the batch belongs to the loss, not to softmax.",
    look="Who has already divided by N?",
)
def divided_by_the_batch(x, dout):
    return _softmax_backward(x, dout) / len(x)


@softmax_backward.mistake(
    "The formula is right, but exp(1000) is inf, and inf divided by inf is nan.",
    look="What may be subtracted from a row of scores without changing its softmax?",
    credit=0.5,
)
def overflowed(x, dout):
    e = torch.exp(x)
    p = e / e.sum(dim=1, keepdim=True)
    return p * (dout - (p * dout).sum(dim=1, keepdim=True))


@softmax_backward.mistake(
    "This is softmax's forward pass times 1: dx asks how the loss changes with the scores.",
    look="Where does dout come in?",
)
def returned_the_probabilities(x, dout):
    return torch.softmax(x, dim=1)


@softmax_backward.mistake(
    "The caller's dout is changed in place.", look="What does -= do to a tensor somebody else holds?"
)
def changed_dout(x, dout):
    p = torch.softmax(x, dim=1)
    dout -= (p * dout).sum(dim=1, keepdim=True)
    return p * dout


# --- linear_backward ------------------------------------------------------------------------------------------


def _layer(generator: torch.Generator, n: int, i: int, o: int, dtype: torch.dtype = torch.float64) -> dict[str, Any]:
    return {
        "dout": normal(generator, n, o, dtype=dtype),
        "x": normal(generator, n, i, dtype=dtype),
        "W": normal(generator, o, i, dtype=dtype),
    }


linear_backward = Exercise(
    "linear_backward",
    points=4,
    ask="From dout (N, O), x (N, I) and W (O, I) of z = x Wᵀ + b: the gradients (dx (N, I), dW (O, I), db (O,)).",
    reference=lambda dout, x, W: (dout @ W, dout.T @ x, dout.sum(dim=0)),
    cases=[
        case(
            "two rows, three inputs, two outputs",
            dout=as_double([1, 2], [3, 4]),
            x=as_double([1, 0, 2], [0, 1, -1]),
            W=as_double([1, 2, 3], [0, -1, 1]),
        ),
        case("one row", dout=as_double([[1, -2]]), x=as_double([[3, 0, 1]]), W=as_double([1, 0, 2], [2, 1, 0])),
        case(
            "everything square",
            dout=as_double([1, 0], [2, -1]),
            x=as_double([1, 2], [3, 5]),
            W=as_double([1, 4], [-2, 1]),
        ),
        case("four rows, two inputs, three outputs", lambda g: _layer(g, 4, 2, 3)),
        case("one output", lambda g: _layer(g, 4, 3, 1)),
        case("float32", lambda g: _layer(g, 5, 3, 2, dtype=SINGLE)),
        case("tables that are not contiguous", not_contiguous(lambda g: _layer(g, 3, 4, 2))),
    ],
    hidden=[
        case("many rows", lambda g: _layer(g, 64, 7, 5)),
        case("a single row", lambda g: _layer(g, 1, 4, 6)),
        case("everything square, larger", lambda g: _layer(g, 5, 5, 5)),
        case("a single input", lambda g: _layer(g, 6, 1, 4)),
        case("many rows in float32", lambda g: _layer(g, 40, 6, 3, dtype=SINGLE)),
        case("not contiguous, many rows", not_contiguous(lambda g: _layer(g, 12, 3, 5))),
    ],
    parts=[tensor("dx"), tensor("dW"), tensor("db")],
    forbid=BY_HAND,
    options={
        "graph": {
            "nodes": [{"name": "z", "formula": "x Wᵀ + b", "op": "linear", "of": ["x", "W", "b"]}],
            "gradients": {"x": "dx", "W": "dW", "b": "db"},
            "upstream": "dout",
            "zeros": {"b": "dout"},
        }
    },
)


@linear_backward.mistake(
    "b is added to every row, so every row has its say: the rows' gradients add up.",
    look="What shape has b, and what shape db?",
)
def kept_every_row_for_the_bias(dout, x, W):
    return dout @ W, dout.T @ x, dout


@linear_backward.mistake(
    "dW is the transpose of what is asked: a gradient has the shape of its weight (O, I).",
    look="Write the shape under each factor. It is silent when O = I.",
)
def transposed_the_weights_gradient(dout, x, W):
    return dout @ W, x.T @ dout, dout.sum(dim=0)


@linear_backward.mistake(
    "You divide by N: the mean belongs to the loss, and dout already carries it.",
    look="What do you get for a single row?",
)
def divided_the_parameters_by_the_batch(dout, x, W):
    return dout @ W, dout.T @ x / len(x), dout.sum(dim=0) / len(x)


@linear_backward.mistake(
    "All three gradients are divided by N: the mean belongs to the loss, and dout already carries it.",
    look="What do you get for a single row?",
)
def divided_everything_by_the_batch(dout, x, W):
    return dout @ W / len(x), dout.T @ x / len(x), dout.sum(dim=0) / len(x)


@linear_backward.mistake(
    "dW is divided by N, and db is not: neither should be, dout already carries the mean.",
    look="What do you get for a single row?",
)
def averaged_the_weights_gradient(dout, x, W):
    return dout @ W, dout.T @ x / len(x), dout.sum(dim=0)


@linear_backward.mistake(
    "db is summed over the outputs: it must keep one number for each output, and sum over the rows.",
    look="What shape has b? Which axis of dout has that length?",
)
def summed_the_bias_over_the_outputs(dout, x, W):
    return dout @ W, dout.T @ x, dout.sum(dim=1)


@linear_backward.mistake(
    "dx uses Wᵀ: the forward pass had it, so the way back has W itself. It is silent when W is square.",
    look="Write the shape under each factor of dx.",
)
def transposed_the_weights_in_dx(dout, x, W):
    return dout @ W.T, dout.T @ x, dout.sum(dim=0)


@linear_backward.mistake(
    "db is averaged over the rows: the rows' gradients add up.",
    look="What do you get for a single row, and for two?",
)
def averaged_the_bias_gradient(dout, x, W):
    return dout @ W, dout.T @ x, dout.mean(dim=0)


@linear_backward.mistake(
    "The order is (dx, dW, db): you return dW first.",
    look="In which order does the text ask for the three?",
    credit=0.5,
)
def returned_the_weights_gradient_first(dout, x, W):
    return dout.T @ x, dout @ W, dout.sum(dim=0)


@linear_backward.mistake(
    "The order is (dx, dW, db): you return dx last.",
    look="In which order does the text ask for the three?",
    credit=0.5,
)
def returned_dx_last(dout, x, W):
    return dout.T @ x, dout.sum(dim=0), dout @ W


@linear_backward.mistake(
    "db keeps an axis it should not have: (1, O) in place of (O,).",
    look="Print the shape of db beside that of b.",
    credit=0.5,
)
def kept_an_axis_for_the_bias(dout, x, W):
    return dout @ W, dout.T @ x, dout.sum(dim=0, keepdim=True)


@linear_backward.mistake(
    "db is a single number: each output has a bias of its own.", look="Over how many axes do you sum?"
)
def summed_everything_for_the_bias(dout, x, W):
    return dout @ W, dout.T @ x, dout.sum()


@linear_backward.mistake(
    "dx leaves dout out: it is only W, copied for each row.", look="What does the chain rule multiply by?"
)
def left_dout_out_of_dx(dout, x, W):
    return W.sum(dim=0).expand_as(x).clone(), dout.T @ x, dout.sum(dim=0)


@linear_backward.mistake(
    "dW leaves dout out: each output gets the plain sum of the inputs.",
    look="What does the chain rule multiply by?",
)
def left_dout_out_of_the_weights(dout, x, W):
    return dout @ W, x.sum(dim=0).expand_as(W).clone(), dout.sum(dim=0)


@linear_backward.mistake(
    "db counts rows: it is the gradient of Σ z, and here dout comes from above.",
    look="What does the chain rule multiply by?",
)
def left_dout_out_of_the_bias(dout, x, W):
    return dout @ W, dout.T @ x, torch.full((dout.shape[1],), float(len(dout)), dtype=dout.dtype)


@linear_backward.mistake(
    "dx is the transpose of what is asked: a gradient has the shape of its x (N, I).",
    look="Write the shape under each factor.",
)
def transposed_dx(dout, x, W):
    return (dout @ W).T, dout.T @ x, dout.sum(dim=0)


@linear_backward.mistake(
    "Only the first row teaches the weights: all rows' outer products add up.", look="What of row two?"
)
def used_the_first_row_only(dout, x, W):
    return dout @ W, torch.outer(dout[0], x[0]), dout.sum(dim=0)


@linear_backward.mistake(
    "The minus of the descent step is already in your gradients: they point downhill.",
    look="Who subtracts, the gradient or the step?",
)
def turned_the_signs(dout, x, W):
    return -(dout @ W), -(dout.T @ x), -dout.sum(dim=0)


@linear_backward.mistake(
    "Your code multiplies into the caller's x.", look="What does *= do to a tensor somebody else holds?"
)
def changed_x(dout, x, W):
    dW = dout.T @ x
    x[:] = dout @ W
    return x, dW, dout.sum(dim=0)


@linear_backward.mistake(
    "Your code divides the caller's dout in place.", look="What does /= do to a tensor somebody else holds?"
)
def divided_dout_in_place(dout, x, W):
    dout /= len(x)
    return dout @ W, dout.T @ x, dout.sum(dim=0)
