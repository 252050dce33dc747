"""A gradient by central differences: the check for all the others."""

from __future__ import annotations

from typing import Any

import torch

from autograder.draws import normal, not_contiguous
from autograder.exercise import Exercise, case, tensor
from autograder.exercises.hw4.by_hand import as_double


def _point(generator: torch.Generator, f: str, *shape: int, h: float) -> dict[str, Any]:
    """Draw a point on a grid of 1/16, so that adding and taking away a power of two leaves no rounding behind."""
    return {"f": f, "x": (normal(generator, *shape) * 16).round() / 16 + 1 / 32, "h": h}


def _central(f: Any, x: torch.Tensor, h: float) -> torch.Tensor:
    found = torch.zeros(x.numel(), dtype=x.dtype)
    for place in range(x.numel()):
        step = torch.zeros(x.numel(), dtype=x.dtype)
        step[place] = h
        step = step.reshape(x.shape)
        found[place] = (f(x + step) - f(x - step)) / (2 * h)
    return found.reshape(x.shape)


SMALL_H = 2.0**-16
"""About 0.000015, and exact in binary."""

numerical_gradient = Exercise(
    "numerical_gradient",
    points=2,
    ask="The gradient of f (tensor to one number) at x by central differences of step h, entry by entry; x's shape.",
    reference=_central,
    cases=[
        case("f(x) = Σ x², h = 0.5", f="square", x=as_double([1, -2]), h=0.5),
        case("f(x) = Σ x³, h = 0.5", f="cubic", x=as_double([1, -2, 0.5]), h=0.5),
        case("f(x) = the product of all entries", f="coupled", x=as_double([2, 3, -1]), h=0.25),
        case("one number", f="cubic", x=as_double([2]), h=1.0),
        case(
            "a table, and f looks at its rows and columns",
            f="rows times columns",
            x=as_double([1, 2, 0], [-1, 1, 3]),
            h=0.5,
        ),
        case("a small step", f="sine", x=as_double([1, -2, 0.5, 3]), h=SMALL_H),
        case("a square table", f="first entry counts most", x=as_double([1, 2], [3, -1]), h=0.125),
        case("a flat f", f="a flat line", x=as_double([1, 2]), h=0.5),
        case("a table that is not contiguous", not_contiguous(lambda g: _point(g, "sine", 2, 3, h=0.25))),
    ],
    hidden=[
        case("many entries", lambda g: _point(g, "sine", 20, h=SMALL_H)),
        case("a table", lambda g: _point(g, "rows times columns", 4, 3, h=0.25)),
        case("three axes", lambda g: _point(g, "first entry counts most", 2, 2, 3, h=0.5)),
        case("a single entry", lambda g: _point(g, "cubic", 1, h=0.125)),
        case("entries that depend on each other", lambda g: _point(g, "coupled", 5, h=0.0625)),
        case("a small step on a table", lambda g: _point(g, "cubic", 3, 3, h=SMALL_H)),
        case("not contiguous", not_contiguous(lambda g: _point(g, "first entry counts most", 3, 2, h=0.25))),
    ],
    # A difference of two close numbers, divided by a small step, loses digits: 1e-16 / h is what is left.
    parts=[tensor(rtol64=1e-9)],
    driver="differentiate",
)


def _entry_by_entry(f, x, rule):
    """Do one entry after the other by `rule(f, x, step, place)`: the frame of several mistakes."""
    found = torch.zeros(x.numel(), dtype=x.dtype)
    for place in range(x.numel()):
        unit = torch.zeros(x.numel(), dtype=x.dtype)
        unit[place] = 1
        found[place] = float(rule(unit.reshape(x.shape)))
    return found.reshape(x.shape)


@numerical_gradient.mistake(
    "The difference is one-sided: f(x + h) - f(x). A central one goes as far to the left as to the right.",
    look="How fast does the error shrink when h is halved?",
)
def looked_forward_only(f, x, h):
    return _entry_by_entry(f, x, lambda unit: (f(x + h * unit) - f(x)) / h)


@numerical_gradient.mistake(
    "The difference is one-sided: f(x) - f(x - h). A central one goes as far to the right as to the left.",
    look="How fast does the error shrink when h is halved?",
)
def looked_backward_only(f, x, h):
    return _entry_by_entry(f, x, lambda unit: (f(x) - f(x - h * unit)) / h)


@numerical_gradient.mistake(
    "You divide by h: from x - h to x + h it is twice as far.",
    look="How long is the interval between the two points?",
)
def forgot_the_two(f, x, h):
    return 2 * _central(f, x, h)


@numerical_gradient.mistake(
    "A one-sided difference is divided by 2h: its interval is only h long.",
    look="Which two points do you compare?",
)
def halved_the_one_sided_difference(f, x, h):
    return _entry_by_entry(f, x, lambda unit: (f(x + h * unit) - f(x)) / (2 * h))


@numerical_gradient.mistake(
    "x is moved and not put back: later entries are measured elsewhere, and the caller's x has changed.",
    look="What is x after the first entry is done?",
)
def left_x_moved(f, x, h):
    found = torch.zeros(x.shape, dtype=x.dtype)
    for place in torch.cartesian_prod(*map(torch.arange, x.shape)).reshape(x.numel(), x.ndim).tolist():
        x[tuple(place)] += h
        above = float(f(x))
        x[tuple(place)] -= 2 * h
        found[tuple(place)] = (above - float(f(x))) / (2 * h)
    return found


@numerical_gradient.mistake(
    "x is moved forward and only brought back by h after a look at x: it ends where it was not.",
    look="What is x after the first entry is done?",
)
def forgot_to_step_back(f, x, h):
    found = torch.zeros(x.shape, dtype=x.dtype)
    for place in torch.cartesian_prod(*map(torch.arange, x.shape)).reshape(x.numel(), x.ndim).tolist():
        below = float(f(x))
        x[tuple(place)] += h
        found[tuple(place)] = (float(f(x)) - below) / h
    return found


@numerical_gradient.mistake(
    "All entries are moved at once: that gives the sum of all slopes, the same for every entry.",
    look="How many entries of x may change for one partial derivative?",
)
def moved_all_entries_at_once(f, x, h):
    return torch.full_like(x, (float(f(x + h)) - float(f(x - h))) / (2 * h))


@numerical_gradient.mistake(
    "A whole row is moved at once: each entry needs a difference of its own.",
    look="What does x[i] mean for a table?",
)
def moved_a_row_at_once(f, x, h):
    found = torch.zeros_like(x)
    for place in range(len(x)):
        step = torch.zeros_like(x)
        step[place] = h
        found[place] = (f(x + step) - f(x - step)) / (2 * h)
    return found


@numerical_gradient.mistake(
    "Your numbers are (nearly) the exact derivative, as from autograd or a tiny step of your own: asked for is the "
    "difference over the step h that the caller chose, error and all.",
    look="Does your answer change when h does?",
)
def chose_a_tiny_step_alone(f, x, h):
    return _central(f, x, 1e-5)


@numerical_gradient.mistake(
    "float32 has seven digits: a difference of two close numbers keeps hardly any. And the step is not h.",
    look="Which dtype has your perturbed x?",
)
def computed_in_single_precision(f, x, h):
    return _central(lambda v: f(v.double()), x.float(), 1e-3)


@numerical_gradient.mistake(
    "float32 has seven digits: a difference of two close numbers keeps hardly any. x is float64: stay there.",
    look="Which dtype has your perturbed x?",
)
def turned_x_into_single_precision(f, x, h):
    return _central(f, x.float(), h)


@numerical_gradient.mistake(
    "The result is float32, while x is float64.",
    look="Which dtype does torch.zeros make if you name none?",
    credit=0.5,
)
def stored_in_single_precision(f, x, h):
    return _central(f, x, h).float()


@numerical_gradient.mistake(
    "The sign is turned: the point to the right comes first.", look="f(x + h) - f(x - h), or the other way?"
)
def turned_the_sign(f, x, h):
    return -_central(f, x, h)


@numerical_gradient.mistake(
    "The result is a flat list of slopes: it should have the shape of x.",
    look="Print the shape of x and of your result.",
    credit=0.5,
)
def returned_it_flat(f, x, h):
    return _central(f, x, h).reshape(-1)


@numerical_gradient.mistake(
    "This is the second derivative: f(x + h) - 2 f(x) + f(x - h), over h².",
    look="Is curvature asked for, or slope?",
)
def took_the_second_derivative(f, x, h):
    return _entry_by_entry(f, x, lambda unit: (f(x + h * unit) - 2 * f(x) + f(x - h * unit)) / h**2)


@numerical_gradient.mistake(
    "The points lie h/2 to either side: they should lie h away.", look="Where exactly is f evaluated?"
)
def stepped_half_as_far(f, x, h):
    return _central(f, x, h / 2)


@numerical_gradient.mistake(
    "The step is scaled by the entry of x: here it is h for each entry, whatever its size.",
    look="How far do you move an entry that is 0?",
)
def scaled_the_step(f, x, h):
    return _entry_by_entry(
        f,
        x,
        lambda unit: (f(x + h * unit * x) - f(x - h * unit * x)) / (2 * h * float((unit * x).sum()) or 1),
    )


@numerical_gradient.mistake("Only the first entry is done.", look="How far is your return indented?")
def stopped_after_the_first_entry(f, x, h):
    found = torch.zeros_like(x).reshape(-1)
    found[0] = _central(f, x, h).reshape(-1)[0]
    return found.reshape(x.shape)
