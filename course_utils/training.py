"""Train a model and measure it: the loop of lecture 4, with nothing hidden.

Lecture 9 writes this loop by hand, and then goes through this file line by line.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.checkpoint import load_checkpoint, save_checkpoint
from course_utils.device import choose_half_precision, pick_device
from course_utils.history import History
from course_utils.refusals import refuse_data, refuse_loss, refuse_settings
from course_utils.seeds import get_random_states, seed_everything, set_random_states

__all__ = ["History", "accuracy", "evaluate", "fit", "seed_everything"]

Measure = Callable[[Tensor, Tensor], Any]  # of (outputs, targets); gives a tensor of one number, or a float


def fit(
    model: nn.Module,
    X: Tensor,
    y: Tensor,
    *,
    epochs: int = 10,
    batch_size: int = 64,
    lr: float = 1e-3,
    optimiser: Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer] | None = None,
    loss: Measure = F.cross_entropy,
    validation: tuple[Tensor, Tensor] | None = None,
    metrics: Mapping[str, Measure] | None = None,
    device: str | torch.device | None = None,
    seed: int = 0,
    patience: int | None = None,
    checkpoint: str | Path | None = None,
    resume: bool = True,
    mixed_precision: bool | Literal["auto"] = "auto",
    on_epoch: Callable[[dict[str, float]], None] | None = None,
    progress: bool = True,
) -> History:
    """Train the model on rows X (N, ...) and targets y (N, ...); return what happened.

    Args:
        model: is moved to the device and stays there; each of its parts gets its mode (train or eval) back.
        X, y: inputs and targets; for the default loss y holds class indices (N,) in int64.
        epochs, batch_size, lr: walks through all rows, rows in a step, learning rate η (of Adam).
        optimiser: makes another optimiser: `lambda parameters: torch.optim.SGD(parameters, lr=0.1)`.
        loss: gives the mean loss of (outputs, targets).
        validation, metrics: (X, y) to measure on after each epoch; what else to measure, see `evaluate`.
        device: see `pick_device`.
        seed: of the rows' order and of the model's draws (dropout); the caller's random numbers go on undisturbed.
        patience: stop once the validation loss has not fallen for so many epochs; take the best weights back.
        checkpoint, resume: a file to keep the run in after each epoch; whether to go on from it where it exists.
        mixed_precision: 16-bit numbers where they are safe, on CUDA only; "auto" where the steps are large enough.
        on_epoch: is called after each epoch with its record, as in `History.records`.
        progress: print a line for an epoch, twenty at most.

    Raises:
        TrainingError: data, settings, device or checkpoint do not fit, or the loss is no finite number.
    """
    device = pick_device(device)
    refuse_data(X, y, loss)
    if validation is not None:
        refuse_data(*validation, loss, "The validation data's ")
    weights = [p for p in model.parameters() if p.requires_grad]
    counts = {"epochs": epochs, "batch_size": batch_size, "weights to train": len(weights)}
    refuse_settings(counts, patience, has_validation=validation is not None)
    model.to(device)
    X, y = X.to(device), y.to(device)
    validation = (validation[0].to(device), validation[1].to(device)) if validation else None
    optimizer = optimiser(weights) if optimiser else torch.optim.Adam(weights, lr=lr, fused=True)
    half = choose_half_precision(mixed_precision, device, batch_size * sum(p.numel() for p in weights))
    scaler = torch.amp.GradScaler("cuda", enabled=half is torch.float16)
    shuffle = torch.Generator().manual_seed(seed)  # on the processor: the same order on every device
    history, best = History(), None
    parts: dict[str, Any] = {"model": model, "optimiser": optimizer, "scaler": scaler}
    settings = {"rows": len(X), "batch_size": batch_size, "lr": optimizer.param_groups[0]["lr"], "seed": seed}
    settings |= {"optimiser": type(optimizer).__name__, "precision": str(half or torch.float32)}
    settings |= {"validation": validation is not None, "early stopping": patience is not None}

    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        state = load_checkpoint(checkpoint, model.state_dict(), settings) if checkpoint and resume else None
        if state is not None:
            for name, part in parts.items():
                part.load_state_dict(state[name])
            set_random_states(state["random"], shuffle, device)
            history, best = History(**state["history"]), state["best"]
            print(f"going on after epoch {len(history)}, from {checkpoint}") if progress else None
        while len(history) < epochs and not history.has_stalled(patience):
            began = time.perf_counter()
            batches = torch.randperm(len(X), generator=shuffle).to(device).split(batch_size)
            with _mode(model, training=True):
                train_loss = _train_one_epoch(model, X, y, batches, loss, optimizer, half, scaler)
            scores = evaluate(model, *validation, loss=loss, metrics=metrics) if validation else {}
            refuse_loss(train_loss, scores.get("loss", 0.0), X, epoch=len(history) + 1)
            history = history.add(train_loss, scores, time.perf_counter() - began)
            if patience is not None and history.best_epoch == len(history):
                best = {name: tensor.clone() for name, tensor in model.state_dict().items()}
            if progress and (len(history) == epochs or len(history) % math.ceil(epochs / 20) == 0):
                print(history.last_line(epochs), flush=True)
            if on_epoch is not None:
                on_epoch(history.records()[-1])
            if checkpoint:
                state = {name: part.state_dict() for name, part in parts.items()}
                state |= {"settings": settings, "history": asdict(history), "best": best}
                save_checkpoint(checkpoint, state | {"random": get_random_states(shuffle, device)})
    if best is not None:
        model.load_state_dict(best)
        print(f"back to the weights of epoch {history.best_epoch}, the best one") if progress else None
    return replace(history, stopped_early=len(history) < epochs)


def _train_one_epoch(
    model: nn.Module,
    X: Tensor,
    y: Tensor,
    batches: Iterable[Tensor],
    loss: Measure,
    optimizer: torch.optim.Optimizer,
    half: torch.dtype | None,
    scaler: torch.amp.GradScaler,
) -> float:
    """Take one step for each batch of row numbers; return the mean loss per row."""
    total = torch.zeros((), device=X.device)
    for rows in batches:
        with torch.autocast(X.device.type, dtype=half, enabled=half is not None):
            batch_loss = loss(model(X[rows]), y[rows])
        optimizer.zero_grad()
        scaler.scale(batch_loss).backward()
        scaler.step(optimizer)
        scaler.update()
        total += batch_loss.detach() * len(rows)  # a tensor: asking for the number would make a card wait
    return total.item() / len(X)


def evaluate(
    model: nn.Module,
    X: Tensor,
    y: Tensor,
    *,
    loss: Measure = F.cross_entropy,
    metrics: Mapping[str, Measure] | None = None,
    batch_size: int = 1024,
) -> dict[str, float]:
    """Return {"loss": ..., and each metric's name: ...} of the model on rows X (N, ...) and targets y (N, ...).

    The model is measured where it lies and in evaluation mode, and stays as it was. Each value is a mean over rows.

    Args:
        model, X, y, loss: as for `fit`.
        metrics: name -> function of (outputs, targets), a mean over its rows; accuracy where y holds classes.
        batch_size: rows at a time; it changes nothing but the need for memory.

    Raises:
        TrainingError: the data do not fit.
    """
    refuse_data(X, y, loss)
    defaults: Mapping[str, Measure] = {} if y.is_floating_point() else {"accuracy": accuracy}
    measures = {"loss": loss, **(defaults if metrics is None else metrics)}
    device = next((p.device for p in model.parameters()), X.device)
    totals = dict.fromkeys(measures, 0.0)
    with _mode(model, training=False), torch.inference_mode():
        for rows, targets in zip(X.split(batch_size), y.split(batch_size), strict=True):
            targets = targets.to(device)
            outputs = model(rows.to(device))
            for name, measure in measures.items():
                totals[name] += float(measure(outputs, targets)) * len(rows)
    return {name: total / len(X) for name, total in totals.items()}


def accuracy(logits: Tensor, y: Tensor) -> float:
    """Return the share of rows (N, C) whose largest logit stands at the class in y (N,)."""
    return float((logits.argmax(dim=1) == y).float().mean())


@contextmanager
def _mode(model: nn.Module, *, training: bool) -> Iterator[None]:
    """Put the model into training or evaluation mode, and give each part its own mode back."""
    before = [(part, part.training) for part in model.modules()]
    model.train(training)
    try:
        yield
    finally:
        for part, was_training in before:
            part.training = was_training
