"""Take one step of plain SGD, and one with momentum."""

from __future__ import annotations

from typing import Any

import torch

from autograder.draws import SINGLE, normal, not_contiguous
from autograder.exercise import Exercise, case, tensor


def as_double(*rows: Any) -> torch.Tensor:
    return torch.tensor(rows if len(rows) > 1 else rows[0], dtype=torch.float64)


def _sgd(generator: torch.Generator, *shape: int, lr: float, dtype: torch.dtype = torch.float64) -> dict[str, Any]:
    return {
        "p": normal(generator, *shape, dtype=dtype),
        "g": normal(generator, *shape, dtype=dtype),
        "lr": lr,
    }


sgd_step = Exercise(
    "sgd_step",
    points=1,
    ask="One step of plain SGD: the new parameter, after moving by the learning rate lr against the gradient g.",
    reference=lambda p, g, lr: p - lr * g,
    cases=[
        case("two numbers", p=as_double([1, 2]), g=as_double([10, -4]), lr=0.1),
        case("a learning rate of 1", p=as_double([1, 2]), g=as_double([3, 5]), lr=1.0),
        case("a learning rate of 0", p=as_double([1, 2]), g=as_double([3, 5]), lr=0.0),
        case("a square table", p=as_double([1, 2], [3, 4]), g=as_double([1, 0], [2, -1]), lr=0.5),
        case("a gradient of 0", p=as_double([1, -2, 3]), g=as_double([0, 0, 1]), lr=0.3),
        case("float32", lambda generator: _sgd(generator, 3, lr=0.05, dtype=SINGLE)),
        case("a table that is not contiguous", not_contiguous(lambda generator: _sgd(generator, 2, 3, lr=0.2))),
    ],
    hidden=[
        case("a wide table", lambda generator: _sgd(generator, 4, 30, lr=0.01)),
        case("a single number", lambda generator: _sgd(generator, 1, lr=2.0)),
        case("a number without axes", lambda generator: _sgd(generator, lr=0.3)),
        case("three axes in float32", lambda generator: _sgd(generator, 2, 3, 4, lr=0.1, dtype=SINGLE)),
        case("not contiguous", not_contiguous(lambda generator: _sgd(generator, 5, 2, lr=0.07))),
    ],
)


@sgd_step.mistake("You step along the gradient: that is uphill.", look="Towards which side does the loss fall?")
def climbed(p, g, lr):
    return p + lr * g


@sgd_step.mistake(
    "Your code changes the caller's p in place, so the old value is lost.",
    look="What does -= (or sub_) do to a tensor that somebody else holds?",
    credit=0.5,
)
def changed_the_callers_parameter(p, g, lr):
    p -= lr * g
    return p


@sgd_step.mistake(
    "Your code changes the caller's gradient in place.", look="What does *= (or mul_) do to g?", credit=0.5
)
def changed_the_callers_gradient(p, g, lr):
    g *= lr
    return p - g


@sgd_step.mistake(
    "The learning rate is missing: you take the whole gradient.", look="Where does lr stand in your step?"
)
def forgot_the_learning_rate(p, g, lr):
    return p - g


@sgd_step.mistake("You return the step, not the new parameter.", look="Where does p come in?")
def returned_the_step(p, g, lr):
    return -lr * g


@sgd_step.mistake("The parameter is scaled by the gradient: a step is subtracted.", look="Is p multiplied or moved?")
def multiplied_the_parameter(p, g, lr):
    return p * (1 - lr * g)


@sgd_step.mistake(
    "Only the sign of the gradient is used: a steeper slope must give a longer step.",
    look="What does the size of g do?",
)
def stepped_by_the_sign(p, g, lr):
    return p - lr * torch.sign(g)


@sgd_step.mistake(
    "The learning rate multiplies the difference p - g: it belongs to the gradient alone.",
    look="What should come out when lr is 0?",
)
def scaled_the_difference(p, g, lr):
    return lr * (p - g)


@sgd_step.mistake(
    "The gradient is averaged over its numbers first: each number has its own slope.",
    look="What shape has the step you subtract?",
)
def averaged_the_gradient(p, g, lr):
    return p - lr * g.mean()


@sgd_step.mistake(
    "The gradient is cut to length 1 first: plain SGD uses it as it is.",
    look="What does twice the gradient change?",
)
def normalised_the_gradient(p, g, lr):
    return p - lr * g / (g.norm() + 1e-12)


@sgd_step.mistake("This is half a step: there is no ½ in the update.", look="Which factors stand before g?")
def took_half_a_step(p, g, lr):
    return p - lr * g / 2


# --- sgd_momentum_step -----------------------------------------------------------------------------------------


def _momentum(
    generator: torch.Generator, *shape: int, lr: float, mu: float, dtype: torch.dtype = torch.float64
) -> dict[str, Any]:
    p, g, v = (normal(generator, *shape, dtype=dtype) for _ in range(3))
    return {"p": p, "g": g, "v": v, "lr": lr, "mu": mu}


def _sgd_momentum_step(p, g, v, lr, mu):
    v = mu * v + g
    return p - lr * v, v


sgd_momentum_step = Exercise(
    "sgd_momentum_step",
    points=2,
    ask="One step with momentum: the velocity becomes mu·v + g, the parameter moves by lr against the new "
    "velocity. Returns (new p, new v).",
    reference=_sgd_momentum_step,
    cases=[
        case("a second step", p=as_double([1]), g=as_double([2]), v=as_double([10]), lr=0.1, mu=0.5),
        case(
            "the first step, v = 0",
            p=as_double([1, 2]),
            g=as_double([3, -1]),
            v=as_double([0, 0]),
            lr=0.1,
            mu=0.9,
        ),
        case(
            "mu = 0 is plain SGD",
            p=as_double([1, 2]),
            g=as_double([3, -1]),
            v=as_double([5, 7]),
            lr=0.1,
            mu=0.0,
        ),
        case("mu = 1", p=as_double([1, 2]), g=as_double([3, -1]), v=as_double([5, 7]), lr=0.5, mu=1.0),
        case("no gradient: it rolls on", p=as_double([0]), g=as_double([0]), v=as_double([4]), lr=0.25, mu=0.5),
        case(
            "a square table",
            p=as_double([1, 2], [3, 4]),
            g=as_double([1, 0], [0, 2]),
            v=as_double([2, 4], [6, 8]),
            lr=0.5,
            mu=0.25,
        ),
        case("float32", lambda generator: _momentum(generator, 3, lr=0.05, mu=0.9, dtype=SINGLE)),
        case("not contiguous", not_contiguous(lambda generator: _momentum(generator, 2, 3, lr=0.2, mu=0.8))),
    ],
    hidden=[
        case("a wide table", lambda generator: _momentum(generator, 4, 30, lr=0.01, mu=0.9)),
        case("a single number", lambda generator: _momentum(generator, 1, lr=1.5, mu=0.3)),
        case("a small mu", lambda generator: _momentum(generator, 6, lr=0.1, mu=0.1)),
        case(
            "many numbers in float32",
            lambda generator: _momentum(generator, 20, lr=0.1, mu=0.95, dtype=SINGLE),
        ),
        case(
            "a table not contiguous",
            not_contiguous(lambda generator: _momentum(generator, 5, 2, lr=0.07, mu=0.6)),
        ),
    ],
    parts=[tensor("p"), tensor("v")],
)


@sgd_momentum_step.mistake(
    "The new gradient counts only (1 - mu) times: this text's velocity takes the whole gradient, mu·v + g.",
    look="Which factor stands before g in the formula above?",
)
def averaged_the_gradients(p, g, v, lr, mu):
    v = mu * v + (1 - mu) * g
    return p - lr * v, v


@sgd_momentum_step.mistake(
    "The parameter moves by the old velocity: renew v first, then move by the new one.",
    look="What happens to p in the very first step, where v is 0?",
    credit=0.5,
)
def moved_by_the_old_velocity(p, g, v, lr, mu):
    return p - lr * v, mu * v + g


@sgd_momentum_step.mistake(
    "mu multiplies the gradient: it belongs to the old velocity, which must fade.",
    look="Which of the two should fade?",
)
def damped_the_gradient(p, g, v, lr, mu):
    v = v + mu * g
    return p - lr * v, v


@sgd_momentum_step.mistake(
    "This is Nesterov's look-ahead: here p moves by the new velocity and nothing else.",
    look="What exactly does lr multiply in the formula above?",
)
def looked_ahead(p, g, v, lr, mu):
    v = mu * v + g
    return p - lr * (g + mu * v), v


@sgd_momentum_step.mistake(
    "lr stands inside the velocity: the velocity collects plain gradients, lr comes when p moves.",
    look="What is v after the first step?",
)
def put_the_rate_into_the_velocity(p, g, v, lr, mu):
    v = mu * v + lr * g
    return p - v, v


@sgd_momentum_step.mistake(
    "The velocity is mu·v - lr·g here: in this text it collects gradients, without sign and lr.",
    look="What is v after the first step?",
)
def used_the_signed_velocity(p, g, v, lr, mu):
    v = mu * v - lr * g
    return p + v, v


@sgd_momentum_step.mistake("You climb: the step goes along the velocity.", look="Is the step added or subtracted?")
def climbed_with_momentum(p, g, v, lr, mu):
    v = mu * v + g
    return p + lr * v, v


@sgd_momentum_step.mistake("The velocity takes no part: this is a plain SGD step.", look="What changes if v is large?")
def forgot_the_velocity(p, g, v, lr, mu):
    return p - lr * g, mu * v + g


@sgd_momentum_step.mistake(
    "You return the old velocity: the next step needs the new one.", look="Which v do you return?"
)
def returned_the_old_velocity(p, g, v, lr, mu):
    return p - lr * (mu * v + g), v


@sgd_momentum_step.mistake(
    "The old velocity never fades: mu is not used.", look="What should happen to v when mu is 0?"
)
def forgot_mu(p, g, v, lr, mu):
    v = v + g
    return p - lr * v, v


@sgd_momentum_step.mistake("mu and 1 - mu are exchanged.", look="What should happen to v when mu is 0?")
def exchanged_mu(p, g, v, lr, mu):
    v = (1 - mu) * v + mu * g
    return p - lr * v, v


@sgd_momentum_step.mistake(
    "mu multiplies the sum of both: it damps the old velocity alone.", look="What are the brackets around?"
)
def damped_both(p, g, v, lr, mu):
    v = mu * (v + g)
    return p - lr * v, v


@sgd_momentum_step.mistake("The gradient is subtracted from the velocity.", look="What is v after the first step?")
def subtracted_the_gradient(p, g, v, lr, mu):
    v = mu * v - g
    return p - lr * v, v


@sgd_momentum_step.mistake(
    "The gradient counts twice: in the velocity, and once more in the step.", look="How often does g come in?"
)
def added_the_gradient_twice(p, g, v, lr, mu):
    v = mu * v + g
    return p - lr * (v + g), v


@sgd_momentum_step.mistake("The learning rate is missing from the step.", look="What if lr were 0?")
def forgot_the_rate(p, g, v, lr, mu):
    v = mu * v + g
    return p - v, v


@sgd_momentum_step.mistake("The pair stands the wrong way round: (new p, new v).", look="What do you return first?")
def returned_the_velocity_first(p, g, v, lr, mu):
    v = mu * v + g
    return v, p - lr * v


@sgd_momentum_step.mistake(
    "Your code changes the caller's p and v in place.",
    look="What does += do to a tensor that somebody else holds?",
    credit=0.5,
)
def changed_p_and_v(p, g, v, lr, mu):
    v *= mu
    v += g
    p -= lr * v
    return p, v


@sgd_momentum_step.mistake(
    "Your code changes the caller's v in place.",
    look="What does *= or += do to a tensor that somebody else holds?",
    credit=0.5,
)
def changed_the_callers_velocity(p, g, v, lr, mu):
    v *= mu
    v += g
    return p - lr * v, v
