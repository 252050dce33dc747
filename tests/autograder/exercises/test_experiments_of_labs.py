"""Experiments of the labs: honest runs keep every bound, whatever seed or setting; who breaks one is told which."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from autograder.exercises import assignments, exercises_of
from course_utils.checks import judge_answer
from course_utils.checks.answer_key import load_key
from course_utils.checks.verdict import Outcome
from course_utils.data import load_digits_small, load_scores

LABS = [name for name in assignments() if name.startswith("lab")]
EXPERIMENTS = {exercise.name: exercise for lab in LABS for exercise in exercises_of(lab).values()}


def outcome(name, result):
    verdict = judge_answer(load_key(name), result)
    return verdict.outcome, verdict.mistake or verdict.saw


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_its_example_is_done_in_whatever_form(name):
    example = EXPERIMENTS[name].reference
    assert outcome(name, example)[0] is Outcome.PASSED
    if not EXPERIMENTS[name].contract.options["choices"]:
        single = torch.tensor(example, dtype=torch.float32, requires_grad=True)
        for form in (torch.tensor(example), np.array(example), single):
            assert outcome(name, form)[0] is Outcome.PASSED
    for placeholder in (..., None):
        assert outcome(name, placeholder)[0] is Outcome.NOT_ATTEMPTED
    assert outcome(name, "a word" if not EXPERIMENTS[name].contract.options["choices"] else 3.7e9)[0] is Outcome.FAILED


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_each_bound_is_named_by_what_breaks_it(name):
    for mistake in EXPERIMENTS[name].mistakes:
        assert outcome(name, mistake.answer) == (Outcome.FAILED, mistake.name)


def learn(inputs, is_second):
    table = torch.cat([inputs, torch.ones(len(inputs), 1)], dim=1)
    return torch.linalg.solve(table.T @ table + torch.eye(table.shape[1]), table.T @ (2.0 * is_second - 1))


def share(weights, inputs, is_second):
    return ((inputs @ weights[:-1] + weights[-1] > 0).long() == is_second).double().mean().item()


def coins(seed):
    """Labels from a coin, another seed each time."""
    digits = load_digits_small()
    order = torch.randperm(len(digits), generator=torch.Generator().manual_seed(0))
    images, labels = digits.images[order], digits.labels[order]
    pixels = images[(labels == 3) | (labels == 8)].reshape(-1, 64)
    tossed = torch.randint(2, (len(pixels),), generator=torch.Generator().manual_seed(seed))
    weights = learn(pixels[:200], tossed[:200])
    return [share(weights, pixels[:200], tossed[:200]), share(weights, pixels[200:], tossed[200:])]


def rates(seed):
    """Learning rates of many sizes, the last one always too large."""
    quiz, final = load_scores()
    generator = torch.Generator().manual_seed(seed)
    rows = []
    for lr in [*(10.0 ** (-5 + 2.7 * torch.rand(5, generator=generator, dtype=torch.float64))).tolist(), 0.007 + seed]:
        w = 0.0
        for _ in range(20):
            w = w - lr * 2 * ((w * quiz - final) * quiz).mean()
        rows.append([lr, ((w * quiz - final) ** 2).mean()])
    return rows


def silence(seed):
    """Random neurons over random points of spread 1."""
    generator = torch.Generator().manual_seed(seed)
    X, W = torch.randn(200, 2, generator=generator), torch.randn(1000, 2, generator=generator)
    return [(~(X @ W.T - k > 0).any(dim=0)).double().mean() for k in range(5)]


FUNCTIONS = [
    (torch.sin, 1.0),
    (torch.sin, 0.0),
    (torch.exp, 0.0),
    (torch.exp, 2.0),
    (torch.sigmoid, 3.0),
    (lambda x: x**3, 1.7),
    (lambda x: x**2, 1.0),
    (lambda x: 1 / x, -3.0),
    (torch.log, 10.0),
    (lambda x: x**10, 1.0),
]


def errors(number, dtype=torch.float64):
    """The errors of central differences, for another function each time."""
    f, at = FUNCTIONS[number % len(FUNCTIONS)]
    x = torch.tensor(at, dtype=torch.float64, requires_grad=True)
    f(x).backward()
    near = x.detach().to(dtype)
    steps = [10.0**-k for k in range(1, 16)]
    return [[h, (((f(near + h) - f(near - h)) / (2 * h) - x.grad) / x.grad).abs().item()] for h in steps]


def best(number):
    return [min(error for _, error in errors(number, dtype)) for dtype in (torch.float32, torch.float64)]


def piled(number):
    w = torch.tensor(float(number + 1), requires_grad=True)
    found = []
    for _ in range(3):
        FUNCTIONS[number % len(FUNCTIONS)][0](w).backward()
        found.append(w.grad.clone())
    return found


HONEST = {
    "coin_shares": coins,
    "rate_losses": rates,
    "silent_shares": silence,
    "v_curve": errors,
    "best_errors": best,
    "piled_gradients": piled,
}


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_run_is_done_whatever_was_chosen(name):
    for seed in range(20):
        assert outcome(name, HONEST[name](seed))[0] is Outcome.PASSED, seed
