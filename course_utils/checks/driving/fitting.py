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
"""Shares of the training images: below the first the model guesses, from the second on it has learnt them."""

FEW_STEPS = 10


@driver("fit")
def drive_fit(answer: Any, arguments: dict[str, Any], options: dict[str, Any]) -> Any:
    """Return predictions for images that were held out, how steady they are, and a clue to what went wrong.

    Arguments: X (N, H, W), y (N,), seed, and `held_out` (M, H, W), of which the answer is told nothing. Their
    classes are not among the arguments: whoever judges has them.
    """
    X, y, held_out = arguments["X"], arguments["y"], arguments["held_out"]
    nothing = torch.full((len(held_out),), -1)
    with _counting_steps() as steps:
        model = answer(X, y, arguments["seed"])
    if model is None:
        return None
    if not callable(model) or isinstance(model, torch.Tensor):
        return 0, 0, 0, 0, nothing, 0
    with torch.no_grad():
        scores = _ask(model, held_out)
        if scores.ndim != 2 or len(scores) != len(held_out):
            return 1, 0, 0, 0, nothing, 0
        predictions, again = scores.argmax(1), _ask(model, held_out).argmax(1)
        is_steady = torch.equal(predictions, again)
        is_alone_alike = not is_steady or torch.equal(_alone(model, held_out[:20]), predictions[:20])
        known = float((_ask(model, X).argmax(1) == y).double().mean())
    clue = _what_was_seen(bool(scores.isfinite().all()), steps, known)
    return 1, scores.shape[1], int(is_steady), int(is_alone_alike), predictions, clue


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


def _what_was_seen(is_finite: bool, steps: dict[str, int], known: float) -> int:
    """Return a clue: how the training went, by the model's scores, its steps and its share of known images.

    0 learnt, 1 scores that are no numbers, 2 steps without gradients, 3 a few steps only, 4 guesses and no
    step of an optimiser was seen, 5 guesses after many steps, 6 learnt a little.
    """
    if not is_finite:
        return 1
    if known >= LEARNT:
        return 0
    if steps["steps"] and steps["with gradients"] <= steps["steps"] // 10:
        return 2
    if 0 < steps["steps"] < FEW_STEPS:
        return 3
    if known >= GUESSING:
        return 6
    return 5 if steps["steps"] else 4
