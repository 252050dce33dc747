"""Drive `fit`: train on the images of a case, then ask the model about images it has not seen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.optim.optimizer import Optimizer, register_optimizer_step_pre_hook

from course_utils.checks.drivers import driver

GUESSING, LEARNT = 0.3, 0.9
"""Shares of the training images: below the first a model of ten classes guesses, from the second on it has learnt."""

FEW_STEPS = 10


@driver("fit")
def drive_fit(answer: Any, arguments: dict[str, Any], options: dict[str, Any]) -> Any:
    """Return predictions for images that were held out, how steady they are, and clues to what went wrong.

    Arguments: X (N, H, W), y (N,), seed, and `held_out` (M, H, W), of which the answer is told nothing. Their
    classes are not among the arguments: whoever judges has them.
    """
    X, y, held_out = arguments["X"], arguments["y"], arguments["held_out"]
    classes = int(y.max()) + 1
    nothing = torch.full((len(held_out),), -1)
    with _counting_steps() as steps:
        model = answer(X, y, arguments["seed"])
    if model is None:
        return None
    if not callable(model) or isinstance(model, torch.Tensor):
        return 0, 0, nothing, 0, 0, 0, 0, 0
    with torch.no_grad():
        scores = _ask(model, held_out)
        if scores.ndim != 2 or len(scores) != len(held_out):
            return 1, 0, nothing, 0, 0, 0, 0, 0
        predictions, again = scores.argmax(1), _ask(model, held_out).argmax(1)
        alone = _alone(model, held_out[:20])
        known = _ask(model, X).argmax(1)
    is_finite = bool(scores.isfinite().all())
    return (
        1,
        scores.shape[1],
        predictions,
        int(torch.equal(predictions, again)),
        int(torch.equal(alone, predictions[:20])),
        _band(float((known == y).double().mean()), classes),
        _kind_of_steps(steps),
        int(is_finite),
    )


def _ask(model: Any, images: torch.Tensor) -> torch.Tensor:
    """Return the model's scores for a batch, on the CPU, wherever the model is."""
    weights = list(model.parameters()) if isinstance(model, nn.Module) else []
    scores = model(images.to(weights[0].device) if weights else images)
    if not isinstance(scores, torch.Tensor):
        raise TypeError(f"the model that fit gave back returns {type(scores).__name__} for a batch of images")
    return scores.detach().cpu()


def _alone(model: Any, images: torch.Tensor) -> torch.Tensor:
    """Return the class of each image when it comes by itself; -1 where the model cannot take one image."""
    found = []
    for image in images:
        try:
            found.append(int(_ask(model, image[None]).argmax()))
        except ValueError:  # batch norm in training mode refuses a batch of one
            found.append(-1)
    return torch.tensor(found)


def _band(share: float, classes: int) -> int:
    """Return 0 if the model guesses on what it was trained on, 1 if it knows some of it, 2 if it has learnt it."""
    return 0 if share < max(GUESSING, 1.5 / classes) else 1 if share < LEARNT else 2


@contextmanager
def _counting_steps() -> Iterator[dict[str, int]]:
    """Count the steps of torch's optimisers, and those among them that had a gradient to go by."""
    seen = {"steps": 0, "with gradients": 0}

    def count(optimizer: Optimizer, args: Any, kwargs: Any) -> None:
        weights = [weight for group in optimizer.param_groups for weight in group["params"]]
        seen["steps"] += 1
        seen["with gradients"] += any(weight.grad is not None and bool(weight.grad.any()) for weight in weights[:2])

    handle = register_optimizer_step_pre_hook(count)
    try:
        yield seen
    finally:
        handle.remove()


def _kind_of_steps(seen: dict[str, int]) -> int:
    """Return 0 for no steps of an optimiser, 1 for steps without gradients, 2 for a few steps, 3 for many."""
    if not seen["steps"]:
        return 0
    if seen["with gradients"] <= seen["steps"] // 10:
        return 1
    return 2 if seen["steps"] < FEW_STEPS else 3
