"""Drive training and evaluation loops on a model that notes what is done to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from course_utils.checks.drivers import driver
from course_utils.checks.driving.elsewhere import arrived, at_home, elsewhere, on_host, was_left_behind
from course_utils.checks.driving.models import LOSSES, OPTIMIZERS, build, flat, set_weights


@dataclass(frozen=True)
class Pass:
    """One batch going through the model: the mode of its layers, and whether a graph was built for gradients."""

    trains_all: bool
    trains_any: bool
    builds_graph: bool


@dataclass
class Notes:
    """What was seen while an answer ran: passes, batches left behind, and the calls by name, in order."""

    passes: list[Pass] = field(default_factory=list)
    inputs_left_behind: int = 0
    targets_left_behind: int = 0
    calls: list[str] = field(default_factory=list)

    def note(self, call: str) -> None:
        """Note a call."""
        self.calls.append(call)


class WatchedModel(nn.Module):
    """A model that notes the mode, the gradients and the whereabouts of each batch that passes."""

    def __init__(self, net: nn.Module, notes: Notes) -> None:
        super().__init__()
        self.net = net
        self.notes = notes

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Pass `x` through the model."""
        self.notes.inputs_left_behind += was_left_behind(x)
        modes = [module.training for module in self.modules()]
        with at_home():
            scores: torch.Tensor = self.net(arrived(x))
        self.notes.passes.append(Pass(all(modes), any(modes), scores.requires_grad))
        self.notes.note("forward")
        if scores.requires_grad:
            scores.register_hook(lambda gradient: self.notes.note("backward"))
        return scores


class WatchedLoss(nn.Module):
    """A loss that notes whether its target has been moved; the mean over the batch, as torch's own are."""

    reduction = "mean"

    def __init__(self, name: str, notes: Notes) -> None:
        super().__init__()
        self._loss = LOSSES[name]
        self.notes = notes

    def forward(self, output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        """Return the mean loss of the batch."""
        self.notes.targets_left_behind += was_left_behind(target)
        return self._loss(arrived(output), arrived(target))


class HostLoader(DataLoader):  # type: ignore[type-arg]
    """A loader whose batches lie in the computer's own memory."""

    def __iter__(self) -> Iterator[Any]:  # type: ignore[override]
        """Yield the batches of a plain loader, marked."""
        for batch in super().__iter__():
            yield [on_host(tensor) for tensor in batch]


@dataclass(frozen=True)
class Bench:
    """A model, a loader and a loss built from a case's arguments, with the notes they share."""

    model: WatchedModel
    loader: DataLoader  # type: ignore[type-arg]
    loss: WatchedLoss
    notes: Notes
    is_elsewhere: bool

    def weights(self) -> torch.Tensor:
        """Return all weights in one row."""
        parameters = list(self.model.parameters())
        return flat([*parameters], parameters[0])

    def statistics(self) -> torch.Tensor:
        """Return all buffers (running means, variances, counts) in one row; a single 0 if there are none."""
        like = next(self.model.parameters())
        return flat([*self.model.buffers(), torch.zeros(1)], like)

    def is_in(self, training: bool) -> bool:
        """Whether every layer is in training mode (or in evaluation mode)."""
        return all(module.training is training for module in self.model.modules())


def set_up(arguments: dict[str, Any]) -> Bench:
    """Build what a case's arguments describe.

    X (N, …) and y (N,); `layers`: the model's recipe; `loss`: its name; `batch_size`; `order`: the numbers of
    the samples in the order in which the loader's sampler gives them, where a sample may be missing or come
    twice; `starts_in`: "train" or "eval"; `device`: "cpu" or "another"; `seed` of the weights.
    """
    X, y, notes = arguments["X"], arguments["y"], Notes()
    net = build(arguments["layers"]).to(X.dtype)
    set_weights(net, arguments["seed"])
    model = WatchedModel(net, notes)
    model.train(arguments["starts_in"] == "train")
    is_elsewhere = arguments["device"] != "cpu"
    loader_type = HostLoader if is_elsewhere else DataLoader
    loader: Any = loader_type(TensorDataset(X, y), batch_size=arguments["batch_size"], sampler=arguments["order"])
    return Bench(model, loader, WatchedLoss(arguments["loss"], notes), notes, is_elsewhere)


@driver("train_one_epoch")
def drive_train_one_epoch(answer: Any, arguments: dict[str, Any], options: dict[str, Any]) -> Any:
    """Train for one epoch; return the loss that came back and what was done to the model.

    Further arguments: `optimizer` and its `lr`.
    """
    bench = set_up(arguments)
    notes = bench.notes
    optimizer = OPTIMIZERS[arguments["optimizer"]](bench.model.parameters(), lr=arguments["lr"])
    _watch(optimizer, notes)
    with elsewhere(bench.is_elsewhere) as device:
        loss = answer(bench.model, bench.loader, bench.loss, optimizer, device)
    may_end_in = {True, arguments["starts_in"] == "train"}
    return (
        loss,
        _carries_a_graph(loss),
        notes.calls.count("step"),
        sum(seen.builds_graph and not seen.trains_all for seen in notes.passes),
        notes.inputs_left_behind,
        notes.targets_left_behind,
        int(any(bench.is_in(mode) for mode in may_end_in)),
        bench.weights(),
        bench.statistics(),
        notes.calls.count("backward"),
        _call_before_step(notes.calls),
    )


def _watch(optimizer: torch.optim.Optimizer, notes: Notes) -> None:
    """Note each call of `step` and `zero_grad` of this optimiser."""

    def noted(name: str, method: Any) -> Any:
        def call(*given: Any, **named: Any) -> Any:
            notes.note(name)
            with at_home():
                return method(*given, **named)

        return call

    optimizer.step = noted("step", optimizer.step)  # type: ignore[method-assign]
    optimizer.zero_grad = noted("zero_grad", optimizer.zero_grad)  # type: ignore[method-assign]


def _call_before_step(calls: list[str]) -> int:
    """Return which call came right before the first step: 0 none, 1 forward, 2 backward, 3 zero_grad."""
    if "step" not in calls[1:]:
        return 0
    return ("step", "forward", "backward", "zero_grad").index(calls[calls.index("step", 1) - 1])


@driver("evaluate")
def drive_evaluate(answer: Any, arguments: dict[str, Any], options: dict[str, Any]) -> Any:
    """Evaluate once; return loss and accuracy that came back and what was done to the model."""
    bench = set_up(arguments)
    notes = bench.notes
    with elsewhere(bench.is_elsewhere) as device:
        result = answer(bench.model, bench.loader, bench.loss, device)
    is_on = torch.is_grad_enabled()
    torch.set_grad_enabled(True)
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        return result
    may_end_in = {False, arguments["starts_in"] == "train"}
    return (
        *result,
        max(map(_carries_a_graph, result)),
        sum(seen.trains_any for seen in notes.passes),
        sum(seen.builds_graph for seen in notes.passes),
        notes.inputs_left_behind,
        notes.targets_left_behind,
        int(any(bench.is_in(mode) for mode in may_end_in)),
        int(is_on),
        sum(weight.requires_grad for weight in bench.model.parameters()),
        bench.weights(),
        bench.statistics(),
    )


def _carries_a_graph(value: Any) -> int:
    return int(isinstance(value, torch.Tensor) and value.requires_grad)
