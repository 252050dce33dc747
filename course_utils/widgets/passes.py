"""Send a batch through PyTorch's own dropout and batch norm, and keep what came out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

TRAINING_ROWS = 32  # rows of each training batch that batch norm has seen before


@dataclass(frozen=True)
class Pass:
    """Hold what went in and came out of a layer.

    Attributes:
        inputs: (B, D).
        outputs: (B, D) of the last pass, or None where PyTorch refused.
        average: (B, D) over all passes; None but for dropout.
        running: mean (D,) and spread (D,) that batch norm has collected; None for dropout.
        refusal: what PyTorch said when it refused, or nothing.
    """

    inputs: Any
    outputs: Any
    average: Any = None
    running: Any = None
    refusal: str = ""


def pick_batch(X: torch.Tensor, size: int, neighbours: str) -> torch.Tensor:
    """Return a batch (size, D): the first row of X, always, and either of two sets of neighbours."""
    rest = range(1, size) if neighbours == "first" else range(8, 7 + size)
    return X[[0, *rest]]


def pass_dropout(batch: torch.Tensor, mode: str, p: float, passes: int) -> Pass:
    """Send a batch through `nn.Dropout` so many times, from one seed: the third pass is always the same."""
    import torch

    dropout = torch.nn.Dropout(p).train(mode == "train")
    total = torch.zeros_like(batch)
    outputs = batch
    with torch.random.fork_rng(devices=[]):  # the learner's own random numbers stay as they are
        torch.manual_seed(0)
        for _ in range(passes):
            outputs = dropout(batch)
            total = total + outputs
    return Pass(batch.numpy(), outputs.numpy(), average=(total / passes).numpy())


def pass_batch_norm(X: torch.Tensor, batch: torch.Tensor, mode: str, passes: int) -> Pass:
    """Send so many training batches of X through `nn.BatchNorm1d`, then one batch in the mode that is asked for."""
    import torch

    norm = torch.nn.BatchNorm1d(X.shape[1])
    chunks = [chunk for chunk in X.split(TRAINING_ROWS) if len(chunk) == TRAINING_ROWS]
    with torch.no_grad():
        for number in range(passes):
            norm(chunks[number % len(chunks)])
        norm.train(mode == "train")
        refusal, outputs = "", None
        try:
            outputs = norm(batch).numpy()
        except ValueError as problem:  # one row has no spread
            refusal = str(problem)
    statistics = norm.state_dict()
    running = (statistics["running_mean"].numpy(), statistics["running_var"].sqrt().numpy())
    return Pass(batch.numpy(), outputs, running=running, refusal=refusal)
