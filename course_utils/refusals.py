"""Refuse what cannot be trained on, in words, before anything has been changed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.errors import TrainingError


def refuse_data(X: Any, y: Any, loss: Any, whose: str = "") -> None:
    """Refuse inputs and targets that do not fit each other or the loss.

    Args:
        X: inputs (N, ...).
        y: targets (N, ...).
        loss: what they are trained with: cross entropy takes class indices, or a probability for each class.
        whose: put before the names X and y in the message.

    Raises:
        TrainingError: always about the first thing that does not fit.
    """
    for name, data in {"X": X, "y": y}.items():
        if not isinstance(data, Tensor) or data.dim() == 0:
            mend = "Make it a tensor with one entry per row: torch.tensor(...)."
            raise TrainingError(f"{whose}{name} is a {type(data).__name__}, not a tensor of rows.", mend)
    if len(X) != len(y):
        raise TrainingError(f"{whose}X has {len(X)} rows and y has {len(y)}.", "Each row needs one target.")
    if len(X) == 0:
        raise TrainingError(f"{whose}X has no rows.", "Look at how the data were cut: there is nothing to learn from.")
    if X.dtype == torch.uint8:
        raise TrainingError(f"{whose}X holds whole numbers (torch.uint8).", "For pictures: X = X.float() / 255.")
    if (loss is F.cross_entropy or isinstance(loss, nn.CrossEntropyLoss)) and y.dtype != torch.int64 and y.dim() == 1:
        mend = "Cross entropy takes class indices: y = y.long()."
        raise TrainingError(f"{whose}y holds {y.dtype}, not class indices (torch.int64).", mend)


def refuse_settings(counts: Mapping[str, int], patience: int | None, *, has_validation: bool) -> None:
    """Refuse settings with which there is nothing to do.

    Raises:
        TrainingError: a count or the patience is below 1, or patience has no validation data to look at.
    """
    for name, count in {**counts, **({} if patience is None else {"patience": patience})}.items():
        if count < 1:
            mend = f"Give {name} a whole number from 1 on."
            if name == "weights to train":
                mend = "Keep the model's layers as attributes (not in a plain list), and not all of them frozen."
            raise TrainingError(f"{name} is {count}.", mend)
    if patience is not None and not has_validation:
        raise TrainingError("patience needs rows to measure on.", "Give validation=(X, y), rows kept out of training.")


def refuse_loss(training: float, validation: float, X: Tensor, *, epoch: int) -> None:
    """Refuse to go on from a loss that is no finite number: no later epoch can mend the weights.

    Raises:
        TrainingError: says in which epoch it was, and what to try.
    """
    for name, value in {"training": training, "validation": validation}.items():
        if not math.isfinite(value):
            mend = "Try a tenth of the learning rate. If that does not help: is there a log(0) or a division by 0?"
            if not torch.isfinite(X).all():
                mend = "X itself holds nan or infinite numbers: mend the data first."
            raise TrainingError(f"The {name} loss is {value} in epoch {epoch}.", mend)
