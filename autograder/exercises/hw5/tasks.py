"""Small models and data on which loops for training and evaluation are tried."""

from __future__ import annotations

from typing import Any

import torch

from autograder.draws import labels, normal

PLAIN = [["linear", 2, 3], ["tanh"], ["linear", 3, 1], ["join"]]
"""A small regression: two features, three hidden neurons, one number per row."""

CLASSIFIER = [["linear", 3, 4], ["tanh"], ["linear", 4, 3]]
"""A small classifier of three classes."""

MOODY = [["linear", 3, 6], ["batchnorm", 6], ["relu"], ["dropout", 0.3], ["linear", 6, 3]]
"""A classifier that behaves differently in training and in evaluation."""


def draw_task(
    generator: torch.Generator,
    n: int,
    layers: list[list[Any]],
    batch_size: int,
    *,
    order: list[int] | None = None,
    starts_in: str = "train",
    device: str = "cpu",
    loss: str = "cross entropy",
    dtype: torch.dtype = torch.float64,
    **settings: Any,
) -> dict[str, Any]:
    """Draw a task for a model: inputs that differ much from batch to batch, so that every mean shows."""
    features = layers[0][1]
    X = normal(generator, n, features) * torch.linspace(0.5, 2, n, dtype=torch.float64)[:, None]
    y = labels(generator, n, 3) if loss == "cross entropy" else normal(generator, n, scale=2.0, dtype=dtype)
    return {
        "X": X.to(dtype),
        "y": y,
        "layers": layers,
        "loss": loss,
        "batch_size": batch_size,
        "order": order or torch.randperm(n, generator=generator).tolist(),
        "starts_in": starts_in,
        "device": device,
        "seed": int(torch.randint(1000, (), generator=generator)),
        **settings,
    }


TRAINED = {"rtol64": 1e-6, "rtol32": 1e-4, "is_returned": False}
"""A float32 epoch piles up rounding; what a mistake does to the weights is far larger."""

AVERAGED = {"rtol64": 1e-5, "rtol32": 1e-5}
"""A loss is a Python float whatever the model's dtype, and float32 means round at the seventh digit."""


def mean_per_sample(losses: list[float], sizes: list[int]) -> float:
    """Return the mean over all samples of batch means."""
    return sum(loss * size for loss, size in zip(losses, sizes, strict=True)) / sum(sizes)
