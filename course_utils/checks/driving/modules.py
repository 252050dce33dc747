"""Drive answers about models: a small classifier of images, and a count of what a model can learn."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from course_utils.checks.drivers import driver
from course_utils.checks.driving.models import build, set_weights

PIXELS = 28 * 28
NEUTRAL = (0, 0, 0, 0, 1, 1)
"""What a right model's function shows: rows do not add up to 1, are no log-probabilities, are not cut off below 0,
do not lie between 0 and 1; the scores follow the last layer, and bend."""

LIFT = 100.0
FACTOR = -2.0
"""Scores follow the last layer if they grow and turn round with it: no softmax, sigmoid, ReLU or tanh does."""


@driver("image_classifier")
def drive_image_classifier(answer: Any, arguments: dict[str, Any], options: dict[str, Any]) -> Any:
    """Build models, give the first one weights of our own, and return properties that every right one has.

    Arguments: images (N, 1, 28, 28) or (N, 28, 28), hidden, classes. Weights are drawn anew, so neither how
    an answer initialises them nor the names of its layers matter.
    """
    images, hidden, classes = arguments["images"], arguments["hidden"], arguments["classes"]
    model, other, wider = answer(hidden, classes), answer(hidden, classes), answer(hidden + 1, classes)
    if model is None:
        return None
    if not isinstance(model, nn.Module):
        return (model, *[0] * 13)
    for made in (model, other, wider):
        made.to(images.dtype)
        first = made(images)  # a layer may be made at its first use
    first = model(images)
    if not isinstance(first, torch.Tensor):
        return (first, *[0] * 13)
    scores = torch.zeros(first.shape, dtype=first.dtype)
    grows, matrices = _count(wider) != _count(model), _matrices(model)
    makeup = (_settled_count(model, hidden, classes, grows), matrices, int(grows), _shared(model, other))
    if tuple(first.shape) != (len(images), classes):
        return (scores, *makeup, *[0] * 9)
    _draw_weights(model)
    reached = _reached_by_gradient(model, images)
    with torch.no_grad():
        repeats = _is_near(model(images), model(images))
        if not repeats or matrices > 2:  # of another make-up, or at random: what it computes tells nothing more
            return (scores, *makeup, *NEUTRAL, min(matrices, 1), int(repeats), 1)
        last = _last_layer(model, hidden, classes)
        alone = _is_near(model(images)[:1], model(images[:1]))
        return (scores, *makeup, *_function(model, images, last), reached, int(repeats), int(alone))


def _function(model: nn.Module, images: torch.Tensor, last: list[torch.Tensor]) -> tuple[int, ...]:
    """Return what a model computes, in the order of `NEUTRAL`."""
    probes = model(_probes(images, 3))
    follows = _follows(model, images, last)
    return (
        int(_is_near(probes.sum(1), torch.ones(len(probes)).to(probes))),
        int(_is_near(probes.logsumexp(1) + 1, torch.ones(len(probes)).to(probes))),
        int(bool((probes >= 0).all()) and bool((probes == 0).any()) and not follows),
        int(bool((probes >= 0).all()) and bool((probes <= 1).all()) and not follows),
        int(follows),
        int(_bends(model, images, last)),
    )


def _count(model: nn.Module) -> int:
    return sum(weight.numel() for weight in model.parameters() if weight.requires_grad)


def _settled_count(model: nn.Module, hidden: int, classes: int, grows: bool) -> int:
    """Return the usual count of a model with one hidden layer, if the model's is that of any such model.

    A layer without bias has fewer numbers; an activation that learns may have one for each neuron. Where the
    make-up is another altogether (more layers, a fixed width), that is said elsewhere and the count is let be.
    """
    weights, count = PIXELS * hidden + hidden * classes, _count(model)
    usual = weights + hidden + classes
    is_usual = weights <= count <= usual + hidden + classes
    return usual if is_usual or (count and (_matrices(model) != 2 or not grows)) else count


def _matrices(model: nn.Module) -> int:
    """Count the weights of two axes or more, up to 3: one for each layer."""
    wide = [weight for weight in model.parameters() if sum(size > 1 for size in weight.shape) > 1]
    return min(len(wide), 3)


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


def _probes(images: torch.Tensor, seed: int) -> torch.Tensor:
    """Draw 64 pictures of noise in the form of `images`."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(64, *images.shape[1:], generator=generator, device="cpu").to(images)


def _last_layer(model: nn.Module, hidden: int, classes: int) -> list[torch.Tensor]:
    """Return the weights that have the shapes of a last layer's."""
    shapes = {(classes, hidden), (hidden, classes), (classes,), (1, classes)}
    return [weight for weight in model.parameters() if tuple(weight.shape) in shapes]


def _bends(model: nn.Module, images: torch.Tensor, last: list[torch.Tensor]) -> bool:
    """Whether f(a) + f(b) is other than f(a + b) + f(0): for a stack of linear layers the two are the same.

    Scores are lifted far above 0 for this, so that a cut at 0 behind the last layer does not count as a bend.
    """
    biases = [weight for weight in last if max(weight.shape) == weight.numel()]
    a, b = _probes(images, 1), _probes(images, 2)
    for bias in biases:
        bias.add_(LIFT)
    gap = model(a + b) + model(torch.zeros_like(a)) - model(a) - model(b)
    for bias in biases:
        bias.sub_(LIFT)
    return float(gap.abs().max()) > 0.001


def _follows(model: nn.Module, images: torch.Tensor, last: list[torch.Tensor]) -> bool:
    """Whether the scores become `FACTOR` times what they were if the last layer's weights do."""
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
