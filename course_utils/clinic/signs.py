"""What must be seen on the gauges if a diagnosis is to fit. Each sign can also say what is seen in its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course_utils.clinic.record import Record


@dataclass(frozen=True)
class Sign:
    """Hold one sign.

    Attributes:
        gauge: the name of the gauge that shows it.
        is_seen: whether a record has it.
        expected: what one would see, as the end of "With this fault …".
        found: what one sees, as the end of "Here …".
    """

    gauge: str
    is_seen: Callable[[Record], bool]
    expected: str
    found: Callable[[Record], str]


def _scale_of(record: Record, which: int) -> str:
    mean, std = record.scale[which]
    return f"mean {mean:z.2f} and standard deviation {std:.2f}"


def _is_scaled(record: Record) -> bool:
    mean, std = record.scale[0]
    return abs(mean) < 0.3 and 0.5 < std < 2


def _is_alike(record: Record) -> bool:
    (mean, std), (mean_val, std_val) = record.scale
    return abs(mean - mean_val) < 0.3 * std and 0.67 < std_val / std < 1.5


def _say_updates(values: object) -> str:
    return f"the largest step of a layer is {float(np.max(values)):.2g} of its weights' length"  # type: ignore[call-overload]


def _say_accuracy(record: Record) -> str:
    train, validation = record.accuracy[-1]
    return f"{train:.0%} of the training and {validation:.0%} of the validation pictures are right"


LONG_STEPS = Sign(
    "updates",
    lambda r: float(r.first_updates.max()) > 0.08,
    "the very first step would already be a large part of the weights' length, a tenth or more",
    lambda r: f"in the very first step {_say_updates(r.first_updates)}",
)
TINY_STEPS = Sign(
    "updates",
    lambda r: 0 < float(r.updates.max()) < 1e-3,
    "the steps would be tiny beside the weights, though not 0: far below a thousandth",
    lambda r: _say_updates(r.updates),
)
ORDINARY_INPUTS = Sign(
    "inputs",
    _is_scaled,
    "the numbers that go in would be of ordinary size",
    lambda r: f"they have {_scale_of(r, 0)}, and large numbers make large gradients at any learning rate",
)
ODD_INPUTS = Sign(
    "inputs",
    lambda r: not _is_scaled(r),
    "the numbers that go in would be far from mean 0 and standard deviation 1",
    lambda r: f"they have {_scale_of(r, 0)}",
)
DIFFERENT_SCALES = Sign(
    "inputs",
    lambda r: not _is_alike(r),
    "training and validation pictures would go in with different means or spreads",
    lambda r: f"the training pictures have {_scale_of(r, 0)}, the validation pictures {_scale_of(r, 1)}",
)
SAME_SCALES = Sign(
    "inputs",
    _is_alike,
    "both sets would go in with the same scale, and still part",
    lambda r: f"the training pictures have {_scale_of(r, 0)}, the validation pictures {_scale_of(r, 1)}",
)
SHARED_PICTURES = Sign(
    "inputs",
    lambda r: r.shared > 0,
    "some validation pictures would be among the training pictures",
    lambda r: f"{r.shared} of them are",
)
ALL_ZERO = Sign(
    "neurons",
    lambda r: not r.z.any(),
    "every pre-activation of every hidden layer would be exactly 0",
    lambda r: f"the middle 90 % of layer 1 goes from {r.z[0, 0, 0]:.2g} to {r.z[0, 0, 2]:.2g} before the first step",
)
DEAD_FROM_BIRTH = Sign(
    "neurons",
    lambda r: float(r.dead[0].max()) > 0.9,
    "nearly all neurons of a layer would be silent for every picture before the first step",
    lambda r: f"{r.dead[0, 0]:.0%} of layer 1 and {r.dead[0, 1]:.0%} of layer 2 are, at epoch 0",
)
BELOW_ZERO = Sign(
    "neurons",
    lambda r: bool(r.z[0].any()),
    "the pre-activations would lie far below 0",
    lambda _: "they are exactly 0, which no bias alone can bring about",
)
WRONG_LABELS = Sign(
    "pictures",
    lambda r: r.mislabelled > 0.5,
    "most pictures would not show what their labels say",
    lambda r: f"{r.mislabelled:.0%} of them do not",
)
FLOOR = Sign(
    "the loss curve, which is free",
    lambda r: bool(1.46 < r.losses.min() < 2.2),
    "the loss would fall and then get stuck: with probabilities in place of logits it cannot go below 1.46",
    lambda r: f"the lowest loss is {r.losses.min():.2f}",
)
MOSTLY_RIGHT = Sign(
    "accuracy",
    lambda r: float(r.accuracy[-1, 0]) > 0.5,
    "most answers would be right in spite of the high loss, for the largest probability is still the right one",
    _say_accuracy,
)
PILED_GRADIENTS = Sign(
    "gradients",
    lambda r: float(r.gradients[0].sum()) > 1.5 * float(r.fresh[0].sum()),
    "`.grad` would be much longer than the gradient of the batch alone",
    lambda r: (
        f"in the first epoch it is {r.gradients[0].sum() / max(r.fresh[0].sum(), 1e-12):.1f} times as long"
        if r.fresh[0].sum()
        else "both are 0"
    ),
)
TWO_ANSWERS = Sign(
    "twice",
    lambda r: float(np.abs(r.twice[:, 0] - r.twice[:, 1]).max()) > 1e-4,
    "the same picture, asked twice, would get two answers",
    lambda _: "both answers are the same for every picture",
)
GAP = Sign(
    "accuracy",
    lambda r: float(r.accuracy[-1, 0] - r.accuracy[-1, 1]) > 0.15,
    "the training pictures would be right much more often than the validation pictures",
    _say_accuracy,
)
RIGHT_LABELS = Sign(
    "pictures",
    lambda r: r.mislabelled < 0.5,
    "the labels would be right",
    lambda r: f"{r.mislabelled:.0%} of the pictures do not show what their labels say",
)
