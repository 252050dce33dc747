"""What the gauges of a training run say: the notes taken on the way, and the record made of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, repr=False)
class Record:
    """Hold all readings of one run. E epochs, L layers with weights, the last of them the output.

    Attributes:
        losses: (E,) mean training loss of each epoch, as the loop computes it.
        ten_losses: (T,) the same when the same code gets ten training pictures only.
        first_loss: the loss of the very first batch.
        accuracy: (E, 2) share right before each epoch, on the training and on the validation pictures.
        gradients: (E, L) norm of each weight's `.grad` when the optimiser used it, mean over the epoch's steps.
        fresh: (E, L) norm of the gradient of the batch alone, without what lay in `.grad` before.
        updates: (E, L) length of a step over length of the weight, mean over the epoch's steps.
        first_updates: (L,) the same for the very first step.
        z: (E, L - 1, 3) the 5th, 50th and 95th percentile of each hidden layer's pre-activations.
        dead: (E, L - 1) share of a hidden layer's neurons that are 0 for every training picture.
        twice: (E, 2, V) the probability of the right class for each validation picture, asked twice.
        inputs: the numbers (N, D) that go into the network for the first training pictures.
        inputs_val: the same for the first validation pictures.
        scale: ((mean, std), (mean, std)) of all numbers that go in, training and validation.
        labels: (8,) the labels that the first eight training pictures are trained with.
        true_labels: (8,) what the course's file says these pictures show.
        mislabelled: share of the training pictures whose label is not the file's.
        shared: how many validation pictures are among the training pictures.
        rows: how many pictures are trained on.
    """

    losses: Floats
    ten_losses: Floats
    first_loss: float
    accuracy: Floats
    gradients: Floats
    fresh: Floats
    updates: Floats
    first_updates: Floats
    z: Floats
    dead: Floats
    twice: Floats
    inputs: Floats
    inputs_val: Floats
    scale: tuple[tuple[float, float], tuple[float, float]]
    labels: npt.NDArray[np.int64]
    true_labels: npt.NDArray[np.int64]
    mislabelled: float
    shared: int
    rows: int

    @property
    def epochs(self) -> int:
        """How many epochs were run."""
        return len(self.losses)


class Notes:
    """Take notes in a training loop: `look` before each epoch, `step` after each step of the optimiser."""

    def __init__(self) -> None:
        self.looks: list[dict[str, Any]] = []
        self.epochs: list[list[dict[str, Any]]] = []
        self._fresh: dict[int, float] = {}
        self._before: list[torch.Tensor] = []
        self._seen: Any = ()

    @torch.no_grad()
    def look(self, model: nn.Sequential, X: Any, y: Any, X_val: Any, y_val: Any) -> None:
        """Write down how the model answers, in the mode in which the loop left it."""
        if not self.looks:
            for place, weight in enumerate(_weights(model)):
                weight.register_hook(lambda grad, place=place: self._keep(place, grad))
            self._before = [weight.clone() for weight in _weights(model)]
            self._seen = (X, y, X_val, y_val)
        share = torch.stack([_share_right(model(X), y), _share_right(model(X_val), y_val)])
        rows = torch.arange(len(y_val))
        twice = torch.stack([torch.softmax(model(X_val), dim=1)[rows, y_val] for _ in range(2)])
        a, z, dead = X, [], []
        for layer, following in pairwise(model):
            a = layer(a)
            if isinstance(layer, nn.Linear):
                z.append(torch.quantile(a.flatten()[:10_000], torch.tensor([0.05, 0.5, 0.95])))
                dead.append((following(a) == 0).all(dim=0).float().mean())
        look = {"z": torch.stack(z) if z else torch.zeros(0, 3), "dead": torch.stack(dead) if dead else torch.zeros(0)}
        self.looks.append({"accuracy": share, "twice": twice, **look})
        self.epochs.append([])

    @torch.no_grad()
    def step(self, model: nn.Sequential, loss: Any, rows: int) -> None:
        """Write down the loss of a batch of so many rows, the gradients and the step that was taken."""
        weights = _weights(model)
        moved = [
            (new - old).norm() / old.norm().clamp_min(1e-12) for new, old in zip(weights, self._before, strict=True)
        ]
        self._before = [weight.clone() for weight in weights]
        note = {
            "loss": loss.item(),
            "rows": rows,
            "gradients": [0.0 if weight.grad is None else weight.grad.norm().item() for weight in weights],
            "fresh": [self._fresh.get(place, 0.0) for place in range(len(weights))],
            "updates": [ratio.item() for ratio in moved],
        }
        self._fresh = {}
        self.epochs[-1].append(note)

    def finish(self, ten_losses: Floats, images: torch.Tensor, labels: torch.Tensor) -> Record:
        """Return the record.

        Args:
            ten_losses: what the same code's loss was on ten pictures.
            images: (M, D) all pictures of the course's file.
            labels: (M,) what they show.
        """
        X, y, X_val, _ = self._seen
        source = _find(X, images)
        truth = labels[source]
        means = {
            key: np.array([np.mean([note[key] for note in notes], axis=0) for notes in self.epochs])
            for key in ("gradients", "fresh", "updates")
        }
        seen = {key: np.stack([look[key].double().numpy() for look in self.looks]) for key in self.looks[0]}
        return Record(
            losses=self.mean_losses(),
            ten_losses=ten_losses,
            first_loss=self.epochs[0][0]["loss"],
            first_updates=np.array(self.epochs[0][0]["updates"]),
            inputs=X[:200].double().numpy(),
            inputs_val=X_val[:200].double().numpy(),
            scale=((X.mean().item(), X.std().item()), (X_val.mean().item(), X_val.std().item())),
            labels=y[:8].numpy(),
            true_labels=truth[:8].numpy(),
            mislabelled=(truth != y[: len(truth)]).double().mean().item(),
            shared=int(torch.isin(_find(X_val, images), source).sum()),
            rows=len(X),
            **means,
            **seen,
        )

    def mean_losses(self) -> Floats:
        """Return each epoch's mean training loss, each batch counted by its rows."""
        return np.array(
            [np.average([n["loss"] for n in notes], weights=[n["rows"] for n in notes]) for notes in self.epochs]
        )

    def _keep(self, place: int, grad: torch.Tensor) -> None:
        self._fresh[place] = grad.norm().item()


def _weights(model: nn.Sequential) -> list[torch.Tensor]:
    return [layer.weight for layer in model if isinstance(layer, nn.Linear)]


def _share_right(logits: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return (logits.argmax(dim=1) == y[: len(logits)]).double().mean()


def _find(rows: torch.Tensor, images: torch.Tensor) -> torch.Tensor:
    """Return the place of each row in `images`, however its numbers were moved or scaled."""

    def flatten(X: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.normalize((X - X.mean(dim=1, keepdim=True)).double(), dim=1)

    return (flatten(rows) @ flatten(images).T).argmax(dim=1)
