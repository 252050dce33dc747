"""Drive answers about models: a small classifier of images, and a count of what a model can learn."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from course_utils.checks.drivers import driver
from course_utils.checks.driving.models import build, set_weights

PIXELS = 28 * 28
FACTOR = -2.0
"""Scores follow the last layer if they grow and turn round with it: no softmax, sigmoid, ReLU or tanh does."""


@driver("image_classifier")
def drive_image_classifier(answer: Any, arguments: dict[str, Any], options: dict[str, Any]) -> Any:
    """Build two models, give the first weights of our own, and return properties that every right one has.

    Arguments: images (N, 1, 28, 28) or (N, 28, 28), hidden, classes. Weights are drawn anew, so neither how
    an answer initialises them nor the names of its layers matter.
    """
    images, hidden, classes = arguments["images"], arguments["hidden"], arguments["classes"]
    model, other = answer(hidden, classes), answer(hidden, classes)
    if model is None:
        return None
    if not isinstance(model, nn.Module):
        return (model, *[0] * 10)
    model.to(images.dtype)
    first = model(images)  # a layer may be made at its first use
    if not isinstance(first, torch.Tensor):
        return (first, *[0] * 10)
    expected_shape = (len(images), classes)
    scores = torch.zeros(first.shape, dtype=first.dtype)
    shared = _shared(model, other)
    count = sum(weight.numel() for weight in model.parameters() if weight.requires_grad)
    if tuple(first.shape) != expected_shape:
        return (scores, _settled_count(count, hidden, classes), shared, *[0] * 8)
    _draw_weights(model)
    reached = _reached_by_gradient(model, images)
    with torch.no_grad():
        raw, again, alone = model(images), model(images), model(images[:1])
        bends = _bends(model, images)
        follows = _follows_the_last_layer(model, images, hidden, classes)
    return (
        scores,
        _settled_count(count, hidden, classes),
        shared,
        reached,
        int(bends),
        int(follows),
        int(_is_near(raw.sum(1), torch.ones(len(raw)).to(raw))),
        int(_is_near(raw.logsumexp(1), torch.zeros(len(raw)).to(raw))),
        int(bool((raw >= 0).all()) and not follows),
        int(_is_near(raw, again)),
        int(_is_near(raw[:1], alone)),
    )


def _settled_count(count: int, hidden: int, classes: int) -> int:
    """Return the usual count of a model with one hidden layer, if `count` is that of any such model.

    A layer without bias has fewer numbers; an activation that learns may have one for each hidden neuron.
    """
    weights = PIXELS * hidden + hidden * classes
    usual = weights + hidden + classes
    return usual if weights <= count <= usual + hidden else count


def _shared(model: nn.Module, other: nn.Module) -> int:
    """Count the weights that two models have in common."""
    mine = {id(weight) for weight in model.parameters()}
    return sum(weight.numel() for weight in other.parameters() if id(weight) in mine)


def _draw_weights(model: nn.Module) -> None:
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for weight in model.parameters():
            draw = torch.randn(weight.shape, generator=generator, dtype=torch.float64, device="cpu")
            weight.copy_(0.1 * draw)


def _reached_by_gradient(model: nn.Module, images: torch.Tensor) -> int:
    """Return 1 if a loss on the scores has a gradient for every weight, else 0."""
    scores = model(images)
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    if not weights or not scores.requires_grad:
        return 0
    gradients = torch.autograd.grad((scores**2).sum(), weights, allow_unused=True)
    return int(all(gradient is not None and bool(gradient.any()) for gradient in gradients))


def _bends(model: nn.Module, images: torch.Tensor) -> bool:
    """Whether f(a) + f(b) is other than f(a + b) + f(0): for a stack of linear layers the two are the same."""
    generator = torch.Generator().manual_seed(2)
    a, b = (torch.randn(64, *images.shape[1:], generator=generator, device="cpu").to(images) for _ in range(2))
    together, apart = model(a + b) + model(torch.zeros_like(a)), model(a) + model(b)
    return not _is_near(together, apart)


def _follows_the_last_layer(model: nn.Module, images: torch.Tensor, hidden: int, classes: int) -> bool:
    """Whether the scores become `FACTOR` times what they were if the last layer's weights do."""
    shapes = {(classes, hidden), (hidden, classes), (classes,), (1, classes)}
    last = [weight for weight in model.parameters() if tuple(weight.shape) in shapes]
    before = model(images)
    for weight in last:
        weight.mul_(FACTOR)
    after = model(images)
    for weight in last:
        weight.div_(FACTOR)
    return not last or _is_near(after, FACTOR * before)


def _is_near(one: torch.Tensor, other: torch.Tensor) -> bool:
    scale = max(float(other.abs().max()), 1e-6)
    return one.shape == other.shape and float((one - other).abs().max()) <= 1e-4 * scale


@driver("count_params")
def drive_count_params(answer: Any, arguments: dict[str, Any], options: dict[str, Any]) -> Any:
    """Return the count for a model built from the recipe in `layers`, and whether the model is as it was."""
    model = build(arguments["layers"])
    set_weights(model, seed=3)
    before = _state(model)
    count = answer(model)
    return count, int(_state(model) == before)


def _state(model: nn.Module) -> list[Any]:
    return [
        *((name, weight.requires_grad, weight.tolist()) for name, weight in model.named_parameters()),
        *((name, module.training) for name, module in model.named_modules()),
    ]
