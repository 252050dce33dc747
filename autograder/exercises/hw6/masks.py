"""Drop entries at random in training."""

from __future__ import annotations

from typing import Any

import torch

from autograder.draws import DOUBLE, SINGLE, not_contiguous
from autograder.exercise import Exercise, case, seen, tensor

ENTRIES = torch.tensor([-2.0, -1.0, -0.5, 0.5, 1.0, 3.0], dtype=torch.float64)
"""What the inputs of dropout are made of: never 0, so that a 0 in the output has been dropped."""


def _entries(
    generator: torch.Generator, *shape: int, p: float, training: bool = True, dtype: torch.dtype = torch.float64
) -> dict[str, Any]:
    """Draw at least 20,000 entries: enough to tell a share of 0.20 from one of 0.22."""
    places = torch.randint(len(ENTRIES), shape, generator=generator)
    return {"x": ENTRIES[places].to(dtype), "p": p, "training": training}


def _dropout(x, p, training):
    if not training:
        return x
    kept = torch.rand(x.shape) >= p
    return x * kept / (1 - p)


SHARE = {"rtol64": 0.01}
"""The driver gives a right share exactly; the slack lets two wrong answers with the same share look alike."""

dropout = Exercise(
    "dropout",
    points=3,
    ask="In training, set each entry of x to 0 with probability p and divide the others by 1 - p; in "
    "evaluation, return x as it is. A fresh draw each call.",
    reference=_dropout,
    driver="dropout",
    cases=[
        case("p = 0.2 in training", lambda generator: _entries(generator, 150, 140, p=0.2)),
        case("p = 0.5 in training", lambda generator: _entries(generator, 150, 140, p=0.5)),
        case("p = 0.8 in training", lambda generator: _entries(generator, 140, 150, p=0.8)),
        case("p = 0 in training", lambda generator: _entries(generator, 150, 140, p=0.0)),
        case("p = 0.5 in evaluation", lambda generator: _entries(generator, 150, 140, p=0.5, training=False)),
        case(
            "p = 0.2 in evaluation, not contiguous",
            not_contiguous(lambda generator: _entries(generator, 150, 141, p=0.2, training=False)),
        ),
        case("one axis, float32, p = 0.3", lambda generator: _entries(generator, 21_100, p=0.3, dtype=SINGLE)),
        case("one number, in evaluation", x=torch.tensor(3.0, dtype=DOUBLE), p=1e-9, training=False),
    ],
    hidden=[
        case("another table, p = 0.1", lambda generator: _entries(generator, 200, 110, p=0.1)),
        case("another table, p = 0.6", lambda generator: _entries(generator, 110, 200, p=0.6)),
        case("three axes, p = 0.25", lambda generator: _entries(generator, 28, 27, 30, p=0.25)),
        case(
            "float32 in evaluation",
            lambda generator: _entries(generator, 160, 150, p=0.7, training=False, dtype=SINGLE),
        ),
        case("not contiguous, p = 0.4", not_contiguous(lambda generator: _entries(generator, 140, 150, p=0.4))),
    ],
    parts=[
        tensor("a number of the output", is_returned=False),
        tensor("shape of the output", is_returned=False),
        seen("share dropped", **SHARE),
        seen("smallest factor on what was kept"),
        seen("largest factor on what was kept"),
        seen("share of entries with the same fate in two calls", **SHARE),
        seen("share of rows dropped whole", **SHARE),
        seen("share of columns dropped whole", **SHARE),
        seen("everything is dropped or kept at once (1 = yes)"),
    ],
)


def _masked(x, p, training, kept, scale):
    """Drop what is not kept in training, and scale: the frame of most mistakes."""
    return x * kept.to(x.dtype) * scale if training else x


@dropout.mistake(
    "What is kept is not scaled up: the sum that reaches the next layer then falls by the factor 1 - p.",
    look="What is the mean of the output, for an input of ones?",
)
def forgot_to_scale(x, p, training):
    return _masked(x, p, training, torch.rand_like(x) >= p, 1)


@dropout.mistake(
    "p is used as the probability to keep: here it is the probability to drop.",
    look="What share of the output is 0 when p is 0.2?",
)
def kept_with_probability_p(x, p, training):
    return x * (torch.rand_like(x) < p) / p if training and p > 0 else x


@dropout.mistake(
    "p is used as the probability to keep: here it is the probability to drop. (At p = 0 you even divide by 0.)",
    look="What share of the output is 0 when p is 0.2?",
)
def kept_with_probability_p_and_divided_by_it(x, p, training):
    return x * (torch.rand_like(x) < p) / p if training else x


@dropout.mistake(
    "p is used as the probability to keep, and the rest is divided by 1 - p.",
    look="What share of the output is 0 when p is 0.2?",
)
def kept_the_wrong_share(x, p, training):
    return _masked(x, p, training, torch.rand_like(x) < p, 1 / (1 - p))


@dropout.mistake(
    "The right share is dropped, but the rest is divided by p: the share that stays is 1 - p.",
    look="By how much must the rest grow when a fifth is dropped?",
)
def divided_by_p(x, p, training):
    return x * (torch.rand_like(x) >= p) / p if training else x


@dropout.mistake(
    "What is kept is made smaller, not larger: multiplying by 1 - p takes away twice.",
    look="What is the mean of the output, for an input of ones?",
)
def multiplied_by_the_share_kept(x, p, training):
    return _masked(x, p, training, torch.rand_like(x) >= p, 1 - p)


@dropout.mistake(
    "In evaluation the output is scaled by 1 - p: the scaling was done in training already.",
    look="What should evaluation change?",
    credit=0.5,
)
def scaled_in_evaluation(x, p, training):
    return _dropout(x, p, training) if training else x * (1 - p)


@dropout.mistake(
    "This is the older recipe: scale in evaluation. The text asks for scaling in training, and nothing in evaluation.",
    look="What should evaluation change?",
    credit=0.5,
)
def scaled_in_evaluation_instead(x, p, training):
    return x * (torch.rand_like(x) >= p) if training else x * (1 - p)


@dropout.mistake(
    "Entries are dropped in evaluation, too: a function knows the mode only by its argument `training`.",
    look="Where is `training` used?",
)
def dropped_always(x, p, training):
    return _dropout(x, p, True)


@dropout.mistake(
    "The switch is the wrong way round: you drop in evaluation and not in training.", look="Which branch draws?"
)
def switched_the_wrong_way_round(x, p, training):
    return _dropout(x, p, not training)


@dropout.mistake("Nothing is ever dropped.", look="What share of the output should be 0 in training?")
def never_dropped(x, p, training):
    return x.clone()


@dropout.mistake(
    "The draw is normal (randn), half of it below 0: comparing it with p does not give the chance p.",
    look="Between which numbers does rand draw, and randn?",
)
def drew_normal_numbers(x, p, training):
    return _masked(x, p, training, torch.randn_like(x) > p, 1 / (1 - p))


@dropout.mistake(
    "One draw decides for a whole row: each entry must be dropped by itself.", look="What shape has your draw?"
)
def dropped_whole_rows(x, p, training):
    kept = torch.rand(x.shape[:1] + (1,) * (x.ndim - 1)) >= p
    return _masked(x, p, training, kept, 1 / (1 - p))


@dropout.mistake(
    "One draw decides for a whole column: each entry must be dropped by itself.", look="What shape has your draw?"
)
def dropped_whole_columns(x, p, training):
    return _masked(x, p, training, torch.rand(x.shape[-1:]) >= p, 1 / (1 - p))


@dropout.mistake(
    "One draw decides for everything: either all entries stay or none.", look="How many numbers do you draw?"
)
def flipped_one_coin(x, p, training):
    return _masked(x, p, training, torch.rand(()) >= p, 1 / (1 - p))


@dropout.mistake(
    "Each call drops the same entries: a fixed seed (or a mask kept from before) makes every call alike.",
    look="What is different between your first call and your second?",
)
def drew_once_for_good(x, p, training):
    generator = torch.Generator().manual_seed(0)
    return _masked(x, p, training, torch.rand(x.shape, generator=generator) >= p, 1 / (1 - p))


@dropout.mistake("Entries are dropped by their size: the draw must not depend on x.", look="What is compared with p?")
def dropped_small_entries(x, p, training):
    return _masked(x, p, training, x > p, 1 / (1 - p))


@dropout.mistake(
    "x is multiplied by the random numbers themselves: compare them with p, so that each entry is kept or dropped.",
    look="Which values can your mask have?",
)
def multiplied_by_the_draw(x, p, training):
    return x * torch.rand_like(x) / (1 - p) if training else x


@dropout.mistake("Half of the entries are dropped whatever p is.", look="Where does p enter your draw?")
def ignored_p(x, p, training):
    return _masked(x, p, training, torch.rand_like(x) >= 0.5, 1 / (1 - p))


@dropout.mistake("Half is dropped and the rest doubled, whatever p is.", look="Where does p enter your draw?")
def ignored_p_altogether(x, p, training):
    return _masked(x, p, training, torch.rand_like(x) >= 0.5, 2.0)


@dropout.mistake(
    "Your code changes the caller's x in place.", look="What does x[mask] = 0 or x *= mask do to x?", credit=0.5
)
def changed_the_callers_input(x, p, training):
    if not training:
        return x
    x[torch.rand(x.shape) < p] = 0
    x /= 1 - p
    return x


@dropout.mistake(
    "The rest is divided by the square root of 1 - p: that keeps the variance, not the mean.",
    look="What is the mean of the output, for an input of ones?",
)
def kept_the_variance(x, p, training):
    return _masked(x, p, training, torch.rand_like(x) >= p, (1 - p) ** -0.5)


@dropout.mistake(
    "Dropped entries get another value than 0 (they are only made smaller).", look="Which value has a dropped entry?"
)
def only_shrank_them(x, p, training):
    return torch.where(torch.rand_like(x) >= p, x / (1 - p), x * p) if training else x
