"""Homework 1, a line by descent: prediction, losses, the closed form, the gradient, a step, the descent."""



from __future__ import annotations

import math
from functools import partial
from typing import Any

import torch

from autograder.draws import SINGLE, normal, not_contiguous
from autograder.exercise import Exercise, case, scalar, tensor
from course_utils.data import load_scores

QUIZ, FINAL = load_scores()
SCORES_X = QUIZ.reshape(-1, 1)
"""The thirteen quiz scores as a table (13, 1)."""


def as_double(*rows: Any) -> torch.Tensor:
    return torch.tensor(rows if len(rows) > 1 else rows[0], dtype=torch.float64)


# --- linear_predict -----------------------------------------------------------------------------------------


def _line(generator: torch.Generator, n: int, d: int, dtype: torch.dtype = torch.float64) -> dict[str, Any]:
    return {
        "X": normal(generator, n, d, dtype=dtype),
        "w": normal(generator, d, dtype=dtype),
        "b": normal(generator, dtype=dtype),
    }


linear_predict = Exercise(
    "linear_predict",
    points=2,
    ask="Predict one number per row of X (N, D): the row times the weights w (D,), plus the bias b: (N,).",
    reference=lambda X, w, b: X @ w + b,
    cases=[
        case(
            "three rows, two features",
            X=as_double([1, 2], [3, 4], [5, 6]),
            w=as_double([0.5, -1]),
            b=as_double(2),
        ),
        case("the thirteen quiz scores", X=SCORES_X, w=as_double([1.25]), b=as_double(0.5)),
        case(
            "a square table",
            X=as_double([1, 0, 2], [0, 3, 1], [4, 1, 0]),
            w=as_double([1, -2, 3]),
            b=as_double(-1),
        ),
        case("one row", X=as_double([[2, -1, 0.5]]), w=as_double([1, 1, 4]), b=as_double(3)),
        case("float32", partial(_line, n=5, d=3, dtype=SINGLE)),
        case("a table that is not contiguous", not_contiguous(partial(_line, n=4, d=3))),
    ],
    hidden=[
        case("many rows", partial(_line, n=64, d=5)),
        case("another square table", partial(_line, n=4, d=4)),
        case("a single row", partial(_line, n=1, d=6)),
        case("a single feature", partial(_line, n=7, d=1)),
        case("many rows in float32", partial(_line, n=40, d=8, dtype=SINGLE)),
        case("not contiguous, many rows", not_contiguous(partial(_line, n=20, d=4))),
    ],
)


@linear_predict.mistake("The bias b is left out.", look="Where does the line cross zero if b is 5?")
def forgot_the_bias(X, w, b):
    return X @ w


@linear_predict.mistake(
    "The weights stand before the table: that combines the columns' entries, not each row's.",
    look="Which axis of X has as many entries as w?",
)
def multiplied_from_the_left(X, w, b):
    return w @ X + b


@linear_predict.mistake(
    "You added up the whole table: each row must keep a number of its own.",
    look="How many predictions do N rows need?",
)
def summed_over_all_rows(X, w, b):
    return (X * w).sum() + b


@linear_predict.mistake(
    "You added b to the weights: it is then multiplied by the inputs, too.",
    look="b is added once to each prediction, after the product.",
)
def added_the_bias_to_the_weights(X, w, b):
    return X @ (w + b)


@linear_predict.mistake(
    "Your predictions stand in a column (N, 1): minus targets (N,) that silently becomes an N by N table.",
    look="Print the shape of what you return.",
)
def returned_a_column(X, w, b):
    return X @ w.reshape(-1, 1) + b


@linear_predict.mistake("You subtract the bias.", look="Which sign does b have in ŷ = X w + b?")
def subtracted_the_bias(X, w, b):
    return X @ w - b


@linear_predict.mistake(
    "Each entry is multiplied, but the products of a row are not added up.",
    look="A prediction is one number per row.",
)
def forgot_the_sum(X, w, b):
    return X * w + b


@linear_predict.mistake(
    "You take the mean of the products of a row: a dot product is their sum.",
    look="Sum or mean over the features?",
)
def averaged_over_features(X, w, b):
    return (X * w).mean(1) + b


@linear_predict.mistake(
    "b is added once for each feature: inside the sum it counts D times.",
    look="Is b inside or outside your sum?",
)
def added_the_bias_to_each_product(X, w, b):
    return (X * w + b).sum(1)


@linear_predict.mistake(
    "You summed down the columns: that is one number per feature, not per row.",
    look="Which axis do the rows lie on?",
)
def summed_over_rows(X, w, b):
    return (X * w).sum(0) + b


# --- sse, mse, mae, rmse ------------------------------------------------------------------------------------


def _pair(generator: torch.Generator, *shape: int, dtype: torch.dtype = torch.float64) -> dict[str, Any]:
    return {"p": normal(generator, *shape, dtype=dtype), "y": normal(generator, *shape, dtype=dtype)}


def _line_through_scores() -> dict[str, torch.Tensor]:
    """The lecture's first guess, ŷ = 1·x + 2, against the final scores."""
    return {"p": 1.0 * QUIZ + 2.0, "y": FINAL}


LOSS_CASES = [
    case("three numbers", p=as_double([1, 2, 3]), y=as_double([2, 2, 7])),
    case("the thirteen scores, ŷ = 1·x + 2", **_line_through_scores()),
    case("one number", p=as_double([3]), y=as_double([1])),
    case("errors that cancel", p=as_double([1, -1, 2, -2]), y=as_double([0, 0, 0, 0])),
    case("a table with two columns", p=as_double([1, 2], [3, 4], [5, 6]), y=as_double([1, 0], [0, 4], [8, 6])),
    case("four numbers, one far off", p=as_double([0, 1, 0, 10]), y=as_double([1, 0, 2, 0])),
    case("float32", lambda g: _pair(g, 6, dtype=SINGLE)),
    case("not contiguous", not_contiguous(lambda g: _pair(g, 5))),
]
LOSS_HIDDEN = [
    case("many numbers", lambda g: _pair(g, 64)),
    case("a single number", lambda g: _pair(g, 1)),
    case("a square table", lambda g: _pair(g, 4, 4)),
    case("a wide table", lambda g: _pair(g, 3, 5)),
    case("the same error everywhere", lambda g: {"p": (target := normal(g, 9)) + normal(g), "y": target}),
    case("many numbers in float32", lambda g: _pair(g, 50, dtype=SINGLE)),
    case("a table that is not contiguous", not_contiguous(lambda g: _pair(g, 6, 2))),
]


def _loss(name: str, ask: str, reference: Any) -> Exercise:
    # A float32 sum may be taken in any order: 1e-6 is what that costs over these sizes.
    number = scalar(rtol32=2e-6)
    return Exercise(name, points=1, ask=ask, reference=reference, cases=LOSS_CASES, hidden=LOSS_HIDDEN, parts=[number])


sse = _loss(
    "sse",
    "The sum of squared errors between predictions p and targets y of the same shape. Returns one number.",
    lambda p, y: ((p - y) ** 2).sum(),
)
mse = _loss(
    "mse",
    "The mean of the squared errors over all numbers of p and y. Returns one number.",
    lambda p, y: ((p - y) ** 2).mean(),
)
mae = _loss(
    "mae",
    "The mean of the absolute errors over all numbers of p and y. Returns one number.",
    lambda p, y: (p - y).abs().mean(),
)
rmse = _loss(
    "rmse",
    "The square root of the mean squared error over all numbers of p and y. Returns one number.",
    lambda p, y: ((p - y) ** 2).mean().sqrt(),
)

ALL_PAIRS = (
    "Every prediction meets every target: (N, 1) against (N,) makes an N by N table without an error.",
    "Print the shape of the difference before you square it.",
)


@sse.mistake(
    "This is the mean of the squares: sse asks for their sum.",
    look="Should twice the data give twice the loss?",
)
def averaged(p, y):
    return ((p - y) ** 2).mean()


@sse.mistake(
    "You square the sum of the errors: errors above and below then cancel.",
    look="Which comes first, squaring or adding?",
)
def squared_the_sum(p, y):
    return (p - y).sum() ** 2


@sse.mistake(
    "Yours is half the sum of squares. The ½ of some textbooks is a convenience, not part of the definition.",
    look="Compare your formula with the one above, factor by factor.",
)
def halved(p, y):
    return 0.5 * ((p - y) ** 2).sum()


@sse.mistake(ALL_PAIRS[0], look=ALL_PAIRS[1])
def met_every_target(p, y):
    return ((p - y.reshape(-1, 1)) ** 2).sum()


@sse.mistake(ALL_PAIRS[0], look=ALL_PAIRS[1])
def met_every_target_flattened(p, y):
    return ((p.reshape(-1, 1) - y.reshape(-1)) ** 2).sum()


@sse.mistake("The errors are added up without their squares.", look="What happens to an error of -2 and one of +2?")
def forgot_the_square(p, y):
    return (p - y).sum()


@sse.mistake("This is the sum of absolute errors: squares are asked for.", look="|e| or e²?")
def took_absolute_values(p, y):
    return (p - y).abs().sum()


@sse.mistake("This is the root of the sum of squares (a length).", look="Is there a root in the formula?")
def took_the_root(p, y):
    return ((p - y) ** 2).sum().sqrt()


@sse.mistake("You add predictions and targets where their difference is asked for.", look="What is an error?")
def added_the_targets(p, y):
    return ((p + y) ** 2).sum()


@sse.mistake(
    "You subtract the squares; the square of a difference is something else.",
    look="Is (3 - 1)² the same as 3² - 1²?",
)
def subtracted_squares(p, y):
    return (p**2 - y**2).sum()


@sse.mistake("The sum runs down the columns only: one number is asked for.", look="How many numbers do you return?")
def summed_down_the_columns(p, y):
    return ((p - y) ** 2).sum(0)


@mse.mistake("This is the sum of the squares: their mean is asked for.", look="Does your loss grow when the data do?")
def summed(p, y):
    return ((p - y) ** 2).sum()


@mse.mistake(
    "Yours is half the mean squared error. The ½ in some textbooks is no part of the definition.",
    look="Compare your formula with the one above, factor by factor.",
)
def halved_the_mean(p, y):
    return ((p - y) ** 2).sum() / (2 * p.numel())


@mse.mistake(
    "You square the mean of the errors: errors above and below then cancel.",
    look="Which comes first, squaring or averaging?",
)
def squared_the_mean(p, y):
    return (p - y).mean() ** 2


@mse.mistake(ALL_PAIRS[0], look=ALL_PAIRS[1])
def met_every_target(p, y):
    return ((p.reshape(-1, 1) - y.reshape(-1)) ** 2).mean()


@mse.mistake(
    "You divide by N - 1, as for a sample variance. A mean of N squares is divided by N.",
    look="How many squares did you add?",
)
def divided_by_one_less(p, y):
    return ((p - y) ** 2).sum() / (p.numel() - 1)


@mse.mistake(
    "You divide by the number of rows: with several columns there are more numbers than rows.",
    look="What does len() count for a table?",
)
def divided_by_rows(p, y):
    return ((p - y) ** 2).sum() / len(p)


@mse.mistake("This is the mean absolute error: squares are asked for.", look="|e| or e²?")
def took_absolute_values(p, y):
    return (p - y).abs().mean()


@mse.mistake("A root is taken: that is the RMSE.", look="Is there a root in the formula?")
def took_the_root(p, y):
    return ((p - y) ** 2).mean().sqrt()


@mse.mistake("The errors are averaged without their squares.", look="What happens to an error of -2 and one of +2?")
def forgot_the_square(p, y):
    return (p - y).mean()


@mse.mistake("The mean runs down the columns only: one number is asked for.", look="How many numbers do you return?")
def averaged_down_the_columns(p, y):
    return ((p - y) ** 2).mean(0)


@mse.mistake(
    "This is the variance of the errors: a constant error would cost nothing.",
    look="What if every error is 3?",
)
def took_the_variance(p, y):
    return (p - y).var(unbiased=False)


@mae.mistake(
    "You average first and take the absolute value after: errors above and below cancel.",
    look="Which comes first, the absolute value or the mean?",
)
def averaged_before_absolute(p, y):
    return (p - y).mean().abs()


@mae.mistake("The sign of the errors is kept: they cancel.", look="Which step makes -2 cost as much as +2?")
def kept_the_sign(p, y):
    return (p - y).mean()


@mae.mistake("This is the median of the absolute errors; the M of MAE is for mean.", look="Mean or median?")
def took_the_median(p, y):
    return (p - y).abs().median()


@mae.mistake(
    "This is the sum of the absolute errors: their mean is asked for.",
    look="Does your loss grow when the data do?",
)
def summed(p, y):
    return (p - y).abs().sum()


@mae.mistake("The errors are squared: that is the MSE.", look="|e| or e²?")
def squared(p, y):
    return ((p - y) ** 2).mean()


@mae.mistake(
    "A squared error and a root: that is the RMSE. |e| needs neither.",
    look="Take the root before the mean and see what is left.",
)
def took_the_root_of_the_mean_square(p, y):
    return ((p - y) ** 2).mean().sqrt()


@mae.mistake(ALL_PAIRS[0], look=ALL_PAIRS[1])
def met_every_target(p, y):
    return (p.reshape(-1, 1) - y.reshape(-1)).abs().mean()


@mae.mistake("You take the absolute values before the difference.", look="Is |-2 - 3| the same as |-2| - |3|?")
def took_absolute_values_first(p, y):
    return (p.abs() - y.abs()).abs().mean()


@mae.mistake(
    "Yours is half the mean absolute error: there is no ½ here.",
    look="Compare your formula with the one above.",
)
def halved(p, y):
    return 0.5 * (p - y).abs().mean()


@mae.mistake(
    "You divide by the number of rows: with several columns there are more numbers than rows.",
    look="What does len() count for a table?",
)
def divided_by_rows(p, y):
    return (p - y).abs().sum() / len(p)


@rmse.mistake("The root is missing: this is the MSE.", look="In which unit is your number: points, or points squared?")
def forgot_the_root(p, y):
    return ((p - y) ** 2).mean()


@rmse.mistake(
    "A root of each square gives back the absolute value: this is the MAE. The root comes after the mean.",
    look="In which order do square, mean and root come?",
)
def took_the_root_of_each(p, y):
    return torch.sqrt((p - y) ** 2).mean()


@rmse.mistake("The mean is missing: you take the root of the sum.", look="Does your number grow when the data do?")
def forgot_the_mean(p, y):
    return torch.sqrt(((p - y) ** 2).sum())


@rmse.mistake(
    "You divide by N outside the root: under the root it is √N.",
    look="Where does the division stand in the formula?",
)
def divided_outside_the_root(p, y):
    return torch.sqrt(((p - y) ** 2).sum()) / p.numel()


@rmse.mistake(ALL_PAIRS[0], look=ALL_PAIRS[1])
def met_every_target(p, y):
    return ((p.reshape(-1, 1) - y.reshape(-1)) ** 2).mean().sqrt()


@rmse.mistake(
    "You divide by N - 1, as for a sample deviation. A mean of N squares is divided by N.",
    look="How many squares did you add?",
)
def divided_by_one_less(p, y):
    return torch.sqrt(((p - y) ** 2).sum() / (p.numel() - 1))


@rmse.mistake(
    "This is the spread of the errors around their mean: a constant error would cost nothing.",
    look="What if every error is 3?",
)
def took_the_standard_deviation(p, y):
    return (p - y).std(unbiased=False)


@rmse.mistake(
    "You divide by the number of rows: with several columns there are more numbers than rows.",
    look="What does len() count for a table?",
)
def divided_by_rows(p, y):
    return torch.sqrt(((p - y) ** 2).sum() / len(p))


@rmse.mistake(
    "A ½ has come under the root: there is none in the formula.",
    look="Compare your formula with the one above.",
)
def halved(p, y):
    return torch.sqrt(0.5 * ((p - y) ** 2).mean())


# --- least_squares ------------------------------------------------------------------------------------------


def _regression(generator: torch.Generator, n: int, d: int, dtype: torch.dtype = torch.float64) -> dict[str, Any]:
    X = normal(generator, n, d) + 0.7
    y = X @ normal(generator, d) + 2.5 + normal(generator, n, scale=0.3)
    return {"X": X.to(dtype), "y": y.to(dtype)}


def _least_squares(X: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    with_ones = torch.cat([X, torch.ones_like(X[:, :1])], dim=1)
    solution = torch.linalg.lstsq(with_ones, y[:, None]).solution[:, 0]
    return solution[:-1], solution[-1]


# The normal equations square the condition number: right answers differ by more than rounding.
SOLVED = {"rtol64": 1e-6, "rtol32": 2e-3}

least_squares = Exercise(
    "least_squares",
    points=2,
    ask="The w (D,) and b that minimise the sum of squared errors of X w + b against y, by formula: (w, b).",
    reference=_least_squares,
    cases=[
        case("three points on a line", X=as_double([[0], [1], [2]]), y=as_double([1, 3, 5])),
        case("the thirteen scores", X=SCORES_X, y=FINAL),
        case("three points not on a line", X=as_double([[0], [1], [2]]), y=as_double([1, 2, 5])),
        case("two features", X=as_double([1, 0], [0, 1], [1, 1], [2, 1]), y=as_double([3, 4, 5.5, 6])),
        case("a float32 table", partial(_regression, n=12, d=2, dtype=SINGLE)),
        case("a table that is not contiguous", not_contiguous(partial(_regression, n=9, d=2))),
    ],
    hidden=[
        case("many rows", partial(_regression, n=64, d=4)),
        case("as many rows as unknowns", partial(_regression, n=4, d=3)),
        case("one feature", partial(_regression, n=20, d=1)),
        case("many rows in float32", partial(_regression, n=60, d=3, dtype=SINGLE)),
        case("not contiguous, many rows", not_contiguous(partial(_regression, n=30, d=3))),
    ],
    parts=[tensor("w", **SOLVED), scalar("b", **SOLVED)],
)


@least_squares.mistake(
    "Your line goes through the origin: no column of ones, no intercept.",
    look="Which column makes room for b?",
)
def left_out_the_ones(X, y):
    return torch.linalg.lstsq(X, y[:, None]).solution[:, 0], torch.zeros((), dtype=X.dtype)


@least_squares.mistake(
    "The slope is fitted through the origin and b put right after it: both must be found together.",
    look="Does the best slope stay the same once the line may move up and down?",
)
def repaired_the_intercept_afterwards(X, y):
    w = torch.linalg.lstsq(X, y[:, None]).solution[:, 0]
    return w, y.mean() - X.mean(0) @ w


@least_squares.mistake(
    "The coefficients are mixed up: the intercept stands where you put the column of ones.",
    look="Is your column of ones the first or the last?",
)
def took_the_last_for_the_intercept(X, y):
    with_ones = torch.cat([torch.ones_like(X[:, :1]), X], dim=1)
    solution = torch.linalg.lstsq(with_ones, y[:, None]).solution[:, 0]
    return solution[:-1], solution[-1]


@least_squares.mistake(
    "The coefficients are mixed up: your column of ones is the last, but you take the first number for b.",
    look="Is your column of ones the first or the last?",
)
def took_the_first_for_the_intercept(X, y):
    with_ones = torch.cat([X, torch.ones_like(X[:, :1])], dim=1)
    solution = torch.linalg.lstsq(with_ones, y[:, None]).solution[:, 0]
    return solution[1:], solution[0]


@least_squares.mistake(
    "1 / M inverts each entry; a matrix is inverted by solving equations.", look="What is 1 / M times M?"
)
def inverted_each_entry(X, y):
    A = torch.cat([X, torch.ones_like(X[:, :1])], dim=1)
    solution = (1 / (A.T @ A)) @ (A.T @ y)
    return solution[:-1], solution[-1]


@least_squares.mistake(
    "This is the line of x on y turned round: errors are measured along y here, not along x.",
    look="Which of the two is predicted from the other?",
)
def swapped_x_and_y(X, y):
    if X.shape[1] != 1:
        return _least_squares(X, y)[0] * 0, y.mean()
    slope = ((X[:, 0] - X[:, 0].mean()) * (y - y.mean())).sum() / ((y - y.mean()) ** 2).sum()
    return slope[None], X[:, 0].mean() - slope * y.mean()


@least_squares.mistake(
    "The right-hand side X^T y is missing from your equations.",
    look="What do the normal equations have on the right?",
)
def forgot_the_targets(X, y):
    A = torch.cat([X, torch.ones_like(X[:, :1])], dim=1)
    solution = torch.linalg.inv(A.T @ A).sum(1)
    return solution[:-1], solution[-1]


@least_squares.mistake("b and w are returned the wrong way round.", look="In which order does the text ask for them?")
def returned_the_intercept_first(X, y):
    w, b = _least_squares(X, y)
    return b, w


@least_squares.mistake("Your w is a column (D, 1): (D,) is asked for.", look="Print the shape of your w.", credit=0.5)
def returned_a_column(X, y):
    w, b = _least_squares(X, y)
    return w[:, None], b


@least_squares.mistake(
    "A ridge penalty has crept in: plain least squares adds nothing to X^T X.",
    look="Is a small number added to the diagonal?",
)
def penalised(X, y):
    A = torch.cat([X, torch.ones_like(X[:, :1])], dim=1)
    solution = torch.linalg.solve(A.T @ A + torch.eye(A.shape[1], dtype=X.dtype), A.T @ y)
    return solution[:-1], solution[-1]


# --- mse_grad -----------------------------------------------------------------------------------------------


def _at_a_point(generator: torch.Generator, n: int, d: int, dtype: torch.dtype = torch.float64) -> dict[str, Any]:
    made = _line(generator, n, d, dtype)
    return {"X": made["X"], "y": normal(generator, n, dtype=dtype), "w": made["w"], "b": made["b"]}


def _at_the_optimum(generator: torch.Generator) -> dict[str, Any]:
    made = _regression(generator, 15, 2)
    w, b = _least_squares(**made)
    return {**made, "w": w, "b": b}


def _mse_grad(X: torch.Tensor, y: torch.Tensor, w: torch.Tensor, b: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    residual = X @ w + b - y
    return 2 * X.T @ residual / len(y), 2 * residual.mean()


# At the closed form the gradient is zero up to rounding: compare relative to the numbers that cancelled.
GRADIENT = {"rtol64": 1e-7, "rtol32": 1e-5}

mse_grad = Exercise(
    "mse_grad",
    points=3,
    ask="The gradient of the mean squared error of X w + b against y: (dw (D,), db), at the given w and b.",
    reference=_mse_grad,
    cases=[
        case("two rows", X=as_double([[1], [3]]), y=as_double([2, 5]), w=as_double([1]), b=as_double(0)),
        case("the thirteen scores from w = 0, b = 0", X=SCORES_X, y=FINAL, w=as_double([0]), b=as_double(0)),
        case(
            "a square table",
            X=as_double([1, 2, 0], [0, 1, 3], [2, 0, 1]),
            y=as_double([1, -1, 2]),
            w=as_double([1, 0, -1]),
            b=as_double(0.5),
        ),
        case("one row", X=as_double([[2, -1]]), y=as_double([1]), w=as_double([1, 3]), b=as_double(0)),
        case(
            "four rows, two features",
            X=as_double([1, 2], [3, 1], [0, 1], [2, 2]),
            y=as_double([1, 0, 2, 1]),
            w=as_double([1, -1]),
            b=as_double(1),
        ),
        case("float32", partial(_at_a_point, n=6, d=3, dtype=SINGLE)),
        case("a table that is not contiguous", not_contiguous(partial(_at_a_point, n=5, d=3))),
    ],
    hidden=[
        case("many rows", partial(_at_a_point, n=64, d=5)),
        case("another square table", partial(_at_a_point, n=5, d=5)),
        case("a single row", partial(_at_a_point, n=1, d=3)),
        case("a single feature", partial(_at_a_point, n=9, d=1)),
        case("many rows in float32", partial(_at_a_point, n=40, d=4, dtype=SINGLE)),
        case("not contiguous, many rows", not_contiguous(partial(_at_a_point, n=12, d=3))),
    ],
    parts=[tensor("dw", **GRADIENT), scalar("db", **GRADIENT)],
)


@mse_grad.mistake(
    "The factor 2 from the square is missing: this is half the gradient.",
    look="What is the derivative of e² with respect to e?",
)
def dropped_the_two(X, y, w, b):
    e = X @ w + b - y
    return X.T @ e / len(y), e.mean()


@mse_grad.mistake(
    "The sign is turned round: with error = target - prediction a minus comes out of the chain rule.",
    look="If a prediction is too high, should the gradient for b be positive or negative?",
)
def took_target_minus_prediction(X, y, w, b):
    e = y - (X @ w + b)
    return 2 * X.T @ e / len(y), 2 * e.mean()


@mse_grad.mistake(
    "The 1/N of the mean has been lost: this is the gradient of the sum.",
    look="Which loss are you differentiating, SSE or MSE?",
)
def lost_the_mean(X, y, w, b):
    e = X @ w + b - y
    return 2 * X.T @ e, 2 * e.sum()


@mse_grad.mistake(
    "dw is right, but db lacks the factor 2: the 2 comes from the square, not from w.",
    look="What is the derivative of e² with respect to e?",
)
def dropped_the_two_for_the_bias(X, y, w, b):
    e = X @ w + b - y
    return 2 * X.T @ e / len(y), e.mean()


@mse_grad.mistake(
    "X * e multiplies the columns of X by the errors, not its rows.",
    look="Which axis of X belongs to the errors?",
)
def scaled_the_columns(X, y, w, b):
    e = X @ w + b - y
    return 2 * (X * e).mean(0), 2 * e.mean()


@mse_grad.mistake(
    "X stands without its transpose: dw adds up over rows, one number per feature.",
    look="Which shape must dw have?",
)
def forgot_the_transpose(X, y, w, b):
    e = X @ w + b - y
    return 2 * X @ e / len(y), 2 * e.mean()


@mse_grad.mistake(
    "dw is averaged, db is summed: both come from the same mean.", look="Where is 1/N in each of the two?"
)
def summed_for_the_bias(X, y, w, b):
    e = X @ w + b - y
    return 2 * X.T @ e / len(y), 2 * e.sum()


@mse_grad.mistake(
    "dw is summed, db is averaged: both come from the same mean.", look="Where is 1/N in each of the two?"
)
def summed_for_the_weights(X, y, w, b):
    e = X @ w + b - y
    return 2 * X.T @ e, 2 * e.mean()


@mse_grad.mistake(
    "The input x is missing from dw: by the chain rule each error is multiplied by its own x.",
    look="What is the derivative of x·w with respect to w?",
)
def forgot_the_inputs(X, y, w, b):
    e = X @ w + b - y
    return 2 * e.mean() * torch.ones_like(w), 2 * e.mean()


@mse_grad.mistake("The bias is missing from the prediction.", look="What is the prediction at this w and b?")
def left_the_bias_out_of_the_prediction(X, y, w, b):
    e = X @ w - y
    return 2 * X.T @ e / len(y), 2 * e.mean()


@mse_grad.mistake(
    "You divide by the number of features D, not by the number of rows N.", look="What does X.shape[1] count?"
)
def divided_by_features(X, y, w, b):
    e = X @ w + b - y
    return 2 * X.T @ e / X.shape[1], 2 * e.sum() / X.shape[1]


@mse_grad.mistake(
    "This is the loss's value in place of its slope.",
    look="The gradient of w has one number for each weight: what is asked of each?",
)
def squared_the_errors(X, y, w, b):
    e = X @ w + b - y
    return 2 * X.T @ e**2 / len(y), 2 * (e**2).mean()


@mse_grad.mistake(
    "Only the sign of each error is used: that is the gradient of the MAE.",
    look="Which loss are you differentiating?",
)
def differentiated_the_mae(X, y, w, b):
    e = torch.sign(X @ w + b - y)
    return X.T @ e / len(y), e.mean()


# --- gd_step ------------------------------------------------------------------------------------------------


def _step(generator: torch.Generator, d: int, dtype: torch.dtype = torch.float64, lr: float = 0.1) -> dict[str, Any]:
    return {
        "w": normal(generator, d, dtype=dtype),
        "b": normal(generator, dtype=dtype),
        "dw": normal(generator, d, dtype=dtype),
        "db": normal(generator, dtype=dtype),
        "lr": lr,
    }


gd_step = Exercise(
    "gd_step",
    points=1,
    ask="One step of gradient descent: the new (w, b), moved by the learning rate lr against (dw, db).",
    reference=lambda w, b, dw, db, lr: (w - lr * dw, b - lr * db),
    cases=[
        case("one weight", w=as_double([1]), b=as_double(2), dw=as_double([5]), db=as_double(-4), lr=0.1),
        case("two weights", w=as_double([1, -1]), b=as_double(0), dw=as_double([2, 3]), db=as_double(1), lr=0.5),
        case(
            "a learning rate of 0",
            w=as_double([1, 2]),
            b=as_double(3),
            dw=as_double([4, 5]),
            db=as_double(6),
            lr=0.0,
        ),
        case(
            "a learning rate of 1",
            w=as_double([1, 2]),
            b=as_double(3),
            dw=as_double([4, 5]),
            db=as_double(6),
            lr=1.0,
        ),
        case("float32", partial(_step, d=3, dtype=SINGLE)),
        case("weights that are not contiguous", not_contiguous(partial(_step, d=4))),
    ],
    hidden=[
        case("many weights", partial(_step, d=20)),
        case("a single weight", partial(_step, d=1, lr=0.03)),
        case("a large step", partial(_step, d=5, lr=7.0)),
        case("many weights in float32", partial(_step, d=16, dtype=SINGLE)),
        case("not contiguous", not_contiguous(partial(_step, d=6, lr=0.01))),
    ],
    parts=[tensor("w"), scalar("b")],
)


@gd_step.mistake("You step along the gradient: that is uphill.", look="Towards which side does the loss fall?")
def climbed(w, b, dw, db, lr):
    return w + lr * dw, b + lr * db


@gd_step.mistake(
    "Your code changes the caller's w and b in place; the old ones are then lost.",
    look="What does -= do to a tensor somebody else holds?",
)
def changed_the_callers_parameters(w, b, dw, db, lr):
    w -= lr * dw
    b -= lr * db
    return w, b


@gd_step.mistake("The caller's w is changed in place.", look="What does -= do to a tensor somebody else holds?")
def changed_the_callers_weights(w, b, dw, db, lr):
    w -= lr * dw
    return w, b - lr * db


@gd_step.mistake("Only the weights move: the bias learns, too.", look="What happens to b in your step?")
def forgot_the_bias(w, b, dw, db, lr):
    return w - lr * dw, b


@gd_step.mistake("Only the bias moves: the weights learn, too.", look="What happens to w in your step?")
def forgot_the_weights(w, b, dw, db, lr):
    return w, b - lr * db


@gd_step.mistake("The learning rate is missing: you take the whole gradient.", look="Where does lr stand in your step?")
def forgot_the_learning_rate(w, b, dw, db, lr):
    return w - dw, b - db


@gd_step.mistake("You return the size of the step in place of the new parameters.", look="Where do w and b come in?")
def returned_the_step(w, b, dw, db, lr):
    return -lr * dw, -lr * db


@gd_step.mistake("The weight itself is scaled by its gradient; a step is subtracted.", look="Is w multiplied or moved?")
def multiplied_in_place_of_subtracting(w, b, dw, db, lr):
    return w * (1 - lr * dw), b * (1 - lr * db)


@gd_step.mistake("The gradients of w and b are exchanged.", look="Which gradient belongs to which parameter?")
def exchanged_the_gradients(w, b, dw, db, lr):
    return w - lr * db, b - lr * dw.sum()


@gd_step.mistake("You divide by the learning rate: a smaller lr must make a smaller step.", look="What if lr is 0?")
def divided_by_the_learning_rate(w, b, dw, db, lr):
    return w - dw / lr if lr else w - dw * math.inf, b - db / lr if lr else b - db * math.inf


@gd_step.mistake(
    "Only the direction of the gradient is used: its size sets the step as well.",
    look="Should a steeper slope give a longer step?",
)
def stepped_by_the_sign(w, b, dw, db, lr):
    return w - lr * torch.sign(dw), b - lr * torch.sign(db)


# --- gd_fit -------------------------------------------------------------------------------------------------


def _descent(
    generator: torch.Generator, n: int, d: int, lr: float, steps: int, dtype: torch.dtype = torch.float64
) -> dict[str, Any]:
    return {**_regression(generator, n, d, dtype), "lr": lr, "steps": steps}


def _gd_fit(X: torch.Tensor, y: torch.Tensor, lr: float, steps: int) -> tuple[torch.Tensor, torch.Tensor]:
    w, b = torch.zeros(X.shape[1], dtype=X.dtype), torch.zeros((), dtype=X.dtype)
    for _ in range(steps):
        dw, db = _mse_grad(X, y, w, b)
        w, b = w - lr * dw, b - lr * db
    return w, b


# Many float32 steps pile up rounding: what is left is far below what any mistake does.
DESCENDED = {"rtol64": 1e-7, "rtol32": 1e-4}

gd_fit = Exercise(
    "gd_fit",
    points=3,
    ask="Descend on the mean squared error from w = 0 and b = 0 for exactly `steps` steps; returns (w, b).",
    reference=_gd_fit,
    cases=[
        case("one step", X=as_double([[1], [2]]), y=as_double([2, 4]), lr=0.1, steps=1),
        case("two steps", X=as_double([[1], [2]]), y=as_double([2, 4]), lr=0.1, steps=2),
        case("no step at all", X=as_double([[1], [2]]), y=as_double([2, 4]), lr=0.1, steps=0),
        case("the thirteen scores, 20 steps of 0.005", X=SCORES_X, y=FINAL, lr=0.005, steps=20),
        case(
            "two features, three steps",
            X=as_double([1, 0], [0, 2], [1, 1]),
            y=as_double([1, 3, 2]),
            lr=0.2,
            steps=3,
        ),
        case("float32", partial(_descent, n=8, d=2, lr=0.05, steps=5, dtype=SINGLE)),
        case("a table that is not contiguous", not_contiguous(partial(_descent, n=6, d=2, lr=0.05, steps=4))),
    ],
    hidden=[
        case("many rows", partial(_descent, n=64, d=3, lr=0.05, steps=7)),
        case("a single step", partial(_descent, n=10, d=2, lr=0.1, steps=1)),
        case("one feature", partial(_descent, n=12, d=1, lr=0.02, steps=9)),
        case("a hundred steps", partial(_descent, n=20, d=2, lr=0.03, steps=100)),
        case("many rows in float32", partial(_descent, n=40, d=3, lr=0.05, steps=6, dtype=SINGLE)),
        case("not contiguous", not_contiguous(partial(_descent, n=9, d=3, lr=0.05, steps=5))),
    ],
    parts=[tensor("w", **DESCENDED), scalar("b", **DESCENDED)],
)


def _variant(X, y, lr, steps, gradient=_mse_grad, start=0.0):
    """Descend with another gradient or another start: the frame of several mistakes."""
    w = torch.full((X.shape[1],), start, dtype=X.dtype)
    b = torch.full((), start, dtype=X.dtype)
    for _ in range(steps):
        dw, db = gradient(X, y, w, b)
        w, b = w - lr * dw, b - lr * db
    return w, b


@gd_fit.mistake(
    "b's gradient is taken with the new w: both must come from the same point, then both move.",
    look="At which line is w changed, and which gradient comes after it?",
    credit=0.5,
)
def moved_one_after_the_other(X, y, lr, steps):
    w, b = torch.zeros(X.shape[1], dtype=X.dtype), torch.zeros((), dtype=X.dtype)
    for _ in range(steps):
        w = w - lr * 2 * X.T @ (X @ w + b - y) / len(y)
        b = b - lr * 2 * (X @ w + b - y).mean()
    return w, b


@gd_fit.mistake(
    "w's gradient is taken with the new b: both must come from the same point, then both move.",
    look="At which line is b changed, and which gradient comes after it?",
    credit=0.5,
)
def moved_the_bias_first(X, y, lr, steps):
    w, b = torch.zeros(X.shape[1], dtype=X.dtype), torch.zeros((), dtype=X.dtype)
    for _ in range(steps):
        b = b - lr * 2 * (X @ w + b - y).mean()
        w = w - lr * 2 * X.T @ (X @ w + b - y) / len(y)
    return w, b


@gd_fit.mistake("You take one step too few.", look="How many numbers does range(1, steps) give?")
def stopped_one_step_early(X, y, lr, steps):
    return _variant(X, y, lr, max(steps - 1, 0))


@gd_fit.mistake("You take one step too many.", look="How many numbers does range(steps + 1) give?")
def took_one_step_too_many(X, y, lr, steps):
    return _variant(X, y, lr, steps + 1)


@gd_fit.mistake(
    "The gradient is computed once and used for every step: it changes as w and b move.",
    look="Which lines must stand inside the loop?",
)
def never_renewed_the_gradient(X, y, lr, steps):
    first = _mse_grad(X, y, torch.zeros(X.shape[1], dtype=X.dtype), torch.zeros((), dtype=X.dtype))
    return _variant(X, y, lr, steps, gradient=lambda *_: first)


@gd_fit.mistake("You climb: the step goes along the gradient.", look="Is the step added or subtracted?")
def climbed(X, y, lr, steps):
    return _variant(X, y, -lr, steps)


@gd_fit.mistake(
    "The factor 2 of the gradient is missing: your steps are half as long.",
    look="What is the derivative of e²?",
)
def dropped_the_two(X, y, lr, steps):
    return _variant(X, y, lr / 2, steps)


@gd_fit.mistake("You descend on the sum of squares: the gradient of the mean is N times smaller.", look="SSE or MSE?")
def descended_on_the_sum(X, y, lr, steps):
    return _variant(X, y, lr * len(y), steps)


@gd_fit.mistake("The bias never moves.", look="What happens to b in your loop?")
def forgot_the_bias(X, y, lr, steps):
    def gradient(X, y, w, b):
        return _mse_grad(X, y, w, b)[0], torch.zeros((), dtype=X.dtype)

    return _variant(X, y, lr, steps, gradient)


@gd_fit.mistake("You start from 1: the text says from zeros.", look="What are w and b before the first step?")
def started_from_ones(X, y, lr, steps):
    return _variant(X, y, lr, steps, start=1.0)


@gd_fit.mistake("The return stands inside the loop: only one step is taken.", look="How far is your return indented?")
def returned_inside_the_loop(X, y, lr, steps):
    return _variant(X, y, lr, min(steps, 1))


@gd_fit.mistake(
    "This is the closed form: here the road is asked for, exactly `steps` steps of it.",
    look="Does your answer change with lr and steps?",
)
def solved_in_closed_form(X, y, lr, steps):
    return _least_squares(X, y)


@gd_fit.mistake(
    "Old gradients pile up: each step is made with the sum of all gradients so far.",
    look="After .backward(), what is in .grad before the next one?",
)
def let_gradients_pile_up(X, y, lr, steps):
    total_w, total_b = torch.zeros(X.shape[1], dtype=X.dtype), torch.zeros((), dtype=X.dtype)

    def gradient(X, y, w, b):
        nonlocal total_w, total_b
        dw, db = _mse_grad(X, y, w, b)
        total_w, total_b = total_w + dw, total_b + db
        return total_w, total_b

    return _variant(X, y, lr, steps, gradient)


@gd_fit.mistake(
    "Each row moves the line by itself: full-batch descent uses all rows for one step.",
    look="How many steps do you take for N rows?",
)
def moved_after_every_row(X, y, lr, steps):
    w, b = torch.zeros(X.shape[1], dtype=X.dtype), torch.zeros((), dtype=X.dtype)
    for _ in range(steps):
        for row, target in zip(X, y, strict=True):
            error = row @ w + b - target
            w, b = w - lr * 2 * error * row, b - lr * 2 * error
    return w, b


EXERCISES = (linear_predict, sse, mse, mae, rmse, least_squares, mse_grad, gd_step, gd_fit)
