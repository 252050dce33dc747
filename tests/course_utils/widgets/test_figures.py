"""Each live figure, as its callbacks: set a control, and picture and words must follow."""

import html
import struct

import ipywidgets as widgets
import numpy as np
import pytest
import torch

from course_utils.data import load_scores
from course_utils.widgets import (
    LiveFigure,
    boundary_film,
    bump_builder,
    contour_stepper,
    learning_rate_explorer,
    line_and_squares,
    minibatch_explorer,
    neuron_heatmap,
    outlier_explorer,
    zero_grad_explorer,
)
from course_utils.widgets.outlier import find_least_absolute_line


def squares() -> LiveFigure:
    return line_and_squares(*load_scores())


def rate() -> LiveFigure:
    return learning_rate_explorer(*load_scores())


def contour() -> LiveFigure:
    return contour_stepper(*load_scores(), start=(0.0, 12.0), fineness=20)


def outlier() -> LiveFigure:
    return outlier_explorer(*load_scores(), row=7)


def piling() -> LiveFigure:
    return zero_grad_explorer(*load_scores(), fineness=20)


def batches() -> LiveFigure:
    return minibatch_explorer(*load_scores(), fineness=20)


def points() -> tuple[torch.Tensor, torch.Tensor]:
    X = torch.randn(40, 2, generator=torch.Generator().manual_seed(0))
    return X, (X[:, 0] > X[:, 1]).float()


def neuron() -> LiveFigure:
    return neuron_heatmap(*points())


def film() -> LiveFigure:
    def lean(step: int, bend: float):
        return step, lambda x: torch.sigmoid(x[:, 0] * step - x[:, 1] + bend * x[:, 1] ** 2)

    films = {"straight": [lean(0, 0.0), lean(2, 0.0), lean(4, 0.0)], "bent": [lean(0, 1), lean(2, 1), lean(4, 1)]}
    return boundary_film(*points(), films, fineness=30)


def bumps() -> LiveFigure:
    return bump_builder()


MAKERS = [squares, rate, contour, outlier, piling, batches, neuron, film, bumps]
MOVES = [
    (squares, {"w": 2.0}),
    (squares, {"b": -3.0}),
    (rate, {"steps": 3}),
    (contour, {"steps": 5}),
    (contour, {"lr": 0.002, "steps": 7}),
    (contour, {"inputs": "standardised"}),
    (outlier, {"final": 90.0}),
    (piling, {"is_cleared": True}),
    (piling, {"lr": 0.3, "steps": 12}),
    (batches, {"batch_size": 1}),
    (batches, {"lr": 0.05, "epochs": 9}),
    (neuron, {"w1": -2.0}),
    (neuron, {"w2": 0.5, "b": 2.0}),
    (neuron, {"activation": "GELU"}),
    (film, {"frame": 1}),
    (film, {"film": "bent"}),
    (bumps, {"bumps": 12}),
    (bumps, {"shown": 5}),
    (bumps, {"target": "jump"}),
]


def press(live: LiveFigure, label: str) -> None:
    next(button for button in live.buttons if button.description == label).click()


@pytest.mark.parametrize(("make", "values"), MOVES)
def test_moving_a_control_changes_picture_and_words_and_moving_back_restores_both(make, values):
    live = make()
    before = (live.png, live.description)
    origin = {name: live.values[name] for name in values}
    for name, value in values.items():
        live.controls[name].value = value  # as the browser does it
    assert live.png != before[0]
    assert live.description != before[1]
    live.move(**origin)
    assert (live.png, live.description) == before


@pytest.mark.parametrize("make", MAKERS)
def test_the_picture_is_a_png_of_the_same_size_whatever_the_controls_say(make):
    live = make()
    size = live.png[16:24]
    for control in live.controls.values():
        if isinstance(control, widgets.FloatSlider | widgets.IntSlider):
            for end in (control.min, control.max):
                control.value = end
                assert live.png[:8] == b"\x89PNG\r\n\x1a\n"
                assert live.png[16:24] == size
        else:
            for _, option in control._options_full:
                control.value = option
                assert live.png[16:24] == size
    assert struct.unpack(">II", size)[0] > 600


@pytest.mark.parametrize("make", MAKERS)
def test_words_and_name_of_the_picture_follow_its_state(make):
    live = make()
    assert html.escape(live.description) in live.words.value
    assert 'role="status"' in live.words.value
    assert live.description.startswith(live.picture.tooltip)
    assert len(live.description) > 120


@pytest.mark.parametrize(("make", "values"), MOVES)
def test_redrawing_piles_nothing_up_on_the_one_figure(make, values):
    live = make()
    live.move(**values)
    figure, artists = live.figure, len(live.figure.findobj())
    for _ in range(3):
        live.redraw()
    assert live.figure is figure
    assert len(figure.findobj()) == artists


def test_several_controls_are_moved_with_one_redraw():
    drawn = []
    live = squares()
    update = live._update
    live._update = lambda **values: drawn.append(values) or update(**values)
    live.move(w=1.0, b=2.0)
    assert drawn == [{"w": 1.0, "b": 2.0}]
    with pytest.raises(KeyError):
        live.move(nothing=1)
    live.controls["w"].value = 1.5
    assert drawn[-1] == {"w": 1.5, "b": 2.0}  # still listening after the mistake


def test_squares_say_the_errors_of_the_line_that_torch_computes():
    quiz, final = load_scores()
    live = line_and_squares(quiz, final)
    live.move(w=1.0, b=5.0)
    residual = final - (quiz + 5)
    assert f"SSE = {(residual**2).sum():.1f}" in live.description
    assert f"MSE = {(residual**2).mean():.2f}" in live.description
    assert f"{(residual > 0).sum()} points lie above" in live.description
    press(live, "Best line")
    assert "MSE = 18.60" in live.description
    press(live, "Start again")
    assert (live.values["w"], live.values["b"]) == (0.5, 8.0)


def test_the_best_line_can_be_kept_back():
    live = line_and_squares(*load_scores(), has_best_button=False)
    assert [button.description for button in live.buttons] == ["Start again"]


@pytest.mark.parametrize(
    ("button", "said"),
    [
        ("Too small", "the walk creeps"),
        ("Right", "walks down on one side"),
        ("Overshoots", "it overshoots"),
        ("Too large", "it diverges"),
    ],
)
def test_each_face_of_the_learning_rate_has_a_button_and_a_word(button, said):
    live = rate()
    press(live, button)
    assert said in live.description
    assert "diverges above η = 0.00659" in live.description


def test_the_learning_rate_walk_is_what_a_loop_computes():
    quiz, final = load_scores()
    live = learning_rate_explorer(quiz, final, lr=0.002, steps=4)
    w = torch.tensor(0.0, dtype=torch.float64)
    for _ in range(4):
        w = w - 0.002 * 2 * ((w * quiz - final) * quiz).mean()
    assert f"w = {w:.4g} and MSE = {((w * quiz - final) ** 2).mean():.4g}" in live.description


def test_the_stepper_steps_back_and_stops_at_both_ends():
    live = contour()
    press(live, "Back")
    assert live.values["steps"] == 0
    press(live, "Step")
    press(live, "Ten steps")
    assert live.values["steps"] == 11
    press(live, "Back")
    assert live.values["steps"] == 10
    for _ in range(9):
        press(live, "Ten steps")
    assert live.values["steps"] == 60
    press(live, "Start again")
    assert "After 0 steps" in live.description


def test_the_stepper_says_narrow_and_round_diverging_and_arrived():
    live = contour()
    live.move(lr=0.0066, steps=60)
    assert "long, narrow valley" in live.description
    assert "diverges" in live.description
    live.move(inputs="standardised", lr=0.5, steps=1)
    assert "round bowl" in live.description
    assert "MSE = 18.6; the walk has arrived" in live.description


def test_both_maps_begin_with_the_same_line():
    quiz, final = load_scores()
    live = contour_stepper(quiz, final, start=(1.0, 3.0), fineness=20)
    start = ((quiz + 3.0 - final) ** 2).mean().item()
    assert f"MSE = {start:.4g}" in live.description
    live.move(inputs="standardised")
    assert f"MSE = {start:.4g}" in live.description


def test_the_line_of_least_absolute_residuals_beats_every_line_near_it():
    quiz, final = load_scores()
    w, b = find_least_absolute_line(quiz, final)
    least = (final - (w * quiz + b)).abs().sum()
    random = np.random.default_rng(0)
    for dw, db in random.normal(0, [0.3, 3], size=(500, 2)):
        assert (final - ((w + dw) * quiz + b + db)).abs().sum() >= least - 1e-9


def test_the_absolute_line_does_not_follow_a_typing_error_and_the_squares_do():
    live = outlier()
    dashed = "(dashed) is ŷ = 1.60·x − 1.20"
    assert dashed in live.description
    assert "(solid) is ŷ = 1.31·x + 0.65" in live.description
    live.move(final=97.7)
    assert dashed in live.description
    assert "(solid) is ŷ = 2.10·x − 2.44" in live.description
    press(live, "Real score")
    assert "(solid) is ŷ = 1.31·x + 0.65" in live.description
