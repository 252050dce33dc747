from itertools import product

import pytest
import torch
from torch import nn

from course_utils.widgets import LiveFigure, mode_switch
from course_utils.widgets.passes import pass_batch_norm, pass_dropout, pick_batch

Z = 3 + 2 * torch.randn(96, 6, generator=torch.Generator().manual_seed(0))
BATCH = Z[:8]


def switch(**settings) -> LiveFigure:
    return mode_switch(Z, **settings)


def press(live: LiveFigure, label: str) -> None:
    next(button for button in live.buttons if button.description == label).click()


def test_a_batch_keeps_its_first_picture_and_changes_all_others():
    for size in (1, 2, 4, 8):
        one, two = pick_batch(Z, size, "first"), pick_batch(Z, size, "others")
        assert one.shape == two.shape == (size, 6)
        assert (one[0] == Z[0]).all()
        assert (two[0] == Z[0]).all()
        assert (one[1:] != two[1:]).all()


def test_dropout_drops_about_p_scales_the_rest_and_averages_to_the_input():
    seen = pass_dropout(BATCH, "train", 0.4, 2000)
    kept = seen.outputs != 0
    assert torch.tensor(seen.outputs[kept]).allclose((BATCH / 0.6)[torch.tensor(kept)])
    assert abs(seen.average - BATCH.numpy()).max() < 0.4
    assert abs(pass_dropout(BATCH, "eval", 0.4, 3).average - BATCH.numpy()).max() < 1e-5


def test_dropout_leaves_the_learners_random_numbers_alone():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    pass_dropout(BATCH, "train", 0.5, 3)
    assert torch.equal(torch.rand(3), expected)


@pytest.mark.parametrize("passes", [0, 1, 7])
def test_batch_norm_has_the_running_statistics_of_the_layer_that_saw_those_batches(passes):
    norm = nn.BatchNorm1d(6)
    for number in range(passes):
        norm(Z[32 * (number % 3) : 32 * (number % 3) + 32])
    norm.eval()
    seen = pass_batch_norm(Z, BATCH, "eval", passes)
    assert torch.tensor(seen.outputs).allclose(norm(BATCH).detach(), atol=1e-6)
    assert torch.tensor(seen.running[0]).allclose(norm.running_mean, atol=1e-6)
    assert torch.tensor(seen.running[1] ** 2).allclose(norm.running_var, atol=1e-5)


def test_a_picture_depends_on_its_neighbours_in_training_mode_only():
    live = switch(layer="batch norm", mode="train", passes=20)
    assert "some of picture 1's numbers would change, by up to" in live.description
    assert "a mean 0.00 away from 0 and a spread of 1.00" in live.description
    live.controls["mode"].value = "eval"
    assert "picture 1's numbers would stay the same" in live.description


def test_one_picture_alone_is_refused_in_training_and_passes_in_evaluation():
    live = switch(layer="batch norm", mode="train", batch_size=1)
    assert "PyTorch refuses" in live.description
    assert "Expected more than 1 value per channel when training" in live.description
    live.controls["mode"].value = "eval"
    assert "refuses" not in live.description
    assert "A picture alone is no problem" in live.description


def test_the_words_say_the_share_dropped_and_the_factor():
    live = switch(p=0.8, passes=1)
    seen = pass_dropout(BATCH, "train", 0.8, 1)
    assert f"In this pass {(seen.outputs == 0).mean():.0%} of the entries are 0" in live.description
    assert "multiplied by 5." in live.description
    live.controls["mode"].value = "eval"
    assert "Nothing is dropped and nothing is scaled" in live.description


@pytest.mark.parametrize(
    "move",
    [
        {"mode": "eval"},
        {"p": 0.2},
        {"passes": 30},
        {"batch_size": 2},
        {"neighbours": "others"},
        {"layer": "batch norm"},
        {"layer": "batch norm", "mode": "eval", "passes": 0},
    ],
)
def test_a_move_changes_the_picture_moving_back_restores_it_and_nothing_piles_up(move):
    live = switch()
    before, origin = (live.png, live.description), {name: live.values[name] for name in move}
    for name, value in move.items():
        live.controls[name].value = value
    assert live.png != before[0]
    assert live.png[16:24] == before[0][16:24]
    artists = len(live.figure.findobj())
    live.redraw()
    assert len(live.figure.findobj()) == artists
    live.move(**origin)
    assert (live.png, live.description) == before


@pytest.mark.parametrize("layer", ["dropout", "batch norm"])
def test_every_corner_of_the_controls_can_be_drawn_and_said(layer):
    live = switch(layer=layer)
    for mode, size, (p, passes) in product(["train", "eval"], [1, 8], [(0.0, 0), (0.9, 200)]):
        live.move(mode=mode, batch_size=size, p=p, passes=passes)
        assert live.png[:8] == b"\x89PNG\r\n\x1a\n"
        assert "nan" not in live.description
        assert len(live.description) > 120


def test_the_buttons_add_passes_and_stop_at_both_ends():
    live = switch(passes=0)
    press(live, "One more pass")
    assert live.values["passes"] == 1
    for _ in range(11):
        press(live, "Twenty more")
    assert live.values["passes"] == 200
    press(live, "None yet")
    assert live.values["passes"] == 0


def test_the_control_of_dropout_is_hidden_where_it_does_nothing():
    live = switch()
    assert live.controls["p"].layout.display == ""
    live.controls["layer"].value = "batch norm"
    assert live.controls["p"].layout.display == "none"


def test_too_few_rows_are_refused():
    with pytest.raises(ValueError, match="X has 10 rows"):
        mode_switch(Z[:10])
