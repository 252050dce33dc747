import pytest
import torch

from course_utils.widgets import boundary_film

X = torch.randn(60, 2, generator=torch.Generator().manual_seed(1))
LABELS = (X[:, 0] ** 2 > 0.5).float()


def straight(x: torch.Tensor) -> torch.Tensor:
    return torch.sigmoid(5 * x[:, :1])


def curved(x: torch.Tensor) -> torch.Tensor:
    return torch.sigmoid(9 * (x[:, 0] ** 2 - 0.5))


def certain(x: torch.Tensor) -> torch.Tensor:
    return torch.full((len(x),), 0.9)


FILMS = {"lines": [(0, certain), (10, straight)], "curves": [(0, certain), (10, curved)]}


def test_the_words_count_the_points_and_tell_straight_from_bent():
    live = boundary_film(X, LABELS, FILMS, film="lines", fineness=40)
    share = ((straight(X)[:, 0] > 0.5) == LABELS.bool()).float().mean()
    assert "lines after 10 training steps" in live.description
    assert "a straight border" in live.description
    assert f"{share:.0%} of the 60 points" in live.description
    assert "At the same step: curves 100%" in live.description
    live.move(film="curves")
    assert "a border with bends" in live.description
    assert "100% of the 60 points" in live.description


def test_a_model_without_a_border_is_said_to_have_none():
    live = boundary_film(X, LABELS, FILMS, step=0, fineness=40)
    assert "no border" in live.description
    live.move(frame=1)
    assert "no border" not in live.description


def test_the_buttons_go_through_the_film_and_stop_at_its_end():
    live = boundary_film(X, LABELS, FILMS, step=0, fineness=20)
    press = {button.description: button.click for button in live.buttons}
    press["Next"]()
    press["Next"]()
    assert live.values["frame"] == 1
    press["First step"]()
    assert live.values["frame"] == 0
    press["Last step"]()
    assert "after 10 training steps" in live.description


def test_films_of_different_steps_are_refused():
    with pytest.raises(ValueError, match="same steps"):
        boundary_film(X, LABELS, {"a": [(0, straight)], "b": [(5, straight)]})


def test_the_models_are_asked_in_the_points_own_dtype():
    layer = torch.nn.Sequential(torch.nn.Linear(2, 1, dtype=torch.float64), torch.nn.Sigmoid())
    live = boundary_film(X.double(), LABELS, {"one layer": [(0, layer)]}, fineness=20)
    assert "one layer after 0 training steps" in live.description
