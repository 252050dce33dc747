"""The slopes of sigmoid, ReLU and GELU, number by number."""

from __future__ import annotations

import math
from typing import Any

import torch

from autograder.draws import SINGLE, normal, not_contiguous
from autograder.exercise import Exercise, case
from autograder.exercises.hw4.by_hand import BY_HAND, as_double


def _slopes(gradient_of: str, op: str, blames: dict[str, str]) -> dict[str, Any]:
    """Declare the graph of an elementwise function: one node, its slope at x."""
    nodes = [{"name": "a", "formula": gradient_of, "op": op, "of": ["x"]}]
    return {"graph": {"nodes": nodes, "gradients": {"x": ""}, "blames": blames}}


def _numbers(generator: torch.Generator, *shape: int, scale: float = 2.0, dtype: torch.dtype = torch.float64) -> Any:
    return {"x": normal(generator, *shape, scale=scale, dtype=dtype)}


SLOPE_CASES = [
    case("three numbers", x=as_double([0.5, -1, 2])),
    case("zero", x=as_double([0.0])),
    case("zero among others", x=as_double([-3, 0, 0.25, 1])),
    case("a table", x=as_double([1, -2, 3], [-0.5, 0.1, 4])),
    case("very large numbers", x=as_double([1000, -1000, 0.5, -0.5])),
    case("float32", lambda g: _numbers(g, 7, dtype=SINGLE)),
    case("a table that is not contiguous", not_contiguous(lambda g: _numbers(g, 3, 4))),
]
SLOPE_HIDDEN = [
    case("many numbers", lambda g: _numbers(g, 64)),
    case("a single number", lambda g: _numbers(g, 1)),
    case("a square table", lambda g: _numbers(g, 5, 5)),
    case("three axes", lambda g: _numbers(g, 2, 3, 4)),
    case(
        "zeros and large numbers",
        lambda g: {"x": torch.cat([normal(g, 6, scale=3), as_double([0, 0, 800, -800])])},
    ),
    case("many numbers in float32", lambda g: _numbers(g, 50, dtype=SINGLE)),
    case("not contiguous, many numbers", not_contiguous(lambda g: _numbers(g, 9, 4))),
]


# --- sigmoid_grad ---------------------------------------------------------------------------------------------


def _sigmoid_grad(x: torch.Tensor) -> torch.Tensor:
    s = torch.sigmoid(x)
    return s * (1 - s)


sigmoid_grad = Exercise(
    "sigmoid_grad",
    points=1,
    ask="The slope of the sigmoid at each number of x (the pre-activation, any shape). Returns the shape of x.",
    reference=_sigmoid_grad,
    cases=SLOPE_CASES,
    hidden=SLOPE_HIDDEN,
    forbid=BY_HAND,
    options=_slopes("sigmoid(x)", "sigmoid", {}),
)


@sigmoid_grad.mistake(
    "You use x itself where s(1 - s) needs the sigmoid of x.",
    look="What goes in here: before or after the sigmoid?",
)
def took_x_for_the_sigmoid(x):
    return x * (1 - x)


@sigmoid_grad.mistake(
    "One of the two factors has x where it needs the sigmoid of x.",
    look="Name s = σ(x) once. How often does x appear?",
)
def applied_it_to_the_first_factor_only(x):
    return torch.sigmoid(x) * (1 - x)


@sigmoid_grad.mistake(
    "One of the two factors has x where it needs the sigmoid of x.",
    look="Name s = σ(x) once. How often does x appear?",
)
def applied_it_to_the_second_factor_only(x):
    return x * (1 - torch.sigmoid(x))


@sigmoid_grad.mistake(
    "The sigmoid is applied twice: x is the pre-activation and goes through it once.",
    look="What is the slope at 0? The curve is steepest there: ¼.",
)
def applied_the_sigmoid_twice(x):
    return _sigmoid_grad(torch.sigmoid(x))


@sigmoid_grad.mistake(
    "This is the sigmoid itself: its slope is asked for.", look="How steep is a curve that has gone flat?"
)
def returned_the_sigmoid(x):
    return torch.sigmoid(x)


@sigmoid_grad.mistake("This is 1 - s: the other factor is missing.", look="Should the slope at -1000 be 1, or 0?")
def dropped_the_first_factor(x):
    return 1 - torch.sigmoid(x)


@sigmoid_grad.mistake(
    "This is s²: the second factor is one minus the sigmoid.", look="What should the slope at 1000 be?"
)
def squared_the_sigmoid(x):
    return torch.sigmoid(x) ** 2


@sigmoid_grad.mistake("The sign is turned: the sigmoid rises everywhere.", look="Is a slope of yours below 0?")
def turned_the_sign(x):
    return -_sigmoid_grad(x)


@sigmoid_grad.mistake(
    "The second factor has a plus: it is one minus the sigmoid.", look="What should the slope at 1000 be?"
)
def added_in_the_second_factor(x):
    s = torch.sigmoid(x)
    return s * (1 + s)


@sigmoid_grad.mistake(
    "1 - s² belongs to tanh: each activation has a rule of its own.",
    look="What is the slope at 0, by your formula?",
)
def used_the_rule_of_tanh(x):
    return 1 - torch.sigmoid(x) ** 2


@sigmoid_grad.mistake(
    "The formula is right on paper, but exp(x) overflows for large x: inf divided by inf is nan.",
    look="Which of your steps can overflow? Start from a sigmoid that is safe.",
    credit=0.5,
)
def overflowed_for_large_numbers(x):
    return torch.exp(x) / (1 + torch.exp(x)) ** 2


@sigmoid_grad.mistake(
    "The formula is right on paper, but exp(-x) overflows for very negative x: inf divided by inf is nan.",
    look="Which of your steps can overflow? Start from a sigmoid that is safe.",
    credit=0.5,
)
def overflowed_for_very_negative_numbers(x):
    return torch.exp(-x) / (1 + torch.exp(-x)) ** 2


@sigmoid_grad.mistake(
    "The inner derivative of -x, the -1, is lost: the sign comes out wrong.", look="Chain rule: d(-x)/dx?"
)
def lost_the_inner_minus(x):
    return -torch.exp(-x) / (1 + torch.exp(-x)) ** 2


@sigmoid_grad.mistake(
    "The slopes are averaged: each number keeps its own.", look="How many slopes do three numbers have?"
)
def averaged(x):
    return _sigmoid_grad(x).mean()


@sigmoid_grad.mistake("The caller's x is overwritten with its sigmoid.", look="What do functions ending in _ do to x?")
def changed_x(x):
    x.sigmoid_()
    return x * (1 - x)


# --- relu_grad ------------------------------------------------------------------------------------------------


relu_grad = Exercise(
    "relu_grad",
    points=1,
    ask="The slope of ReLU at each number of x (the pre-activation, any shape); 0 where x is 0. Keeps x's dtype.",
    reference=lambda x: (x > 0).to(x.dtype),
    cases=SLOPE_CASES,
    hidden=SLOPE_HIDDEN,
    forbid=BY_HAND,
    options=_slopes("max(0, x)", "relu", {}),
)


@relu_grad.mistake(
    "The slope at 0 is set to 1. There the curve has a corner, and this course (like torch) takes 0.",
    look="> or ≥?",
    credit=0.5,
)
def counted_zero_as_positive(x):
    return (x >= 0).to(x.dtype)


@relu_grad.mistake(
    "The slope at 0 is set to ½. There the curve has a corner, and this course (like torch) takes 0.",
    look="What does your code give at exactly 0?",
    credit=0.5,
)
def met_in_the_middle_at_zero(x):
    return torch.heaviside(x, torch.full_like(x, 0.5))


@relu_grad.mistake("This is ReLU itself: its slope is asked for.", look="How steep is the line y = x at x = 5?")
def returned_relu(x):
    return torch.relu(x)


@relu_grad.mistake(
    "This is the sign of x: below 0 ReLU is flat, and flat means slope 0.",
    look="Does relu(-3) change with its input?",
)
def took_the_sign(x):
    return torch.sign(x)


@relu_grad.mistake(
    "f(x)/x is no slope in general, and at 0 it is 0/0.",
    look="What does your division give at x = 0?",
    credit=0.5,
)
def divided_by_x(x):
    return torch.relu(x) / x


@relu_grad.mistake("The mask is the wrong way round: ReLU lets positive numbers through.", look="Is relu(3) flat?")
def turned_the_mask_round(x):
    return (x < 0).to(x.dtype)


@relu_grad.mistake("The mask is the wrong way round: ReLU lets positive numbers through.", look="Is relu(3) flat?")
def turned_the_mask_round_at_zero_too(x):
    return (x <= 0).to(x.dtype)


@relu_grad.mistake(
    "You return True and False: a slope is a number of x's dtype.",
    look="What is the dtype of a comparison?",
    credit=0.5,
)
def returned_truth_values(x):
    return x > 0


@relu_grad.mistake(
    "You return whole numbers (int64): a slope keeps x's dtype, or the next product fails.",
    look="Print the dtype of x and of your result.",
    credit=0.5,
)
def returned_whole_numbers(x):
    return (x > 0).long()


@relu_grad.mistake(
    "The slope is 0.01 below zero: that is leaky ReLU. Plain ReLU is flat there.",
    look="Does relu(-3) change with its input?",
)
def leaked(x):
    return torch.where(x > 0, torch.ones_like(x), torch.full_like(x, 0.01))


@relu_grad.mistake("The slope is 1 everywhere: below 0 ReLU is flat.", look="Does relu(-3) change with its input?")
def passed_everything(x):
    return torch.ones_like(x)


@relu_grad.mistake(
    "Numbers between 0 and 1 keep their value: the slope is 1 for every positive number.",
    look="What do you return for x = 0.25?",
)
def clamped_between_zero_and_one(x):
    return x.clamp(0, 1)


@relu_grad.mistake("The caller's x is overwritten.", look="Whose tensor does x[...] = 0 write into?")
def wrote_the_slope_into_x(x):
    x[x > 0] = 1
    x[x <= 0] = 0
    return x


@relu_grad.mistake(
    "The caller's x is overwritten, and with ReLU itself.", look="Whose tensor does x[...] = 0 write into?"
)
def turned_x_into_relu(x):
    x[x < 0] = 0
    return x


# --- gelu_grad ------------------------------------------------------------------------------------------------


def _cdf(x: torch.Tensor) -> torch.Tensor:
    return 0.5 * (1 + torch.erf(x / math.sqrt(2)))


def _pdf(x: torch.Tensor) -> torch.Tensor:
    return torch.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)


gelu_grad = Exercise(
    "gelu_grad",
    points=1,
    ask="The slope of the exact GELU, x·Φ(x), at each number of x (any shape). Returns the shape of x.",
    reference=lambda x: _cdf(x) + x * _pdf(x),
    cases=SLOPE_CASES,
    hidden=SLOPE_HIDDEN,
    forbid=BY_HAND,
    options={
        "graph": {
            "nodes": [
                {"name": "P", "formula": "Φ(x)", "op": "normal_cdf", "of": ["x"]},
                {"name": "a", "formula": "x · P", "op": "multiply", "of": ["x", "P"]},
            ],
            "gradients": {"x": ""},
        }
    },
)


@gelu_grad.mistake(
    "This is Φ(x) alone: x·Φ(x) is a product, and Φ changes with x as well.",
    look="How many terms has the product rule?",
)
def forgot_the_product_rule(x):
    return _cdf(x)


@gelu_grad.mistake(
    "The second term lacks its factor x: in the product rule each factor stays beside the other's derivative.",
    look="Write (u·v)′ and put u = x.",
)
def forgot_the_factor_x(x):
    return _cdf(x) + _pdf(x)


@gelu_grad.mistake(
    "Only the second term of the product rule is there.", look="What is the derivative of x, times Φ(x)?"
)
def forgot_the_first_term(x):
    return x * _pdf(x)


@gelu_grad.mistake("The two terms of the product rule are subtracted: they are added.", look="(u·v)′ = u′v ? uv′")
def subtracted_the_terms(x):
    return _cdf(x) - x * _pdf(x)


@gelu_grad.mistake("The bell curve φ lacks its constant 1/√(2π).", look="What is φ(0)? The area under φ has to be 1.")
def forgot_the_constant(x):
    return _cdf(x) + x * torch.exp(-0.5 * x * x)


@gelu_grad.mistake("The bell curve's exponent is -x²/2, not -x².", look="How is φ(x) written in the text above?")
def forgot_the_half_in_the_exponent(x):
    return _cdf(x) + x * torch.exp(-x * x) / math.sqrt(2 * math.pi)


@gelu_grad.mistake("Φ(x) uses erf(x/√2): the root is missing.", look="Compare your Φ(1) with 0.8413.")
def forgot_the_root_in_erf(x):
    return 0.5 * (1 + torch.erf(x)) + x * _pdf(x)


@gelu_grad.mistake(
    "The inner derivative 1/√2 of erf(x/√2) is lost.", look="Chain rule: what is the derivative of x/√2?"
)
def forgot_the_inner_derivative(x):
    return _cdf(x) + x * torch.exp(-0.5 * x * x) / math.sqrt(math.pi)


@gelu_grad.mistake(
    "This is 1 + φ(x), the slope of x + Φ(x): GELU is the product x·Φ(x).", look="What is GELU at 0: 0 or ½?"
)
def took_the_sum_for_gelu(x):
    return 1 + _pdf(x)


@gelu_grad.mistake(
    "This is the slope of the tanh approximation: close, but this course uses the exact GELU with erf.",
    look="Which GELU does the text define?",
    credit=0.5,
)
def approximated_by_tanh(x):
    c = math.sqrt(2 / math.pi)
    t = torch.tanh(c * (x + 0.044715 * x**3))
    return 0.5 * (1 + t) + 0.5 * x * (1 - t**2) * c * (1 + 3 * 0.044715 * x**2)


@gelu_grad.mistake(
    "This is the slope of x·σ(1.702x), an approximation: this course uses the exact GELU with erf.",
    look="Which GELU does the text define?",
)
def approximated_by_a_sigmoid(x):
    s = torch.sigmoid(1.702 * x)
    return s + 1.702 * x * s * (1 - s)


@gelu_grad.mistake(
    "This is the slope of x·σ(x), called SiLU: GELU has Φ in place of σ.",
    look="Compare your Φ(1) with 0.8413.",
)
def took_the_sigmoid_for_the_normal(x):
    s = torch.sigmoid(x)
    return s + x * s * (1 - s)


@gelu_grad.mistake("This is GELU itself: its slope is asked for.", look="How steep is GELU far to the right?")
def returned_gelu(x):
    return x * _cdf(x)


@gelu_grad.mistake("This is ReLU's slope: GELU bends smoothly.", look="What is the slope of GELU at 0?")
def used_the_rule_of_relu(x):
    return (x > 0).to(x.dtype)


@gelu_grad.mistake("This is only φ(x), the derivative of Φ.", look="How many terms has the product rule for x·Φ(x)?")
def returned_the_bell_curve(x):
    return _pdf(x)
