"""Homework 2, forward: three activations, softmax, a linear layer, and the network made of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import torch

from autograder.draws import DOUBLE, SINGLE, normal, not_contiguous
from autograder.exercise import Exercise, case, tensor
from course_utils.checks.codec import strided

double = partial(torch.tensor, dtype=DOUBLE)

# Nothing right is off by more in float64, and whatever goes through float32 on the way is.
EXACT = {"rtol64": 1e-9}


def _spread(*shape: int, scale: float = 2.0, dtype: torch.dtype = DOUBLE) -> Callable[..., dict[str, Any]]:
    """Make a case's x of this shape: its first number is a zero, its second is below zero."""

    def make(generator: torch.Generator) -> dict[str, Any]:
        x = normal(generator, *shape, scale=scale, dtype=dtype)
        if x.numel() > 1:
            x.view(-1)[:2] = torch.tensor([0.0, -0.5 * scale])
        return {"x": x}

    return make


# --- sigmoid ------------------------------------------------------------------------------------------------


def _sigmoid(x: torch.Tensor) -> torch.Tensor:
    e = torch.exp(-x.abs())
    return torch.where(x >= 0, 1 / (1 + e), e / (1 + e))


sigmoid = Exercise(
    "sigmoid",
    points=2,
    ask="σ(x) = 1 / (1 + e^-x) for each number of x, of any shape. Finite for every finite x; x's shape.",
    reference=_sigmoid,
    cases=[
        case("three numbers", x=double([0, 2, -1])),
        case("a thousand on either side", x=double([-1000, 0, 1000])),
        # Alone, because next to 0.5 nobody sees a tail; not farther out, where 1 - σ(-x) has lost its digits.
        case("the tail on the left", x=double([-20.1, -20.5, -20.3, -20.2])),
        case("a table", x=double([[1, -1, 3], [0, -4, 0.5]])),
        case("three axes", _spread(2, 3, 2)),
        case("float32", _spread(6, dtype=SINGLE)),
        case("a table that is not contiguous", not_contiguous(_spread(3, 4))),
    ],
    hidden=[
        case("many numbers", _spread(200)),
        case("a wide table", _spread(3, 40, scale=6.0)),
        case("three other axes", _spread(3, 2, 5)),
        case("a single number", _spread(1)),
        case("another tail", lambda g: {"x": -20.05 - 0.4 * torch.rand(6, generator=g, dtype=DOUBLE)}),
        case("hundreds on either side", lambda g: {"x": normal(g, 5, 6, scale=900.0)}),
        case("hundreds in float32", lambda g: {"x": normal(g, 30, scale=150.0, dtype=SINGLE)}),
        case("many numbers in float32", _spread(8, 9, dtype=SINGLE)),
        case("not contiguous", not_contiguous(_spread(5, 6))),
    ],
    forbid=["sigmoid", "sigmoid_", "logsigmoid", "expit", "special_expit"],
)


@sigmoid.mistake(
    "The minus in the exponent is missing: your curve is the mirror image, high on the left.",
    look="For a large positive x, should e to your exponent be tiny or huge?",
)
def forgot_the_minus(x):
    return 1 / (1 + torch.exp(x))


@sigmoid.mistake(
    "e^x / (1 + e^x) is the same function on paper. In the computer e^1000 is inf, and inf / inf is nan.",
    look="Which way of writing σ keeps every power of e at 1 or below?",
    credit=0.5,
)
def overflowed(x):
    return torch.exp(x) / (1 + torch.exp(x))


@sigmoid.mistake(
    "The sign is turned round: e^-x / (1 + e^-x) falls as x grows. Far to the left it is inf / inf as well.",
    look="Is your value at 2 above or below one half?",
)
def mirrored_and_overflowed(x):
    return torch.exp(-x) / (1 + torch.exp(-x))


def _clip(limit: float) -> Callable[[torch.Tensor], torch.Tensor]:
    def clipped(x: torch.Tensor) -> torch.Tensor:
        return 1 / (1 + torch.exp(-x.clamp(-limit, limit)))

    clipped.__name__ = f"clipped_at_{limit:g}"
    return clipped


for _limit in (20, 15, 10, 5):
    sigmoid.mistake(
        f"Inputs are clipped at {_limit}: to the left of it the curve is flat, where σ should go on falling.",
        look="Is clipping needed at all? Try the plain formula at -1000 and at 1000.",
        credit=0.5,
    )(_clip(_limit))


@sigmoid.mistake(
    "Zero is in neither of your two cases (x > 0, x < 0), so it keeps the 0 it started with.",
    look="Which numbers are neither above nor below 0, and what is σ there?",
    credit=0.5,
)
def skipped_zero(x):
    out = torch.zeros_like(x)
    out[x > 0] = 1 / (1 + torch.exp(-x[x > 0]))
    e = torch.exp(x[x < 0])
    out[x < 0] = e / (1 + e)
    return out


@sigmoid.mistake(
    "The 1 in the denominator is missing. What is left is just e^x, which is not between 0 and 1.",
    look="What is your value at 0?",
)
def forgot_the_one(x):
    return 1 / torch.exp(-x)


@sigmoid.mistake(
    "Python divides before it adds: 1 / 1 + e^-x is 1 + e^-x. The whole denominator needs brackets.",
    look="Is your value at 0 below 1?",
)
def forgot_the_brackets(x):
    return 1 / 1 + torch.exp(-x)


@sigmoid.mistake(
    "The 1 went into the exponent: it is added to the power of e, not to x.",
    look="What does your exp(...) enclose?",
)
def added_the_one_in_the_exponent(x):
    return 1 / torch.exp(1 - x)


@sigmoid.mistake(
    "The exponential is missing: this is 1 / (1 - x), which is not even defined at 1.",
    look="Where does e stand in the formula?",
)
def forgot_the_exponential(x):
    return 1 / (1 - x)


@sigmoid.mistake(
    "This is the derivative σ(1 - σ): a hill, where σ itself is a slope from 0 up to 1.",
    look="Should a larger x give a larger value?",
)
def took_the_derivative(x):
    return _sigmoid(x) * (1 - _sigmoid(x))


@sigmoid.mistake("This is tanh: it runs from -1 to 1. σ runs from 0 to 1.", look="What is σ(0)?")
def took_tanh(x):
    return torch.tanh(x)


@sigmoid.mistake(
    "You return only 0 or 1. That is a decision, made later; σ is the smooth number before it.",
    look="Should 0.1 and 5 give the same value?",
)
def decided_for_zero_or_one(x):
    return (x > 0).to(x.dtype)


@sigmoid.mistake(
    "You return only 0 or 1, and 1 for x = 0. That is a decision, made later; σ is the number before it.",
    look="Should 0.1 and 5 give the same value?",
)
def decided_for_zero_or_one_from_zero_on(x):
    return (x >= 0).to(x.dtype)


@sigmoid.mistake(
    "The sign of x is lost: σ(-2) comes out like σ(2).",
    look="On which inputs may you use the size of x, and what then?",
)
def dropped_the_sign(x):
    return 1 / (1 + torch.exp(-x.abs()))


@sigmoid.mistake(
    "The numbers are divided by their sum: that is softmax. σ treats each number by itself.",
    look="Does your value at 0 change when its neighbours change?",
)
def shared_out_like_softmax(x):
    return torch.softmax(x.reshape(-1), 0).reshape(x.shape)


@sigmoid.mistake("σ is multiplied by x: that is another activation (SiLU).", look="What is your value at 0?")
def multiplied_by_x(x):
    return x * _sigmoid(x)


@sigmoid.mistake("This is the logarithm of σ: its values are negative.", look="Between which two numbers does σ lie?")
def took_the_log(x):
    return torch.nn.functional.logsigmoid(x)


@sigmoid.mistake(
    "x / (1 + |x|) has an S shape, too, but it is another function and runs from -1 to 1.",
    look="What is σ(0)?",
)
def took_softsign(x):
    return x / (1 + x.abs())


@sigmoid.mistake(
    "A straight line cut off at 0 and 1 only resembles σ.", look="Compare your value at 2 with the formula's."
)
def took_the_straight_piece(x):
    return (x / 6 + 0.5).clamp(0, 1)


@sigmoid.mistake("The base is 2 in place of e.", look="Which number is e, and which function raises it to a power?")
def took_base_two(x):
    return 1 / (1 + 2.0 ** (-x))


@sigmoid.mistake(
    "You compute in float32 on the way: the float64 input has lost half of its digits.",
    look="Which of your steps changes the dtype?",
    credit=0.5,
)
def went_through_float32(x):
    return _sigmoid(x.float()).to(x.dtype)


# --- relu ---------------------------------------------------------------------------------------------------

relu = Exercise(
    "relu",
    points=1,
    ask="max(0, x) for each number of x, of any shape. Same shape as x; x itself stays as it is.",
    reference=lambda x: torch.where(x > 0, x, torch.zeros_like(x)),
    cases=[
        case("three numbers", x=double([0, 2, -3])),
        case("a table", x=double([[1, -1, 8], [0, -4, 0.5]])),
        case("only negative numbers", x=double([-0.5, -2, -1, -3])),
        case("a thousand on either side", x=double([-1000, 1000])),
        case("three axes", _spread(2, 3, 2)),
        case("float32", _spread(6, dtype=SINGLE)),
        case("a table that is not contiguous", not_contiguous(_spread(3, 4))),
    ],
    hidden=[
        case("many numbers", _spread(200)),
        case("large numbers", _spread(4, 7, scale=1e5)),
        case("tiny numbers", _spread(9, scale=1e-9)),
        case("three other axes", _spread(3, 2, 5)),
        case("many numbers in float32", _spread(8, 9, dtype=SINGLE)),
        case("not contiguous", not_contiguous(_spread(5, 6))),
    ],
    parts=[tensor(rtol64=1e-12, rtol32=1e-6)],
    forbid=["relu", "relu_", "relu6", "threshold", "threshold_"],
)


@relu.mistake(
    "Your function writes its zeros into the caller's tensor: the numbers that were there are lost.",
    look="Does an assignment like x[...] = 0 make a copy? Functions whose names end in _ don't, either.",
)
def wrote_into_the_input(x):
    x[x < 0] = 0
    return x


def _leak(slope: float) -> Callable[[torch.Tensor], torch.Tensor]:
    def leaked(x: torch.Tensor) -> torch.Tensor:
        return torch.where(x > 0, x, slope * x)

    leaked.__name__ = f"leaked_{slope:g}".replace(".", "_")
    return leaked


for _slope in (0.01, 0.1, 0.2):
    relu.mistake(
        f"Negative numbers leak through, times {_slope}: that is leaky ReLU. ReLU lets nothing through.",
        look="What should become of -3?",
    )(_leak(_slope))


@relu.mistake(
    "You take the size of each number: -3 becomes 3. ReLU makes it 0.",
    look="What should become of negative numbers?",
)
def took_absolute_values(x):
    return x.abs()


@relu.mistake("You keep the negative numbers and lose the positive ones.", look="min or max?")
def kept_the_negatives(x):
    return x.clamp(max=0)


@relu.mistake(
    "These ones and zeros say which numbers are positive (the slope of ReLU); the numbers are asked for.",
    look="What should become of 2?",
)
def returned_the_slope(x):
    return (x > 0).to(x.dtype)


@relu.mistake(
    "True and False say which numbers are positive; the numbers themselves are asked for.",
    look="What should become of 2?",
)
def returned_true_and_false(x):
    return x > 0


@relu.mistake(
    "The negative numbers are thrown out, so the shape changes. They stay in their places, as zeros.",
    look="Print the shapes of what comes in and of what goes out.",
)
def threw_the_negatives_out(x):
    return x[x > 0]


@relu.mistake("Large numbers are cut off at 1. ReLU has no ceiling.", look="What should become of 2?")
def cut_off_at_one(x):
    return x.clamp(0, 1)


@relu.mistake("Large numbers are cut off at 6 (that is ReLU6). ReLU has no ceiling.", look="What should become of 8?")
def cut_off_at_six(x):
    return x.clamp(0, 6)


@relu.mistake("log(1 + e^x) is a smoothed relative of ReLU.", look="What should become of 0?")
def smoothed_the_corner(x):
    return torch.nn.functional.softplus(x)


@relu.mistake("Below 0 your curve bends to -1 (that is ELU). ReLU is 0 there.", look="What should become of -3?")
def bent_below_zero(x):
    return torch.nn.functional.elu(x)


@relu.mistake("The sign is turned before the cut.", look="What should become of 2, and what of -3?")
def turned_the_sign(x):
    return (-x).clamp(min=0)


@relu.mistake("The numbers come back as they went in.", look="What should become of -3?")
def returned_its_input(x):
    return x.clone()


@relu.mistake(
    "You shift all numbers until the least one is 0. ReLU leaves the positive ones as they are.",
    look="What should become of 2?",
)
def shifted_up(x):
    return x - x.min()


@relu.mistake(
    "x / |x| is 0 / 0 for x = 0, and that is nan.",
    look="What does your formula do with exactly 0?",
    credit=0.5,
)
def divided_by_zero(x):
    return x * (1 + x / x.abs()) / 2


@relu.mistake(
    "(x + |x|) is twice what is asked for.",
    look="What becomes of 2 in your formula, step by step?",
    credit=0.5,
)
def forgot_the_half(x):
    return x + x.abs()


@relu.mistake("Everything below 1 is cut, not everything below 0.", look="What should become of 0.5?")
def cut_below_one(x):
    return torch.where(x >= 1, x, torch.zeros_like(x))


@relu.mistake(
    "One decision is made for all numbers together: each number decides for itself.",
    look="What does your condition look at: a number, or the whole tensor?",
)
def decided_for_all_at_once(x):
    return x.clone() if x.sum() > 0 else torch.zeros_like(x)


# --- gelu ---------------------------------------------------------------------------------------------------


def _phi(x: torch.Tensor) -> torch.Tensor:
    """The share of a standard normal distribution below x."""
    return 0.5 * (1 + torch.erf(x / math.sqrt(2)))


gelu = Exercise(
    "gelu",
    points=2,
    ask="x·Φ(x) for each number of x, of any shape, with Φ(x) = ½(1 + erf(x/√2)): the exact form, with erf.",
    reference=lambda x: x * _phi(x),
    cases=[
        case("three numbers", x=double([0, 2, -1])),
        case("numbers with and without their minus", x=double([0.7, -0.7, 1.5, -1.5])),
        case("a table", x=double([[1, -1, 3], [0, -4, 0.5]])),
        case("a thousand on either side", x=double([-1000, 0, 1000])),
        case("three axes", _spread(2, 3, 2)),
        case("float32", _spread(6, dtype=SINGLE)),
        case("a table that is not contiguous", not_contiguous(_spread(3, 4))),
    ],
    hidden=[
        case("many numbers", _spread(200)),
        case("pairs x and -x", lambda g: {"x": torch.stack([half := normal(g, 20), -half])}),
        case("close to zero", _spread(9, scale=1e-3)),
        case("a single number", _spread(1)),
        case("three other axes", _spread(3, 2, 5)),
        case("many numbers in float32", _spread(8, 9, dtype=SINGLE)),
        case("not contiguous", not_contiguous(_spread(5, 6))),
    ],
    parts=[tensor(**EXACT)],
    forbid=["gelu", "gelu_"],
)


@gelu.mistake(
    "This is the tanh approximation of GELU. It is off by up to 0.0005; here the exact form is asked for.",
    look="Which function stands in the definition of Φ above?",
    credit=0.5,
)
def took_the_tanh_approximation(x):
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


@gelu.mistake(
    "x·σ(1.702 x) is a rough stand-in for GELU, off by up to 0.02; here the exact form is asked for.",
    look="Which function stands in the definition of Φ above?",
    credit=0.5,
)
def took_the_sigmoid_approximation(x):
    return x * torch.sigmoid(1.702 * x)


@gelu.mistake(
    "The √2 is missing: erf belongs to a narrower bell curve than Φ does.",
    look="What does erf get in the formula above?",
)
def forgot_the_root_of_two(x):
    return 0.5 * x * (1 + torch.erf(x))


@gelu.mistake(
    "This is Φ(x) alone, a share between 0 and 1. GELU lets that share of x through.",
    look="What should GELU give for x = 2: about 1, or about 2?",
)
def returned_the_share_alone(x):
    return _phi(x)


@gelu.mistake(
    "x and Φ(x) are added. GELU multiplies them: some printed formulas get this wrong.",
    look="Should GELU be 0 at 0? Is yours?",
)
def added_in_place_of_multiplying(x):
    return x + _phi(x)


@gelu.mistake(
    "x meets the height of the bell curve (density φ); the share below x (Φ) is asked for.",
    look="Towards what does Φ go for large x?",
)
def took_the_density(x):
    return x * torch.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)


@gelu.mistake("The ½ is missing: your Φ goes up to 2.", look="For large x, should GELU be x or 2x?")
def forgot_the_half(x):
    return x * (1 + torch.erf(x / math.sqrt(2)))


@gelu.mistake(
    "The 1 beside erf is missing: your Φ runs from -½ to ½, where a share runs from 0 to 1.",
    look="What is your Φ(-5)?",
)
def forgot_the_one(x):
    return 0.5 * x * torch.erf(x / math.sqrt(2))


@gelu.mistake("x is divided by 2 inside erf; the formula has the root of 2.", look="What is √2, about?")
def divided_by_two(x):
    return 0.5 * x * (1 + torch.erf(x / 2))


@gelu.mistake("x is multiplied by √2 inside erf; it is divided.", look="Which way does √2 act on x in the formula?")
def multiplied_by_the_root(x):
    return 0.5 * x * (1 + torch.erf(x * math.sqrt(2)))


@gelu.mistake("x·σ(x) is SiLU, a relative of GELU.", look="Which function weights x in GELU: σ, or Φ?")
def took_silu(x):
    return x * torch.sigmoid(x)


@gelu.mistake("This is ReLU: GELU bends smoothly and is a little below 0 for negative x.", look="What is GELU(-1)?")
def took_relu(x):
    return torch.relu(x)


@gelu.mistake(
    "The sign inside erf is turned round: large positive x are held back, negative ones pass.",
    look="What share of a bell curve lies below a large x?",
)
def turned_the_share_round(x):
    return x * (1 - _phi(x))


@gelu.mistake("erf is missing: only its input x/√2 is left.", look="Which function goes around x/√2?")
def forgot_erf(x):
    return 0.5 * x * (1 + x / math.sqrt(2))


@gelu.mistake("tanh stands where erf belongs. The two look alike and are not the same.", look="Is there a tanh in Φ?")
def took_tanh_for_erf(x):
    return 0.5 * x * (1 + torch.tanh(x / math.sqrt(2)))


@gelu.mistake(
    "In the tanh approximation the cubic term is missing; and here the exact form with erf is asked for.",
    look="Which function stands in the definition of Φ above?",
)
def forgot_the_cubic_term(x):
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * x))


@gelu.mistake(
    "Only the 1 is multiplied by ½·x, erf is added afterwards: the bracket closes too early.",
    look="What does the ½·x in front multiply in your line?",
)
def closed_the_bracket_early(x):
    return 0.5 * x * 1 + torch.erf(x / math.sqrt(2))


@gelu.mistake(
    "x is squared: it counts once in front, and once inside Φ.",
    look="For large x, should GELU grow like x or like x²?",
)
def multiplied_twice(x):
    return x * x * _phi(x)


@gelu.mistake(
    "You compute in float32 on the way: the float64 input has lost half of its digits.",
    look="Which of your steps changes the dtype?",
    credit=0.5,
)
def went_through_float32(x):
    return (x.float() * _phi(x.float())).to(x.dtype)


# --- softmax ------------------------------------------------------------------------------------------------


def _softmax(x: torch.Tensor, dim: int = 1) -> torch.Tensor:
    e = torch.exp(x - x.amax(dim, keepdim=True))
    return e / e.sum(dim, keepdim=True)


def _levels(generator: torch.Generator, n: int, c: int, scale: float, dtype: torch.dtype = DOUBLE) -> dict[str, Any]:
    """Rows of scores that differ little within a row and a lot from row to row."""
    steps = torch.linspace(-scale, scale, n, dtype=DOUBLE)[torch.randperm(n, generator=generator)]
    return {"x": (normal(generator, n, c) + steps[:, None]).to(dtype)}


def _scores(n: int, c: int, scale: float = 1.0, dtype: torch.dtype = DOUBLE) -> Callable[..., dict[str, Any]]:
    return lambda generator: {"x": normal(generator, n, c, scale=scale, dtype=dtype)}


def _far_out(n: int, c: int) -> Callable[..., dict[str, Any]]:
    """Scores in the thousands, two of them close together in each row, so that not only 0 and 1 come out."""

    def make(generator: torch.Generator) -> dict[str, Any]:
        x = normal(generator, n, c, scale=1000.0)
        x[:, 0] = x.amax(1) - torch.rand(n, generator=generator, dtype=DOUBLE)
        return {"x": x}

    return make


softmax = Exercise(
    "softmax",
    points=4,
    ask="Turn each row of scores x (N, C) into probabilities (N, C): e^score over the row's sum of these.",
    reference=_softmax,
    cases=[
        case("two rows of three scores", x=double([[0, 1, 2], [1, 1, 3]])),
        case("one row", x=double([[0, 1, -1, 2]])),
        case("one class", x=double([[3], [-2], [0], [1], [5], [-1], [2]])),
        case("a square table", x=double([[1, 2, 3], [0, 0, 5], [2, -1, 0]])),
        case("scores of a thousand", x=double([[1000, 999], [1000, 0], [-1000, 1000], [-1000, -1000]])),
        case("rows far apart", x=double([[0, 1, 0], [-2000, -2001, -2000]])),
        case("the first case with 100 more in each score", x=double([[100, 101, 102], [101, 101, 103]])),
        case("float32", _scores(4, 3, dtype=SINGLE)),
        case("a table that is not contiguous", not_contiguous(_scores(3, 4))),
    ],
    hidden=[
        case("many rows", _scores(64, 10)),
        case("another square table", _scores(6, 6, scale=3.0)),
        case("a single row", _scores(1, 5)),
        case("equal scores", lambda g: {"x": normal(g, 5, 1).expand(5, 7).clone()}),
        case("scores in the thousands", _far_out(5, 4)),
        case("rows on different levels", partial(_levels, n=6, c=3, scale=1500.0)),
        case("many rows in float32", _scores(40, 8, scale=4.0, dtype=SINGLE)),
        case("scores around a hundred in float32", partial(_levels, n=5, c=4, scale=120.0, dtype=SINGLE)),
        case("not contiguous, many rows", not_contiguous(_scores(12, 5))),
    ],
    forbid=["softmax", "log_softmax", "softmin", "Softmax2d"],
)


@softmax.mistake(
    "Right on paper. In the computer e^1000 is inf and e^-1000 is 0: inf / inf and 0 / 0 are nan.",
    look="Softmax stays the same if one number is subtracted from a whole row. Which number helps?",
    credit=0.5,
)
def let_the_exponential_overflow(x):
    e = torch.exp(x)
    return e / e.sum(1, keepdim=True)


@softmax.mistake(
    "Your columns sum to 1, not your rows: you go down the batch, from one sample to the next.",
    look="Which axis of (N, C) numbers the classes?",
)
def normalised_over_the_batch(x):
    return _softmax(x, dim=0)


@softmax.mistake(
    "Your columns sum to 1, not your rows; and e^1000 is inf, so large scores end in nan.",
    look="Which axis of (N, C) numbers the classes?",
)
def normalised_over_the_batch_and_overflowed(x):
    e = torch.exp(x)
    return e / e.sum(0)


@softmax.mistake(
    "The whole table sums to 1: all rows share one sum. Each row needs a sum of its own.",
    look="How many sums do N rows need?",
)
def shared_one_sum(x):
    e = torch.exp(x - x.max())
    return e / e.sum()


@softmax.mistake(
    "The whole table sums to 1, and e^1000 is inf, so large scores end in nan.",
    look="How many sums do N rows need?",
)
def shared_one_sum_and_overflowed(x):
    e = torch.exp(x)
    return e / e.sum()


@softmax.mistake(
    "The row sums lost their axis: shape (N,) meets (N, C) from the right, so each column is divided. "
    "It goes unnoticed where N = C.",
    look="Print the shape of your sums. Which shape would divide row by row?",
)
def lost_the_axis_of_the_sums(x):
    e = torch.exp(x - x.amax(1, keepdim=True))
    return e / e.sum(1)


@softmax.mistake(
    "The row sums lost their axis: shape (N,) meets (N, C) from the right, so each column is divided. "
    "Large scores overflow, too.",
    look="Print the shape of your sums. Which shape would divide row by row?",
)
def lost_the_axis_of_the_sums_and_overflowed(x):
    e = torch.exp(x)
    return e / e.sum(1)


@softmax.mistake(
    "The row maxima lost their axis: shape (N,) is subtracted from the columns, not from the rows. "
    "It goes unnoticed where N = C.",
    look="Print the shape of your maxima. Which shape would go with the rows?",
)
def lost_the_axis_of_the_maxima(x):
    e = torch.exp(x - x.amax(1))
    return e / e.sum(1, keepdim=True)


@softmax.mistake(
    "Maxima and sums lost their axis: with shape (N,) they meet the columns, not the rows.",
    look="Print the shapes of maxima and sums. Which shape would go with the rows?",
)
def lost_both_axes(x):
    e = torch.exp(x - x.amax(1))
    return e / e.sum(1)


@softmax.mistake(
    "You subtract each column's maximum. Softmax forgives a number subtracted from a whole row only.",
    look="Along which axis do you take the maximum, and along which the sum?",
)
def subtracted_the_column_maxima(x):
    e = torch.exp(x - x.amax(0))
    return e / e.sum(1, keepdim=True)


@softmax.mistake(
    "One maximum for the whole table: a row far below it becomes all zeros, and 0 / 0 is nan.",
    look="Whose maximum does a row need, so that its largest e^x is 1?",
    credit=0.75,
)
def subtracted_the_table_maximum(x):
    e = torch.exp(x - x.max())
    return e / e.sum(1, keepdim=True)


@softmax.mistake(
    "You subtract the mean of a row: what lies far above it still overflows.",
    look="Which number of a row makes every difference 0 or less?",
    credit=0.5,
)
def subtracted_the_mean(x):
    e = torch.exp(x - x.mean(1, keepdim=True))
    return e / e.sum(1, keepdim=True)


@softmax.mistake(
    "You subtract the smallest score: the others then lie above 0, and e to a large number overflows.",
    look="Which number of a row makes every difference 0 or less?",
    credit=0.5,
)
def subtracted_the_minimum(x):
    e = torch.exp(x - x.amin(1, keepdim=True))
    return e / e.sum(1, keepdim=True)


@softmax.mistake(
    "Scores are clipped before the exponential: beyond the limit all scores count the same.",
    look="What does clipping do to 1000 and 999? Subtracting keeps their difference.",
    credit=0.5,
)
def clipped_the_scores(x):
    e = torch.exp(x.clamp(-50, 50))
    return e / e.sum(1, keepdim=True)


@softmax.mistake(
    "Your function changes the caller's scores in place.",
    look="What does -= do to a tensor that somebody else holds?",
)
def changed_the_callers_scores(x):
    x -= x.amax(1, keepdim=True)
    e = torch.exp(x)
    return e / e.sum(1, keepdim=True)


@softmax.mistake(
    "This is the logarithm of softmax: its numbers are 0 or less and don't sum to 1.",
    look="What do your rows sum to?",
)
def took_the_log(x):
    return torch.log_softmax(x, 1)


@softmax.mistake(
    "The scores are divided by their sum without the exponential: that can be negative, or divide by 0.",
    look="What makes every number positive before the division?",
)
def forgot_the_exponential(x):
    return x / x.sum(1, keepdim=True)


@softmax.mistake(
    "You subtract the maximum, then divide by the sum: the exponential between them is missing.",
    look="What makes every number positive before the division?",
)
def forgot_the_exponential_after_the_shift(x):
    z = x - x.amax(1, keepdim=True)
    return z / z.sum(1, keepdim=True)


@softmax.mistake(
    "The division is missing: your largest number of a row is 1, but the row doesn't sum to 1.",
    look="What do your rows sum to?",
)
def forgot_the_sum(x):
    return torch.exp(x - x.amax(1, keepdim=True))


@softmax.mistake("The exponent has a minus: the smallest score gets the largest share.", look="Which class should win?")
def turned_the_sign(x):
    return _softmax(-x)


@softmax.mistake(
    "You divide by the mean of the row, not by its sum: your rows sum to C.", look="What do your rows sum to?"
)
def divided_by_the_mean(x):
    e = torch.exp(x - x.amax(1, keepdim=True))
    return e / e.mean(1, keepdim=True)


@softmax.mistake(
    "You divide by the length of the row (the root of its squares): then the squares sum to 1.",
    look="What do your rows sum to?",
)
def divided_by_the_length(x):
    e = torch.exp(x - x.amax(1, keepdim=True))
    return e / e.norm(dim=1, keepdim=True)


@softmax.mistake(
    "Each score goes through a sigmoid by itself. In softmax the classes share one whole.",
    look="What do your rows sum to?",
)
def took_the_sigmoid(x):
    return torch.sigmoid(x)


@softmax.mistake(
    "The winner takes all: 1 for the largest score and 0 elsewhere. Softmax gives every class its share.",
    look="Should a score just below the largest get nothing?",
)
def gave_all_to_the_winner(x):
    return torch.nn.functional.one_hot(x.argmax(1), x.shape[1]).to(x.dtype)


@softmax.mistake(
    "The scores are squared in place of e to the score: -2 then counts like 2.",
    look="What makes numbers positive here?",
)
def squared_the_scores(x):
    return x**2 / (x**2).sum(1, keepdim=True)


@softmax.mistake(
    "Softmax is applied twice: the shares come out too even.", look="How often do you take e to the power?"
)
def applied_it_twice(x):
    return _softmax(_softmax(x))


@softmax.mistake("The base is 2 in place of e.", look="Which number is raised to the power of the score?")
def took_base_two(x):
    return _softmax(x * math.log(2))


@softmax.mistake(
    "With one row, your result loses its first axis: (1, C) must stay (1, C).",
    look="Does squeeze() know which axis you mean?",
    credit=0.75,
)
def squeezed_the_result(x):
    return _softmax(x).squeeze()


# --- linear_forward -----------------------------------------------------------------------------------------


def _layer(
    n: int, i: int, o: int, dtype: torch.dtype = DOUBLE, scale: float = 1.0
) -> Callable[[torch.Generator], dict[str, Any]]:
    return lambda g: {
        "x": normal(g, n, i, scale=scale, dtype=dtype),
        "W": normal(g, o, i, dtype=dtype),
        "b": normal(g, o, dtype=dtype),
    }


def _transposed(
    make: Callable[[torch.Generator], dict[str, Any]],
) -> Callable[[torch.Generator], dict[str, Any]]:
    """Lay the tables of a case out column by column, as the transpose of a tensor is."""

    def transposed(generator: torch.Generator) -> dict[str, Any]:
        return {
            name: value.T.contiguous().T if isinstance(value, torch.Tensor) and value.ndim == 2 else strided(value)
            for name, value in make(generator).items()
        }

    return transposed


linear_forward = Exercise(
    "linear_forward",
    points=3,
    ask="The layer z = x Wᵀ + b: x (N, D), weights W (O, D), a row per output, bias b (O,). Returns (N, O).",
    reference=lambda x, W, b: x @ W.T + b,
    cases=[
        case("one row, two outputs", x=double([[1, 2]]), W=double([[3, 4], [5, 7]]), b=double([10, 20])),
        case(
            "three rows, two inputs, four outputs",
            x=double([[1, 0], [0, 1], [2, -1]]),
            W=double([[1, 2], [3, 4], [5, 6], [7, 8]]),
            b=double([0.5, -1, 0, 10]),
        ),
        case(
            "as many rows as outputs",
            x=double([[1, 0, 2], [0, 1, 1]]),
            W=double([[1, 2, 3], [-1, 0, 4]]),
            b=double([100, 200]),
        ),
        case(
            "everything square",
            x=double([[1, 2], [3, 4]]),
            W=double([[0, 1], [5, -2]]),
            b=double([10, 20]),
        ),
        case("a single output", x=double([[1, 2], [3, 4], [0, 1]]), W=double([[2, -1]]), b=double([5])),
        case("a single input", x=double([[1], [-2]]), W=double([[3], [4], [5]]), b=double([1, 2, 3])),
        case("float32", _layer(4, 3, 2, dtype=SINGLE)),
        case("tables that are not contiguous", not_contiguous(_layer(3, 4, 2))),
        case("tables stored column by column", _transposed(_layer(2, 3, 4))),
    ],
    hidden=[
        case("many rows", _layer(64, 5, 3)),
        case("everything square, larger", _layer(5, 5, 5)),
        case("rows and outputs alike", _layer(4, 6, 4)),
        case("inputs and outputs alike", _layer(7, 3, 3)),
        case("a single row", _layer(1, 4, 6)),
        case("one output", _layer(9, 4, 1)),
        case("one of each", _layer(1, 1, 1)),
        case("digits: 784 inputs", _layer(3, 784, 10)),
        case("many rows in float32", _layer(40, 8, 6, dtype=SINGLE)),
        case("not contiguous", not_contiguous(_layer(12, 5, 4))),
        case("stored column by column", _transposed(_layer(6, 5, 4))),
    ],
    parts=[tensor(**EXACT)],
    forbid=["linear"],
)


@linear_forward.mistake(
    "W is used as (inputs, outputs), but each row of W belongs to an output. A square W hides it.",
    look="Which numbers of W belong to the first output: a row, or a column?",
)
def forgot_the_transpose(x, W, b):
    return x @ W + b


@linear_forward.mistake("The bias b is left out.", look="What should z be where x is all zeros?")
def forgot_the_bias(x, W, b):
    return x @ W.T


@linear_forward.mistake(
    "reshape deals the numbers out anew, in the order they are stored; it doesn't swap rows and columns.",
    look="Print W, W.T and your reshaped W, one below the other.",
)
def reshaped_in_place_of_transposing(x, W, b):
    return x @ W.reshape(W.shape[1], W.shape[0]) + b


@linear_forward.mistake(
    "The bias runs down the rows: each sample gets one of its numbers, where each output should. "
    "It goes unnoticed where N = O or N = 1.",
    look="b has one number for each output: which axis of the result is that?",
)
def gave_the_bias_to_the_samples(x, W, b):
    return x @ W.T + b.reshape(-1, 1)


@linear_forward.mistake(
    "Rows and columns of the result are swapped: (O, N) in place of (N, O).",
    look="Which comes first, samples or outputs?",
)
def returned_the_transpose(x, W, b):
    return (x @ W.T + b).T


@linear_forward.mistake("The bias is subtracted.", look="Which sign does b have in z = x Wᵀ + b?")
def subtracted_the_bias(x, W, b):
    return x @ W.T - b


@linear_forward.mistake(
    "The bias is multiplied where it should be added.", look="What should z be where x is all zeros?"
)
def multiplied_by_the_bias(x, W, b):
    return x @ W.T * b


@linear_forward.mistake("The bias is added twice.", look="Does a function you call add b already?")
def added_the_bias_twice(x, W, b):
    return x @ W.T + 2 * b


@linear_forward.mistake(
    "b is inside the sum over the inputs: it then counts once for each input.",
    look="Is b added before or after the sum?",
)
def added_the_bias_to_each_product(x, W, b):
    return x @ W.T + b * x.shape[1]


@linear_forward.mistake(
    "The products are averaged over the inputs; a weighted sum is a sum.",
    look="Where do you divide by the number of inputs?",
)
def averaged_over_the_inputs(x, W, b):
    return x @ W.T / x.shape[1] + b


@linear_forward.mistake(
    "The numbers of b are added up and the total goes to every output: each output has a bias of its own.",
    look="How many biases does a layer with O outputs have?",
)
def added_up_the_bias(x, W, b):
    return x @ W.T + b.sum()


@linear_forward.mistake("All outputs get the first bias.", look="How many biases does a layer with O outputs have?")
def took_the_first_bias(x, W, b):
    return x @ W.T + b[0]


@linear_forward.mistake(
    "The outputs are cut at 0: a ReLU is in here. A linear layer ends before its activation.",
    look="May z be negative?",
)
def applied_relu(x, W, b):
    return torch.relu(x @ W.T + b)


@linear_forward.mistake(
    "A sigmoid is in here: this layer ends before its activation.", look="Must z lie between 0 and 1?"
)
def applied_the_sigmoid(x, W, b):
    return torch.sigmoid(x @ W.T + b)


@linear_forward.mistake(
    "* multiplies entry by entry and adds nothing up.",
    look="Which sign stands for the product of two tables?",
)
def multiplied_entry_by_entry(x, W, b):
    return x * W + b


@linear_forward.mistake("The bias is added to the inputs, before the product.", look="Which shape has b: (D,) or (O,)?")
def added_the_bias_to_the_inputs(x, W, b):
    return (x + b) @ W.T


@linear_forward.mistake(
    "The bias is added to the weights, before the product.", look="Is b multiplied by x in the formula?"
)
def added_the_bias_to_the_weights(x, W, b):
    return x @ (W + b[:, None]).T


@linear_forward.mistake(
    "The outputs are added up: each sample has O outputs, not one.",
    look="Print the shape of what you return.",
)
def summed_the_outputs(x, W, b):
    return (x @ W.T + b).sum(1)


@linear_forward.mistake("Only the first sample goes through.", look="How many rows should come out?")
def used_the_first_sample_only(x, W, b):
    return x[:1] @ W.T + b


@linear_forward.mistake(
    "Axes of length 1 are dropped: the result must be (N, O) for N = 1 and for O = 1, too.",
    look="Does squeeze() know which axis you mean?",
    credit=0.5,
)
def squeezed_the_result(x, W, b):
    return (x @ W.T + b).squeeze()


@linear_forward.mistake("x is transposed, W is not.", look="Write the shapes of both factors below your line.")
def transposed_the_inputs(x, W, b):
    return x.T @ W + b


@linear_forward.mistake(
    "The two factors stand in the wrong order.", look="Write the shapes of both factors below your line."
)
def swapped_the_factors(x, W, b):
    return W @ x + b


@linear_forward.mistake(
    "The caller's W lies on its side after the call: t_() swaps rows and columns in place.",
    look="What does the _ at the end of a function's name say?",
)
def transposed_the_callers_weights(x, W, b):
    return x @ W.t_() + b


# --- mlp_forward --------------------------------------------------------------------------------------------


def _network(
    n: int, i: int, h: int, c: int, dtype: torch.dtype = DOUBLE
) -> Callable[[torch.Generator], dict[str, Any]]:
    return lambda g: {
        "x": normal(g, n, i, dtype=dtype),
        "W1": normal(g, h, i, dtype=dtype),
        "b1": normal(g, h, dtype=dtype),
        "W2": normal(g, c, h, dtype=dtype),
        "b2": normal(g, c, dtype=dtype),
    }


mlp_forward = Exercise(
    "mlp_forward",
    points=3,
    ask="Linear, ReLU, linear: x (N, D), W1 (H, D), b1 (H,), W2 (C, H), b2 (C,). Returns the logits (N, C).",
    reference=lambda x, W1, b1, W2, b2: torch.relu(x @ W1.T + b1) @ W2.T + b2,
    cases=[
        case(
            "two rows, one input, two hidden units, one output",
            x=double([[1], [-2]]),
            W1=double([[1], [-1]]),
            b1=double([0.5, 0]),
            W2=double([[2, -3]]),
            b2=double([-1]),
        ),
        case(
            "three rows, two inputs, four hidden units, two outputs",
            x=double([[1, 0], [0, 1], [2, -1]]),
            W1=double([[1, 2], [-1, 1], [0.5, -0.5], [1, -3]]),
            b1=double([0.5, -1, 0, 1]),
            W2=double([[1, -1, 2, 0], [0, 3, -1, 1]]),
            b2=double([0.25, -4]),
        ),
        case(
            "everything square",
            x=double([[1, -1], [2, 3]]),
            W1=double([[1, 2], [-3, 1]]),
            b1=double([1, -1]),
            W2=double([[2, -1], [1, 4]]),
            b2=double([-5, 0.5]),
        ),
        case("one row", _network(1, 3, 4, 2)),
        case("as many rows as hidden units", _network(4, 3, 4, 2)),
        case("float32", _network(4, 3, 5, 2, dtype=SINGLE)),
        case("tables that are not contiguous", not_contiguous(_network(3, 4, 5, 2))),
    ],
    hidden=[
        case("many rows", _network(64, 5, 8, 3)),
        case("everything square, larger", _network(5, 5, 5, 5)),
        case("a single row", _network(1, 4, 6, 3)),
        case("a single hidden unit", _network(8, 3, 1, 4)),
        case("a single output", _network(9, 4, 3, 1)),
        case("digits: 784 inputs", _network(2, 784, 16, 10)),
        case("many rows in float32", _network(40, 8, 12, 6, dtype=SINGLE)),
        case("not contiguous", not_contiguous(_network(12, 5, 7, 4))),
        case("stored column by column", _transposed(_network(6, 5, 7, 4))),
    ],
    parts=[tensor(**EXACT)],
)


def _through(
    x: torch.Tensor,
    W1: torch.Tensor,
    b1: torch.Tensor,
    W2: torch.Tensor,
    b2: torch.Tensor,
    hidden: Callable[[torch.Tensor], torch.Tensor] = torch.relu,
    output: Callable[[torch.Tensor], torch.Tensor] = lambda z: z,
) -> torch.Tensor:
    """Go through the network with another activation after the first or the second layer."""
    return output(hidden(x @ W1.T + b1) @ W2.T + b2)


@mlp_forward.mistake(
    "The activation between the layers is missing: two linear layers in a row are still one straight line.",
    look="What becomes of a negative number between your two layers?",
)
def forgot_the_activation(x, W1, b1, W2, b2):
    return _through(x, W1, b1, W2, b2, hidden=lambda z: z)


@mlp_forward.mistake(
    "A ReLU at the end cuts off every negative logit. Logits may have either sign.",
    look="What comes after the last layer?",
)
def put_relu_on_the_logits(x, W1, b1, W2, b2):
    return _through(x, W1, b1, W2, b2, output=torch.relu)


@mlp_forward.mistake(
    "A ReLU stands at the end and none in the middle.",
    look="After which of the two layers does the activation come?",
)
def put_relu_at_the_end_only(x, W1, b1, W2, b2):
    return _through(x, W1, b1, W2, b2, hidden=lambda z: z, output=torch.relu)


@mlp_forward.mistake(
    "You return probabilities: a softmax follows your last layer. Here the logits before it are asked for; "
    "the loss does the rest.",
    look="What does the text ask for, logits or probabilities?",
)
def returned_probabilities(x, W1, b1, W2, b2):
    return _through(x, W1, b1, W2, b2, output=lambda z: torch.softmax(z, 1))


@mlp_forward.mistake(
    "A log softmax follows your last layer. Here the logits before it are asked for.",
    look="What does the text ask for?",
)
def returned_log_probabilities(x, W1, b1, W2, b2):
    return _through(x, W1, b1, W2, b2, output=lambda z: torch.log_softmax(z, 1))


@mlp_forward.mistake(
    "A sigmoid follows your last layer. Here the logits before it are asked for.",
    look="What does the text ask for?",
)
def put_a_sigmoid_on_the_logits(x, W1, b1, W2, b2):
    return _through(x, W1, b1, W2, b2, output=torch.sigmoid)


@mlp_forward.mistake(
    "You return the winning class of each row; its scores, the logits, are asked for.",
    look="Which shape is asked for?",
)
def returned_the_classes(x, W1, b1, W2, b2):
    return _through(x, W1, b1, W2, b2, output=lambda z: z.argmax(1))


@mlp_forward.mistake(
    "The hidden layer uses a sigmoid: here ReLU is asked for.", look="Which activation does the text name?"
)
def took_the_sigmoid(x, W1, b1, W2, b2):
    return _through(x, W1, b1, W2, b2, hidden=torch.sigmoid)


@mlp_forward.mistake("The hidden layer uses tanh: here ReLU is asked for.", look="Which activation does the text name?")
def took_tanh(x, W1, b1, W2, b2):
    return _through(x, W1, b1, W2, b2, hidden=torch.tanh)


@mlp_forward.mistake("The hidden layer uses GELU: here ReLU is asked for.", look="Which activation does the text name?")
def took_gelu(x, W1, b1, W2, b2):
    return _through(x, W1, b1, W2, b2, hidden=torch.nn.functional.gelu)


@mlp_forward.mistake(
    "Negative numbers leak through your hidden layer: here plain ReLU is asked for.",
    look="Which activation is named?",
)
def took_leaky_relu(x, W1, b1, W2, b2):
    return _through(x, W1, b1, W2, b2, hidden=torch.nn.functional.leaky_relu)


@mlp_forward.mistake(
    "A softmax stands between the layers. It belongs at most at the end, and here ReLU is asked for.",
    look="Which activation does the text name?",
)
def took_softmax_between_the_layers(x, W1, b1, W2, b2):
    return _through(x, W1, b1, W2, b2, hidden=lambda z: torch.softmax(z, 1))


@mlp_forward.mistake("The hidden layer takes absolute values: -3 becomes 3, not 0.", look="What does ReLU do with -3?")
def took_absolute_values(x, W1, b1, W2, b2):
    return _through(x, W1, b1, W2, b2, hidden=torch.abs)


@mlp_forward.mistake("The first bias b1 is left out.", look="Which of your arguments is never used?")
def forgot_the_first_bias(x, W1, b1, W2, b2):
    return torch.relu(x @ W1.T) @ W2.T + b2


@mlp_forward.mistake("The second bias b2 is left out.", look="Which of your arguments is never used?")
def forgot_the_second_bias(x, W1, b1, W2, b2):
    return torch.relu(x @ W1.T + b1) @ W2.T


@mlp_forward.mistake("Both biases are left out.", look="Which of your arguments are never used?")
def forgot_both_biases(x, W1, b1, W2, b2):
    return torch.relu(x @ W1.T) @ W2.T


@mlp_forward.mistake(
    "ReLU comes before b1 is added: the cut must come after the whole layer, bias included.",
    look="What stands inside the brackets of your ReLU?",
)
def cut_before_the_bias(x, W1, b1, W2, b2):
    return (torch.relu(x @ W1.T) + b1) @ W2.T + b2


@mlp_forward.mistake(
    "ReLU is applied to the inputs; it belongs after the first layer.",
    look="What stands inside the brackets of your ReLU?",
)
def cut_the_inputs(x, W1, b1, W2, b2):
    return (torch.relu(x) @ W1.T + b1) @ W2.T + b2


@mlp_forward.mistake(
    "ReLU is applied to the weights W1; it belongs to what comes out of the first layer.",
    look="What stands inside the brackets of your ReLU?",
)
def cut_the_weights(x, W1, b1, W2, b2):
    return (x @ torch.relu(W1).T + b1) @ W2.T + b2


@mlp_forward.mistake(
    "W1 and W2 lack their transpose. It goes unnoticed where they are square.",
    look="A row of W belongs to one output: which way round must W stand behind x?",
)
def forgot_the_transposes(x, W1, b1, W2, b2):
    return torch.relu(x @ W1 + b1) @ W2 + b2


@mlp_forward.mistake(
    "W2 lacks its transpose. It goes unnoticed where it is square.",
    look="Do both layers use their weights in the same way?",
)
def forgot_the_second_transpose(x, W1, b1, W2, b2):
    return torch.relu(x @ W1.T + b1) @ W2 + b2


@mlp_forward.mistake(
    "W1 lacks its transpose. It goes unnoticed where it is square.",
    look="Do both layers use their weights in the same way?",
)
def forgot_the_first_transpose(x, W1, b1, W2, b2):
    return torch.relu(x @ W1 + b1) @ W2.T + b2


@mlp_forward.mistake(
    "The layers stand in the wrong order: the second one's weights come first.",
    look="Which weights meet the inputs?",
)
def exchanged_the_layers(x, W1, b1, W2, b2):
    return torch.relu(x @ W2.T + b2) @ W1.T + b1


@mlp_forward.mistake("b1 and b2 are exchanged.", look="Which bias belongs to which layer?")
def exchanged_the_biases(x, W1, b1, W2, b2):
    return torch.relu(x @ W1.T + b2) @ W2.T + b1


@mlp_forward.mistake("The first layer is used twice.", look="Which of your arguments is never used?")
def used_the_first_layer_twice(x, W1, b1, W2, b2):
    return torch.relu(x @ W1.T + b1) @ W1.T + b1


@mlp_forward.mistake(
    "You stop at the hidden layer: the second layer is still to come.",
    look="Which of your arguments are never used?",
)
def stopped_at_the_hidden_layer(x, W1, b1, W2, b2):
    return torch.relu(x @ W1.T + b1)


@mlp_forward.mistake(
    "b1 runs down the samples, where each hidden unit should get one of its numbers.",
    look="Which axis of the hidden layer has as many entries as b1?",
)
def gave_the_first_bias_to_the_samples(x, W1, b1, W2, b2):
    return torch.relu(x @ W1.T + b1.reshape(-1, 1)) @ W2.T + b2


@mlp_forward.mistake(
    "Rows and columns of the result are swapped: (C, N).", look="Which comes first, samples or classes?"
)
def returned_the_transpose(x, W1, b1, W2, b2):
    return _through(x, W1, b1, W2, b2).T


EXERCISES = (sigmoid, relu, gelu, softmax, linear_forward, mlp_forward)
