"""What happened in each epoch of a training run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class History:
    """Hold what happened in each epoch of a training run.

    Attributes:
        train_loss: mean loss per sample while the epoch went on, in training mode.
        validation_loss: mean loss per sample after the epoch, in evaluation mode; empty without validation data.
        metrics: name -> value on the validation data after each epoch; empty without validation data.
        seconds: what each epoch took, measuring included.
        best_epoch: counted from 1, the one with the lowest validation loss (training loss without validation data).
        stopped_early: the run ended before its last epoch, for want of patience.
    """

    train_loss: tuple[float, ...] = ()
    validation_loss: tuple[float, ...] = ()
    metrics: dict[str, tuple[float, ...]] = field(default_factory=dict)
    seconds: tuple[float, ...] = ()
    best_epoch: int = 0
    stopped_early: bool = False

    def __len__(self) -> int:
        """Count the epochs."""
        return len(self.train_loss)

    def add(self, train_loss: float, scores: Mapping[str, float], seconds: float) -> History:
        """Return the history with one more epoch; `scores` are those of `evaluate`, or empty."""
        train = (*self.train_loss, train_loss)
        validation = (*self.validation_loss, scores["loss"]) if scores else ()
        metrics = {name: (*self.metrics.get(name, ()), scores[name]) for name in scores if name != "loss"}
        judged = validation or train
        return History(train, validation, metrics, (*self.seconds, seconds), judged.index(min(judged)) + 1)

    def has_stalled(self, patience: int | None) -> bool:
        """Say whether the best epoch lies `patience` epochs back or more; None waits for ever."""
        return patience is not None and len(self) - self.best_epoch >= patience

    def records(self) -> list[dict[str, float]]:
        """Return one dict per epoch: epoch, train_loss, and what else was measured."""
        measured = {"train_loss": self.train_loss, "validation_loss": self.validation_loss, **self.metrics}
        columns = {name: values for name, values in {**measured, "seconds": self.seconds}.items() if values}
        rows = zip(*columns.values(), strict=True)
        return [{"epoch": i, **dict(zip(columns, row, strict=True))} for i, row in enumerate(rows, start=1)]

    def table(self) -> str:
        """Return the epochs as a table of plain text, the best one marked with a star."""
        records = self.records()
        if not records:
            return "no epochs yet"
        lines = ["  ".join(f"{name.replace('_', ' '):>8}" for name in records[0])]
        for record in records:
            cells = [f"{value:>{max(8, len(name))}.{0 if name == 'epoch' else 4}f}" for name, value in record.items()]
            lines.append("  ".join(cells) + (" *" if record["epoch"] == self.best_epoch else ""))
        return "\n".join(lines)

    def last_line(self, epochs: int) -> str:
        """Say in one line how far a run of so many epochs is, and how it goes."""
        record, done = self.records()[-1], 20 * len(self) // epochs
        values = "  ".join(f"{name.replace('_', ' ')} {record[name]:.4f}" for name in list(record)[1:-1])
        bar = "#" * done + "." * (20 - done)
        return f"epoch {len(self):>{len(str(epochs))}}/{epochs} [{bar}]  {values}  {record['seconds']:.1f} s"
