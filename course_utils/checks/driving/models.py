"""Small models, losses and optimisers from recipes, with weights that depend on the recipe's seed alone.

A case's arguments are plain data. A recipe of layers such as `[["linear", 4, 6], ["relu"], ["linear", 6, 3]]`
names the model; the driver builds it afresh for each call.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

Recipe = list[list[Any]]


class RepeatableDropout(nn.Dropout):
    """Dropout whose masks depend on how often it was asked, not on what else draws random numbers."""

    def __init__(self, p: float) -> None:
        super().__init__(p)
        self.calls = 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Drop and scale in training mode; leave `x` as it is in evaluation mode."""
        if not self.training:
            return x
        self.calls += 1
        generator = torch.Generator().manual_seed(self.calls)
        kept = torch.rand(x.shape, generator=generator, device="cpu") >= self.p
        return x * kept.to(x) / (1 - self.p)


class Scale(nn.Module):
    """Multiply by one number that is learned: a parameter without axes."""

    def __init__(self) -> None:
        super().__init__()
        self.factor = nn.Parameter(torch.ones(()))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the scaled input."""
        return self.factor * x


def _frozen(layer: nn.Module) -> nn.Module:
    return layer.requires_grad_(False)


LAYERS: dict[str, Callable[..., nn.Module]] = {
    "linear": nn.Linear,
    "linear without bias": lambda inputs, outputs: nn.Linear(inputs, outputs, bias=False),
    "frozen linear": lambda inputs, outputs: _frozen(nn.Linear(inputs, outputs)),
    "frozen batchnorm": lambda width: _frozen(nn.BatchNorm1d(width)),
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
    "dropout": RepeatableDropout,
    "batchnorm": nn.BatchNorm1d,
    "conv": nn.Conv2d,
    "embedding": nn.Embedding,
    "scale": Scale,
    "join": lambda: nn.Flatten(0),
}
"""What a recipe's lines name: `["linear", 4, 6]` is `nn.Linear(4, 6)`."""

LOSSES: dict[str, Callable[..., torch.Tensor]] = {
    "cross entropy": nn.functional.cross_entropy,
    "mse": nn.functional.mse_loss,
    "smooth l1": nn.functional.smooth_l1_loss,
}
"""Losses that take (output, target) and give the mean over the batch."""

OPTIMIZERS: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "sgd": torch.optim.SGD,
    "momentum": lambda parameters, lr: torch.optim.SGD(parameters, lr=lr, momentum=0.9),
    "adam": torch.optim.Adam,
}
"""Optimisers by name, each made as `OPTIMIZERS[name](parameters, lr=lr)`."""


def build(recipe: Recipe) -> nn.Sequential:
    """Build a model from its recipe.

    A line `["group", line, line, …]` is a model inside the model; `["again", 0]` is the layer in place 0 once
    more, with the very same weights.
    """
    layers: list[nn.Module] = []
    for name, *settings in recipe:
        if name == "group":
            layers.append(build(settings))
        elif name == "again":
            layers.append(layers[settings[0]])
        else:
            layers.append(LAYERS[name](*settings))
    return nn.Sequential(*layers)


def set_weights(model: nn.Module, seed: int) -> None:
    """Give every weight a value that depends on `seed` and its place alone."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in model.parameters():
            draw = torch.randn(weight.shape, generator=generator, dtype=torch.float64, device="cpu")
            weight.copy_(0.6 * draw)


def flat(tensors: list[torch.Tensor], like: torch.Tensor) -> torch.Tensor:
    """Lay tensors out as one row of `like`'s dtype, in order."""
    rows = [tensor.detach().cpu().reshape(-1).to(like.dtype) for tensor in tensors]
    return torch.cat([*rows, torch.zeros(0, dtype=like.dtype)])
