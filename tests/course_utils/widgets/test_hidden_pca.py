import numpy as np
import pytest
import torch

from course_utils.widgets import LiveFigure, hidden_pca
from course_utils.widgets.hidden_pca import find_components, find_nearest_means, look_at

LABELS = np.arange(60) % 3


def cloud(apart: float, width: int = 6) -> torch.Tensor:
    generator = torch.Generator().manual_seed(width)
    centres = apart * torch.eye(3, width)
    return centres[torch.from_numpy(LABELS)] + torch.randn(60, width, generator=generator)


def networks() -> dict[str, dict[str, torch.Tensor]]:
    return {
        "trained": {"pixels": cloud(0.0), "hidden 1": cloud(2.0, 5), "scores": cloud(20.0, 4)},
        "untrained": {"pixels": cloud(0.0), "hidden 1": cloud(0.5, 5), "scores": cloud(0.0, 4)},
    }


def explorer(**settings) -> LiveFigure:
    return hidden_pca(networks(), torch.from_numpy(LABELS), **settings)


def press(live: LiveFigure, label: str) -> None:
    next(button for button in live.buttons if button.description == label).click()


@pytest.mark.parametrize("shape", [(60, 6), (8, 20)])
def test_the_components_are_those_of_torch(shape):
    values = torch.randn(shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    points, spread = find_components(values.numpy())
    variances, directions = torch.linalg.eigh(torch.cov(values.T))  # ascending
    expected = (values - values.mean(dim=0)) @ directions.flip(1)[:, :2]
    assert np.allclose(np.abs(points), expected.abs())
    assert spread == pytest.approx((variances[-2:].sum() / variances.sum()).item())


def test_a_component_points_the_same_way_each_time():
    values = cloud(3.0).numpy()
    there, back = find_components(values)[0], find_components(-values)[0]
    assert np.allclose(there.max(axis=0), np.abs(there).max(axis=0))
    assert np.allclose(np.abs(there), np.abs(back))


def test_nearest_means_leave_the_example_itself_out():
    values = cloud(1.0).numpy()
    expected = []
    for i, value in enumerate(values):
        others = np.arange(60) != i
        means = [values[others & (k == LABELS)].mean(axis=0) for k in range(3)]
        expected.append(int(np.argmin([((value - mean) ** 2).sum() for mean in means])))
    assert find_nearest_means(values, LABELS).tolist() == expected


def test_a_class_of_one_has_no_mean_without_itself():
    values = np.array([[0.0], [0.1], [0.2], [9.0]])
    assert find_nearest_means(values, np.array([0, 0, 0, 1])).tolist() == [0, 0, 0, 0]


def test_classes_far_apart_are_told_apart_and_mixed_ones_named():
    far, near = look_at(cloud(20.0), LABELS), look_at(cloud(0.0), LABELS)
    assert (far.own, far.mixed) == (1.0, None)
    assert near.own < 0.6
    assert near.mixed is not None
    assert set(near.mixed) <= {0, 1, 2}


@pytest.mark.parametrize("move", [{"layer": 0}, {"network": "untrained"}, {"digit": 2}])
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


def test_the_buttons_walk_through_the_layers():
    live = explorer(layer=1)
    press(live, "First layer")
    assert "layer 'pixels' of the trained network, 6 numbers each" in live.description
    press(live, "Next")
    assert "layer 'hidden 1'" in live.description
    press(live, "Last layer")
    press(live, "Next")
    assert "layer 'scores' of the trained network, 4 numbers each" in live.description
    assert "100% are nearest to the mean of their own class by all 4 numbers" in live.description


def test_one_digit_alone_is_said():
    live = explorer()
    live.controls["digit"].value = 1
    assert "Only the digit 1 is in colour" in live.description


def test_ten_classes_and_a_dead_layer_can_be_drawn():
    labels = np.arange(40) % 10
    live = hidden_pca({"net": {"pixels": np.random.default_rng(0).random((40, 7)), "dead": np.zeros((40, 5))}}, labels)
    assert live.png[:8] == b"\x89PNG\r\n\x1a\n"
    assert "nan" not in live.description


def test_networks_of_different_layers_are_refused():
    other = {"net": {"pixels": cloud(0.0)}, "other": {"pixels": cloud(0.0), "scores": cloud(1.0)}}
    with pytest.raises(ValueError, match="the same names of layers"):
        hidden_pca(other, LABELS)
