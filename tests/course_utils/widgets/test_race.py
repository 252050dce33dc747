import numpy as np
import pytest
import torch

from course_utils.widgets import LiveFigure, optimiser_race
from course_utils.widgets.race import RUNNERS, SURFACES, walk

EVERY = pytest.mark.parametrize("surface", SURFACES)


def race(**settings) -> LiveFigure:
    return optimiser_race(**{"fineness": 20, **settings})


def press(live: LiveFigure, label: str) -> None:
    next(button for button in live.buttons if button.description == label).click()


@EVERY
@pytest.mark.parametrize("runner", RUNNERS)
def test_each_runner_walks_as_the_optimiser_of_torch_does(surface, runner):
    ground = SURFACES[surface]
    point = torch.tensor(ground.start, dtype=torch.float64, requires_grad=True)
    optimizer = {
        "SGD": lambda: torch.optim.SGD([point], lr=0.03),
        "momentum": lambda: torch.optim.SGD([point], lr=0.03, momentum=0.8),
        "Adam": lambda: torch.optim.Adam([point], lr=0.03),
    }[runner]()
    points = [point.detach().clone()]
    for _ in range(40):
        optimizer.zero_grad()
        ground.height(point[0], point[1]).backward()
        optimizer.step()
        points.append(point.detach().clone())
    assert np.allclose(walk(runner, ground, 40, 0.03, 0.8), torch.stack(points).numpy())


@EVERY
def test_the_bottom_is_level_and_nothing_in_the_window_is_lower(surface):
    ground = SURFACES[surface]
    assert np.allclose(ground.slopes(*ground.bottom), 0, atol=1e-5)
    west, east, south, north = ground.window
    p, q = np.meshgrid(np.linspace(west, east, 201), np.linspace(south, north, 201))
    assert ground.above_bottom(np.stack([p, q], axis=-1)).min() > -1e-9


@pytest.mark.parametrize(
    "move",
    [
        {"steps": 7},
        {"lr": 0.001},
        {"adam_lr": 0.5},
        {"momentum": 0.5},
        {"noise": 2.0},
        {"surface": "saddle"},
        {"surface": "two valleys", "steps": 3},
    ],
)
def test_a_move_changes_picture_and_words_and_moving_back_restores_both(move):
    live = race()
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


@EVERY
@pytest.mark.parametrize("rate", [0.001, 1.0])
def test_both_ends_of_every_slider_can_be_drawn(surface, rate):
    live = race(surface=surface)
    for steps in (0, 200):
        live.move(steps=steps, lr=rate, adam_lr=rate, momentum=0.99, noise=4.0)
        assert live.png[:8] == b"\x89PNG\r\n\x1a\n"
        assert "nan" not in live.description


def test_sgd_diverges_above_two_divided_by_the_steepest_curvature():
    live = race(steps=200)
    live.move(lr=0.079, momentum=0.0)
    assert "climbed" not in live.description
    live.move(lr=0.081)
    assert "SGD and momentum climbed above the start" in live.description


def test_the_buttons_step_and_stop_at_both_ends():
    live = race(steps=195)
    press(live, "Ten steps")
    assert live.values["steps"] == 200
    press(live, "Back")
    assert live.values["steps"] == 199
    press(live, "Start")
    press(live, "Back")
    assert live.values["steps"] == 0
    assert "all three are level" in live.description
    press(live, "Step")
    assert "After 1 steps" in live.description
