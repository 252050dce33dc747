import numpy as np
import pytest
import torch
from torch import nn

from course_utils.widgets import neuron_heatmap
from course_utils.widgets.neuron import ACTIVATIONS

X = torch.tensor([[1.0, 0.0], [-1.0, 0.0], [0.0, 2.0], [0.5, -0.5]])
LABELS = torch.tensor([1, 0, 0, 1])


@pytest.mark.parametrize(
    ("name", "of_torch"),
    [("none", nn.Identity()), ("sigmoid", torch.sigmoid), ("ReLU", torch.relu), ("GELU", nn.functional.gelu)],
)
def test_each_activation_is_the_one_torch_has(name, of_torch):
    z = torch.linspace(-30, 30, 301, dtype=torch.float64)
    function, _ = ACTIVATIONS[name]
    assert np.allclose(function(z.numpy()), of_torch(z).numpy(), atol=1e-12)


def test_the_words_say_z_and_a_and_count_points_as_a_layer_does():
    live = neuron_heatmap(X, LABELS, w1=2.0, w2=-1.0, b=0.5)
    z = X @ torch.tensor([2.0, -1.0]) + 0.5
    assert "z = 2.0·x₁ − 1.0·x₂ + 0.5" in live.description
    assert f"z runs from {z.min():.2f} to {z.max():.2f}" in live.description
    assert f"a from {torch.sigmoid(z).min():.2f} to {torch.sigmoid(z).max():.2f}" in live.description
    assert f"{int(((z > 0) == LABELS.bool()).sum())} of 4 points" in live.description


def test_the_activation_bends_the_output_and_leaves_the_line_and_the_count():
    live = neuron_heatmap(X, LABELS, w1=2.0, w2=-1.0, b=0.5)
    line = live.description.split("The line")[1].split(".")[0]
    count = live.description.split(". ")[-1]
    live.move(activation="ReLU")
    assert line in live.description
    assert live.description.endswith(count)
    assert "the activation ReLU" in live.description


def test_without_a_bias_the_line_passes_through_the_origin():
    live = neuron_heatmap(X, LABELS, b=1.5)
    assert "at a distance of 1.06" in live.description
    next(button for button in live.buttons if button.description == "No bias").click()
    assert live.values["b"] == 0
    assert "passes through the origin" in live.description


def test_a_neuron_with_no_weights_has_no_line():
    live = neuron_heatmap(X, LABELS)
    live.move(w1=0.0, w2=0.0)
    assert "there is no line" in live.description
