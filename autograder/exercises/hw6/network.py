"""Classify pictures with one hidden layer."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from autograder.draws import SINGLE, not_contiguous
from autograder.exercise import Exercise, case, seen, tensor


def _pictures(
    generator: torch.Generator, *shape: int, hidden: int, classes: int, dtype: torch.dtype = SINGLE
) -> dict[str, Any]:
    """Draw pictures of seventeen greys, as scanned digits have them."""
    greys = torch.randint(17, shape, generator=generator).to(dtype) / 16
    return {"images": greys, "hidden": hidden, "classes": classes}


class _MLP(nn.Module):
    def __init__(self, hidden, classes):
        super().__init__()
        self.net = nn.Sequential(nn.Flatten(), nn.Linear(784, hidden), nn.ReLU(), nn.Linear(hidden, classes))

    def forward(self, x):
        return self.net(x)


MLP = Exercise(
    "MLP",
    points=2,
    ask="An nn.Module with one hidden layer: pictures (N, 1, 28, 28) or (N, 28, 28) in, scores (N, classes) out.",
    reference=_MLP,
    driver="image_classifier",
    cases=[
        case("two pictures", lambda generator: _pictures(generator, 2, 1, 28, 28, hidden=5, classes=3)),
        case("without the axis of the channel", lambda generator: _pictures(generator, 3, 28, 28, hidden=6, classes=4)),
        case("one picture", lambda generator: _pictures(generator, 1, 1, 28, 28, hidden=8, classes=10)),
        case("pictures that are not contiguous",
             not_contiguous(lambda generator: _pictures(generator, 2, 1, 28, 28, hidden=4, classes=3))),
        case("float64", lambda generator: _pictures(generator, 4, 28, 28, hidden=7, classes=2, dtype=torch.float64)),
    ],
    hidden=[
        case("many pictures", lambda generator: _pictures(generator, 16, 1, 28, 28, hidden=32, classes=10)),
        case("28 pictures", lambda generator: _pictures(generator, 28, 28, 28, hidden=11, classes=5)),
        case("a single picture", lambda generator: _pictures(generator, 1, 28, 28, hidden=9, classes=6)),
        case("not contiguous, no channel",
             not_contiguous(lambda generator: _pictures(generator, 3, 28, 28, hidden=12, classes=10))),
    ],
    parts=[
        tensor("scores", is_returned=False),
        seen("numbers that can be trained"),
        seen("weight matrices (3 = three or more)"),
        seen("hidden layer grows with hidden (1 = yes)"),
        seen("weights that two models share"),
        seen("each row adds up to 1 (1 = yes)"),
        seen("each row is log-probabilities (1 = yes)"),
        seen("scores are cut off below 0 (1 = yes)"),
        seen("scores lie between 0 and 1 (1 = yes)"),
        seen("scores are what the last layer gives (1 = yes)"),
        seen("output bends (1 = yes, 0 = a straight line)"),
        seen("gradient reaches every weight (1 = yes)"),
        seen("same scores in a second call (1 = yes)"),
        seen("a picture alone gets the same scores (1 = yes)"),
    ],
)  # fmt: skip


class _Net(nn.Module):
    """Two layers with a forward pass to be replaced: the frame of several mistakes."""

    def __init__(self, hidden, classes):
        super().__init__()
        self.a, self.b = nn.Linear(784, hidden), nn.Linear(hidden, classes)

    def forward(self, x):
        return self.b(torch.relu(self.a(x.flatten(1))))


@MLP.mistake(
    "The scores go through softmax: the loss takes raw scores and does that itself.",
    look="What does each row of the output add up to?",
    credit=0.5,
)
class ended_in_softmax(_Net):
    def forward(self, x):
        return super().forward(x).softmax(1)


@MLP.mistake(
    "The scores go through log-softmax: the text asks for raw scores.",
    look="What is the last thing forward does?",
    credit=0.5,
)
class ended_in_log_softmax(_Net):
    def forward(self, x):
        return super().forward(x).log_softmax(1)


@MLP.mistake(
    "Softmax runs over the pictures of the batch: what one picture gets depends on the others. No softmax is needed.",
    look="What happens when a picture comes alone?",
)
class took_softmax_over_the_batch(_Net):
    def forward(self, x):
        return super().forward(x).softmax(0)


@MLP.mistake(
    "There is no nonlinearity between the layers: two linear layers in a row are one linear layer.",
    look="What stands between your first and your second layer?",
)
class forgot_the_nonlinearity(_Net):
    def forward(self, x):
        return self.b(self.a(x.flatten(1)))


@MLP.mistake(
    "The nonlinearity comes after the last layer: it belongs between the two, and scores may be negative.",
    look="Which values can your scores not have?",
)
class put_the_nonlinearity_last(_Net):
    def forward(self, x):
        return torch.relu(self.b(self.a(x.flatten(1))))


@MLP.mistake(
    "There is one nonlinearity too many: after the last layer the scores stay as they are.",
    look="Which values can your scores not have?",
    credit=0.5,
)
class cut_off_the_scores(_Net):
    def forward(self, x):
        return torch.relu(super().forward(x))


@MLP.mistake(
    "The scores are squeezed by a sigmoid or tanh at the end: raw scores are asked for.",
    look="What is the last thing forward does?",
    credit=0.5,
)
class squeezed_the_scores(_Net):
    def forward(self, x):
        return torch.tanh(super().forward(x))


@MLP.mistake(
    "The scores go through a sigmoid at the end: raw scores are asked for.",
    look="What is the last thing forward does?",
    credit=0.5,
)
class ended_in_sigmoid(_Net):
    def forward(self, x):
        return torch.sigmoid(super().forward(x))


@MLP.mistake(
    "The layers stand in a plain list, where the model does not see them: nothing could be trained.",
    look="What does model.parameters() give? There is a list that a module does see.",
)
class hid_the_layers_in_a_list(nn.Module):
    def __init__(self, hidden, classes):
        super().__init__()
        self.layers = [nn.Linear(784, hidden), nn.Linear(hidden, classes)]

    def forward(self, x):
        return self.layers[1](torch.relu(self.layers[0](x.flatten(1))))


@MLP.mistake(
    "The pictures are not laid flat: a linear layer works on the last axis only, here on rows of 28.",
    look="Print the shape before your first layer.",
)
class forgot_to_flatten(nn.Module):
    def __init__(self, hidden, classes):
        super().__init__()
        self.a, self.b = nn.Linear(28, hidden), nn.Linear(hidden, classes)

    def forward(self, x):
        return self.b(torch.relu(self.a(x)))


@MLP.mistake(
    "There are two hidden layers: the text asks for one.", look="How many linear layers are in your model?", credit=0.5
)
class added_a_hidden_layer(nn.Module):
    def __init__(self, hidden, classes):
        super().__init__()
        self.net = nn.Sequential(
            nn.Flatten(),
            nn.Linear(784, hidden),
            nn.ReLU(),
            nn.Linear(hidden, hidden),
            nn.ReLU(),
            nn.Linear(hidden, classes),
        )

    def forward(self, x):
        return self.net(x)


@MLP.mistake("There is no hidden layer: the pixels go straight to the scores.", look="Where is `hidden` used?")
class forgot_the_hidden_layer(nn.Module):
    def __init__(self, hidden, classes):
        super().__init__()
        self.a = nn.Linear(784, classes)

    def forward(self, x):
        return self.a(x.flatten(1))


@MLP.mistake(
    "Dropout is at work: the same picture gets other scores each time. This model has none.",
    look="What differs between two calls on the same picture?",
    credit=0.5,
)
class added_dropout(_Net):
    def forward(self, x):
        return self.b(nn.functional.dropout(torch.relu(self.a(x.flatten(1))), 0.5))


@MLP.mistake("The width of the hidden layer is fixed: it must be `hidden`.", look="Where is `hidden` used?")
class fixed_the_width(_Net):
    def __init__(self, hidden, classes):
        super().__init__(64, classes)


@MLP.mistake("The number of scores is fixed at 10: it must be `classes`.", look="Where is `classes` used?")
class fixed_the_classes(_Net):
    def __init__(self, hidden, classes):
        super().__init__(hidden, 10)


@MLP.mistake("hidden and classes are exchanged.", look="In which order do the two numbers come?")
class exchanged_the_sizes(_Net):
    def __init__(self, hidden, classes):
        super().__init__(classes, hidden)


_BY_SIZE: dict[tuple[int, int], tuple[nn.Module, nn.Module]] = {}


@MLP.mistake(
    "All models share one set of layers: they must be made anew in __init__, for each model.",
    look="What happens to your first model when the second one is trained?",
)
class shared_the_layers(_Net):
    def __init__(self, hidden, classes):
        super().__init__(hidden, classes)
        self.a, self.b = _BY_SIZE.setdefault((hidden, classes), (self.a, self.b))


@MLP.mistake(
    "The layers are made inside forward: each call starts with fresh random weights, and nothing can be trained.",
    look="What does model.parameters() give?",
)
class made_the_layers_in_forward(nn.Module):
    def __init__(self, hidden, classes):
        super().__init__()
        self.hidden, self.classes = hidden, classes

    def forward(self, x):
        a, b = nn.Linear(784, self.hidden), nn.Linear(self.hidden, self.classes)
        return b(torch.relu(a(x.flatten(1))))


@MLP.mistake(
    "The graph is cut in forward (detach, no_grad, .data or NumPy): no gradient reaches the first layer.",
    look="Which step takes the gradient away?",
)
class cut_the_graph(_Net):
    def forward(self, x):
        return self.b(torch.relu(self.a(x.flatten(1))).detach())


@MLP.mistake(
    "The pictures are averaged over rows before the first layer: all 784 pixels go in.",
    look="How many inputs has your first layer?",
)
class averaged_the_rows(nn.Module):
    def __init__(self, hidden, classes):
        super().__init__()
        self.a, self.b = nn.Linear(28, hidden), nn.Linear(hidden, classes)

    def forward(self, x):
        return self.b(torch.relu(self.a(x.reshape(len(x), 28, 28).mean(1))))


@MLP.mistake(
    "forward gives the predicted class: the loss needs the scores of all classes.",
    look="What shape does forward return?",
)
class predicted_the_class(_Net):
    def forward(self, x):
        return super().forward(x).argmax(1)
