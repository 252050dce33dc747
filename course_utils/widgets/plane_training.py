"""Train a small network on points of a plane, a few epochs at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from course_utils.widgets.plane_points import draw_points

if TYPE_CHECKING:
    import torch

ACTIVATIONS = ("ReLU", "tanh", "sigmoid", "none")
VALIDATION_POINTS = 400
BATCH_SIZE = 20
_MOMENTUM = 0.9
_DATA_SEED, _WEIGHT_SEED = 1, 0


@dataclass(frozen=True)
class Recipe:
    """Hold all that must be known before the first step.

    Attributes:
        shape: which points, one of `plane_points.SHAPES`.
        count: how many points to train on.
        noise: standard deviation of the noise on the points.
        layers: hidden layers.
        width: neurons in each of them.
        activation: one of `ACTIVATIONS`.
        l2: λ; the gradient of each weight gets λ times the weight added. Biases are left free.
        dropout: probability to drop each hidden neuron.
    """

    shape: str
    count: int
    noise: float
    layers: int
    width: int
    activation: str
    l2: float
    dropout: float


@dataclass(frozen=True)
class Reading:
    """Hold what a network was worth after an epoch: mean losses, and shares of points on the right side."""

    epoch: int
    loss: float
    validation_loss: float
    share: float
    validation_share: float


class PlaneTraining:
    """Hold a network in the middle of its training; `advance` takes it further, and nothing else changes it."""

    def __init__(self, recipe: Recipe) -> None:
        import torch

        self.recipe = recipe
        self.X, self.y = draw_points(recipe.shape, recipe.count, recipe.noise, _DATA_SEED)
        self.X_validation, self.y_validation = draw_points(
            recipe.shape, VALIDATION_POINTS, recipe.noise, _DATA_SEED + 1
        )
        with torch.random.fork_rng(devices=[]):  # the learner's own random numbers stay as they are
            torch.manual_seed(_WEIGHT_SEED)
            self.model = make_network(recipe)
        weights = [p for p in self.model.parameters() if p.dim() > 1]
        biases = [p for p in self.model.parameters() if p.dim() == 1]
        groups: list[dict[str, Any]] = [{"params": weights, "weight_decay": recipe.l2}, {"params": biases}]
        self.optimizer = torch.optim.SGD(groups, lr=0.1, momentum=_MOMENTUM)
        self.readings = [self._read(0)]

    @property
    def epoch(self) -> int:
        """How many epochs lie behind."""
        return self.readings[-1].epoch

    @property
    def best(self) -> Reading:
        """The reading with the lowest validation loss so far."""
        return min(self.readings, key=lambda reading: reading.validation_loss)

    def advance(self, epochs: int, lr: float) -> None:
        """Train for some epochs in batches of 20, then read the losses once."""
        import torch
        import torch.nn.functional as F

        for group in self.optimizer.param_groups:
            group["lr"] = lr
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.epoch + 1)  # dropout draws from it
            self.model.train()
            for _ in range(epochs):
                for rows in torch.randperm(len(self.X)).split(BATCH_SIZE):
                    loss = F.binary_cross_entropy_with_logits(self.model(self.X[rows])[:, 0], self.y[rows])
                    self.optimizer.zero_grad()
                    loss.backward()
                    self.optimizer.step()
        self.readings.append(self._read(self.epoch + epochs))

    def ask(self, X: torch.Tensor) -> Any:
        """Return the network's outputs between 0 and 1 for points (M, 2), in evaluation mode, as an array (M,)."""
        import torch

        self.model.eval()
        with torch.inference_mode():
            return torch.sigmoid(self.model(X)[:, 0]).numpy()

    def _read(self, epoch: int) -> Reading:
        import torch
        import torch.nn.functional as F

        self.model.eval()
        with torch.inference_mode():
            pairs = ((self.X, self.y), (self.X_validation, self.y_validation))
            logits = [self.model(X)[:, 0] for X, _ in pairs]
            losses = [F.binary_cross_entropy_with_logits(z, y).item() for z, (_, y) in zip(logits, pairs, strict=True)]
            shares = [((z > 0) == y.bool()).float().mean().item() for z, (_, y) in zip(logits, pairs, strict=True)]
        return Reading(epoch, *losses, *shares)


def make_network(recipe: Recipe) -> torch.nn.Sequential:
    """Make a network of two inputs, the hidden layers and one output, a logit."""
    from torch import nn

    kinds: dict[str, Callable[[], nn.Module]] = {
        "ReLU": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "none": nn.Identity
    }  # fmt: skip
    parts: list[nn.Module] = []
    inputs = 2
    for _ in range(recipe.layers):
        parts += [nn.Linear(inputs, recipe.width), kinds[recipe.activation](), nn.Dropout(recipe.dropout)]
        inputs = recipe.width
    return nn.Sequential(*parts, nn.Linear(inputs, 1))
