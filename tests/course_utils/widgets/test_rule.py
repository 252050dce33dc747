import math

import pytest
import torch

from course_utils.widgets import LiveFigure, rule_explorer
from course_utils.widgets.rule import to_slider


def cloud() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(80) % 2
    return torch.randn(80, 2, generator=generator) + 2 * labels[:, None] - 1, labels


def explorer(**settings) -> LiveFigure:
    return rule_explorer(*cloud(), ("ink", "symmetry"), groups=("a one", "a zero"), **settings)


@pytest.mark.parametrize("angle", [-180, -35, 0, 90])
@pytest.mark.parametrize("offset", [-3.0, 0.0, 0.7])
def test_the_shares_are_those_a_loop_counts(angle, offset):
    live = explorer(angle=angle, offset=offset)
    points, labels = cloud()
    right = {0: 0, 1: 0}
    for (x, y), label in zip(points.tolist(), labels.tolist(), strict=True):
        said = math.cos(math.radians(angle)) * x + math.sin(math.radians(angle)) * y > offset
        right[label] += said == bool(label)
    assert f"{right[0] / 40:.1%} of a one, {right[1] / 40:.1%} of a zero" in live.description
    assert f"{(right[0] + right[1]) / 80:.1%} of all" in live.description


@pytest.mark.parametrize("move", [{"angle": 45}, {"offset": 1.0}])
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


def test_a_learned_border_becomes_an_angle_and_an_offset():
    assert to_slider(torch.tensor([[0.0, 2.0]]), torch.tensor([-3.0])) == (90, 1.5)
    assert to_slider([-1.0, -1.0], 0.0) == (-135, 0.0)
    assert to_slider([1e-3, 0.0], -5.0) == (0, 3.0)  # the slider ends there


def test_the_buttons_show_the_learned_border_and_the_first_one():
    live = explorer(angle=180, learned=([1.0, 1.0], 0.0))
    press = {button.description: button.click for button in live.buttons}
    press["Learned"]()
    assert live.values == {"angle": 45, "offset": 0.0}
    press["Start again"]()
    assert live.values == {"angle": 180, "offset": 0.0}
    assert [button.description for button in explorer().buttons] == ["Start again"]
