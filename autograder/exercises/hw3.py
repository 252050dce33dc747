"""Homework 3, losses for classes: binary and general cross entropy from logits, KL divergence, accuracy."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F

from autograder.draws import DOUBLE, SINGLE, labels, normal, not_contiguous, probabilities
from autograder.exercise import Exercise, case, scalar

double = partial(torch.tensor, dtype=DOUBLE)
Make = Callable[[torch.Generator], dict[str, Any]]

# --- bce_logits ---------------------------------------------------------------------------------------------


def _bce(z: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """The loss of each row."""
    return z.clamp(min=0) - z * y + torch.log1p(torch.exp(-z.abs()))


def _yes_or_no(n: int, scale: float = 2.0, dtype: torch.dtype = DOUBLE) -> Make:
    """Make n logits with hard labels, both of them present where there is room."""

    def make(generator: torch.Generator) -> dict[str, Any]:
        z, y = normal(generator, n, scale=scale, dtype=dtype), labels(generator, n, 2).to(dtype)
        if n > 1:
            y[:2] = torch.tensor([1.0, 0.0])
        return {"z": z, "y": y}

    return make


def _soft(n: int, dtype: torch.dtype = DOUBLE) -> Make:
    return lambda g: {
        "z": normal(g, n, scale=2.0, dtype=dtype),
        "y": torch.rand(n, generator=g, dtype=DOUBLE).to(dtype),
    }


bce_logits = Exercise(
    "bce_logits",
    points=6,
    ask="Binary cross entropy of logits z (N,) and targets y (N,) between 0 and 1: the mean over rows, in "
    "nats, finite for every finite z.",
    reference=lambda z, y: _bce(z, y).mean(),
    cases=[
        case("two rows", z=double([2, -1]), y=double([1, 0])),
        case("one row, undecided", z=double([0]), y=double([1])),
        case("sure and wrong", z=double([3, -4, 0.5]), y=double([0, 1, 1])),
        case("targets that are all 0", z=double([1, -2, 0.5]), y=double([0, 0, 0])),
        case("targets between 0 and 1", z=double([1, -2, 0, 0.5]), y=double([0.75, 0.25, 0.5, 1])),
        case("a thousand on the right side", z=double([1000, -1000, 0]), y=double([1, 0, 1])),
        case("a sure yes where no is right", z=double([1000, 0, 1]), y=double([0, 1, 0])),
        case("a sure no where yes is right", z=double([-1000, 0, 1]), y=double([1, 0, 1])),
        case("float32", _yes_or_no(6, dtype=SINGLE)),
        case("tensors that are not contiguous", not_contiguous(_yes_or_no(5))),
    ],
    hidden=[
        case("many rows", _yes_or_no(64)),
        case("many rows with targets between 0 and 1", _soft(40)),
        case("a single row", _yes_or_no(1)),
        case("logits in the hundreds", _yes_or_no(12, scale=600.0)),
        case(
            "targets that are all 1",
            lambda g: {"z": normal(g, 9, scale=3.0), "y": torch.ones(9, dtype=DOUBLE)},
        ),
        case("many rows in float32", _yes_or_no(50, dtype=SINGLE)),
        case("logits in the hundreds in float32", _yes_or_no(12, scale=200.0, dtype=SINGLE)),
        case("not contiguous, many rows", not_contiguous(_soft(15))),
    ],
    parts=[scalar()],
    forbid=["binary_cross_entropy_with_logits", "binary_cross_entropy", "cross_entropy"],
)


@bce_logits.mistake(
    "First the sigmoid, then its log: for a large logit the sigmoid is exactly 0 or 1, and log(0) is -inf.",
    look="Put σ into the formula on paper: which logs and exponentials are left?",
    credit=0.5,
)
def took_the_log_of_the_sigmoid(z, y):
    s = torch.sigmoid(z)
    return -(y * torch.log(s) + (1 - y) * torch.log(1 - s)).mean()


@bce_logits.mistake(
    "log(1 + e^z) is right on paper, but e^1000 is inf in the computer.",
    look="Can you write the loss so that e only ever gets numbers of 0 or less?",
    credit=0.5,
)
def let_the_exponential_overflow(z, y):
    return (torch.log(1 + torch.exp(z)) - z * y).mean()


@bce_logits.mistake(
    "log(1 + e^-z) is right on paper, but for z = -1000 e^1000 is inf in the computer.",
    look="Can you write the loss so that e only ever gets numbers of 0 or less?",
    credit=0.5,
)
def let_the_other_exponential_overflow(z, y):
    return ((1 - y) * z + torch.log(1 + torch.exp(-z))).mean()


@bce_logits.mistake(
    "The sigmoid is applied twice: your loss already contains it.",
    look="What does the loss you build on take, logits or probabilities?",
)
def applied_the_sigmoid_twice(z, y):
    return _bce(torch.sigmoid(z), y).mean()


@bce_logits.mistake(
    "Only rows with y = 1 count in your loss. Rows with y = 0 must pay when they say yes.",
    look="Which term of the formula is left when y = 0?",
)
def counted_the_positives_only(z, y):
    return -(y * F.logsigmoid(z)).mean()


@bce_logits.mistake(
    "Only rows with y = 0 count in your loss. Rows with y = 1 must pay when they say no.",
    look="Which term of the formula is left when y = 1?",
)
def counted_the_negatives_only(z, y):
    return -((1 - y) * F.logsigmoid(-z)).mean()


@bce_logits.mistake(
    "This is close to the stable formula, but the exponent needs the size of z without its sign: "
    "for negative z it comes out wrong.",
    look="What does your log1p get for z = -3, and what for z = 3?",
    credit=0.5,
)
def forgot_the_absolute_value(z, y):
    return (z.clamp(min=0) - z * y + torch.log1p(torch.exp(-z))).mean()


@bce_logits.mistake(
    "In the exponent stands +|z|: that grows without limit, and e^1000 is inf.",
    look="Which sign keeps e at 1 or below?",
)
def turned_the_exponent(z, y):
    return (z.clamp(min=0) - z * y + torch.log1p(torch.exp(z.abs()))).mean()


@bce_logits.mistake(
    "The part max(z, 0) is missing: for positive logits the loss then falls below zero.",
    look="May this loss be negative?",
)
def forgot_the_positive_part(z, y):
    return (-z * y + torch.log1p(torch.exp(-z.abs()))).mean()


@bce_logits.mistake(
    "The part with z·y has the wrong sign: a high logit is then punished where y = 1.",
    look="Should your loss rise or fall when z grows and y = 1?",
)
def added_the_product(z, y):
    return (z.clamp(min=0) + z * y + torch.log1p(torch.exp(-z.abs()))).mean()


@bce_logits.mistake(
    "This is the sum over the rows; their mean is asked for.",
    look="Does your loss double when the data do?",
    credit=0.5,
)
def summed(z, y):
    return _bce(z, y).sum()


@bce_logits.mistake(
    "You return one loss for each row; their mean, one number, is asked for.",
    look="Print the shape of what you return.",
    credit=0.5,
)
def kept_the_rows(z, y):
    return _bce(z, y)


@bce_logits.mistake(
    "The minus in front is missing: logs of probabilities are negative, a loss is not.",
    look="Is your loss ever above 0?",
)
def forgot_the_minus(z, y):
    return -_bce(z, y).mean()


@bce_logits.mistake("The targets are turned round: y = 1 is treated as 0, and 0 as 1.", look="Which log goes with y?")
def exchanged_the_targets(z, y):
    return _bce(z, 1 - y).mean()


@bce_logits.mistake(
    "This is in bits: the logarithm to base 2. Nats are asked for, the natural logarithm.",
    look="Which base has the log you use?",
    credit=0.5,
)
def measured_in_bits(z, y):
    return _bce(z, y).mean() / math.log(2)


@bce_logits.mistake("This is the base-10 logarithm; the natural one is asked for.", look="Which base?", credit=0.5)
def measured_in_tens(z, y):
    return _bce(z, y).mean() / math.log(10)


@bce_logits.mistake(
    "The logs are missing: y·σ + (1 - y)·(1 - σ) is the probability given to the truth.",
    look="Where does log stand?",
)
def forgot_the_log(z, y):
    s = torch.sigmoid(z)
    return -(y * s + (1 - y) * (1 - s)).mean()


@bce_logits.mistake(
    "This is one minus the probability given to the truth; its logarithm is asked for.",
    look="Where does log stand?",
)
def took_one_minus_the_probability(z, y):
    s = torch.sigmoid(z)
    return (1 - (y * s + (1 - y) * (1 - s))).mean()


@bce_logits.mistake(
    "The two terms are multiplied: with y = 0 or 1 one of them is 0, and so is the product. They are added.",
    look="Which sign stands between the two terms?",
)
def multiplied_the_terms(z, y):
    return -(y * F.logsigmoid(z) * ((1 - y) * F.logsigmoid(-z))).mean()


@bce_logits.mistake(
    "The second term is subtracted; both are logs, and both are added before the minus in front.",
    look="Which sign stands between the two terms?",
)
def subtracted_the_second_term(z, y):
    return -(y * F.logsigmoid(z) - (1 - y) * F.logsigmoid(-z)).mean()


@bce_logits.mistake(
    "Both terms use log σ(z). The one with 1 - y needs the probability of no, 1 - σ(z).",
    look="What does the row y = 0 pay when z is very high?",
)
def used_one_log_for_both(z, y):
    return -(y * F.logsigmoid(z) + (1 - y) * F.logsigmoid(z)).mean()


@bce_logits.mistake(
    "1 - log σ stands where log(1 - σ) belongs: the 1 goes inside the log.",
    look="What is inside the second log?",
)
def took_one_minus_the_log(z, y):
    log = F.logsigmoid(z)
    return -(y * log + (1 - y) * (1 - log)).mean()


@bce_logits.mistake(
    "This is the squared error of the probabilities; the cross entropy is asked for.",
    look="Where does log stand?",
)
def squared_the_error(z, y):
    return ((torch.sigmoid(z) - y) ** 2).mean()


@bce_logits.mistake(
    "This is a hinge loss (it becomes exactly 0); the cross entropy is asked for.",
    look="Where does log stand?",
)
def took_the_hinge(z, y):
    return (1 - (2 * y - 1) * z).clamp(min=0).mean()


@bce_logits.mistake(
    "Averages are taken before the loss: high and low logits cancel.",
    look="Which comes first, the loss or the mean?",
)
def averaged_first(z, y):
    return _bce(z.mean(), y.mean())


@bce_logits.mistake("You divide by the sum of the targets, not by the number of rows.", look="How many rows went in?")
def divided_by_the_positives(z, y):
    return _bce(z, y).sum() / y.sum()


@bce_logits.mistake(
    "Targets are rounded to 0 or 1. A target of 0.75 counts for three quarters.",
    look="What becomes of y = 0.75?",
)
def rounded_the_targets(z, y):
    return _bce(z, (y > 0.5).to(z.dtype)).mean()


@bce_logits.mistake(
    "z goes into the log as if it were a probability already: the log of a negative number is nan.",
    look="Between which numbers do logits lie, and between which probabilities?",
)
def took_logits_for_probabilities(z, y):
    return -(y * torch.log(z) + (1 - y) * torch.log(1 - z)).mean()


@bce_logits.mistake(
    "torch's loss on probabilities cuts its logs at -100: a logit of 1000 on the wrong side must cost 1000.",
    look="What is lost when a logit becomes a probability before the log?",
    credit=0.5,
)
def let_torch_cut_the_logs(z, y):
    return F.binary_cross_entropy(torch.sigmoid(z), y)


def _exponent(small: float) -> str:
    return f"{-round(math.log10(small))}"


def _padded_bce(small: float) -> Callable[..., torch.Tensor]:
    def padded(z: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        s = torch.sigmoid(z).clamp(small, 1 - small)
        return -(y * torch.log(s) + (1 - y) * torch.log(1 - s)).mean()

    padded.__name__ = f"clipped_the_probabilities_at_1e{_exponent(small)}"
    return padded


SMALL = (1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15)
"""The small numbers that people keep away from log(0) with."""

for _small in SMALL:
    bce_logits.mistake(
        f"Probabilities are kept {_small:g} away from 0 and 1. No inf is left, but far out the loss is flat: "
        "a logit of 1000 on the wrong side should cost 1000.",
        look="Put σ into the formula on paper: can the log of a tiny number be avoided?",
        credit=0.5,
    )(_padded_bce(_small))


# --- cross_entropy ------------------------------------------------------------------------------------------


def _log_softmax(z: torch.Tensor, dim: int = 1) -> torch.Tensor:
    return z - torch.logsumexp(z, dim, keepdim=True)


def _pick(table: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Pick from each row of a table (N, C) the number of its class: (N,)."""
    return table[torch.arange(len(y)), y]


def _classes(n: int, c: int, scale: float = 1.0, dtype: torch.dtype = DOUBLE) -> Make:
    return lambda g: {"z": normal(g, n, c, scale=scale, dtype=dtype), "y": labels(g, n, c)}


def _levels(generator: torch.Generator, n: int, c: int, scale: float, dtype: torch.dtype = DOUBLE) -> dict[str, Any]:
    """Draw logits that differ little within a row and a lot from row to row."""
    steps = torch.linspace(-scale, scale, n, dtype=DOUBLE)[torch.randperm(n, generator=generator)]
    z = normal(generator, n, c) + steps[:, None]
    return {"z": z.to(dtype), "y": labels(generator, n, c)}


cross_entropy = Exercise(
    "cross_entropy",
    points=7,
    ask="Cross entropy of logits z (N, C) and classes y (N,): the mean over the rows of -log softmax(z)[y], "
    "in nats, finite for every finite z.",
    reference=lambda z, y: (torch.logsumexp(z, 1) - _pick(z, y)).mean(),
    cases=[
        case("two rows of three logits", z=double([[1, 2, 3], [3, 1, 0]]), y=torch.tensor([2, 0])),
        case("one row", z=double([[0, 2, 1]]), y=torch.tensor([0])),
        case("equal logits: the answer is ln 3", z=double([[1, 1, 1], [5, 5, 5]]), y=torch.tensor([0, 2])),
        case("a square table", z=double([[1, 2, 0], [0, 0, 3], [2, -1, 1]]), y=torch.tensor([1, 0, 2])),
        case(
            "more rows than classes",
            z=double([[1, 0], [0, 2], [-1, 1], [3, 0], [0.5, 0.5]]),
            y=torch.tensor([0, 1, 0, 0, 1]),
        ),
        case("the same class in each row", z=double([[0, 1, 2], [2, 0, -1]]), y=torch.tensor([1, 1])),
        case(
            "logits of a thousand",
            z=double([[1000, 999], [-1000, 1000], [-1000, -1000], [1000, 0]]),
            y=torch.tensor([0, 1, 1, 0]),
        ),
        case("one row of a thousand", z=double([[1000, 999]]), y=torch.tensor([0])),
        case("sure and wrong", z=double([[1000, 0], [0, -1000], [1, 2]]), y=torch.tensor([1, 1, 0])),
        case("float32", _classes(5, 4, dtype=SINGLE)),
        case("tensors that are not contiguous", not_contiguous(_classes(4, 3))),
    ],
    hidden=[
        case("many rows", _classes(64, 10)),
        case("another square table", _classes(6, 6, scale=3.0)),
        case("a single row", _classes(1, 5)),
        case("two classes", _classes(12, 2, scale=2.0)),
        case(
            "other equal logits",
            lambda g: {"z": normal(g, 5, 1).expand(5, 7).clone(), "y": labels(g, 5, 7)},
        ),
        case("logits in the thousands", _classes(9, 4, scale=1000.0)),
        case("rows on different levels", partial(_levels, n=6, c=3, scale=1500.0)),
        case("many rows in float32", _classes(40, 8, scale=3.0, dtype=SINGLE)),
        case("rows around a hundred in float32", partial(_levels, n=5, c=4, scale=120.0, dtype=SINGLE)),
        case("not contiguous, many rows", not_contiguous(_classes(12, 5))),
    ],
    parts=[scalar()],
    forbid=["cross_entropy", "nll_loss", "log_softmax"],
)


@cross_entropy.mistake(
    "Softmax is applied twice: your loss already contains it, and takes logits. So it can't come near 0.",
    look="What does the loss you build on take, logits or probabilities?",
)
def applied_softmax_twice(z, y):
    return -_pick(_log_softmax(torch.softmax(z, 1)), y).mean()


@cross_entropy.mistake(
    "First softmax, then its log: in the computer e^1000 is inf and e^-1000 is 0, so it gives nan or inf.",
    look="log(e^a / sum) = a - log(sum). And which number may be subtracted from a whole row?",
    credit=0.5,
)
def took_the_log_of_an_overflowing_softmax(z, y):
    e = torch.exp(z)
    return -torch.log(_pick(e / e.sum(1, keepdim=True), y)).mean()


@cross_entropy.mistake(
    "Your softmax holds, its log does not: a probability can be exactly 0 here, and log(0) is -inf.",
    look="log(e^a / sum) = a - log(sum): which log is then left?",
    credit=0.5,
)
def took_the_log_of_softmax(z, y):
    return -torch.log(_pick(torch.softmax(z, 1), y)).mean()


@cross_entropy.mistake(
    "The log of the sum of e^z is right on paper, but e^1000 is inf in the computer.",
    look="Which number can be taken out of each row before the exponential, and added again after the log?",
    credit=0.5,
)
def let_the_sum_overflow(z, y):
    return (torch.log(torch.exp(z).sum(1)) - _pick(z, y)).mean()


@cross_entropy.mistake(
    "One maximum for the whole table: in a row far below it all e^z become 0, and log(0) is -inf.",
    look="Whose maximum does a row need, so that its largest e^z is 1?",
    credit=0.75,
)
def subtracted_the_table_maximum(z, y):
    top = z.max()
    return (top + torch.log(torch.exp(z - top).sum(1)) - _pick(z, y)).mean()


@cross_entropy.mistake(
    "You subtract the maximum for the exponentials and never add it again after the log.",
    look="log(sum of e^(z - m)) is log(sum of e^z) minus what?",
    credit=0.5,
)
def forgot_to_add_the_maximum(z, y):
    return (torch.log(torch.exp(z - z.amax(1, keepdim=True)).sum(1)) - _pick(z, y)).mean()


@cross_entropy.mistake(
    "The mean also runs over the classes that are not asked for: yours is too small by the factor C.",
    look="How many of the N times C numbers count, and by how many do you divide?",
    credit=0.5,
)
def averaged_over_the_classes(z, y):
    return -_pick(_log_softmax(z), y).sum() / z.numel()


@cross_entropy.mistake(
    "The log is missing: this is minus the probability of the right class. nll_loss leaves the log to you.",
    look="What is your loss when the right class has probability 1?",
)
def forgot_the_log(z, y):
    return -_pick(torch.softmax(z, 1), y).mean()


@cross_entropy.mistake(
    "This is one minus the probability of the right class; minus its log is asked for.",
    look="Where does log stand?",
)
def took_one_minus_the_probability(z, y):
    return (1 - _pick(torch.softmax(z, 1), y)).mean()


@cross_entropy.mistake(
    "[:, y] takes all labels for every row, N by N numbers. Each row needs its own label only.",
    look="Print the shape of what you picked. How many numbers should it hold?",
)
def picked_all_labels_for_each_row(z, y):
    return -_log_softmax(z)[:, y].mean()


@cross_entropy.mistake(
    "gather goes along axis 0: labels are used as row numbers. They number the classes.",
    look="Which axis of (N, C) numbers the classes?",
)
def gathered_along_the_batch(z, y):
    return -_log_softmax(z).gather(0, y[:, None].clamp(max=len(z) - 1)).mean()


@cross_entropy.mistake(
    "gather goes along axis 0: labels are used as row numbers, and fall off the table if there are few rows.",
    look="Which axis of (N, C) numbers the classes?",
)
def gathered_rows(z, y):
    return -_log_softmax(z).gather(0, y[:, None]).mean()


@cross_entropy.mistake(
    "Rows and columns are exchanged in what you pick: table[y, n] in place of table[n, y].",
    look="Which axis of (N, C) numbers the classes?",
)
def picked_with_exchanged_axes(z, y):
    return -_log_softmax(z)[y, torch.arange(len(y))].mean()


@cross_entropy.mistake(
    "This is in bits: the logarithm to base 2. Nats are asked for, the natural logarithm.",
    look="Which base has the log you use?",
    credit=0.5,
)
def measured_in_bits(z, y):
    return -_pick(_log_softmax(z), y).mean() / math.log(2)


@cross_entropy.mistake(
    "This is in bits (log to base 2, nats are asked for), and a probability of exactly 0 makes it inf.",
    look="Which base has the log you use?",
)
def measured_in_bits_and_overflowed(z, y):
    return -torch.log2(_pick(torch.softmax(z, 1), y)).mean()


@cross_entropy.mistake(
    "This is the base-10 logarithm; the natural one is asked for.",
    look="Which base has the log you use?",
    credit=0.5,
)
def measured_in_tens(z, y):
    return -_pick(_log_softmax(z), y).mean() / math.log(10)


@cross_entropy.mistake("The minus in front is missing.", look="Logs of probabilities are negative: is a loss?")
def forgot_the_minus(z, y):
    return _pick(_log_softmax(z), y).mean()


@cross_entropy.mistake(
    "This is the sum over the rows; their mean is asked for.",
    look="Does your loss double when the data do?",
    credit=0.5,
)
def summed(z, y):
    return -_pick(_log_softmax(z), y).sum()


@cross_entropy.mistake(
    "You return one loss for each row; their mean, one number, is asked for.",
    look="Print the shape of what you return.",
    credit=0.5,
)
def kept_the_rows(z, y):
    return -_pick(_log_softmax(z), y)


@cross_entropy.mistake(
    "All classes count in your loss: the label is never used to pick one.", look="Where does y come in?"
)
def forgot_to_pick(z, y):
    return -_log_softmax(z).sum(1).mean()


@cross_entropy.mistake(
    "The mean runs over all classes: the label is never used to pick one.", look="Where does y come in?"
)
def averaged_over_everything(z, y):
    return -_log_softmax(z).mean()


@cross_entropy.mistake(
    "You score the class the model likes best, not the right one: being sure and wrong then costs nothing.",
    look="Where does y come in?",
)
def scored_the_winner(z, y):
    return -_log_softmax(z).amax(1).mean()


@cross_entropy.mistake(
    "Labels start at 0; you use the class before the right one.", look="What is the first class called?"
)
def counted_classes_from_one(z, y):
    return -_pick(_log_softmax(z), y - 1).mean()


@cross_entropy.mistake(
    "Your softmax runs down the batch (axis 0): the samples share one whole, in place of the classes.",
    look="Which axis of (N, C) numbers the classes?",
)
def normalised_over_the_batch(z, y):
    return -_pick(_log_softmax(z, 0), y).mean()


@cross_entropy.mistake(
    "One sum for the whole table: each row needs a softmax of its own.", look="How many sums do N rows need?"
)
def shared_one_sum(z, y):
    return (torch.logsumexp(z.reshape(-1), 0) - _pick(z, y)).mean()


@cross_entropy.mistake(
    "Only the logit of the right class counts; the others matter, too: softmax divides by their sum.",
    look="Does your loss change when a wrong class gets a higher logit?",
)
def forgot_the_normaliser(z, y):
    return -_pick(z, y).mean()


@cross_entropy.mistake(
    "The logit of the right class is missing: this is only the log of the sum.", look="Where does y come in?"
)
def forgot_the_logit(z, y):
    return torch.logsumexp(z, 1).mean()


@cross_entropy.mistake(
    "The two parts are added: the logit of the right class lowers the loss.",
    look="Which sign has the right logit?",
)
def added_the_logit(z, y):
    return (torch.logsumexp(z, 1) + _pick(z, y)).mean()


@cross_entropy.mistake(
    "The largest logit stands where log(sum of e^z) belongs: close for sure answers, too small for others.",
    look="What is your loss when all logits are equal?",
)
def took_the_maximum_for_the_log_sum(z, y):
    return (z.amax(1) - _pick(z, y)).mean()


@cross_entropy.mistake(
    "The exponential is missing inside the sum: this is the log of the sum of the logits.",
    look="What is the sum of your row before the log, and can it be negative?",
)
def forgot_the_exponential(z, y):
    return (torch.log(z.sum(1)) - _pick(z, y)).mean()


@cross_entropy.mistake(
    "Inside the log stands the mean of e^z; softmax divides by their sum.",
    look="What is your loss for equal logits?",
)
def took_the_mean_of_the_exponentials(z, y):
    return (torch.logsumexp(z, 1) - math.log(z.shape[1]) - _pick(z, y)).mean()


@cross_entropy.mistake(
    "e is raised to the loss: that is the perplexity.",
    look="What is your result when the loss is 0?",
    credit=0.5,
)
def took_the_perplexity(z, y):
    return torch.exp(-_pick(_log_softmax(z), y).mean())


@cross_entropy.mistake(
    "Each class is judged by itself with a sigmoid (binary cross entropy). Here they share one softmax.",
    look="Do the probabilities of a row in your answer sum to 1?",
)
def judged_each_class_alone(z, y):
    return _bce(z, F.one_hot(y, z.shape[1]).to(z.dtype)).mean()


@cross_entropy.mistake(
    "Each class is judged by itself with a sigmoid, then summed. Here the classes share one softmax.",
    look="Do the probabilities of a row in your answer sum to 1?",
)
def judged_each_class_alone_and_summed(z, y):
    return _bce(z, F.one_hot(y, z.shape[1]).to(z.dtype)).sum(1).mean()


@cross_entropy.mistake(
    "The two-class formula is used on softmax: wrong classes are charged log(1 - p) on top.",
    look="Which terms has the cross entropy of a row with one right class?",
)
def charged_the_wrong_classes_too(z, y):
    p, t = torch.softmax(z, 1), F.one_hot(y, z.shape[1]).to(z.dtype)
    return -(torch.xlogy(t, p) + torch.xlogy(1 - t, 1 - p)).sum(1).mean()


@cross_entropy.mistake("This is a squared error of probabilities (Brier score).", look="Where does log stand?")
def squared_the_errors(z, y):
    return ((torch.softmax(z, 1) - F.one_hot(y, z.shape[1])) ** 2).sum(1).mean()


@cross_entropy.mistake(
    "This is the entropy of the prediction: how unsure the model is, not how right.",
    look="Where does y come in?",
)
def took_the_entropy(z, y):
    return -(torch.softmax(z, 1) * _log_softmax(z)).sum(1).mean()


@cross_entropy.mistake(
    "You divide by the number of classes, not by the number of rows.",
    look="What does z.shape[1] count?",
    credit=0.5,
)
def divided_by_the_classes(z, y):
    return -_pick(_log_softmax(z), y).sum() / z.shape[1]


@cross_entropy.mistake(
    "The probabilities are averaged before the log; each row has a log of its own.",
    look="Which comes first, the log or the mean?",
)
def averaged_before_the_log(z, y):
    return -torch.log(_pick(torch.softmax(z, 1), y).mean())


@cross_entropy.mistake("Only the first row counts.", look="How many rows went in?")
def used_the_first_row_only(z, y):
    return -_log_softmax(z)[0, y[0]]


def _padded_cross_entropy(small: float) -> Callable[..., torch.Tensor]:
    def padded(z: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return -torch.log(_pick(torch.softmax(z, 1), y) + small).mean()

    padded.__name__ = f"padded_the_log_with_1e{_exponent(small)}"
    return padded


for _small in SMALL:
    cross_entropy.mistake(
        f"A small number ({_small:g}) keeps the log away from 0. No inf is left, but far out it is flat: "
        "being sure and wrong by 1000 should cost 1000.",
        look="log(e^a / sum) = a - log(sum): which log is then left, and can it be of 0?",
        credit=0.5,
    )(_padded_cross_entropy(_small))


# --- kl_div -------------------------------------------------------------------------------------------------


def _kl(p: torch.Tensor, q: torch.Tensor) -> torch.Tensor:
    """The term of each row and class."""
    return torch.xlogy(p, p) - p * torch.log(q)


def _two(n: int, c: int, dtype: torch.dtype = DOUBLE) -> Make:
    return lambda g: {"p": probabilities(g, n, c, dtype=dtype), "q": probabilities(g, n, c, dtype=dtype)}


def _with_zeros(generator: torch.Generator, n: int, c: int) -> dict[str, Any]:
    """Draw p with a zero in each row, at a place of its own."""
    p = probabilities(generator, n, c)
    p[torch.arange(n), labels(generator, n, c)] = 0.0
    return {"p": p / p.sum(1, keepdim=True), "q": probabilities(generator, n, c)}


def _equal_but_one(generator: torch.Generator, n: int, c: int) -> dict[str, Any]:
    """Draw q like p in all rows but the last: a mean of exactly 0 leaves no room for rounding."""
    p, q = probabilities(generator, n, c), probabilities(generator, n, c)
    q[:-1] = p[:-1]
    return {"p": p, "q": q}


kl_div = Exercise(
    "kl_div",
    points=4,
    ask="KL(p‖q) in nats, the mean over the rows: p and q are (N, C), q > 0, rows sum to 1, p may hold 0, "
    "and a class with p = 0 adds 0.",
    reference=lambda p, q: _kl(p, q).sum(1).mean(),
    cases=[
        case("one row, two classes", p=double([[0.5, 0.5]]), q=double([[0.25, 0.75]])),
        case(
            "two rows, three classes",
            p=double([[0.5, 0.25, 0.25], [0.1, 0.2, 0.7]]),
            q=double([[0.2, 0.2, 0.6], [0.3, 0.3, 0.4]]),
        ),
        case(
            "one row equal, one not",
            p=double([[0.25, 0.75], [0.5, 0.5]]),
            q=double([[0.25, 0.75], [0.125, 0.875]]),
        ),
        case(
            "zeros in p",
            p=double([[0, 1], [0.5, 0.5], [1, 0]]),
            q=double([[0.5, 0.5], [0.25, 0.75], [0.1, 0.9]]),
        ),
        case(
            "one class certain, q uniform: the answer is ln 3",
            p=double([[1, 0, 0], [0, 0, 1]]),
            q=double([[1, 1, 1], [1, 1, 1]]) / 3,
        ),
        case("float32", _two(4, 3, dtype=SINGLE)),
        case("a square table", _two(4, 4)),
        case("tables that are not contiguous", not_contiguous(_two(3, 4))),
    ],
    hidden=[
        case("many rows", _two(64, 5)),
        case("another square table", _two(6, 6)),
        case("a single row", _two(1, 7)),
        case("a zero in each row of p", partial(_with_zeros, n=20, c=4)),
        case("all rows equal but one", partial(_equal_but_one, n=6, c=3)),
        case(
            "q close to zero",
            lambda g: {"p": probabilities(g, 5, 3), "q": torch.softmax(normal(g, 5, 3, scale=30.0), 1)},
        ),
        case("ten classes in float32", _two(30, 10, dtype=SINGLE)),
        case("not contiguous, many rows", not_contiguous(_two(12, 5))),
        case("zeros, not contiguous", not_contiguous(partial(_with_zeros, n=5, c=3))),
    ],
    parts=[scalar()],
    forbid=["kl_div", "kl_divergence"],
)


@kl_div.mistake(
    "p and q are exchanged: this is KL(q‖p), another number.",
    look="Which of the two stands in front of the log?",
)
def exchanged_p_and_q(p, q):
    return (q * (q / p).log()).sum(1).mean()


@kl_div.mistake(
    "This feeds q itself where its log belongs (F.kl_div wants log probabilities): p log p - p q.",
    look="What should come out if p and q are equal?",
)
def forgot_the_log_of_q(p, q):
    return (torch.xlogy(p, p) - p * q).sum(1).mean()


@kl_div.mistake(
    "F.kl_div without a reduction gets q where its log belongs, and averages over the classes, too.",
    look="What should come out if p and q are equal?",
)
def forgot_the_log_of_q_and_averaged(p, q):
    return (torch.xlogy(p, p) - p * q).mean()


@kl_div.mistake(
    "The mean runs over the classes as well: yours is too small by the factor C. Each row is a sum.",
    look="Over which axis do you add, and over which do you average?",
    credit=0.5,
)
def averaged_over_the_classes(p, q):
    return _kl(p, q).mean()


@kl_div.mistake(
    "This is the sum over the rows; their mean is asked for.",
    look="Does your result double when the data do?",
    credit=0.5,
)
def summed(p, q):
    return _kl(p, q).sum()


@kl_div.mistake(
    "You return one number for each class; one number for all is asked for.",
    look="Print the shape of what you return.",
)
def kept_the_classes(p, q):
    return _kl(p, q).mean(0)


@kl_div.mistake(
    "You return one number for each row; their mean is asked for.",
    look="Print the shape of what you return.",
    credit=0.5,
)
def kept_the_rows(p, q):
    return _kl(p, q).sum(1)


@kl_div.mistake(
    "This is the cross entropy of p and q. The divergence is what is left without the entropy of p.",
    look="What should come out if p and q are equal?",
)
def took_the_cross_entropy(p, q):
    return -(p * q.log()).sum(1).mean()


@kl_div.mistake("This uses p alone: its entropy. The divergence compares it with q.", look="Where does q come in?")
def took_the_entropy(p, q):
    return -torch.xlogy(p, p).sum(1).mean()


@kl_div.mistake(
    "The entropy is added to the cross entropy, not taken off.",
    look="What should come out if p and q are equal?",
)
def added_the_entropy(p, q):
    return -(torch.xlogy(p, p) + p * q.log()).sum(1).mean()


@kl_div.mistake(
    "Each term is made positive. Where p < q a term is rightly negative: only the sum is never below 0.",
    look="What is the sign of log(p/q) where p is smaller than q?",
)
def made_each_term_positive(p, q):
    return _kl(p, q).abs().sum(1).mean()


@kl_div.mistake(
    "0·log(0) is nan in the computer. In the limit it is 0: a class with p = 0 adds nothing.",
    look="For which numbers of p do you take the log?",
    credit=0.5,
)
def stumbled_over_zero(p, q):
    return (p * (p / q).log()).sum(1).mean()


@kl_div.mistake("The sign is turned round: KL is never below 0.", look="p/q or q/p inside the log?")
def turned_the_sign(p, q):
    return -_kl(p, q).sum(1).mean()


@kl_div.mistake(
    "The sign is turned round (KL is never below 0), and log of 0 makes nan.",
    look="p/q or q/p inside the log?",
)
def turned_the_sign_and_stumbled(p, q):
    return (p * (q.log() - p.log())).sum(1).mean()


@kl_div.mistake(
    "The weight p in front of the log is missing.", look="How much should a class count that p never chooses?"
)
def forgot_the_weight(p, q):
    return (p / q).log().sum(1).mean()


@kl_div.mistake(
    "This is weighted with q; the average is taken under p.",
    look="Which of the two stands in front of the log?",
)
def weighted_with_q(p, q):
    return (q * (p / q).log()).sum(1).mean()


@kl_div.mistake(
    "The log is missing: p·(p/q) grows with the ratio itself.",
    look="What should come out if p and q are equal?",
)
def forgot_the_log(p, q):
    return (p * (p / q)).sum(1).mean()


@kl_div.mistake(
    "log p / log q is not log(p/q): a ratio inside the log is a difference outside.",
    look="log(a/b) = log a … log b?",
)
def divided_the_logs(p, q):
    return (p * p.log() / q.log()).sum(1).mean()


@kl_div.mistake("log(p - q) is not log(p/q), and the log of a negative number is nan.", look="What is inside your log?")
def took_the_log_of_the_difference(p, q):
    return (p * (p - q).log()).sum(1).mean()


@kl_div.mistake(
    "This is in bits: the logarithm to base 2. Nats are asked for, the natural logarithm.",
    look="Which base has the log you use?",
    credit=0.5,
)
def measured_in_bits(p, q):
    return _kl(p, q).sum(1).mean() / math.log(2)


@kl_div.mistake("This is in bits (nats are asked for), and 0·log(0) makes nan.", look="Which base has the log you use?")
def measured_in_bits_and_stumbled(p, q):
    return (p * torch.log2(p / q)).sum(1).mean()


@kl_div.mistake(
    "Both directions are averaged. KL has one direction: from p to q.", look="Is KL(p‖q) the same as KL(q‖p)?"
)
def averaged_both_directions(p, q):
    return ((_kl(p, q) + q * (q / p).log()) / 2).sum(1).mean()


@kl_div.mistake("Both directions are added. KL has one direction: from p to q.", look="Is KL(p‖q) the same as KL(q‖p)?")
def added_both_directions(p, q):
    return (_kl(p, q) + q * (q / p).log()).sum(1).mean()


@kl_div.mistake(
    "p and q are compared with their average: that is the Jensen-Shannon divergence.",
    look="Where does q stand alone?",
)
def compared_with_the_average(p, q):
    m = (p + q) / 2
    return ((_kl(p, m) + _kl(q, m)) / 2).sum(1).mean()


@kl_div.mistake("This is the sum of absolute differences.", look="Where does log stand?")
def took_absolute_differences(p, q):
    return (p - q).abs().sum(1).mean()


@kl_div.mistake("This is the sum of squared differences.", look="Where does log stand?")
def squared_the_differences(p, q):
    return ((p - q) ** 2).sum(1).mean()


@kl_div.mistake(
    "p and q go through a softmax: they are probabilities already, not logits.",
    look="What do the rows of p sum to?",
)
def took_probabilities_for_logits(p, q):
    p, q = torch.softmax(p, 1), torch.softmax(q, 1)
    return _kl(p, q).sum(1).mean()


@kl_div.mistake(
    "You divide by the number of classes, not by the number of rows.",
    look="What does p.shape[1] count?",
    credit=0.5,
)
def divided_by_the_classes(p, q):
    return _kl(p, q).sum() / p.shape[1]


@kl_div.mistake(
    "Rows with a zero in p are left out; only the class with p = 0 adds nothing.",
    look="How many rows do you average?",
)
def left_out_rows_with_zeros(p, q):
    keep = (p > 0).all(1)
    return _kl(p[keep], q[keep]).sum() / len(p)


@kl_div.mistake(
    "The mean is taken over the classes with p > 0, not over the rows.",
    look="By how many do you divide, and why?",
)
def averaged_over_what_is_not_zero(p, q):
    keep = p > 0
    return (p[keep] * (p[keep] / q[keep]).log()).mean()


@kl_div.mistake("The averages of p and q are compared, in place of their rows.", look="Mean first, or KL first?")
def averaged_first(p, q):
    return _kl(p.mean(0), q.mean(0)).sum()


def _padded_kl(small: float) -> Callable[..., torch.Tensor]:
    def padded(p: torch.Tensor, q: torch.Tensor) -> torch.Tensor:
        return ((p + small) * ((p + small) / (q + small)).log()).sum(1).mean()

    padded.__name__ = f"padded_with_1e{_exponent(small)}"
    return padded


# Smaller ones do no harm that a float64 result shows, and pass.
for _small in (1e-3, 1e-4, 1e-5, 1e-6, 1e-7):
    kl_div.mistake(
        f"{_small:g} is added against log(0), and every result shifts. A class with p = 0 adds exactly 0.",
        look="Can you leave the classes with p = 0 out, and change nothing else?",
        credit=0.5,
    )(_padded_kl(_small))


# --- accuracy -----------------------------------------------------------------------------------------------


def _guesses(n: int, c: int, right: float = 0.6, scale: float = 1.0, dtype: torch.dtype = DOUBLE) -> Make:
    """Make logits and labels of which about the share `right` is right."""

    def make(generator: torch.Generator) -> dict[str, Any]:
        logits = normal(generator, n, c, scale=scale, dtype=dtype)
        is_right = torch.rand(n, generator=generator) < right
        return {"logits": logits, "y": torch.where(is_right, logits.argmax(1), labels(generator, n, c))}

    return make


def _ties(generator: torch.Generator, n: int, c: int) -> dict[str, Any]:
    """Draw logits from few values, so that many rows have more than one largest, and labels among these."""
    logits = torch.randint(3, (n, c), generator=generator).to(DOUBLE)
    is_largest = logits == logits.amax(1, keepdim=True)
    first, last = is_largest.double().argmax(1), c - 1 - is_largest.flip(1).double().argmax(1)
    return {"logits": logits, "y": torch.where(torch.arange(n) % 2 == 0, first, last)}


accuracy = Exercise(
    "accuracy",
    points=3,
    ask="The share of rows, between 0 and 1, whose largest logit stands at the label: logits (N, C), y (N,). "
    "Of several largest ones the first counts.",
    reference=lambda logits, y: (logits.argmax(1) == y).double().mean(),
    cases=[
        case("three rows, two classes", logits=double([[2, 1], [0, 3], [1, 0]]), y=torch.tensor([0, 1, 1])),
        case("one row, right", logits=double([[0, 5, 1]]), y=torch.tensor([1])),
        case("one row, wrong", logits=double([[2, 0, 1]]), y=torch.tensor([2])),
        case("a square table", logits=double([[1, 0, 2], [0, 3, 1], [4, 1, 0]]), y=torch.tensor([1, 1, 0])),
        case(
            "ties: the first of the largest counts",
            logits=double([[1, 1], [0, 0], [2, 2], [0, 1]]),
            y=torch.tensor([0, 1, 0, 1]),
        ),
        case("all right", logits=double([[1, 0], [0, 1], [3, 2]]), y=torch.tensor([0, 1, 0])),
        case("none right", logits=double([[1, 0], [0, 1], [3, 2]]), y=torch.tensor([1, 0, 1])),
        case(
            "negative logits",
            logits=double(
                [[-3, -1, -2, -9], [-1, -2, -3, -0.5], [-7, -8, -9, -10], [-4, -3, -2, -1], [-2, -1, -3, -5]]
            ),
            y=torch.tensor([1, 0, 0, 3, 2]),
        ),
        case("seven rows", _guesses(7, 3)),
        case("more classes than rows, float32", _guesses(3, 6, dtype=SINGLE)),
        case("tensors that are not contiguous", not_contiguous(_guesses(9, 4))),
    ],
    hidden=[
        case("many rows", _guesses(211, 10)),
        case("another square table", _guesses(7, 7)),
        case("a single row", _guesses(1, 4)),
        case("two classes", _guesses(13, 2)),
        case("many ties", partial(_ties, n=23, c=4)),
        case("logits in the thousands", _guesses(17, 5, scale=1000.0)),
        case("many rows in float32", _guesses(97, 6, dtype=SINGLE)),
        case("not contiguous, many rows", not_contiguous(_guesses(31, 5))),
    ],
    # A mean of float32 ones and zeros is right to seven digits; three or four digits are not enough.
    parts=[scalar(rtol64=1e-6)],
)


@accuracy.mistake(
    "argmax goes down the batch: it finds the best sample for a class, not the best class for each sample.",
    look="Which axis of (N, C) numbers the classes?",
)
def compared_the_best_sample(logits, y):
    return (logits.argmax(0)[:1] == y).double().mean()


@accuracy.mistake(
    "argmax goes down the batch: it finds the best sample for each class. It goes unnoticed where N = C.",
    look="Which axis of (N, C) numbers the classes?",
)
def took_the_best_samples(logits, y):
    return (logits.argmax(0) == y).double().mean()


@accuracy.mistake(
    "This is a percentage. A share between 0 and 1 is asked for.",
    look="What should come out if all are right?",
    credit=0.5,
)
def returned_a_percentage(logits, y):
    return 100 * (logits.argmax(1) == y).double().mean()


@accuracy.mistake(
    "argmax without an axis gives one place in the whole table, and that is compared with every label.",
    look="How many predictions do N rows need?",
)
def took_one_place_for_all(logits, y):
    return (logits.argmax() == y).double().mean()


@accuracy.mistake(
    "Predictions (N, 1) against labels (N,) makes an N by N table: each prediction meets every label.",
    look="Print the shape of your comparison.",
)
def met_every_label(logits, y):
    return (logits.argmax(1, keepdim=True) == y).double().mean()


@accuracy.mistake(
    "You divide by the number of classes, not by the number of rows.",
    look="What does logits.shape[1] count?",
    credit=0.5,
)
def divided_by_the_classes(logits, y):
    return (logits.argmax(1) == y).sum().double() / logits.shape[1]


def _round_to(digits: int) -> Callable[..., float]:
    def rounded(logits: torch.Tensor, y: torch.Tensor) -> float:
        return round((logits.argmax(1) == y).double().mean().item(), digits)

    rounded.__name__ = f"rounded_to_{digits}_digits"
    return rounded


for _digits in (1, 2, 3, 4):
    accuracy.mistake(
        f"The result is rounded ({_digits} behind the point). Round what you show, not what you return.",
        look="Where do you round?",
        credit=0.5,
    )(_round_to(_digits))


@accuracy.mistake(
    "Yours is 1 if all rows are right, and else 0: as when you ask all(), or divide whole numbers with //.",
    look="What should come out if half of the rows are right?",
)
def asked_for_all_or_nothing(logits, y):
    return bool((logits.argmax(1) == y).all())


@accuracy.mistake(
    "Half precision (float16) keeps only three digits of the mean.",
    look="Which dtype do you average in?",
    credit=0.5,
)
def averaged_in_half_precision(logits, y):
    return (logits.argmax(1) == y).half().mean()


@accuracy.mistake(
    "This is the number of right rows; their share is asked for.", look="By what do you divide?", credit=0.5
)
def counted(logits, y):
    return (logits.argmax(1) == y).sum()


@accuracy.mistake(
    "This is the share of rows that are wrong: the error rate.",
    look="What should come out if all are right?",
    credit=0.5,
)
def returned_the_error_rate(logits, y):
    return (logits.argmax(1) != y).double().mean()


@accuracy.mistake("You look for the smallest logit of each row.", look="Which logit does the model's choice have?")
def took_the_smallest(logits, y):
    return (logits.argmin(1) == y).double().mean()


@accuracy.mistake(
    "Of several equal largest logits you take the last; the first counts.",
    look="What is your prediction for [1, 1]?",
    credit=0.5,
)
def took_the_last_of_the_largest(logits, y):
    last = logits.shape[1] - 1 - logits.flip(1).argmax(1)
    return (last == y).double().mean()


@accuracy.mistake(
    "Any of several equal largest logits counts as right in yours; only the first does.",
    look="What is your prediction for [1, 1]?",
    credit=0.5,
)
def let_every_tie_win(logits, y):
    return (logits.amax(1) == _pick(logits, y)).double().mean()


@accuracy.mistake(
    "You compare the largest logit itself with the label: its place in the row is the class.",
    look="max gives values, argmax gives places: which of them is a class?",
)
def compared_values_with_labels(logits, y):
    return (logits.amax(1) == y).double().mean()


@accuracy.mistake("Classes start at 0; yours start at 1.", look="Which number has the first class?")
def counted_classes_from_one(logits, y):
    return (logits.argmax(1) + 1 == y).double().mean()


@accuracy.mistake(
    "A row counts as right if the label is among its two largest logits; only the largest counts.",
    look="How many guesses?",
)
def allowed_two_guesses(logits, y):
    places = torch.argsort(logits, dim=1, descending=True, stable=True)[:, :2]
    return (places == y[:, None]).any(1).double().mean()


@accuracy.mistake(
    "This is the mean probability of the right class. A row is right or it is not, there is no almost.",
    look="Where do you make a decision?",
)
def averaged_the_probabilities(logits, y):
    return _pick(torch.softmax(logits, 1), y).mean()


@accuracy.mistake("You ask whether any row is right; their share is asked for.", look="Any, or how many?")
def asked_for_any(logits, y):
    return bool((logits.argmax(1) == y).any())


@accuracy.mistake(
    "You return a right or wrong (1 or 0) for each row; their mean is asked for.", look="How many numbers come out?"
)
def kept_the_rows(logits, y):
    return logits.argmax(1) == y


@accuracy.mistake("You return the predictions; how many of them are right is asked for.", look="Where does y come in?")
def returned_the_predictions(logits, y):
    return logits.argmax(1)


@accuracy.mistake("Only the first row counts.", look="How many rows went in?")
def used_the_first_row_only(logits, y):
    return (logits.argmax(1) == y)[0].double()


@accuracy.mistake(
    "You average the classes' own shares of right rows: rare classes then weigh as much as common ones.",
    look="Should each row count once, or each class?",
)
def averaged_class_by_class(logits, y):
    is_right = (logits.argmax(1) == y).double()
    return torch.stack([is_right[y == label].mean() for label in y.unique()]).mean()


@accuracy.mistake("You divide by one less than the number of rows.", look="How many rows went in?", credit=0.5)
def divided_by_one_less(logits, y):
    return (logits.argmax(1) == y).sum().double() / (len(y) - 1)


@accuracy.mistake(
    "A softmax down the batch (axis 0) comes before argmax: it changes which class of a row is largest.",
    look="Does argmax need probabilities at all?",
)
def normalised_over_the_batch(logits, y):
    return (torch.softmax(logits, 0).argmax(1) == y).double().mean()


@accuracy.mistake(
    "You round the logits to a class number: a class is the place of the largest logit.",
    look="What does argmax give?",
)
def rounded_the_logits(logits, y):
    return (logits.round().long() == y[:, None]).any(1).double().mean()


EXERCISES = (bce_logits, cross_entropy, kl_div, accuracy)
