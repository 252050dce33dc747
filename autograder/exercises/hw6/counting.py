"""Count what a model can learn."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import nn

from autograder.exercise import Exercise, case, scalar, seen


def _count_params(model):
    return sum(weight.numel() for weight in model.parameters() if weight.requires_grad)


def _some_layers(generator: torch.Generator, kinds: tuple[str, ...]) -> dict[str, Any]:
    """Draw a stack of layers of these kinds, of drawn widths."""
    widths = [int(torch.randint(2, 9, (), generator=generator)) for _ in range(len(kinds) + 1)]
    lines: list[list[Any]] = []
    for kind, inputs, outputs in zip(kinds, widths, widths[1:], strict=False):
        match kind:
            case "batchnorm" | "frozen batchnorm":
                lines.append([kind, inputs])
            case "relu" | "scale":
                lines.append([kind])
            case "again":
                lines.append([kind, 0])
            case "conv":
                lines.append([kind, inputs, outputs, 3])
            case _:
                lines.append([kind, inputs, outputs])
    return {"layers": lines}


count_params = Exercise(
    "count_params",
    points=1,
    ask="How many numbers of the model can be trained? Frozen ones do not count, shared ones count once.",
    reference=_count_params,
    driver="count_params",
    cases=[
        case("one linear layer", layers=[["linear", 3, 2]]),
        case("two linear layers", layers=[["linear", 4, 3], ["relu"], ["linear", 3, 2]]),
        case("a frozen layer", layers=[["frozen linear", 4, 3], ["relu"], ["linear", 3, 2]]),
        case("a layer used twice", layers=[["linear", 3, 3], ["relu"], ["again", 0], ["linear", 3, 2]]),
        case("two layers of the same size", layers=[["linear", 3, 3], ["relu"], ["linear", 3, 3]]),
        case("batch norm", layers=[["linear", 4, 3], ["batchnorm", 3], ["linear", 3, 2]]),
        case("a convolution", layers=[["conv", 2, 3, 3], ["relu"]]),
        case("an embedding and a single factor", layers=[["embedding", 7, 4], ["scale"]]),
        case("a model in a model", layers=[["group", ["linear", 3, 2], ["group", ["linear", 2, 5]]], ["linear", 5, 1]]),
        case("no bias", layers=[["linear without bias", 4, 3]]),
        case("nothing to train", layers=[["relu"]]),
    ],
    hidden=[
        case("a deep stack", partial(_some_layers, kinds=("linear", "relu", "linear", "batchnorm", "linear"))),
        case("frozen", partial(_some_layers, kinds=("frozen linear", "batchnorm", "frozen batchnorm", "linear"))),
        case("shared and convolved", partial(_some_layers, kinds=("conv", "again", "linear without bias", "scale"))),
        case("words", partial(_some_layers, kinds=("embedding", "again", "linear", "again"))),
    ],
    parts=[scalar("count"), seen("model is as it was (1 = yes)")],
)  # fmt: skip


@count_params.mistake(
    "The tensors are counted: a weight of 2 rows and 3 columns is one tensor, and six numbers.",
    look="How many numbers are in the weight of a layer from 3 to 2?",
)
def counted_the_tensors(model):
    return len([weight for weight in model.parameters() if weight.requires_grad])


@count_params.mistake(
    "The tensors are counted, frozen ones included: each holds many numbers.",
    look="How many numbers are in the weight of a layer from 3 to 2?",
)
def counted_all_tensors(model):
    return len(list(model.parameters()))


@count_params.mistake(
    "Frozen numbers are counted, too: they cannot be trained.", look="How do you see that a weight is frozen?"
)
def counted_frozen_numbers(model):
    return sum(weight.numel() for weight in model.parameters())


@count_params.mistake(
    "Biases are left out, and every layer that is not linear.", look="What does a layer learn beside its weight?"
)
def counted_linear_weights(model):
    return sum(module.weight.numel() for module in model.modules() if isinstance(module, nn.Linear))


@count_params.mistake(
    "Biases are left out: they are trained as well.", look="What does a layer learn beside its weight?"
)
def counted_only_weights(model):
    return sum(p.numel() for name, p in model.named_parameters() if p.requires_grad and not name.endswith("bias"))


@count_params.mistake(
    "Only linear layers are counted: other layers have numbers to train as well.",
    look="What do a convolution, an embedding and batch norm learn?",
)
def counted_only_linear_layers(model):
    return sum(
        p.numel()
        for module in model.modules()
        if isinstance(module, nn.Linear)
        for p in module.parameters()
        if p.requires_grad
    )


@count_params.mistake(
    "A layer that is used twice is counted twice: its numbers exist once.",
    look="How many different tensors are there?",
)
def counted_shared_numbers_twice(model):
    return sum(p.numel() for _, p in model.named_parameters(remove_duplicate=False) if p.requires_grad)


@count_params.mistake(
    "Two different tensors of the same size are counted once: a set of sizes drops one of them.",
    look="What does a set do with two equal numbers?",
)
def counted_each_size_once(model):
    return sum({p.numel() for p in model.parameters() if p.requires_grad})


@count_params.mistake(
    "Two different tensors of the same shape are counted once.", look="By what do you tell two tensors apart?"
)
def counted_each_shape_once(model):
    return sum(shape.numel() for shape in {p.shape for p in model.parameters() if p.requires_grad})


@count_params.mistake(
    "Running means and variances are counted: batch norm stores them, no gradient trains them.",
    look="What is in state_dict() that is not in parameters()?",
)
def counted_the_buffers(model):
    return _count_params(model) + sum(buffer.numel() for buffer in model.buffers())


@count_params.mistake(
    "Everything in state_dict() is counted: running statistics, frozen and shared numbers included.",
    look="What is in state_dict() that cannot be trained?",
)
def counted_the_state(model):
    return sum(value.numel() for value in model.state_dict().values())


@count_params.mistake(
    "The sides of each tensor are added: the count is their product.", look="How many numbers has a table of 2 by 3?"
)
def added_the_sides(model):
    return sum(sum(p.shape) for p in model.parameters() if p.requires_grad)


@count_params.mistake("Only the rows of each tensor are counted.", look="What does len() give for a table?")
def counted_the_rows(model):
    return sum(p.shape[0] if p.ndim else 1 for p in model.parameters() if p.requires_grad)


@count_params.mistake(
    "Bytes are counted: each float32 number takes four.", look="How many numbers has a table of 2 by 3?"
)
def counted_the_bytes(model):
    return sum(p.numel() * p.element_size() for p in model.parameters() if p.requires_grad)


@count_params.mistake(
    "The frozen numbers are counted, in place of the others.", look="Which of the two can be trained?"
)
def counted_only_frozen_numbers(model):
    return sum(p.numel() for p in model.parameters() if not p.requires_grad)


@count_params.mistake(
    "Numbers are counted only once they have a gradient: before the first backward there is none.",
    look="What is .grad before the first backward?",
)
def counted_where_gradients_are(model):
    return sum(p.numel() for p in model.parameters() if p.grad is not None)


@count_params.mistake(
    "Only the outermost layers are counted: a layer may hold layers itself.",
    look="What is inside a model inside a model?",
)
def counted_the_outermost_layers(model):
    return sum(
        p.numel()
        for module in {id(child): child for child in model.children()}.values()
        for p in module.parameters(recurse=False)
        if p.requires_grad
    )


@count_params.mistake("Only the first tensor is counted.", look="How far is your return indented?")
def counted_the_first_tensor(model):
    return next((p.numel() for p in model.parameters() if p.requires_grad), 0)


@count_params.mistake(
    "Your code freezes (or unfreezes) weights while it counts: the model must stay as it is.",
    look="What is set in your loop?",
    credit=0.5,
)
def froze_while_counting(model):
    count = _count_params(model)
    model.requires_grad_(False)
    return count
