"""Ask a network about one picture of a digit, and pick the picture with a slider."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
import numpy as np

from course_utils import plots
from course_utils.widgets.handwriting import SIDE
from course_utils.widgets.live import LiveFigure, make_button, make_control

if TYPE_CHECKING:
    from collections.abc import Iterator

    from course_utils.data import Digits

Ask = Callable[[np.ndarray], np.ndarray]  # one picture (28, 28) -> probabilities (C,)


def make_ask(model: Callable[[Any], Any], shape: tuple[int, ...], gives: str, classes: int) -> Ask:
    """Return a function that asks the model about one picture (28, 28) and returns its probabilities (C,).

    Args:
        model: maps a batch (1, *shape) of float32 to (1, C).
        shape: of one picture as the model wants it.
        gives: `logits` or `probabilities`, what the model returns.
        classes: C.
    """
    import torch

    def ask(picture: np.ndarray) -> np.ndarray:
        with _asking(model) as device:
            batch = torch.from_numpy(np.ascontiguousarray(picture, dtype=np.float32)).reshape(1, *shape).to(device)
            outputs = torch.as_tensor(model(batch))
        if outputs.numel() != classes:
            raise ValueError(f"the model gives numbers of shape {tuple(outputs.shape)} for one picture, not {classes}")
        outputs = outputs.detach().reshape(classes).double().cpu()
        probabilities: np.ndarray = (outputs.softmax(dim=0) if gives == "logits" else outputs).numpy()
        return probabilities

    return ask


@contextmanager
def _asking(model: Any) -> Iterator[Any]:
    """Set a module to eval mode without gradients, and give it its mode back; say which device it is on."""
    import torch

    is_module = isinstance(model, torch.nn.Module)
    modes = [(part, part.training) for part in model.modules()] if is_module else []
    weights = next(model.parameters(), None) if is_module else None
    if is_module:
        model.eval()
    try:
        with torch.inference_mode():
            yield weights.device if weights is not None else torch.device("cpu")
    finally:
        for part, mode in modes:
            part.training = mode


def make_picker(ask: Ask, samples: Digits, names: tuple[str, ...]) -> LiveFigure:
    """Make the figure of one sample and the probabilities that the network gives it, with a slider over the samples."""
    figure = plots.new_figure(7.2, 3.6)
    left, right = figure.subplots(1, 2, width_ratios=[4, 5])
    left.set_axis_off()
    picture = left.imshow(np.zeros((SIDE, SIDE)), cmap="gray_r", vmin=0, vmax=1)
    plots.dress(right, x="probability", y="class")
    right.grid(axis="y", visible=False)
    bars = right.barh(names, np.zeros(len(names)), color=plots.SKY, edgecolor=plots.BLACK, linewidth=0)
    shares = [right.text(0, i, "", va="center", fontsize=9) for i in range(len(names))]
    right.set_xlim(0, 1.18)
    right.set_xticks([0, 0.5, 1])
    right.invert_yaxis()

    def update(sample: int) -> str:
        image, label = samples.images[sample - 1].float().numpy(), int(samples.labels[sample - 1])
        probabilities = ask(image)
        best = int(probabilities.argmax())
        picture.set_data(image)
        for i, (bar, share) in enumerate(zip(bars, shares, strict=True)):
            value = float(probabilities[i])
            bar.set(width=value, facecolor=plots.ORANGE if i == best else plots.SKY, linewidth=2 if i == best else 0)
            share.set(x=value + 0.02, text=f"{value:.1%}", fontweight="bold" if i == best else "normal")
        verdict = "right" if best == label else "wrong"
        left.set_title(f"sample {sample}, a {names[label]}", fontsize=12, loc="left")
        right.set_title(f"taken for {names[best]}: {verdict}", fontsize=12, loc="left")
        return (
            f"Sample {sample} of {len(samples)} is a {names[label]}. {say_answer(probabilities, names)} "
            f"So it is {verdict}."
        )

    slider = make_control(widgets.IntSlider, "sample", value=1, min=1, max=len(samples))
    live = LiveFigure(figure, update, {"sample": slider})

    def step(by: int) -> None:
        live.move(sample=(live.values["sample"] - 1 + by) % len(samples) + 1)

    live.buttons += [
        make_button("Previous", "The sample before", lambda: step(-1)),
        make_button("Next", "The next sample", lambda: step(1)),
    ]
    return live


def say_answer(probabilities: np.ndarray, names: Sequence[str]) -> str:
    """Say the most probable class and the next two."""
    first, *others = np.argsort(-probabilities)[:3]
    rest = " and ".join(f"{names[i]} ({probabilities[i]:.1%})" for i in others)
    return f"The network takes it for {names[first]} with probability {probabilities[first]:.1%}; next come {rest}."
