import re

import pytest
import torch

from course_utils.widgets import LiveFigure, cross_entropy_gap
from course_utils.widgets.entropy import cross_entropy_of_two, entropy_of_two


def press(live: LiveFigure, label: str) -> None:
    next(button for button in live.buttons if button.description == label).click()


def numbers(live: LiveFigure) -> tuple[float, float, float]:
    """Return H, CE and KL as the words give them."""
    found = re.search(
        r"H\(p\) = ([\d.]+) nats.*cross entropy is ([\d.]+) nats.*KL\(p‖q\) is ([\d.]+) nats", live.description
    )
    return tuple(float(number) for number in found.groups())


@pytest.mark.parametrize(("p", "q"), [(0.7, 0.3), (0.5, 0.5), (1.0, 0.2), (0.0, 0.9), (0.01, 0.99)])
def test_entropy_and_cross_entropy_are_those_of_torch(p, q):
    truth, belief = torch.tensor([p, 1 - p], dtype=torch.float64), torch.tensor([q, 1 - q], dtype=torch.float64)
    assert cross_entropy_of_two(p, q) == pytest.approx(-torch.xlogy(truth, belief).sum().item())
    assert entropy_of_two(p) == pytest.approx(torch.distributions.Categorical(truth).entropy().item(), abs=1e-6)


@pytest.mark.parametrize("move", [{"p": 0.2}, {"q": 0.9}, {"p": 1.0}, {"p": 0.0, "q": 0.01}])
def test_a_move_changes_picture_and_words_and_the_parts_add_up(move):
    live = cross_entropy_gap()
    before, origin = (live.png, live.description), {name: live.values[name] for name in move}
    for name, value in move.items():
        live.controls[name].value = value
    assert live.png != before[0]
    assert live.png[16:24] == before[0][16:24]
    entropy, total, kl = numbers(live)
    assert total == pytest.approx(entropy + kl, abs=2e-3)
    assert kl >= 0
    live.move(**origin)
    assert (live.png, live.description) == before


def test_believing_the_truth_leaves_no_gap():
    live = cross_entropy_gap(p=0.35, q=0.8)
    press(live, "Believe the truth")
    assert live.values["q"] == 0.35
    assert numbers(live)[2] == 0
    assert "no gap is left" in live.description


def test_a_certain_label_leaves_no_entropy_and_the_loss_is_minus_the_log():
    live = cross_entropy_gap()
    press(live, "A certain label")
    entropy, total, kl = numbers(live)
    assert entropy == 0
    assert total == kl == pytest.approx(1.204)
    assert "minus ln 0.30" in live.description
    live.move(p=0.0)
    assert "minus ln 0.70" in live.description


def test_swapping_shows_that_kl_has_a_direction():
    live = cross_entropy_gap(p=0.5, q=0.1)
    there = numbers(live)[2]
    press(live, "Swap p and q")
    assert (live.values["p"], live.values["q"]) == (0.1, 0.5)
    assert numbers(live)[2] != there
    press(live, "Start again")
    assert (live.values["p"], live.values["q"]) == (0.5, 0.1)


def test_a_certain_truth_is_swapped_into_a_belief_the_slider_has():
    live = cross_entropy_gap(p=1.0, q=0.4)
    press(live, "Swap p and q")
    assert (live.values["p"], live.values["q"]) == (0.4, 0.99)


def test_redrawing_piles_nothing_up():
    live = cross_entropy_gap()
    artists = len(live.figure.findobj())
    live.move(p=0.1, q=0.2)
    assert len(live.figure.findobj()) == artists
