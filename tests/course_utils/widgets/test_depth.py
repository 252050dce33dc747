import numpy as np
import pytest
import torch

from course_utils.data import load_digits_small
from course_utils.widgets import LiveFigure, depth_explorer
from course_utils.widgets.depth import ACTIVATIONS, INITS, draw_weights, measure_depth

BENDS = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "ReLU": torch.relu}


def digits() -> tuple[np.ndarray, np.ndarray]:
    small = load_digits_small(torch.float64)
    return small.images[:32].reshape(32, 64).numpy(), small.labels[:32].numpy()


def explorer(**settings) -> LiveFigure:
    return depth_explorer(*digits(), **settings)


def press(live: LiveFigure, label: str) -> None:
    next(button for button in live.buttons if button.description == label).click()


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("init", INITS)
@pytest.mark.parametrize("layers", [2, 6])
def test_gradients_and_spreads_are_those_of_autograd(activation, init, layers):
    X, labels = digits()
    spreads, norms = measure_depth(X, labels, layers, 16, activation, init)
    weights = [torch.tensor(W, requires_grad=True) for W in draw_weights((64, *[16] * (layers - 1), 10), init)]
    a, expected = torch.from_numpy(X), []
    for W in weights[:-1]:
        a = BENDS[activation](a @ W.T)
        expected.append(a.std(correction=0).item())
    torch.nn.functional.cross_entropy(a @ weights[-1].T, torch.from_numpy(labels)).backward()
    assert np.allclose(norms, [W.grad.norm().item() for W in weights], rtol=1e-6)
    assert np.allclose(spreads, expected)


@pytest.mark.parametrize("move", [{"layers": 9}, {"activation": "tanh"}, {"init": "0.01"}])
def test_a_move_changes_picture_and_words_and_moving_back_restores_both(move):
    live = explorer()
    before, origin = (live.png, live.description), {name: live.values[name] for name in move}
    for name, value in move.items():
        live.controls[name].value = value
    assert live.png != before[0]
    assert live.description != before[1]
    assert live.png[16:24] == before[0][16:24]
    artists = len(live.figure.findobj())
    live.redraw()
    assert len(live.figure.findobj()) == artists
    live.move(**origin)
    assert (live.png, live.description) == before


@pytest.mark.parametrize(
    ("button", "said"),
    [
        ("Vanishing", "the gradient vanishes"),
        ("Exploding", "the gradient explodes"),
        ("Healthy", "every layer gets a gradient of a similar size"),
    ],
)
def test_each_button_shows_its_case(button, said):
    live = explorer(layers=15, activation="tanh", init="0.01")
    press(live, button)
    assert said in live.description


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("init", INITS)
@pytest.mark.parametrize("layers", [2, 30])
def test_every_corner_can_be_drawn(activation, init, layers):
    live = explorer(activation=activation, init=init, layers=layers)
    assert live.png[:8] == b"\x89PNG\r\n\x1a\n"
    assert "nan" not in live.description
