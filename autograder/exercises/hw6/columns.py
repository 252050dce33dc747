"""Normalise columns by a batch or by running statistics."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch

from autograder.draws import SINGLE, normal, not_contiguous
from autograder.exercise import Exercise, case, tensor


def _columns(
    generator: torch.Generator,
    n: int,
    d: int,
    training: bool,
    momentum: float = 0.1,
    eps: float = 1e-5,
    dtype: torch.dtype = torch.float64,
) -> dict[str, Any]:
    """Draw columns of different means and spreads, far from the running statistics."""
    spread = torch.linspace(0.5, 3, d, dtype=torch.float64)
    x = normal(generator, n, d) * spread + torch.arange(d, dtype=torch.float64)
    gamma, beta, rm = (normal(generator, d, dtype=dtype) for _ in range(3))
    rv = normal(generator, d) ** 2 + 0.5
    return {
        "x": x.to(dtype), "gamma": gamma, "beta": beta, "rm": rm, "rv": rv.to(dtype),
        "training": training, "momentum": momentum, "eps": eps,
    }  # fmt: skip


def _state(x, gamma, beta, rm, rv, training, momentum, eps) -> dict[str, Any]:
    """Name the arguments of a small case, with lists made tensors."""
    tensors = (torch.tensor(values, dtype=torch.float64) for values in (x, gamma, beta, rm, rv))
    return dict(zip(("x", "gamma", "beta", "rm", "rv"), tensors, strict=True)) | {
        "training": training, "momentum": momentum, "eps": eps,
    }  # fmt: skip


def _batchnorm(x, gamma, beta, rm, rv, training, momentum, eps):
    if not training:
        return gamma * (x - rm) / torch.sqrt(rv + eps) + beta, rm, rv
    mean, variance, n = x.mean(0), x.var(0, correction=0), len(x)
    new_rm = (1 - momentum) * rm + momentum * mean
    new_rv = (1 - momentum) * rv + momentum * variance * n / (n - 1)
    return gamma * (x - mean) / torch.sqrt(variance + eps) + beta, new_rm, new_rv


batchnorm = Exercise(
    "batchnorm",
    points=3,
    ask="Normalise each column by the batch (training) or by the running statistics (evaluation), then scale by "
    "gamma and shift by beta. Returns (out, new rm, new rv).",
    reference=_batchnorm,
    cases=[
        case("two rows", **_state([[1], [3]], [1], [0], [0], [1], True, 0.5, 3.0)),
        case("gamma and beta", **_state([[1, 10], [3, 30], [5, 20]], [2, 1], [0, 5], [0, 0], [1, 1], True, 0.1, 1e-5)),
        case("evaluation", **_state([[1, 10], [3, 30]], [2, 1], [1, 5], [1, 10], [1, 97], False, 0.1, 3.0)),
        case("evaluation of one row", **_state([[5, 7]], [1, 3], [0, 1], [1, 3], [4, 16], False, 0.5, 1e-5)),
        case("a square table", **_state([[1, 4], [3, 0]], [1, 2], [3, -1], [1, 2], [2, 3], True, 0.25, 1e-5)),
        case("a large eps", **_state([[0, 0], [2, 4], [4, 2]], [1, 1], [0, 0], [0, 0], [1, 1], True, 0.1, 1.0)),
        case("momentum 1", **_state([[1, 4], [3, 0], [8, 2]], [1, 2], [3, -1], [1, 2], [2, 3], True, 1.0, 1e-5)),
        case(
            "a column without spread",
            **_state([[2, 1], [2, 3], [2, 5]], [1, 1], [7, 0], [0, 0], [1, 1], True, 0.1, 1e-5),
        ),
        case("float32", partial(_columns, n=6, d=3, training=True, dtype=SINGLE)),
        case("not contiguous", not_contiguous(partial(_columns, n=5, d=2, training=True))),
    ],
    hidden=[
        case("many rows", partial(_columns, n=64, d=5, training=True)),
        case("many rows in evaluation", partial(_columns, n=32, d=5, training=False)),
        case("two rows of many columns", partial(_columns, n=2, d=9, training=True, momentum=0.3)),
        case("one row in evaluation", partial(_columns, n=1, d=4, training=False)),
        case("one column", partial(_columns, n=8, d=1, training=True, momentum=0.7)),
        case("another square table", partial(_columns, n=4, d=4, training=True, eps=1e-3)),
        case("float32 in evaluation", partial(_columns, n=20, d=6, training=False, dtype=SINGLE)),
        case("many rows in float32", partial(_columns, n=40, d=6, training=True, dtype=SINGLE)),
        case("rows that are not contiguous", not_contiguous(partial(_columns, n=12, d=3, training=True))),
    ],
    parts=[tensor("out", rtol32=2e-5), tensor("rm", rtol32=2e-5), tensor("rv", rtol32=2e-5)],
)


def _normed(
    x, gamma, beta, rm, rv, training, momentum, eps, *, batch=None, running=None, new=None, normalise=None, use=None
):
    """Run batch norm with a piece of it replaced: the frame of many mistakes.

    `batch`: (mean, variance) to normalise by in training; `running`: those that enter the running statistics;
    `new`: how old and new are mixed; `normalise`: the formula itself; `use`: the statistics in evaluation.
    """
    mean, variance = (batch or (lambda x: (x.mean(0), x.var(0, correction=0))))(x)
    mix = new or (lambda old, now: (1 - momentum) * old + momentum * now)
    formula = normalise or (lambda x, mean, variance: gamma * (x - mean) / torch.sqrt(variance + eps) + beta)
    if not training:
        return formula(x, *(use(x, rm, rv) if use else (rm, rv))), rm, rv
    run_mean, run_variance = (running or (lambda x: (x.mean(0), x.var(0))))(x)
    return formula(x, mean, variance), mix(rm, run_mean), mix(rv, run_variance)


@batchnorm.mistake(
    "The batch is normalised by the unbiased variance (n - 1): that one is for the running variance only.",
    look="What does x.var(0) divide by?",
    credit=0.5,
)
def normalised_by_the_unbiased_variance(x, gamma, beta, rm, rv, training, momentum, eps):
    return _normed(x, gamma, beta, rm, rv, training, momentum, eps, batch=lambda x: (x.mean(0), x.var(0)))


@batchnorm.mistake(
    "The running variance takes the biased variance (n): PyTorch stores the unbiased one (n - 1).",
    look="Which variance goes where? The text names both.",
    credit=0.5,
)
def stored_the_biased_variance(x, gamma, beta, rm, rv, training, momentum, eps):
    return _normed(
        x, gamma, beta, rm, rv, training, momentum, eps, running=lambda x: (x.mean(0), x.var(0, correction=0))
    )


@batchnorm.mistake(
    "The two variances are exchanged: the batch is normalised by n, the running variance takes n - 1.",
    look="Which variance goes where? The text names both.",
)
def exchanged_the_variances(x, gamma, beta, rm, rv, training, momentum, eps):
    return _normed(
        x, gamma, beta, rm, rv, training, momentum, eps,
        batch=lambda x: (x.mean(0), x.var(0)),
        running=lambda x: (x.mean(0), x.var(0, correction=0)),
    )  # fmt: skip


def _own(x):
    return x.mean(0), x.var(0, correction=0)


@batchnorm.mistake(
    "In evaluation the batch at hand is used: one image would then depend on its neighbours. Use rm and rv.",
    look="What comes out for a single row in evaluation?",
)
def used_the_batch_in_evaluation(x, gamma, beta, rm, rv, training, momentum, eps):
    return _normed(x, gamma, beta, rm, rv, training, momentum, eps, use=lambda x, rm, rv: _own(x))


@batchnorm.mistake(
    "The flag `training` is not used: evaluation must use rm and rv, and leave both as they are.",
    look="What is different in evaluation?",
)
def ignored_the_mode(x, gamma, beta, rm, rv, training, momentum, eps):
    variance = x.var(0) if len(x) > 1 else torch.zeros_like(rv)
    return _normed(x, gamma, beta, rm, rv, True, momentum, eps, running=lambda x: (x.mean(0), variance))


@batchnorm.mistake(
    "rm and rv are renewed in evaluation, too: there they must stay as they are.",
    look="What comes back for rm in evaluation?",
)
def renewed_in_evaluation(x, gamma, beta, rm, rv, training, momentum, eps):
    out, new_rm, new_rv = _batchnorm(x, gamma, beta, rm, rv, training, momentum, eps)
    if not training:
        variance = x.var(0) if len(x) > 1 else torch.zeros_like(rv)
        new_rm, new_rv = (1 - momentum) * rm + momentum * x.mean(0), (1 - momentum) * rv + momentum * variance
    return out, new_rm, new_rv


@batchnorm.mistake(
    "Mean and variance run along the rows: that is layer norm. Batch norm takes them down each column.",
    look="How many means are there, N or D?",
)
def normalised_along_the_rows(x, gamma, beta, rm, rv, training, momentum, eps):
    return _normed(
        x, gamma, beta, rm, rv, training, momentum, eps,
        batch=lambda x: (x.mean(1, keepdim=True), x.var(1, correction=0, keepdim=True)),
    )  # fmt: skip


@batchnorm.mistake(
    "In training you normalise by the running statistics: these are for evaluation, training uses the batch's own.",
    look="What are the mean and the spread of each output column in training?",
)
def used_the_running_statistics_in_training(x, gamma, beta, rm, rv, training, momentum, eps):
    if training:
        rm, rv = (1 - momentum) * rm + momentum * x.mean(0), (1 - momentum) * rv + momentum * x.var(0)
    return gamma * (x - rm) / torch.sqrt(rv + eps) + beta, rm, rv


@batchnorm.mistake(
    "In training you normalise by the old running statistics: these are for evaluation.",
    look="What are the mean and the spread of each output column in training?",
)
def used_the_old_statistics_in_training(x, gamma, beta, rm, rv, training, momentum, eps):
    return _normed(x, gamma, beta, rm, rv, training, momentum, eps, batch=lambda x: (rm, rv))


@batchnorm.mistake(
    "One mean and one variance are taken over the whole table: each column has its own.",
    look="What shape has your mean?",
)
def took_one_mean_for_all(x, gamma, beta, rm, rv, training, momentum, eps):
    return _normed(x, gamma, beta, rm, rv, training, momentum, eps, batch=lambda x: (x.mean(), x.var(correction=0)))


@batchnorm.mistake(
    "The momentum is the wrong way round: the new value counts momentum times, the old one 1 - momentum times.",
    look="How much of the old rm should stay when momentum is 0.1?",
    credit=0.5,
)
def exchanged_old_and_new(x, gamma, beta, rm, rv, training, momentum, eps):
    return _normed(
        x, gamma, beta, rm, rv, training, momentum, eps, new=lambda old, now: momentum * old + (1 - momentum) * now
    )


@batchnorm.mistake(
    "rm and rv come back as they were: training must renew both.", look="Which rm do you return in training?"
)
def never_renewed_the_statistics(x, gamma, beta, rm, rv, training, momentum, eps):
    return _normed(x, gamma, beta, rm, rv, training, momentum, eps, new=lambda old, now: old)


@batchnorm.mistake(
    "rm and rv are replaced by the batch's own: only the share momentum of them is new.", look="Where is momentum used?"
)
def replaced_the_statistics(x, gamma, beta, rm, rv, training, momentum, eps):
    return _normed(x, gamma, beta, rm, rv, training, momentum, eps, new=lambda old, now: now)


@batchnorm.mistake(
    "The new value is added to the old one in full: the old one must count 1 - momentum times.",
    look="Do the two weights add up to 1?",
)
def added_without_fading(x, gamma, beta, rm, rv, training, momentum, eps):
    return _normed(x, gamma, beta, rm, rv, training, momentum, eps, new=lambda old, now: old + momentum * now)


@batchnorm.mistake("gamma and beta take no part.", look="What happens to the output when beta grows by 1?")
def forgot_gamma_and_beta(x, gamma, beta, rm, rv, training, momentum, eps):
    return _normed(
        x, gamma, beta, rm, rv, training, momentum, eps,
        normalise=lambda x, mean, variance: (x - mean) / torch.sqrt(variance + eps),
    )  # fmt: skip


@batchnorm.mistake(
    "beta is left out: shift after you have scaled.", look="What happens to the output when beta grows by 1?"
)
def forgot_beta(x, gamma, beta, rm, rv, training, momentum, eps):
    return _normed(
        x, gamma, beta, rm, rv, training, momentum, eps,
        normalise=lambda x, mean, variance: gamma * (x - mean) / torch.sqrt(variance + eps),
    )  # fmt: skip


@batchnorm.mistake("gamma is left out: scale before you shift.", look="What happens to the output when gamma doubles?")
def forgot_gamma(x, gamma, beta, rm, rv, training, momentum, eps):
    return _normed(
        x, gamma, beta, rm, rv, training, momentum, eps,
        normalise=lambda x, mean, variance: (x - mean) / torch.sqrt(variance + eps) + beta,
    )  # fmt: skip


@batchnorm.mistake("gamma and beta are exchanged: gamma scales, beta shifts.", look="Which of the two is multiplied?")
def exchanged_gamma_and_beta(x, gamma, beta, rm, rv, training, momentum, eps):
    return _batchnorm(x, beta, gamma, rm, rv, training, momentum, eps)


@batchnorm.mistake(
    "gamma multiplies the shift as well: scale first, then add beta.", look="What are the brackets around?"
)
def scaled_the_shift_too(x, gamma, beta, rm, rv, training, momentum, eps):
    return _normed(
        x, gamma, beta, rm, rv, training, momentum, eps,
        normalise=lambda x, mean, variance: gamma * ((x - mean) / torch.sqrt(variance + eps) + beta),
    )  # fmt: skip


@batchnorm.mistake(
    "The square root is missing: x has the units of a deviation, not of a variance.", look="What do you divide by?"
)
def divided_by_the_variance(x, gamma, beta, rm, rv, training, momentum, eps):
    return _normed(
        x, gamma, beta, rm, rv, training, momentum, eps,
        normalise=lambda x, mean, variance: gamma * (x - mean) / (variance + eps) + beta,
    )  # fmt: skip


@batchnorm.mistake(
    "eps is added after the root: here it is added to the variance, under the root.",
    look="What does the root go over?",
    credit=0.5,
)
def added_eps_to_the_deviation(x, gamma, beta, rm, rv, training, momentum, eps):
    return _normed(
        x, gamma, beta, rm, rv, training, momentum, eps,
        normalise=lambda x, mean, variance: gamma * (x - mean) / (torch.sqrt(variance) + eps) + beta,
    )  # fmt: skip


@batchnorm.mistake(
    "eps is left out: a column without spread is then divided by 0.",
    look="What is the variance of a column of equal numbers?",
    credit=0.5,
)
def forgot_eps(x, gamma, beta, rm, rv, training, momentum, eps):
    return _normed(
        x, gamma, beta, rm, rv, training, momentum, eps,
        normalise=lambda x, mean, variance: gamma * (x - mean) / torch.sqrt(variance) + beta,
    )  # fmt: skip


@batchnorm.mistake(
    "The mean is not subtracted.", look="What is the mean of each output column in training, before beta?"
)
def forgot_to_centre(x, gamma, beta, rm, rv, training, momentum, eps):
    return _normed(
        x, gamma, beta, rm, rv, training, momentum, eps,
        normalise=lambda x, mean, variance: gamma * x / torch.sqrt(variance + eps) + beta,
    )  # fmt: skip


@batchnorm.mistake(
    "The mean is subtracted and nothing is divided: the spread must become 1.",
    look="What is the spread of each output column?",
)
def forgot_to_divide(x, gamma, beta, rm, rv, training, momentum, eps):
    return _normed(
        x, gamma, beta, rm, rv, training, momentum, eps,
        normalise=lambda x, mean, variance: gamma * (x - mean) + beta,
    )  # fmt: skip


@batchnorm.mistake(
    "rv keeps deviations, not variances: store the variance, take the root when you use it.", look="Which units has rv?"
)
def stored_the_deviation(x, gamma, beta, rm, rv, training, momentum, eps):
    return _normed(x, gamma, beta, rm, rv, training, momentum, eps, running=lambda x: (x.mean(0), x.std(0)))


@batchnorm.mistake("The results stand in another order: (out, new rm, new rv).", look="What do you return second?")
def returned_the_variance_first(x, gamma, beta, rm, rv, training, momentum, eps):
    out, rm, rv = _batchnorm(x, gamma, beta, rm, rv, training, momentum, eps)
    return out, rv, rm


@batchnorm.mistake(
    "Your code changes the caller's rm and rv in place.",
    look="What do += and mul_ do to a tensor that somebody else holds?",
    credit=0.5,
)
def changed_the_callers_statistics(x, gamma, beta, rm, rv, training, momentum, eps):
    out, new_rm, new_rv = _batchnorm(x, gamma, beta, rm, rv, training, momentum, eps)
    rm.copy_(new_rm)
    rv.copy_(new_rv)
    return out, rm, rv
