"""Train a model of digits to a stated accuracy."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from typing import Any

import torch
from torch import nn

from autograder.errors import ExerciseError
from autograder.exercise import Exercise, case, clue, seen
from course_utils.checks.answer_key import AnswerKey
from course_utils.checks.compare import compare
from course_utils.checks.contract import PartSpec
from course_utils.checks.response import describe
from course_utils.data import load_digits_small

FLOOR = 0.90
"""Share of held-out digits that must be right.

Measured over 40 splits and seeds (1,000 digits to learn from, 400 held out), in percent, worst / mean / standard
deviation: the reference 95.0 / 96.5 / 0.7; the same network by SGD with momentum 93.5 / 96.3 / 0.9; a single linear
layer 93.8 / 95.6 / 0.8. The floor lies seven deviations below all three; a test measures the reference again.
"""


@cache
def _digits() -> tuple[torch.Tensor, torch.Tensor, dict[bytes, int]]:
    digits = load_digits_small()
    known = {image.numpy().tobytes(): int(label) for image, label in zip(digits.images, digits.labels, strict=True)}
    return digits.images, digits.labels, known


def _split(generator: torch.Generator, n: int, held_out: int) -> dict[str, Any]:
    """Draw n digits to learn from and others that are held out; the labels of the latter are not arguments."""
    images, labels, _ = _digits()
    order = torch.randperm(len(images), generator=generator)
    learn, ask = order[:n], order[n : n + held_out]
    seed = int(torch.randint(1000, (), generator=generator))
    return {"X": images[learn].clone(), "y": labels[learn].clone(), "seed": seed, "held_out": images[ask].clone()}


class JudgedByLabels(Exercise):
    """An exercise whose key holds the true labels of the held-out images, not the reference's predictions.

    Only the judge has a key with hidden labels: the worker is sent images.
    """

    def answer_key(self, secret: int | None = None) -> AnswerKey:
        key = super().answer_key(secret)
        place = next(number for number, spec in enumerate(key.contract.parts) if spec.kind == "at_least_accuracy")
        known = _digits()[2]
        expected = []
        for made, response in zip(key.cases, key.expected, strict=True):
            labels = torch.tensor([known[image.numpy().tobytes()] for image in made.arguments["held_out"]])
            parts = (*response.parts[:place], describe(labels), *response.parts[place + 1 :])
            truth = replace(response, parts=parts)
            if compare(response, truth, key.contract.parts) is not None:
                raise ExerciseError(f"The reference of {self.name!r} misses its own floor in case {made.label!r}.")
            expected.append(truth)
        return replace(key, expected=tuple(expected))


def _network(hidden: int = 64) -> nn.Sequential:
    return nn.Sequential(nn.Flatten(), nn.Linear(64, hidden), nn.ReLU(), nn.Linear(hidden, 10))


def _train(model, X, y, *, epochs=25, batch_size=50, lr=0.003, most_steps=10**6, before_step=None):
    """Train with Adam on shuffled mini-batches; `before_step` is called between backward and step."""
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    model.train()
    for _ in range(epochs):
        for rows in torch.randperm(len(X)).split(batch_size):
            if most_steps == 0:
                return model
            most_steps -= 1
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(X[rows]), y[rows]).backward()
            if before_step:
                before_step(optimizer)
            optimizer.step()
    return model


def _fit(X, y, seed):
    torch.manual_seed(seed)
    return _train(_network(), X, y).eval()


fit = JudgedByLabels(
    "fit",
    points=3,
    ask="Train a model of your own on the digits X (N, 8, 8) with labels y (N,), and return it, ready to use: it "
    "turns images (M, 8, 8) into scores (M, 10), and at least 90 % of digits it has not seen are right.",
    reference=_fit,
    driver="fit",
    seconds=90.0,
    cases=[case("1,000 digits to learn from, 300 held out", partial(_split, n=1000, held_out=300))],
    hidden=[
        case("another 1,000 digits, 400 held out", partial(_split, n=1000, held_out=400)),
        case("1,200 digits, 400 held out", partial(_split, n=1200, held_out=400)),
    ],
    parts=[
        seen("fit returned a model (1 = yes)"),
        seen("scores per image"),
        seen("same predictions in a second call (1 = yes)"),
        seen("same predictions for an image alone (1 = yes)"),
        PartSpec("share of held-out digits right", "at_least_accuracy", is_returned=False, floor=FLOOR),
        clue("how the training went"),
    ],
)


@fit.mistake("The model comes back as it was made: nothing has trained it.", look="Where are the weights changed?")
def returned_an_untrained_model(X, y, seed):
    torch.manual_seed(seed)
    return _network().eval()


@fit.mistake(
    "Your steps find no gradients: backward is missing, comes too late, or zero_grad stands between it and step.",
    look="In which order stand zero_grad, backward and step?",
)
def stepped_without_gradients(X, y, seed):
    torch.manual_seed(seed)
    return _train(_network(), X, y, epochs=2, before_step=lambda optimizer: optimizer.zero_grad()).eval()


@fit.mistake(
    "The training ends after a few steps: many passes over the digits are needed.",
    look="How far is your return indented, and over what do your loops run?",
)
def stopped_after_a_few_steps(X, y, seed):
    torch.manual_seed(seed)
    return _train(_network(), X, y, most_steps=1).eval()


@fit.mistake(
    "After many steps your model still guesses, even on the digits it was trained on.",
    look="Do X and y stay paired? Does the optimiser hold this model's weights? Is the learning rate too large?",
)
def still_guessed_after_training(X, y, seed):
    torch.manual_seed(seed)
    return _train(_network(), X, y[torch.randperm(len(y))], epochs=2).eval()


@fit.mistake(
    "Your model has learned, but too little, even of the digits it was trained on: it needs more or larger steps.",
    look="Watch the training loss: is it still falling when you stop?",
)
def learned_too_little(X, y, seed):
    torch.manual_seed(seed)
    return _train(_network(), X, y, epochs=3, lr=0.001).eval()


@fit.mistake(
    "The scores are no numbers any more (nan or inf): the steps were too large.",
    look="What does the loss do in the first steps?",
)
def diverged(X, y, seed):
    torch.manual_seed(seed)
    model = _train(_network(), X, y, most_steps=2)
    with torch.no_grad():
        for weight in model.parameters():
            weight.fill_(float("nan"))
    return model.eval()


class _ByHeart(nn.Module):
    """Knows the images it has seen and nothing else."""

    def __init__(self, X, y):
        super().__init__()
        self.known = {image.numpy().tobytes(): int(label) for image, label in zip(X, y, strict=True)}

    def forward(self, images):
        labels = [self.known.get(image.numpy().tobytes(), 0) for image in images]
        return nn.functional.one_hot(torch.tensor(labels), 10).float()


@fit.mistake(
    "Your model knows the digits it was trained on, and not the others: it has learned them by heart.",
    look="What makes a model generalise: more digits, a smaller model, dropout, stopping earlier?",
)
def learned_by_heart(X, y, seed):
    return _ByHeart(X, y).eval()


@fit.mistake(
    "The same image gets another answer each time: dropout is still at work. Return the model in evaluation mode.",
    look="Which mode is the model in when you return it?",
    credit=0.5,
)
def left_dropout_on(X, y, seed):
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 96), nn.ReLU(), nn.Dropout(0.5), nn.Linear(96, 10))
    return _train(model, X, y)


@fit.mistake(
    "An image alone gets another answer than among others: batch norm still uses the batch. Return the model in "
    "evaluation mode.",
    look="Which mode is the model in when you return it?",
    credit=0.5,
)
def left_batch_norm_on(X, y, seed):
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 10))
    return _train(model, X, y, epochs=15)


@fit.mistake(
    "No model comes back: what is returned cannot be asked about new digits.", look="What stands behind your return?"
)
def returned_something_else(X, y, seed):
    return [0.5, 0.2]


@fit.mistake(
    "The model gives one class for each image: it should give the ten scores, from which the judge takes the largest.",
    look="What does your model return for a batch of five images?",
)
def returned_a_model_of_classes(X, y, seed):
    torch.manual_seed(seed)
    model = _network().eval()
    return lambda images: model(images).argmax(1)


@fit.mistake(
    "The model has the wrong number of scores: ten digits, ten scores.", look="How many outputs has your last layer?"
)
def gave_one_score(X, y, seed):
    torch.manual_seed(seed)
    return _train(nn.Sequential(nn.Flatten(), nn.Linear(64, 1)), X, y.clamp(max=0), most_steps=1).eval()
