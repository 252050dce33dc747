"""Take one step of Adam."""

from __future__ import annotations

from typing import Any

import torch

from autograder.draws import SINGLE, normal, not_contiguous
from autograder.exercise import Exercise, case, tensor


def as_double(*rows: Any) -> torch.Tensor:
    return torch.tensor(rows if len(rows) > 1 else rows[0], dtype=torch.float64)


def _moments(
    generator: torch.Generator,
    *shape: int,
    t: int,
    lr: float = 0.01,
    b1: float = 0.9,
    b2: float = 0.99,
    eps: float = 1e-8,
    dtype: torch.dtype = torch.float64,
) -> dict[str, Any]:
    p, g, m = (normal(generator, *shape, dtype=dtype) for _ in range(3))
    v = normal(generator, *shape, dtype=dtype) ** 2
    if t == 1:
        m, v = torch.zeros_like(m), torch.zeros_like(v)
    return {"p": p, "g": g, "m": m, "v": v, "t": t, "lr": lr, "b1": b1, "b2": b2, "eps": eps}


def _adam(p, g, m, v, t, lr, b1, b2, eps):
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
    fair_m, fair_v = m / (1 - b1**t), v / (1 - b2**t)
    return p - lr * fair_m / (fair_v.sqrt() + eps), m, v


adam_step = Exercise(
    "adam_step",
    points=3,
    ask="One step of Adam at step t = 1, 2, …: returns (new p, new m, new v). m and v are returned before the "
    "correction; eps is added after the square root.",
    reference=_adam,
    cases=[
        case(
            "the first step",
            p=as_double([1]),
            g=as_double([4]),
            m=as_double([0]),
            v=as_double([0]),
            t=1,
            lr=0.1,
            b1=0.9,
            b2=0.99,
            eps=1e-8,
        ),
        case(
            "the second step",
            p=as_double([1]),
            g=as_double([4]),
            m=as_double([2]),
            v=as_double([3]),
            t=2,
            lr=0.1,
            b1=0.5,
            b2=0.75,
            eps=1e-8,
        ),
        case(
            "a large eps",
            p=as_double([1, 2]),
            g=as_double([4, -2]),
            m=as_double([1, 1]),
            v=as_double([4, 9]),
            t=3,
            lr=0.5,
            b1=0.5,
            b2=0.75,
            eps=1.0,
        ),
        case(
            "a gradient of 0",
            p=as_double([1, 2]),
            g=as_double([0, 3]),
            m=as_double([0, 0]),
            v=as_double([0, 0]),
            t=1,
            lr=0.1,
            b1=0.9,
            b2=0.99,
            eps=1e-8,
        ),
        case(
            "a square table",
            p=as_double([1, 2], [3, 4]),
            g=as_double([1, -3], [2, 5]),
            m=as_double([1, 0], [2, -1]),
            v=as_double([1, 2], [4, 3]),
            t=5,
            lr=0.1,
            b1=0.8,
            b2=0.9,
            eps=1e-3,
        ),
        case(
            "the thousandth step",
            p=as_double([1, -1]),
            g=as_double([0.5, 2]),
            m=as_double([0.2, 1]),
            v=as_double([0.3, 2]),
            t=1000,
            lr=0.01,
            b1=0.9,
            b2=0.999,
            eps=1e-8,
        ),
        case("float32", lambda generator: _moments(generator, 3, t=4, dtype=SINGLE)),
        case("not contiguous", not_contiguous(lambda generator: _moments(generator, 2, 3, t=7))),
    ],
    hidden=[
        case("a wide table", lambda generator: _moments(generator, 4, 30, t=12)),
        case("a first step of many", lambda generator: _moments(generator, 10, t=1, b2=0.999)),
        case("a coarse eps", lambda generator: _moments(generator, 6, t=2, eps=0.1, b1=0.7)),
        case("other betas", lambda generator: _moments(generator, 5, t=3, b1=0.6, b2=0.8, lr=0.3)),
        case("many numbers in float32", lambda generator: _moments(generator, 20, t=6, dtype=SINGLE)),
        case("a table not contiguous", not_contiguous(lambda generator: _moments(generator, 5, 2, t=9))),
    ],
    parts=[tensor("p"), tensor("m"), tensor("v")],
)


def _adam_with(p, g, m, v, t, lr, b1, b2, eps, grow_m=None, grow_v=None, fair_m=None, fair_v=None, divide=None):
    """Run Adam with one of its lines replaced: the frame of several mistakes."""
    m = grow_m(m, g) if grow_m else b1 * m + (1 - b1) * g
    v = grow_v(v, g) if grow_v else b2 * v + (1 - b2) * g**2
    good_m = fair_m(m) if fair_m else m / (1 - b1**t)
    good_v = fair_v(v) if fair_v else v / (1 - b2**t)
    step = divide(good_m, good_v) if divide else good_m / (good_v.sqrt() + eps)
    return p - lr * step, m, v


def _same(value):
    return value


@adam_step.mistake(
    "The bias correction is missing: m and v start at 0, so the first averages are far too small.",
    look="What are m and v after the first step, for a gradient of 4?",
)
def forgot_the_correction(p, g, m, v, t, lr, b1, b2, eps):
    return _adam_with(p, g, m, v, t, lr, b1, b2, eps, fair_m=_same, fair_v=_same)


@adam_step.mistake(
    "v averages the size of the gradient: it must average its square.",
    look="What is under the square root later?",
)
def forgot_to_square(p, g, m, v, t, lr, b1, b2, eps):
    return _adam_with(p, g, m, v, t, lr, b1, b2, eps, grow_v=lambda v, g: b2 * v + (1 - b2) * g.abs())


@adam_step.mistake(
    "The step number is raised inside: t starts at 1 already, so the first correction must use t = 1.",
    look="Which t comes with the first call?",
    credit=0.5,
)
def counted_from_zero(p, g, m, v, t, lr, b1, b2, eps):
    return _adam_with(
        p,
        g,
        m,
        v,
        t,
        lr,
        b1,
        b2,
        eps,
        fair_m=lambda m: m / (1 - b1 ** (t + 1)),
        fair_v=lambda v: v / (1 - b2 ** (t + 1)),
    )


@adam_step.mistake(
    "The corrected moments are returned as the new state: next time they would be corrected once more.",
    look="Which m and v does the next step need?",
    credit=0.5,
)
def returned_the_corrected_moments(p, g, m, v, t, lr, b1, b2, eps):
    p, m, v = _adam(p, g, m, v, t, lr, b1, b2, eps)
    return p, m / (1 - b1**t), v / (1 - b2**t)


@adam_step.mistake(
    "eps stands under the square root: here it is added after the root.",
    look="What does the root go over?",
    credit=0.5,
)
def put_eps_under_the_root(p, g, m, v, t, lr, b1, b2, eps):
    return _adam_with(p, g, m, v, t, lr, b1, b2, eps, divide=lambda m, v: m / (v + eps).sqrt())


@adam_step.mistake(
    "eps is added before the correction, so it is corrected, too: add it to the root of the corrected v.",
    look="To which number is eps added?",
    credit=0.5,
)
def added_eps_before_the_correction(p, g, m, v, t, lr, b1, b2, eps):
    return _adam_with(
        p,
        g,
        m,
        v,
        t,
        lr,
        b1,
        b2,
        eps,
        divide=lambda m, v: m / (v * (1 - b2**t)).sqrt().add(eps) * (1 - b2**t) ** 0.5,
    )


@adam_step.mistake("eps is missing: where gradients have always been 0 you divide by 0.", look="What is 0/0?")
def forgot_eps(p, g, m, v, t, lr, b1, b2, eps):
    return _adam_with(p, g, m, v, t, lr, b1, b2, eps, divide=lambda m, v: m / v.sqrt())


@adam_step.mistake(
    "The square root is missing: m has the units of a gradient, v those of its square.",
    look="What do you divide by?",
)
def forgot_the_root(p, g, m, v, t, lr, b1, b2, eps):
    return _adam_with(p, g, m, v, t, lr, b1, b2, eps, divide=lambda m, v: m / (v + eps))


@adam_step.mistake(
    "Only m is corrected: v starts at 0 as well.", look="What is v after the first step, for a gradient of 4?"
)
def corrected_only_m(p, g, m, v, t, lr, b1, b2, eps):
    return _adam_with(p, g, m, v, t, lr, b1, b2, eps, fair_v=_same)


@adam_step.mistake(
    "Only v is corrected: m starts at 0 as well.", look="What is m after the first step, for a gradient of 4?"
)
def corrected_only_v(p, g, m, v, t, lr, b1, b2, eps):
    return _adam_with(p, g, m, v, t, lr, b1, b2, eps, fair_m=_same)


@adam_step.mistake(
    "The correction uses 1 - b, whatever t is: it must fade, with b to the power t.",
    look="What should the correction be at the thousandth step?",
)
def corrected_as_in_the_first_step(p, g, m, v, t, lr, b1, b2, eps):
    return _adam_with(p, g, m, v, t, lr, b1, b2, eps, fair_m=lambda m: m / (1 - b1), fair_v=lambda v: v / (1 - b2))


@adam_step.mistake(
    "The correction multiplies by b times t: it is b to the power t.",
    look="What does ** do, and what does *?",
)
def multiplied_by_t(p, g, m, v, t, lr, b1, b2, eps):
    return _adam_with(
        p, g, m, v, t, lr, b1, b2, eps, fair_m=lambda m: m / (1 - b1 * t), fair_v=lambda v: v / (1 - b2 * t)
    )


@adam_step.mistake("b1 and b2 are exchanged.", look="Which of the two belongs to m?")
def exchanged_the_betas(p, g, m, v, t, lr, b1, b2, eps):
    return _adam(p, g, m, v, t, lr, b2, b1, eps)


@adam_step.mistake(
    "The weights b and 1 - b are exchanged in both averages: the old average counts b times.",
    look="How much of the old m should stay when b1 is 0.9?",
)
def exchanged_old_and_new(p, g, m, v, t, lr, b1, b2, eps):
    return _adam_with(
        p,
        g,
        m,
        v,
        t,
        lr,
        b1,
        b2,
        eps,
        grow_m=lambda m, g: (1 - b1) * m + b1 * g,
        grow_v=lambda v, g: (1 - b2) * v + b2 * g**2,
    )


@adam_step.mistake(
    "The gradient is added in full: in Adam it counts 1 - b times.", look="Which factor stands before g in m?"
)
def added_the_whole_gradient(p, g, m, v, t, lr, b1, b2, eps):
    return _adam_with(p, g, m, v, t, lr, b1, b2, eps, grow_m=lambda m, g: b1 * m + g, grow_v=lambda v, g: b2 * v + g**2)


@adam_step.mistake("You climb: the step is subtracted from p.", look="Is the step added or subtracted?")
def climbed_with_adam(p, g, m, v, t, lr, b1, b2, eps):
    new, m, v = _adam(p, g, m, v, t, lr, b1, b2, eps)
    return 2 * p - new, m, v


@adam_step.mistake("The step uses the raw gradient where m is asked for.", look="What is m for?")
def stepped_by_the_gradient(p, g, m, v, t, lr, b1, b2, eps):
    return _adam_with(p, g, m, v, t, lr, b1, b2, eps, fair_m=lambda m: g)


@adam_step.mistake(
    "The step uses the old m and v: renew both first.", look="What would the first step be, with m = v = 0?"
)
def stepped_by_the_old_moments(p, g, m, v, t, lr, b1, b2, eps):
    step = (m / (1 - b1**t)) / ((v / (1 - b2**t)).sqrt() + eps)
    return p - lr * step, b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2


@adam_step.mistake(
    "v squares the new average m: it must average the squares of the gradient.", look="What is squared in v?"
)
def squared_the_average(p, g, m, v, t, lr, b1, b2, eps):
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * m**2
    return p - lr * (m / (1 - b1**t)) / ((v / (1 - b2**t)).sqrt() + eps), m, v


@adam_step.mistake(
    "You return m and v as they came in: the next step needs the new ones.",
    look="Which m and v do you return?",
)
def returned_the_old_moments(p, g, m, v, t, lr, b1, b2, eps):
    return _adam(p, g, m, v, t, lr, b1, b2, eps)[0], m, v


@adam_step.mistake("m and v are returned in the wrong order: (new p, new m, new v).", look="What do you return second?")
def returned_v_before_m(p, g, m, v, t, lr, b1, b2, eps):
    p, m, v = _adam(p, g, m, v, t, lr, b1, b2, eps)
    return p, v, m


@adam_step.mistake(
    "The squares are averaged over all numbers: each number has its own v.", look="What shape has your v?"
)
def shared_one_second_moment(p, g, m, v, t, lr, b1, b2, eps):
    return _adam_with(
        p,
        g,
        m,
        v,
        t,
        lr,
        b1,
        b2,
        eps,
        grow_v=lambda v, g: b2 * v + (1 - b2) * (g**2).mean() * torch.ones_like(g),
    )


@adam_step.mistake(
    "Your code changes the caller's m and v in place.",
    look="What does *= or += do to a tensor somebody else holds?",
    credit=0.5,
)
def changed_the_callers_moments(p, g, m, v, t, lr, b1, b2, eps):
    m.mul_(b1).add_((1 - b1) * g)
    v.mul_(b2).add_((1 - b2) * g**2)
    return p - lr * (m / (1 - b1**t)) / ((v / (1 - b2**t)).sqrt() + eps), m, v


@adam_step.mistake(
    "Your code changes the caller's p, m and v in place.",
    look="What does -= do to a tensor somebody else holds?",
    credit=0.5,
)
def changed_everything(p, g, m, v, t, lr, b1, b2, eps):
    m.mul_(b1).add_((1 - b1) * g)
    v.mul_(b2).add_((1 - b2) * g**2)
    p -= lr * (m / (1 - b1**t)) / ((v / (1 - b2**t)).sqrt() + eps)
    return p, m, v
