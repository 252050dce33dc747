import math

import numpy as np
import pytest
import torch

from course_utils.widgets import LiveFigure, probability_bars
from course_utils.widgets.probabilities import share_out

NAMES = ["cat", "dog", "hen"]


def bars(**settings) -> LiveFigure:
    return probability_bars([2.0, 1.0, -1.0], NAMES, **settings)


def press(live: LiveFigure, label: str) -> None:
    next(button for button in live.buttons if button.description == label).click()


def said(live: LiveFigure) -> float:
    return float(live.description.rsplit("is ", 1)[1].rstrip("."))


@pytest.mark.parametrize("temperature", [0.1, 1.0, 50.0])
@pytest.mark.parametrize("logits", [[2.0, 1.0, -1.0], [0.0, 0.0], [1000.0, -1000.0, 999.0]])
def test_shares_are_the_softmax_of_torch_whatever_the_logits(logits, temperature):
    expected = torch.softmax(torch.tensor(logits, dtype=torch.float64) / temperature, dim=0)
    assert np.allclose(share_out(np.array(logits), temperature), expected.numpy())


@pytest.mark.parametrize("move", [{"z0": -1.0}, {"z2": 3.0}, {"temperature": 0.1}, {"temperature": 50.0}, {"right": 2}])
def test_a_move_changes_picture_and_words_and_moving_back_restores_both(move):
    live = bars()
    before, origin = (live.png, live.description), {name: live.values[name] for name in move}
    for name, value in move.items():
        live.controls[name].value = value
    assert live.png != before[0]
    assert live.description != before[1]
    assert live.png[16:24] == before[0][16:24]
    live.move(**origin)
    assert (live.png, live.description) == before


@pytest.mark.parametrize("right", [0, 1, 2])
def test_the_loss_is_the_cross_entropy_of_torch(right):
    live = bars(right=right, temperature=2.0)
    z = torch.tensor([[2.0, 1.0, -1.0]]) / 2
    assert said(live) == pytest.approx(torch.nn.functional.cross_entropy(z, torch.tensor([right])).item(), abs=6e-4)


def test_the_loss_stays_finite_at_the_ends_of_all_sliders():
    live = bars(right=2)
    live.move(z0=6.0, z1=6.0, z2=-6.0, temperature=0.1)
    assert said(live) == pytest.approx(120 + math.log(2), abs=1e-3)


def test_adding_one_to_all_moves_the_logits_and_no_probability_and_stops_at_the_end():
    live = bars()
    shares = live.description.split("temperature 1: ")[1]
    press(live, "Add 1 to all")
    assert [live.values[f"z{row}"] for row in range(3)] == [3.0, 2.0, 0.0]
    assert live.description.split("temperature 1: ")[1] == shares
    for _ in range(9):
        press(live, "Add 1 to all")
    assert [live.values[f"z{row}"] for row in range(3)] == [6.0, 5.0, 3.0]
    press(live, "Start again")
    assert live.values["z0"] == 2.0


def test_equal_logits_cost_ln_c_and_say_so():
    live = bars()
    press(live, "All equal")
    assert said(live) == pytest.approx(math.log(3), abs=6e-4)
    assert "the loss is ln 3, whichever class is right" in live.description


def test_the_words_name_the_winner_when_it_is_the_wrong_class():
    live = bars(right=1)
    assert "goes to cat, but the right class is dog" in live.description
    live.move(right=0)
    assert "goes to the right class, cat" in live.description


def test_redrawing_piles_nothing_up():
    live = bars()
    artists = len(live.figure.findobj())
    live.move(z0=0.0, right=1)
    assert len(live.figure.findobj()) == artists
